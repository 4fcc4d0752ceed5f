//! What is tried, in which order: what removes most goes first, for all that follows is then less.

use super::edit::{Edit, is_plain, opened};
use super::steps::{places, step};
use super::{before, join, names, numbers};
use crate::scenario::{OpenFlag, Piece, Scenario, Template};

/// Names of which two are made one: with more, nothing but the size of the fixture is left to win.
const MERGED: usize = 5;
/// Steps of a program of which two are left out at once.
const PAIRED: usize = 8;

/// One kind of reduction.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// What it makes fewer of.
    pub name: &'static str,
    /// The reductions that a program has room for.
    pub edits: fn(&Scenario) -> Vec<Edit>,
}

/// All of them, in order.
pub const PASSES: [Pass; 12] = [
    Pass { name: "actors", edits: actors },
    Pass { name: "branches", edits: branches },
    Pass { name: "steps", edits: dropped_steps },
    Pass { name: "steps before the start", edits: before::edits },
    Pass { name: "actors", edits: join::pairs },
    Pass { name: "fixture entries", edits: entries },
    Pass { name: "repeats", edits: repeats },
    Pass { name: "conditions and flags", edits: details },
    Pass { name: "names", edits: renamed },
    Pass { name: "sizes", edits: least },
    Pass { name: "sizes", edits: smaller },
    Pass { name: "processes", edits: threads },
];

/// What is tried, one by one, when nothing of these is left: two steps of which one undoes what the other
/// does can go only together.
pub const PAIRS: Pass = Pass { name: "two steps", edits: two_steps };

fn actors(scenario: &Scenario) -> Vec<Edit> {
    let all = || scenario.actors.iter().enumerate();
    let counted = || all().filter(|(_, actor)| actor.count > 1).map(|(index, _)| index);
    let halves = counted().filter(|index| scenario.actors[*index].count > 2);
    let drops = all().map(|(index, _)| Edit::DropActor(index));
    // What changes an actor stands behind what drops one: edits are made from the last to the first.
    let counts = counted().map(Edit::OneInstance);
    drops.chain(counts).chain(halves.map(Edit::FewerInstances)).collect()
}

fn branches(scenario: &Scenario) -> Vec<Edit> {
    let all = scenario.actors.iter().enumerate();
    all.flat_map(|(actor, one)| {
        (0..one.branches.len()).map(move |branch| Edit::DropBranch(actor, branch))
    })
    .collect()
}

fn dropped_steps(scenario: &Scenario) -> Vec<Edit> {
    let shared = (0..scenario.shared.len()).map(Edit::DropShared);
    shared.chain(places(scenario).into_iter().map(Edit::DropStep)).collect()
}

/// In a small program alone: there are as many pairs as the square of its steps.
fn two_steps(scenario: &Scenario) -> Vec<Edit> {
    let places = places(scenario);
    if places.len() > PAIRED {
        return Vec::new();
    }
    let behind = |at: usize| places[at + 1..].iter().map(move |second| (at, second));
    let pairs = (0..places.len()).flat_map(behind);
    pairs.map(|(first, second)| Edit::DropTwo(places[first], *second)).collect()
}

fn entries(scenario: &Scenario) -> Vec<Edit> {
    let all = || scenario.fixture.iter().enumerate();
    let drops = all().map(|(index, _)| Edit::DropEntry(index));
    let counted = all().filter(|(_, entry)| entry.count > 1);
    drops.chain(counted.map(|(index, _)| Edit::OneEntry(index))).collect()
}

fn repeats(scenario: &Scenario) -> Vec<Edit> {
    let repeated = places(scenario).into_iter().filter(|it| step(scenario, *it).repeat > 1);
    let repeated: Vec<_> = repeated.collect();
    let halves = repeated.iter().filter(|place| step(scenario, **place).repeat > 3);
    let once = repeated.iter().copied().map(Edit::Once);
    once.chain(halves.copied().map(Edit::LessOften)).collect()
}

fn details(scenario: &Scenario) -> Vec<Edit> {
    use OpenFlag::{Rdonly, Rdwr, Wronly};
    let mut edits: Vec<Edit> = (0..scenario.forbid.len()).map(Edit::DropForbid).collect();
    for place in places(scenario) {
        let step = step(scenario, place);
        edits.extend((0..step.on.len()).map(|entry| Edit::DropOn(place, entry)));
        edits.extend(step.expect.is_some().then_some(Edit::DropExpect(place)));
        edits.extend(opened(scenario, place).map(|_| Edit::ByPath(place)));
        let access = [Rdonly, Wronly, Rdwr];
        let flags = step.flags.iter().filter(|flag| !access.contains(flag));
        edits.extend(flags.map(|flag| Edit::DropFlag(place, *flag)));
        if step.flags.contains(&Rdwr) {
            edits.extend([Rdonly, Wronly].map(|access| Edit::Access(place, access)));
        }
        edits.extend((!is_plain(scenario, place)).then_some(Edit::Plain(place)));
        edits.extend(step.seek.then_some(Edit::NoSeek(place)));
    }
    let bound = scenario.actors.iter().enumerate().filter(|(_, actor)| actor.client.is_some());
    edits.extend(bound.map(|(index, _)| Edit::AnyClient(index)));
    edits
}

fn renamed(scenario: &Scenario) -> Vec<Edit> {
    let holes = |path: &Option<Template>| {
        path.as_ref().is_some_and(|path| path.has(|piece| !matches!(piece, Piece::Text(_))))
    };
    let with_holes = places(scenario).into_iter().filter(|place| {
        let step = step(scenario, *place);
        [&step.path, &step.to, &step.target].into_iter().any(holes)
    });
    let mut edits: Vec<Edit> = with_holes.map(Edit::FillHoles).collect();
    edits.extend(names::directories(scenario).into_iter().map(Edit::DropDirectory));
    let paths = names::paths(scenario);
    if paths.len() <= MERGED {
        let pairs = paths.iter().flat_map(|from| paths.iter().map(move |to| (from, to)));
        let pairs = pairs.filter(|(from, to)| from != to);
        edits.extend(pairs.map(|(from, to)| Edit::Merge { from: from.clone(), to: to.clone() }));
    }
    let mut short = scenario.clone();
    names::shorten(&mut short);
    let length =
        |scenario: &Scenario| names::paths(scenario).iter().map(String::len).sum::<usize>();
    edits.extend((length(&short) < length(scenario)).then_some(Edit::ShortNames));
    edits
}

fn least(scenario: &Scenario) -> Vec<Edit> {
    numbers::indices(scenario, numbers::least).into_iter().map(Edit::Least).collect()
}

fn smaller(scenario: &Scenario) -> Vec<Edit> {
    numbers::indices(scenario, numbers::smaller).into_iter().map(Edit::Smaller).collect()
}

fn threads(scenario: &Scenario) -> Vec<Edit> {
    let first = scenario.actors.first().and_then(|actor| actor.process.as_ref());
    let apart = scenario.actors.iter().enumerate().filter(|(index, actor)| {
        let alone = *index == 0 && actor.count < 2;
        !alone && (first.is_none() || actor.process.as_ref() != first)
    });
    apart.map(|(index, _)| Edit::Thread(index)).collect()
}
