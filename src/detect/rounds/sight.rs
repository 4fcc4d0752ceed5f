//! What an outcome that no order explains looks like: which code it gets, and in words.

use crate::detect::{DETECTORS, Sight};
use crate::model::relax::Relaxation;
use crate::model::{Inode, Judge, Nexts, Node, Program, Stuck, Terms};
use crate::ops::OpKind;
use crate::outcome::{Done, Left, Outcome, Returned, Words};
use crate::plan::Plan;

/// The step at which the explanation ends, if it is not the tree that is left.
pub(super) fn marked(stuck: &Stuck) -> Option<(usize, usize)> {
    stuck.unexplained.first().copied()
}

/// The operation at which the explanation ends, if it is not the tree that is left.
pub(super) fn operation(plan: &Plan, outcome: &Outcome, stuck: &Stuck) -> Option<OpKind> {
    let (actor, index) = marked(stuck)?;
    let done = outcome.actors[actor].get(index)?;
    Some(plan.actors[actor].steps[usize::from(done.step)].op)
}

/// The code of the detector whose shape it has.
pub(super) fn code(
    model: &Judge,
    outcome: &Outcome,
    stuck: &Stuck,
    relaxed: &[&'static Relaxation],
) -> &'static str {
    let (program, terms) = (model.program(), model.terms());
    let steps = stuck.unexplained.iter().filter_map(|&(actor, index)| {
        let done = outcome.actors.get(actor)?.get(index)?;
        Some((program.step(actor, done.step), &done.returned))
    });
    let written = |done: &Done| matches!(done.returned, Returned::Wrote(count) if count > 0);
    let writes = outcome.actors.iter().flatten().any(written);
    let at_end = writes && stuck.unexplained.is_empty();
    let lost = at_end && loses_bytes(program, terms, outcome, stuck);
    let steps: Vec<_> = steps.collect();
    let apart = steps.iter().any(|(_, returned)| are_never_together(model, returned));
    let sight = Sight { steps, writes, lost, apart, relaxed };
    let shown = DETECTORS.iter().find(|detector| (detector.shows)(&sight));
    shown.expect("the last detector takes everything").code
}

/// Whether these are names that no directory ever has all of, in any order of the calls.
fn are_never_together(model: &Judge, returned: &Returned) -> bool {
    let (Returned::Names(seen), Ok(explored)) = (returned, model.explored()) else { return false };
    let has_all = |inode: &Inode| {
        let Node::Directory { entries, .. } = &inode.node else { return false };
        let has =
            |name: &str| entries.iter().any(|(one, _)| model.program().names.text(*one) == name);
        seen.iter().all(|name| has(name))
    };
    !explored.moves.states().iter().any(|state| state.inodes.iter().any(has_all))
}

/// Whether the tree that is left is the one that this order of all steps leaves, but for bytes of
/// files that a write had put there.
fn loses_bytes(program: &Program, terms: &Terms, outcome: &Outcome, stuck: &Stuck) -> bool {
    let mut world = program.start();
    let mut before = program.left(&world.state);
    for &(actor, index) in &stuck.explained {
        let Some(done) = outcome.actors[actor].get(index) else { return false };
        let mut nexts = Nexts::default();
        program.nexts(&world, actor, &mut nexts);
        let next = nexts.0.into_iter().find(|next| {
            let mut returned = next.returned.clone();
            terms.returned(&mut returned);
            returned == done.returned
        });
        let Some(next) = next else { return false };
        if let Some(state) = next.state {
            world.state = state;
        }
        let position = world.positions[actor];
        world.positions[actor] = program.advance(position, actor, &done.returned);
    }
    let mut after = program.left(&world.state);
    terms.left(&mut before);
    terms.left(&mut after);
    let seen = &outcome.left;
    let alike = seen.len() == after.len()
        && seen.iter().zip(&after).all(|(seen, left)| {
            let mut stat = left.stat.clone();
            stat.size = seen.stat.size;
            (&seen.path, seen.file, &seen.stat, &seen.text)
                == (&left.path, left.file, &stat, &left.text)
        });
    alike
        && seen.iter().zip(&after).any(|(seen, left)| {
            let old = before.iter().find(|old| old.path == left.path);
            let bytes =
                |left: Option<&Left>| left.and_then(|left| Some(left.content.as_ref()?.bytes()));
            let (seen, old) =
                (bytes(Some(seen)).unwrap_or_default(), bytes(old).unwrap_or_default());
            let due = bytes(Some(left)).unwrap_or_default();
            due.iter().enumerate().any(|(at, byte)| {
                *byte != 0 && old.get(at) != Some(byte) && seen.get(at) != Some(byte)
            })
        })
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
