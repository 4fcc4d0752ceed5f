//! A program after a reduction: what has lost its meaning is removed, and the rest checked.

use std::collections::BTreeSet;

use crate::scenario::{
    Actor, Jump, OpenFlag, Scenario, Step, digest, parse, sort_fixture, to_toml,
};

/// The reduced program, if it still is one that a scenario file can hold, and in which anything can
/// race.
pub fn tidy(mut scenario: Scenario) -> Option<Scenario> {
    let shared: BTreeSet<String> = scenario.shared.iter().map(|one| one.name.clone()).collect();
    scenario.actors.iter_mut().for_each(|actor| cut(actor, &shared));
    scenario.actors.retain(|actor| !actor.steps.is_empty());
    let instances: u32 = scenario.actors.iter().map(|actor| actor.count).sum();
    if instances < 2 {
        return None;
    }
    for flags in steps_of(&mut scenario).map(|step| &mut step.flags) {
        let access = [OpenFlag::Rdonly, OpenFlag::Wronly, OpenFlag::Rdwr];
        if !flags.is_empty() && !flags.iter().any(|flag| access.contains(flag)) {
            flags.insert(0, OpenFlag::Rdonly);
        }
    }
    // Entries may have got other names.
    sort_fixture(&mut scenario.fixture);
    scenario.digest = digest(&scenario);
    // The check knows all rules, and what is written must be read as the same.
    parse(&to_toml(&scenario), "reduced").ok().filter(|read| read.digest == scenario.digest)
}

fn steps_of(scenario: &mut Scenario) -> impl Iterator<Item = &mut Step> {
    scenario.actors.iter_mut().flat_map(|actor| {
        let branches = actor.branches.iter_mut().flat_map(|branch| branch.steps.iter_mut());
        actor.steps.iter_mut().chain(branches)
    })
}

/// Removes steps that use what nobody opens any more, branches without steps and branches that
/// nothing leads to, until there are none.
fn cut(actor: &mut Actor, shared: &BTreeSet<String>) {
    loop {
        let before = (steps(actor).count(), actor.branches.len());
        let mut opened: BTreeSet<String> = shared.clone();
        opened.extend(steps(actor).filter_map(|step| defines(step).cloned()));
        let fits = |step: &Step| {
            let uses = [step.at.as_ref(), used(step)].into_iter().flatten();
            uses.into_iter().all(|name| opened.contains(name))
        };
        actor.steps.retain(fits);
        actor.branches.iter_mut().for_each(|branch| branch.steps.retain(fits));
        actor.branches.retain(|branch| !branch.steps.is_empty());
        let names: BTreeSet<String> = actor.branches.iter().map(|it| it.name.clone()).collect();
        let leads = |jump: &Jump| match jump {
            Jump::Branch(name) => names.contains(name),
            Jump::Again | Jump::Next => true,
        };
        let branches = actor.branches.iter_mut().flat_map(|branch| branch.steps.iter_mut());
        actor.steps.iter_mut().chain(branches).for_each(|step| {
            step.on.retain(|on| leads(&on.jump));
        });
        let reached: BTreeSet<String> = steps(actor)
            .flat_map(|step| &step.on)
            .filter_map(|on| match &on.jump {
                Jump::Branch(name) => Some(name.clone()),
                Jump::Again | Jump::Next => None,
            })
            .collect();
        actor.branches.retain(|branch| reached.contains(&branch.name));
        if (steps(actor).count(), actor.branches.len()) == before {
            return;
        }
    }
}

fn steps(actor: &Actor) -> impl Iterator<Item = &Step> {
    actor.steps.iter().chain(actor.branches.iter().flat_map(|branch| &branch.steps))
}

/// The descriptor that a step opens.
fn defines(step: &Step) -> Option<&String> {
    use crate::ops::OpKind::{Creat, Dup, Open};
    match step.op {
        Open | Creat => step.fd.as_ref(),
        Dup => step.new.as_ref(),
        _ => None,
    }
}

/// The descriptor that a step works on.
fn used(step: &Step) -> Option<&String> {
    use crate::ops::OpKind::{Creat, Open};
    step.fd.as_ref().filter(|_| !matches!(step.op, Open | Creat))
}
