//! A comparison as one HTML page: no script, nothing from elsewhere, light and dark, and readable on
//! a narrow screen.

use std::io::{self, Write};

use super::cell::{
    aside, code, counts, latencies, latency, place, system, terms, totals, unchanged,
};
use crate::compare::{Change, Comparison, Row, Verdict};
use crate::report::escape::html as escape;
use crate::report::page::page;

const STYLE: &str = include_str!("compare.css");

/// Writes the page.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write(comparison: &Comparison, mut out: impl Write) -> io::Result<()> {
    let labels: Vec<String> = comparison.columns.iter().map(|c| escape(&c.label)).collect();
    let title = format!("{} compared with {}", labels[1..].join(", "), labels[0]);
    let mut main = Vec::new();
    body(comparison, &labels, &title, &mut main)?;
    let main = String::from_utf8_lossy(&main);
    out.write_all(page(&title, STYLE, &main).as_bytes())?;
    out.flush()
}

fn body(
    comparison: &Comparison,
    labels: &[String],
    title: &str,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    let totals = escape(&totals(comparison));
    writeln!(out, "<h1>{title}</h1>\n<p class=\"totals\">{totals}</p>")?;
    writeln!(out, "<dl class=\"systems\">")?;
    for (column, label) in comparison.columns.iter().zip(labels) {
        let (file, system) = (escape(&column.file), escape(&system(column)));
        writeln!(out, "<div><dt>{label}</dt><dd>{system}<br><small>{file}</small></dd></div>")?;
    }
    writeln!(out, "</dl>")?;
    for note in &comparison.notes {
        writeln!(out, "<p class=\"note\">{}</p>", escape(note))?;
    }
    let (same, other): (Vec<&Row>, Vec<&Row>) = comparison.rows.iter().partition(|r| unchanged(r));
    if other.is_empty() {
        writeln!(out, "<p>Nothing has changed.</p>")?;
    }
    table(out, &other, labels)?;
    if !same.is_empty() {
        writeln!(out, "<details>\n<summary>{} unchanged</summary>", same.len())?;
        table(out, &same, labels)?;
        writeln!(out, "</details>")?;
    }
    if let Some(heading) = latencies(comparison) {
        writeln!(out, "<h2>Latencies</h2>\n<p>{}</p>\n<ul>", escape(&heading))?;
        for change in &comparison.latencies.changes {
            writeln!(
                out,
                "<li>{}: {} on {}, {} {}: {}</li>",
                labels[change.column],
                escape(&change.scenario),
                escape(&place(&change.fs_type, change.target.as_deref())),
                escape(&change.op),
                escape(&change.percentile),
                latency(change)
            )?;
        }
        writeln!(out, "</ul>")?;
    }
    let made = format!("{} fsrace {}.", terms(comparison), comparison.fsrace_version);
    writeln!(out, "<footer>{}</footer>", escape(&made))
}

fn table(out: &mut Vec<u8>, rows: &[&Row], labels: &[String]) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<div class=\"wide\"><table class=\"stacked\">\n<thead><tr><th>scenario</th><th>found</th>"
    )?;
    for label in labels {
        writeln!(out, "<th>{label}</th>")?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    for row in rows {
        let place = escape(&place(&row.fs_type, row.target.as_deref()));
        writeln!(
            out,
            "<tr><th scope=\"row\">{}<br><small>{place}</small></th><td data-of=\"found\">{}</td>",
            escape(&row.scenario),
            escape(&code(row))
        )?;
        for (cell, label) in row.cells.iter().zip(labels) {
            let aside = aside(row, cell).map(|aside| format!(", {aside}")).unwrap_or_default();
            let seen = escape(&format!("{}{aside}", counts(cell)));
            let change = cell.change.as_ref().map(|change| said(row, change)).unwrap_or_default();
            writeln!(out, "<td data-of=\"{label}\"><div>{seen}{change}</div></td>")?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody>\n</table></div>")
}

fn said(row: &Row, change: &Change) -> String {
    let class = match change.verdict {
        Verdict::New | Verdict::Regressed if row.fails() => "bad",
        Verdict::Fixed | Verdict::Improved => "good",
        Verdict::Unchanged => "same",
        _ => "doubtful",
    };
    format!(
        "<br><strong class=\"{class}\">{}</strong> <small>{}</small>",
        change.verdict.name(),
        escape(&change.words)
    )
}
