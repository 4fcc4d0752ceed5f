//! The selftest: every planted fault is caught as what it is, its twin is left in peace, and there is
//! a fault for everything that fsrace can say.
#![cfg(target_os = "linux")]

mod common;

use std::collections::BTreeSet;

use common::Place;
use fsrace::detect::DETECTORS;
use fsrace::faulty;
use fsrace::model::relax::RELAXATIONS;
use fsrace::report::selftest::SelftestReport;

/// Of the faults with a tenth of their window, so many must be caught all the same.
const ENOUGH_NARROW: usize = 25;
/// How often what chance has missed is tried again: a fault is a race, and the machine may be busy.
const TRIES: u32 = 3;

/// Runs the selftest; `None` where nothing can be mounted.
fn selftest(options: &[&str]) -> Option<SelftestReport> {
    if let Err(reason) = faulty::available() {
        common::skip(&reason);
        return None;
    }
    let place = Place::new();
    let outcome = place.run([&["selftest", "--json"], options].concat());
    let report = serde_json::from_str(&outcome.out);
    Some(report.unwrap_or_else(|error| panic!("{error}: {outcome:#?}")))
}

/// No twin is accused; returns the faults that were missed.
fn missed(report: &SelftestReport) -> BTreeSet<&'static str> {
    for row in &report.faults {
        assert!(row.twin.accused.is_empty(), "{row:#?}");
        assert!(row.twin.trials > 0, "{row:#?}");
    }
    let missed = report.faults.iter().filter(|row| row.caught.is_none());
    missed.map(|row| faulty::find(&row.fault).expect("a fault").name).collect()
}

#[test]
fn every_fault_is_caught_and_no_twin_accused() {
    let Some(report) = selftest(&[]) else { return };
    assert_eq!(report.faults.len(), faulty::faults().len());
    let mut left = missed(&report);
    for _ in 1..TRIES {
        if left.is_empty() {
            return;
        }
        let options: Vec<&str> = left.into_iter().collect();
        left = missed(&selftest(&options).expect("as before"));
    }
    assert!(left.is_empty(), "{left:?} were missed: {report:#?}");
}

#[test]
fn faults_are_caught_in_a_tenth_of_their_window() {
    let Some(report) = selftest(&["--narrow", "10", "-d", "3s"]) else { return };
    let caught = report.faults.len() - missed(&report).len();
    assert!(caught >= ENOUGH_NARROW, "{caught}: {report:#?}");
}

#[test]
fn everything_that_can_be_said_has_its_fault() {
    let faults = faulty::faults();
    let codes: BTreeSet<&str> = faults.iter().map(|fault| fault.sight.code).collect();
    for detector in DETECTORS {
        assert!(codes.contains(detector.code), "no fault leads to {}", detector.code);
    }
    for relaxation in RELAXATIONS {
        let led = faults.iter().any(|fault| fault.sight.relaxations.contains(&relaxation.name));
        assert!(led, "no fault leads to {}", relaxation.name);
    }
}

#[test]
fn a_fault_that_is_not_there_is_a_mistake_of_the_caller() {
    let place = Place::new();
    let outcome = place.run(["selftest", "no-such-fault"]);
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    assert!(outcome.err.contains("no-such-fault") && outcome.err.contains("zero-inode"));
}
