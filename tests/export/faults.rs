//! What the tool sees on the faulty filesystem, exported programs see as well, and neither sees it on the
//! healthy one.
#![cfg(target_os = "linux")]

use std::path::Path;

use fsrace::faulty::find;
use fsrace::report::{Class, Report};

use crate::common::mounts::Mount;
use crate::common::{Place, outcome};
use crate::program::{build_shipped, has_compiler, run_until};

/// A fault, a scenario that shows it, and a word of what its program says.
const FAULTS: [(&str, &str, &str); 14] = [
    ("rename-gap", "litmus/rename-replace-vs-stat-stat", "ENOENT"),
    ("open-stale", "litmus/rename-replace-vs-open-read", "ENOENT"),
    ("torn-read", "litmus/pwrite-vs-pread", "pread"),
    ("mixed-write", "litmus/open-pwrite-pread-vs-open-pwrite-pread", "pwrite"),
    ("append-split", "litmus/append-vs-append", "left"),
    ("create-twice", "litmus/create-below-vs-create-below", "open ok"),
    ("unlink-twice", "litmus/unlink-below-vs-unlink-below", "unlink ok"),
    ("nlink-high", "litmus/unlink-vs-unlink-vs-stat-stat", "links"),
    ("rename-both", "litmus/rename-vs-stat-new-stat-old", "stat"),
    ("offset-race", "litmus/write-inherited-vs-write-inherited-over-text", "left"),
    ("stale-content", "litmus/pwrite-pwrite-vs-pread-pread", "pread"),
    ("zero-inode", "seed/open-while-unlinked-processes", "zero-inode-fd"),
    ("empty-read", "seed/open-while-unlinked-processes", "empty-read"),
    ("einval-write", "seed/create-truncate-write-processes", "einval-write"),
];

#[test]
fn exported_programs_say_of_a_faulty_filesystem_what_the_tool_says() {
    if !has_compiler() {
        return;
    }
    let Some(healthy) = Mount::fuse() else { return };
    let place = Place::new();
    for (fault, scenario, word) in FAULTS {
        let program = build_shipped(scenario, &place);
        let faulty = Mount::faulty(fault).unwrap();
        let seen = run_until(1, 0, &program, faulty.path());
        let verdict = seen.out.lines().find(|line| line.contains(": ANOMALY, "));
        let (count, trials) = rate(verdict.unwrap_or_default());
        assert!(0 < count && count <= trials, "{fault}: {seen:#?}");
        let class = tool_says(fault, scenario, &place, faulty.path());
        assert!(seen.out.contains(word) && seen.out.contains(&class), "{fault} {class}: {seen:#?}");
        run_until(0, 0, &program, healthy.path());
    }
}

/// `k in n` of a verdict; of loops, how many calls.
fn rate(verdict: &str) -> (u64, u64) {
    let counts = verdict.split_once(": ANOMALY, ").unwrap_or_else(|| panic!("{verdict}")).1;
    let mut counts = counts.split([' ', ',']).filter_map(|word| word.parse().ok());
    let count = counts.next().unwrap_or_else(|| panic!("{verdict}"));
    (count, if verdict.contains(" in ") { counts.next().unwrap() } else { count })
}

/// What the tool makes of that fault, in the words of a program: code and class where they come with the
/// expectation, and else a class by looks, of which there are two.
fn tool_says(fault: &str, scenario: &str, place: &Place, faulty: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let json = place.path("cwd").join("result.json");
    let code = find(fault).unwrap().sight.code;
    // On a busy machine there are only a few rounds in a second.
    for duration in ["1s", "4s", "16s"] {
        let mut command = place.command();
        command.arg("run").arg(root.join(scenario).with_extension("toml"));
        command.args(["-q", "-d", duration, "-t"]).arg(faulty);
        outcome(command.arg("--json").arg(&json));
        let report: Report = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
        let result = &report.results[0];
        let Some(seen) = result.anomalies.iter().find(|one| one.code == code) else { continue };
        return match (result.rounds, seen.class) {
            (None, class) => format!("{code}, {}", class.name()),
            (Some(_), Class::Unspecified) => "class: unspecified".to_owned(),
            (Some(_), _) => "class: forbidden".to_owned(),
        };
    }
    panic!("the tool has not seen {code} of {fault}");
}
