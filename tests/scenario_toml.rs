//! Scenarios written back as TOML are read as the same scenarios.

use std::fs;
use std::path::{Path, PathBuf};

use fsrace::scenario::{Scenario, parse, starter, to_toml};

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
}

fn read(text: &str, file: &str) -> Scenario {
    parse(text, file).unwrap_or_else(|mistakes| panic!("{}", mistakes.render(false)))
}

#[track_caller]
fn round_trip(text: &str, file: &str) {
    let scenario = read(text, file);
    let written = to_toml(&scenario);
    let again = read(&written, &format!("{file}, written back"));
    assert_eq!(again, scenario, "{file}:\n{written}");
    assert_eq!(to_toml(&again), written, "{file}");
}

#[test]
fn every_shipped_scenario_survives_being_written() {
    let mut found = Vec::new();
    for directory in ["scenarios", "tests/good-scenarios"] {
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(directory), &mut found);
    }
    assert!(found.len() > 100, "only {} scenarios", found.len());
    for file in found {
        round_trip(&fs::read_to_string(&file).unwrap(), &file.display().to_string());
    }
    round_trip(starter(), "starter");
}

#[test]
fn braces_quotes_counts_and_parents_survive_being_written() {
    round_trip(
        r#"name = "odd"
about = "A \"quoted\" word, a back\\slash, a tab\tand a \u0001."
forbid = ["hang"]

[fixture]
"a{{b}}/c/file" = { content = "line\nline" }
"bare" = { dir = true }
"many/{index}/x" = { size = "1MiB", count = 3 }
"to" = { symlink = "a{{b}}/c" }
"hard" = { link = "a{{b}}/c/file" }

[shared]
log = { path = "a{{b}}/c/file", flags = ["append", "wronly"] }

[run]
mode = "rounds"
duration = "1500ms"
rounds = 9
hang_after = "1m"
seed = 18446744073709551615

[[actor]]
name = "one"
count = 2
steps = [
  { op = "open", path = "bare", flags = ["directory"], fd = "d" },
  { op = "open", path = "f-{actor}-{random:7:x}", at = "d", flags = ["rdwr", "creat"], mode = "0600", fd = "f", on = { EEXIST = "again", ok = "next", error = "other" } },
  { op = "lseek", fd = "f", offset = -3, whence = "end" },
  { op = "read", fd = "f", len = 70000, repeat = 2, expect = { size = [0, 70000], whole = true } },
  { op = "lock", fd = "f", lock = "exclusive", owner = "ofd", wait = false },
  { op = "sleep", time = "1.5us" },
]
[actor.branch]
other = [
  { op = "write", fd = "log", content = "{x}" },
]
"#,
        "odd",
    );
}

#[test]
fn what_is_written_is_what_an_author_would_write() {
    let text = r#"name = "plain"
about = "What a name shows."

[fixture]
"d/f" = { content = "x" }

[run]
mode = "rounds"

[[actor]]
name = "a"
steps = [
  { op = "open", path = "d/f", flags = ["wronly", "trunc"], fd = "f" },
  { op = "rename", path = "d/f", to = "g" },
]

[[actor]]
name = "b"
process = "p"
steps = [
  { op = "open", path = "g", fd = "f" },
]
"#;
    assert_eq!(to_toml(&read(text, "plain")), text);
}
