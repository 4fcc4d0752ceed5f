//! What can be known about an actor without running it: which steps can be reached, and which
//! descriptors may be open there.

use std::collections::{BTreeMap, BTreeSet};

use crate::ops::{FieldKind, OpKind};

use super::check::MAX_DESCRIPTORS;
use super::diagnostic::{Diagnostic, Log};
use super::step::{Located, Named};
use super::suggest;
use super::types::{Jump, OnResult, OpenFlag};

/// An actor's steps, with what is open before they start.
pub(super) struct Program<'p> {
    pub(super) main: &'p [Located],
    pub(super) branches: &'p [(Named, Vec<Located>)],
    pub(super) shared: &'p [SharedName],
}

/// A shared descriptor, as far as the flow needs to know it.
pub(super) struct SharedName {
    pub(super) name: String,
    pub(super) directory: bool,
}

/// What is known about a descriptor name on the ways that lead to a step.
#[derive(Clone, Copy, PartialEq, Default)]
struct Slot {
    /// On some way it is open; otherwise it has been closed on all that opened it.
    open: bool,
    /// On some way it can be a directory.
    directory: bool,
}

type State = BTreeMap<String, Slot>;

/// A step: 0 is the main list, the branches follow; then the position in the list.
type Position = (usize, usize);

/// Checks the flow of one actor.
pub(super) fn check(log: &Log<'_>, program: &Program<'_>) {
    check_targets(log, program);
    check_circles(log, program);
    check_shared(log, program);
    let states = states(program);
    check_reached(log, program, &states);
    check_descriptors(log, program, &states);
}

impl<'p> Program<'p> {
    fn list(&self, index: usize) -> &'p [Located] {
        match index.checked_sub(1) {
            None => self.main,
            Some(branch) => self.branches.get(branch).map_or(&[], |(_, steps)| steps),
        }
    }

    fn lists(&self) -> impl Iterator<Item = &'p [Located]> {
        (0..=self.branches.len()).map(|index| self.list(index))
    }

    fn steps(&self) -> impl Iterator<Item = &'p Located> {
        self.lists().flatten()
    }

    /// The list that a branch name stands for. A mistyped name stands for the nearest, so that
    /// one mistake is reported once.
    fn branch(&self, name: &str) -> Option<usize> {
        let names = || self.branches.iter().map(|(branch, _)| branch.name.as_str());
        let near = if names().any(|known| known == name) {
            name
        } else {
            suggest::nearest(name, names())?
        };
        names().position(|known| known == near).map(|index| index + 1)
    }
}

fn check_targets(log: &Log<'_>, program: &Program<'_>) {
    let names = || program.branches.iter().map(|(branch, _)| branch.name.as_str());
    for (on, place) in program.steps().flat_map(|step| &step.on) {
        let Jump::Branch(name) = &on.jump else { continue };
        if names().any(|known| known == name) {
            continue;
        }
        let targets = names().chain(["again", "next"]);
        let help = match suggest::nearest(name, targets) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write it as `{name} = [ ... ]` below `[actor.branch]`"),
        };
        log.add_absence(
            Diagnostic::new(place.clone(), format!("there is no branch `{name}`"))
                .label(match names().next() {
                    Some(_) => format!("the branches are {}", suggest::list(names(), "and")),
                    None => "this actor has no branches".to_owned(),
                })
                .help(help),
        );
    }
}

/// Branches that lead back to themselves: such an iteration might never end.
fn check_circles(log: &Log<'_>, program: &Program<'_>) {
    let leads_to = |from: usize| -> BTreeSet<usize> {
        let jumps = program.list(from).iter().flat_map(|step| &step.on);
        jumps.filter_map(|(on, _)| jump_list(program, &on.jump)).collect()
    };
    for (index, (branch, steps)) in program.branches.iter().enumerate() {
        for (on, place) in steps.iter().flat_map(|step| &step.on) {
            let Some(target) = jump_list(program, &on.jump) else { continue };
            let mut seen = BTreeSet::from([target]);
            let mut open = vec![target];
            while let Some(list) = open.pop() {
                open.extend(leads_to(list).into_iter().filter(|next| seen.insert(*next)));
            }
            if seen.contains(&(index + 1)) {
                let message = format!("the branch `{}` leads back to itself", branch.name);
                log.add(
                    Diagnostic::new(place.clone(), message)
                        .label("an iteration has to end")
                        .help("`again` starts the next iteration".to_owned()),
                );
            }
        }
    }
}

fn jump_list(program: &Program<'_>, jump: &Jump) -> Option<usize> {
    match jump {
        Jump::Branch(name) => program.branch(name),
        Jump::Again | Jump::Next => None,
    }
}

