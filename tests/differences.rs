//! What Linux filesystems are known to differ in comes out of the tool by itself: the table of
//! `docs/evidence.md`, in which every "no" must hold at any time and every "yes" be seen, in one way at least.

mod common;

use std::collections::BTreeSet;
use std::path::Path;

use common::Place;
use common::mounts::Mount;
use fsrace::report::{Report, ScenarioResult, Verdict};

/// How long each scenario runs, and again, longer each time, one whose "yes" was not seen: a busy
/// machine can keep actors from meeting.
const DURATIONS: [&str; 6] = ["500ms", "500ms", "1s", "2s", "5s", "10s"];

const MIXED_READ: &str = "two-pwrites-vs-pread";
const SIZE_BETWEEN: &str = "extending-pwrite-vs-stat";
const SIZE_BETWEEN_4KIB: &str = "extending-pwrite-at-4kib-vs-stat";
const SCAN: &str = "renames-there-and-back-vs-readdir";
const PARTS: &str = "renames-vs-readdir-in-parts";
const LOST_NAME: &str = "renames-replace-vs-open";

const ALL: [&str; 6] = [MIXED_READ, SIZE_BETWEEN, SIZE_BETWEEN_4KIB, SCAN, PARTS, LOST_NAME];

/// Runs scenarios on a directory.
fn run<'a>(
    target: &Path,
    scenarios: impl IntoIterator<Item = &'a str>,
    options: &[&str],
) -> Vec<ScenarioResult> {
    let place = Place::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/differences");
    let json = place.path("result.json");
    let mut command = place.command();
    command.arg("run").arg("-t").arg(target).args(options);
    command.args(scenarios.into_iter().map(|name| folder.join(name).with_extension("toml")));
    let outcome = common::outcome(command.arg("--json").arg(&json));
    let text = std::fs::read_to_string(&json).unwrap_or_else(|error| panic!("{error} {outcome:?}"));
    serde_json::from_str::<Report>(&text).unwrap().results
}

/// A scenario, a code that it finds, and relaxations that explain it.
type Known = (&'static str, &'static str, &'static [&'static str]);

/// Exactly these scenarios find something here, each with one of its codes.
#[track_caller]
fn assert_shows(mount: &Mount, expected: &[Known]) {
    assert_shows_beside(mount, expected, &[]);
}

/// As `assert_shows`, and other sights may stand beside.
#[track_caller]
fn assert_shows_beside(mount: &Mount, expected: &[Known], beside: &[Known]) {
    let mut missing: BTreeSet<&str> = expected.iter().map(|one| one.0).collect();
    let mut scenarios: BTreeSet<&str> = ALL.into();
    for duration in DURATIONS {
        let options = ["--refuse", "readdir-live", "-d", duration];
        for result in run(mount.path(), scenarios, &options) {
            for anomaly in &result.anomalies {
                let is_it = |(name, code, relaxations): &&Known| {
                    let explained = |one: &String| relaxations.contains(&one.as_str());
                    (*name, *code) == (&result.scenario, &anomaly.code)
                        && anomaly.relaxations.iter().all(explained)
                };
                match expected.iter().find(is_it) {
                    Some((name, ..)) => drop(missing.remove(name)),
                    None => assert!(beside.iter().any(|one| is_it(&one)), "{result:#?}"),
                }
            }
        }
        if missing.is_empty() {
            return;
        }
        scenarios = missing.clone();
    }
    panic!("never seen: {missing:?}");
}

const TORN_READ: Known = (MIXED_READ, "torn-read", &["torn-read"]);
const TORN_SIZE: Known = (SIZE_BETWEEN, "torn-size", &["torn-size"]);
const TORN_SIZE_4KIB: Known = (SIZE_BETWEEN_4KIB, "torn-size", &["torn-size"]);
const BOTH_NAMES: Known = (PARTS, "ghost-name", &["readdir-live"]);
const NEITHER_NAME: Known = (PARTS, "missing-name", &["readdir-live"]);

#[test]
fn ext4_mixes_writes_in_a_read_and_shows_sizes_of_some_writes() {
    let Some(mount) = Mount::ext4(256) else { return };
    // In which order it lists names, and so what a scan in parts shows of them, is drawn when it is made.
    assert_shows_beside(&mount, &[TORN_READ, TORN_SIZE_4KIB], &[BOTH_NAMES, NEITHER_NAME]);
}

#[test]
fn xfs_shows_sizes_of_some_writes_and_both_names_in_a_scan_in_parts() {
    let Some(mount) = Mount::image(512, &["mkfs.xfs", "-qf"]) else { return };
    assert_shows_beside(&mount, &[TORN_SIZE_4KIB, BOTH_NAMES], &[NEITHER_NAME]);
}

#[test]
fn tmpfs_and_overlay_show_sizes_in_between_and_neither_name_in_a_scan_in_parts() {
    for mount in [Mount::tmpfs("size=256m"), Mount::overlay()] {
        let Some(mount) = mount else { return };
        assert_shows(&mount, &[TORN_READ, TORN_SIZE, TORN_SIZE_4KIB, NEITHER_NAME]);
    }
}

#[test]
fn a_scan_on_btrfs_shows_neither_name_of_a_renamed_file_and_both_if_it_seeks() {
    let Some(mount) = Mount::image(256, &["mkfs.btrfs", "-q"]) else { return };
    let neither = (SCAN, "missing-name", &["readdir-live"][..]);
    let expected = [TORN_READ, TORN_SIZE, TORN_SIZE_4KIB, neither, BOTH_NAMES];
    assert_shows_beside(&mount, &expected, &[NEITHER_NAME]);
    // POSIX leaves it open: unless it is refused, nobody is told but who asks.
    let results = run(mount.path(), [SCAN], &["-d", "1s"]);
    let scan = &results[0];
    assert_eq!((scan.verdict, scan.anomalies.len()), (Verdict::Pass, 0), "{scan:#?}");
    let accepted: Vec<_> = scan.outcomes.iter().filter(|outcome| outcome.accepted).collect();
    assert!(!accepted.is_empty(), "{scan:#?}");
    for outcome in accepted {
        assert!(outcome.results.iter().any(|line| line.contains("readdir kept")), "{outcome:#?}");
    }
}

#[test]
fn bindfs_loses_a_replaced_name() {
    let Some(mount) = Mount::bindfs() else { return };
    let lost = (LOST_NAME, "unexpected-errno", &["open-stale", "rename-gap"][..]);
    assert_shows(&mount, &[TORN_READ, TORN_SIZE, TORN_SIZE_4KIB, lost]);
}

#[test]
fn what_is_refused_must_have_a_name() {
    let place = Place::new();
    let scenario = place.scenario("s.toml", common::plain("s", "300ms"));
    place.run_on_target(&scenario, &["--refuse", "readdir-live"]).expect(0, &[]);
    place.run_on_target(&scenario, &["--refuse", "nonsense"]).expect(2, &["nonsense", "torn-read"]);
}
