//! One step done: what it returned, and when.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use serde::{Deserialize, Serialize};

use crate::ops::observation::Observation;

/// Words that an event takes in shared memory: one cache line.
pub const EVENT_WORDS: usize = 8;

/// An observation with its step and its time.
///
/// `start` is when the step before it returned, so that one reading of the clock serves two
/// events: the interval can only be too wide, never too narrow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Ticks of [`crate::sys::clock::Clock`].
    pub start: u64,
    /// Ticks.
    pub end: u64,
    /// Position of the step in its actor.
    pub step: u16,
    /// Number of the iteration.
    pub iteration: u64,
    /// What was returned.
    pub observation: Observation,
}

impl Event {
    /// Writes the event to shared memory.
    #[inline]
    pub fn store(&self, words: &[AtomicU64]) {
        let seen = &self.observation;
        let words = &words[..EVENT_WORDS];
        words[0].store(self.start, Relaxed);
        words[1].store(self.end, Relaxed);
        words[2].store(self.iteration, Relaxed);
        words[3].store(seen.value as u64, Relaxed);
        words[4].store(seen.ino, Relaxed);
        words[5].store(seen.size, Relaxed);
        words[6].store(pack([self.step, seen.errno, seen.flags, seen.content]), Relaxed);
        words[7].store(pack([seen.mode, seen.nlink, 0, 0]), Relaxed);
    }

    /// Reads an event from shared memory.
    pub fn load(words: &[AtomicU64]) -> Self {
        let word = |index: usize| words[index].load(Relaxed);
        let [step, errno, flags, content] = unpack(word(6));
        let [mode, nlink, _, _] = unpack(word(7));
        let observation = Observation {
            errno,
            flags,
            content,
            mode,
            nlink,
            value: word(3) as i64,
            ino: word(4),
            size: word(5),
        };
        Self { start: word(0), end: word(1), step, iteration: word(2), observation }
    }
}

fn pack(parts: [u16; 4]) -> u64 {
    parts.iter().rev().fold(0, |word, &part| word << 16 | u64::from(part))
}

fn unpack(word: u64) -> [u16; 4] {
    std::array::from_fn(|index| (word >> (16 * index)) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_back_as_it_was_stored() {
        let observation = Observation {
            errno: 1,
            flags: 0x1ff,
            content: 0x7ff,
            mode: 0o100_644,
            nlink: 9,
            value: -1,
            ino: u64::MAX,
            size: 7,
        };
        let event = Event { start: 5, end: 6, step: 199, iteration: 1 << 40, observation };
        let words: Vec<AtomicU64> = (0..EVENT_WORDS).map(|_| AtomicU64::new(0)).collect();
        event.store(&words);
        assert_eq!(Event::load(&words), event);
    }
}
