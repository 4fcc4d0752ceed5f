//! The words that all formats for people use.

use super::{Evidence, GuaranteesReport, OnTarget, Standing};
use crate::ui::units;

/// The verdict, with what marks it.
pub(super) fn verdict(on: &OnTarget) -> String {
    let words = on.verdict.words();
    let mark = match (on.accepted, on.documented) {
        (true, _) => " (accepted)",
        (false, true) => " (documented)",
        (false, false) => "",
    };
    format!("{words}{mark}")
}

/// The evidence that decides, for a table.
pub(super) fn short(on: &OnTarget) -> String {
    let Some(first) = on.evidence.first() else { return String::new() };
    let counts = format!("{} in {}", units::count(first.count), units::count(first.trials));
    match (on.verdict, first.count) {
        // Whatever else was tried does not decide.
        (Standing::NotTestable, _) => String::new(),
        (Standing::NotPromised, 0) => format!("not seen: {counts}"),
        (Standing::NotPromised, _) => format!("seen {counts}"),
        _ => counts,
    }
}

/// The evidence of one scenario in full.
pub(super) fn long(evidence: &Evidence) -> String {
    let rate =
        units::k_in_n(evidence.count, evidence.trials, evidence.rate_low, evidence.rate_high);
    let (unit, scenario) = (evidence.unit.name(), &evidence.scenario);
    let mut text = format!("{rate}; {unit} of {scenario}");
    if let (Some(code), Some(class)) = (&evidence.code, evidence.class) {
        text += &format!(": {code}, {}", class.name());
        if !evidence.relaxations.is_empty() {
            text += &format!(", explained by {}", evidence.relaxations.join(" + "));
        }
    }
    text
}

/// The targets, as their columns have them.
pub(super) fn targets(report: &GuaranteesReport) -> &[OnTarget] {
    report.guarantees.first().map(|row| row.targets.as_slice()).unwrap_or_default()
}

/// How many verdicts of each kind there are on the target of a column, in words.
pub(super) fn totals(report: &GuaranteesReport, column: usize) -> String {
    let on: Vec<&OnTarget> =
        report.guarantees.iter().filter_map(|row| row.targets.get(column)).collect();
    let count = |standing| on.iter().filter(|on| on.verdict == standing).count();
    format!(
        "{} hold, {} broken, {} not promised, {} not testable",
        count(Standing::Holds),
        count(Standing::Broken),
        count(Standing::NotPromised),
        count(Standing::NotTestable)
    )
}
