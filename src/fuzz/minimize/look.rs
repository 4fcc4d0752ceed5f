//! The first look at a program: whether it shows anything at all.

use std::time::{Duration, Instant};

use super::Best;
use crate::detect::Effort;
use crate::fuzz::signature::Signature;
use crate::fuzz::trial::{Executor, Extent, Tally, Trial, Unrunnable};
use crate::scenario::{Mode, Scenario};

/// Rounds of the first run; each further one has twice as many.
const FIRST_ROUNDS: u64 = 64;
/// Time of the first run in free mode, likewise.
const FIRST_TIME: Duration = Duration::from_millis(50);

/// What was found.
#[derive(Debug)]
pub enum Looked {
    /// This, to be followed.
    Shows(Best),
    /// Nothing of that kind; the last run tells what limits it.
    Nothing(Trial),
}

/// Runs a program until it shows an anomaly (of this code, if one is wanted), for at most this long.
///
/// # Errors
/// [`Unrunnable`], when it was not run at all.
pub fn look(
    scenario: &Scenario,
    code: Option<&str>,
    time: Duration,
    executor: &mut dyn Executor,
    seed: u64,
) -> Result<Looked, Unrunnable> {
    // That nothing was found is to mean something.
    let (mode, effort) = (scenario.run.mode, Effort::Thorough);
    let since = Instant::now();
    let (mut rounds, mut part) = (FIRST_ROUNDS, FIRST_TIME);
    let mut run = 0;
    loop {
        let left = time.saturating_sub(since.elapsed()).max(Duration::from_millis(1));
        let extent = match mode {
            Mode::Rounds => Extent { rounds: Some(rounds), time: left, effort },
            Mode::Free => Extent { rounds: None, time: part.min(left), effort },
        };
        let trial = executor.execute(scenario, extent, seed.wrapping_add(run))?;
        if let Some((signature, class)) = Signature::worst(&trial.sightings, code) {
            let mut tally = Tally::default();
            tally.add(mode, &trial, &signature);
            let scenario = scenario.clone();
            return Ok(Looked::Shows(Best { scenario, signature, class, tally }));
        }
        if since.elapsed() >= time || trial.hangs || trial.rounds == 0 && mode == Mode::Rounds {
            return Ok(Looked::Nothing(trial));
        }
        (rounds, part, run) = (rounds.saturating_mul(2), part * 2, run + 1);
    }
}
