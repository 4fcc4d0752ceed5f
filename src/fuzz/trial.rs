//! One run of a program, and how often it showed what is looked for.

use std::time::Duration;

use super::signature::Signature;
use crate::detect::{Effort, Sighting};
use crate::report::{Class, Verdict};
use crate::scenario::{Mode, Scenario};

/// Standard deviations of a normal distribution within which 95 % lie.
const Z: f64 = 1.959_963_984_540_054;

/// How long a program is run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent<'a> {
    /// At most so many rounds (rounds mode).
    pub rounds: Option<u64>,
    /// At most this long.
    pub time: Duration,
    /// How long is thought about what it has shown.
    pub effort: Effort<'a>,
}

/// What a run of a program came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// What was seen that is not allowed.
    pub sightings: Vec<Sighting>,
    /// Rounds that ran and could be judged: of the race, or, where none was run, the serial ones that show
    /// something; 0 in free mode.
    pub rounds: u64,
    /// Whether a race was run; if not, what was seen is of the serial rounds before it.
    pub raced: bool,
    /// How long the actors ran.
    pub ran: Duration,
    /// The verdict on the run.
    pub verdict: Verdict,
    /// What limits the verdict.
    pub reason: Option<String>,
    /// Some call has not returned, so that nothing more can be run there.
    pub hangs: bool,
}

/// Why nothing could be run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unrunnable {
    /// This program cannot run there; another one may.
    #[error("{0}")]
    Program(String),
    /// Nothing can run there any more.
    #[error("{0}")]
    Place(String),
    /// Somebody asked to stop.
    #[error("interrupted")]
    Interrupted,
}

/// Runs programs, each in an empty directory, and judges what they show.
pub trait Executor {
    /// Runs a program once.
    ///
    /// # Errors
    /// [`Unrunnable`].
    fn execute(
        &mut self,
        scenario: &Scenario,
        extent: Extent<'_>,
        seed: u64,
    ) -> Result<Trial, Unrunnable>;
}

/// How often a kind of sight was seen, and in how much.
///
/// In rounds mode, that is in how many rounds, for each of them begins afresh. In free mode one
/// sight brings about the next, so that only runs with any are counted, and what they are counted in
/// is seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Sights that are independent of each other.
    pub seen: u64,
    /// Rounds, or seconds.
    pub in_all: f64,
    /// Seconds that it took.
    pub seconds: f64,
}

impl Tally {
    /// Adds what one run of a program in this mode has shown of the kind of a signature, of no milder a class.
    pub fn add(&mut self, mode: Mode, trial: &Trial, signature: &Signature, class: Class) {
        let kinds = trial.sightings.iter().filter(|one| one.class >= class && signature.is(one));
        let count: u64 = kinds.map(|one| one.count).sum();
        self.seen += match mode {
            Mode::Free => count.min(1),
            Mode::Rounds => count,
        };
        self.pass(mode, trial);
    }

    /// Adds a run that has shown nothing of it.
    pub fn pass(&mut self, mode: Mode, trial: &Trial) {
        let seconds = trial.ran.as_secs_f64();
        self.in_all += match mode {
            Mode::Free => seconds,
            Mode::Rounds => trial.rounds as f64,
        };
        self.seconds += seconds;
    }

    /// Seen per round, or per second.
    pub fn rate(&self) -> f64 {
        if self.in_all > 0.0 { self.seen as f64 / self.in_all } else { 0.0 }
    }

    /// Seen per second, whatever the mode.
    pub fn per_second(&self) -> f64 {
        if self.seconds > 0.0 { self.seen as f64 / self.seconds } else { 0.0 }
    }

    /// The lower end of the 95 % interval of the rate, if the sights come as a Poisson process: the
    /// limit of the Wilson interval (see [`crate::stats::interval`]) for rare events.
    pub fn least_rate(&self) -> f64 {
        self.bound(-Z)
    }

    /// The upper end of that interval, per second, whatever the mode.
    pub fn most_per_second(&self) -> f64 {
        if self.seconds > 0.0 { self.bound(Z) * self.in_all / self.seconds } else { f64::INFINITY }
    }

    /// The rate that is so many standard deviations away from what was seen.
    fn bound(&self, z: f64) -> f64 {
        if self.in_all <= 0.0 {
            return 0.0;
        }
        let seen = self.seen as f64;
        let bound = seen + z * z / 2.0 + z * (seen + z * z / 4.0).sqrt();
        bound.max(0.0) / self.in_all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_the_interval_come_near_the_rate() {
        let tally = |seen, in_all| Tally { seen, in_all, seconds: 1.0 };
        assert_eq!(tally(0, 100.0).least_rate(), 0.0);
        for (seen, least) in [(1, 0.1765), (10, 5.4321), (1000, 939.9)] {
            let low = tally(seen, 1.0).least_rate();
            assert!((low - least).abs() < 0.01 * least, "{seen}: {low}");
        }
        for (seen, most) in [(0, 3.8415), (1, 5.6647), (10, 18.409), (1000, 1063.9)] {
            let high = Tally { seconds: 0.5, ..tally(seen, 7.0) }.most_per_second();
            assert!((high - most / 0.5).abs() < 0.01 * high, "{seen}: {high}");
        }
        assert_eq!(Tally::default().most_per_second(), f64::INFINITY);
    }
}
