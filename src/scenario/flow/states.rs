//! What may be open before each step: a fixpoint over all ways through an actor's iteration.

use std::collections::BTreeMap;

use super::Program;
use crate::ops::OpKind;
use crate::scenario::step::Located;
use crate::scenario::types::{Jump, OnResult, OpenFlag};

/// What is known about a descriptor name on the ways that lead to a step.
#[derive(Clone, Copy, PartialEq, Default)]
pub(super) struct Slot {
    /// On some way it is open; otherwise it has been closed on all that opened it.
    pub(super) open: bool,
    /// On some way it can be a directory.
    pub(super) directory: bool,
}

/// What is known before a step; a name that is not in it has never been open.
pub(super) type State = BTreeMap<String, Slot>;

/// A step: 0 is the main list, the branches follow; then the position in the list.
pub(super) type Position = (usize, usize);

/// What is known before each step that can be reached.
pub(super) type States = BTreeMap<Position, State>;

/// What may be open before each step that can be reached.
pub(super) fn states(program: &Program<'_>) -> States {
    let start = program
        .shared
        .iter()
        .map(|s| (s.name.clone(), Slot { open: true, directory: s.directory }))
        .collect();
    let mut states: States = BTreeMap::from([((0, 0), start)]);
    let mut work = vec![(0, 0)];
    while let Some(position) = work.pop() {
        let Some(located) = program.list(position.0).get(position.1) else { continue };
        let before = states.get(&position).cloned().unwrap_or_default();
        for (target, state) in successors(program, position, located, &before) {
            if target.1 >= program.list(target.0).len() {
                continue;
            }
            let changed = match states.get_mut(&target) {
                Some(known) => merge(known, &state),
                None => {
                    states.insert(target, state);
                    true
                }
            };
            if changed {
                work.push(target);
            }
        }
    }
    states
}

fn merge(known: &mut State, more: &State) -> bool {
    let mut changed = false;
    for (name, slot) in more {
        let old = known.get(name).copied();
        let was = old.unwrap_or_default();
        let now = Slot { open: was.open || slot.open, directory: was.directory || slot.directory };
        if old != Some(now) {
            known.insert(name.clone(), now);
            changed = true;
        }
    }
    changed
}

/// Where a step can lead, with what may be open there.
fn successors(
    program: &Program<'_>,
    position: Position,
    located: &Located,
    before: &State,
) -> Vec<(Position, State)> {
    let next = (position.0, position.1 + 1);
    let (success, failure) = after(located, before);
    let mut targets = Vec::new();
    let mut leads = |jump: &Jump, state: &State| match jump {
        Jump::Again => {}
        Jump::Next => targets.push((next, state.clone())),
        Jump::Branch(name) => {
            targets.extend(program.branch(name).map(|list| ((list, 0), state.clone())));
        }
    };
    let mut ok = false;
    let mut error = false;
    for (on, _) in &located.on {
        match on.result {
            OnResult::Ok => ok = true,
            OnResult::Error => error = true,
            OnResult::Errno(_) => {}
        }
        leads(&on.jump, if on.result == OnResult::Ok { &success } else { &failure });
    }
    let can_fail = located.step.as_ref().is_none_or(|step| step.op.spec().can_fail());
    if !ok {
        leads(&Jump::Next, &success);
    }
    if !error && can_fail {
        leads(&Jump::Next, &failure);
    }
    targets
}

/// What may be open after a step that succeeded and after one that failed.
fn after(located: &Located, before: &State) -> (State, State) {
    let mut success = before.clone();
    let mut failure = before.clone();
    let Some(step) = &located.step else {
        // Nobody knows what a mistyped operation does: believe that it opens its descriptor.
        if let Some(named) = &located.defines {
            let slot = Slot { open: true, directory: true };
            success.insert(named.name.clone(), slot);
        }
        return (success.clone(), success);
    };
    if let Some(named) = &located.defines {
        let directory = match step.op {
            OpKind::Open => can_be_directory(&step.flags),
            OpKind::Dup => {
                let source = step.fd.as_ref().and_then(|name| before.get(name));
                source.is_none_or(|slot| slot.directory)
            }
            _ => false,
        };
        success.insert(named.name.clone(), Slot { open: true, directory });
    }
    if step.op == OpKind::Close {
        // Whether a failed close has closed depends on the system, so nothing may be built on it.
        for state in [&mut success, &mut failure] {
            let slot = step.fd.as_ref().and_then(|name| state.get_mut(name));
            if let Some(slot) = slot {
                slot.open = false;
            }
        }
    }
    (success, failure)
}

/// Whether an open with these flags can succeed on a directory.
pub(in crate::scenario) fn can_be_directory(flags: &[OpenFlag]) -> bool {
    use OpenFlag::{Creat, Rdwr, Tmpfile, Wronly};
    !flags.iter().any(|flag| matches!(flag, Wronly | Rdwr | Creat | Tmpfile))
}
