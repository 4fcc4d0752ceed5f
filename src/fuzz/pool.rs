//! The programs that have shown something new, and which of them is worth another look.
//!
//! A program's energy is the square root of how many outcomes that it has not shown one more run of it can
//! be expected to show, times how rare what it has shown is among all programs, times how fast it is. The chance of a
//! round is estimated as Good and Turing do (I. J. Good, Biometrika 40, 1953): as many rounds as showed an
//! outcome that no other did, of all rounds. A run takes the same time for each program, so the faster have
//! more rounds, and their children are fast, too.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::draw::Draw;
use super::novelty::Novelty;

/// Programs that are kept, unless a corpus has more to begin with.
pub const MOST: usize = 500;
/// Programs whose rarity is looked up again with every choice: that of all takes long when there are
/// many.
const RENEWED: usize = 16;
/// Rounds that a program is taken to have in a run as long as none has been run.
const ROUNDS: u64 = 500;

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
        (self.once as f64 + 0.5) / (self.speed() + 1.0) * self.speed()
    }

    /// Rounds of one run.
    fn speed(&self) -> f64 {
        let rounds = if self.last_rounds == 0 { ROUNDS } else { self.last_rounds };
        rounds as f64
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
        unite(&mut self.codes, &other.codes);
        unite(&mut self.features, &other.features);
    }
}

/// Adds what is not there, sorted, without room for more: there is a list for each program, and programs
/// are run again for hours. What is known already, which is most, leaves the list where it is in memory.
fn unite<T: Clone + Ord>(known: &mut Vec<T>, other: &[T]) {
    let is_new = |one: &&T| known.binary_search(one).is_err();
    let new: Vec<T> = other.iter().filter(is_new).cloned().collect();
    if new.is_empty() {
        return;
    }
    known.reserve_exact(new.len());
    known.extend(new);
    known.sort_unstable();
    known.dedup();
}

/// A program of the pool.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Digest of the program.
    pub digest: String,
    /// The program, as a file: parsed, it takes several times as much memory.
    pub text: Arc<str>,
    /// What its runs have come to.
    pub statistics: Statistics,
}

impl Entry {
    fn energy(&self, rarity: f64) -> f64 {
        let statistics = &self.statistics;
        // One that has been run often has had its chance, and what is known shall not drown the new.
        let worn = 1.0 + statistics.runs as f64;
        let known = if statistics.codes.is_empty() { 1.0 } else { 0.2 };
        statistics.unseen().sqrt() * statistics.speed() * (0.1 + rarity) * known / worn
    }
}

/// The programs.
#[derive(Debug, Default)]
pub struct Pool {
    entries: Vec<Entry>,
    /// How rare the features of each are, as of a while ago.
    rarities: Vec<f64>,
    /// The one whose rarity is renewed next.
    next: usize,
}

impl Pool {
    /// Takes in a program that is not in it, or merges what is known about it.
    pub fn take_in(&mut self, mut entry: Entry, novelty: &Novelty) {
        match self.entries.iter_mut().find(|one| one.digest == entry.digest) {
            Some(known) => known.statistics.merge(&entry.statistics),
            None => {
                entry.statistics.features.shrink_to_fit();
                self.rarities.push(novelty.rarity(&entry.statistics.features));
                self.entries.push(entry);
            }
        }
    }

    /// The same, in place of the one with the least energy if there are many.
    pub fn add(&mut self, entry: Entry, novelty: &Novelty) {
        if self.entries.len() >= MOST {
            let energies: Vec<f64> = self.energies().collect();
            let all = 0..energies.len();
            let weakest = all.min_by(|&a, &b| energies[a].total_cmp(&energies[b]));
            self.entries.swap_remove(weakest.unwrap_or_default());
            self.rarities.swap_remove(weakest.unwrap_or_default());
        }
        self.take_in(entry, novelty);
    }

    /// One of them, by energy.
    pub fn choose(&mut self, draw: &mut Draw, novelty: &Novelty) -> Option<&Entry> {
        self.renew(novelty);
        let energies: Vec<f64> = self.energies().collect();
        draw.weighed(energies.iter().copied()).map(|at| &self.entries[at])
    }

    fn energies(&self) -> impl Iterator<Item = f64> + '_ {
        self.entries.iter().zip(&self.rarities).map(|(one, rarity)| one.energy(*rarity))
    }

    /// What was rare becomes common as more programs show it.
    fn renew(&mut self, novelty: &Novelty) {
        for _ in 0..RENEWED.min(self.entries.len()) {
            self.next = (self.next + 1) % self.entries.len();
            let features = &self.entries[self.next].statistics.features;
            self.rarities[self.next] = novelty.rarity(features);
        }
    }

    /// Notes what one more run of a program has come to, if it is in the pool.
    pub fn note(&mut self, digest: &str, run: &Statistics) -> bool {
        let known = self.entries.iter_mut().find(|one| one.digest == digest);
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

    /// Keeps programs that together show every feature that any of them does, each time the one that adds most;
    /// those that show what they should not; and those that have not been run.
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
        let stays = |one: &Entry| !one.statistics.codes.is_empty() || one.statistics.runs == 0;
        self.entries.extend(left.into_iter().filter(stays));
        // The order is another; they are renewed as programs are chosen.
        self.rarities.clear();
        self.rarities.resize(self.entries.len(), 0.0);
    }
}
