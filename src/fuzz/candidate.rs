//! What the fuzzer hands over: a program that has shown what it should not, and what that was.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde::Serialize;

use super::signature::Signature;
use crate::report::{Anomaly, Class};

/// A program and one anomaly that it has shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// The program, as a file.
    pub scenario: String,
    /// Its digest.
    pub digest: String,
    /// What it has shown.
    pub anomaly: Anomaly,
    /// The same, in short.
    pub signature: Signature,
    /// Milliseconds after the start.
    pub after_ms: u64,
    /// Programs run until then.
    pub programs: u64,
}

impl Candidate {
    /// Whether it fails a run.
    pub fn fails(&self) -> bool {
        fails(&self.anomaly)
    }
}

/// Whether an anomaly fails a run.
pub fn fails(anomaly: &Anomaly) -> bool {
    anomaly.class > Class::Unspecified
}

/// The candidates so far, one of each kind: the first, which is replaced by one of a worse class, or of the same
/// class by a smaller program.
#[derive(Debug, Default)]
pub struct Candidates {
    kinds: HashMap<String, Kind>,
}

/// The candidates of one kind.
#[derive(Clone, Debug)]
pub struct Kind {
    /// The first, or a smaller one.
    pub candidate: Candidate,
    /// Steps of its program.
    pub steps: usize,
    /// Programs that have shown it.
    pub programs: u64,
}

/// What a candidate is among those that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The first of its kind.
    New,
    /// It takes the place of the one that is kept, for its class is worse or its program smaller.
    Smaller,
    /// It is one more of its kind.
    Known,
}

impl Candidates {
    /// Takes in a candidate whose program has so many steps; returns what it is, and the one of its kind
    /// that is kept.
    pub fn take(&mut self, candidate: Candidate, steps: usize) -> (Standing, &Candidate) {
        let kind = match self.kinds.entry(candidate.signature.kind()) {
            Entry::Vacant(place) => {
                let kind = place.insert(Kind { candidate, steps, programs: 1 });
                return (Standing::New, &kind.candidate);
            }
            Entry::Occupied(kind) => kind.into_mut(),
        };
        kind.programs += 1;
        // What fails a run is not replaced by what fails none, however small.
        let rank = |class: Class, steps: usize| (class, std::cmp::Reverse(steps));
        let kept = rank(kind.candidate.anomaly.class, kind.steps);
        if rank(candidate.anomaly.class, steps) <= kept {
            return (Standing::Known, &kind.candidate);
        }
        let (after_ms, programs) = (kind.candidate.after_ms, kind.candidate.programs);
        // When a kind was found is when its first was.
        kind.candidate = Candidate { after_ms, programs, ..candidate };
        kind.steps = steps;
        (Standing::Smaller, &kind.candidate)
    }

    /// All kinds, in the order in which they were found.
    pub fn kinds(&self) -> Vec<(&str, &Kind)> {
        let mut all: Vec<(&str, &Kind)> =
            self.kinds.iter().map(|(key, kind)| (key.as_str(), kind)).collect();
        all.sort_by_key(|(key, kind)| (kind.candidate.after_ms, *key));
        all
    }

    /// How many kinds there are.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Whether some of them fails a run.
    pub fn any_fails(&self) -> bool {
        self.kinds.values().any(|kind| kind.candidate.fails())
    }
}
