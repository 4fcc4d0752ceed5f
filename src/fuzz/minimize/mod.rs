//! The smallest program that still shows an anomaly.
//!
//! ```text
//! passes: edits of a program -> tidy: a program again -> trial -> acceptance: shows it, or not
//!    ^                                                                  |
//!    +------------------- reduce: the smallest so far <-----------------+
//! ```

pub mod acceptance;
mod before;
mod edit;
mod join;
mod likelier;
mod look;
mod names;
mod numbers;
mod passes;
mod put_off;
mod rate;
mod reduce;
mod steps;
mod tidy;

pub use look::{Looked, look};

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::signature::Signature;
use super::trial::{Executor, Tally};
use crate::report::Class;
use crate::scenario::{Mode, Scenario, digest};
use reduce::Reducer;

/// How a program is made smaller.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// How long it may take.
    pub budget: Duration,
    /// Every run has a seed of its own, counted from this one.
    pub seed: u64,
    /// Whether several clients of one storage are raced.
    pub clients: bool,
}

/// A program, and what it shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    /// The program.
    pub scenario: Scenario,
    /// What it shows.
    pub signature: Signature,
    /// How bad that is.
    pub class: Class,
    /// How often it has shown it.
    pub tally: Tally,
}

/// Why it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Each single reduction was tried and lost the anomaly, or made it much rarer: 1-minimal, each with 95 %.
    Minimal,
    /// Nothing smaller shows it, but in the end the program itself did not any more.
    Faded,
    /// The time was over.
    Budget,
    /// Somebody asked to stop.
    Interrupted,
    /// Nothing can be run there any more, and why.
    Stuck(String),
}

/// What it took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Count {
    /// Different smaller programs that were run.
    pub candidates: u64,
    /// Of these, those that still showed it.
    pub accepted: u64,
    /// Runs, of which a program may need several.
    pub runs: u64,
    /// Rounds of all runs.
    pub rounds: u64,
    /// Rate of the program that it began with, per round or second.
    pub first_rate: f64,
    /// Seconds.
    pub seconds: f64,
}

/// The smallest program that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Minimized {
    /// The program, and what it shows.
    pub best: Best,
    /// Why it is not smaller.
    pub end: End,
    /// What it took.
    pub count: Count,
}

/// How it is going.
#[derive(Debug)]
pub struct News<'a> {
    /// The smallest program so far.
    pub best: &'a Best,
    /// What is being tried.
    pub what: &'a str,
    /// What it took so far.
    pub count: &'a Count,
    /// How long it may take.
    pub budget: Duration,
}

/// Makes a program smaller as long as it shows the signature, or what stands for it (see
/// [`Signature::kept`]). It ends in one way or another with the
/// smallest program so far, and `watch` is told how it is going.
pub fn minimize(
    from: Best,
    executor: &mut dyn Executor,
    options: &Options,
    watch: &mut dyn FnMut(&News<'_>),
) -> Minimized {
    let mut reducer = Reducer::new(executor, options, watch, from);
    let end = reducer.run().err().unwrap_or(End::Minimal);
    let count = Count { seconds: reducer.seconds(), ..reducer.count };
    Minimized { best: reducer.best, end, count }
}

impl Minimized {
    /// One sentence on what it is worth.
    pub fn standing(&self) -> String {
        match &self.end {
            End::Minimal => "1-minimal at 95 %".to_owned(),
            End::Faded => "not proven minimal: at the end, it did not show any more".to_owned(),
            End::Budget => "not proven minimal: the budget was used up (--budget)".to_owned(),
            End::Interrupted => "not proven minimal: it was interrupted".to_owned(),
            End::Stuck(why) => format!("not proven minimal: {why}"),
        }
    }
}

/// The same program in rounds.
pub fn in_rounds(scenario: &Scenario) -> Scenario {
    let mut rounds = scenario.clone();
    rounds.run.mode = Mode::Rounds;
    rounds.run.iterations = None;
    rounds.digest = digest(&rounds);
    rounds
}
