//! The model against real filesystems, one step at a time: random programs, run by one caller
//! after the other, must return what the model has them return and leave the tree that it has.
//!
//! A failure prints the program as TOML, with its number. The default is short; for a soak:
//!
//! ```text
//! FSRACE_SERIAL_PROGRAMS=100000 FSRACE_SOAK_TARGETS=/mnt/a:/mnt/b \
//!     cargo test --release --test serial_programs -- --nocapture
//! ```
//!
//! `FSRACE_SOAK_FROM=N` starts at program number N.

#![expect(clippy::print_stdout, reason = "a failure shows the program, a soak its figures")]

#[path = "../common/mod.rs"]
mod common;
mod generate;

use std::ops::Range;
use std::path::Path;

use common::errors::{ERRORS, Error};
use common::replay::{Spoil, replay, unspoilt};
use common::soak::number;
use common::targets::{rules, targets};
use fsrace::model::Rules;
use fsrace::plan::{Settings, plan};
use fsrace::sys::fsinfo::fs_info;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Programs on each target without `FSRACE_SERIAL_PROGRAMS`.
const PROGRAMS: u64 = 1000;
/// One to three callers, who must share one process: there is only this one.
const SIZE: generate::Size =
    generate::Size { actors: 1, most_actors: 3, steps: 8, one_process: true };
/// Failures that are printed before the test gives up on a target.
const ENOUGH: u32 = 10;

/// The program of a number, and what the model says to it on this target.
fn compare(target: &Path, rules: Rules, number: u64, error: Option<&Error>) -> Result<u64, String> {
    let text = generate::program(number, SIZE);
    let scenario = fsrace::scenario::parse(&text, "serial").unwrap_or_else(|mistakes| {
        panic!("the generator made an invalid scenario:\n{mistakes}\n{text}")
    });
    let plan = plan(&scenario, &Settings::default()).expect("everything is there");
    let room = tempfile::tempdir_in(target).expect("a directory");
    let mut order = Xoshiro256PlusPlus::seed_from_u64(number);
    let turn = |ready: &[usize]| ready[order.random_range(0..ready.len())];
    let planted;
    let spoil: &Spoil<'_> = match error {
        None => &unspoilt,
        Some(error) => {
            planted = |program: &_, before: &_, actor, step, next: &mut _| {
                error.apply(program, before, actor, step, next);
            };
            &planted
        }
    };
    let replayed = replay(&plan, room.path(), rules, turn, spoil);
    let replayed = replayed.map_err(|difference| format!("{text}----\n{difference}"))?;
    Ok(replayed.returned.len() as u64)
}

/// Runs the programs on one target; returns how many failed.
fn run(target: &Path, programs: Range<u64>) -> u32 {
    let fs = fs_info(target).expect("a target").fs_type;
    let rules = rules(target);
    let (mut steps, mut failures, count) = (0, 0, programs.end - programs.start);
    for program in programs {
        match compare(target, rules, program, None) {
            Ok(made) => steps += made,
            Err(difference) => {
                println!("==== program {program} on {fs}\n{difference}====");
                failures += 1;
            }
        }
        if failures == ENOUGH {
            break;
        }
    }
    println!("{fs}: {count} programs, {steps} steps, {failures} differences");
    failures
}

/// After how many programs each planted error is noticed; names those that are not.
fn notice_errors(target: &Path, programs: u64) -> Vec<&'static str> {
    let rules = rules(target);
    let mut missed = Vec::new();
    for error in ERRORS {
        let noticed = (0..programs).find(|&one| compare(target, rules, one, Some(error)).is_err());
        match noticed {
            Some(program) => println!("noticed after {:4} programs: {}", program + 1, error.name),
            None => missed.push(error.name),
        }
    }
    missed
}

// One test: the programs work in the current directory, which the process has one of.
#[test]
fn the_model_agrees_with_real_filesystems_and_a_wrong_one_does_not() {
    rustix::process::umask(rustix::fs::Mode::empty());
    let from = number("FSRACE_SOAK_FROM", 0);
    let programs = from..from + number("FSRACE_SERIAL_PROGRAMS", PROGRAMS);
    let (targets, mounts) = targets();
    let failures: u32 = targets.iter().map(|target| run(target, programs.clone())).sum();
    let missed = notice_errors(&targets[0], PROGRAMS);
    std::env::set_current_dir("/").expect("the root directory");
    drop(mounts);
    assert_eq!(failures, 0);
    assert_eq!(missed, Vec::<&str>::new());
}
