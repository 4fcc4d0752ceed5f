//! What free and rounds programs say of scans that went wrong, and of what happens beside them.

use fsrace::export::c;
use fsrace::plan::{Settings, plan};
use fsrace::scenario::parse;

use crate::common::mounts::Mount;
use crate::common::{Outcome, Place, outcome};
use crate::program::{compile, has_compiler, run, shipped, source};

/// Names that nobody touches, and one that comes and goes.
const SCANS: &str = r#"name = "scans"
about = "A scan of names that nobody touches."
[fixture]
"d/kept1" = { content = "" }
"d/kept2" = { content = "" }
[run]
mode = "MODE"
[[actor]]
name = "scanner"
steps = [{ op = "readdir", path = "d" }]
[[actor]]
name = "other"
steps = [{ op = "mkdir", path = "d/x" }, { op = "rmdir", path = "d/x" }]
"#;

/// A scan that misses the names that stay.
const MISSES: (&str, &str) = (r#"strcmp(name, "..") == 0"#, r#"name[0] == '.' || name[0] == 'k'"#);
/// A full disk.
const FULL: (&str, &str) =
    ("mkdirat(at, path, mode) < 0", "((void)path, (void)mode, errno = ENOSPC, 1)");

/// What the program says, with these changes.
#[track_caller]
fn changed(mode: &str, changes: &[(&str, &str)]) -> Outcome {
    let place = Place::new();
    let mut source = source(&SCANS.replace("MODE", mode), mode).unwrap();
    for (part, other) in changes {
        assert!(source.contains(part), "{part}");
        source = source.replacen(part, other, 1);
    }
    run(&compile(&source, &place.path("cwd"), mode, true), "0.5", &place.target())
}

#[test]
fn a_scan_that_misses_two_names_counts_once() {
    if !has_compiler() {
        return;
    }
    let outcome = changed("free", &[MISSES]);
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    let rate = outcome.out.lines().find_map(|line| line.strip_prefix("missing-name, forbidden: "));
    let numbers: Vec<&str> = rate.unwrap().split(' ').collect();
    assert_eq!(numbers[0], numbers[2], "{outcome:#?}");
}

#[test]
fn a_scan_in_parts_shows_both_names_as_the_tool_says() {
    if !has_compiler() {
        return;
    }
    let Some(mount) = Mount::image(256, &["mkfs.btrfs", "-q"]) else { return };
    let place = Place::new();
    let text = shipped("differences/renames-vs-readdir-in-parts");
    let refuses = c::Options { accepted: Vec::new(), ..c::Options::default() };
    let scenario = parse(&text, "parts").unwrap();
    let source = c::source(&plan(&scenario, &Settings::default()).unwrap(), &refuses).unwrap();
    let program = compile(&source, &place.path("cwd"), "parts", true);
    let both = ["a, b", "c, d"];
    let shows = |seconds: &str| {
        let outcome = run(&program, seconds, mount.path());
        both.iter().any(|names| outcome.out.contains(names))
    };
    assert!(["1", "2", "4", "8"].into_iter().any(shows));
    let file = place.scenario("parts.toml", &text);
    let says = |seconds: &str| {
        let mut command = place.command();
        command.args(["run", "--refuse", "readdir-live", "-d", &format!("{seconds}s"), "-t"]);
        let tool = outcome(command.arg(mount.path()).arg(&file));
        tool.out.contains("ghost-name")
    };
    assert!(["1", "2", "4", "8"].into_iter().any(says));
}

#[test]
fn names_for_which_there_is_no_room_are_not_missing() {
    if !has_compiler() {
        return;
    }
    for mode in ["free", "rounds"] {
        let outcome = changed(mode, &[("NAMES_ROOM = 65", "NAMES_ROOM = 8, ROOM_WAS = 65")]);
        assert_eq!(outcome.code, Some(4), "{outcome:#?}");
        assert!(outcome.out.contains("more names than there is room for"), "{outcome:#?}");
    }
}

#[test]
fn a_full_disk_hides_no_name_that_must_be_there() {
    if !has_compiler() {
        return;
    }
    let full = changed("free", &[FULL]);
    assert_eq!(full.code, Some(4), "{full:#?}");
    let both = changed("free", &[FULL, MISSES]);
    assert_eq!(both.code, Some(1), "{both:#?}");
    assert!(both.out.contains("missing-name") && both.out.contains("ENOSPC"), "{both:#?}");
}
