//! A whole round as the example of an anomaly.

use super::sight;
use crate::engine::rounds::RoundsRecord;
use crate::model::Stuck;
use crate::outcome::History;
use crate::plan::Plan;
use crate::report::{Example, ExampleEvent};

/// The steps of all actors, ordered by their start.
pub(super) fn of(plan: &Plan, record: &RoundsRecord, history: &History, stuck: &Stuck) -> Example {
    let actors = history.outcome.actors.iter().enumerate();
    let steps = actors.flat_map(|(actor, done)| (0..done.len()).map(move |index| (actor, index)));
    of_steps(plan, record, history, stuck, steps)
}

/// Some of the steps (actor, index in its history), ordered by their start.
pub(super) fn of_steps(
    plan: &Plan,
    record: &RoundsRecord,
    history: &History,
    stuck: &Stuck,
    steps: impl Iterator<Item = (usize, usize)>,
) -> Example {
    let marked = sight::marked(stuck);
    let first = match marked {
        Some((actor, index)) => history.times[actor].get(index).map(|one| one.start),
        None => history.times.iter().flatten().map(|one| one.start).min(),
    };
    let first = first.unwrap_or_default();
    let ns = |tick: u64| (tick.wrapping_sub(first) as i64 as f64 * record.ns_per_tick) as i64;
    let event = |(actor, index): (usize, usize)| {
        let (done, time) = (&history.outcome.actors[actor], history.times[actor][index]);
        ExampleEvent {
            actor: plan.actors[actor].name.clone(),
            call: plan.actors[actor].steps[usize::from(done[index].step)].text.clone(),
            result: Some(sight::result(plan, actor, done, index)),
            start_ns: ns(time.start),
            end_ns: Some(ns(time.end)),
            anomalous: marked == Some((actor, index)),
        }
    };
    let mut events: Vec<ExampleEvent> = steps.map(event).collect();
    events.sort_by_key(|event| event.start_ns);
    Example { events }
}
