//! A comparison as text for a terminal.

use anstyle::Style;

use super::cell::{
    aside, changes, code, counts, latencies, latency, place, short, system, terms, totals,
    unchanged,
};
use crate::compare::{Change, Comparison, Row, Verdict};
use crate::report::table::{Cell, lines, wrapped};
use crate::report::text::TextOptions;
use crate::ui::clean::clean;
use crate::ui::styles::{Styles, paint};
use crate::ui::units;

/// Latencies that are listed unless all are asked for.
const FEW: usize = 10;

/// The whole comparison; `all` also shows what is unchanged. Ends with a newline.
#[must_use]
pub fn comparison(comparison: &Comparison, all: bool, options: &TextOptions) -> String {
    let mut out = Page { out: String::new(), options };
    out.systems(comparison);
    for note in &comparison.notes {
        out.paragraph(options.styles.doubtful, "note: ", note);
    }
    if !comparison.notes.is_empty() {
        out.line("");
    }
    let shown: Vec<&Row> = comparison.rows.iter().filter(|row| all || !unchanged(row)).collect();
    let several = comparison.columns.len() > 2;
    if several && !shown.is_empty() {
        out.table(comparison, &shown);
    }
    if !several || all {
        shown.iter().for_each(|row| out.row(comparison, row));
    }
    out.latencies(comparison, all);
    out.end(comparison, all);
    out.out
}

struct Page<'a> {
    out: String,
    options: &'a TextOptions,
}

