//! The table of different histories: a count for each, and the first of each in full.
//!
//! Before them stand those of the serial rounds, each by itself.
//!
//! Counts and records are in shared memory, so that they are there whatever becomes of the worker;
//! the keys are the leader's own. When three quarters of the room are used, only histories with an
//! outcome that has not been seen in any order are still taken in: with many actors the orders are
//! without number, and must not keep a new outcome out.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::Ordering::Relaxed;

use super::board::{Board, HISTORY_WORDS, MOST_HISTORIES};
use super::codec;
use super::fingerprint::Keys;
use super::record::{HistorySeen, SerialRecord};
use crate::outcome::History;
use crate::plan::Plan;

/// Different outcomes that are told apart.
const MOST_OUTCOMES: usize = 16384;
/// Histories, and words of them, from which on only new outcomes are taken in.
const NEARLY_FULL: [usize; 2] = [MOST_HISTORIES * 3 / 4, HISTORY_WORDS * 3 / 4];

/// Indices of the totals.
const KEPT: usize = 0;
const WORDS: usize = 1;
const UNKEPT: usize = 2;
const NOT_RESTORED: usize = 3;
const SERIAL: usize = 4;
const SERIAL_BROKEN: usize = 5;
const SERIAL_DONE: usize = 6;
const TICKS: usize = 7;

/// Indices of an entry.
const COUNT: usize = 0;
const FIRST: usize = 1;
const PLACE: usize = 2;
const LENGTH: usize = 3;

/// Keys are hashes already.
#[derive(Clone, Copy, Debug, Default)]
struct Key(u64);

impl Hasher for Key {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // Only 128-bit keys are hashed here, and they come as one write of their own.
        self.0 = bytes.iter().fold(self.0, |all, &byte| all.rotate_left(8) ^ u64::from(byte));
    }

    fn write_u128(&mut self, key: u128) {
        self.0 = key as u64;
    }
}

type ByKey<T> = HashMap<u128, T, BuildHasherDefault<Key>>;

/// The leader's side of the table.
#[derive(Debug)]
pub struct Histories<'a> {
    board: Board<'a>,
    known: ByKey<usize>,
    outcomes: ByKey<u64>,
    record: Vec<u64>,
}

impl<'a> Histories<'a> {
    /// An empty table.
    pub fn new(board: Board<'a>) -> Self {
        Self {
            board,
            known: ByKey::with_capacity_and_hasher(MOST_HISTORIES, BuildHasherDefault::default()),
            outcomes: ByKey::with_capacity_and_hasher(MOST_OUTCOMES, BuildHasherDefault::default()),
            record: Vec::new(),
        }
    }

    /// Counts one round. Should its history be new, `encode` is asked for its words. Returns how
    /// often its outcome has been seen so far, this time included.
    pub fn count(&mut self, keys: Keys, round: u64, encode: impl FnOnce(&mut Vec<u64>)) -> u64 {
        let times = self.count_outcome(keys.outcome);
        match self.known.get(&keys.history) {
            Some(&index) => Board::count(&self.board.entry(index)[COUNT]),
            None => self.add(keys.history, round, times == 1, encode),
        }
        times
    }

    fn count_outcome(&mut self, key: u128) -> u64 {
        if let Some(times) = self.outcomes.get_mut(&key) {
            *times += 1;
            return *times;
        }
        if self.outcomes.len() < MOST_OUTCOMES {
            self.outcomes.insert(key, 1);
        }
        1
    }

    /// Keeps the history of a serial round, for which `encode` is asked.
    pub fn keep_serial(&mut self, round: u64, encode: impl FnOnce(&mut Vec<u64>)) {
        if self.keep(round, encode).is_some() {
            Board::count(&self.board.totals()[SERIAL]);
        }
    }

    /// Says that no more serial rounds come, and whether the order of the last one was given up.
    pub fn end_serial(&self, broken: bool) {
        Board::publish(&self.board.totals()[SERIAL_BROKEN], broken.into());
        Board::publish(&self.board.totals()[SERIAL_DONE], 1);
    }

    /// Notes how many ticks it took to recognise what a round showed.
    pub fn took(&self, ticks: u64) {
        let total = &self.board.totals()[TICKS];
        Board::publish(total, total.load(Relaxed) + ticks);
    }

    /// Notes the errno that kept the leader from going on.
    pub fn not_restored(&self, errno: i32) {
        Board::publish(&self.board.totals()[NOT_RESTORED], errno as u64);
    }

    #[cold]
    fn add(
        &mut self,
        key: u128,
        round: u64,
        new_outcome: bool,
        encode: impl FnOnce(&mut Vec<u64>),
    ) {
        let totals = self.board.totals();
        let kept = totals[KEPT].load(Relaxed) as usize;
        let used = totals[WORDS].load(Relaxed) as usize;
        let nearly_full = kept >= NEARLY_FULL[0] || used >= NEARLY_FULL[1];
        if kept == MOST_HISTORIES || (nearly_full && !new_outcome) {
            return Board::count(&totals[UNKEPT]);
        }
        match self.keep(round, encode) {
            Some(place) => drop(self.known.insert(key, place)),
            None => Board::count(&totals[UNKEPT]),
        }
    }

