//! Small scenarios whose programs have little in them build without a warning, too.

use crate::common::Place;
use crate::program::{compile, has_compiler, run, source};

/// Tagged data that nobody reads.
const WRITES: &str = r#"name = "writes"
about = "Tagged data that is only written."
[run]
mode = "free"
[[actor]]
name = "one"
steps = [
  { op = "open", path = "f", flags = ["creat", "wronly"], fd = "f" },
  { op = "write", fd = "f", size = 4096 },
]
[[actor]]
name = "two"
steps = [{ op = "unlink", path = "f" }]
"#;

/// A file in which nobody has written anything.
const READS: &str = r#"name = "reads"
about = "Nothing that is only read."
[run]
mode = "free"
[[actor]]
name = "one"
steps = [
  { op = "open", path = "f", flags = ["creat", "rdwr"], fd = "f" },
  { op = "read", fd = "f", len = 16 },
]
[[actor]]
name = "two"
steps = [{ op = "unlink", path = "f" }]
"#;

/// A file without a name, which not every system has.
const NAMELESS: &str = r#"name = "nameless"
about = "A file without a name."
[fixture]
"d" = { dir = true }
[run]
mode = "MODE"
[[actor]]
name = "one"
steps = [{ op = "open", path = "d", flags = ["tmpfile", "rdwr"], fd = "f" }]
[[actor]]
name = "two"
steps = [{ op = "mkdir", path = "e" }]
"#;

#[test]
fn programs_of_few_parts_build_without_a_warning() {
    if !has_compiler() {
        return;
    }
    let place = Place::new();
    let looped = NAMELESS.replace("MODE", "free");
    let rounds = NAMELESS.replace("MODE", "rounds");
    for (name, text) in
        [("writes", WRITES), ("reads", READS), ("looped", &looped), ("rounds", &rounds)]
    {
        compile(&source(text, name).unwrap(), &place.path("cwd"), name, false);
    }
}

#[test]
fn what_a_system_does_not_have_is_said_when_the_program_runs() {
    if !has_compiler() {
        return;
    }
    let place = Place::new();
    let source = source(&NAMELESS.replace("MODE", "free"), "elsewhere").unwrap();
    // Two errnos on some systems.
    assert!(source.contains("EOPNOTSUPP, ENOTSUP"), "{source}");
    let elsewhere = source.replace("#ifdef O_TMPFILE", "#if 0");
    let program = compile(&elsewhere, &place.path("cwd"), "elsewhere", true);
    let outcome = run(&program, "0.5", &place.target());
    assert_eq!(outcome.code, Some(3), "{outcome:#?}");
    assert!(outcome.out.contains("does not have `open"), "{outcome:#?}");
}
