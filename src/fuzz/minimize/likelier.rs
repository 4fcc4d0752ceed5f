//! Before a program is made smaller, its race is made likelier: everything after that takes less
//! time.

use std::time::{Duration, Instant};

use super::acceptance::enough;
use super::reduce::{Failed, Reducer};
use super::{Best, End, in_rounds};
use crate::fuzz::signature::{Signature, Wanted};
use crate::fuzz::trial::Tally;
use crate::scenario::{Mode, Scenario};

/// A rate per second from which nothing need be done.
const LIKELY: f64 = 30.0;
/// How much likelier it must become to be worth another actor.
const BETTER: f64 = 2.0;
/// Instances that an actor may come to.
const INSTANCES: u32 = 4;

impl Reducer<'_> {
    /// Rounds instead of loops, and more actors of the same kind, as far as either helps. Offsets
    /// between the actors are searched in every run: see `engine::rounds::skew`.
    pub(super) fn likelier(&mut self) -> Result<(), End> {
        self.rounds_mode()?;
        for actor in 0..self.best.scenario.actors.len() {
            let rate = self.best.tally.per_second();
            let count = self.best.scenario.actors[actor].count;
            if rate > LIKELY || count * 2 > INSTANCES {
                continue;
            }
            let mut more = self.best.scenario.clone();
            more.actors[actor].count *= 2;
            let Some(more) = super::tidy::tidy(more) else { continue };
            let before = self.best.clone();
            let likelier = self.is_likelier(&more, BETTER * rate);
            if !likelier.as_ref().is_ok_and(|&likelier| likelier) {
                self.best = before;
            }
            likelier?;
        }
        Ok(())
    }

    /// Whether a program shows it more often than so many times a second.
    fn is_likelier(&mut self, more: &Scenario, rate: f64) -> Result<bool, End> {
        if !self.shows(more, "more actors of the same kind")? {
            return Ok(false);
        }
        self.measure()?;
        Ok(self.best.tally.per_second() > rate)
    }

    /// From loops to rounds, if what is seen there has the same code: each round begins afresh, so
    /// that its rate means more, and its whole outcome is judged, so that it has an explanation.
    fn rounds_mode(&mut self) -> Result<(), End> {
        if self.best.scenario.run.mode == Mode::Rounds {
            return Ok(());
        }
        let rounds = in_rounds(&self.best.scenario);
        self.tell("rounds instead of loops");
        self.count.candidates += 1;
        let since = Instant::now();
        // As long as in loops: rounds of a second are no fewer than runs with a sight in one.
        let end = enough(&self.best.tally).min(self.budget() / 10.0);
        while since.elapsed().as_secs_f64() < end.max(0.1) {
            let trial = match self.trial(&rounds, 500.0, Duration::MAX) {
                Ok(trial) => trial,
                Err(Failed::Program) => return Ok(()),
                Err(Failed::End(end)) => return Err(end),
            };
            let wanted = Wanted::Code(&self.best.signature.code);
            if let Some((signature, class)) = Signature::worst(&trial.sightings, wanted) {
                let mut tally = Tally::default();
                tally.add(Mode::Rounds, &trial, &signature, class);
                self.best = Best { scenario: rounds, signature, class, tally };
                self.count.accepted += 1;
                return self.measure();
            }
            if trial.rounds == 0 {
                return Ok(());
            }
        }
        Ok(())
    }
}
