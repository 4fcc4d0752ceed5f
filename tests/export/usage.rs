//! The command and the programs as commands: arguments, refusals, and what they leave behind.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::common::processes::{signal, soon};
use crate::common::{Place, names, outcome};
use crate::program::{build_shipped, has_compiler};

/// A scenario of which a round cannot be told beforehand.
const CHANGING: &str = r#"name = "changing"
about = "Names that change."
[run]
mode = "rounds"
[[actor]]
name = "one"
steps = [{ op = "mkdir", path = "d{random:9}" }]
[[actor]]
name = "two"
steps = [{ op = "mkdir", path = "d1" }]
"#;

/// A scan during which more names come than a table can hold in all ways in which it may report them.
const MANY_NAMES: &str = r#"name = "many-names"
about = "Names that come while a directory is scanned."
[fixture]
"d" = { dir = true }
[run]
mode = "rounds"
[[actor]]
name = "maker"
steps = [
  { op = "mkdir", path = "d/a" }, { op = "mkdir", path = "d/b" }, { op = "mkdir", path = "d/c" },
  { op = "mkdir", path = "d/d" }, { op = "mkdir", path = "d/e" }, { op = "mkdir", path = "d/f" },
  { op = "mkdir", path = "d/g" },
]
[[actor]]
name = "scanner"
steps = [{ op = "readdir", path = "d" }]
"#;

/// A file with a hole that is larger than any memory.
const LARGE: &str = r#"name = "large"
about = "A large file."
[fixture]
f = { content = "x" }
[run]
mode = "rounds"
[[actor]]
name = "one"
steps = [{ op = "truncate", path = "f", size = 1099511627776 }]
[[actor]]
name = "two"
steps = [{ op = "stat", path = "f" }]
"#;

#[test]
fn what_cannot_be_exported_is_refused_with_a_reason() {
    let place = Place::new();
    let scenario = place.scenario("changing.toml", CHANGING);
    let refused = place.run(["export".as_ref(), scenario.as_os_str()]);
    refused.expect(2, &["`changing` cannot be exported", "actor `one`", "{random}"]);
    assert_eq!(refused.out, "");
    // Of names that were left out, a scan would be reported that is right.
    let many = place.scenario("many-names.toml", MANY_NAMES);
    let refused = place.run(["export".as_ref(), many.as_os_str()]);
    refused.expect(2, &["more than 6 names change in a directory that is scanned"]);
    // Nor is a file written out in full that nobody would read.
    let large = place.scenario("large.toml", LARGE);
    let refused = place.run(["export".as_ref(), large.as_os_str()]);
    refused.expect(2, &["a file of 1099511627776 B may be left"]);
    let output = place.path("nowhere").join("x.c");
    let good = format!("{}/scenarios/litmus/rename-vs-create.toml", env!("CARGO_MANIFEST_DIR"));
    let unwritable = ["export".as_ref(), good.as_ref(), "-o".as_ref(), output.as_os_str()];
    place.run(unwritable).expect(3, &["x.c: ENOENT"]);
    if let Ok(full) = std::fs::File::create("/dev/full") {
        let mut command = place.command();
        outcome(command.args(["export", &good]).stdout(full)).expect(3, &["ENOSPC"]);
    }
    let many = format!("{}/scenarios/seed", env!("CARGO_MANIFEST_DIR"));
    place.run(["export", &many]).expect(2, &["give one of them"]);
    place.run(["export", &good, "--lang", "basic"]).expect(2, &["basic"]);
}

#[test]
fn a_program_says_what_is_wrong_with_its_arguments_and_its_directory() {
    if !has_compiler() {
        return;
    }
    let place = Place::new();
    let program = build_shipped("litmus/rename-vs-create", &place);
    let run = |args: &[&str]| outcome(Command::new(&program).args(args));
    for args in [&["-n", "many"][..], &["-d", "0"], &["-d", "1x"], &["-x"], &["a", "b"]] {
        run(args).expect(2, &["usage: rename-vs-create [-n ROUNDS] [-d SECONDS] [DIR]"]);
    }
    run(&["-d", "1", "/no/such/place"]).expect(3, &["/no/such/place: No such file or directory"]);
    let target = place.target();
    let counted = run(&["-n", "7", target.to_str().unwrap()]);
    assert!(counted.out.contains("of 7 rounds"), "{counted:#?}");
    assert_eq!(names(&target), Vec::<String>::new());
}

#[test]
fn an_interrupted_program_reports_and_leaves_nothing() {
    if !has_compiler() {
        return;
    }
    let place = Place::new();
    for scenario in ["litmus/rename-vs-create", "seed/open-while-unlinked-processes"] {
        let program = build_shipped(scenario, &place);
        let mut command = Command::new(&program);
        command.args(["-d", "60"]).arg(place.target()).stdout(Stdio::piped());
        let child = command.spawn().unwrap();
        let begun = || !names(&place.target()).is_empty();
        assert!(soon(Duration::from_secs(10), begun), "it never began");
        // Not SIGINT, which a shell has its background jobs ignore.
        signal(child.id() as i32, rustix::process::Signal::TERM);
        let output = child.wait_with_output().unwrap();
        let out = String::from_utf8_lossy(&output.stdout);
        use std::os::unix::process::ExitStatusExt;
        assert_eq!(output.status.signal(), Some(libc::SIGTERM), "{out}");
        assert!(out.contains("nothing seen") || out.contains("ran at the same time"), "{out}");
        assert_eq!(names(&place.target()), Vec::<String>::new());
    }
}

#[test]
fn a_program_that_is_to_outlive_its_terminal_does() {
    if !has_compiler() {
        return;
    }
    let place = Place::new();
    let program = build_shipped("litmus/rename-vs-create", &place);
    let mut command = Command::new("nohup");
    command.arg(&program).args(["-d", "3"]).arg(place.target());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let begun = || !names(&place.target()).is_empty();
    assert!(soon(Duration::from_secs(10), begun), "it never began");
    signal(child.id() as i32, rustix::process::Signal::HUP);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.code().is_some_and(|code| code != 1), "{output:?}");
    assert_eq!(names(&place.target()), Vec::<String>::new());
}

#[test]
fn a_reader_that_has_gone_away_changes_neither_the_end_nor_what_is_left() {
    if !has_compiler() {
        return;
    }
    let place = Place::new();
    let program = build_shipped("litmus/rename-vs-create", &place);
    let mut command = Command::new(&program);
    command.args(["-d", "0.5"]).arg(place.target()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let status = child.wait().unwrap();
    // On a busy machine its actors may not meet.
    assert!([Some(0), Some(4)].contains(&status.code()), "{status}");
    assert_eq!(names(&place.target()), Vec::<String>::new());
}
