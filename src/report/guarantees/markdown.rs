//! The result as Markdown: a table with the targets as columns, then what is behind it.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Guaranteed, GuaranteesReport, OnTarget, Standing, words};
use crate::report::escape::markdown as escaped;

/// Writes the page.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write(report: &GuaranteesReport, mut out: impl Write) -> io::Result<()> {
    out.write_all(page(report).as_bytes())?;
    out.flush()
}

fn page(report: &GuaranteesReport) -> String {
    let mut out = String::from("# What an application can rely on\n\n");
    let _ = writeln!(out, "{}\n", escaped(&crate::report::words::host(&report.run)));
    for (column, on) in words::targets(report).iter().enumerate() {
        let (label, path) = (escaped(&on.label), escaped(&on.target));
        let _ = writeln!(out, "* {label}, {path}: {}", words::totals(report, column));
    }
    let mut topic = "";
    for row in &report.guarantees {
        if row.topic != topic {
            topic = &row.topic;
            head(&mut out, row);
        }
        let cells: Vec<String> = row.targets.iter().map(cell).collect();
        let _ = writeln!(out, "| {} | {} |", escaped(&row.sentence), cells.join(" | "));
    }
    also_found(&mut out, report);
    out.push_str("\n## Notes\n");
    for row in &report.guarantees {
        note(&mut out, row);
    }
    out
}

fn head(out: &mut String, row: &Guaranteed) {
    let labels: Vec<String> = row.targets.iter().map(|on| escaped(&on.label)).collect();
    let _ = writeln!(out, "\n| {} | {} |", escaped(&row.topic), labels.join(" | "));
    let _ = writeln!(out, "|---|{}", "---|".repeat(labels.len()));
}

fn cell(on: &OnTarget) -> String {
    let verdict = words::verdict(on);
    let verdict = if on.verdict == Standing::Broken { format!("**{verdict}**") } else { verdict };
    let evidence = words::short(on);
    if evidence.is_empty() { verdict } else { format!("{verdict}<br>{}", escaped(&evidence)) }
}

fn also_found(out: &mut String, report: &GuaranteesReport) {
    if report.also_found.is_empty() {
        return;
    }
    out.push_str("\n## Also found\n\n");
    for found in &report.also_found {
        let accepted = if found.accepted { " (accepted)" } else { "" };
        let (label, evidence) = (escaped(&found.label), escaped(&words::long(&found.evidence)));
        let _ = writeln!(out, "* {label}: {evidence}{accepted}");
    }
}

fn note(out: &mut String, row: &Guaranteed) {
    let sentence = escaped(&row.sentence);
    let (because, source) = (escaped(&row.because), &row.source);
    let _ = writeln!(out, "\n**{sentence}** (`{}`). {because}: <{source}>.", row.name);
    let _ = writeln!(out, "Do instead: {}\n", escaped(&row.advice));
    for on in &row.targets {
        let label = escaped(&on.label);
        let reason = on.reason.iter().filter(|reason| **reason != row.because);
        for reason in reason.chain(&on.notes) {
            let _ = writeln!(out, "* {label}: {}", escaped(reason));
        }
        for evidence in &on.evidence {
            let _ = writeln!(out, "* {label}: {}", escaped(&words::long(evidence)));
            if let Some(seen) = &evidence.seen {
                let _ = writeln!(out, "  {}", escaped(seen));
            }
        }
    }
}
