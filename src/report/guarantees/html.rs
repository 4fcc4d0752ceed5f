//! The result as one HTML file that needs nothing else: light and dark, for screens of any width.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Guaranteed, GuaranteesReport, OnTarget, words};
use crate::report::escape::html as escaped;
use crate::report::page;

const STYLE: &str = include_str!("guarantees.css");

/// Writes the page.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write(report: &GuaranteesReport, mut out: impl Write) -> io::Result<()> {
    out.write_all(render(report).as_bytes())?;
    out.flush()
}

fn render(report: &GuaranteesReport) -> String {
    let title = "What an application can rely on";
    let host = escaped(&crate::report::words::host(&report.run));
    let mut out = format!("<h1>{title}</h1>\n<p class=\"faint\">{host}</p>\n<ul>\n");
    for (column, on) in words::targets(report).iter().enumerate() {
        let (label, path) = (escaped(&on.label), escaped(&on.target));
        let totals = words::totals(report, column);
        let _ = writeln!(out, "<li>{label}: {path}<br><small>{totals}</small></li>");
    }
    out.push_str("</ul>\n");
    let mut topic = "";
    for row in &report.guarantees {
        if row.topic != topic {
            topic = &row.topic;
            let _ = writeln!(out, "<h2>{}</h2>", escaped(topic));
        }
        guarantee(&mut out, row);
    }
    if !report.also_found.is_empty() {
        out.push_str("<h2>Also found</h2>\n<ul>\n");
    }
    for found in &report.also_found {
        let accepted = if found.accepted { " (accepted)" } else { "" };
        let (label, evidence) = (escaped(&found.label), escaped(&words::long(&found.evidence)));
        let seen = escaped(found.evidence.seen.as_deref().unwrap_or_default());
        let _ = writeln!(out, "<li>{label}: {evidence}{accepted}<br><small>{seen}</small></li>");
    }
    if !report.also_found.is_empty() {
        out.push_str("</ul>\n");
    }
    page::page(title, STYLE, &out)
}

fn guarantee(out: &mut String, row: &Guaranteed) {
    let _ = writeln!(
        out,
        "<section class=\"row\" id=\"{}\">\n<p>{}</p>\n<div class=\"cells\">",
        escaped(&row.name),
        escaped(&row.sentence)
    );
    for on in &row.targets {
        let _ = writeln!(
            out,
            "<div class=\"cell {}\"><small>{}</small><b>{}</b><small>{}</small></div>",
            on.verdict.name(),
            escaped(&on.label),
            escaped(&words::verdict(on)),
            escaped(&words::short(on))
        );
    }
    let (source, because) = (escaped(&row.source), escaped(&row.because));
    let _ = writeln!(
        out,
        "</div>\n<details><summary>What to do instead, and what is behind it</summary>\n\
         <p>{}</p>\n<p class=\"faint\">{because}: <a href=\"{source}\">{source}</a></p>\n<ul>",
        escaped(&row.advice)
    );
    for on in &row.targets {
        behind(out, row, on);
    }
    out.push_str("</ul></details>\n</section>\n");
}

fn behind(out: &mut String, row: &Guaranteed, on: &OnTarget) {
    let label = escaped(&on.label);
    let reason = on.reason.iter().filter(|reason| **reason != row.because);
    for reason in reason.chain(&on.notes) {
        let _ = writeln!(out, "<li>{label}: {}</li>", escaped(reason));
    }
    for evidence in &on.evidence {
        let seen = escaped(evidence.seen.as_deref().unwrap_or_default());
        let long = escaped(&words::long(evidence));
        let _ = writeln!(out, "<li>{label}: {long}<br><small>{seen}</small></li>");
    }
}
