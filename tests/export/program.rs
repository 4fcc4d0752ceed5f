//! Exported programs: how they are built and run.

use std::path::{Path, PathBuf};
use std::process::Command;

use fsrace::export::{ExportError, c};
use fsrace::plan::{Settings, plan};
use fsrace::scenario::parse;

use crate::common::{Outcome, Place, outcome, skip};

/// What a bug report asks its reader to type, and stricter.
const FLAGS: [&str; 5] = ["-Wall", "-Wextra", "-Werror", "-std=c99", "-pedantic"];

/// Whether there is a compiler of C.
pub fn has_compiler() -> bool {
    let there = Command::new("cc").arg("--version").output().is_ok_and(|out| out.status.success());
    if !there {
        skip("there is no C compiler here");
    }
    there
}

/// The program of a scenario's text.
pub fn source(text: &str, name: &str) -> Result<String, ExportError> {
    let scenario = parse(text, name).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    c::source(&plan(&scenario, &Settings::default()).unwrap(), &c::Options::default())
}

/// The text of a shipped scenario: `litmus/rename-vs-create`.
pub fn shipped(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    std::fs::read_to_string(root.join(name).with_extension("toml")).unwrap()
}

/// Compiles a program, and links it unless it is only to be looked at.
#[track_caller]
pub fn compile(source: &str, directory: &Path, name: &str, link: bool) -> PathBuf {
    let file = directory.join(name).with_extension("c");
    std::fs::write(&file, source).unwrap();
    let program = directory.join(name);
    let mut command = Command::new("cc");
    command.args(FLAGS).arg(&file).arg("-o").arg(&program);
    command.args(if link { ["-O1", "-lpthread"] } else { ["-O0", "-c"] });
    let built = command.output().unwrap();
    let said = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success() && said.is_empty(), "{name}: {said}");
    program
}

/// The program of a shipped scenario, built.
#[track_caller]
pub fn build_shipped(scenario: &str, place: &Place) -> PathBuf {
    let source = source(&shipped(scenario), scenario).unwrap();
    compile(&source, &place.path("cwd"), scenario.rsplit('/').next().unwrap(), true)
}

/// Runs a program in a directory, in which it leaves nothing.
#[track_caller]
pub fn run(program: &Path, seconds: &str, directory: &Path) -> Outcome {
    let outcome = outcome(Command::new(program).args(["-d", seconds]).arg(directory));
    let left = crate::common::names(directory);
    assert!(!left.iter().any(|name| name.starts_with("repro-")), "{left:?} {outcome:?}");
    outcome
}

/// Runs it until it has this code, for on a busy machine actors may not meet; no other code but
/// "inconclusive" and `meanwhile` may come before that.
#[track_caller]
pub fn run_until(code: i32, meanwhile: i32, program: &Path, directory: &Path) -> Outcome {
    for seconds in ["0.5", "1", "2", "4", "8"] {
        let outcome = run(program, seconds, directory);
        if outcome.code == Some(code) {
            return outcome;
        }
        let expected = [Some(meanwhile), Some(4)].contains(&outcome.code);
        assert!(expected, "{}: {outcome:#?}", program.display());
    }
    panic!("{} never ended with {code}", program.display());
}
