//! What an outcome that no order explains looks like: which code it gets, and in words.

use crate::detect::{DETECTORS, Sight};
use crate::model::relax::Relaxation;
use crate::model::{Program, Stuck};
use crate::outcome::{Done, Outcome, Returned};
use crate::plan::Plan;
use crate::sys::errno;

/// The step at which the explanation ends, if it is not the tree that is left.
pub(super) fn marked(stuck: &Stuck) -> Option<(usize, usize)> {
    stuck.unexplained.first().copied()
}

/// The code of the detector whose shape it has.
pub(super) fn code(
    program: &Program,
    outcome: &Outcome,
    stuck: &Stuck,
    relaxed: &[&'static Relaxation],
) -> &'static str {
    let steps = stuck.unexplained.iter().filter_map(|&(actor, index)| {
        let done = outcome.actors.get(actor)?.get(index)?;
        Some((program.step(actor, done.step), &done.returned))
    });
    let sight = Sight { steps: steps.collect(), relaxed };
    let shown = DETECTORS.iter().find(|detector| (detector.shows)(&sight));
    shown.expect("the last detector takes everything").code
}

/// One sentence: who saw what, in which step, or that the tree is what cannot be.
pub(super) fn sentence(plan: &Plan, outcome: &Outcome, stuck: &Stuck) -> String {
    let Some((actor, index)) = marked(stuck) else {
        return "every result has an explanation, but not together with what is left".to_owned();
    };
    let who = &plan.actors[actor];
    match outcome.actors[actor].get(index) {
        Some(done) => {
            let step = &who.steps[usize::from(done.step)].text;
            format!("{}, `{step}`: {}", who.name, result(&done.returned))
        }
        None => format!("{}: it ended early", who.name),
    }
}

/// Results of all actors in one line each.
pub(super) fn results(plan: &Plan, outcome: &Outcome) -> Vec<String> {
    let line = |(actor, done): (&crate::plan::ActorPlan, &Vec<Done>)| {
        let results: Vec<String> = done.iter().map(|done| result(&done.returned)).collect();
        format!("{}: {}", actor.name, results.join("; "))
    };
    plan.actors.iter().zip(&outcome.actors).map(line).collect()
}

/// What a step returned, in words.
pub(super) fn result(returned: &Returned) -> String {
    match returned {
        Returned::Failed(errno) => errno::name(i32::from(*errno)),
        Returned::Done => "ok".to_owned(),
        Returned::Offset(offset) => format!("offset {offset}"),
        Returned::Wrote(count) => format!("{count} bytes"),
        Returned::Read(read) => format!("{} bytes", read.len()),
        Returned::Stat(stat) => format!(
            "{:?}, mode {:04o}, nlink {}, size {}",
            stat.kind,
            stat.mode,
            stat.nlink,
            stat.size.map_or_else(|| "-".to_owned(), |size| size.to_string())
        ),
        Returned::Names(names) => format!("names {}", names.join(" ")),
        Returned::Text(text) => format!("link to {text}"),
        Returned::Skipped => "not called".to_owned(),
        Returned::TooMuch => "more than was noted".to_owned(),
    }
}
