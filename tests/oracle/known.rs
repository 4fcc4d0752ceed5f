//! Programs of which one can say by hand what may happen.

use std::collections::BTreeSet;

use fsrace::model::{Judge, Limits, Verdict};
use fsrace::outcome::Words;

use super::random::in_words;
use super::{explored, planned, program};

/// All outcomes of a program, each in one line: what each actor saw, and what is left.
fn outcomes(toml: &str) -> BTreeSet<String> {
    let toml = format!("name = \"known\"\n{toml}");
    let (plan, program) = (planned(&toml), program(&toml));
    let explored = explored(&program);
    let words = Words::new(&plan);
    let all: Vec<String> = explored
        .outcomes()
        .map(|(key, _)| in_words(&words, &explored.witness(&program, key).expect("a witness")))
        .collect();
    let different: BTreeSet<String> = all.iter().cloned().collect();
    assert_eq!(all.len(), different.len());
    different
}

#[track_caller]
fn assert_outcomes(toml: &str, expected: &[&str]) {
    let outcomes = outcomes(toml);
    let expected: BTreeSet<String> = expected.iter().map(|&text| text.to_owned()).collect();
    assert_eq!(outcomes, expected);
}

#[test]
fn an_open_file_outlives_its_name() {
    assert_outcomes(
        r#"
[fixture]
"f" = { content = "CONTENT" }
[[actor]]
name = "deleter"
steps = [{ op = "unlink", path = "f" }]
[[actor]]
name = "reader"
steps = [
  { op = "open", path = "f", fd = "f", on = { error = "again" } },
  { op = "read", fd = "f", len = 100 },
]
"#,
        &["unlink ok | open ENOENT | nothing", "unlink ok | open ok; read \"CONTENT\" | nothing"],
    );
}

#[test]
fn a_name_that_rename_replaces_is_never_absent() {
    assert_outcomes(
        r#"
[fixture]
"f" = { content = "OLD" }
"new" = { content = "NEW" }
[[actor]]
name = "replacer"
steps = [{ op = "rename", path = "new", to = "f" }]
[[actor]]
name = "reader"
steps = [{ op = "open", path = "f", fd = "f" }, { op = "read", fd = "f", len = 100 }]
"#,
        &[
            "rename ok | open ok; read \"OLD\" | f = \"NEW\" (was new)",
            "rename ok | open ok; read \"NEW\" | f = \"NEW\" (was new)",
        ],
    );
}

#[test]
fn only_one_creates_exclusively() {
    assert_outcomes(
        r#"
[[actor]]
name = "a"
steps = [{ op = "open", path = "f", flags = ["wronly", "creat", "excl"], fd = "f" }]
[[actor]]
name = "b"
steps = [{ op = "open", path = "f", flags = ["wronly", "creat", "excl"], fd = "f" }]
"#,
        &["open ok | open EEXIST | f = \"\"", "open EEXIST | open ok | f = \"\""],
    );
}

#[test]
fn a_directory_is_made_before_it_is_removed() {
    assert_outcomes(
        r#"
[[actor]]
name = "a"
steps = [{ op = "mkdir", path = "d" }]
[[actor]]
name = "b"
steps = [{ op = "rmdir", path = "d" }]
"#,
        &["mkdir ok | rmdir ok | nothing", "mkdir ok | rmdir ENOENT | d/"],
    );
}

#[test]
fn a_read_sees_all_of_a_write_or_nothing() {
    assert_outcomes(
        r#"
[fixture]
"f" = { content = "old" }
[[actor]]
name = "writer"
steps = [{ op = "open", path = "f", flags = ["wronly"], fd = "f" }, { op = "write", fd = "f", content = "LONGER" }]
[[actor]]
name = "reader"
steps = [{ op = "open", path = "f", fd = "f" }, { op = "read", fd = "f", len = 100 }]
"#,
        &[
            "open ok; write 6 B | open ok; read \"old\" | f = \"LONGER\"",
            "open ok; write 6 B | open ok; read \"LONGER\" | f = \"LONGER\"",
        ],
    );
}

#[test]
fn appends_stand_one_after_the_other() {
    assert_outcomes(
        r#"
[fixture]
"log" = { content = "" }
[[actor]]
name = "a"
steps = [{ op = "open", path = "log", flags = ["wronly", "append"], fd = "f" }, { op = "write", fd = "f", content = "one" }]
[[actor]]
name = "b"
steps = [{ op = "open", path = "log", flags = ["wronly", "append"], fd = "f" }, { op = "write", fd = "f", content = "two" }]
"#,
        &[
            "open ok; write 3 B | open ok; write 3 B | log = \"onetwo\"",
            "open ok; write 3 B | open ok; write 3 B | log = \"twoone\"",
        ],
    );
}

