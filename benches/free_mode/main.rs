//! Free mode against a hand-written loop of the same system calls, in turns, in one process run.
//!
//! `cargo bench --bench free_mode` prints one line per program and filesystem: operations per
//! second of both and their ratio. Turns alternate, so that whatever slows the machine down slows
//! both. Directories to run in are taken from `FSRACE_BENCH_DIRS` (separated by `:`); by default
//! the system's temporary directory and, on Linux, `/dev/shm`.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table itself")]

mod raw;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{Criterion, SamplingMode};
use fsrace::detect::Expectations;
use fsrace::engine::Engine;
use fsrace::plan::{Plan, Settings, plan};
use fsrace::sys::fsinfo::fs_info;

/// Length of one turn of one side.
const TURN: Duration = Duration::from_millis(200);
/// Turns of each side for every program and directory.
const TURNS: usize = 50;

/// Two actors, as a scenario and as loops by hand.
struct Program {
    name: &'static str,
    scenario: &'static str,
    by_hand: [raw::Body; 2],
}

const PROGRAMS: [Program; 3] = [
    Program {
        name: "open-read-close",
        scenario: include_str!("open-read-close.toml"),
        by_hand: [raw::open_read_close, raw::unlink_recreate],
    },
    Program {
        name: "rename",
        scenario: include_str!("rename.toml"),
        by_hand: [raw::rename_first, raw::rename_second],
    },
    Program { name: "stat", scenario: include_str!("stat.toml"), by_hand: [raw::stat, raw::stat] },
];

fn main() {
    let mut criterion = Criterion::default().configure_from_args().without_plots();
    let engine = Engine::new(PathBuf::from(env!("CARGO_BIN_EXE_fsrace")));
    let mut table = Vec::new();
    for directory in directories() {
        for program in &PROGRAMS {
            table.extend(compare(&mut criterion, &engine, program, &directory));
        }
    }
    criterion.final_summary();
    if !table.is_empty() {
        println!("\n{}", Line::TITLE);
    }
    for line in table {
        println!("{line}");
    }
}

fn directories() -> Vec<PathBuf> {
    match std::env::var("FSRACE_BENCH_DIRS") {
        Ok(given) => given.split(':').map(PathBuf::from).collect(),
        Err(_) => {
            let default = [std::env::temp_dir(), PathBuf::from("/dev/shm")];
            default.into_iter().filter(|directory| directory.is_dir()).collect()
        }
    }
}

/// Runs both sides in turns under criterion, which times ours.
fn compare(
    criterion: &mut Criterion,
    engine: &Engine,
    program: &Program,
    directory: &Path,
) -> Option<Line> {
    let fs = fs_info(directory).expect("a directory to run in").fs_type;
    let plan = planned(program.scenario);
    let pairs = RefCell::new(Vec::new());
    let mut group = criterion.benchmark_group(format!("{}/{fs}", program.name));
    group.sampling_mode(SamplingMode::Flat).sample_size(TURNS.max(10));
    group.warm_up_time(TURN).measurement_time(TURN * TURNS as u32);
    group.bench_function("time-per-operation", |bencher| {
        bencher.iter_custom(|iterations| {
            let turn = pairs.borrow().len();
            // Whoever goes first has the colder caches: take turns in that, too.
            let (ours, by_hand) = if turn % 2 == 0 {
                let ours = our_turn(engine, &plan, directory);
                (ours, hand_turn(program, directory))
            } else {
                let by_hand = hand_turn(program, directory);
                (our_turn(engine, &plan, directory), by_hand)
            };
            pairs.borrow_mut().push((ours, by_hand));
            Duration::from_secs_f64(iterations as f64 / ours)
        });
    });
    group.finish();
    Line::new(program.name, &fs, &pairs.into_inner())
}

fn planned(scenario: &str) -> Plan {
    let scenario = fsrace::scenario::parse(scenario, "bench").expect("a valid scenario");
    let settings = Settings { duration: Some(TURN), ..Settings::default() };
    plan(&scenario, &settings).expect("a plan")
}

/// Operations per second of free mode with the default detectors.
fn our_turn(engine: &Engine, plan: &Plan, directory: &Path) -> f64 {
    let room = tempfile::tempdir_in(directory).expect("a directory");
    let record = engine.run(plan, room.path(), &mut |_| true).expect("a run");
    let rules = fsrace::engine::probe::rules(room.path()).expect("a look at the filesystem");
    let expectations = Expectations::new(plan, rules);
    let judgement = fsrace::detect::judge(plan, &record, &expectations);
    assert!(judgement.anomalies.is_empty(), "{:?}", judgement.anomalies);
    let ops: u64 = record.actors.iter().map(|actor| actor.ops).sum();
    ops as f64 / record.elapsed.as_secs_f64()
}

/// Operations per second of the hand-written loops.
fn hand_turn(program: &Program, directory: &Path) -> f64 {
    let room = tempfile::tempdir_in(directory).expect("a directory");
    raw::run(program.by_hand, room.path(), TURN)
}

/// One line of the result: medians over the turns.
struct Line {
    program: &'static str,
    fs: String,
    ours: f64,
    by_hand: f64,
    ratios: Vec<f64>,
}

impl Line {
    const TITLE: &str =
        "program          filesystem   fsrace op/s   by hand op/s   ratio (quartiles)";

    fn new(program: &'static str, fs: &str, pairs: &[(f64, f64)]) -> Option<Self> {
        let mut ours: Vec<f64> = pairs.iter().map(|pair| pair.0).collect();
        let mut by_hand: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
        let mut ratios: Vec<f64> = pairs.iter().map(|pair| pair.0 / pair.1).collect();
        for list in [&mut ours, &mut by_hand, &mut ratios] {
            list.sort_by(f64::total_cmp);
        }
        let median = |list: &[f64]| list.get(list.len() / 2).copied();
        Some(Self {
            program,
            fs: fs.to_owned(),
            ours: median(&ours)?,
            by_hand: median(&by_hand)?,
            ratios,
        })
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let quartile = |part: usize| self.ratios[(self.ratios.len() - 1) * part / 4];
        let (program, fs, ours, by_hand) = (self.program, &self.fs, self.ours, self.by_hand);
        write!(
            out,
            "{program:<16} {fs:<10} {ours:>13.0} {by_hand:>14.0}   {:.3} ({:.3} .. {:.3}, {} turns)",
            quartile(2),
            quartile(1),
            quartile(3),
            self.ratios.len()
        )
    }
}
