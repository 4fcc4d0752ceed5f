//! Known legal sights (CATALOGUE, class A, and their like): what a naive detector takes for a fault
//! and POSIX allows. Each is made up for the model, which must allow it, and provoked on real
//! filesystems, in rounds and in free mode, where it must be seen and must stay silent.

#![allow(clippy::print_stderr, reason = "what was not seen is worth a word")]

#[path = "../common/mod.rs"]
mod common;
mod free;
mod rounds;
mod steps;
mod unlinked_directory;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use common::mounts::Mount;
use common::{Place, soak};
use fsrace::report::{Report, ScenarioResult, Verdict};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// How long each scenario runs on each filesystem, and again, longer each time, what was not seen: a
/// busy machine can keep an actor from running.
const DURATIONS: [&str; 8] = ["60ms", "60ms", "120ms", "250ms", "500ms", "1s", "2s", "4s"];

/// The filesystems that can be had here. They go away when this is dropped.
struct Filesystems {
    _mounts: Vec<Mount>,
    targets: Vec<PathBuf>,
}

fn filesystems() -> Filesystems {
    if !common::is_root() {
        return Filesystems { _mounts: Vec::new(), targets: soak::usual_targets() };
    }
    let mounts = [
        Mount::tmpfs("size=64m"),
        Mount::ext4(128),
        Mount::image(512, &["mkfs.xfs", "-qf"]),
        Mount::image(256, &["mkfs.btrfs", "-q"]),
        Mount::overlay(),
    ];
    let mounts: Vec<Mount> = mounts.into_iter().flatten().collect();
    let targets = mounts.iter().map(|mount| mount.path().to_owned()).collect();
    Filesystems { _mounts: mounts, targets }
}

/// A run of one scenario on one filesystem: what it came to, and what it was judged by.
struct Ran<R> {
    result: ScenarioResult,
    record: R,
}

#[derive(Deserialize)]
struct Observations<R> {
    index: usize,
    record: R,
}

/// Runs that take each other's processors provoke nothing.
static ALONE: Mutex<()> = Mutex::new(());

/// Runs scenarios (name and text) on all filesystems, through the command.
fn run<R: DeserializeOwned>(scenarios: &[(&str, String)], duration: &str) -> Vec<Ran<R>> {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let here = filesystems();
    let place = Place::new();
    for (name, text) in scenarios {
        place.scenario(&format!("{name}.toml"), text);
    }
    let out = place.path("run");
    let mut command = place.command();
    command.arg("run").arg(place.path("scenarios")).args(["-d", duration]).arg("-o").arg(&out);
    for target in &here.targets {
        command.arg("-t").arg(target);
    }
    let outcome = common::outcome(&mut command);
    let text = fs::read_to_string(out.join("results.json"));
    let report: Report = serde_json::from_str(&text.unwrap_or_else(|_| panic!("{outcome:#?}")))
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(report.results.len(), scenarios.len() * here.targets.len(), "{outcome:#?}");
    let mut records: Vec<Observations<R>> = common::names(&out.join("observations"))
        .iter()
        .map(|name| read(&out.join("observations").join(name)))
        .collect();
    records.sort_by_key(|observations| observations.index);
    assert_eq!(records.len(), report.results.len(), "{outcome:#?}");
    let both = report.results.into_iter().zip(records);
    both.map(|(result, observations)| Ran { result, record: observations.record }).collect()
}

fn read<R: DeserializeOwned>(file: &Path) -> Observations<R> {
    let text = fs::read_to_string(file).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Runs the scenarios until each has shown its sight on all filesystems in a run that passed; none
/// may ever say anything.
#[track_caller]
fn provoke<R: DeserializeOwned>(
    mut scenarios: Vec<(&str, String)>,
    shows: impl Fn(&ScenarioResult, &R) -> bool,
) {
    for duration in DURATIONS {
        let mut unseen = Vec::new();
        for Ran { result, record } in run(&scenarios, duration) {
            assert_silent(&result);
            if result.verdict != Verdict::Pass || !shows(&result, &record) {
                eprintln!("not seen: {} on {}", result.scenario, result.target.fs_type);
                unseen.push(result.scenario);
            }
        }
        scenarios.retain(|(name, _)| unseen.iter().any(|one| one == name));
        if scenarios.is_empty() {
            return;
        }
    }
    panic!("never seen: {scenarios:#?}");
}

/// The run says nothing at all. On a busy machine it need not have got far.
#[track_caller]
fn assert_silent(result: &ScenarioResult) {
    assert_eq!(result.anomalies, [], "{result:#?}");
    assert!(result.outcomes.iter().all(|outcome| outcome.class.is_none()), "{result:#?}");
    assert!(matches!(result.verdict, Verdict::Pass | Verdict::Inconclusive), "{result:#?}");
}

/// Whether a filesystem gives a freed inode number to the next file: ext4 always does.
fn reuses_numbers(result: &ScenarioResult) -> bool {
    result.target.fs_type == "ext4"
}

#[test]
fn a_freed_inode_number_is_given_to_the_next_file_on_ext4() {
    let Some(mount) = Mount::ext4(64) else { return };
    let made = |name: &str| {
        fs::write(mount.path().join(name), "x").unwrap();
        fs::metadata(mount.path().join(name)).unwrap().ino()
    };
    let first = made("f");
    fs::remove_file(mount.path().join("f")).unwrap();
    assert_eq!(made("g"), first);
}
