//! Real time: what had returned before something else was called came first.

use fsrace::model::{Judge, Limits, Nexts, Program, Terms, Verdict, World};
use fsrace::outcome::{Done, History, Interval, Outcome, Returned, precedes};
use proptest::prelude::*;

use super::generate::{Draw, Shape, scenario};
use super::program;
use super::random::simulated_in_order;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn steps_that_take_their_time_around_an_interleaving_are_allowed(
        seed: u64, actors in 2..4_u64, steps in 1..4_u64, error in 0..3_u64,
    ) {
        let toml = scenario(seed, Shape { actors, steps, jumps: true });
        let program = program(&toml);
        let mut draw = Draw::new(seed);
        let mut judge = Judge::new(super::program(&toml), Limits::default());
        for _ in 0..5 {
            let (outcome, order) = simulated_in_order(&program, &mut draw);
            let times = around(&mut draw, program.actors(), &order);
            let history = History { outcome, times };
            let verdict = judge.verdict_in_time(&history, error);
            prop_assert_eq!(verdict, Verdict::Allowed, "{}\n{:#?}", toml, history);
        }
    }

    #[test]
    fn the_search_in_time_is_brute_force_in_time(seed: u64, actors in 2..4_u64, error in 0..4_u64) {
        let shape = Shape { actors, steps: if actors == 2 { 3 } else { 2 }, jumps: false };
        let toml = scenario(seed, shape);
        let program = program(&toml);
        let mut draw = Draw::new(seed);
        let mut judge = Judge::new(super::program(&toml), Limits::default());
        for _ in 0..5 {
            // The results of one interleaving, at the times of another.
            let (outcome, mut order) = simulated_in_order(&program, &mut draw);
            for index in (1..order.len()).rev() {
                order.swap(index, draw.below(index as u64 + 1) as usize);
            }
            let times = around(&mut draw, program.actors(), &order);
            let outcome = judge.terms().outcome(&outcome);
            let history = History { outcome, times };
            let mut seen = Outcome {
                actors: vec![Vec::new(); program.actors()],
                left: Vec::new(),
            };
            let expected = any_order(
                &program, judge.terms(), &history, error, program.start(), &mut seen,
            );
            let verdict = judge.verdict_in_time(&history, error);
            prop_assert_eq!(verdict == Verdict::Allowed, expected, "{}\n{:#?}", toml, history);
        }
    }
}

/// An interval around the place of each step in an order; those of one actor do not overlap.
fn around(draw: &mut Draw, actors: usize, order: &[usize]) -> Vec<Vec<Interval>> {
    const GAP: u64 = 10;
    let mut times: Vec<Vec<Interval>> = vec![Vec::new(); actors];
    for (place, &actor) in order.iter().enumerate() {
        let at = (place as u64 + 1) * GAP;
        let next = order[place + 1..].iter().position(|other| *other == actor);
        let room = next.map_or(3, |next| next as u64 + 1) * GAP;
        let earliest = times[actor].last().map_or(0, |last| last.end);
        let start = at - draw.below((at - earliest).min(3 * GAP) + 1);
        times[actor].push(Interval { start, end: at + draw.below(room.min(3 * GAP)) });
    }
    times
}

/// Whether some interleaving shows this history, by trying all of them.
fn any_order(
    program: &Program,
    terms: &Terms,
    history: &History,
    error: u64,
    world: World,
    seen: &mut Outcome,
) -> bool {
    if world.is_done() {
        seen.left = program.left(&world.state);
        terms.left(&mut seen.left);
        return *seen == history.outcome;
    }
    for actor in 0..program.actors() {
        let mut nexts = Nexts::default();
        program.nexts(&world, actor, &mut nexts);
        if nexts.0.is_empty() {
            continue;
        }
        let Some(this) = history.times[actor].get(seen.actors[actor].len()) else { continue };
        let comes_first = |other: usize| {
            let left = &history.times[other][seen.actors[other].len()..];
            other != actor && left.iter().any(|time| precedes(*time, *this, error))
        };
        if (0..program.actors()).any(comes_first) {
            continue;
        }
        for next in &nexts.0 {
            let mut returned = next.returned.clone();
            terms.returned(&mut returned);
            seen.actors[actor].push(Done { step: world.positions[actor].step, returned });
            let after = program.after(&world, actor, next);
            let found = any_order(program, terms, history, error, after, seen);
            seen.actors[actor].pop();
            if found {
                return true;
            }
        }
    }
    false
}

