//! Smaller programs that show it much more rarely: with one of them everything that follows would take as
//! much longer, so they wait until nothing else goes.

use std::collections::HashMap;

use super::Best;
use super::acceptance::is_rarer;
use super::steps::places;
use crate::scenario::Scenario;

/// Sights for which there must be time, or nothing more can be done with a program: one reduction is
/// rejected after about twenty, and a small program has about ten.
const SIGHTS: f64 = 200.0;
/// Sights a second with which a replay can be expected to show it.
const LEAST: f64 = 2.0;

/// Programs that have been put off, by digest.
#[derive(Debug, Default)]
pub struct PutOff(HashMap<String, Best>);

impl PutOff {
    /// Puts one off.
    pub fn put(&mut self, rarer: Best) {
        self.0.insert(rarer.scenario.digest.clone(), rarer);
    }

    /// One that was put off, if it may stand for this one and is not so much rarer.
    pub fn get(&self, scenario: &Scenario, best: &Best) -> Option<&Best> {
        let known = self.0.get(&scenario.digest)?;
        (known.class >= best.class && !is_rarer(&known.tally, &best.tally)).then_some(known)
    }

    /// Whether a program was put off.
    pub fn has(&self, scenario: &Scenario) -> bool {
        self.0.contains_key(&scenario.digest)
    }

    /// Takes the smallest one that leaves out an actor or a step of the best, if so many seconds are time
    /// enough to work with it. What only makes a name or a number simpler is not worth a rare race.
    pub fn take(&mut self, best: &Best, seconds: f64) -> Option<Best> {
        let before = size(&best.scenario);
        let is_smaller = |one: &&Best| {
            let size = size(&one.scenario);
            size != before && size.0 <= before.0 && size.1 <= before.1
        };
        let is_likely = |one: &&Best| {
            let rate = one.tally.per_second();
            rate >= LEAST && rate * seconds >= SIGHTS && one.class >= best.class
        };
        let order = |a: &&Best, b: &&Best| {
            let key = |one: &Best| (size(&one.scenario), one.scenario.fixture.len());
            let rate = |one: &Best| one.tally.per_second();
            key(a).cmp(&key(b)).then(rate(b).total_cmp(&rate(a)))
        };
        let fit = self.0.values().filter(is_smaller).filter(is_likely);
        let smallest = fit.min_by(order)?.scenario.digest.clone();
        self.0.remove(&smallest)
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

/// Instances and steps.
fn size(scenario: &Scenario) -> (u32, usize) {
    let instances = scenario.actors.iter().map(|actor| actor.count).sum();
    (instances, places(scenario).len() + scenario.shared.len())
}
