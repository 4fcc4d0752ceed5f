//! The fuzzer against rounds mode, in turns: how many rounds a second are left when programs are made
//! up, explored, judged and chosen meanwhile.
//!
//! `cargo bench --bench fuzz` prints one line for each turn and the medians: rounds per second of the
//! fuzzer on programs of two actors, of rounds mode on the three small scenarios of the benchmark
//! `rounds_mode`, on the litmus scenarios of two actors that come with the program, and on the very
//! programs that the fuzzer has run; and the ratios. The directory is `FSRACE_BENCH_DIRS`, or
//! `/dev/shm`.

#![allow(clippy::print_stdout, reason = "a benchmark prints its table itself")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use fsrace::detect::Accepted;
use fsrace::engine::sandbox::{Janitor, Sandbox};
use fsrace::engine::{Engine, probe};
use fsrace::fuzz::candidate::{Candidate, Standing};
use fsrace::fuzz::fuzzer::{Field, Fuzzer, Totals, Until, Watcher};
use fsrace::fuzz::pool::Pool;
use fsrace::fuzz::shard::Shard;
use fsrace::fuzz::supply::Terms;
use fsrace::plan::{Plan, Settings, plan};
use fsrace::scenario::{Scenario, parse};

/// Length of a turn of the fuzzer.
const TURN: Duration = Duration::from_secs(3);
/// Length of a turn of rounds mode on one of the small scenarios.
const SHORT: Duration = Duration::from_millis(500);
/// Length of one on a litmus scenario or a program of the fuzzer, and how many of them.
const SHORTER: Duration = Duration::from_millis(60);
const PROGRAMS: usize = 30;
/// Turns.
const TURNS: usize = 7;

const SMALL: [&str; 3] = [
    include_str!("../rounds_mode/open-unlink.toml"),
    include_str!("../rounds_mode/replace.toml"),
    include_str!("../rounds_mode/stat.toml"),
];

fn main() {
    // A check of all targets runs this without a wish for figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let directory = std::env::var("FSRACE_BENCH_DIRS").unwrap_or_else(|_| "/dev/shm".to_owned());
    let directory = Path::new(&directory);
    let program = PathBuf::from(env!("CARGO_BIN_EXE_fsrace"));
    let engine = Engine::new(program.clone());
    let litmus = litmus();
    let mut turns = Vec::new();
    println!("{}", ["fuzz", "small", "litmus", "same"].map(|of| format!("{of:>10}")).concat());
    for number in 0..TURNS {
        let (fuzzed, programs) = fuzz(&engine, &program, directory, number as u64);
        let small = SMALL.map(|text| speed(&engine, directory, &planned(text, SHORT)));
        // So many rounds of each, as one after the other.
        let small = 3.0 / small.iter().map(|speed| 1.0 / speed).sum::<f64>();
        let litmus = each(&engine, directory, &litmus);
        let same = each(&engine, directory, &programs);
        let turn = [fuzzed, small, litmus, same, fuzzed / small, fuzzed / litmus, fuzzed / same];
        print(turn);
        turns.push(turn);
    }
    let median = |column: usize| {
        let mut values: Vec<f64> = turns.iter().map(|turn| turn[column]).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    println!("medians of {TURNS} turns");
    print([0, 1, 2, 3, 4, 5, 6].map(median));
}

/// Rounds per second of all, and the fuzzer's as a part of each of the others.
fn print([fuzz, small, litmus, same, to_small, to_litmus, to_same]: [f64; 7]) {
    println!(
        "{fuzz:>10.0}{small:>10.0}{litmus:>10.0}{same:>10.0}   fuzz/small {to_small:.3}   \
         fuzz/litmus {to_litmus:.3}   fuzz/same {to_same:.3}"
    );
}

/// The litmus scenarios of two actors.
fn litmus() -> Vec<Scenario> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/litmus");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(directory)
        .expect("the scenarios")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).expect("a file");
        parse(&text, "litmus").expect("a valid scenario")
    };
    let two =
        |scenario: &Scenario| scenario.actors.iter().map(|actor| actor.count).sum::<u32>() == 2;
    paths.iter().map(read).filter(two).collect()
}

/// Nobody watches.
struct Alone;

impl Watcher for Alone {
    fn go_on(&mut self, _: &Totals, _: usize, _: usize) -> bool {
        true
    }

    fn keep(&mut self, _: &Pool) {}

    fn found(&mut self, _: &Candidate, _: Standing) {}
}

/// Rounds per second of the fuzzer, and what it ran that showed something new.
fn fuzz(engine: &Engine, program: &Path, directory: &Path, seed: u64) -> (f64, Vec<Scenario>) {
    let mut janitor = Janitor::start(program).expect("a janitor");
    let mut sandbox = Sandbox::create(directory, &mut janitor).expect("a sandbox");
    let room = sandbox.room("look").expect("a directory");
    let rules = probe::rules(room.rooms()).expect("a look at the filesystem");
    room.remove().expect("it is empty");
    let settings = Settings {
        rounds: Some(2000),
        duration: Some(Duration::from_millis(30)),
        stalls: true,
        ..Settings::default()
    };
    let terms = Terms { seed, shard: Shard::default(), rules, settings, actors: 2 };
    let accepted = Accepted::default();
    let mut fuzzer = Fuzzer::new(terms, &accepted, Vec::new());
    let until = Until { duration: Some(TURN), programs: None, found: false };
    let field = Field { engine, sandbox: &mut sandbox };
    fuzzer.run(field, until, &mut Alone).expect("it runs");
    let programs = fuzzer
        .pool
        .entries()
        .iter()
        .map(|entry| parse(&entry.text, "fuzz").expect("a valid scenario"));
    let totals = fuzzer.totals;
    (totals.rounds as f64 / totals.elapsed.as_secs_f64(), programs.collect())
}

fn planned(text: &str, duration: Duration) -> Plan {
    let scenario = parse(text, "bench").expect("a valid scenario");
    let settings = Settings { duration: Some(duration), ..Settings::default() };
    plan(&scenario, &settings).expect("a plan")
}

/// Rounds per second of rounds mode.
fn speed(engine: &Engine, directory: &Path, plan: &Plan) -> f64 {
    let (rounds, seconds) = rounds(engine, directory, plan);
    rounds / seconds
}

fn rounds(engine: &Engine, directory: &Path, plan: &Plan) -> (f64, f64) {
    let room = tempfile::tempdir_in(directory).expect("a directory");
    let record = engine.run_rounds(plan, room.path(), &mut |_| true).expect("a run");
    (record.rounds as f64, record.elapsed.as_secs_f64())
}

/// Rounds per second of rounds mode on some of these, each for the same time, as the fuzzer does.
fn each(engine: &Engine, directory: &Path, programs: &[Scenario]) -> f64 {
    let settings = Settings { duration: Some(SHORTER), ..Settings::default() };
    let step = (programs.len() / PROGRAMS).max(1);
    let (mut all, mut time) = (0.0, 0.0);
    for scenario in programs.iter().step_by(step) {
        let plan = plan(scenario, &settings).expect("a plan");
        let (rounds, seconds) = rounds(engine, directory, &plan);
        all += rounds;
        time += seconds;
    }
    all / time
}
