//! Makes programs from nothing: a skeleton, filled.

use super::draw::Draw;
use super::mutate::repair;
use super::skeletons::{SKELETONS, Skeleton, find};
use super::sketch::{Sketch, Steps};
use super::steps::on;
use crate::ops::OpKind;
use crate::scenario::{Actor, HANG_AFTER, Mode, RunSettings, Scenario, Step};

/// Steps that an actor has at most.
pub const MOST_STEPS: usize = 6;
/// Actors at most.
pub const MOST_ACTORS: usize = 4;
/// In so many of 100 programs all actors do the same.
const RIVALS: usize = 22;
/// The process that threads share.
pub const PROCESS: &str = "p";

/// A program that a skeleton was filled to; it may be one that is worth nothing. `most` is how many
/// actors it has at most.
pub fn fresh(draw: &mut Draw, most: usize) -> Scenario {
    let weights = SKELETONS.iter().map(|skeleton| f64::from(skeleton.weight));
    let chosen = draw.weighed(weights).unwrap_or_default();
    fill(draw, SKELETONS[chosen], most)
}

/// A program of one skeleton.
pub fn fill(draw: &mut Draw, skeleton: &'static Skeleton, most: usize) -> Scenario {
    let count = match draw.below(20) {
        0..=14 => 2,
        15..=18 => 3,
        _ => MOST_ACTORS,
    };
    let count = count.min(most);
    let processes = draw.below(3);
    let mut sketch = Sketch::new(draw);
    (skeleton.lay)(&mut sketch);
    let mut actors: Vec<Actor> = Vec::new();
    // Where only one can have what all want, all do the same.
    let rivals = sketch.draw.in_100(RIVALS);
    for index in 0..count {
        sketch.begin_actor(index);
        let steps = match actors.first() {
            Some(first) if rivals => rival(&mut sketch, skeleton, &first.steps),
            _ => steps(&mut sketch, skeleton, index == 0),
        };
        let process = match processes {
            0 => None,
            // Of three, two are threads of one process.
            1 => (index != 1).then(|| PROCESS.to_owned()),
            _ => Some(PROCESS.to_owned()),
        };
        actors.push(actor(index, process, steps));
    }
    let Sketch { fixture, shared, .. } = sketch;
    let mut scenario = Scenario {
        name: "fuzz".to_owned(),
        about: format!("Made by `fsrace fuzz`: {}.", skeleton.about),
        tags: vec!["fuzz".to_owned(), skeleton.name.to_owned()],
        sources: Vec::new(),
        forbid: Vec::new(),
        fixture,
        shared: shared.into_iter().collect(),
        run: settings(),
        actors,
        digest: String::new(),
    };
    repair(&mut scenario);
    scenario
}

/// What another actor does, and perhaps a look at what came of it.
fn rival(sketch: &mut Sketch<'_>, skeleton: &Skeleton, first: &[Step]) -> Steps {
    let mut steps = first.to_vec();
    if sketch.draw.in_100(50) {
        steps.truncate(MOST_STEPS - 1);
        match sketch.draw.below(3) {
            0 => steps.push(on(OpKind::Stat, &sketch.name.clone())),
            1 => steps.push(on(OpKind::Access, &sketch.name.clone())),
            _ => steps.extend((skeleton.look)(sketch)),
        }
    }
    steps.truncate(MOST_STEPS);
    steps
}

/// How a generated program runs, by itself.
pub fn settings() -> RunSettings {
    RunSettings {
        mode: Mode::Rounds,
        duration: None,
        iterations: None,
        rounds: None,
        hang_after: HANG_AFTER,
        seed: None,
    }
}

/// An actor of a generated program.
pub fn actor(index: usize, process: Option<String>, steps: Vec<Step>) -> Actor {
    let name = format!("actor{index}");
    Actor { name, count: 1, process, client: None, steps, branches: Vec::new() }
}

/// What one actor does: something that changes or looks at what all meet at, and perhaps something
/// before and after it.
fn steps(sketch: &mut Sketch<'_>, skeleton: &Skeleton, changes: bool) -> Steps {
    let mut steps = Steps::new();
    // What has been looked up before may be remembered when it should not.
    if sketch.draw.in_100(10) {
        steps.extend((skeleton.look)(sketch));
    }
    let main = if changes || sketch.draw.in_100(35) { skeleton.change } else { skeleton.look };
    steps.extend(main(sketch));
    // Most are short: what they show, they show often, and in many rounds.
    match sketch.draw.below(15) {
        0..=1 => steps.extend((skeleton.look)(sketch)),
        2 => steps.extend((skeleton.change)(sketch)),
        3 => {
            let name = sketch.either();
            steps.push(on(OpKind::Stat, &name));
        }
        4 => {
            // Conflicts of one kind meet those of another.
            let weights = SKELETONS.iter().map(|skeleton| f64::from(skeleton.weight));
            let other = SKELETONS[sketch.draw.weighed(weights).unwrap_or_default()];
            steps.extend((other.look)(sketch));
        }
        _ => {}
    }
    steps.truncate(MOST_STEPS);
    steps
}

/// The skeleton that a program was made from, as its tags say.
pub fn skeleton_of(scenario: &Scenario) -> Option<&'static Skeleton> {
    scenario.tags.iter().find_map(|tag| find(tag))
}
