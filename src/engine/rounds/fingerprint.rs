//! The key of a history: two rounds have the same one exactly if they show the same.
//!
//! What goes into it is what [`crate::outcome::decode`] makes of the notes, and of the times only
//! which steps came before which: no inode numbers, no times, no order of the names in a scan.

use std::sync::atomic::Ordering::Relaxed;

use xxhash_rust::xxh3::xxh3_128;

use super::identity::symbol;
use super::notes::{Note, Notes};
use super::tree::Tree;
use crate::ops::OpKind;
use crate::ops::observation::{Observation, flag};
use crate::outcome::{Interval, precedes};
use crate::plan::Plan;

/// In place of an errno: the step was not called.
const SKIPPED: u16 = u16::MAX;
/// In place of details: there were too many.
const TOO_MUCH: u32 = u32::MAX;
/// Bits of a mode that say which type of file it is, and the type of a directory.
const TYPE: u16 = 0o170_000;
const DIRECTORY: u16 = 0o040_000;

/// The keys of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keys {
    /// Of its outcome.
    pub outcome: u128,
    /// Of its outcome and the order of its steps.
    pub history: u128,
}

/// What works the keys out, with buffers that are used again and again.
#[derive(Debug)]
pub struct Fingerprint {
    bytes: Vec<u8>,
    names: Vec<u8>,
    /// Per actor, when the steps ran that were called.
    intervals: Vec<Vec<Interval>>,
}

impl Fingerprint {
    /// For this many actors.
    pub fn new(actors: usize) -> Self {
        Self { bytes: Vec::new(), names: Vec::new(), intervals: vec![Vec::new(); actors] }
    }

    /// When the called steps of each actor ran, in the round whose keys were taken last.
    pub fn intervals(&self) -> &[Vec<Interval>] {
        &self.intervals
    }

    /// The keys of a round. `notes` has the notes of each actor and how many there are; `fixture`
    /// the inode numbers of the fixture; `error` is that of the clock, in ticks.
    pub fn keys<'a>(
        &mut self,
        plan: &Plan,
        notes: impl Iterator<Item = (Notes<'a>, usize)>,
        tree: &Tree,
        fixture: &[u64],
        error: u64,
    ) -> Keys {
        self.bytes.clear();
        for (actor, (notes, count)) in notes.enumerate() {
            self.intervals[actor].clear();
            self.bytes.extend_from_slice(&(count as u32).to_le_bytes());
            let mut times = Repeats::default();
            for index in 0..count {
                let note = notes.get(index);
                let time = times.next(note.step);
                if note.observation.is_some() {
                    self.intervals[actor].push(note.interval);
                }
                let op = plan.actors[actor].steps[usize::from(note.step)].op;
                self.add_note(&notes, &note, time, op, fixture);
            }
        }
        self.add_tree(tree, fixture);
        let outcome = xxh3_128(&self.bytes);
        self.bytes.clear();
        self.bytes.extend_from_slice(&outcome.to_le_bytes());
        self.add_order(error);
        Keys { outcome, history: xxh3_128(&self.bytes) }
    }

    fn add_note(&mut self, notes: &Notes<'_>, note: &Note, time: u32, op: OpKind, fixture: &[u64]) {
        self.bytes.extend_from_slice(&note.step.to_le_bytes());
        let errno = note.observation.map_or(SKIPPED, |observation| observation.errno());
        self.bytes.extend_from_slice(&errno.to_le_bytes());
        let Some(observation) = note.observation.filter(|_| errno == 0) else { return };
        match op {
            OpKind::Read | OpKind::Pread | OpKind::Readlink => self.add_detail(notes, note, time),
            OpKind::Readdir => self.add_names(notes, note, time),
            OpKind::Write | OpKind::Pwrite => self.add_word(observation.size),
            OpKind::Lseek => self.add_word(observation.value as u64),
            _ if observation.has(flag::STAT) => self.add_stat(&observation, fixture),
            _ => {}
        }
    }

    fn add_word(&mut self, word: u64) {
        self.bytes.extend_from_slice(&word.to_le_bytes());
    }

    fn add_stat(&mut self, stat: &Observation, fixture: &[u64]) {
        self.bytes.extend_from_slice(&stat.mode().to_le_bytes());
        self.add_word(stat.nlink);
        // POSIX says nothing of the size of a directory.
        self.add_word(if stat.mode() & TYPE == DIRECTORY { 0 } else { stat.size });
        self.add_word(symbol(stat.ino, fixture));
    }

