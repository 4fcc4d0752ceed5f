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

mod generate;
mod replay;
mod tree;

use std::path::{Path, PathBuf};

use fsrace::engine::probe;
use fsrace::plan::{Settings, plan};
use fsrace::sys::fsinfo::fs_info;

/// Programs on each target without `FSRACE_SERIAL_PROGRAMS`.
const PROGRAMS: u64 = 2000;
/// Failures that are printed before the test gives up on a target.
const ENOUGH: u32 = 10;

fn number(variable: &str, otherwise: u64) -> u64 {
    let given = std::env::var(variable).ok();
    given.map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{variable}={text}")))
}

fn targets() -> Vec<PathBuf> {
    match std::env::var("FSRACE_SOAK_TARGETS") {
        Ok(given) => given.split(':').map(PathBuf::from).collect(),
        Err(_) => {
            let usual = [std::env::temp_dir(), PathBuf::from("/dev/shm")];
            usual.into_iter().filter(|directory| directory.is_dir()).collect()
        }
    }
}

/// Runs a share of the programs on one target; returns how many failed.
fn run(target: &Path, programs: std::ops::Range<u64>) -> u32 {
    let fs = fs_info(target).expect("a target").fs_type;
    let probed = tempfile::tempdir_in(target).expect("a directory");
    let rules = probe::rules(probed.path()).expect("a look at the filesystem");
    let (mut steps, mut failures, count) = (0, 0, programs.end - programs.start);
    for program in programs {
        let text = generate::program(program);
        let scenario = fsrace::scenario::parse(&text, "serial").unwrap_or_else(|mistakes| {
            panic!("the generator made an invalid scenario:\n{mistakes}\n{text}")
        });
        let plan = plan(&scenario, &Settings::default()).expect("everything is there");
        let room = tempfile::tempdir_in(target).expect("a directory");
        match replay::replay(&plan, room.path(), rules, program) {
            Ok(made) => steps += made,
            Err(difference) => {
                println!("==== program {program} on {fs}\n{text}----\n{difference}====");
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

#[test]
fn the_model_agrees_with_real_filesystems() {
    rustix::process::umask(rustix::fs::Mode::empty());
    let from = number("FSRACE_SOAK_FROM", 0);
    let programs = from..from + number("FSRACE_SERIAL_PROGRAMS", PROGRAMS);
    let failures: u32 = targets().iter().map(|target| run(target, programs.clone())).sum();
    assert_eq!(failures, 0);
}
