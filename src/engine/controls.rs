//! What supervisor and actors tell each other in either mode: the first part of every board.
//!
//! ```text
//! signal | ready count | (spare) | status of actor 0 | status of actor 1 | ...
//! ```

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use crate::plan::{AGAIN, StepId};

/// Words of a pair of cache lines: what the processor may prefetch together.
pub const LINE: usize = 16;
const HEADER_WORDS: usize = 3 * LINE;
const STATUS_WORDS: usize = 2 * LINE;

/// In place of a step: the actor is resetting the fixture or reading the tree that is left.
pub const HOUSEKEEPING: StepId = AGAIN - 1;

/// The word of [`Signal::Stop`], the largest.
pub const STOP: u64 = 3;

/// What the supervisor tells the actors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Not yet.
    Wait,
    /// Do the serial rounds, and wait for more (rounds mode).
    Serial,
    /// Run.
    Go,
    /// Stop after the present step (free mode) or round.
    Stop,
}

/// The controls, mapped.
#[derive(Clone, Copy, Debug)]
pub struct Controls<'a> {
    words: &'a [AtomicU64],
}

impl<'a> Controls<'a> {
    /// Words that the controls of this many actors take.
    pub fn size(actors: usize) -> usize {
        HEADER_WORDS + actors * STATUS_WORDS
    }

    /// A view of the words with which a board begins.
    pub fn new(board: &'a [AtomicU64], actors: usize) -> Self {
        Self { words: &board[..Self::size(actors)] }
    }

    /// Tells the actors to go or to stop.
    pub fn signal(&self, signal: Signal) {
        let value = match signal {
            Signal::Wait => 0,
            Signal::Serial => 1,
            Signal::Go => 2,
            Signal::Stop => STOP,
        };
        self.words[0].store(value, Release);
    }

    /// What the supervisor has told the actors.
    pub fn told(&self) -> Signal {
        match self.words[0].load(Acquire) {
            0 => Signal::Wait,
            1 => Signal::Serial,
            2 => Signal::Go,
            _ => Signal::Stop,
        }
    }

    /// The word behind [`Controls::told`], for a loop that asks at every step.
    pub fn signal_word(&self) -> &'a AtomicU64 {
        &self.words[0]
    }

    /// Counts one more actor that is ready to go.
    pub fn ready(&self) {
        self.words[LINE].fetch_add(1, Release);
    }

    /// How many actors are ready.
    pub fn ready_count(&self) -> usize {
        self.words[LINE].load(Acquire) as usize
    }

    /// How many actors there are.
    pub fn actors(&self) -> usize {
        (self.words.len() - HEADER_WORDS) / STATUS_WORDS
    }

    /// The status of one actor.
    pub fn status(&self, actor: usize) -> Status<'a> {
        let start = HEADER_WORDS + actor * STATUS_WORDS;
        let words = self.words[start..start + STATUS_WORDS].try_into();
        Status { words: words.expect("a slice of that length") }
    }

    /// The status of every actor.
    pub fn statuses(&self) -> impl Iterator<Item = Status<'a>> + use<'a> {
        let controls = *self;
        (0..self.actors()).map(move |actor| controls.status(actor))
    }
}

const DONE: usize = 0;
const CURRENT: usize = 1;
const FINISHED: usize = 2;
const THREAD: usize = 3;
const FINISHED_AT: usize = 4;
const BEATS: usize = 5;

/// Where one actor stands: written by the actor alone.
#[derive(Clone, Copy, Debug)]
pub struct Status<'a> {
    words: &'a [AtomicU64; STATUS_WORDS],
}

impl Status<'_> {
    /// Says which step comes now.
    #[inline]
    pub fn set_current(&self, step: StepId) {
        self.words[CURRENT].store(u64::from(step) + 1, Relaxed);
    }

    /// Says that the actor is between its steps.
    pub fn set_idle(&self) {
        self.words[CURRENT].store(0, Relaxed);
    }

    /// The step that the actor is in, or [`HOUSEKEEPING`].
    pub fn current(&self) -> Option<StepId> {
        (self.words[CURRENT].load(Relaxed) as StepId).checked_sub(1)
    }

    /// Says how many steps have been done.
    #[inline]
    pub fn set_done(&self, steps: u64) {
        self.words[DONE].store(steps, Release);
    }

    /// How many steps the actor has done.
    pub fn done(&self) -> u64 {
        self.words[DONE].load(Acquire)
    }

    /// Shows that calls other than steps return, too.
    pub fn beat(&self) {
        let beats = &self.words[BEATS];
        beats.store(beats.load(Relaxed) + 1, Relaxed);
    }

    /// A number that changes whenever a call of the actor returns.
    pub fn activity(&self) -> u64 {
        self.done().wrapping_add(self.words[BEATS].load(Relaxed))
    }

    /// Says that the actor is done, and when.
    pub fn finish(&self, now: u64) {
        self.set_idle();
        self.words[FINISHED_AT].store(now, Relaxed);
        self.words[FINISHED].store(1, Release);
    }

    /// When the actor was done; 0 while it is not.
    pub fn finished_at(&self) -> u64 {
        if self.is_finished() { self.words[FINISHED_AT].load(Relaxed) } else { 0 }
    }

    /// Whether the actor is done.
    pub fn is_finished(&self) -> bool {
        self.words[FINISHED].load(Acquire) != 0
    }

    /// Says which thread the actor is.
    pub fn set_thread(&self, id: u64) {
        self.words[THREAD].store(id, Relaxed);
    }

    /// The system's number of the actor's thread; 0 when not known.
    pub fn thread(&self) -> u64 {
        self.words[THREAD].load(Relaxed)
    }
}
