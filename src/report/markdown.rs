//! The result as Markdown, for an issue, a page or the summary of a CI step: a table of everything,
//! then a section for each scenario that has something to say.

use std::io::{self, Write};

use super::escape::{fenced, markdown as escaped};
use super::text::TextOptions;
use super::{Anomaly, Report, ScenarioResult, Verdict, timeline, words};
use crate::ui::units;

/// Writes it.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write(report: &Report, mut out: impl Write) -> io::Result<()> {
    writeln!(out, "# fsrace: {}\n", escaped(&words::all_totals(report)))?;
    writeln!(out, "{}\n", escaped(&words::host(report)))?;
    if let Some(incomplete) = words::incomplete(report) {
        writeln!(out, "**{}**\n", escaped(&incomplete))?;
    }
    table(report, &mut out)?;
    for result in report.results.iter().filter(|result| has_section(result)) {
        section(result, &mut out)?;
    }
    out.flush()
}

/// What passed with nothing to tell is in the table.
fn has_section(result: &ScenarioResult) -> bool {
    result.verdict != Verdict::Pass || !result.anomalies.is_empty()
}

fn table(report: &Report, out: &mut impl Write) -> io::Result<()> {
    if report.results.is_empty() {
        return Ok(());
    }
    writeln!(out, "| verdict | scenario | filesystem | ops | overlap | found |")?;
    writeln!(out, "|---|---|---|--:|--:|---|")?;
    for result in &report.results {
        let found = words::found(result).iter().map(|one| escaped(one)).collect::<Vec<_>>();
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            verdict(result),
            escaped(&result.scenario),
            escaped(&result.target.fs_type),
            units::count(result.ops),
            result.overlap.map(units::share).unwrap_or_default(),
            found.join("<br>")
        )?;
    }
    Ok(())
}

fn verdict(result: &ScenarioResult) -> String {
    match result.verdict {
        Verdict::Pass => "pass".to_owned(),
        other => format!("**{}**", other.name()),
    }
}

fn section(result: &ScenarioResult, out: &mut impl Write) -> io::Result<()> {
    let (name, verdict) = (escaped(&result.scenario), result.verdict.name());
    writeln!(out, "\n## {verdict}: {name} on {}\n", escaped(&result.target.fs_type))?;
    writeln!(out, "{}\n", escaped(&result.about))?;
    if let Some(reason) = &result.reason {
        writeln!(out, "{}\n", escaped(reason))?;
    }
    writeln!(out, "{}, seed {}", escaped(&words::target(result)), result.seed)?;
    result.anomalies.iter().try_for_each(|one| anomaly(one, out))
}

fn anomaly(anomaly: &Anomaly, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\n**{}**: {}\n", escaped(&words::anomaly(anomaly)), words::k_in_n(anomaly))?;
    writeln!(out, "{}", escaped(&anomaly.seen))?;
    if let Some(example) = anomaly.example.as_ref().filter(|example| !example.events.is_empty()) {
        let options = TextOptions::plain();
        let lines = timeline::draw(example, &options.styles, options.width);
        write!(out, "\n{}", fenced(&lines))?;
    }
    Ok(())
}
