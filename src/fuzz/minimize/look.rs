//! The first look at a program: whether it shows anything at all.

use std::time::{Duration, Instant};

use super::Best;
use crate::detect::Effort;
use crate::fuzz::signature::{Signature, Wanted};
use crate::fuzz::trial::{Executor, Extent, Tally, Trial, Unrunnable};
use crate::scenario::{Mode, Scenario};

/// Rounds of the first run; each further one has twice as many.
const FIRST_ROUNDS: u64 = 64;
/// Rounds without a sight that are enough when the time is over; on a busy machine there is more of
/// it, up to so many times.
const ENOUGH_ROUNDS: u64 = 1000;
const LONGER: u32 = 4;
/// Time of the first run in free mode, likewise.
const FIRST_TIME: Duration = Duration::from_millis(50);

/// What was found.
#[derive(Debug)]
pub enum Looked {
    /// This, to be followed.
    Shows(Box<Best>),
    /// Nothing of that kind; the longest run tells what limits it.
    Nothing(Trial),
}

/// Runs a program until it shows an anomaly that is wanted, for this long, and longer
/// where little came of it.
///
/// # Errors
/// [`Unrunnable`], when it was not run at all.
pub fn look(
    scenario: &Scenario,
    wanted: Wanted<'_>,
    time: Duration,
    executor: &mut dyn Executor,
    seed: u64,
) -> Result<Looked, Unrunnable> {
    // That nothing was found is to mean something.
    let (mode, effort) = (scenario.run.mode, Effort::First);
    let since = Instant::now();
    let (mut rounds, mut part) = (FIRST_ROUNDS, FIRST_TIME);
    let (mut run, mut done, mut longest, mut tally) = (0, 0, None, Tally::default());
    loop {
        let left = time.saturating_sub(since.elapsed()).max(time / 2);
        let extent = match mode {
            Mode::Rounds => Extent { rounds: Some(rounds), time: left, effort },
            Mode::Free => Extent { rounds: None, time: part.min(left), effort },
        };
        let trial = executor.execute(scenario, extent, seed.wrapping_add(run))?;
        if let Some((signature, class)) = Signature::worst(&trial.sightings, wanted) {
            tally.add(mode, &trial, &signature, class);
            let scenario = scenario.clone();
            let best = Best { scenario, signature, class, tally };
            return Ok(Looked::Shows(Box::new(best)));
        }
        // What was run in vain before the first sight is a part of its rate; of loops, the length of the run that
        // shows it says how long one has to be.
        if mode == Mode::Rounds {
            tally.pass(mode, &trial);
        }
        let ends = trial.hangs || trial.rounds == 0 && mode == Mode::Rounds;
        let trial_rounds = trial.rounds;
        let longest = longest.get_or_insert_with(|| trial.clone());
        if trial.ran > longest.ran {
            *longest = trial;
        }
        done = trial_rounds.saturating_add(done);
        let enough =
            mode == Mode::Free || done >= ENOUGH_ROUNDS || since.elapsed() >= time * LONGER;
        if since.elapsed() >= time && enough || ends {
            return Ok(Looked::Nothing(longest.clone()));
        }
        (rounds, part, run) = (rounds.saturating_mul(2), part.saturating_mul(2), run + 1);
    }
}
