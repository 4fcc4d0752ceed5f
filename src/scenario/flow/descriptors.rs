//! Descriptors: what a step uses may be open there, and is what the step needs.

use std::collections::BTreeSet;

use super::Program;
use super::states::{State, States};
use crate::ops::{FieldKind, OpKind};
use crate::scenario::check::MAX_DESCRIPTORS;
use crate::scenario::diagnostic::{Diagnostic, Log};
use crate::scenario::step::{Located, Named};
use crate::scenario::suggest;

/// Checks the descriptors of an actor.
pub(super) fn check(log: &Log<'_>, program: &Program<'_>, states: &States) {
    check_shared(log, program);
    check_number(log, program);
    check_uses(log, program, states);
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
}

fn check_number(log: &Log<'_>, program: &Program<'_>) {
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

fn check_uses(log: &Log<'_>, program: &Program<'_>, states: &States) {
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
