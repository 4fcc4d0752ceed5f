//! Delta debugging: first many reductions at once, then fewer, at last one by one.
//!
//! This is the complement half of ddmin (A. Zeller, R. Hildebrandt, "Simplifying and Isolating
//! Failure-Inducing Input", IEEE Transactions on Software Engineering 28, 2002), for programs that
//! show their failure only now and then: see [`super::acceptance`].

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::acceptance::{enough, enough_at_first, is_rarer, next};
use super::edit::Edit;
use super::passes::{PAIRS, PASSES, Pass};
use super::put_off::PutOff;
use super::steps;
use super::tidy::tidy;
use super::{Best, Count, End, News, Options};
use crate::detect::{DIFFERENCE, Effort, Sighting, shows_serially};
use crate::fuzz::signature::Signature;
use crate::fuzz::trial::{Executor, Extent, Tally, Trial, Unrunnable};
use crate::report::Verdict;
use crate::scenario::{Mode, Scenario};

/// Rounds of a run below which starting it takes longer than they do.
const LEAST_ROUNDS: f64 = 24.0;
/// Seconds of a run in free mode, likewise.
const LEAST_SECONDS: f64 = 0.01;
/// Seconds of a run in free mode at most, unless it took longer to see anything at first.
const MOST_SECONDS: f64 = 0.05;

/// How long a program was run without showing anything.
#[derive(Clone, Copy, Debug, Default)]
struct Vain {
    /// Rounds, or seconds in free mode; infinite where it cannot show anything.
    run: f64,
    /// Seconds.
    seconds: f64,
}

/// Looks for the smallest program.
pub struct Reducer<'a> {
    executor: &'a mut dyn Executor,
    pub(super) options: &'a Options,
    watch: &'a mut dyn FnMut(&News<'_>),
    started: Instant,
    /// The smallest program so far.
    pub best: Best,
    /// Whether what is given up is given up for good.
    pub(super) thorough: bool,
    /// Seconds of a run in free mode at most. One counts once, whatever it shows: were it as long as it takes to
    /// see several sights, programs would seem the rarer the longer they are run.
    longest: f64,
    /// By digest, how much a program has been run without showing it.
    in_vain: HashMap<String, Vain>,
    put_off: PutOff,
    /// What it took.
    pub count: Count,
}

