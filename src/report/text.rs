//! The result for people: a block per scenario as it finishes, and a table at the end.

use std::collections::BTreeSet;

use anstyle::Style;

use super::table::{Cell, length, lines, wrapped};
use super::{Anomaly, Report, ScenarioResult, Verdict, timeline, words};
use crate::ui::clean::clean;
use crate::ui::styles::{self, Styles, paint};
use crate::ui::units;

/// How text is drawn.
#[derive(Clone, Copy, Debug)]
pub struct TextOptions {
    /// Colours, or none.
    pub styles: Styles,
    /// Columns to stay within.
    pub width: usize,
}

impl TextOptions {
    /// What suits standard output.
    #[must_use]
    pub fn for_stdout() -> Self {
        let (styles, width) = styles::for_stdout();
        Self { styles, width }
    }

    /// No colours and the width of a page, for files.
    #[must_use]
    pub fn plain() -> Self {
        Self { styles: Styles::plain(), width: styles::DEFAULT_WIDTH }
    }
}

const INDENT: &str = "    ";

/// From this width on, the summary has room for more than what was found.
const ROOMY: usize = 90;

/// One scenario: a single line when it passed and nothing was found, a block otherwise. Ends with
/// a newline.
#[must_use]
pub fn scenario(result: &ScenarioResult, options: &TextOptions) -> String {
    let styles = &options.styles;
    let mut out = Block { out: String::new(), width: options.width };
    let name = format!("{:<36}", clean(&result.scenario));
    let fs = format!("{:<8}", clean(&result.target.fs_type));
    let title = format!(
        "{}  {}  {}",
        paint(styles.verdict(result.verdict), format!("{:<12}", result.verdict.name())),
        paint(styles.strong, &name),
        fs
    );
    match result.verdict {
        Verdict::Pass => {
            let room = options.width.saturating_sub(12 + length(&name) + length(&fs) + 6);
            let facts = words::nothing_found(result).into_iter().chain(speed(result));
            out.line(0, format!("{title}  {}", as_many_as_fit(facts, room)).trim_end());
        }
        // What did not run has nothing to tell but why.
        Verdict::Skipped => out.line(0, title.trim_end()),
        Verdict::Fail | Verdict::Inconclusive => {
            out.line(0, title.trim_end());
            out.text(1, Style::new(), &result.about);
            out.text(1, styles.faint, &where_and_how(result));
        }
    }
    if let Some(reason) = &result.reason {
        out.text(1, styles.doubtful, reason);
    }
    for anomaly in &result.anomalies {
        if result.verdict == Verdict::Pass {
            out.line(1, format!("{}  {}", heading(anomaly, styles), words::k_in_n(anomaly)));
        } else {
            out.anomaly(anomaly, styles);
        }
    }
    if result.verdict == Verdict::Fail {
        out.line(0, "");
    }
    out.out
}

/// The table of all results and the totals. Ends with a newline; empty without results.
#[must_use]
pub fn summary(report: &Report, options: &TextOptions) -> String {
    let styles = &options.styles;
    if report.results.is_empty() {
        return String::new();
    }
    let targets: BTreeSet<_> = report.results.iter().map(|r| &r.target.path).collect();
    let several_targets = targets.len() > 1;
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut titles = vec!["verdict", "scenario", "fs"];
    titles.extend(several_targets.then_some("target"));
    let roomy = options.width >= ROOMY;
    titles.extend(roomy.then_some(["ops", "ops/s"]).into_iter().flatten());
    titles.extend(["overlap", "found"]);
    rows.push(titles.into_iter().map(|t| (t.to_owned(), styles.faint)).collect());
    for result in &report.results {
        rows.extend(summary_rows(result, several_targets, roomy, styles));
    }
    let mut out = lines(&rows, options.width).join("\n");
    out.push_str("\n\n");
    out.push_str(&totals(report, styles));
    out.push('\n');
    if let Some(incomplete) = words::incomplete(report) {
        out.push_str(&paint(styles.doubtful, incomplete));
        out.push('\n');
    }
    if let Some(code) = report.results.iter().flat_map(|r| &r.anomalies).map(|a| &a.code).next() {
        let hint = format!("`fsrace explain {}` tells what this means.", clean(code));
        out.push_str(&paint(styles.faint, hint));
        out.push('\n');
    }
    out
}

