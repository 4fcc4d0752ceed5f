//! How far the fuzzer is, who wants to know, and when it ends.

use std::time::Duration;

use super::candidate::{Candidate, Standing};
use super::pool::Pool;

/// When to stop; `None` is never.
#[derive(Clone, Copy, Debug, Default)]
pub struct Until {
    /// After this long.
    pub duration: Option<Duration>,
    /// After so many programs.
    pub programs: Option<u64>,
    /// When something was found that fails a run.
    pub found: bool,
}

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// Since the start.
    pub elapsed: Duration,
    /// Programs run.
    pub programs: u64,
    /// Programs that were made and not worth a race.
    pub rejected: u64,
    /// Programs whose serial rounds left the model, so that they were not raced.
    pub different: u64,
    /// Programs with an operation that the filesystem does not have.
    pub lacking: u64,
    /// Programs that could not be run, not even one call after the other.
    pub failed: u64,
    /// Programs whose run proves something, be it that all is well.
    pub decided: u64,
    /// Programs whose run proves nothing, for example because their actors did not meet.
    pub undecided: u64,
    /// Rounds raced.
    pub rounds: u64,
    /// Outcomes seen that are allowed, summed up over programs.
    pub seen: f64,
    /// Outcomes that are allowed, summed up over the same programs.
    pub allowed: f64,
}

/// Who wants to know how it goes.
pub trait Watcher {
    /// How far it is; several times a second. Returns whether to go on.
    fn go_on(&mut self, totals: &Totals, features: usize, found: usize) -> bool;
    /// From time to time: the programs that are worth keeping.
    fn keep(&mut self, pool: &Pool);
    /// A program has shown something that is the first or the smallest of its kind.
    fn found(&mut self, candidate: &Candidate, standing: Standing);
}

/// Why it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The limits were reached, or it was told to stop.
    Done,
    /// A call has not returned: nothing can be done on that target any more.
    Stuck,
    /// No further program was found.
    Exhausted,
}
