//! A comparison as Markdown, for an issue or a page.

use std::io::{self, Write};

use super::cell::{
    aside, changes, code, counts, latencies, latency, place, system, terms, totals, unchanged,
};
use crate::compare::{Comparison, Row, Verdict};
use crate::report::escape::markdown as escape;

/// Writes it.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write(comparison: &Comparison, mut out: impl Write) -> io::Result<()> {
    let labels: Vec<String> = comparison.columns.iter().map(|c| escape(&c.label)).collect();
    writeln!(out, "# {} compared with {}\n", labels[1..].join(", "), labels[0])?;
    writeln!(out, "{}\n", escape(&totals(comparison)))?;
    writeln!(out, "| | file | system |\n|---|---|---|")?;
    for (column, label) in comparison.columns.iter().zip(&labels) {
        writeln!(out, "| {label} | {} | {} |", escape(&column.file), escape(&system(column)))?;
    }
    for (index, note) in comparison.notes.iter().enumerate() {
        writeln!(out, "{}* {}", if index == 0 { "\n" } else { "" }, escape(note))?;
    }
    let (same, other): (Vec<&Row>, Vec<&Row>) = comparison.rows.iter().partition(|r| unchanged(r));
    table(&mut out, "Changes", &other, &labels)?;
    table(&mut out, "Unchanged", &same, &labels)?;
    if let Some(heading) = latencies(comparison) {
        writeln!(out, "\n## Latencies\n\n{}", escape(&heading))?;
        let several = comparison.columns.len() > 2;
        for (index, change) in comparison.latencies.changes.iter().enumerate() {
            let column =
                if several { format!("{}: ", labels[change.column]) } else { String::new() };
            writeln!(
                out,
                "{}* {column}{} on {}, {} {}: {}",
                if index == 0 { "\n" } else { "" },
                escape(&change.scenario),
                escape(&place(&change.fs_type, change.target.as_deref())),
                escape(&change.op),
                change.percentile,
                latency(change)
            )?;
        }
    }
    writeln!(out, "\n{}", escape(&terms(comparison)))?;
    out.flush()
}

fn table(out: &mut impl Write, title: &str, rows: &[&Row], labels: &[String]) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## {title}\n")?;
    writeln!(out, "| verdict | scenario | filesystem | found | {} | |", labels.join(" | "))?;
    writeln!(out, "|---|---|---|---|{}---|", "---|".repeat(labels.len()))?;
    for row in rows {
        let mut cells = vec![
            verdicts(row),
            escape(&row.scenario),
            escape(&place(&row.fs_type, row.target.as_deref())),
            escape(&code(row)),
        ];
        cells.extend(row.cells.iter().map(|cell| {
            let aside = aside(row, cell).map(|aside| format!(", {aside}")).unwrap_or_default();
            escape(&format!("{}{aside}", counts(cell)))
        }));
        let several = labels.len() > 2;
        let words = changes(row).map(|(index, change)| match several {
            true => format!("{}: {}", labels[index], escape(&change.words)),
            false => escape(&change.words),
        });
        cells.push(words.collect::<Vec<_>>().join("; "));
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    Ok(())
}

/// The verdict of each column; once if they agree.
fn verdicts(row: &Row) -> String {
    let mut words: Vec<String> = changes(row)
        .map(|(_, change)| match change.verdict {
            Verdict::Unchanged => "unchanged".to_owned(),
            other => format!("**{}**", other.name()),
        })
        .collect();
    words.dedup();
    words.join(", ")
}
