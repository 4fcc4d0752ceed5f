//! Every shipped scenario can be exported.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::common::mounts::Mount;
use crate::common::{Place, scenarios};
use crate::program::{build_shipped, compile, has_compiler, run_until, source};

/// Scenarios that are refused, with a word of the reason.
#[cfg(target_os = "linux")]
const REFUSED: &[(&str, &str)] = &[];
#[cfg(not(target_os = "linux"))]
const REFUSED: &[(&str, &str)] = &[
    ("nameless-file", "only on Linux"),
    ("scan-in-parts", "only on Linux"),
    ("renames-vs-readdir-in-parts", "only on Linux"),
];
/// Programs that are compiled at a time.
const COMPILERS: usize = 2;

/// Some of every kind of scenario: processes and threads, shared descriptors, locks, scans, tagged data,
/// names that change, symbolic links.
const REPRESENTATIVE: [&str; 15] = [
    "litmus/rename-replace-vs-open-read",
    "litmus/create-x-vs-create-y-vs-stat-x-stat-y-vs-stat-y-stat-x",
    "litmus/write-inherited-vs-write-inherited",
    "litmus/lock-vs-open-close-vs-lock",
    "litmus/rename-dir-vs-opendir-open-at",
    "litmus/create-vs-rename-vs-readdir",
    "litmus/unlink-vs-fstat-fstat",
    "litmus/rename-exchange-vs-open-read",
    "differences/renames-there-and-back-vs-readdir",
    "seed/open-while-unlinked-threads",
    "seed/directory-scan-processes",
    "stress/append-log",
    "stress/ofd-lock",
    "stress/many-names",
    "stress/scan-in-parts",
];

#[test]
fn every_shipped_scenario_builds_without_a_warning_or_is_refused_with_a_reason() {
    if !has_compiler() {
        return;
    }
    let paths = scenarios::files();
    assert!(paths.len() > 200, "{}", paths.len());
    let place = Place::new();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..COMPILERS {
            scope.spawn(|| {
                while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let name = path.file_stem().unwrap().to_str().unwrap();
                    let refused = REFUSED.iter().find(|(refused, _)| *refused == name);
                    match (source(&std::fs::read_to_string(path).unwrap(), name), refused) {
                        (Ok(source), None) => {
                            compile(&source, &place.path("cwd"), name, false);
                        }
                        (Err(why), Some((_, word))) => assert!(why.to_string().contains(word)),
                        (got, _) => panic!("{name}: {:?}", got.err()),
                    }
                }
            });
        }
    });
}

#[test]
fn exported_programs_see_nothing_on_tmpfs() {
    if !has_compiler() {
        return;
    }
    let Some(mount) = Mount::tmpfs("size=256m") else { return };
    let place = Place::new();
    for scenario in REPRESENTATIVE {
        let program = build_shipped(scenario, &place);
        let outcome = run_until(0, 0, &program, mount.path());
        assert!(outcome.out.contains("nothing seen"), "{outcome:#?}");
    }
}
