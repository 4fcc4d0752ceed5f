//! `fsrace guarantees` as people call it: on filesystems that keep their promises, on one that does
//! not, and with arguments that do not fit.
#![cfg(target_os = "linux")]

mod common;

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::time::Duration;

use common::mounts::Mount;
use common::processes::{signal, soon};
use common::{Outcome, Place, names, outcome};
use fsrace::guarantees::{guarantees, scenarios};
use fsrace::report::guarantees::{Guaranteed, GuaranteesReport, Standing};
use rustix::process::Signal;

/// Runs it on directories, with every format.
fn run(place: &Place, targets: &[&Path], duration: &str) -> (Outcome, GuaranteesReport) {
    let mut command = place.command();
    command.arg("guarantees").args(targets).args(["-d", duration, "--json", "r.json"]);
    command.args(["--csv", "r.csv", "--html", "r.html", "--markdown", "r.md"]);
    let outcome = outcome(&mut command);
    let text = std::fs::read_to_string(place.cwd().join("r.json"));
    let text = text.unwrap_or_else(|error| panic!("{error} {outcome:#?}"));
    (outcome, serde_json::from_str(&text).unwrap())
}

fn standing(row: &Guaranteed) -> Standing {
    row.targets[0].verdict
}

#[test]
fn every_scenario_that_a_guarantee_names_is_built_in() {
    let listed = Place::new().run(["list"]).out;
    for name in scenarios() {
        assert!(
            listed.lines().any(|line| line.trim_start().starts_with(&format!("{name} "))),
            "{name}"
        );
    }
}

#[test]
fn filesystems_that_keep_their_promises_show_nothing_broken() {
    let place = Place::new();
    let mounts = [Mount::tmpfs("size=256m"), Mount::ext4(256)];
    let mounts: Vec<Mount> = mounts.into_iter().flatten().collect();
    if mounts.is_empty() {
        return;
    }
    let targets: Vec<&Path> = mounts.iter().map(Mount::path).collect();
    let (outcome, mut report) = run(&place, &targets, "150ms");
    // A machine that is busy with something else may decide too little, but accuses nobody.
    assert!([Some(0), Some(4)].contains(&outcome.code), "{outcome:#?}");
    assert_eq!(report.also_found, [], "{outcome:#?}");
    assert_eq!(report.guarantees.len(), guarantees().count());
    for row in &report.guarantees {
        assert_eq!(row.targets.len(), mounts.len());
        assert!(row.targets.iter().all(|on| on.verdict != Standing::Broken), "{row:#?}");
    }
    let held = report.guarantees.iter().filter(|row| standing(row) == Standing::Holds).count();
    assert!(held >= 25, "only {held} hold: {outcome:#?}");
    // What nobody promises is not only not promised: it does happen, given time.
    let mut unseen =
        vec!["truncate-and-write", "fcntl-lock-threads", "replace-directory", "fcntl-lock-close"];
    let mut longer = ["300ms", "600ms", "1200ms", "2400ms"].iter();
    loop {
        unseen.retain(|name| {
            let row = report.guarantees.iter().find(|row| row.name == *name).unwrap();
            let on = &row.targets[0];
            // On a busy machine the actors may not have met yet.
            let undecided = on.verdict == Standing::NotTestable && on.inconclusive;
            assert!(undecided || on.verdict == Standing::NotPromised, "{row:#?}");
            on.evidence.iter().all(|sight| sight.count == 0)
        });
        if unseen.is_empty() {
            break;
        }
        let duration = longer.next().unwrap_or_else(|| panic!("never seen: {unseen:?}"));
        report = run(&place, &targets[..1], duration).1;
    }
    for file in ["r.csv", "r.html", "r.md"] {
        let text = std::fs::read_to_string(place.cwd().join(file)).unwrap();
        assert!(text.contains(guarantees().next().unwrap().sentence), "{file}");
    }
    assert!(
        targets
            .iter()
            .all(|target| { names(target).iter().all(|name| !name.starts_with("fsrace-")) })
    );
}