impl<'a> Reducer<'a> {
    /// Begins with a program that has shown the signature this often.
    pub fn new(
        executor: &'a mut dyn Executor,
        options: &'a Options,
        watch: &'a mut dyn FnMut(&News<'_>),
        best: Best,
    ) -> Self {
        let (started, in_vain, put_off) = (Instant::now(), HashMap::new(), PutOff::default());
        let (thorough, count) = (false, Count::default());
        let longest = best.tally.seconds.max(MOST_SECONDS);
        Self { executor, options, watch, started, best, thorough, longest, in_vain, put_off, count }
    }

    /// Reduces until nothing more can be.
    ///
    /// # Errors
    /// Why it ended before.
    pub fn run(&mut self) -> Result<(), End> {
        self.measure()?;
        self.count.first_rate = self.best.tally.rate();
        self.likelier()?;
        // The one that nothing goes from without making it much rarer.
        let mut likelier = None;
        loop {
            let mut changed = false;
            for pass in PASSES {
                changed |= self.pass(&pass)?;
            }
            if self.thorough && !changed && self.first_that_shows(&PAIRS, 1)?.is_none() {
                match (self.shows_still(), likelier.take()) {
                    (Ok(()), _) => {}
                    (Err(End::Faded), Some(likelier)) => {
                        self.best = likelier;
                        return Ok(());
                    }
                    (ended, _) => return ended,
                }
                let left = self.budget() - self.seconds();
                let Some(rarer) = self.put_off.take(&self.best, left) else { return Ok(()) };
                likelier = Some(self.becomes(rarer));
                self.measure()?;
            }
            self.thorough = true;
        }
    }

    /// One kind of reduction: at first all at once, halves, quarters and so on, later one by one.
    fn pass(&mut self, pass: &Pass) -> Result<bool, End> {
        let (mut changed, mut most) = (false, if self.thorough { 1 } else { usize::MAX });
        while let Some(taken) = self.first_that_shows(pass, most)? {
            changed = true;
            most = taken;
        }
        Ok(changed)
    }

    /// Makes the first reduction that keeps the signature, of those with at most so many edits.
    /// Returns how many it has.
    fn first_that_shows(&mut self, pass: &Pass, most: usize) -> Result<Option<usize>, End> {
        let edits = (pass.edits)(&self.best.scenario);
        let mut size = edits.len().min(most);
        while size > 0 {
            for chunk in edits.chunks(size) {
                let Some(reduced) = made(&self.best.scenario, chunk) else { continue };
                let before = self.best.clone();
                if self.shows(&reduced, pass.name)? && self.stays(before)? {
                    return Ok(Some(size));
                }
            }
            size = if size == 1 { 0 } else { size.div_ceil(2) };
        }
        Ok(None)
    }

    /// Whether the program that has just become the best one stays it: if it shows the signature much more
    /// rarely than the one before, that one comes back.
    fn stays(&mut self, before: Best) -> Result<bool, End> {
        let measured = self.measure_beside(Some(&before.tally));
        let stays = !is_rarer(&self.best.tally, &before.tally);
        let taken = std::mem::replace(&mut self.best, before);
        if stays {
            self.becomes(taken);
        } else {
            self.put_off.put(taken);
        }
        measured.map(|()| stays)
    }

    /// Makes a program the best one; returns the one that was.
    pub(super) fn becomes(&mut self, best: Best) -> Best {
        if best.signature.relaxations != self.best.signature.relaxations {
            // What was run in vain for that one may show this one.
            self.in_vain.clear();
            self.put_off.clear();
        }
        std::mem::replace(&mut self.best, best)
    }

    /// Whether the program shows the signature; if it does, it is the best one.
    pub fn shows(&mut self, scenario: &Scenario, what: &str) -> Result<bool, End> {
        if scenario.digest == self.best.scenario.digest || !can_show(scenario, &self.best.signature)
        {
            return Ok(false);
        }
        if self.put_off.has(scenario) {
            let known = self.put_off.get(scenario, &self.best).cloned();
            return Ok(known.map(|known| self.best = known).is_some());
        }
        let mode = scenario.run.mode;
        let tally = &self.best.tally;
        let end = if self.thorough { enough(tally) } else { enough_at_first(tally) };
        let Vain { mut run, mut seconds } =
            self.in_vain.get(&scenario.digest).copied().unwrap_or_default();
        if run < end {
            self.count.candidates += 1;
        }
        self.tell(what);
        while run < end {
            let trial = match self.trial(scenario, next(&self.best.tally, run, end), Duration::MAX)
            {
                Ok(trial) => trial,
                Err(Failed::Program) => {
                    run = f64::INFINITY;
                    break;
                }
                Err(Failed::End(end)) => return Err(end),
            };
            if is_hopeless(&trial, &self.best.signature) {
                run = f64::INFINITY;
                break;
            }
            // What was run in vain before the first sight is a part of its rate.
            let mut tally = Tally { seen: 0, in_all: run, seconds };
            let kept = self.best.signature.kept(self.best.class, &trial.sightings);
            if let Some((signature, class)) = kept {
                tally.add(mode, &trial, &signature, class);
                self.best = Best { scenario: scenario.clone(), signature, class, tally };
                self.count.accepted += 1;
                return Ok(true);
            }
            let before = run;
            tally.pass(mode, &trial);
            run = tally.in_all;
            seconds = tally.seconds;
            if run <= before {
                // It runs, and yet nothing comes of it.
                run = f64::INFINITY;
            }
        }
        self.in_vain.insert(scenario.digest.clone(), Vain { run, seconds });
        Ok(false)
    }

    /// Runs a program for so many rounds or seconds.
    pub fn trial(
        &mut self,
        scenario: &Scenario,
        extent: f64,
        most: Duration,
    ) -> Result<Trial, Failed> {
        let left = self.options.budget.saturating_sub(self.started.elapsed());
        if left.is_zero() {
            return Err(Failed::End(End::Budget));
        }
        let left = left.min(most);
        let (rounds, time) = match scenario.run.mode {
            Mode::Rounds => (Some(extent.max(LEAST_ROUNDS).ceil() as u64), left),
            Mode::Free => {
                let seconds = extent.max(LEAST_SECONDS).min(self.longest).min(left.as_secs_f64());
                (None, Duration::from_secs_f64(seconds))
            }
        };
        let expected = self.best.signature.explanation();
        let extent = Extent { rounds, time, effort: Effort::Quick(&expected) };
        self.count.runs += 1;
        let seed = self.options.seed.wrapping_add(self.count.runs);
        let trial = self.executor.execute(scenario, extent, seed).map_err(Failed::of)?;
        self.count.rounds += trial.rounds;
        if trial.hangs && self.best.signature.kept(self.best.class, &trial.sightings).is_none() {
            let what = "a call of a smaller program has not returned, so that nothing more can run";
            return Err(Failed::End(End::Stuck(what.to_owned())));
        }
        Ok(trial)
    }

    /// Says what is going on.
    pub fn tell(&mut self, what: &str) {
        let news = News { best: &self.best, what, count: &self.count, budget: self.options.budget };
        (self.watch)(&news);
    }

    /// Seconds that it may take.
    pub(super) fn budget(&self) -> f64 {
        self.options.budget.as_secs_f64()
    }

    /// Whether so many runs of loops show it that a likelier race would hardly make it more of them.
    pub(super) fn shows_in_most_runs(&self) -> bool {
        let Best { scenario, tally, .. } = &self.best;
        scenario.run.mode == Mode::Free && tally.rate() * self.longest > 0.5
    }

    /// How long it has taken.
    pub fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}

/// Why a run came to nothing.
pub enum Failed {
    /// This program cannot be run.
    Program,
    /// No program can, or should, any more.
    End(End),
}

impl Failed {
    fn of(why: Unrunnable) -> Self {
        match why {
            Unrunnable::Program(_) => Self::Program,
            Unrunnable::Place(why) => Self::End(End::Stuck(why)),
            Unrunnable::Interrupted => Self::End(End::Interrupted),
        }
    }
}

/// Whether more runs of a program would show nothing else: it differs without any race, or was not
/// run at all.
pub(super) fn is_hopeless(trial: &Trial, signature: &Signature) -> bool {
    // What differs without any race: nothing else of such a program is looked at.
    let differs = |one: &Sighting| {
        one.code == DIFFERENCE && signature.code != DIFFERENCE
            || !trial.raced && shows_serially(one.code)
    };
    trial.sightings.iter().any(differs) || trial.verdict == Verdict::Skipped
}

/// Whether a program has an operation that can see it.
fn can_show(scenario: &Scenario, signature: &Signature) -> bool {
    let anything = signature.is_explained() || signature.seen_by.is_none();
    let mut places = steps::places(scenario).into_iter();
    anything || places.any(|place| signature.asks_for(Some(steps::step(scenario, place).op)))
}

/// A program with these edits made.
fn made(scenario: &Scenario, edits: &[Edit]) -> Option<Scenario> {
    let mut reduced = scenario.clone();
    edits.iter().rev().for_each(|edit| edit.apply(&mut reduced));
    tidy(reduced)
}
