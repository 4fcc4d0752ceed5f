//! What a program has shown that none before it has.
//!
//! A feature is a number that stands for one thing seen. From the strongest on, that is what was seen
//! that is forbidden; what is not allowed, but left open by POSIX or documented, with what explains it; two
//! operations in conflict with what each returned and which came first; and what an operation returned on what the
//! fixture has at its path. How often a feature has been seen says how rare it is.

use std::collections::{HashMap, HashSet};

use xxhash_rust::xxh3::xxh3_64;

use crate::engine::rounds::RoundsRecord;
use crate::outcome::{Done, Interval, Returned, precedes};
use crate::plan::{Plan, StepPlan};
use crate::report::{Anomaly, Class};

/// Features that are counted. When there are more, those seen once are forgotten.
const MOST: usize = 200_000;
/// Features that there is room for from the start: about twice as many as twenty minutes show.
const USUAL: usize = 14_000;
/// Histories of a program that are looked at.
const HISTORIES: usize = 400;
/// Features of one program that are kept.
const MOST_OF_ONE: usize = 600;

/// How often each feature has been seen, by how many programs.
#[derive(Debug)]
pub struct Novelty {
    seen: HashMap<u64, u32>,
}

impl Default for Novelty {
    fn default() -> Self {
        Self { seen: HashMap::with_capacity(USUAL) }
    }
}

impl Novelty {
    /// Counts the features of one run; returns those that are new.
    pub fn count(&mut self, features: &[u64]) -> Vec<u64> {
        if self.seen.len() > MOST {
            self.seen.retain(|_, times| *times > 1);
        }
        let mut new = Vec::new();
        for &feature in features {
            let times = self.seen.entry(feature).or_insert(0);
            *times = times.saturating_add(1);
            if *times == 1 {
                new.push(feature);
            }
        }
        new
    }

    /// How rare these are: the sum of the weight of each through how often it has been seen.
    pub fn rarity(&self, features: &[u64]) -> f64 {
        let rarity = |feature: &u64| {
            let times = self.seen.get(feature).copied().unwrap_or(1).max(1);
            Kind::of(*feature).weight() / f64::from(times)
        };
        features.iter().map(rarity).sum()
    }

    /// Different features seen.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether nothing has been seen.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }
}

/// What a feature stands for, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// What an operation returned on what there was.
    State,
    /// Two operations in conflict.
    Pair,
    /// What is not allowed, though POSIX leaves it open or the filesystem documents it.
    Relaxed,
    /// What is forbidden, or has no explanation.
    Forbidden,
}

impl Kind {
    /// Bits of a feature below those of its kind.
    const SHIFT: u32 = 62;

    fn of(feature: u64) -> Self {
        match feature >> Self::SHIFT {
            0 => Self::State,
            1 => Self::Pair,
            2 => Self::Relaxed,
            _ => Self::Forbidden,
        }
    }

    fn weight(self) -> f64 {
        match self {
            Self::State => 1.0,
            Self::Pair => 2.0,
            Self::Relaxed => 8.0,
            Self::Forbidden => 16.0,
        }
    }

    fn feature(self, bytes: &[u8]) -> u64 {
        xxh3_64(bytes) >> (u64::BITS - Self::SHIFT) | (self as u64) << Self::SHIFT
    }
}

/// The features of a run. Where they are too many, the weakest are left out.
pub fn features(plan: &Plan, record: &RoundsRecord, anomalies: &[Anomaly]) -> Vec<u64> {
    let mut all = HashSet::new();
    for anomaly in anomalies {
        let text = format!("{} {}", anomaly.code, anomaly.relaxations.join(" "));
        let kind = match anomaly.class {
            Class::Unspecified | Class::Documented => Kind::Relaxed,
            Class::Forbidden | Class::Unexplained => Kind::Forbidden,
        };
        all.insert(kind.feature(text.as_bytes()));
    }
    for seen in record.seen.iter().take(HISTORIES) {
        let history = &seen.history;
        for (actor, done) in history.outcome.actors.iter().enumerate() {
            for one in done {
                all.insert(of_state(plan, &plan.actors[actor].steps[usize::from(one.step)], one));
            }
            let times = &history.times[actor];
            for (other, theirs) in history.outcome.actors.iter().enumerate().skip(actor + 1) {
                for (one, &when) in done.iter().zip(times) {
                    for (another, &then) in theirs.iter().zip(&history.times[other]) {
                        let sides = [
                            Side::of(plan, actor, one, when),
                            Side::of(plan, other, another, then),
                        ];
                        all.extend(of_pair(&sides, record.clock_error));
                    }
                }
            }
        }
    }
    let mut all: Vec<u64> = all.into_iter().collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.truncate(MOST_OF_ONE);
    all.reverse();
    all
}

