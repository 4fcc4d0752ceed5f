//! What an outcome that no order explains looks like: which code it gets, and in words.

use crate::detect::{DETECTORS, Sight};
use crate::model::relax::Relaxation;
use crate::model::{Program, Stuck};
use crate::outcome::{Done, Outcome, Words};
use crate::plan::Plan;

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
            let returned = result(plan, actor, &outcome.actors[actor], index);
            format!("{}, `{step}`: {returned}", who.name)
        }
        None => format!("{}: it ended early", who.name),
    }
}

/// Results of all actors in one line each, and the tree that is left.
pub(super) fn results(plan: &Plan, outcome: &Outcome) -> Vec<String> {
    let words = Words::new(plan);
    let histories = plan.actors.iter().zip(&outcome.actors).enumerate();
    let lines = histories.map(|(index, (actor, history))| {
        format!("{}: {}", actor.name, words.history(index, history))
    });
    lines.chain([format!("left: {}", words.left(&outcome.left))]).collect()
}

/// What a step returned, in words.
pub(super) fn result(plan: &Plan, actor: usize, history: &[Done], index: usize) -> String {
    let words = Words::new(plan).step(actor, history, index);
    // Without the name of the operation, which stands before it anyway.
    words.split_once(' ').map_or(words.clone(), |(_, returned)| returned.to_owned())
}