#[test]
fn renames_into_each_other_leave_one_file() {
    assert_outcomes(
        r#"
[fixture]
"a" = { content = "A" }
"b" = { content = "B" }
[[actor]]
name = "forth"
steps = [{ op = "rename", path = "a", to = "b" }]
[[actor]]
name = "back"
steps = [{ op = "rename", path = "b", to = "a" }]
"#,
        &["rename ok | rename ok | a = \"A\"", "rename ok | rename ok | b = \"B\""],
    );
}

#[test]
fn a_lock_is_held_by_one() {
    let lock = r#"steps = [
  { op = "open", path = "f", flags = ["rdwr"], fd = "f" },
  { op = "flock", fd = "f", lock = "exclusive", wait = false, on = { error = "again" } },
  { op = "flock", fd = "f", lock = "unlock" },
]"#;
    let both = "open ok; flock ok; flock ok";
    let refused = "open ok; flock EAGAIN";
    assert_outcomes(
        &format!(
            "[fixture]\n\"f\" = {{ content = \"\" }}\n[[actor]]\nname = \"a\"\n{lock}\n\
             [[actor]]\nname = \"b\"\n{lock}\n"
        ),
        &[
            &format!("{both} | {both} | f = \"\""),
            &format!("{both} | {refused} | f = \"\""),
            &format!("{refused} | {both} | f = \"\""),
        ],
    );
}

#[test]
fn a_circle_of_waiting_is_found() {
    let actor = |name: &str, first: &str, then: &str| {
        format!(
            r#"[[actor]]
name = "{name}"
steps = [
  {{ op = "open", path = "{first}", flags = ["rdwr"], fd = "first" }},
  {{ op = "open", path = "{then}", flags = ["rdwr"], fd = "then" }},
  {{ op = "flock", fd = "first", lock = "exclusive", wait = true }},
  {{ op = "flock", fd = "then", lock = "exclusive", wait = true }},
  {{ op = "close", fd = "first" }},
  {{ op = "close", fd = "then" }},
]
"#
        )
    };
    let toml = format!(
        "name = \"circle\"\n[fixture]\n\"x\" = {{ content = \"\" }}\n\"y\" = {{ content = \"\" }}\n{}{}",
        actor("a", "x", "y"),
        actor("b", "y", "x")
    );
    let stopped = explored(&program(&toml)).stopped();
    assert_eq!(stopped.len(), 1);
    assert!(stopped[0].positions.iter().all(|position| position.step == 3));
}

#[test]
fn a_lock_that_is_refused_may_be_lost_only_later() {
    // The upgrade of `a` can be refused early, because of the first lock of `b`, and then what it
    // held is gone; that `d` is refused needs it to come late.
    let flock =
        |mode: &str| format!("{{ op = \"flock\", fd = \"f\", lock = \"{mode}\", wait = false }}, ");
    let open = "{ op = \"open\", path = \"f\", fd = \"f\" }, ";
    let (mkdir, access) = ("{ op = \"mkdir\", path = ", "{ op = \"access\", path = ");
    let toml = format!(
        "name = \"lost\"\n[fixture]\n\"f\" = {{ content = \"\" }}\n\
         [[actor]]\nname = \"a\"\nsteps = [{open}{shared}{mkdir}\"p\" }}, {exclusive}]\n\
         [[actor]]\nname = \"b\"\nsteps = [{open}{shared}{access}\"p\" }}, {unlock}{mkdir}\"x\" }}, \
         {access}\"y\" }}, {shared}]\n\
         [[actor]]\nname = \"d\"\nsteps = [{open}{access}\"x\" }}, {exclusive}{mkdir}\"y\" }}]\n",
        shared = flock("shared"),
        exclusive = flock("exclusive"),
        unlock = flock("unlock"),
    );
    let (plan, program) = (planned(&toml), program(&toml));
    let explored = explored(&program);
    let words = Words::new(&plan);
    let sought = "open ok; flock ok; mkdir ok; flock EAGAIN | \
                  open ok; flock ok; access ok; flock ok; mkdir ok; access ok; flock ok | \
                  open ok; access ok; flock EAGAIN; mkdir ok | f = \"\"; p/; x/; y/";
    let mut witnesses = explored.outcomes().filter_map(|(key, _)| explored.witness(&program, key));
    let outcome = witnesses.find(|outcome| in_words(&words, outcome) == sought).expect("allowed");
    let limits = Limits { outcomes: 0, ..Limits::default() };
    let mut searches = Judge::new(super::program(&toml), limits);
    assert_eq!(searches.verdict(&outcome), Verdict::Allowed);
}
