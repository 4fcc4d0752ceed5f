//! Which programs are worth a race.

use thiserror::Error;

use crate::model::{self, Limits, Program, Rules};
use crate::outcome::Returned;
use crate::plan::{Plan, Settings, plan};
use crate::scenario::{Scenario, parse, to_toml};

/// Outcomes below which nothing is raced about.
const FEWEST_OUTCOMES: usize = 3;
/// Of all steps, so many in a hundred must succeed in some order.
const SUCCEEDING: usize = 65;
/// How far a program is explored: it is raced for milliseconds, so it may not take longer.
const LIMITS: Limits = Limits { worlds: 4_000, outcomes: 40_000 };

/// A program that is worth a race, explored.
#[derive(Debug)]
pub struct Prepared {
    /// The program.
    pub scenario: Scenario,
    /// As a file.
    pub text: String,
    /// Planned.
    pub plan: Plan,
    /// Explored.
    pub model: model::Judge,
    /// How many outcomes are allowed.
    pub allowed: usize,
}

/// Why a program is not raced.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Rejected {
    /// It is no scenario.
    #[error("no scenario: {0}")]
    Invalid(String),
    /// The model does not know it.
    #[error("it has no model")]
    Unmodelled,
    /// It has too many outcomes to be listed.
    #[error("too many outcomes")]
    TooLarge,
    /// It has too few for a race.
    #[error("fewer than {FEWEST_OUTCOMES} outcomes")]
    TooFew,
    /// Too many of its steps fail in every order.
    #[error("most of it fails")]
    Fails,
    /// All its actors work in one client directory.
    #[error("it races no clients")]
    OneClient,
    /// In some order all wait for each other.
    #[error("it can wait for ever")]
    Waits,
}

/// Plans and explores a program under these rules and settings.
///
/// # Errors
/// [`Rejected`].
pub fn sift(scenario: &Scenario, rules: Rules, settings: &Settings) -> Result<Prepared, Rejected> {
    // By way of its file, so that what is saved is what was run.
    let text = to_toml(scenario);
    let scenario = parse(&text, &scenario.name);
    let scenario = scenario.map_err(|mistakes| Rejected::Invalid(format!("{mistakes}\n{text}")))?;
    // One written by hand may fix the seed: then each run of it would have the same offsets.
    let mut seedless = scenario.clone();
    seedless.run.seed = None;
    let plan = plan(&seedless, settings).map_err(|error| Rejected::Invalid(error.to_string()))?;
    if let Some(why) = &plan.lacks {
        return Err(Rejected::Invalid(why.clone()));
    }
    if settings.further_clients > 0 && !plan.races_clients() {
        return Err(Rejected::OneClient);
    }
    let program = Program::new(&plan, rules).map_err(|_| Rejected::Unmodelled)?;
    let model = model::Judge::new(program, LIMITS);
    let explored = model.explored().map_err(|_| Rejected::TooLarge)?;
    let allowed = explored.outcomes().len();
    if allowed < FEWEST_OUTCOMES {
        return Err(Rejected::TooFew);
    }
    let steps: usize = plan.actors.iter().map(|actor| actor.steps.len()).sum();
    if explored.moves.succeeding() * 100 < steps * SUCCEEDING {
        return Err(Rejected::Fails);
    }
    // Where POSIX has EDEADLK, systems may not notice and wait.
    let deadlock = Returned::Failed(libc::EDEADLK as u16);
    let waits = explored.moves.all().iter().any(|one| one.returned == deadlock);
    if waits || !explored.stopped().is_empty() {
        return Err(Rejected::Waits);
    }
    Ok(Prepared { scenario, text, plan, model, allowed })
}
