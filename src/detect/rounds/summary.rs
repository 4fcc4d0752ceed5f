//! Rounds as a record of steps: what the verdict and the detectors of whole runs look at.

use crate::engine::event::Event;
use crate::engine::record::{ActorRecord, Record, Seen};
use crate::engine::rounds::RoundsRecord;
use crate::ops::observation::Observation;
use crate::plan::Plan;

/// Per actor and step, how often it returned which errno; and what befell the run as a whole.
pub(super) fn of(plan: &Plan, record: &RoundsRecord) -> Record {
    let mut actors: Vec<ActorRecord> = Vec::new();
    for (index, actor) in plan.actors.iter().enumerate() {
        let mut steps: Vec<Vec<Seen>> = vec![Vec::new(); actor.steps.len()];
        let mut ops = 0;
        for seen in &record.seen {
            for done in seen.history.outcome.actors.get(index).into_iter().flatten() {
                ops += seen.count;
                note(&mut steps[usize::from(done.step)], done.returned.errno(), seen.count);
            }
        }
        actors.push(ActorRecord { iterations: record.rounds, ops, steps });
    }
    Record {
        elapsed: record.elapsed,
        actors,
        latencies: record.latencies.clone(),
        overlaps: record.overlaps.clone(),
        deaths: record.deaths.clone(),
        hangs: record.hangs.clone(),
        lock_waits: record.lock_waits.clone(),
        stopped: record.stopped.clone(),
        interrupted: record.interrupted,
    }
}

fn note(results: &mut Vec<Seen>, errno: u16, count: u64) {
    if let Some(known) = results.iter_mut().find(|seen| seen.first.observation.errno() == errno) {
        known.count += count;
        return;
    }
    let observation = match errno {
        0 => Observation::default(),
        errno => Observation::failed(rustix::io::Errno::from_raw_os_error(i32::from(errno))),
    };
    results.push(Seen {
        first: Event { observation, ..Event::default() },
        folded: false,
        size_class: 0,
        count,
        example: Vec::new(),
    });
}
