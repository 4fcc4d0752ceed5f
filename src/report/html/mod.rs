//! A run as one HTML page: what came of each scenario, the outcomes of its rounds, and for each
//! anomaly a timeline and the page that explains it.

mod anomaly;
mod bars;
mod explained;
mod outcomes;
mod scenario;

use std::fmt::Write as _;
use std::io::{self, Write};

use super::escape::html as escaped;
use super::page::page;
use super::{Report, ScenarioResult, Verdict, svg, words};
use crate::ui::units;

const STYLE: &str = include_str!("run.css");

/// Writes the page.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write(report: &Report, mut out: impl Write) -> io::Result<()> {
    let title = escaped(&format!("fsrace: {}", words::all_totals(report)));
    let mut main = format!("<header>\n<h1>{title}</h1>\n");
    if let Some(incomplete) = words::incomplete(report) {
        let _ = writeln!(main, "<p class=\"note\">{}</p>", escaped(&incomplete));
    }
    host(report, &mut main);
    main.push_str("</header>\n");
    summary(report, &mut main);
    if !report.results.is_empty() {
        main.push_str("<section>\n<h2>Scenarios</h2>\n");
        for (index, result) in report.results.iter().enumerate() {
            scenario::section(result, index, &mut main);
        }
        main.push_str("</section>\n");
    }
    unfinished(report, &mut main);
    explained::section(report, &mut main);
    let _ = writeln!(main, "<footer>{}</footer>", escaped(&words::host(report)));
    out.write_all(page(&title, &format!("{STYLE}{}", svg::STYLE), &main).as_bytes())?;
    out.flush()
}

fn host(report: &Report, out: &mut String) {
    let host = &report.host;
    let mut targets: Vec<String> = Vec::new();
    for target in report.results.iter().map(words::target) {
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    let facts = [
        ("System", format!("{} {} {}", host.os, host.kernel, host.arch)),
        ("Processors", host.cpus.to_string()),
        ("Preemption", host.preemption.clone()),
        ("Filesystem", targets.join("; ")),
        ("Began", report.started.clone()),
        ("Made by", format!("fsrace {}", report.fsrace_version)),
    ];
    definitions(&facts, out);
}

/// A list of names and values.
fn definitions(facts: &[(&str, String)], out: &mut String) {
    out.push_str("<dl class=\"facts\">\n");
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(out, "<dt>{name}</dt><dd>{}</dd>", escaped(value));
    }
    out.push_str("</dl>\n");
}

fn summary(report: &Report, out: &mut String) {
    if report.results.is_empty() {
        out.push_str("<p>No scenario has run.</p>\n");
        return;
    }
    out.push_str(
        "<section>\n<h2>Summary</h2>\n<table class=\"stacked summary\">\n<thead><tr>\
         <th scope=\"col\">verdict</th><th scope=\"col\">scenario</th>\
         <th scope=\"col\">filesystem</th><th scope=\"col\">ops</th><th scope=\"col\">overlap</th>\
         <th scope=\"col\">found</th></tr></thead>\n<tbody>\n",
    );
    for (index, result) in report.results.iter().enumerate() {
        let found: Vec<String> = words::found(result).iter().map(|one| escaped(one)).collect();
        let ops = if result.ops > 0 { units::count(result.ops) } else { String::new() };
        let _ = writeln!(
            out,
            "<tr><td data-of=\"verdict\">{}</td>\
             <th scope=\"row\"><a href=\"#s{index}\">{}</a></th>\
             <td data-of=\"filesystem\">{}</td><td data-of=\"ops\">{ops}</td>\
             <td data-of=\"overlap\">{}</td><td data-of=\"found\"><div>{}</div></td></tr>",
            verdict(result),
            escaped(&result.scenario),
            escaped(&result.target.fs_type),
            result.overlap.map(|share| escaped(&units::share(share))).unwrap_or_default(),
            found.join("<br>")
        );
    }
    out.push_str("</tbody>\n</table>\n</section>\n");
}

/// The verdict, in a word and a colour.
fn verdict(result: &ScenarioResult) -> String {
    let class = match result.verdict {
        Verdict::Pass => "good",
        Verdict::Fail => "bad",
        Verdict::Inconclusive | Verdict::Skipped => "doubtful",
    };
    format!("<b class=\"{class}\">{}</b>", result.verdict.name())
}

fn unfinished(report: &Report, out: &mut String) {
    if report.is_complete() {
        return;
    }
    out.push_str("<section>\n<h2>Still to be run</h2>\n<ul>\n");
    for one in &report.unfinished {
        let (scenario, target) = (escaped(&one.scenario), escaped(&one.target));
        let _ = writeln!(out, "<li>{scenario} on {target}</li>");
    }
    out.push_str("</ul>\n</section>\n");
}
