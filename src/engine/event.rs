//! One step done: what it returned, and when.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use serde::{Deserialize, Serialize};

use crate::ops::observation::Observation;

/// Words that an event takes in shared memory: one cache line.
pub const EVENT_WORDS: usize = 8;

/// Bits of a word that hold the step; the others hold the iteration.
const STEP_BITS: u32 = 16;

/// An observation with its step and its time.
///
/// `start` is when the step before it returned, so that one reading of the clock serves two
/// events: the interval can only be too wide, never too narrow (after fast steps the clock is not
/// always read).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Ticks of [`crate::sys::clock::Clock`].
    pub start: u64,
    /// Ticks; 0 in the ring while the clock has not been read.
    pub end: u64,
    /// Position of the step in its actor.
    pub step: u16,
    /// Number of the iteration.
    pub iteration: u64,
    /// What was returned.
    pub observation: Observation,
}

/// Which step of which iteration, and when: an event without its observation.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// Ticks.
    pub start: u64,
    /// Ticks.
    pub end: u64,
    /// Position of the step in its actor.
    pub step: u16,
    /// Number of the iteration.
    pub iteration: u64,
}

impl Stamp {
    /// The event that this and the observation make.
    pub fn event(self, observation: Observation) -> Event {
        let Self { start, end, step, iteration } = self;
        Event { start, end, step, iteration, observation }
    }

    /// Writes the event to shared memory. The observation is taken word by word from where it is:
    /// copied first, its parts would be read back wider than they were written, on which
    /// processors stall.
    #[inline]
    pub fn store(self, observation: &Observation, words: &[AtomicU64]) {
        let words = &words[..EVENT_WORDS];
        words[0].store(self.start, Relaxed);
        words[1].store(self.end, Relaxed);
        words[2].store(self.iteration << STEP_BITS | u64::from(self.step), Relaxed);
        observation.store(&words[3..]);
    }
}

impl Event {
    /// Writes the event to shared memory.
    pub fn store(&self, words: &[AtomicU64]) {
        let Self { start, end, step, iteration, .. } = *self;
        Stamp { start, end, step, iteration }.store(&self.observation, words);
    }

    /// The event with an end: `latest` if the clock was not read after it.
    #[must_use]
    pub fn ended_by(mut self, latest: u64) -> Self {
        if self.end == 0 {
            self.end = latest.max(self.start);
        }
        self
    }

    /// Reads an event from shared memory.
    pub fn load(words: &[AtomicU64]) -> Self {
        let word = |index: usize| words[index].load(Relaxed);
        let observation = Observation::load(&words[3..EVENT_WORDS]);
        let (step, iteration) = (word(2) as u16, word(2) >> STEP_BITS);
        Self { start: word(0), end: word(1), step, iteration, observation }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_back_as_it_was_stored() {
        let observation = Observation::stat(u64::MAX, 7, 0o100_644, 9);
        let event = Event { start: 5, end: 6, step: 199, iteration: 1 << 40, observation };
        let words: Vec<AtomicU64> = (0..EVENT_WORDS).map(|_| AtomicU64::new(0)).collect();
        event.store(&words);
        assert_eq!(Event::load(&words), event);
    }
}
