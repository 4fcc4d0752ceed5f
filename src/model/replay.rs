//! Whether the model explains a round in which one call followed the other.
//!
//! With the order given there is nothing to search: all states that the model can be in are taken
//! along from step to step, which are hardly ever more than one.

use super::check::explains;
use super::next::Nexts;
use super::program::Program;
use super::terms::Terms;
use super::world::World;
use crate::outcome::{History, Interval, Left, Returned, precedes};

/// What came of a serial round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// The model explains it.
    Explained,
    /// It does not.
    Departs(Departure),
    /// The calls did not follow one another, as far as the clock can tell.
    NotSerial,
}

/// Where a serial round leaves the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// The steps in their order (actor, index in its history), up to the one whose result the
    /// model does not have.
    pub steps: Vec<(usize, usize)>,
    /// What the model has instead.
    pub instead: Instead,
}

/// What the model has where a serial round departs from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instead {
    /// These results of the last step.
    Results(Vec<Returned>),
    /// All steps are explained, but what is left is not: it could be one of these trees.
    Left(Vec<Vec<Left>>),
}

impl Departure {
    /// The shorter it is, the more it says; the tree comes after the last step.
    pub fn length(&self) -> (usize, bool) {
        (self.steps.len(), matches!(self.instead, Instead::Left(_)))
    }
}

/// Follows a serial round, whose outcome is in `terms`. `error` is what the clocks can be wrong
/// by, in ticks.
///
/// # Panics
/// If there is not one interval for each step.
pub fn replay(program: &Program, terms: &Terms, history: &History, error: u64) -> Replayed {
    let Some(order) = order(&history.times, error) else { return Replayed::NotSerial };
    let mut worlds = vec![program.start()];
    for (place, &(actor, index)) in order.iter().enumerate() {
        let done = &history.outcome.actors[actor][index];
        let mut after: Vec<World> = Vec::new();
        let mut results: Vec<Returned> = Vec::new();
        for world in worlds.iter().filter(|world| world.positions[actor].step == done.step) {
            let mut nexts = Nexts::default();
            program.nexts(world, actor, &mut nexts);
            for mut next in nexts.0 {
                terms.returned(&mut next.returned);
                if explains(&next.returned, &done.returned) {
                    let next = program.after(world, actor, &next);
                    after.extend((!after.contains(&next)).then_some(next));
                } else if !results.contains(&next.returned) {
                    results.push(next.returned);
                }
            }
        }
        if after.is_empty() {
            let steps = order[..=place].to_vec();
            return Replayed::Departs(Departure { steps, instead: Instead::Results(results) });
        }
        worlds = after;
    }
    let mut trees: Vec<Vec<Left>> = Vec::new();
    for world in worlds.iter().filter(|world| world.is_done()) {
        let mut left = program.left(&world.state);
        terms.left(&mut left);
        trees.extend((!trees.contains(&left)).then_some(left));
    }
    if trees.contains(&history.outcome.left) {
        return Replayed::Explained;
    }
    Replayed::Departs(Departure { steps: order, instead: Instead::Left(trees) })
}

/// The steps by their start; `None` unless each had returned before the next one was called.
fn order(times: &[Vec<Interval>], error: u64) -> Option<Vec<(usize, usize)>> {
    let mut order: Vec<(usize, usize)> = Vec::new();
    for (actor, steps) in times.iter().enumerate() {
        order.extend((0..steps.len()).map(|index| (actor, index)));
    }
    let time = |(actor, index): (usize, usize)| times[actor][index];
    // An actor's own steps are in order whatever the clock says.
    order.sort_by_key(|&step| (time(step).start, time(step).end));
    let follows = |pair: &[(usize, usize)]| match pair {
        [one, two] if one.0 == two.0 => one.1 < two.1,
        [one, two] => precedes(time(*one), time(*two), error),
        _ => true,
    };
    order.windows(2).all(follows).then_some(order)
}