/// The row of a result, and one more for each further anomaly.
fn summary_rows(
    result: &ScenarioResult,
    several_targets: bool,
    roomy: bool,
    styles: &Styles,
) -> Vec<Vec<Cell>> {
    let plain = |text: String| (text, Style::new());
    let ran = result.ops > 0;
    let mut row = vec![
        (result.verdict.name().to_owned(), styles.verdict(result.verdict)),
        plain(clean(&result.scenario)),
        plain(clean(&result.target.fs_type)),
    ];
    if several_targets {
        row.push(plain(clean(&result.target.path)));
    }
    if roomy {
        row.push(plain(if ran { units::count(result.ops) } else { String::new() }));
        let per_second = result.ops_per_second().map(units::figure).unwrap_or_default();
        row.push(plain(per_second));
    }
    row.push(plain(result.overlap.map(units::share).unwrap_or_default()));

    let mut found: Vec<Cell> = result
        .anomalies
        .iter()
        .map(|a| {
            let counts = format!("{} in {}", units::count(a.count), units::count(a.trials));
            (format!("{}  {counts}", clean(&a.code)), styles.class(a.class))
        })
        .collect();
    if found.is_empty() {
        // What limits a pass stands with the scenario.
        let why = result.reason.as_deref().filter(|_| result.verdict != Verdict::Pass);
        found.push(plain(why.map(one_line).unwrap_or_default()));
    }
    let blank = vec![plain(String::new()); row.len()];
    found
        .into_iter()
        .enumerate()
        .map(|(i, cell)| [if i == 0 { row.clone() } else { blank.clone() }, vec![cell]].concat())
        .collect()
}

/// Foreign text with its line breaks made spaces.
fn one_line(text: &str) -> String {
    clean(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn totals(report: &Report, styles: &Styles) -> String {
    let painted = words::totals(report).into_iter().map(|(verdict, text)| {
        let any = report.count(verdict) > 0;
        paint(if any { styles.verdict(verdict) } else { Style::new() }, text)
    });
    words::with_totals(report, &painted.collect::<Vec<_>>())
}

/// Lines under construction.
struct Block {
    out: String,
    width: usize,
}

impl Block {
    fn line(&mut self, depth: usize, text: impl AsRef<str>) {
        if !text.as_ref().is_empty() {
            self.out.push_str(&INDENT.repeat(depth));
            self.out.push_str(text.as_ref());
        }
        self.out.push('\n');
    }

    /// A paragraph of foreign text.
    fn text(&mut self, depth: usize, style: Style, text: &str) {
        let width = self.width.saturating_sub(depth * INDENT.len()).max(20);
        // Cleaned last: a line break in it is a space here.
        for line in wrapped(text, width) {
            self.line(depth, paint(style, clean(&line)));
        }
    }

    fn anomaly(&mut self, anomaly: &Anomaly, styles: &Styles) {
        self.line(0, "");
        self.line(1, heading(anomaly, styles));
        self.line(2, words::k_in_n(anomaly));
        self.text(2, Style::new(), &anomaly.seen);
        if let Some(example) = anomaly.example.as_ref().filter(|e| !e.events.is_empty()) {
            self.line(0, "");
            let width = self.width.saturating_sub(2 * INDENT.len());
            for line in timeline::draw(example, styles, width) {
                self.line(2, line);
            }
        }
    }
}

/// Code, class and what explains it.
fn heading(anomaly: &Anomaly, styles: &Styles) -> String {
    let style = styles.class(anomaly.class);
    let code = paint(style, clean(&anomaly.code));
    let class = anomaly.class.name();
    if anomaly.relaxations.is_empty() {
        format!("{code}  {class}")
    } else {
        format!("{code}  {class}, explained by {}", clean(&anomaly.relaxations.join(" + ")))
    }
}

/// Overlap, coverage, throughput and time, as far as there are any, the most telling first.
fn speed(result: &ScenarioResult) -> Vec<String> {
    let mut facts = Vec::new();
    facts.extend(result.overlap.map(|o| format!("overlap {}", units::share(o))));
    facts.extend(result.coverage.map(|c| format!("coverage {}", units::share(c))));
    facts.extend(result.ops_per_second().map(|r| units::per_second(r, "ops")));
    if result.ops > 0 {
        facts.push(units::seconds(result.elapsed_s));
    }
    facts
}

/// The first fact whatever its length, then what there is room for.
fn as_many_as_fit(facts: impl Iterator<Item = String>, room: usize) -> String {
    let mut line = String::new();
    for fact in facts {
        if line.is_empty() {
            line = fact;
        } else if length(&line) + 2 + length(&fact) <= room {
            line = format!("{line}, {fact}");
        } else {
            break;
        }
    }
    line
}

/// The line that lets someone else run the same.
fn where_and_how(result: &ScenarioResult) -> String {
    let target = &result.target;
    let mut facts = vec![match target.mount_options.as_str() {
        "" => target.path.clone(),
        options => format!("{} ({options})", target.path),
    }];
    facts.extend(target.clients.iter().map(|client| format!("client {client}")));
    facts.extend(speed(result));
    if result.ops > 0 {
        facts.push(format!("{} ops", units::count(result.ops)));
    }
    facts.extend(result.rounds.map(|r| format!("{} rounds", units::count(r))));
    facts.push(match result.actors {
        1 => "1 actor".to_owned(),
        n => format!("{n} actors"),
    });
    facts.push(format!("seed {}", result.seed));
    facts.join(", ")
}
