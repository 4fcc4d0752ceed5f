//! The result for people at a terminal: a table, and below it whatever does not simply hold.

use anstyle::Style;

use super::{Guaranteed, GuaranteesReport, OnTarget, Standing, words};
use crate::report::table::{length, wrapped};
use crate::report::text::TextOptions;
use crate::ui::clean::clean;
use crate::ui::styles::paint;

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What is broken, and the totals.
    Little,
    /// The table, and what is behind all that does not hold.
    Normal,
    /// What is behind everything.
    Full,
}

/// Columns of a sentence, however narrow the terminal.
const NARROWEST: usize = 34;
const GAP: usize = 2;

/// The table and what follows it. Ends with a newline.
#[must_use]
pub fn render(report: &GuaranteesReport, detail: Detail, options: &TextOptions) -> String {
    let mut out = String::new();
    if detail != Detail::Little {
        table(&mut out, report, options);
    }
    for row in &report.guarantees {
        details(&mut out, row, detail, options);
    }
    also_found(&mut out, report, options);
    out.push('\n');
    for (column, on) in words::targets(report).iter().enumerate() {
        let totals = words::totals(report, column);
        out.push_str(&format!("{}: {totals}\n", clean(&on.label)));
    }
    out
}

/// Verdicts beside evidence where there is one target, above it where there are several.
fn table(out: &mut String, report: &GuaranteesReport, options: &TextOptions) {
    let Some(first) = report.guarantees.first() else { return };
    let columns = first.targets.len();
    let cells = |row: &Guaranteed| -> Vec<Vec<(String, Style)>> {
        row.targets.iter().map(|on| cell(on, columns == 1, options)).collect()
    };
    let mut widths: Vec<usize> = first.targets.iter().map(|on| length(&clean(&on.label))).collect();
    for row in &report.guarantees {
        for (width, lines) in widths.iter_mut().zip(cells(row)) {
            let widest = lines.iter().map(|(text, _)| length(text)).max();
            *width = (*width).max(widest.unwrap_or_default());
        }
    }
    let taken: usize = widths.iter().map(|width| width + GAP).sum();
    let sentence = options.width.saturating_sub(taken).max(NARROWEST);
    let mut topic = "";
    for row in &report.guarantees {
        if row.topic != topic {
            topic = &row.topic;
            let label = |on: &OnTarget| vec![(clean(&on.label), options.styles.faint)];
            let labels: Vec<_> = row.targets.iter().map(label).collect();
            out.push('\n');
            lines(
                out,
                &wrapped(topic, sentence),
                options.styles.strong,
                &labels,
                sentence,
                &widths,
            );
        }
        let text = wrapped(&clean(&row.sentence), sentence - 2);
        let text: Vec<String> = text.into_iter().map(|line| format!("  {line}")).collect();
        lines(out, &text, Style::new(), &cells(row), sentence, &widths);
    }
}

fn cell(on: &OnTarget, beside: bool, options: &TextOptions) -> Vec<(String, Style)> {
    let (verdict, style) = (words::verdict(on), style(on, options));
    let evidence = words::short(on);
    match (beside, on.verdict) {
        (_, _) if evidence.is_empty() => vec![(verdict, style)],
        (true, _) => vec![(format!("{verdict:<13} {evidence}"), style)],
        // What holds takes one line: there are many of it.
        (false, Standing::Holds) => vec![(verdict, style)],
        (false, _) => vec![(verdict, style), (evidence, options.styles.faint)],
    }
}

fn style(on: &OnTarget, options: &TextOptions) -> Style {
    match on.verdict {
        Standing::Holds => options.styles.good,
        Standing::Broken if !on.accepted => options.styles.bad,
        Standing::Broken | Standing::NotTestable => options.styles.doubtful,
        Standing::NotPromised => options.styles.faint,
    }
}

/// Lines of a sentence, with cells beside it that may have several lines as well.
fn lines(
    out: &mut String,
    sentence: &[String],
    style: Style,
    cells: &[Vec<(String, Style)>],
    width: usize,
    widths: &[usize],
) {
    let tallest = cells.iter().map(Vec::len).max().unwrap_or_default().max(sentence.len());
    for index in 0..tallest {
        let text = sentence.get(index).map_or("", String::as_str);
        let mut line = paint(style, text);
        // Padding is owed until something follows it.
        let mut owed = width.saturating_sub(length(text));
        for (lines, width) in cells.iter().zip(widths) {
            owed += GAP;
            match lines.get(index) {
                Some((text, style)) => {
                    line.extend(std::iter::repeat_n(' ', owed));
                    line.push_str(&paint(*style, text));
                    owed = width.saturating_sub(length(text));
                }
                None => owed += width,
            }
        }
        out.push_str(&line);
        out.push('\n');
    }
}

/// What is behind the verdicts of one guarantee.
fn details(out: &mut String, row: &Guaranteed, detail: Detail, options: &TextOptions) {
    let wanted = |on: &&OnTarget| match detail {
        Detail::Full => true,
        Detail::Normal => matches!(on.verdict, Standing::Broken | Standing::NotTestable),
        Detail::Little => on.verdict == Standing::Broken,
    };
    let targets: Vec<&OnTarget> = row.targets.iter().filter(wanted).collect();
    let seen = |on: &OnTarget| on.evidence.first().is_some_and(|evidence| evidence.count > 0);
    let open = detail != Detail::Little && !row.promised && row.targets.iter().any(seen);
    if targets.is_empty() && !open {
        return;
    }
    out.push('\n');
    let mut put = |indent: usize, text: &str, style: Style| {
        for line in wrapped(&clean(text), options.width.saturating_sub(indent)) {
            out.push_str(&format!("{:indent$}{}\n", "", paint(style, line)));
        }
    };
    put(0, &format!("{}: {}", row.name, row.sentence), options.styles.strong);
    for on in &targets {
        put(4, &format!("{}: {}", on.label, words::verdict(on)), style(on, options));
        let reason = on.reason.iter().filter(|reason| **reason != row.because);
        for text in reason.chain(&on.notes) {
            put(8, text, Style::new());
        }
        for evidence in &on.evidence {
            put(8, &words::long(evidence), Style::new());
            if let Some(seen) = &evidence.seen {
                put(8, seen, options.styles.faint);
            }
        }
    }
    put(4, &format!("{} ({})", row.because, row.source), options.styles.faint);
    put(4, &format!("do instead: {}", row.advice), Style::new());
}

fn also_found(out: &mut String, report: &GuaranteesReport, options: &TextOptions) {
    if report.also_found.is_empty() {
        return;
    }
    out.push_str(&format!("\n{}\n", paint(options.styles.strong, "Also found")));
    for found in &report.also_found {
        let accepted = if found.accepted { " (accepted)" } else { "" };
        let text = format!("{}: {}{accepted}", found.label, words::long(&found.evidence));
        let seen = found.evidence.seen.as_deref().unwrap_or_default();
        for text in [text.as_str(), seen] {
            for line in wrapped(&clean(text), options.width.saturating_sub(4)) {
                out.push_str(&format!("    {line}\n"));
            }
        }
    }
}