    /// Puts a history down as the next one; returns its place, or `None` where there is no room.
    fn keep(&mut self, round: u64, encode: impl FnOnce(&mut Vec<u64>)) -> Option<usize> {
        let totals = self.board.totals();
        let kept = totals[KEPT].load(Relaxed) as usize;
        let used = totals[WORDS].load(Relaxed) as usize;
        self.record.clear();
        encode(&mut self.record);
        let room = self.board.histories().get(used..used + self.record.len())?;
        for (word, &value) in room.iter().zip(&self.record) {
            word.store(value, Relaxed);
        }
        let entry = self.board.entry(kept);
        entry[FIRST].store(round, Relaxed);
        entry[PLACE].store(used as u64, Relaxed);
        entry[LENGTH].store(self.record.len() as u64, Relaxed);
        entry[COUNT].store(1, Relaxed);
        totals[WORDS].store((used + self.record.len()) as u64, Relaxed);
        Board::publish(&totals[KEPT], kept as u64 + 1);
        Some(kept)
    }
}

/// What the table has come to: the histories in the order in which they were first seen, and the
/// number of rounds whose history had no room.
pub fn collect(board: &Board<'_>, plan: &Plan) -> (Vec<HistorySeen>, u64) {
    let kept = Board::published(&board.totals()[KEPT]) as usize;
    let serial = Board::published(&board.totals()[SERIAL]) as usize;
    let seen = (serial..kept.min(MOST_HISTORIES)).map(|index| {
        let entry = board.entry(index);
        HistorySeen {
            count: Board::published(&entry[COUNT]),
            first_round: entry[FIRST].load(Relaxed),
            history: history(board, plan, index),
        }
    });
    (seen.collect(), board.totals()[UNKEPT].load(Relaxed))
}

/// Whether no more serial rounds come.
pub fn is_serial_done(board: &Board<'_>) -> bool {
    Board::published(&board.totals()[SERIAL_DONE]) != 0
}

/// What the serial rounds have come to.
pub fn collect_serial(board: &Board<'_>, plan: &Plan) -> SerialRecord {
    let serial = Board::published(&board.totals()[SERIAL]) as usize;
    SerialRecord {
        histories: (0..serial).map(|index| history(board, plan, index)).collect(),
        broken: Board::published(&board.totals()[SERIAL_BROKEN]) != 0,
    }
}

/// Ticks that it took to recognise what the rounds showed that were timed, all together.
pub fn ticks_to_recognise(board: &Board<'_>) -> u64 {
    Board::published(&board.totals()[TICKS])
}

/// The errno that kept the leader from going on, if one did.
pub fn not_restored(board: &Board<'_>) -> Option<u16> {
    let errno = Board::published(&board.totals()[NOT_RESTORED]) as u16;
    (errno != 0).then_some(errno)
}

fn history(board: &Board<'_>, plan: &Plan, index: usize) -> History {
    let entry = board.entry(index);
    let place = entry[PLACE].load(Relaxed) as usize;
    let end = place + entry[LENGTH].load(Relaxed) as usize;
    codec::history(plan, board.histories().get(place..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::rounds::board::Layout;
    use crate::sys::shm::SharedMemory;

    fn plan() -> Plan {
        let text = "name = \"x\"\n[run]\nmode = \"rounds\"\n[[actor]]\nname = \"a\"\n\
                    steps = [{ op = \"stat\", path = \"f\" }]\n";
        let scenario = crate::scenario::parse(text, "x").unwrap();
        crate::plan::plan(&scenario, &crate::plan::Settings::default()).unwrap()
    }

    #[test]
    fn histories_are_counted_and_the_rest_is_counted_as_unkept() {
        let plan = plan();
        let layout = Layout::of(&plan).unwrap();
        let memory = SharedMemory::create(layout.words).unwrap();
        let board = Board::new(memory.words(), &layout);
        let mut histories = Histories::new(board);
        let count = |histories: &mut Histories<'_>, outcome: u128, history: u128| {
            let keys = Keys { outcome, history };
            histories.count(keys, history as u64, |words| words.extend([0, 0]))
        };
        // One outcome in ever more orders.
        for order in 0..5000 {
            count(&mut histories, 1, 1_000_000 + order);
        }
        assert_eq!(count(&mut histories, 1, 1_000_000), 5001);
        let (seen, unkept) = collect(&board, &plan);
        assert_eq!(seen.len(), MOST_HISTORIES * 3 / 4);
        assert_eq!((seen[0].count, seen[0].first_round), (2, 1_000_000));
        assert_eq!(seen.iter().map(|seen| seen.count).sum::<u64>() + unkept, 5001);
        // There is still room for another outcome.
        assert_eq!(count(&mut histories, 2, 7), 1);
        assert_eq!(collect(&board, &plan).0.len(), seen.len() + 1);
    }
}
