//! What a run in rounds mode observed: all that a judge needs, and nothing that judges.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::engine::record::{Death, Hang, Overlap};
use crate::ops::OpKind;
use crate::outcome::History;

/// Everything observed in all rounds of one plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RoundsRecord {
    /// Between the common start and the end of the last actor.
    pub elapsed: Duration,
    /// Rounds done and noted.
    pub rounds: u64,
    /// What came before the race, and is counted nowhere else.
    #[serde(default)]
    pub serial: SerialRecord,
    /// The different histories, in the order in which they were first seen.
    pub seen: Vec<HistorySeen>,
    /// Rounds whose history had no room in the table. Together with the counts of `seen` that
    /// makes `rounds`.
    pub unkept: u64,
    /// Nanoseconds that it took to recognise what a round showed, on average over a sample; 0 where
    /// none was timed.
    #[serde(default)]
    pub recognised_in_ns: f64,
    /// The errno for which what was left could not be looked at, or the fixture not be made fresh:
    /// the run ended there.
    pub not_restored: Option<u16>,
    /// How far two moments must be apart for their order to be certain, in ticks: see
    /// [`crate::outcome::precedes`].
    pub clock_error: u64,
    /// Length of a tick in nanoseconds.
    pub ns_per_tick: f64,
    /// Per pair of actors: rounds in which a step of one ran while the other was in one, and all
    /// rounds.
    pub overlaps: Vec<Overlap>,
    /// Per operation: (latency in nanoseconds, count) pairs, ascending. Without those of workers
    /// that had to be killed.
    pub latencies: Vec<(OpKind, Vec<(u64, u64)>)>,
    /// Workers that ended before they should.
    pub deaths: Vec<Death>,
    /// Calls that did not return. The step [`crate::engine::controls::HOUSEKEEPING`] stands for a
    /// call of the engine itself between two rounds.
    pub hangs: Vec<Hang>,
    /// Actors that waited for a lock that nobody would give up any more.
    pub lock_waits: Vec<(usize, u16)>,
    /// Actors of workers that somebody had stopped (SIGSTOP) when the run was to end.
    pub stopped: Vec<(usize, u16)>,
    /// The run was cut short by a signal to the supervisor.
    pub interrupted: bool,
}

/// What the serial rounds before the race showed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SerialRecord {
    /// Their histories in the order in which they ran: in each, one call follows the other. Pauses
    /// were left out.
    pub histories: Vec<History>,
    /// A turn in one more round took too long, so that all went on at once: it shows nothing, and
    /// no further one was run.
    pub broken: bool,
}

/// One history and how often it was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistorySeen {
    /// Rounds that showed it: the same outcome, in the same order as far as the clock can tell.
    pub count: u64,
    /// The first of them, counted from 1.
    pub first_round: u64,
    /// The history of that round. Details that differ between its rounds (times, inode numbers)
    /// are those of the first one.
    pub history: History,
}
