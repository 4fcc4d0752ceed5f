//! The list of all executions of a program is the same judge as the search for one: the same outcomes,
//! allowed in the same order of the calls.

#[path = "common/scenarios.rs"]
mod scenarios;

use std::path::PathBuf;

use fsrace::detect::Accepted;
use fsrace::model::relax::{Execution, Moment, Question, Searched, executions, search};
use fsrace::model::{Limits, Program, Rules, Terms, explore};
use fsrace::outcome::{Interval, Outcome, precedes};
use fsrace::plan::{Settings, plan};
use fsrace::scenario::{Mode, parse};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const LIMITS: Limits = Limits { worlds: 100_000, outcomes: 100_000 };
/// Orders in time that each outcome is asked about.
const TIMES: u32 = 12;

/// Every shipped scenario in rounds mode.
fn programs() -> Vec<(String, Program)> {
    let program = |path: PathBuf| {
        let name = path.display().to_string();
        let scenario = parse(&std::fs::read_to_string(&path).unwrap(), &name).unwrap();
        let plan = plan(&scenario, &Settings::default()).unwrap();
        let rules = Rules {
            platform: Default::default(),
            privileged: true,
            directory_links: Default::default(),
            identities: true,
        };
        (plan.mode == Mode::Rounds).then(|| (name, Program::new(&plan, rules).unwrap()))
    };
    scenarios::files().into_iter().filter_map(program).collect()
}

/// Random times for the calls of an outcome: those of one actor follow one another.
fn times(outcome: &Outcome, rng: &mut Xoshiro256PlusPlus) -> Vec<Vec<Interval>> {
    let actor = |steps: &Vec<_>| {
        let mut now = rng.random_range(0..6_u64);
        let interval = |_| {
            let start = now + rng.random_range(0..3);
            let end = start + rng.random_range(0..4);
            now = end + 1;
            Interval { start, end }
        };
        steps.iter().map(interval).collect()
    };
    outcome.actors.iter().map(actor).collect()
}

/// Whether the calls can have run like this: as an exported program looks at it.
fn can_be(execution: &Execution, times: &[Vec<Interval>]) -> bool {
    let mut spans: Vec<Vec<(usize, usize)>> = vec![Vec::new(); times.len()];
    for (at, &(actor, moment)) in execution.iter().enumerate() {
        let own = &mut spans[usize::from(actor)];
        match moment {
            Moment::Returns => own.last_mut().unwrap().1 = at,
            Moment::Whole | Moment::Begins => own.push((at, at)),
        }
    }
    let calls = || {
        (0..times.len()).flat_map(|actor| (0..times[actor].len()).map(move |call| (actor, call)))
    };
    calls().all(|(one, a)| {
        calls().filter(|(other, _)| *other != one).all(|(other, b)| {
            !precedes(times[one][a], times[other][b], 0) || spans[one][a].1 < spans[other][b].0
        })
    })
}

#[test]
fn listed_executions_judge_as_the_search_does() {
    let accepted = Accepted::default();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
    let (mut relaxed, mut early, mut late) = (0, 0, 0);
    for (name, program) in programs() {
        let explored = explore(&program, LIMITS).unwrap();
        let terms: Terms = explored.terms.clone();
        let listed = executions(&program, &terms, accepted.relaxations(), LIMITS, 6000).unwrap();
        for (key, _) in explored.outcomes() {
            let outcome = explored.witness(&program, key).unwrap();
            assert!(listed.iter().any(|(one, _)| *one == outcome), "{name}: {outcome:?}");
        }
        relaxed += listed.len() - explored.outcomes().len();
        for (outcome, executions) in &listed {
            if executions.is_empty() {
                // A program of that size may have too many orders.
                assert!(program.actors() > 3, "{name}: too many orders");
                continue;
            }
            for _ in 0..TIMES {
                let times = times(outcome, &mut rng);
                let question = Question {
                    program: &program,
                    outcome,
                    times: Some(&times),
                    error: 0,
                    terms: &terms,
                    limit: 60_000,
                };
                let searched = search(&question, accepted.relaxations());
                let can = executions.iter().any(|execution| can_be(execution, &times));
                assert_eq!(can, searched == Searched::Explained, "{name}: {outcome:?} {times:?}");
                *if can { &mut early } else { &mut late } += 1;
            }
        }
    }
    // Of each kind there are some, so that the test has said something.
    assert!(relaxed > 10 && early > 1000 && late > 100, "{relaxed} {early} {late}");
}