fn at(start: u64, end: u64) -> Interval {
    Interval { start, end }
}

/// The verdict on what two actors with one step each returned, at these times.
fn verdict(toml: &str, returned: [Returned; 2], times: [Interval; 2], error: u64) -> Verdict {
    let program = program(toml);
    let mut judge = Judge::new(super::program(toml), Limits::default());
    let explored = judge.explored().expect("small");
    // The tree comes from the outcome that has these results.
    let mut outcomes = explored.outcomes().filter_map(|(key, _)| explored.witness(&program, key));
    let actors: Vec<Vec<Done>> =
        returned.into_iter().map(|returned| vec![Done { step: 0, returned }]).collect();
    let outcome = outcomes.find(|outcome| outcome.actors == actors).expect("allowed in some order");
    drop(outcomes);
    let times = times.into_iter().map(|time| vec![time]).collect();
    judge.verdict_in_time(&History { outcome, times }, error)
}

const MAKE_AND_ASK: &str = r#"
name = "make-and-ask"
[[actor]]
name = "maker"
steps = [{ op = "mkdir", path = "x" }]
[[actor]]
name = "asker"
steps = [{ op = "access", path = "x" }]
"#;

fn enoent() -> Returned {
    Returned::Failed(libc::ENOENT as u16)
}

#[test]
fn a_stale_answer_is_forbidden() {
    let stale = || [Returned::Done, enoent()];
    let asked_later = |error| verdict(MAKE_AND_ASK, stale(), [at(10, 20), at(21, 30)], error);
    assert!(matches!(asked_later(0), Verdict::Forbidden(_)));
    // The clocks may be wrong by that much.
    assert_eq!(asked_later(1), Verdict::Allowed);
    assert_eq!(verdict(MAKE_AND_ASK, stale(), [at(10, 20), at(20, 30)], 0), Verdict::Allowed);
    assert_eq!(verdict(MAKE_AND_ASK, stale(), [at(10, 20), at(1, 30)], 0), Verdict::Allowed);
    assert_eq!(verdict(MAKE_AND_ASK, stale(), [at(10, 20), at(1, 5)], 0), Verdict::Allowed);
}

#[test]
fn an_answer_from_the_future_is_forbidden() {
    let early = [Returned::Done, Returned::Done];
    let Verdict::Forbidden(stuck) = verdict(MAKE_AND_ASK, early, [at(10, 20), at(1, 5)], 0) else {
        panic!("allowed");
    };
    assert_eq!(stuck.explained, []);
    assert_eq!(stuck.unexplained, [(1, 0)]);
}

#[test]
fn what_was_overwritten_before_cannot_be_left() {
    let toml = r#"
name = "last-writer"
[fixture]
"f" = { content = "-" }
[shared.f]
path = "f"
flags = ["rdwr"]
[[actor]]
name = "a"
steps = [{ op = "pwrite", fd = "f", content = "A", offset = 0 }]
[[actor]]
name = "b"
steps = [{ op = "pwrite", fd = "f", content = "B", offset = 0 }]
"#;
    let program = program(toml);
    let mut judge = Judge::new(super::program(toml), Limits::default());
    let explored = judge.explored().expect("small");
    let outcomes: Vec<Outcome> =
        explored.outcomes().filter_map(|(key, _)| explored.witness(&program, key)).collect();
    assert_eq!(outcomes.len(), 2);
    for outcome in outcomes {
        let a_wins = outcome.left[0].content.as_ref().is_some_and(|runs| runs.bytes() == b"A");
        for (times, expected) in [
            ([at(1, 2), at(3, 4)], !a_wins),
            ([at(3, 4), at(1, 2)], a_wins),
            ([at(1, 3), at(2, 4)], true),
        ] {
            let times = times.into_iter().map(|time| vec![time]).collect();
            let history = History { outcome: outcome.clone(), times };
            let allowed = judge.verdict_in_time(&history, 0) == Verdict::Allowed;
            assert_eq!(allowed, expected, "{history:#?}");
        }
    }
}
