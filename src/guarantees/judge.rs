//! Results to rows.

use std::cmp::Reverse;

use super::test::{Outcome, Tested, evidence, is_accepted, tested};
use super::{Guarantee, Promise};
use crate::report::guarantees::{AlsoFound, Guaranteed, GuaranteesReport, OnTarget, Standing};
use crate::report::{Class, Report, Target};

/// What the results of a run say about guarantees on these targets. `accepted` are names of
/// relaxations that the run was told to take as they are: what they explain is broken all the same,
/// and marked.
#[must_use]
pub fn judge(
    run: Report,
    guarantees: &[(&'static str, &'static Guarantee)],
    targets: &[Target],
    accepted: &[&str],
) -> GuaranteesReport {
    let labels = labels(targets);
    let row = |&(topic, guarantee): &(&str, &Guarantee)| Guaranteed {
        name: guarantee.name.to_owned(),
        topic: topic.to_owned(),
        sentence: guarantee.sentence.to_owned(),
        promised: guarantee.promise.is_made(),
        because: guarantee.promise.because().to_owned(),
        source: guarantee.source.to_owned(),
        scenarios: guarantee.tests.iter().map(|test| test.scenario.to_owned()).collect(),
        advice: guarantee.advice.to_owned(),
        targets: targets
            .iter()
            .zip(&labels)
            .map(|(target, label)| on_target(&run, guarantee, target, label, accepted))
            .collect(),
    };
    let rows = guarantees.iter().map(row).collect();
    let also_found = also_found(&run, guarantees, targets, &labels, accepted);
    GuaranteesReport { run, guarantees: rows, also_found }
}

/// What heads the column of each target.
fn labels(targets: &[Target]) -> Vec<String> {
    let same = |one: &Target, other: &&Target| one.fs_type == other.fs_type;
    let label = |(index, target): (usize, &Target)| {
        let before = targets[..index].iter().filter(|other| same(target, other)).count();
        let all = targets.iter().filter(|other| same(target, other)).count();
        if all == 1 { target.fs_type.clone() } else { format!("{} {}", target.fs_type, before + 1) }
    };
    targets.iter().enumerate().map(label).collect()
}

fn on_target(
    run: &Report,
    guarantee: &Guarantee,
    target: &Target,
    label: &str,
    accepted: &[&str],
) -> OnTarget {
    let blank = OnTarget {
        target: target.path.clone(),
        fs_type: target.fs_type.clone(),
        label: label.to_owned(),
        verdict: Standing::NotTestable,
        documented: false,
        accepted: false,
        inconclusive: false,
        reason: None,
        evidence: Vec::new(),
        notes: Vec::new(),
    };
    if let Promise::Untestable(why) = guarantee.promise {
        return OnTarget { reason: Some(why.to_owned()), ..blank };
    }
    let promised = guarantee.promise.is_made();
    let tested = guarantee.tests.iter().map(|test| {
        let mut results = run.results.iter();
        let result = results
            .find(|result| result.scenario == test.scenario && result.target.path == target.path);
        tested(test, result, promised, accepted)
    });
    sum_up(tested.collect(), promised, blank)
}

/// One verdict from all scenarios that test a guarantee. Trials of different scenarios are never
/// added up: the worst one decides, and the others are kept beside it.
fn sum_up(tests: Vec<Tested>, promised: bool, mut row: OnTarget) -> OnTarget {
    let (mut seen, mut clean, mut undecided) = (Vec::new(), Vec::new(), Vec::new());
    for Tested { outcome, notes } in tests {
        row.notes.extend(notes);
        match outcome {
            Outcome::Seen { evidence, accepted } => seen.push((evidence, accepted)),
            Outcome::Clean(evidence) => clean.push(evidence),
            Outcome::Undecided { reason, again } => undecided.push((reason, again)),
        }
    }
    seen.sort_by(|(a, a_accepted), (b, b_accepted)| {
        // What nobody has accepted comes first: it is what fails the run.
        a_accepted.cmp(b_accepted).then(b.rate.total_cmp(&a.rate))
    });
    clean.sort_by(|a, b| b.rate_high.total_cmp(&a.rate_high));
    undecided.sort_by_key(|(_, again)| Reverse(*again));
    let again = undecided.iter().any(|(_, again)| *again);
    let nothing_but_doubt = seen.is_empty() && (clean.is_empty() || promised && again);
    if nothing_but_doubt {
        row.inconclusive = again;
        row.reason = undecided.first().map(|(reason, _)| reason.clone());
        undecided.drain(..undecided.len().min(1));
    } else {
        row.verdict = match (promised, seen.is_empty()) {
            (false, _) => Standing::NotPromised,
            (true, true) => Standing::Holds,
            (true, false) => Standing::Broken,
        };
        let is_documented = |class: Option<Class>| class <= Some(Class::Documented);
        let broken = row.verdict == Standing::Broken;
        row.documented = broken && seen.iter().all(|(one, _)| is_documented(one.class));
        row.accepted = broken && seen.iter().all(|(_, accepted)| *accepted);
    }
    row.notes.extend(undecided.into_iter().map(|(reason, _)| reason));
    row.evidence = seen.into_iter().map(|(evidence, _)| evidence).chain(clean).collect();
    row
}

/// What fails a run, and no guarantee has for its breach.
fn also_found(
    run: &Report,
    guarantees: &[(&'static str, &'static Guarantee)],
    targets: &[Target],
    labels: &[String],
    accepted: &[&str],
) -> Vec<AlsoFound> {
    let mut found = Vec::new();
    for result in &run.results {
        let column = targets.iter().position(|target| target.path == result.target.path);
        for anomaly in result.anomalies.iter().filter(|one| one.class > Class::Unspecified) {
            let mut tests = guarantees.iter().flat_map(|(_, guarantee)| {
                let promised = guarantee.promise.is_made();
                guarantee.tests.iter().map(move |test| (test, promised))
            });
            let known = tests.any(|(test, promised)| {
                test.scenario == result.scenario && test.settles(anomaly, promised)
            });
            if !known {
                found.push(AlsoFound {
                    target: result.target.path.clone(),
                    label: column.map_or_else(String::new, |column| labels[column].clone()),
                    accepted: is_accepted(anomaly, accepted),
                    evidence: evidence(result, anomaly),
                });
            }
        }
    }
    found
}
