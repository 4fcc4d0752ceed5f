//! Smaller programs that show it much more rarely: with one of them everything that follows would take as
//! much longer, so they wait until nothing else goes.

use std::collections::HashMap;

use super::Best;
use super::steps::places;
use crate::scenario::Scenario;

/// Sights for which there must be time, or nothing more can be done with a program: one reduction is
/// rejected after about twenty.
const SIGHTS: f64 = 100.0;

/// Programs that have been put off, by digest.
#[derive(Debug, Default)]
pub struct PutOff(HashMap<String, Best>);

impl PutOff {
    /// Puts one off.
    pub fn put(&mut self, rarer: Best) {
        self.0.insert(rarer.scenario.digest.clone(), rarer);
    }

    /// One that was put off, and what it has shown.
    pub fn get(&self, scenario: &Scenario) -> Option<&Best> {
        self.0.get(&scenario.digest)
    }

    /// Takes the likeliest one that leaves out an actor or a step of a program, if so many seconds are
    /// time enough to work with it. What only makes a name or a number simpler is not worth a rare race.
    pub fn take(&mut self, than: &Scenario, seconds: f64) -> Option<Best> {
        let smaller = |one: &&Best| {
            let (size, before) = (size(&one.scenario), size(than));
            size != before && size.0 <= before.0 && size.1 <= before.1
        };
        let per_second = |one: &Best| one.tally.per_second();
        let likely = self.0.values().filter(|one| per_second(one) * seconds >= SIGHTS);
        let by_rate = |a: &&Best, b: &&Best| per_second(a).total_cmp(&per_second(b));
        let likeliest = likely.filter(smaller).max_by(by_rate)?.scenario.digest.clone();
        self.0.remove(&likeliest)
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
