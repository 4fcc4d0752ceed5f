//! What a run observed: all that the detectors need, and nothing that judges.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::event::Event;
use crate::ops::OpKind;

/// Everything observed in one run of one plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Between the common start and the end of the last actor.
    pub elapsed: Duration,
    /// One per actor of the plan.
    pub actors: Vec<ActorRecord>,
    /// Per operation: (latency in nanoseconds, count) pairs, ascending.
    pub latencies: Vec<(OpKind, Vec<(u64, u64)>)>,
    /// Per pair of actors that was sampled: steps that ran while the other was in a step, and
    /// steps looked at.
    pub overlaps: Vec<Overlap>,
    /// Workers that ended before they should.
    pub deaths: Vec<Death>,
    /// Calls that did not return.
    pub hangs: Vec<Hang>,
    /// The actor that was still waiting for a lock when the run was to end.
    pub lock_waits: Vec<(usize, u16)>,
    /// Actors of workers that somebody had stopped (SIGSTOP) when the run was to end.
    #[serde(default)]
    pub stopped: Vec<(usize, u16)>,
    /// The run was cut short by a signal to the supervisor.
    pub interrupted: bool,
}

/// What one actor observed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ActorRecord {
    /// Iterations finished.
    pub iterations: u64,
    /// System-call steps done.
    pub ops: u64,
    /// Per step, its different results.
    pub steps: Vec<Vec<Seen>>,
}

/// One result of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// The first event that showed it.
    pub first: Event,
    /// Whether mode, link count and size were left out of telling results apart.
    pub folded: bool,
    /// Class of the size, see [`crate::plan::Plan::sizes`].
    pub size_class: u8,
    /// How often it was seen.
    pub count: u64,
    /// What all actors did around the first time; empty when it was not kept.
    pub example: Vec<Moment>,
}

/// One actor's step around an event, with times in nanoseconds relative to the start of the event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// Index of the actor.
    pub actor: usize,
    /// Position of the step.
    pub step: u16,
    /// Start.
    pub start_ns: i64,
    /// End and result; `None` while it had not returned.
    pub returned: Option<(i64, Event)>,
}

/// Overlap of two actors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overlap {
    /// Index of one actor.
    pub a: usize,
    /// Index of the other.
    pub b: usize,
    /// Steps of either that ran while the other was in a step.
    pub together: u64,
    /// Steps of either that were looked at.
    pub looked_at: u64,
}

/// A worker that ended before it should.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Death {
    /// Index of the process in the plan.
    pub process: usize,
    /// Exit status or signal, in words.
    pub how: String,
    /// What it wrote to standard error, shortened.
    pub said: String,
    /// Where its actors were.
    pub at: Vec<(usize, u16)>,
}

/// A call that did not return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hang {
    /// Index of the actor.
    pub actor: usize,
    /// Position of the step.
    pub step: u16,
    /// For how long nothing had come back.
    pub waited: Duration,
    /// Kernel stack of the thread, where it can be read.
    pub stack: Option<String>,
}
