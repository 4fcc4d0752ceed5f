//! Turns the board at the end of a run into a record.

use std::collections::BTreeMap;

use super::board::{Board, RESULTS};
use super::event::Event;
use super::record::{ActorRecord, Moment, Seen};
use super::worker::WorkerReport;
use crate::ops::OpKind;
use crate::ops::observation::Observation;
use crate::plan::{Plan, size_class};
use crate::sys::clock::Clock;

/// What every actor observed.
pub fn actors(plan: &Plan, board: &Board<'_>, clock: &Clock) -> Vec<ActorRecord> {
    let actor = |index: usize| {
        let own = board.actor(index);
        let steps = 0..plan.actors[index].steps.len() as u16;
        let steps: Vec<Vec<Seen>> =
            steps.map(|step| results(plan, board, clock, index, step)).collect();
        let ops = steps.iter().flatten().map(|seen| seen.count).sum();
        ActorRecord { iterations: own.iterations(), ops, steps }
    };
    (0..plan.actors.len()).map(actor).collect()
}

fn results(plan: &Plan, board: &Board<'_>, clock: &Clock, actor: usize, step: u16) -> Vec<Seen> {
    let own = board.actor(actor);
    let seen = |place: usize| {
        let (key, count) = own.result(step, place);
        let key = key.load(std::sync::atomic::Ordering::Acquire);
        let count = count.load(std::sync::atomic::Ordering::Relaxed);
        let (first, example) = own.first(step, place);
        let example = example.map(|example| moments(board, clock, actor, example, &first));
        // The place of a key may be taken by an actor that died before it counted.
        (key != 0).then(|| Seen {
            first,
            folded: Observation::is_folded(key),
            size_class: size_class(&plan.sizes, first.observation.size),
            count: count.max(1),
            example: example.unwrap_or_default(),
        })
    };
    (0..RESULTS).filter_map(seen).collect()
}

fn moments(
    board: &Board<'_>,
    clock: &Clock,
    actor: usize,
    example: usize,
    around: &Event,
) -> Vec<Moment> {
    let at = |tick| clock.ns_between(around.start, tick);
    let mut moments = Vec::new();
    for glimpse in board.example(actor, example) {
        for event in glimpse.events {
            moments.push(Moment {
                actor: glimpse.actor,
                step: event.step,
                start_ns: at(event.start),
                returned: Some((at(event.end), event)),
            });
        }
        moments.extend(glimpse.in_flight.map(|(step, start)| Moment {
            actor: glimpse.actor,
            step,
            start_ns: at(start),
            returned: None,
        }));
    }
    moments.sort_by_key(|moment| moment.start_ns);
    moments
}

/// The latencies of all workers together.
pub fn latencies(reports: &[WorkerReport]) -> Vec<(OpKind, Vec<(u64, u64)>)> {
    let mut all: BTreeMap<OpKind, BTreeMap<u64, u64>> = BTreeMap::new();
    for (op, cells) in reports.iter().flat_map(|report| &report.latencies) {
        let cells_of_op = all.entry(*op).or_default();
        for (ns, count) in cells {
            *cells_of_op.entry(*ns).or_default() += count;
        }
    }
    all.into_iter().map(|(op, cells)| (op, cells.into_iter().collect())).collect()
}
