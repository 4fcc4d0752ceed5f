//! Before a program is made smaller, its race is made likelier: everything after that takes less
//! time.

use std::time::{Duration, Instant};

use super::acceptance::enough;
use super::edit::PROCESS;
use super::reduce::{Failed, Reducer, is_hopeless};
use super::{Best, End, in_rounds};
use crate::fuzz::signature::{Signature, Wanted};
use crate::fuzz::trial::Tally;
use crate::report::Class;
use crate::scenario::{Mode, Scenario};

/// A rate per second from which more actors are not tried.
const LIKELY: f64 = 30.0;
/// How much likelier it must become to be worth a change.
const BETTER: f64 = 2.0;
/// Instances that an actor may come to.
const INSTANCES: u32 = 4;

impl Reducer<'_> {
    /// Rounds instead of loops, processes for threads or the other way round, and more actors of the same kind,
    /// as far as each helps. Offsets between the actors are searched in every run: see
    /// `engine::rounds::skew`.
    pub(super) fn likelier(&mut self) -> Result<(), End> {
        self.rounds_mode()?;
        let first = self.best.scenario.actors.first().and_then(|actor| actor.process.clone());
        let one = Some(first.unwrap_or_else(|| PROCESS.to_owned()));
        // A process is of one client: with others, it is another race.
        for process in [None, one].iter().filter(|_| !self.options.clients) {
            let mut other = self.best.scenario.clone();
            other.actors.iter_mut().for_each(|actor| actor.process.clone_from(process));
            self.if_likelier(other, "processes or threads")?;
        }
        for actor in 0..self.best.scenario.actors.len() {
            while self.twice_as_many(actor)? {}
        }
        Ok(())
    }

    /// Takes twice as many actors of a kind, if that helps; returns whether it did.
    fn twice_as_many(&mut self, actor: usize) -> Result<bool, End> {
        let mut more = self.best.scenario.clone();
        let Some(kind) = more.actors.get_mut(actor) else { return Ok(false) };
        kind.count *= 2;
        if kind.count > INSTANCES || self.best.tally.per_second() > LIKELY {
            return Ok(false);
        }
        let before = self.best.scenario.digest.clone();
        self.if_likelier(more, "more actors of the same kind")?;
        Ok(self.best.scenario.digest != before)
    }

    /// Takes a program that shows it so much more often that this is worth it.
    fn if_likelier(&mut self, other: Scenario, what: &str) -> Result<(), End> {
        if self.shows_in_most_runs() {
            return Ok(());
        }
        let Some(other) = super::tidy::tidy(other) else { return Ok(()) };
        let before = self.best.clone();
        let rate = BETTER * before.tally.per_second();
        let likelier = match self.shows(&other, what) {
            Ok(true) => self.measure().map(|()| self.best.tally.per_second() > rate),
            other => other,
        };
        let other = std::mem::replace(&mut self.best, before);
        if likelier? {
            self.becomes(other);
        }
        Ok(())
    }

    /// From loops to rounds, if what is seen there has the same code and is no milder: each round begins
    /// afresh, so that its rate means more, and its whole outcome is judged, so that it has an explanation.
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
        let mut tally = Tally::default();
        while since.elapsed().as_secs_f64() < end.max(0.1) {
            let trial = match self.trial(&rounds, 500.0, Duration::MAX) {
                Ok(trial) => trial,
                Err(Failed::Program) => return Ok(()),
                Err(Failed::End(end)) => return Err(end),
            };
            let wanted = Wanted::Code(&self.best.signature.code);
            if is_hopeless(&trial, &self.best.signature) {
                return Ok(());
            }
            let worst = Signature::worst(&trial.sightings, wanted);
            // What nothing explains in free mode may have an explanation in rounds.
            let least = self.best.class.min(Class::Forbidden);
            if let Some((signature, class)) = worst.filter(|(_, class)| *class >= least) {
                tally.add(Mode::Rounds, &trial, &signature, class);
                self.best = Best { scenario: rounds, signature, class, tally };
                self.count.accepted += 1;
                return self.measure();
            }
            if trial.rounds == 0 {
                return Ok(());
            }
            // What was run in vain before the first sight is a part of its rate.
            tally.pass(Mode::Rounds, &trial);
        }
        Ok(())
    }
}
