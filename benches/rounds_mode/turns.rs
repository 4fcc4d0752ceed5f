//! Both sides in turns, and the table.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{Criterion, SamplingMode};
use fsrace::engine::Engine;
use fsrace::plan::{Plan, Settings, plan};
use fsrace::sys::fsinfo::fs_info;

use super::raw;

/// Length of one turn of one side.
const TURN: Duration = Duration::from_millis(200);
/// Turns of each side for every program and directory.
const TURNS: usize = 20;

/// Two actors, as a scenario and as calls by hand.
struct Program {
    name: &'static str,
    scenario: &'static str,
    by_hand: [raw::Body; 2],
    two_files: bool,
}

const PROGRAMS: [Program; 3] = [
    Program {
        name: "open-unlink",
        scenario: include_str!("open-unlink.toml"),
        by_hand: [raw::read, raw::unlink],
        two_files: false,
    },
    Program {
        name: "replace",
        scenario: include_str!("replace.toml"),
        by_hand: [raw::read, raw::replace],
        two_files: true,
    },
    Program {
        name: "stat",
        scenario: include_str!("stat.toml"),
        by_hand: [raw::stat, raw::stat],
        two_files: false,
    },
];

pub fn run() {
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

/// One turn of both sides.
struct Pair {
    ours: Turn,
    by_hand: f64,
}

/// A turn of rounds mode.
struct Turn {
    /// Rounds per second.
    speed: f64,
    /// Share of rounds with overlap.
    overlap: f64,
    /// Share of the time that recognising what a round showed takes.
    recognising: f64,
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
    group.bench_function("time-per-round", |bencher| {
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
            let time = Duration::from_secs_f64(iterations as f64 / ours.speed);
            pairs.borrow_mut().push(Pair { ours, by_hand });
            time
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

/// A turn of rounds mode.
fn our_turn(engine: &Engine, plan: &Plan, directory: &Path) -> Turn {
    let room = tempfile::tempdir_in(directory).expect("a directory");
    let record = engine.run_rounds(plan, room.path(), &mut |_| true).expect("a run");
    assert!(record.deaths.is_empty() && record.hangs.is_empty(), "{record:?}");
    let together: u64 = record.overlaps.iter().map(|pair| pair.together).sum();
    let speed = record.rounds as f64 / record.elapsed.as_secs_f64();
    Turn {
        speed,
        overlap: together as f64 / record.rounds as f64,
        recognising: record.recognised_in_ns * speed / 1e9,
    }
}

/// Rounds per second of the two threads by hand.
fn hand_turn(program: &Program, directory: &Path) -> f64 {
    let room = tempfile::tempdir_in(directory).expect("a directory");
    raw::run(program.by_hand, program.two_files, room.path(), TURN)
}

/// One line of the result: medians over the turns.
struct Line {
    program: &'static str,
    fs: String,
    ours: f64,
    by_hand: f64,
    overlap: f64,
    recognising: f64,
    ratios: Vec<f64>,
}

impl Line {
    const TITLE: &str = "program          filesystem  fsrace rounds/s  by hand rounds/s  overlap  \
                         recognising  ratio (quartiles)";

    fn new(program: &'static str, fs: &str, pairs: &[Pair]) -> Option<Self> {
        let sorted = |of: fn(&Pair) -> f64| {
            let mut list: Vec<f64> = pairs.iter().map(of).collect();
            list.sort_by(f64::total_cmp);
            list
        };
        let median = |list: Vec<f64>| list.get(list.len() / 2).copied();
        Some(Self {
            program,
            fs: fs.to_owned(),
            ours: median(sorted(|pair| pair.ours.speed))?,
            by_hand: median(sorted(|pair| pair.by_hand))?,
            overlap: median(sorted(|pair| pair.ours.overlap))?,
            recognising: median(sorted(|pair| pair.ours.recognising))?,
            ratios: sorted(|pair| pair.ours.speed / pair.by_hand),
        })
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let quartile = |part: usize| self.ratios[(self.ratios.len() - 1) * part / 4];
        let Self { program, fs, ours, by_hand, .. } = self;
        let (overlap, recognising) = (100.0 * self.overlap, 100.0 * self.recognising);
        write!(
            out,
            "{program:<16} {fs:<10} {ours:>16.0} {by_hand:>17.0} {overlap:>7.1}% \
             {recognising:>11.1}%  {:.3} ({:.3} .. \
             {:.3}, {} turns)",
            quartile(2),
            quartile(1),
            quartile(3),
            self.ratios.len()
        )
    }
}
