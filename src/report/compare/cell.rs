//! The parts of a comparison that all formats for people word alike.

use crate::compare::{Cell, Change, Column, Comparison, LatencyChange, Row, State, Verdict};
use crate::ui::units;

/// What one system showed: how often with the interval, or why nothing.
pub(super) fn counts(cell: &Cell) -> String {
    match (nothing(cell), cell.trials) {
        (Some(nothing), _) => nothing.to_owned(),
        (None, None) if cell.count == 0 => "not looked for".to_owned(),
        (None, None) => format!("{} in ?", units::count(cell.count)),
        (None, Some(trials)) => {
            let (low, high) = (cell.rate_low.unwrap_or(0.0), cell.rate_high.unwrap_or(1.0));
            let text = units::k_in_n(cell.count, trials, low, high);
            if cell.estimated { text.replacen(" in ", " in ~", 1) } else { text }
        }
    }
}

/// The same in a word or two.
pub(super) fn short(cell: &Cell) -> String {
    match (nothing(cell), cell.trials) {
        (Some(nothing), _) => nothing.to_owned(),
        (None, Some(trials)) if cell.count == 0 => {
            format!("0/{}{}", if cell.estimated { "~" } else { "" }, units::count(trials))
        }
        (None, Some(_)) => units::rate(cell.rate.unwrap_or(0.0)),
        (None, None) => "?".to_owned(),
    }
}

fn nothing(cell: &Cell) -> Option<&'static str> {
    match cell.state {
        State::Ran => None,
        State::Inconclusive => Some("inconclusive"),
        State::Skipped => Some("skipped"),
        State::Absent => Some("not there"),
        State::Unlike => Some("another one"),
    }
}

/// Code and class, or that nothing was found.
pub(super) fn code(row: &Row) -> String {
    match row.class {
        Some(class) => format!("{}, {}", row.code, class.name()),
        None if row.code.is_empty() => "nothing found".to_owned(),
        None => row.code.clone(),
    }
}

/// The filesystem, with the directory where there are several.
pub(super) fn place(fs_type: &str, target: Option<&str>) -> String {
    match target {
        Some(target) => format!("{fs_type} ({target})"),
        None => fs_type.to_owned(),
    }
}

/// A class that is not that of the row, and what explains it.
pub(super) fn aside(row: &Row, cell: &Cell) -> Option<String> {
    let class = cell.class.filter(|class| Some(*class) != row.class).map(|c| c.name().to_owned());
    let names = cell.relaxations.join(" + ");
    let explained = (!names.is_empty()).then(|| format!("explained by {names}"));
    let all: Vec<_> = class.into_iter().chain(explained).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

/// The changes of a row, with the column of each.
pub(super) fn changes(row: &Row) -> impl Iterator<Item = (usize, &Change)> {
    let cells = row.cells.iter().enumerate();
    cells.filter_map(|(index, cell)| Some((index, cell.change.as_ref()?)))
}

/// Whether nothing in a row has changed.
pub(super) fn unchanged(row: &Row) -> bool {
    changes(row).all(|(_, change)| change.verdict == Verdict::Unchanged)
}

/// A system in words.
pub(super) fn system(column: &Column) -> String {
    let mut facts = vec![format!("{} {} {}", column.os, column.kernel, column.arch)];
    let cpus: Vec<_> = column.cpus.iter().map(ToString::to_string).collect();
    if !cpus.is_empty() {
        facts.push(format!("{} processors", cpus.join(" and ")));
    }
    if !column.fsrace_versions.is_empty() {
        facts.push(format!("fsrace {}", column.fsrace_versions.join(" and ")));
    }
    match column.started.as_slice() {
        [] => {}
        [one] => facts.push(one.clone()),
        all => facts.push(format!("{} runs, the last {}", all.len(), all[all.len() - 1])),
    }
    facts.join(", ")
}

/// `26 compared: 1 new, 25 unchanged`.
pub(super) fn totals(comparison: &Comparison) -> String {
    let all: u64 = Verdict::ALL.iter().map(|&verdict| comparison.count(verdict)).sum();
    let parts: Vec<String> = Verdict::ALL
        .iter()
        .map(|&verdict| (comparison.count(verdict), verdict.name()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    format!("{all} compared: {}", parts.join(", "))
}

/// What is called a change.
pub(super) fn terms(comparison: &Comparison) -> String {
    let level = comparison.level * 100.0;
    let tests = match comparison.tests {
        0 => "no rate was tested".to_owned(),
        1 => format!("one was tested, at a level of {level} % (exact conditional test)"),
        all => format!(
            "{all} were tested, at a level of {level} % for all of them together (exact conditional \
             test, Holm)"
        ),
    };
    let margins = comparison.margins;
    let single = match margins.single {
        single if single == margins.repeated => String::new(),
        single => format!(" ({single} where each system ran only once)"),
    };
    format!(
        "Changed is a rate that differs by more than a factor of {}{single}; {tests}.",
        margins.repeated
    )
}

/// What the latencies come to, if any could be compared.
pub(super) fn latencies(comparison: &Comparison) -> Option<String> {
    let latencies = &comparison.latencies;
    (latencies.compared > 0).then(|| {
        format!(
            "latencies: {} of {} changed by a factor of {} or more; a percentile of one run has no \
             error bar, so this is no test and fails nothing",
            latencies.changes.len(),
            units::counted(latencies.compared, "operation"),
            latencies.factor
        )
    })
}

/// `1.5 us to 3.2 us, 2.1 times`.
pub(super) fn latency(change: &LatencyChange) -> String {
    let time = |ns| units::duration(std::time::Duration::from_nanos(ns));
    format!(
        "{} to {}, {} times",
        time(change.old_ns),
        time(change.new_ns),
        crate::compare::times(change.ratio)
    )
}