#[test]
fn bindfs_does_not_keep_names_that_rename_replaces() {
    let Some(mount) = Mount::bindfs() else { return };
    let place = Place::new();
    // On a busy machine a few rounds may show nothing.
    let broken = ["250ms", "1s", "4s"].iter().find_map(|duration| {
        let (outcome, report) = run(&place, &[mount.path()], duration);
        let row = report.guarantees.into_iter().find(|row| row.name == "replace-by-rename")?;
        (standing(&row) == Standing::Broken).then_some((outcome, row))
    });
    let (outcome, row) = broken.expect("it is never broken");
    outcome.expect(1, &[]);
    assert!(row.targets[0].evidence[0].count > 0);
    assert!(outcome.out.contains("replace-by-rename: A reader never misses"), "{}", outcome.out);
    assert!(names(mount.path()).is_empty());
}

#[test]
fn wrong_arguments_are_refused_before_anything_runs() {
    let place = Place::new();
    let file = place.scenario("f", "");
    let (target, file) = (place.target(), file.to_str().unwrap().to_owned());
    let target = target.to_str().unwrap();
    let refused = |code, args: &[&str], words: &[&str]| {
        place.run(["guarantees"].iter().chain(args)).expect(code, words);
        place.assert_untouched();
    };
    refused(3, &["missing"], &["missing", "ENOENT"]);
    refused(3, &[&file], &["ENOTDIR"]);
    refused(2, &[target, target], &["twice"]);
    refused(3, &[target, "--csv", "no/such/r.csv"], &["--csv", "ENOENT", "no/such"]);
    refused(3, &[target, "--html", target], &["--html", "EISDIR"]);
    refused(3, &[target, "--csv", "x", "--json", "x"], &["--csv", "--json"]);
    refused(3, &[target, "--csv", "-", "--format", "json"], &["--csv", "--format"]);
    refused(2, &[target, "--format", "pdf"], &["pdf", "markdown"]);
    refused(2, &[target, "--accept", "nonsense"], &["nonsense", "torn-read"]);
    refused(2, &[target, "-d", "0s"], &["longer than nothing"]);
    refused(2, &[target, "-q", "-v"], &["--verbose"]);
}

#[test]
fn the_table_alone_goes_to_standard_output_when_it_is_for_programs() {
    let place = Place::new();
    let mut child = place.command();
    child.args(["guarantees", "--format", "csv", "-d", "1ms"]).arg(place.target());
    let outcome = outcome(&mut child);
    let lines: Vec<&str> = outcome.out.lines().collect();
    assert!(lines[0].starts_with("schema_version,"), "{outcome:#?}");
    assert_eq!(lines.len(), 1 + guarantees().count(), "{outcome:#?}");
    place.assert_clean();
}

#[test]
fn a_signal_ends_it_with_the_table_so_far_and_nothing_left_behind() {
    let place = Place::new();
    let mut command = place.command();
    command.arg("guarantees").arg(place.target()).args(["-d", "2s", "--json", "r.json"]);
    let child = command.spawn().unwrap();
    let running = || !names(&place.target()).is_empty();
    assert!(soon(Duration::from_secs(10), running), "it never began");
    std::thread::sleep(Duration::from_millis(300));
    signal(child.id() as i32, Signal::INT);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.signal(), Some(libc::SIGINT), "{output:?}");
    let text = std::fs::read_to_string(place.cwd().join("r.json")).unwrap();
    let report: GuaranteesReport = serde_json::from_str(&text).unwrap();
    let last = report.guarantees.last().unwrap();
    assert_eq!((standing(last), last.targets[0].inconclusive), (Standing::NotTestable, true));
    assert!(String::from_utf8_lossy(&output.stderr).contains("stopped"), "{output:?}");
    assert!(soon(Duration::from_secs(10), || names(&place.target()).is_empty()));
}
