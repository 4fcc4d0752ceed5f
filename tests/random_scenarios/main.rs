//! Random scenarios on healthy filesystems: whatever the language can say, nothing above
//! `unspecified` may be reported, nothing may hang or panic, and nothing may be left behind.
//!
//! A failure prints the scenario as TOML, with the number that makes it again. The default is
//! short; for a soak:
//!
//! ```text
//! FSRACE_SOAK_SECONDS=600 FSRACE_SOAK_TARGETS=/mnt/a:/mnt/b \
//!     cargo test --release --test random_scenarios -- --nocapture
//! ```
//!
//! `FSRACE_SOAK_FROM=N` starts at scenario number N, `FSRACE_SOAK_MS` is the length of one run,
//! `FSRACE_SOAK_PROGRAM` the fsrace to run.
#![allow(clippy::print_stdout, reason = "a failure prints the scenario that shows it")]
#![expect(clippy::print_stdout, reason = "a failure shows the scenario, a soak its figures")]

#[path = "../common/mod.rs"]
mod common;
mod generate;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use common::soak::{self, number};
use fsrace::detect::{Expectations, judge};
use fsrace::engine::sandbox::{Janitor, Sandbox};
use fsrace::engine::{Engine, probe};
use fsrace::plan::{Settings, plan};
use fsrace::report::{Class, Verdict};

/// Length of the whole test without `FSRACE_SOAK_SECONDS`.
const SECONDS: u64 = 20;
/// Length of one run without `FSRACE_SOAK_MS`.
const RUN_MS: u64 = 40;
/// Failures that are printed before the test gives up.
const ENOUGH: usize = 40;

/// What a scan shows that has lost its place.
const MISPLACED: [&str; 2] = ["duplicate-name", "missing-name"];

/// What has been run on one target.
#[derive(Default)]
struct Tally {
    scenarios: u64,
    /// Judged by the model.
    modelled: u64,
    ops: u64,
    inconclusive: u64,
    unspecified: BTreeMap<String, u64>,
    failures: u64,
}

/// What is wrong with one run; empty when all is well.
fn run(engine: &Engine, text: &str, target: &Path, millis: u64, tally: &mut Tally) -> String {
    let scenario = match fsrace::scenario::parse(text, "random") {
        Ok(scenario) => scenario,
        Err(mistakes) => return format!("the generator made an invalid scenario:\n{mistakes}"),
    };
    let settings =
        Settings { duration: Some(Duration::from_millis(millis)), ..Settings::default() };
    let plan = plan(&scenario, &settings).expect("everything is there on this system");
    if plan.lacks.is_some() {
        return String::new();
    }
    let mut janitor = Janitor::start(engine.program()).expect("a janitor");
    let sandbox = Sandbox::create(target, &mut janitor).expect("a target with room");
    let path = sandbox.path().to_owned();
    let room = sandbox.room("random").expect("a directory");
    let mut wrong = String::new();
    let rules = probe::rules(room.path()).expect("a look at the filesystem");
    let expectations = Expectations::new(&plan, rules);
    let plan = expectations.informed(&plan);
    match engine.run(&plan, room.path(), &mut |_| true) {
        Err(error) => wrong = format!("it did not run: {error}\n"),
        Ok(record) => {
            let judgement = judge(&plan, &record, &expectations);
            let modelled =
                judgement.reason.as_ref().is_none_or(|why| !why.contains("without the model"));
            tally.modelled += u64::from(modelled);
            tally.ops += record.actors.iter().map(|actor| actor.ops).sum::<u64>();
            tally.inconclusive += u64::from(judgement.verdict == Verdict::Inconclusive);
            let known =
                |code: &str| MISPLACED.contains(&code) && soak::loses_its_place(text, target);
            for anomaly in judgement.anomalies.into_iter().filter(|one| !known(&one.code)) {
                if anomaly.class > Class::Unspecified {
                    let (k, n) = (anomaly.count, anomaly.trials);
                    let _ = writeln!(wrong, "{} {k} in {n}: {}", anomaly.code, anomaly.seen);
                    for event in anomaly.example.iter().flat_map(|example| &example.events) {
                        let result = event.result.as_deref().unwrap_or("...");
                        let mark = if event.anomalous { "  <--" } else { "" };
                        let (who, call) = (&event.actor, &event.call);
                        let _ = writeln!(wrong, "  {who}: {call}: {result}{mark}");
                    }
                } else {
                    *tally.unspecified.entry(anomaly.code).or_default() += anomaly.count;
                }
            }
        }
    }
    if let Err(error) = room.remove() {
        let _ = writeln!(wrong, "its directory could not be removed: {error}");
    }
    drop(sandbox);
    drop(janitor);
    if path.exists() {
        let _ = writeln!(wrong, "its sandbox is still there");
    }
    tally.scenarios += 1;
    tally.failures += u64::from(!wrong.is_empty());
    wrong
}

#[test]
fn nothing_is_reported_on_a_healthy_filesystem() {
    let millis = number("FSRACE_SOAK_MS", RUN_MS);
    let engine = Engine::new(soak::program());
    let mut targets = soak::tallied::<Tally>();
    let failures =
        soak::soak(SECONDS, ENOUGH, &mut targets, generate::scenario, |text, target, tally| {
            run(&engine, text, target, millis, tally)
        });
    for (target, tally) in &targets {
        let fs = soak::fs_of(target);
        let Tally { scenarios, modelled, ops, inconclusive, failures, unspecified } = tally;
        println!(
            "{fs}: {scenarios} scenarios ({modelled} by the model), {ops} observations, \
             {inconclusive} inconclusive, \
             {failures} failures; unspecified: {unspecified:?}"
        );
    }
    assert_eq!(failures, 0, "see the scenarios above");
}

#[test]
fn the_generator_makes_valid_scenarios_and_always_the_same() {
    for number in 0..300 {
        let text = generate::scenario(number);
        assert_eq!(text, generate::scenario(number));
        let scenario = fsrace::scenario::parse(&text, "random");
        let scenario = scenario.unwrap_or_else(|mistakes| panic!("{number}:\n{text}\n{mistakes}"));
        plan(&scenario, &Settings::default()).expect("a plan");
    }
}
