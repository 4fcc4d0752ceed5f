//! What the tool sees on the faulty filesystem, exported programs see as well, and neither sees it on the
//! healthy one.
#![cfg(target_os = "linux")]

use crate::common::mounts::Mount;
use crate::common::{Place, outcome};
use crate::program::{build_shipped, has_compiler, run_until};

/// A fault, a scenario that shows it, and a word of what its program says.
const FAULTS: [(&str, &str, &str); 14] = [
    ("rename-gap", "litmus/rename-replace-vs-stat-stat", "ENOENT"),
    ("open-stale", "litmus/rename-replace-vs-open-read", "ENOENT"),
    ("torn-read", "litmus/pwrite-vs-pread", "class: unspecified"),
    ("mixed-write", "litmus/open-pwrite-pread-vs-open-pwrite-pread", "class: "),
    ("append-split", "litmus/append-vs-append", "left"),
    ("create-twice", "litmus/create-below-vs-create-below", "class: forbidden"),
    ("unlink-twice", "litmus/unlink-below-vs-unlink-below", "class: forbidden"),
    ("nlink-high", "litmus/unlink-vs-unlink-vs-stat-stat", "links"),
    ("rename-both", "litmus/rename-vs-stat-new-stat-old", "class: "),
    ("offset-race", "litmus/write-inherited-vs-write-inherited-over-text", "left"),
    ("stale-content", "litmus/pwrite-pwrite-vs-pread-pread", "class: "),
    ("zero-inode", "seed/open-while-unlinked-processes", "zero-inode-fd, forbidden"),
    ("empty-read", "seed/open-while-unlinked-processes", "empty-read, forbidden"),
    ("einval-write", "seed/create-truncate-write-processes", "einval-write, forbidden"),
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
        assert!(seen.out.contains("ANOMALY") && seen.out.contains(word), "{fault}: {seen:#?}");
        run_until(0, 0, &program, healthy.path());
    }
}

#[test]
fn the_tool_says_the_same() {
    if !has_compiler() {
        return;
    }
    let place = Place::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    for (fault, scenario, _) in FAULTS {
        let Some(faulty) = Mount::faulty(fault) else { return };
        let json = place.path("cwd").join("result.json");
        // On a busy machine there are only a few rounds in a second.
        let sees = |duration: &&str| {
            let mut command = place.command();
            command.arg("run").arg(root.join(scenario).with_extension("toml"));
            command.args(["-q", "-d", *duration, "-t"]).arg(faulty.path());
            outcome(command.arg("--json").arg(&json));
            let report: fsrace::report::Report =
                serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
            // What is `unspecified` does not fail a run of the tool; the program, which is for a
            // report of it, ends with 1 all the same.
            !report.results[0].anomalies.is_empty()
        };
        assert!(["1s", "4s", "16s"].iter().any(sees), "{fault}");
    }
}
