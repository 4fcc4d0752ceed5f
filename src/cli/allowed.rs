//! What a scenario may show, as `fsrace check` lists it.

use std::cmp::Reverse;
use std::fmt::Write;

use crate::model::free::{self, Reachable};
use crate::model::{Explored, Limits, Platform, Position, Program, Rules, explore};
use crate::outcome::{Outcome, Words};
use crate::plan::Plan;
use crate::scenario::Mode;

/// Programs with more than this are not listed: nobody would read it.
const LIMITS: Limits = Limits { worlds: 20_000, outcomes: 100_000 };
/// Outcomes that are listed unless all are asked for.
const LISTED: usize = 12;

/// The outcomes that POSIX allows when each actor makes one iteration, or why there is no list; and
/// whether the model can follow a scenario in which they loop.
pub(super) fn allowed(plan: &Plan, all: bool) -> String {
    let rules = Rules {
        platform: Platform::here(),
        privileged: rustix::process::geteuid().is_root(),
        directory_links: Default::default(),
        identities: true,
    };
    let looping = if plan.mode == Mode::Free { looping(plan, rules) } else { String::new() };
    once(plan, rules, all) + &looping
}

fn looping(plan: &Plan, rules: Rules) -> String {
    match Reachable::new(plan, rules, free::Limits::default()) {
        Ok(reachable) => format!(
            "while they loop, each step is judged by what it can show in {} combinations of where \
             the actors stand and what the files are\n",
            reachable.worlds
        ),
        Err(why) => format!("while they loop, they are judged without the model: {why}\n"),
    }
}

fn once(plan: &Plan, rules: Rules, all: bool) -> String {
    let program = match Program::new(plan, rules) {
        Ok(program) => program,
        Err(wrong) => return format!("no list of the allowed outcomes: {wrong}\n"),
    };
    match explore(&program, LIMITS) {
        Err(wrong) => format!("no list of the allowed outcomes: there are {wrong}\n"),
        Ok(explored) => list(plan, &program, &explored, all),
    }
}

fn list(plan: &Plan, program: &Program, explored: &Explored, all: bool) -> String {
    let words = Words::new(plan).telling_apart(|entry| explored.terms.is_stable(entry));
    let mut outcomes: Vec<(u128, Vec<String>)> = explored
        .outcomes()
        .filter_map(|(key, count)| Some((count, explored.witness(program, key)?)))
        .map(|(count, outcome)| (count, lines(&words, &outcome)))
        .collect();
    outcomes.sort_unstable_by(|a, b| (Reverse(a.0), &a.1).cmp(&(Reverse(b.0), &b.1)));
    let mut out = String::new();
    let Some((_, first)) = outcomes.first() else {
        out.push_str("no outcome is allowed: the actors always end up waiting for each other\n");
        return out + &waiting(plan, explored);
    };
    let ways = outcomes.iter().fold(0_u128, |sum, (count, _)| sum.saturating_add(*count));
    if let [(_, only)] = outcomes.as_slice() {
        let _ =
            writeln!(out, "one outcome is allowed, in all {ways} interleavings of an iteration");
        rows(&mut out, plan, "  ", only, |_| true);
        return out + &waiting(plan, explored);
    }
    let _ = writeln!(
        out,
        "{} outcomes are allowed, in {ways} interleavings of one iteration of each actor",
        outcomes.len()
    );
    let same: Vec<bool> = (0..first.len())
        .map(|row| outcomes.iter().all(|(_, lines)| lines[row] == first[row]))
        .collect();
    if same.contains(&true) {
        out.push_str("  in every one of them\n");
        rows(&mut out, plan, "     ", first, |row| same[row]);
    }
    let shown = if all { outcomes.len() } else { LISTED };
    for (number, (count, lines)) in outcomes.iter().take(shown).enumerate() {
        let times = if *count == 1 { "interleaving" } else { "interleavings" };
        let _ = writeln!(out, "  {}. in {count} {times}", number + 1);
        rows(&mut out, plan, "     ", lines, |row| !same[row]);
    }
    if outcomes.len() > shown {
        let _ = writeln!(out, "  and {} more: --all lists them", outcomes.len() - shown);
    }
    out + &waiting(plan, explored)
}

/// One line for each actor, and one for the tree that is left.
fn lines(words: &Words<'_>, outcome: &Outcome) -> Vec<String> {
    let actors = outcome.actors.iter().enumerate();
    let actors = actors.map(|(actor, history)| words.history(actor, history));
    actors.chain([words.left(&outcome.left)]).collect()
}

fn rows(
    out: &mut String,
    plan: &Plan,
    indent: &str,
    lines: &[String],
    wanted: impl Fn(usize) -> bool,
) {
    let names = plan.actors.iter().map(|actor| actor.name.as_str()).chain(["left"]);
    let width = names.clone().map(|name| name.chars().count()).max().unwrap_or_default();
    for (row, (name, line)) in names.zip(lines).enumerate() {
        if wanted(row) {
            let _ = writeln!(out, "{indent}{name:width$}  {line}");
        }
    }
}

/// Where actors can wait for each other for ever.
fn waiting(plan: &Plan, explored: &Explored) -> String {
    let mut out = String::new();
    for stopped in explored.stopped() {
        let waits = stopped.positions.iter().enumerate();
        let waits = waits.filter(|(_, position)| **position != Position::DONE);
        let waits = waits.map(|(actor, position)| {
            let actor = &plan.actors[actor];
            format!("{} in `{}`", actor.name, actor.steps[usize::from(position.step)].text)
        });
        let waits: Vec<String> = waits.collect();
        let _ = writeln!(out, "  waiting for ever is possible: {}", waits.join(", "));
    }
    out
}
