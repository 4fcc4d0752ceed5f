//! How long the model takes to list all outcomes of a program, and to explain one outcome.
//!
//! `cargo bench --bench oracle` draws random programs of several shapes, times each of them, and
//! prints the middle, the ninth of ten and the longest time of each shape. Criterion then times
//! the program in the middle with care. `FSRACE_BENCH_PROGRAMS` is the number of programs of a
//! shape.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table itself")]

#[path = "../../tests/oracle/generate.rs"]
mod generate;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::Criterion;
use fsrace::model::{
    Checked, Limits, Moves, Nexts, Program, Rules, Terms, TooLarge, World, check, explore,
};
use fsrace::outcome::{Done, Outcome};
use fsrace::plan::{Settings, plan};
use fsrace::scenario::parse;
use generate::{Draw, Shape, scenario};

/// Programs of each shape.
const PROGRAMS: u64 = 101;
/// Worlds that a check may look at.
const LIMIT: usize = 1 << 20;

/// Actors and steps of the programs of which all outcomes are listed, with what that may take.
const LISTED: [(u64, u64, Duration); 4] = [
    (2, 3, Duration::from_micros(100)),
    (3, 4, Duration::from_millis(3)),
    (4, 4, Duration::from_millis(50)),
    (4, 6, Duration::from_secs(1)),
];
/// The same for those of which one outcome is explained.
const CHECKED: (u64, u64, Duration) = (4, 6, Duration::from_millis(10));

fn main() {
    let mut criterion = Criterion::default()
        .configure_from_args()
        .without_plots()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1));
    let mut table = Vec::new();
    for (actors, steps, target) in LISTED {
        let mut times = Vec::new();
        for (number, program) in programs(actors, steps) {
            let mut size = None;
            let time = best(|| size = Some(list(&program)));
            times.push((time, number, size.expect("was run")));
        }
        times.sort_unstable_by_key(|(time, number, _)| (*time, *number));
        let name = format!("list {actors} x {steps}");
        let middle = times[times.len() / 2].1;
        table.push(row(&name, target, &times));
        let program = program(middle, actors, steps);
        criterion.bench_function(&name, |bencher| bencher.iter(|| black_box(list(&program))));
    }
    let (actors, steps, target) = CHECKED;
    for (name, change) in [("explain", false), ("refuse", true)] {
        let mut times = Vec::new();
        for (number, program) in programs(actors, steps) {
            let outcome = outcome(&program, number, change);
            let mut size = None;
            let time = best(|| size = Some(explain(&program, &outcome)));
            times.push((time, number, size.expect("was run")));
        }
        times.sort_unstable_by_key(|(time, number, _)| (*time, *number));
        let name = format!("{name} {actors} x {steps}");
        let middle = times[times.len() / 2].1;
        table.push(row(&name, target, &times));
        let program = program(middle, actors, steps);
        let outcome = outcome(&program, middle, change);
        criterion.bench_function(&name, |bencher| {
            bencher.iter(|| black_box(explain(&program, &outcome)));
        });
    }
    criterion.final_summary();
    println!(
        "\n{:14} {:>10} {:>10} {:>10} {:>10}  size (median, max)",
        "", "target", "median", "p90", "max"
    );
    table.iter().for_each(|row| println!("{row}"));
}

fn row(name: &str, target: Duration, times: &[(Duration, u64, Size)]) -> String {
    let at = |part: usize| format!("{:.1?}", times[(times.len() - 1) * part / 10].0);
    let mut worlds: Vec<usize> = times.iter().map(|(.., size)| size.worlds).collect();
    let mut outcomes: Vec<usize> = times.iter().map(|(.., size)| size.outcomes).collect();
    worlds.sort_unstable();
    outcomes.sort_unstable();
    let middle = times.len() / 2;
    let last = times.len() - 1;
    let gave_up = times.iter().filter(|(.., size)| size.gave_up).count();
    format!(
        "{name:14} {:>10} {:>10} {:>10} {:>10}  worlds {}, {}; outcomes {}, {}; given up {gave_up}",
        format!("{target:.1?}"),
        at(5),
        at(9),
        at(10),
        worlds[middle],
        worlds[last],
        outcomes[middle],
        outcomes[last],
    )
}

/// How much there was to look at.
#[derive(Clone, Copy)]
struct Size {
    worlds: usize,
    outcomes: usize,
    gave_up: bool,
}

/// The shortest of three times.
fn best(mut run: impl FnMut()) -> Duration {
    let mut time = || {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..3).map(|_| time()).min().unwrap_or_default()
}

fn programs(actors: u64, steps: u64) -> impl Iterator<Item = (u64, Program)> {
    let given = std::env::var("FSRACE_BENCH_PROGRAMS").ok().and_then(|text| text.parse().ok());
    (0..given.unwrap_or(PROGRAMS)).map(move |number| (number, program(number, actors, steps)))
}

fn program(number: u64, actors: u64, steps: u64) -> Program {
    let toml = scenario(number, Shape { actors, steps, jumps: false });
    let scenario = parse(&toml, "bench.toml").unwrap_or_else(|wrong| panic!("{wrong}\n{toml}"));
    let plan = plan(&scenario, &Settings::default()).unwrap_or_else(|wrong| panic!("{wrong}"));
    let rules = Rules {
        platform: fsrace::model::Platform::Linux,
        privileged: true,
        directory_links: Default::default(),
        identities: true,
    };
    Program::new(&plan, rules).unwrap_or_else(|wrong| panic!("{wrong}\n{toml}"))
}

fn list(program: &Program) -> Size {
    match explore(program, Limits::default()) {
        Ok(explored) => {
            Size { worlds: explored.worlds(), outcomes: explored.outcomes().len(), gave_up: false }
        }
        Err(TooLarge::Worlds(worlds)) => Size { worlds, outcomes: 0, gave_up: true },
        Err(TooLarge::Outcomes(outcomes)) => Size { worlds: 0, outcomes, gave_up: true },
    }
}

/// What a random interleaving shows; with one result from another interleaving put in, it mostly
/// is not allowed.
fn outcome(program: &Program, number: u64, change: bool) -> Outcome {
    let mut draw = Draw::new(number);
    let mut outcome = simulated(program, &mut draw);
    if change {
        let other = simulated(program, &mut draw);
        let actor = draw.below(program.actors() as u64) as usize;
        outcome.actors[actor] = other.actors[actor].clone();
    }
    outcome
}

fn simulated(program: &Program, draw: &mut Draw) -> Outcome {
    let mut world: World = program.start();
    let mut outcome = Outcome { actors: vec![Vec::new(); program.actors()], left: Vec::new() };
    while !world.is_done() {
        let actor = draw.below(program.actors() as u64) as usize;
        let mut nexts = Nexts::default();
        program.nexts(&world, actor, &mut nexts);
        if !nexts.0.is_empty() {
            let next = &nexts.0[draw.below(nexts.0.len() as u64) as usize];
            let (step, returned) = (world.positions[actor].step, next.returned.clone());
            outcome.actors[actor].push(Done { step, returned });
            world = program.after(&world, actor, next);
        }
    }
    outcome.left = program.left(&world.state);
    Terms::bound(program).outcome(&outcome)
}

fn explain(program: &Program, outcome: &Outcome) -> Size {
    let terms = Terms::bound(program);
    let mut moves = Moves::new(program);
    moves.put_into(terms.clone());
    let checked = check(program, &mut moves, &terms, outcome, None, LIMIT);
    Size {
        worlds: moves.states().len(),
        outcomes: usize::from(matches!(checked, Checked::Allowed(_))),
        gave_up: checked == Checked::GaveUp,
    }
}
