//! Branches: every name leads somewhere, every branch is used, and every iteration ends.

use std::collections::BTreeSet;

use super::Program;
use super::states::States;
use crate::scenario::diagnostic::{Diagnostic, Log};
use crate::scenario::suggest;
use crate::scenario::types::Jump;

/// Checks the branches of an actor, and that its steps can be reached.
pub(super) fn check(log: &Log<'_>, program: &Program<'_>, states: &States) {
    check_targets(log, program);
    check_circles(log, program);
    check_reached(log, program, states);
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
        jumps.filter_map(|(on, _)| program.target(&on.jump)).collect()
    };
    for (index, (branch, steps)) in program.branches.iter().enumerate() {
        for (on, place) in steps.iter().flat_map(|step| &step.on) {
            let Some(target) = program.target(&on.jump) else { continue };
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

fn check_reached(log: &Log<'_>, program: &Program<'_>, states: &States) {
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