    fn add_detail(&mut self, notes: &Notes<'_>, note: &Note, time: u32) {
        let length = note.detail_bytes.map_or(TOO_MUCH, |bytes| bytes as u32);
        self.bytes.extend_from_slice(&length.to_le_bytes());
        if length == TOO_MUCH {
            return;
        }
        for word in notes.detail(note, time) {
            self.add_word(word.load(Relaxed));
        }
    }

    /// Names in any order come to the same.
    fn add_names(&mut self, notes: &Notes<'_>, note: &Note, time: u32) {
        let length = note.detail_bytes.map_or(TOO_MUCH, |bytes| bytes as u32);
        self.bytes.extend_from_slice(&length.to_le_bytes());
        let Some(length) = note.detail_bytes else { return };
        self.names.clear();
        for word in notes.detail(note, time) {
            self.names.extend_from_slice(&word.load(Relaxed).to_le_bytes());
        }
        let names = self.names[..length].split(|&byte| byte == 0);
        let sum = names.fold(0_u128, |sum, name| sum.wrapping_add(xxh3_128(name)));
        self.bytes.extend_from_slice(&sum.to_le_bytes());
    }

    fn add_tree(&mut self, tree: &Tree, fixture: &[u64]) {
        for entry in tree.entries() {
            let path = tree.path(entry);
            self.bytes.extend_from_slice(&(path.len() as u32).to_le_bytes());
            self.bytes.extend_from_slice(path);
            self.bytes.extend_from_slice(&entry.file.to_le_bytes());
            let stat = Observation::stat(entry.ino, entry.size, entry.mode, entry.nlink);
            self.add_stat(&stat, fixture);
            self.bytes.push(u8::from(entry.whole));
            if entry.whole {
                self.bytes.extend_from_slice(&xxh3_128(tree.data(entry)).to_le_bytes());
            }
        }
    }

    /// For every step of every actor, how many steps of each other actor came before it. As each
    /// actor's steps follow one another, that says all about who came before whom.
    fn add_order(&mut self, error: u64) {
        for (actor, steps) in self.intervals.iter().enumerate() {
            for (_, others) in
                self.intervals.iter().enumerate().filter(|(other, _)| *other != actor)
            {
                let mut before = 0;
                for &step in steps {
                    while others.get(before).is_some_and(|&other| precedes(other, step, error)) {
                        before += 1;
                    }
                    self.bytes.extend_from_slice(&(before as u16).to_le_bytes());
                }
            }
        }
    }
}

/// Counts how often the same step has come before, in a row.
#[derive(Debug, Default)]
pub struct Repeats {
    last: Option<u16>,
    times: u32,
}

impl Repeats {
    /// Takes in the next step.
    pub fn next(&mut self, step: u16) -> u32 {
        self.times = if self.last == Some(step) { self.times + 1 } else { 0 };
        self.last = Some(step);
        self.times
    }
}

/// Whether two actors were in a step at the same time; both lists are in order of time.
pub fn overlap(these: &[Interval], those: &[Interval]) -> bool {
    let mut position = 0;
    these.iter().any(|this| {
        while those.get(position).is_some_and(|that| that.end < this.start) {
            position += 1;
        }
        those.get(position).is_some_and(|that| that.start <= this.end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intervals(ends: &[(u64, u64)]) -> Vec<Interval> {
        ends.iter().map(|&(start, end)| Interval { start, end }).collect()
    }

    #[test]
    fn actors_overlap_when_any_of_their_steps_do() {
        let these = intervals(&[(0, 10), (20, 30)]);
        assert!(overlap(&these, &intervals(&[(11, 12), (13, 21)])));
        assert!(!overlap(&these, &intervals(&[(11, 12), (13, 19)])));
        assert!(!overlap(&these, &[]));
    }

    #[test]
    fn the_order_depends_on_the_error_of_the_clock() {
        let key = |other: (u64, u64), error| {
            let mut fingerprint = Fingerprint::new(2);
            fingerprint.intervals = vec![intervals(&[(100, 110)]), intervals(&[other])];
            fingerprint.add_order(error);
            fingerprint.bytes
        };
        assert_ne!(key((0, 80), 10), key((0, 95), 10));
        assert_eq!(key((0, 80), 30), key((0, 95), 30));
        assert_ne!(key((0, 80), 10), key((130, 140), 10));
    }
}
