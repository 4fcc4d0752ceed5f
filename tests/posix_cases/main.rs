//! Cases of pjdfstest and SibylFS that concern our operations, restated: small programs with the
//! results that POSIX asks for, and Linux where that leaves something open.
//!
//! Each is checked against the model, which must have exactly these results, and on real
//! filesystems, which must show one of them. `cases/` holds them; `notation.rs` says how they are
//! written. With more filesystems:
//!
//! ```text
//! FSRACE_SOAK_TARGETS=/mnt/a:/mnt/b cargo test --test posix_cases -- --nocapture
//! ```

#![cfg(target_os = "linux")]
#![expect(clippy::print_stdout, reason = "the figures, and which cases do not hold")]

mod check;
#[path = "../common/mod.rs"]
mod common;
mod expect;
mod families;
mod notation;
mod ordinary;
mod step;
mod tree;

use std::path::Path;

use check::{Held, against_filesystem, against_model};
use common::cases::RULES;
use common::errors::ERRORS;
use common::mounts::Mount;
use common::replay::unspoilt;
use common::targets::{rules, targets};
use fsrace::model::Rules;
use fsrace::sys::fsinfo::fs_info;
use notation::Case;

/// What the model has against the cases, in words.
fn differences(cases: &[Case]) -> Vec<String> {
    let mut found = Vec::new();
    for privileged in [true, false] {
        let rules = Rules { privileged, ..RULES };
        for case in cases.iter().filter(|case| case.is_for(privileged)) {
            if let Err(difference) = against_model(case, rules, &unspoilt) {
                found.push(format!("{}: {}\n  {difference}", case.family, case.fact));
            }
        }
    }
    found
}

#[test]
fn the_model_has_exactly_the_results_that_the_cases_state() {
    let cases = families::all();
    let found = differences(&cases);
    println!("model: {} cases, {} differences", cases.len(), found.len());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_wrong_model_does_not() {
    let cases = families::all();
    for error in ERRORS {
        let spoil = |program: &_, before: &_, actor, step, next: &mut _| {
            error.apply(program, before, actor, step, next);
        };
        let is_noticed = |case: &&Case| against_model(case, RULES, &spoil).is_err();
        let mut noticed = cases.iter().filter(|case| case.is_for(true));
        match noticed.find(is_noticed) {
            Some(case) => println!("noticed by {}: {} ({})", case.family, case.fact, error.name),
            None => panic!("no case notices: {}", error.name),
        }
    }
}

/// Runs the cases that are for this caller in a directory; returns how many do not hold.
fn run(cases: &[Case], target: &Path) -> usize {
    let rules = rules(target);
    let (mut held, mut not_had, mut failed) = (0, 0, 0);
    for case in cases.iter().filter(|case| case.is_for(rules.privileged)) {
        let room = tempfile::tempdir_in(target).expect("a directory");
        match against_filesystem(case, room.path(), rules) {
            Ok(Held::Yes) => held += 1,
            Ok(Held::NotHad) => not_had += 1,
            Err(difference) => {
                println!("==== {}: {}\n{difference}", case.family, case.fact);
                failed += 1;
            }
        }
    }
    let fs = fs_info(target).expect("a target").fs_type;
    let who = if rules.privileged { "" } else { ordinary::OURS };
    println!("{who}{fs}: {held} hold, {not_had} need what it lacks, {failed} do not hold");
    failed
}

// One test: the cases work in the current directory, which the process has one of.
#[test]
fn real_filesystems_show_what_the_cases_state() {
    rustix::process::umask(rustix::fs::Mode::empty());
    let cases = families::all();
    let (targets, mounts) = targets();
    mounts.iter().for_each(Mount::let_others_in);
    let mut failed = 0;
    for target in &targets {
        failed += run(&cases, target);
        failed += usize::from(!ordinary::run(target));
    }
    std::env::set_current_dir("/").expect("the root directory");
    drop(mounts);
    assert_eq!(failed, 0);
}
