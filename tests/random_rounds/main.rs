//! Random programs in rounds on healthy filesystems: nothing worse than `unspecified` may be found.
//!
//! A failure prints the program as TOML, with its number. The default is short; for a soak:
//!
//! ```text
//! FSRACE_SOAK_SECONDS=600 FSRACE_SOAK_TARGETS=/mnt/a:/mnt/b \
//!     cargo test --release --test random_rounds -- --nocapture
//! ```
//!
//! `FSRACE_SOAK_FROM=N` starts at program number N; `FSRACE_SOAK_ROUNDS` and `FSRACE_SOAK_MS` are the
//! rounds of one program and how long they may take, `FSRACE_SOAK_PROGRAM` the fsrace to run.

#![expect(clippy::print_stdout, reason = "a failure shows the program, a soak its figures")]

#[path = "../common/mod.rs"]
mod common;
#[path = "../serial_programs/generate.rs"]
mod generate;

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use common::soak::{self, number};
use fsrace::detect::{Accepted, RoundsJudge};
use fsrace::engine::rounds::Serial;
use fsrace::engine::{Engine, probe};
use fsrace::plan::{Settings, plan};
use fsrace::report::{Class, Verdict};

/// Length of the whole test without `FSRACE_SOAK_SECONDS`.
const SECONDS: u64 = 15;
/// Rounds of one program without `FSRACE_SOAK_ROUNDS`.
const ROUNDS: u64 = 400;
/// How long they may take without `FSRACE_SOAK_MS`.
const RUN_MS: u64 = 200;
/// Two or three actors with up to four steps.
const SIZE: generate::Size =
    generate::Size { actors: 2, most_actors: 3, steps: 4, one_process: false };
/// Failures that are printed before the test gives up.
const ENOUGH: usize = 20;

/// What has been run on one target.
#[derive(Default)]
struct Tally {
    programs: u64,
    /// Serial rounds before the races, and orders that were given up.
    serial: u64,
    given_up: u64,
    rounds: u64,
    inconclusive: u64,
    unspecified: u64,
    failures: u64,
}

/// What is wrong with one program; empty when all is well.
fn run(engine: &Engine, text: &str, target: &Path, tally: &mut Tally) -> String {
    let scenario = fsrace::scenario::parse(text, "random").unwrap_or_else(|mistakes| {
        panic!("the generator made an invalid scenario:\n{mistakes}\n{text}")
    });
    let time = Duration::from_millis(number("FSRACE_SOAK_MS", RUN_MS));
    let rounds = number("FSRACE_SOAK_ROUNDS", ROUNDS);
    let settings = Settings { rounds: Some(rounds), duration: Some(time), ..Settings::default() };
    let plan = plan(&scenario, &settings).expect("everything is there on this system");
    let room = tempfile::tempdir_in(target).expect("a directory");
    let rules = probe::rules(room.path()).expect("a look at the filesystem");
    let mut wrong = String::new();
    let mut accepted = Accepted::default();
    if soak::loses_its_place(text, target) {
        accepted.add_profile(&soak::profile("tmpfs")).expect("a profile");
    }
    let mut judge = RoundsJudge::new(&plan, rules, &accepted);
    let serial = Serial { orders: &judge.orders(), go_on: &mut |record| judge.agrees(record) };
    match engine.run_serial_first(&plan, room.path(), serial, &mut |_| true) {
        Err(error) => wrong = format!("it did not run: {error}\n"),
        Ok(record) => {
            let judged = judge.judge(&record);
            tally.serial += record.serial.histories.len() as u64;
            tally.given_up += u64::from(record.serial.broken);
            tally.rounds += record.rounds;
            tally.inconclusive += u64::from(judged.judgement.verdict == Verdict::Inconclusive);
            for anomaly in judged.judgement.anomalies {
                if anomaly.class == Class::Unspecified {
                    tally.unspecified += 1;
                    continue;
                }
                let (code, class, by) = (anomaly.code, anomaly.class.name(), anomaly.relaxations);
                let (k, n, seen) = (anomaly.count, anomaly.trials, anomaly.seen);
                let _ = writeln!(wrong, "{code} {class} {by:?} {k} in {n}: {seen}");
                for event in anomaly.example.iter().flat_map(|example| &example.events) {
                    let result = event.result.as_deref().unwrap_or("...");
                    let mark = if event.anomalous { "  <--" } else { "" };
                    let (start, end) = (event.start_ns, event.end_ns.unwrap_or_default());
                    let (who, call) = (&event.actor, &event.call);
                    let _ = writeln!(wrong, "  {start:8} {end:8} {who}: {call}: {result}{mark}");
                }
            }
        }
    }
    tally.programs += 1;
    tally.failures += u64::from(!wrong.is_empty());
    wrong
}

#[test]
fn nothing_is_found_in_rounds_on_a_healthy_filesystem() {
    let engine = Engine::new(soak::program());
    let mut targets = soak::tallied::<Tally>();
    let make = |number| generate::program(number, SIZE);
    let failures = soak::soak(SECONDS, ENOUGH, &mut targets, make, |text, target, tally| {
        run(&engine, text, target, tally)
    });
    for (target, tally) in &targets {
        let fs = soak::fs_of(target);
        let Tally { programs, serial, given_up, rounds, inconclusive, unspecified, failures } =
            tally;
        println!(
            "{fs}: {programs} programs, {serial} serial rounds, {given_up} given up, {rounds} \
             rounds, {inconclusive} inconclusive, {unspecified} unspecified, {failures} failures"
        );
    }
    assert_eq!(failures, 0);
}