/// Shared descriptors stay open for everybody.
fn check_shared(log: &Log<'_>, program: &Program<'_>) {
    let shared = |named: &Named| program.shared.iter().any(|shared| shared.name == named.name);
    for located in program.steps() {
        if let Some(named) = located.defines.as_ref().filter(|named| shared(named)) {
            log.add(
                Diagnostic::new(
                    named.span.clone(),
                    format!("`{}` is a shared descriptor", named.name),
                )
                .label("choose another name"),
            );
        }
        let Some(step) = &located.step else { continue };
        if step.op != OpKind::Close {
            continue;
        }
        if let Some(named) = located.uses.as_ref().filter(|named| shared(named)) {
            let message = format!("the shared descriptor `{}` cannot be closed", named.name);
            log.add(
                Diagnostic::new(named.span.clone(), message)
                    .label("it stays open for every actor until the end"),
            );
        }
        if step.repeat > 1 {
            log.add(
                Diagnostic::new(located.place.clone(), "`close` cannot be repeated")
                    .label("the descriptor is gone after the first time"),
            );
        }
    }
    let names: BTreeSet<&str> = program
        .steps()
        .filter_map(|located| located.defines.as_ref())
        .map(|named| named.name.as_str())
        .chain(program.shared.iter().map(|shared| shared.name.as_str()))
        .collect();
    let last = program.steps().filter_map(|located| located.defines.as_ref()).last();
    if let Some(last) = last.filter(|_| names.len() > MAX_DESCRIPTORS) {
        let message = format!(
            "this actor uses {} descriptor names, the limit is {MAX_DESCRIPTORS}",
            names.len()
        );
        log.add(Diagnostic::new(last.span.clone(), message));
    }
}

/// What may be open before each step that can be reached.
fn states(program: &Program<'_>) -> BTreeMap<Position, State> {
    let start = program
        .shared
        .iter()
        .map(|s| (s.name.clone(), Slot { open: true, directory: s.directory }))
        .collect();
    let mut states: BTreeMap<Position, State> = BTreeMap::from([((0, 0), start)]);
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
pub(super) fn can_be_directory(flags: &[OpenFlag]) -> bool {
    use OpenFlag::{Creat, Rdwr, Tmpfile, Wronly};
    !flags.iter().any(|flag| matches!(flag, Wronly | Rdwr | Creat | Tmpfile))
}

fn check_reached(log: &Log<'_>, program: &Program<'_>, states: &BTreeMap<Position, State>) {
    for (index, steps) in program.lists().enumerate() {
        let reached = |at: usize| states.contains_key(&(index, at));
        if let Some(branch) = index.checked_sub(1).filter(|_| !reached(0) && !steps.is_empty()) {
            let Some((name, _)) = program.branches.get(branch) else { continue };
            log.add_absence(
                Diagnostic::new(name.span.clone(), format!("nothing leads to `{}`", name.name))
                    .label("unused branch")
                    .help(format!(
                        "a step leads here with `on = {{ ENOENT = \"{}\" }}`",
                        name.name
                    )),
            );
            continue;
        }
        if let Some(at) = (1..steps.len()).find(|at| !reached(*at)) {
            log.add_absence(
                Diagnostic::new(steps[at].place.clone(), "this step is never reached")
                    .label("every result of the step before leads elsewhere"),
            );
        }
    }
}

fn check_descriptors(log: &Log<'_>, program: &Program<'_>, states: &BTreeMap<Position, State>) {
    let defines = |located: &Located| {
        let spec = located.step.as_ref().map(|step| step.op.spec());
        spec.is_some_and(|spec| spec.fields.iter().any(|f| f.kind == FieldKind::DefineFd))
    };
    // A step that forgot to name its descriptor has been reported; its users are not to blame.
    let unsure = program.steps().any(|located| defines(located) && located.defines.is_none());
    let mut blamed = BTreeSet::new();
    for ((list, at), state) in states {
        let Some(located) = program.list(*list).get(*at) else { continue };
        let scans = located.step.as_ref().is_some_and(|step| step.op == OpKind::Readdir);
        for (named, needs_directory) in
            [(located.uses.as_ref(), scans), (located.at.as_ref(), true)]
        {
            let Some(named) = named else { continue };
            match state.get(&named.name) {
                Some(slot) if slot.open => {
                    if needs_directory && !slot.directory {
                        let message = format!("`{}` cannot be a directory", named.name);
                        log.add_absence(
                            Diagnostic::new(named.span.clone(), message)
                                .label("it is opened for writing or as a new file")
                                .help("open it with `flags = [\"directory\"]`".to_owned()),
                        );
                    }
                }
                found => {
                    if !unsure && blamed.insert(named.name.as_str()) {
                        log.add_absence(not_open(program, named, found.is_some(), state));
                    }
                }
            }
        }
    }
}

fn not_open(program: &Program<'_>, named: &Named, closed: bool, state: &State) -> Diagnostic {
    let name = &named.name;
    let elsewhere = program
        .steps()
        .filter_map(|located| located.defines.as_ref())
        .any(|defined| defined.name == *name);
    let label = if closed {
        "it is closed on every way that leads here"
    } else if elsewhere {
        "it is only opened later, or on another way"
    } else {
        "no step before this one opens it"
    };
    let open: Vec<&str> =
        state.iter().filter(|(_, slot)| slot.open).map(|(name, _)| name.as_str()).collect();
    let help = match suggest::nearest(name, open.iter().copied()) {
        Some(near) if !closed => Some(format!("did you mean `{near}`?")),
        _ if open.is_empty() => None,
        _ => Some(format!("open here: {}", suggest::list(open, "and"))),
    };
    Diagnostic::new(named.span.clone(), format!("no descriptor `{name}` is open here"))
        .label(label)
        .help(help)
}