/// One of two steps.
struct Side<'a> {
    step: &'a StepPlan,
    returned: &'a Returned,
    when: Interval,
}

impl<'a> Side<'a> {
    fn of(plan: &'a Plan, actor: usize, done: &'a Done, when: Interval) -> Self {
        let step = &plan.actors[actor].steps[usize::from(done.step)];
        Self { step, returned: &done.returned, when }
    }

    fn bytes(&self) -> [u8; 4] {
        let [low, high] = self.returned.errno().to_le_bytes();
        // Nothing, a part or all of a read are different things to have seen.
        let amount = match self.returned {
            Returned::Read(runs) if runs.is_empty() => 1,
            Returned::Read(_) => 2,
            Returned::Skipped => 3,
            _ => 0,
        };
        [self.step.op as u8, low, high, amount]
    }
}

/// Two steps of different actors of which one changes something, and which of them came first.
fn of_pair([one, other]: &[Side<'_>; 2], error: u64) -> Option<u64> {
    if one.step.call.only_looks() && other.step.call.only_looks() {
        return None;
    }
    let order = if precedes(one.when, other.when, error) {
        0
    } else if precedes(other.when, one.when, error) {
        1
    } else {
        2
    };
    // The same pair, whoever of the two actors is which.
    let (first, second, order) = match (one.bytes(), other.bytes()) {
        (first, second) if first <= second => (first, second, order),
        (first, second) => (second, first, if order == 2 { 2 } else { 1 - order }),
    };
    let mut bytes = [order; 9];
    bytes[..4].copy_from_slice(&first);
    bytes[4..8].copy_from_slice(&second);
    Some(Kind::Pair.feature(&bytes))
}

/// What a step returned, and what it was done to.
fn of_state(plan: &Plan, step: &StepPlan, done: &Done) -> u64 {
    let words = step.text.split(' ').skip(1);
    let kinds = words.filter_map(|word| plan.fixture.iter().find(|entry| entry.path == word));
    let mut bytes = vec![step.op as u8];
    bytes.extend(kinds.map(|entry| match entry.kind {
        crate::plan::FixtureKindPlan::Directory => 1,
        crate::plan::FixtureKindPlan::File(_) => 2,
        crate::plan::FixtureKindPlan::Symlink(_) => 3,
        crate::plan::FixtureKindPlan::HardLink(_) => 4,
    }));
    bytes.extend(done.returned.errno().to_le_bytes());
    Kind::State.feature(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forbidden_is_worth_most_then_what_is_relaxed_a_pair_and_a_state() {
        let novelty = Novelty::default();
        let rarity = |kind: Kind| novelty.rarity(&[kind.feature(b"anything")]);
        let kinds = [Kind::State, Kind::Pair, Kind::Relaxed, Kind::Forbidden];
        assert!(kinds.windows(2).all(|two| rarity(two[0]) < rarity(two[1])));
        for kind in kinds {
            assert_eq!(Kind::of(kind.feature(b"anything")), kind);
        }
    }

    #[test]
    fn what_has_been_seen_often_is_not_rare() {
        let mut novelty = Novelty::default();
        assert_eq!(novelty.count(&[1, 2]), [1, 2]);
        assert_eq!(novelty.count(&[2, 3]), [3]);
        assert!(novelty.rarity(&[1]) > novelty.rarity(&[2]));
    }
}
