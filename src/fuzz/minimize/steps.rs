//! Where the steps of a scenario are.

use crate::scenario::{Scenario, Step};

/// The place of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Index of the actor.
    pub actor: usize,
    /// 0 is what an iteration does, the branches follow.
    pub list: usize,
    /// Index in that list.
    pub step: usize,
}

/// All of them, in order.
pub fn places(scenario: &Scenario) -> Vec<Place> {
    let mut places = Vec::new();
    for (actor, one) in scenario.actors.iter().enumerate() {
        let lists = std::iter::once(&one.steps).chain(one.branches.iter().map(|it| &it.steps));
        for (list, steps) in lists.enumerate() {
            places.extend((0..steps.len()).map(|step| Place { actor, list, step }));
        }
    }
    places
}

/// The list that a step is in.
pub fn list(scenario: &mut Scenario, place: Place) -> &mut Vec<Step> {
    let actor = &mut scenario.actors[place.actor];
    match place.list.checked_sub(1) {
        None => &mut actor.steps,
        Some(branch) => &mut actor.branches[branch].steps,
    }
}

/// A step, to be changed.
pub fn at(scenario: &mut Scenario, place: Place) -> &mut Step {
    &mut list(scenario, place)[place.step]
}

/// A step.
pub fn step(scenario: &Scenario, place: Place) -> &Step {
    let actor = &scenario.actors[place.actor];
    match place.list.checked_sub(1) {
        None => &actor.steps[place.step],
        Some(branch) => &actor.branches[branch].steps[place.step],
    }
}
