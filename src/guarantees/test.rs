//! What one scenario says about a guarantee on one target.

use super::Test;
use crate::report::guarantees::{Evidence, Unit};
use crate::report::{Anomaly, Class, ScenarioResult, Verdict};
use crate::stats::rate;

/// What one scenario comes to.
pub(super) struct Tested {
    pub(super) outcome: Outcome,
    /// What limits it, or was seen beside it.
    pub(super) notes: Vec<String>,
}

/// Whether the guarantee was seen not to hold.
pub(super) enum Outcome {
    /// It was. `accepted` if what explains it was to be taken as it is.
    Seen { evidence: Evidence, accepted: bool },
    /// It was not, in so many trials.
    Clean(Evidence),
    /// That cannot be said, for this reason; `again` if another try may decide it.
    Undecided { reason: String, again: bool },
}

impl Test {
    /// Whether an anomaly means that the guarantee did not hold. What nobody rules out breaks no
    /// promise; where there is none to be broken, it is what was looked for, and so is anything worse.
    pub(super) fn is_shown_by(&self, anomaly: &Anomaly, promised: bool) -> bool {
        let fits = !promised || anomaly.class >= Class::Documented;
        fits && self.signs.iter().any(|sign| sign.is(anomaly))
    }

    /// Whether the row of the guarantee says all that there is to say about an anomaly: not if it is
    /// worse than what nobody promises.
    pub(super) fn settles(&self, anomaly: &Anomaly, promised: bool) -> bool {
        let expected = promised || anomaly.class <= Class::Documented;
        expected && self.is_shown_by(anomaly, promised)
    }
}

/// What `result` says; `None` if the scenario has not been run.
pub(super) fn tested(
    test: &Test,
    result: Option<&ScenarioResult>,
    promised: bool,
    accepted: &[&str],
) -> Tested {
    let Some(result) = result else {
        let reason = format!("{} was not run: the run was stopped before it", test.scenario);
        return Tested { outcome: Outcome::Undecided { reason, again: true }, notes: Vec::new() };
    };
    let mut notes = Vec::new();
    if promised {
        let open = result.anomalies.iter().filter(|anomaly| anomaly.class == Class::Unspecified);
        for anomaly in open.filter(|anomaly| test.signs.iter().any(|sign| sign.is(anomaly))) {
            let explained = match anomaly.relaxations.as_slice() {
                [] => String::new(),
                some => format!(", explained by {}", some.join(" + ")),
            };
            notes.push(format!(
                "{}: {}{explained}, {} in {}: POSIX leaves that open",
                result.scenario, anomaly.code, anomaly.count, anomaly.trials
            ));
        }
    }
    if let Some(seen) = seen(test, result, promised, accepted) {
        return Tested { outcome: seen, notes };
    }
    match trials(test, result) {
        Ok((trials, unit)) => {
            if let (Verdict::Pass, Some(reason)) = (result.verdict, &result.reason) {
                notes.push(format!("{}: {reason}", result.scenario));
            }
            Tested { outcome: Outcome::Clean(counted(result, unit, 0, trials)), notes }
        }
        Err((reason, again)) => {
            let reason = format!("{}: {reason}", result.scenario);
            Tested { outcome: Outcome::Undecided { reason, again }, notes }
        }
    }
}

/// The worst way in which the guarantee was seen not to hold.
fn seen(
    test: &Test,
    result: &ScenarioResult,
    promised: bool,
    accepted: &[&str],
) -> Option<Outcome> {
    let shown = result.anomalies.iter().filter(|anomaly| test.is_shown_by(anomaly, promised));
    let worst = shown.min_by(|a, b| {
        is_accepted(a, accepted)
            .cmp(&is_accepted(b, accepted))
            .then(b.class.cmp(&a.class))
            .then(b.rate.total_cmp(&a.rate))
    });
    if let Some(anomaly) = worst {
        let accepted = is_accepted(anomaly, accepted);
        return Some(Outcome::Seen { evidence: evidence(result, anomaly), accepted });
    }
    let rounds: u64 = test.signs.iter().map(|sign| sign.rounds(result)).sum();
    let trials = result.rounds.unwrap_or_default();
    (rounds > 0).then(|| Outcome::Seen {
        evidence: counted(result, Unit::Rounds, rounds, trials),
        accepted: false,
    })
}

/// How often the guarantee could have been seen not to hold, if the run can prove anything;
/// otherwise why not, and whether another try may.
fn trials(test: &Test, result: &ScenarioResult) -> Result<(u64, Unit), (String, bool)> {
    let why = || result.reason.clone().unwrap_or_else(|| "it says nothing".to_owned());
    match result.verdict {
        Verdict::Skipped => return Err((why(), false)),
        Verdict::Inconclusive => return Err((why(), true)),
        // Something else was found, and what limits the run may have hidden this.
        Verdict::Fail if result.reason.is_some() => return Err((why(), false)),
        Verdict::Fail | Verdict::Pass => {}
    }
    let cut_short = |anomaly: &&Anomaly| ["hang", "worker-died"].contains(&anomaly.code.as_str());
    if let Some(anomaly) = result.anomalies.iter().find(cut_short) {
        return Err((format!("{}, so that the run was cut short", anomaly.code), false));
    }
    let looks = || result.looked_for.iter().find(|looks| looks.code == test.looks_of);
    let (trials, unit) = match result.rounds {
        Some(rounds) => (rounds, Unit::Rounds),
        None => (looks().map_or(0, |looks| looks.trials), Unit::Calls),
    };
    match trials {
        0 => Err(("nothing was done that could have shown it".to_owned(), true)),
        some => Ok((some, unit)),
    }
}

/// Whether a run takes an anomaly as it is.
pub(super) fn is_accepted(anomaly: &Anomaly, accepted: &[&str]) -> bool {
    let mut names = anomaly.relaxations.iter();
    accepted.contains(&anomaly.code.as_str()) && anomaly.code == "semantic-difference"
        || !anomaly.relaxations.is_empty() && names.all(|name| accepted.contains(&name.as_str()))
}

/// An anomaly as evidence.
pub(super) fn evidence(result: &ScenarioResult, anomaly: &Anomaly) -> Evidence {
    let unit = if result.rounds.is_some() { Unit::Rounds } else { Unit::Calls };
    Evidence {
        scenario: result.scenario.clone(),
        code: Some(anomaly.code.clone()),
        class: Some(anomaly.class),
        relaxations: anomaly.relaxations.clone(),
        unit,
        count: anomaly.count,
        trials: anomaly.trials,
        rate: anomaly.rate,
        rate_low: anomaly.rate_low,
        rate_high: anomaly.rate_high,
        seen: Some(anomaly.seen.clone()),
    }
}

/// A count that is no anomaly as evidence.
fn counted(result: &ScenarioResult, unit: Unit, count: u64, trials: u64) -> Evidence {
    let interval = rate(count, trials);
    Evidence {
        scenario: result.scenario.clone(),
        code: None,
        class: None,
        relaxations: Vec::new(),
        unit,
        count,
        trials,
        rate: interval.value,
        rate_low: interval.low,
        rate_high: interval.high,
        seen: None,
    }
}
