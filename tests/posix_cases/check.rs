//! A case against the model, and against a real filesystem next to the model.

use std::path::Path;

use fsrace::model::{Nexts, Program, Rules, World};
use fsrace::outcome::Returned;
use fsrace::plan::{Plan, Settings, plan};

use super::common::replay::{Spoil, replay, unspoilt};
use super::notation::{Case, Step};
use super::tree;

/// What became of a case on a filesystem.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It is as the case states.
    Yes,
    /// The filesystem does not have one of its operations.
    NotHad,
}

fn planned(case: &Case) -> Plan {
    let text = case.toml();
    let scenario = fsrace::scenario::parse(&text, "case")
        .unwrap_or_else(|mistakes| panic!("{}: {}\n{mistakes}\n{text}", case.family, case.fact));
    plan(&scenario, &Settings::default()).expect("a plan")
}

/// Whether what the model has is exactly what the case states: each result that it has is
/// stated, and it has each that is stated.
///
/// # Errors
/// What it has instead.
pub fn against_model(case: &Case, rules: Rules, spoil: &Spoil<'_>) -> Result<(), String> {
    let plan = planned(case);
    let program = Program::new(&plan, rules).expect("a model");
    let mut worlds = vec![program.start()];
    for step in &case.steps {
        let (returned, after) = all_nexts(&program, &worlds, step.caller, spoil);
        let stated = |one: &Returned| step.expected.iter().any(|it| it.is(one, &plan, rules));
        let exact = returned.iter().all(stated)
            && step.expected.iter().all(|it| returned.iter().any(|one| it.is(one, &plan, rules)));
        if !exact {
            return Err(format!("{}: {:?}, model: {returned:?}", step.text, step.expected));
        }
        worlds = after;
    }
    for world in &worlds {
        let left = program.left(&world.state);
        if case.left.as_ref().is_some_and(|stated| !tree::is(stated, &left)) {
            return Err(format!("left: {:?}, model: {left:#?}", case.left));
        }
    }
    Ok(())
}

/// Everything that the next step of a caller can return, and the worlds after it.
fn all_nexts(
    program: &Program,
    worlds: &[World],
    caller: usize,
    spoil: &Spoil<'_>,
) -> (Vec<Returned>, Vec<World>) {
    let (mut returned, mut after) = (Vec::new(), Vec::new());
    for world in worlds {
        let mut nexts = Nexts::default();
        program.nexts(world, caller, &mut nexts);
        let step = world.positions[caller].step;
        for mut next in nexts.0 {
            spoil(program, &world.state, caller, step, &mut next);
            let then = program.after(world, caller, &next);
            if !after.contains(&then) {
                after.push(then);
            }
            returned.push(next.returned);
        }
    }
    (returned, after)
}

/// Whether what happens in `room` is among what the case states, and what the model has.
///
/// # Errors
/// What happens instead.
pub fn against_filesystem(case: &Case, room: &Path, rules: Rules) -> Result<Held, String> {
    let plan = planned(case);
    let mut callers = case.steps.iter().map(|step| step.caller);
    let turn = |_: &[usize]| callers.next().expect("as many turns as steps");
    let replayed = replay(&plan, room, rules, turn, &unspoilt)?;
    let differs = |(step, returned): &(&Step, &Returned)| {
        !step.expected.iter().any(|one| one.is(returned, &plan, rules))
    };
    let Some(left) = replayed.left else { return Ok(Held::NotHad) };
    if let Some((step, returned)) = case.steps.iter().zip(&replayed.returned).find(differs) {
        return Err(format!("{}: {:?}, seen: {returned:?}", step.text, step.expected));
    }
    match &case.left {
        Some(stated) if !tree::is(stated, &left) => {
            Err(format!("left: {stated:?}, seen: {left:#?}"))
        }
        _ => Ok(Held::Yes),
    }
}
