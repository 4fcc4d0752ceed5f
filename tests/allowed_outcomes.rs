//! What `fsrace check` says that a scenario may show.

mod common;

use std::fs;

use common::Place;

/// What the command prints for a scenario.
fn checked(toml: &str, args: &[&str]) -> String {
    let place = Place::new();
    let file = place.path("scenario.toml");
    fs::write(&file, toml).expect("a scenario file");
    let file = file.to_str().expect("a path in UTF-8").to_owned();
    let outcome = place.run([&["check", &file], args].concat());
    outcome.expect(0, &[]);
    outcome.out.clone()
}

const REPLACED: &str = r#"
name = "replaced"
about = "What does a reader see of a file that is replaced, and of one that is rewritten?"
[fixture]
"settings" = { content = "OLD" }
"data" = { size = 300 }
[run]
mode = "rounds"
[[actor]]
name = "writer"
steps = [
  { op = "open", path = "new", flags = ["wronly", "creat", "excl"], fd = "f" },
  { op = "write", fd = "f", content = "NEW" },
  { op = "rename", path = "new", to = "settings" },
  { op = "truncate", path = "data", size = 100 },
]
[[actor]]
name = "reader"
steps = [
  { op = "open", path = "settings", fd = "f" },
  { op = "read", fd = "f", len = 100 },
  { op = "open", path = "data", fd = "d" },
  { op = "pread", fd = "d", len = 4096, offset = 0 },
]
"#;

#[test]
fn the_outcomes_are_listed_by_how_many_interleavings_lead_to_them() {
    insta::assert_snapshot!(checked(REPLACED, &[]));
}

const ALL_SORTS: &str = r#"
name = "all-sorts"
[fixture]
"a" = { content = "A" }
"d/x" = { content = "X" }
"l" = { symlink = "a" }
[run]
mode = "rounds"
[[actor]]
name = "changer"
steps = [
  { op = "link", path = "a", to = "b", on = { error = "again" } },
  { op = "chmod", path = "a", mode = "0600" },
  { op = "rename", path = "d/x", to = "a" },
  { op = "rmdir", path = "d" },
]
[[actor]]
name = "looker"
process = "other"
steps = [
  { op = "readdir", path = "d" },
  { op = "stat", path = "l" },
  { op = "readlink", path = "l" },
  { op = "access", path = "b" },
  { op = "readdir", path = "d" },
  { op = "mkdir", path = "b" },
]
"#;

#[test]
fn few_are_shown_unless_all_are_asked_for() {
    let (few, all) = (checked(ALL_SORTS, &[]), checked(ALL_SORTS, &["--all"]));
    assert!(few.contains("more: --all lists them"), "{few}");
    insta::assert_snapshot!(all);
}

#[test]
fn one_outcome_is_no_list() {
    let toml = r#"
name = "apart"
[[actor]]
name = "a"
steps = [{ op = "mkdir", path = "a" }]
[[actor]]
name = "b"
steps = [{ op = "mkdir", path = "b" }]
"#;
    insta::assert_snapshot!(checked(toml, &[]));
}

#[test]
fn waiting_for_ever_is_told() {
    let lock = |name: &str, first: &str, then: &str| {
        format!(
            r#"[[actor]]
name = "{name}"
steps = [
  {{ op = "open", path = "{first}", fd = "first" }},
  {{ op = "open", path = "{then}", fd = "then" }},
  {{ op = "flock", fd = "first", lock = "exclusive" }},
  {{ op = "flock", fd = "then", lock = "exclusive" }},
  {{ op = "close", fd = "then" }},
  {{ op = "close", fd = "first" }},
]
"#
        )
    };
    let fixture = "[fixture]\n\"x\" = { content = \"\" }\n\"y\" = { content = \"\" }\n";
    let toml =
        format!("name = \"circle\"\n{fixture}{}{}", lock("a", "x", "y"), lock("b", "y", "x"));
    insta::assert_snapshot!(checked(&toml, &[]));
}

#[test]
fn without_a_list_there_is_a_reason() {
    let changing = "name = \"changing\"\n[[actor]]\nname = \"a\"\n\
                    steps = [{ op = \"mkdir\", path = \"x{iteration}\" }]\n";
    let told = checked(changing, &[]);
    let reason = "no list of the allowed outcomes: actor `a` uses names that change";
    assert!(told.contains(reason), "{told}");

    let large = "name = \"large\"\n[[actor]]\nname = \"a\"\ncount = 16\n\
                 steps = [{ op = \"mkdir\", path = \"{actor}\" }]\n";
    let told = checked(large, &[]);
    let reason = "no list of the allowed outcomes: there are more than 20000 combinations";
    assert!(told.contains(reason), "{told}");
}

#[test]
fn whether_the_model_follows_a_loop_is_told() {
    let looping = |steps: &str| {
        let toml = format!(
            "name = \"loop\"\nabout = \"Loops.\"\n[fixture]\n\"f\" = {{ content = \"OLD\" }}\n\
             [[actor]]\nname = \"a\"\nsteps = [{steps}]\n"
        );
        checked(&toml, &[])
    };
    let told = looping(r#"{ op = "stat", path = "f" }"#);
    assert!(told.contains("while they loop, each step is judged"), "{told}");
    let append = r#"{ op = "open", path = "f", flags = ["wronly", "append"], fd = "w" },
                    { op = "write", fd = "w", content = "MORE" }"#;
    let told = looping(append);
    assert!(told.contains("without the model: a file grows in every iteration"), "{told}");
}
