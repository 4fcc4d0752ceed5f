//! The programs that have shown something new, and which of them is worth another look.
//!
//! A program's energy is how many outcomes that it has not shown one more run of it can be expected to
//! show, times how rare what it has shown is among all programs. The chance of a round is estimated as
//! Good and Turing do (I. J. Good, Biometrika 40, 1953): as many rounds as showed an outcome that no
//! other did, of all rounds. A run takes the same time for each program, so the faster have more rounds.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::draw::Draw;
use super::novelty::Novelty;
use crate::scenario::Scenario;

/// Programs that are kept, unless a corpus has more to begin with.
pub const MOST: usize = 500;

/// What the runs of one program have come to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// Times that it was run.
    pub runs: u64,
    /// Rounds in all of them.
    pub rounds: u64,
    /// Outcomes that the model allows.
    pub allowed: u64,
    /// The most of them that one run has shown.
    pub seen: u64,
    /// Outcomes that a single round of the last run showed.
    pub once: u64,
    /// Rounds of the last run.
    pub last_rounds: u64,
    /// Codes of what it has shown that it should not.
    pub codes: Vec<String>,
    /// The features that it has shown.
    pub features: Vec<u64>,
}

impl Statistics {
    /// How many new outcomes to expect of a run that is as long as the last one.
    pub fn unseen(&self) -> f64 {
        // One that has not been run yet is not given up for it.
        let rounds = self.last_rounds.max(1) as f64;
        (self.once as f64 + 0.5) / (rounds + 1.0) * rounds
    }

    /// Takes in what another job has found out about the program. Jobs begin with the same corpus, so that
    /// what they have counted is not added up: it would grow with every night.
    pub fn merge(&mut self, other: &Self) {
        self.runs = self.runs.max(other.runs);
        self.rounds = self.rounds.max(other.rounds);
        self.allowed = self.allowed.max(other.allowed);
        self.seen = self.seen.max(other.seen);
        if self.last_rounds == 0 {
            (self.once, self.last_rounds) = (other.once, other.last_rounds);
        }
        self.codes.extend(other.codes.iter().cloned());
        self.features.extend(&other.features);
        self.codes.sort();
        self.codes.dedup();
        self.features.sort_unstable();
        self.features.dedup();
    }
}

/// A program of the pool.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The program.
    pub scenario: Arc<Scenario>,
    /// As a file.
    pub text: String,
    /// What its runs have come to.
    pub statistics: Statistics,
}

impl Entry {
    fn energy(&self, novelty: &Novelty) -> f64 {
        let statistics = &self.statistics;
        // One that has been run often has had its chance, and what is known shall not drown the new.
        let worn = 1.0 + statistics.runs as f64;
        let known = if statistics.codes.is_empty() { 1.0 } else { 0.2 };
        statistics.unseen().sqrt() * (0.1 + novelty.rarity(&statistics.features)) * known / worn
    }
}

/// The programs.
#[derive(Debug, Default)]
pub struct Pool {
    entries: Vec<Entry>,
}

impl Pool {
    /// Takes in a program that is not in it, or merges what is known about it.
    pub fn take_in(&mut self, entry: Entry) {
        let digest = &entry.scenario.digest;
        match self.entries.iter_mut().find(|one| one.scenario.digest == *digest) {
            Some(known) => known.statistics.merge(&entry.statistics),
            None => self.entries.push(entry),
        }
    }

    /// The same, in place of the one with the least energy if there are many.
    pub fn add(&mut self, entry: Entry, novelty: &Novelty) {
        if self.entries.len() >= MOST {
            let weakest = (0..self.entries.len()).min_by(|&a, &b| {
                let energy = |at: usize| self.entries[at].energy(novelty);
                energy(a).total_cmp(&energy(b))
            });
            self.entries.swap_remove(weakest.unwrap_or_default());
        }
        self.take_in(entry);
    }

    /// One of them, by energy.
    pub fn choose(&self, draw: &mut Draw, novelty: &Novelty) -> Option<&Entry> {
        let energies: Vec<f64> = self.entries.iter().map(|one| one.energy(novelty)).collect();
        draw.weighed(energies.iter().copied()).map(|at| &self.entries[at])
    }

    /// Notes what one more run of a program has come to, if it is in the pool.
    pub fn note(&mut self, digest: &str, run: &Statistics) -> bool {
        let known = self.entries.iter_mut().find(|one| one.scenario.digest == digest);
        known.is_some_and(|known| {
            let statistics = &mut known.statistics;
            let (runs, rounds) = (statistics.runs + run.runs, statistics.rounds + run.rounds);
            (statistics.once, statistics.last_rounds) = (run.once, run.last_rounds);
            statistics.merge(run);
            (statistics.runs, statistics.rounds) = (runs, rounds);
            true
        })
    }

    /// All of them.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Keeps programs that together show every feature that any of them does, and those that show
    /// what they should not: each time the one that adds most.
    pub fn prune(&mut self) {
        let mut left: Vec<Entry> = std::mem::take(&mut self.entries);
        let mut shown = std::collections::HashSet::new();
        loop {
            let adds = |one: &Entry| {
                one.statistics.features.iter().filter(|feature| !shown.contains(*feature)).count()
            };
            let best = (0..left.len()).max_by_key(|&at| adds(&left[at]));
            let Some(best) = best.filter(|&at| adds(&left[at]) > 0) else { break };
            let best = left.swap_remove(best);
            shown.extend(best.statistics.features.iter().copied());
            self.entries.push(best);
        }
        self.entries.extend(left.into_iter().filter(|one| !one.statistics.codes.is_empty()));
    }
}