impl Page<'_> {
    fn line(&mut self, text: impl AsRef<str>) {
        self.out.push_str(text.as_ref());
        self.out.push('\n');
    }

    /// Foreign text, wrapped, with something before its first line.
    fn paragraph(&mut self, style: Style, before: &str, text: &str) {
        let indent = " ".repeat(before.len());
        let room = self.options.width.saturating_sub(before.len()).max(20);
        for (index, line) in wrapped(text, room).into_iter().enumerate() {
            let start = if index == 0 { before } else { &indent };
            self.line(format!("{start}{}", paint(style, clean(&line))));
        }
    }

    fn rows(&mut self, rows: &[Vec<Cell>]) {
        for line in lines(rows, self.options.width) {
            self.line(line);
        }
    }

    fn systems(&mut self, comparison: &Comparison) {
        let styles = &self.options.styles;
        let rows: Vec<Vec<Cell>> = comparison
            .columns
            .iter()
            .map(|column| {
                vec![
                    (clean(&column.label), styles.strong),
                    (clean(&column.file), Style::new()),
                    (clean(&system(column)), styles.faint),
                ]
            })
            .collect();
        self.rows(&rows);
        self.line("");
    }

    /// One line per row, one column per system.
    fn table(&mut self, comparison: &Comparison, rows: &[&Row]) {
        let styles = self.options.styles;
        let mut table: Vec<Vec<Cell>> = Vec::new();
        let mut titles = vec!["scenario".to_owned(), "fs".to_owned(), "found".to_owned()];
        titles.extend(comparison.columns.iter().map(|column| clean(&column.label)));
        table.push(titles.into_iter().map(|title| (title, styles.faint)).collect());
        for row in rows {
            let mut cells = vec![
                (clean(&row.scenario), styles.strong),
                (clean(&place(&row.fs_type, row.target.as_deref())), Style::new()),
                (clean(&code(row)), row.class.map_or(Style::new(), |class| styles.class(class))),
            ];
            cells.extend(row.cells.iter().map(|cell| match &cell.change {
                Some(change) if change.verdict != Verdict::Unchanged => {
                    let text = format!("{} {}", short(cell), change.verdict.name());
                    (text, style(row, change, &styles))
                }
                _ => (short(cell), Style::new()),
            }));
            table.push(cells);
        }
        self.rows(&table);
        self.line("");
    }

    /// A heading, and a line for each system.
    fn row(&mut self, comparison: &Comparison, row: &Row) {
        let styles = self.options.styles;
        let several = comparison.columns.len() > 2;
        let heading = format!(
            "{}  {}  {}",
            paint(styles.strong, clean(&row.scenario)),
            clean(&place(&row.fs_type, row.target.as_deref())),
            clean(&code(row))
        );
        match changes(row).next() {
            Some((_, change)) if !several => {
                let verdict = format!("{:<14}", change.verdict.name());
                self.line(format!("{}  {heading}", paint(style(row, change, &styles), verdict)));
            }
            _ => self.line(heading),
        }
        let mut table: Vec<Vec<Cell>> = Vec::new();
        for (cell, column) in row.cells.iter().zip(&comparison.columns) {
            let aside = aside(row, cell).map(|aside| format!(", {aside}")).unwrap_or_default();
            let mut cells = vec![
                (format!("    {}", clean(&column.label)), Style::new()),
                (clean(&format!("{}{aside}", counts(cell))), Style::new()),
            ];
            if let Some(change) = cell.change.as_ref().filter(|_| several) {
                let words = format!("{}: {}", change.verdict.name(), change.words);
                cells.push((clean(&words), style(row, change, &styles)));
            }
            table.push(cells);
        }
        self.rows(&table);
        for (_, change) in changes(row).filter(|_| !several) {
            self.paragraph(Style::new(), "    ", &change.words);
        }
        self.line("");
    }

    fn latencies(&mut self, comparison: &Comparison, all: bool) {
        let Some(heading) = latencies(comparison) else { return };
        self.paragraph(Style::new(), "", &heading);
        let changes = &comparison.latencies.changes;
        let listed = if all { changes.len() } else { changes.len().min(FEW) };
        let several = comparison.columns.len() > 2;
        let rows: Vec<Vec<Cell>> = changes[..listed]
            .iter()
            .map(|change| {
                let mut cells = vec![
                    format!("    {}", clean(&change.scenario)),
                    clean(&place(&change.fs_type, change.target.as_deref())),
                    format!("{} {}", clean(&change.op), change.percentile),
                ];
                cells.extend(several.then(|| clean(&comparison.columns[change.column].label)));
                cells.push(latency(change));
                cells.into_iter().map(|cell| (cell, Style::new())).collect()
            })
            .collect();
        self.rows(&rows);
        if listed < changes.len() {
            self.line(format!("    and {} more (-v lists them)", changes.len() - listed));
        }
        self.line("");
    }

    fn end(&mut self, comparison: &Comparison, all: bool) {
        let styles = self.options.styles;
        let quiet: Vec<&Row> = comparison.rows.iter().filter(|row| unchanged(row)).collect();
        if !all && !quiet.is_empty() {
            let seen = quiet.iter().filter(|row| !row.code.is_empty()).count();
            let failing = quiet.iter().filter(|row| row.fails()).count();
            let text = match (seen, failing) {
                (0, _) => "in none of which anything was seen".to_owned(),
                (seen, 0) => format!("{seen} of them seen as before"),
                (seen, failing) => {
                    format!("{seen} of them seen as before ({failing} of them fail a run)")
                }
            };
            let rows = units::counted(quiet.len() as u64, "row");
            let text = format!("{rows} unchanged, {text} (-v lists them)");
            self.paragraph(Style::new(), "", &text);
        }
        self.paragraph(styles.strong, "", &totals(comparison));
        self.paragraph(styles.faint, "", &terms(comparison));
    }
}

fn style(row: &Row, change: &Change, styles: &Styles) -> Style {
    match change.verdict {
        Verdict::New | Verdict::Regressed if row.fails() => styles.bad,
        Verdict::New | Verdict::Regressed | Verdict::GoneQuiet | Verdict::NotComparable => {
            styles.doubtful
        }
        Verdict::Fixed | Verdict::Improved => styles.good,
        Verdict::Unchanged => Style::new(),
    }
}
