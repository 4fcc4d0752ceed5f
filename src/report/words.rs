//! The words that all formats for people use of a run.

use super::{Anomaly, Report, ScenarioResult, Verdict};
use crate::ui::units;

/// How many verdicts of each kind there are. How many passed and failed is always said; the others
/// where there are any.
pub(super) fn totals(report: &Report) -> Vec<(Verdict, String)> {
    let words = [
        (Verdict::Pass, "passed"),
        (Verdict::Fail, "failed"),
        (Verdict::Inconclusive, "inconclusive"),
        (Verdict::Skipped, "skipped"),
    ];
    let said = |verdict| matches!(verdict, Verdict::Pass | Verdict::Fail);
    let counted = words.into_iter().map(|(verdict, word)| (verdict, report.count(verdict), word));
    let shown = counted.filter(|&(verdict, count, _)| count > 0 || said(verdict));
    shown.map(|(verdict, count, word)| (verdict, format!("{count} {word}"))).collect()
}

/// `14 results: 13 passed, 1 failed (28.1 s)`.
pub(super) fn all_totals(report: &Report) -> String {
    let parts: Vec<String> = totals(report).into_iter().map(|(_, text)| text).collect();
    with_totals(report, &parts)
}

/// The same around parts that may be coloured.
pub(super) fn with_totals(report: &Report, parts: &[String]) -> String {
    let all = units::counted(report.results.len() as u64, "result");
    format!("{all}: {} ({})", parts.join(", "), units::seconds(report.elapsed_s()))
}

/// That the run was stopped, and what is missing; `None` for one that is complete.
pub(super) fn incomplete(report: &Report) -> Option<String> {
    let missing = report.unfinished.len() as u64;
    let planned = (report.results.len() + report.not_begun().count()) as u64;
    (missing > 0).then(|| {
        format!(
            "incomplete: {missing} of {} still to be run; `fsrace run --resume` does the rest",
            units::counted(planned, "scenario")
        )
    })
}

/// Code, class and what explains it: `unexpected-errno, forbidden, explained by open-stale`.
pub(super) fn anomaly(anomaly: &Anomaly) -> String {
    let mut text = format!("{}, {}", anomaly.code, anomaly.class.name());
    if !anomaly.relaxations.is_empty() {
        text += &format!(", explained by {}", anomaly.relaxations.join(" + "));
    }
    text
}

/// How often, with the interval.
pub(super) fn k_in_n(anomaly: &Anomaly) -> String {
    units::k_in_n(anomaly.count, anomaly.trials, anomaly.rate_low, anomaly.rate_high)
}

/// What a pass is worth: how often nothing was seen, and what rate that still leaves room for.
pub(super) fn nothing_found(result: &ScenarioResult) -> Option<String> {
    result.bound().map(|bound| units::k_in_n(0, bound.trials, 0.0, bound.rate_high))
}

/// What a result comes to, in a cell: each code with its counts, or why there is nothing to say.
pub(super) fn found(result: &ScenarioResult) -> Vec<String> {
    let each = result.anomalies.iter().map(|anomaly| {
        let (count, trials) = (units::count(anomaly.count), units::count(anomaly.trials));
        format!("{} {count} in {trials}", anomaly.code)
    });
    let mut found: Vec<String> = each.collect();
    if found.is_empty() {
        let reason = result.reason.clone().filter(|_| result.verdict != Verdict::Pass);
        found.extend(reason.or_else(|| nothing_found(result)));
    }
    found
}

/// The machine, in one line.
pub(super) fn host(report: &Report) -> String {
    format!("fsrace {}, {}, {}", report.fsrace_version, report.host, report.started)
}

/// The directory, with what is mounted there.
pub(super) fn target(result: &ScenarioResult) -> String {
    let target = &result.target;
    let clients = target.clients.iter().map(|client| format!(", client {client}"));
    format!("{target}{}", clients.collect::<String>())
}
