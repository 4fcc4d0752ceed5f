//! A scenario as one C99 file.
//!
//! What is the same in every program stands in `parts`, as C; what the scenario says is put between
//! them here: constants, the fixture, a function for each actor, and what they may see.

mod actor;
mod call;
mod fixture;
mod free;
mod header;
mod in_free;
mod in_rounds;
mod literal;
mod optional;
mod parts;
mod program;
mod reading;
mod rounds;
mod words;

pub use header::Finding;

use super::ExportError;
use crate::model::relax::{RELAXATIONS, Relaxation};
use crate::plan::Plan;
use crate::scenario::Mode;

/// Actors that a program can have: each has a letter.
const MOST_ACTORS: usize = 26;

/// What a program is written for.
#[derive(Clone, Debug)]
pub struct Options {
    /// What was found with the scenario: the first comment says it.
    pub finding: Option<Finding>,
    /// Departures from the model that are not reported (rounds mode).
    pub accepted: Vec<&'static Relaxation>,
}

impl Default for Options {
    fn default() -> Self {
        let accepted = RELAXATIONS.into_iter().filter(|one| one.accepted).collect();
        Self { finding: None, accepted }
    }
}

/// The text of a program that does what the plan says and judges what is seen.
///
/// # Errors
/// [`ExportError`], where no program can do that.
pub fn source(plan: &Plan, options: &Options) -> Result<String, ExportError> {
    if let Some(why) = &plan.lacks {
        return Err(ExportError::Lacks(why.clone()));
    }
    if plan.actors.len() > MOST_ACTORS {
        return Err(ExportError::Actors(plan.actors.len()));
    }
    match plan.mode {
        Mode::Rounds => in_rounds::source(plan, options),
        Mode::Free => Ok(in_free::source(plan, options)),
    }
}
