//! Random programs: the ways to judge agree.

use std::collections::{BTreeMap, BTreeSet};

use fsrace::model::{
    Checked, Explored, Judge, Key, Limits, Nexts, Program, Terms, Verdict, World, check,
};
use fsrace::outcome::{Done, Identity, Outcome, Returned, Words};
use proptest::prelude::*;

use super::generate::{Draw, Shape, scenario};
use super::{explored, planned, program};

/// More worlds than any of the programs has.
const LIMIT: usize = 1 << 20;

fn shapes() -> impl Strategy<Value = Shape> {
    (2..4_u64, 1..4_u64).prop_map(|(actors, steps)| Shape { actors, steps, jumps: true })
}

fn is_allowed(program: &Program, explored: &mut Explored, outcome: &Outcome) -> bool {
    let terms = explored.terms.clone();
    match check(program, &mut explored.moves, &terms, outcome, None, LIMIT) {
        Checked::Allowed(_) => true,
        Checked::Forbidden(_) => false,
        Checked::GaveUp => panic!("gave up"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_outcome_has_a_witness_that_the_search_explains(seed: u64, shape in shapes()) {
        let toml = scenario(seed, shape);
        let program = program(&toml);
        let mut explored = explored(&program);
        let keys: Vec<Key> = explored.outcomes().map(|(key, _)| key).collect();
        // Some of many.
        let stride = keys.len() / 50 + 1;
        for key in keys.into_iter().step_by(stride) {
            let witness = explored.witness(&program, key).expect("a witness");
            prop_assert_eq!(explored.key(&program, &witness), Ok(key), "{}", toml);
            prop_assert!(is_allowed(&program, &mut explored, &witness), "{}\n{:#?}", toml, witness);
        }
    }

    #[test]
    fn changed_outcomes_get_one_verdict_from_both(seed: u64, shape in shapes()) {
        let toml = scenario(seed, shape);
        let program = program(&toml);
        let mut explored = explored(&program);
        let keys: Vec<Key> = explored.outcomes().map(|(key, _)| key).collect();
        let mut draw = Draw::new(seed);
        for _ in 0..20 {
            if keys.is_empty() {
                break;
            }
            let outcomes: Vec<Outcome> = [draw.of(&keys), draw.of(&keys)]
                .iter()
                .map(|key| explored.witness(&program, *key).expect("a witness"))
                .collect();
            let changed = change(&mut draw, &outcomes[0], &outcomes[1]);
            let changed = explored.terms.outcome(&changed);
            let listed = explored.key(&program, &changed).is_ok_and(|key| explored.count(key) > 0);
            let searched = is_allowed(&program, &mut explored, &changed);
            // Of what the model does not know, only the search judges.
            let unknown = explored.moves.all().iter().any(|one| one.returned == Returned::TooMuch);
            prop_assert!(listed == searched || unknown && searched, "{}\n{:#?}", toml, changed);
        }
    }

    #[test]
    fn a_judge_that_lists_and_one_that_searches_agree(seed: u64, shape in shapes()) {
        let toml = scenario(seed, shape);
        let mut lists = Judge::new(program(&toml), Limits::default());
        let mut searches = Judge::new(program(&toml), Limits { outcomes: 0, ..Limits::default() });
        prop_assert!(searches.explored().is_err());
        let program = program(&toml);
        let mut draw = Draw::new(seed);
        let mut seen = Vec::new();
        for _ in 0..10 {
            let [one, other] = [(), ()].map(|()| simulated(&program, &mut draw));
            prop_assert_eq!(lists.verdict(&one), Verdict::Allowed, "{}\n{:#?}", toml, one);
            prop_assert_eq!(searches.verdict(&one), Verdict::Allowed, "{}\n{:#?}", toml, one);
            let forgetful = forget(&mut draw, &one);
            prop_assert_eq!(lists.verdict(&forgetful), Verdict::Allowed, "{}\n{:#?}", toml, one);
            prop_assert_eq!(searches.verdict(&forgetful), Verdict::Allowed, "{}", toml);
            let changed = change(&mut draw, &one, &other);
            let (listed, searched) = (lists.verdict(&changed), searches.verdict(&changed));
            let (listed, searched) = (listed == Verdict::Allowed, searched == Verdict::Allowed);
            // A search tells fewer files apart.
            let same = lists.terms() == searches.terms();
            prop_assert!(listed == searched || !same && searched, "{}\n{:#?}", toml, changed);
            seen.push(one);
        }
        for entry in (0..4).filter(|entry| searches.terms().is_stable(*entry)) {
            prop_assert!(lists.terms().is_stable(entry), "{}", toml);
        }
        let coverage = lists.coverage(&seen).expect("listed");
        prop_assert!(coverage.seen >= 1 && coverage.seen <= coverage.allowed.min(seen.len()));
    }

    #[test]
    fn different_outcomes_are_told_in_different_words(seed: u64, shape in shapes()) {
        let toml = scenario(seed, shape);
        let plan = planned(&toml);
        let program = program(&toml);
        let explored = explored(&program);
        let words = Words::new(&plan).telling_apart(|entry| explored.terms.is_stable(entry));
        let mut told = BTreeSet::new();
        for (key, _) in explored.outcomes().take(200) {
            let outcome = explored.witness(&program, key).expect("a witness");
            let text = in_words(&words, &outcome);
            prop_assert!(told.insert(text.clone()), "{}\n{}\n{:#?}", toml, text, outcome);
        }
    }

    #[test]
    fn the_list_is_that_of_brute_force(seed: u64, actors in 2..4_u64) {
        let shape = Shape { actors, steps: if actors == 2 { 3 } else { 2 }, jumps: true };
        let toml = scenario(seed, shape);
        let program = program(&toml);
        let explored = explored(&program);
        let mut all = BTreeMap::new();
        let mut outcome = Outcome { actors: vec![Vec::new(); program.actors()], left: Vec::new() };
        walk(&program, &explored.terms, program.start(), &mut outcome, &mut |outcome| {
            let key = explored.key(&program, outcome).expect("follows the program");
            *all.entry(key).or_insert(0_u128) += 1;
        });
        let listed: BTreeMap<Key, u128> = explored.outcomes().collect();
        prop_assert_eq!(listed, all, "{}", toml);
    }
}

/// An outcome in one line.
pub fn in_words(words: &Words<'_>, outcome: &Outcome) -> String {
    let histories = outcome.actors.iter().enumerate();
    let histories = histories.map(|(actor, history)| words.history(actor, history));
    histories.chain([words.left(&outcome.left)]).collect::<Vec<_>>().join(" | ")
}

/// What a random interleaving shows.
fn simulated(program: &Program, draw: &mut Draw) -> Outcome {
    simulated_in_order(program, draw).0
}

/// The same, with the order in which the actors made their steps.
pub fn simulated_in_order(program: &Program, draw: &mut Draw) -> (Outcome, Vec<usize>) {
    let mut world = program.start();
    let mut outcome = Outcome { actors: vec![Vec::new(); program.actors()], left: Vec::new() };
    let mut order = Vec::new();
    while !world.is_done() {
        let actor = draw.below(program.actors() as u64) as usize;
        let mut nexts = Nexts::default();
        program.nexts(&world, actor, &mut nexts);
        if nexts.0.is_empty() {
            continue;
        }
        let next = &nexts.0[draw.below(nexts.0.len() as u64) as usize];
        let (step, returned) = (world.positions[actor].step, next.returned.clone());
        outcome.actors[actor].push(Done { step, returned });
        order.push(actor);
        world = program.after(&world, actor, next);
    }
    outcome.left = program.left(&world.state);
    (outcome, order)
}

/// Every interleaving, one by one.
fn walk(
    program: &Program,
    terms: &Terms,
    world: World,
    outcome: &mut Outcome,
    take: &mut impl FnMut(&Outcome),
) {
    if world.is_done() {
        outcome.left = program.left(&world.state);
        terms.left(&mut outcome.left);
        return take(outcome);
    }
    for actor in 0..program.actors() {
        let mut nexts = Nexts::default();
        program.nexts(&world, actor, &mut nexts);
        for next in &nexts.0 {
            let mut returned = next.returned.clone();
            terms.returned(&mut returned);
            outcome.actors[actor].push(Done { step: world.positions[actor].step, returned });
            walk(program, terms, program.after(&world, actor, next), outcome, take);
            outcome.actors[actor].pop();
        }
    }
}

/// An outcome of which some results were too long to be noted.
fn forget(draw: &mut Draw, outcome: &Outcome) -> Outcome {
    let mut outcome = outcome.clone();
    for done in outcome.actors.iter_mut().flatten() {
        let long = matches!(done.returned, Returned::Read(_) | Returned::Names(_));
        if long && draw.one_in(2) {
            done.returned = Returned::TooMuch;
        }
    }
    outcome
}

/// An outcome with something changed in it.
fn change(draw: &mut Draw, outcome: &Outcome, other: &Outcome) -> Outcome {
    let mut changed = outcome.clone();
    let actor = draw.below(changed.actors.len() as u64) as usize;
    let history = &mut changed.actors[actor];
    if history.is_empty() {
        return changed;
    }
    let index = draw.below(history.len() as u64) as usize;
    match draw.below(8) {
        // An actor, or the tree, of another outcome.
        0 => changed.actors[actor] = other.actors[actor].clone(),
        1 => changed.left = other.left.clone(),
        2 => {
            let at = draw.below(history.len() as u64) as usize;
            let swapped = history[at].returned.clone();
            history[at].returned = std::mem::replace(&mut history[index].returned, swapped);
        }
        3 => history.swap(0, index),
        4 => {
            history.pop();
        }
        5 if !changed.left.is_empty() => {
            let at = draw.below(changed.left.len() as u64) as usize;
            match draw.below(3) {
                0 => {
                    changed.left.remove(at);
                }
                1 => changed.left[at].stat.mode ^= 0o20,
                _ => changed.left[at].stat.identity = Identity::Fixture(draw.below(3) as u16),
            }
        }
        _ => change_returned(draw, &mut history[index].returned),
    }
    changed
}

fn change_returned(draw: &mut Draw, returned: &mut Returned) {
    let errnos = [libc::ENOENT, libc::EEXIST, libc::EISDIR, libc::EAGAIN, libc::EBADF];
    match returned {
        Returned::Stat(stat) if !draw.one_in(4) => match draw.below(3) {
            0 => stat.nlink += 1,
            1 => stat.size = stat.size.map(|size| size + 1),
            _ => stat.identity = Identity::Fixture(draw.below(4) as u16),
        },
        Returned::Names(names) if !draw.one_in(4) => match names.pop() {
            Some(name) if draw.one_in(2) => names.extend([name.clone(), name]),
            Some(_) => {}
            None => names.push("a".to_owned()),
        },
        Returned::Offset(offset) if draw.one_in(2) => *offset += 1,
        Returned::Wrote(count) if draw.one_in(2) => *count += 1,
        Returned::Read(runs) if !draw.one_in(4) => {
            *runs = if draw.one_in(2) { runs.slice(0, 1) } else { runs.resized(runs.len() + 1) };
        }
        Returned::Failed(_) if draw.one_in(2) => *returned = Returned::Done,
        _ => *returned = Returned::Failed(draw.of(&errnos) as u16),
    }
}
