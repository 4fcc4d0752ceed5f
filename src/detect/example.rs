//! The history that shows an anomaly, in words.

use super::words;
use crate::engine::record::{Moment, Seen};
use crate::plan::Plan;
use crate::report::{Example, ExampleEvent};

/// The steps of all actors around the first time that `seen` was seen.
pub(super) fn of(plan: &Plan, actor: usize, step: u16, seen: &Seen) -> Option<Example> {
    let event = |moment: &Moment| {
        let who = plan.actors.get(moment.actor)?;
        let what = who.steps.get(usize::from(moment.step))?;
        let returned = moment.returned.as_ref();
        let same = |event: &crate::engine::event::Event| *event == seen.first;
        Some(ExampleEvent {
            actor: who.name.clone(),
            call: what.text.clone(),
            result: returned.map(|(_, event)| words::result(plan, what, &event.observation)),
            start_ns: moment.start_ns,
            end_ns: returned.map(|(end, _)| *end),
            anomalous: moment.actor == actor
                && moment.step == step
                && returned.is_some_and(|(_, event)| same(event)),
        })
    };
    let events: Vec<_> = seen.example.iter().filter_map(event).collect();
    (!events.is_empty()).then_some(Example { events })
}
