//! The programs of the two reports: silent on every healthy filesystem, and loud on the faulty one.

mod common;

use common::Place;
use common::mounts::Mount;
use fsrace::report::{Class, Report, ScenarioResult, Verdict};

/// Runs the seed scenarios on a directory and returns the exit code and the results.
fn seeds(target: &std::path::Path, duration: &str) -> (Option<i32>, Vec<ScenarioResult>) {
    let place = Place::new();
    let scenarios = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/seed");
    let json = place.path("result.json");
    let mut command = place.command();
    command.arg("run").arg(scenarios).arg("-t").arg(target).args(["--duration", duration]);
    let outcome = common::outcome(command.arg("--json").arg(&json));
    let text = std::fs::read_to_string(&json).unwrap_or_else(|error| panic!("{error} {outcome:?}"));
    let report: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(common::names(target).iter().filter(|name| name.contains("fsrace")).count(), 0);
    (outcome.code, report.results)
}

/// Every seed scenario passes with real overlap.
#[track_caller]
fn assert_silent(target: &std::path::Path) {
    // On a busy machine it takes longer until all have met.
    let passed = ["700ms", "2s", "6s"].iter().any(|duration| {
        let (code, results) = seeds(target, duration);
        assert_eq!(results.len(), 14);
        for result in &results {
            let worst = result.anomalies.iter().map(|anomaly| anomaly.class).max();
            assert!(worst <= Some(Class::Unspecified), "{result:#?}");
            let met = result.overlaps.iter().any(|pair| pair.share > 0.0);
            match result.verdict {
                Verdict::Pass => assert!(met, "{result:#?}"),
                verdict => assert_eq!(verdict, Verdict::Inconclusive, "{result:#?}"),
            }
        }
        let all = results.iter().all(|result| result.verdict == Verdict::Pass);
        assert_eq!(code, Some(if all { 0 } else { 4 }));
        all
    });
    assert!(passed, "some are inconclusive");
}

#[test]
fn the_seed_scenarios_are_silent_on_tmpfs() {
    let Some(mount) = Mount::tmpfs("size=256m") else { return };
    assert_silent(mount.path());
}

#[test]
fn the_seed_scenarios_are_silent_on_ext4() {
    let Some(mount) = Mount::ext4(256) else { return };
    assert_silent(mount.path());
}

#[test]
fn the_seed_scenarios_are_silent_on_xfs() {
    let Some(mount) = Mount::image(512, &["mkfs.xfs", "-qf"]) else { return };
    assert_silent(mount.path());
}

#[test]
fn the_seed_scenarios_are_silent_on_btrfs() {
    let Some(mount) = Mount::image(512, &["mkfs.btrfs", "-qf"]) else { return };
    assert_silent(mount.path());
}

#[test]
fn the_seed_scenarios_are_silent_on_overlay() {
    let Some(mount) = Mount::overlay() else { return };
    assert_silent(mount.path());
}

#[test]
fn the_seed_scenarios_are_silent_on_the_healthy_twin() {
    let Some(mount) = Mount::fuse() else { return };
    assert_silent(mount.path());
}

/// Some seed scenario shows this code, as forbidden, and the command fails.
#[track_caller]
fn assert_caught(fault: &str, code: &str) {
    let Some(mount) = Mount::faulty(fault) else { return };
    let is_it = |result: &&ScenarioResult| result.anomalies.iter().any(|one| one.code == code);
    let caught = ["700ms", "2s", "6s"].iter().map(|duration| seeds(mount.path(), duration));
    let caught = caught.into_iter().find(|(_, results)| results.iter().any(|one| is_it(&one)));
    let (exit, results) = caught.unwrap_or_else(|| panic!("{code} did not fire"));
    let anomalies = results.iter().flat_map(|result| &result.anomalies);
    for anomaly in anomalies.filter(|anomaly| anomaly.code == code) {
        assert_eq!(anomaly.class, Class::Forbidden);
        let example = anomaly.example.as_ref().expect("an example");
        assert!(example.events.iter().any(|event| event.anomalous), "{example:#?}");
    }
    assert_eq!(exit, Some(1));
}

#[test]
fn a_descriptor_to_nothing_is_caught() {
    assert_caught("zero-inode", "zero-inode-fd");
}

#[test]
fn an_empty_read_is_caught() {
    assert_caught("empty-read", "empty-read");
}

#[test]
fn a_write_that_fails_with_einval_is_caught() {
    assert_caught("einval-write", "einval-write");
}
