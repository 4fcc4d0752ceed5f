//! What the parser makes of good files, and that no text makes it panic.

use fsrace::ops::OpKind;
use fsrace::scenario::{
    self, Content, FixtureKind, Jump, Mode, OnResult, OpenFlag, Piece, Scenario, Template,
};
use proptest::prelude::*;
use std::time::Duration;

fn parse(text: &str) -> Scenario {
    scenario::parse(text, "scenario.toml").unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

const SEED: &str = include_str!("good-scenarios/seed.toml");

#[test]
fn the_seed_scenario_is_read_as_written() {
    let scenario = parse(SEED);
    assert_eq!(scenario.name, "open-while-unlinked");
    assert_eq!(scenario.run.mode, Mode::Free);
    assert_eq!(scenario.run.duration, Some(Duration::from_secs(5)));
    assert_eq!(scenario.run.hang_after, Duration::from_secs(10));
    assert_eq!(scenario.fixture.len(), 1);
    let [deleter, reader] = scenario.actors.as_slice() else { panic!("two actors") };
    assert_eq!(deleter.process.as_deref(), Some("A"));
    assert_eq!(deleter.steps[0].on[0].result, OnResult::Errno("ENOENT".to_owned()));
    assert_eq!(deleter.steps[0].on[0].jump, Jump::Again);
    let open = &reader.steps[0];
    assert_eq!(open.op, OpKind::Open);
    assert_eq!(open.path, Some(Template(vec![Piece::Text("DEST.txt".to_owned())])));
    assert_eq!(open.fd.as_deref(), Some("f"));
    assert_eq!(open.flags, [OpenFlag::Rdonly]);
    assert_eq!(open.on[0].jump, Jump::Branch("recreate".to_owned()));
    let branch = &reader.branches[0];
    assert_eq!(branch.name, "recreate");
    assert_eq!(branch.steps[0].time, Some(Duration::from_micros(1)));
    assert_eq!(branch.steps[2].content, Some(Content::Text("CONTENT".to_owned())));
}

#[test]
fn the_fixture_is_complete_and_sorted() {
    let scenario = parse(
        r#"
name = "fixture"
[fixture]
"l" = { link = "a/b/f" }
"a/b/f" = { content = "x" }
"n-{index}/x" = { size = "1KiB", count = 3 }
"n-1" = { dir = true }
"s" = { symlink = "a" }
"brace{{}}" = { size = 0 }
[[actor]]
name = "x"
steps = [{ op = "yield" }]
"#,
    );
    let entries: Vec<(String, u32)> =
        scenario.fixture.iter().map(|entry| (entry.path.to_string(), entry.count)).collect();
    let entries: Vec<(&str, u32)> = entries.iter().map(|(path, n)| (path.as_str(), *n)).collect();
    assert_eq!(
        entries,
        [
            ("a", 1),
            ("n-0", 1),
            ("n-1", 1),
            ("n-2", 1),
            ("a/b", 1),
            ("brace{{}}", 1),
            ("n-{index}/x", 3),
            ("a/b/f", 1),
            ("s", 1),
            ("l", 1),
        ]
    );
    assert_eq!(scenario.fixture.last().unwrap().kind, FixtureKind::HardLink("a/b/f".to_owned()));
}

#[test]
fn a_whole_family_of_parents_stays_a_family() {
    let scenario = parse(
        "name = \"a\"\n[fixture]\n\"d-{index}/f\" = { size = 1, count = 3 }\n\
         [[actor]]\nname = \"x\"\nsteps = [{ op = \"yield\" }]\n",
    );
    assert_eq!(scenario.fixture[0].path.to_string(), "d-{index}");
    assert_eq!(scenario.fixture[0].count, 3);
    assert_eq!(scenario.fixture[0].kind, FixtureKind::Directory);
}

#[test]
fn values_with_units_are_read() {
    let scenario = parse(
        r#"
name = "values"
[run]
mode = "rounds"
rounds = 7
duration = "1.5s"
seed = 18446744073709551615
[[actor]]
name = "x"
count = 3
steps = [
  { op = "open", path = "{actor}-{random:10}-{random:10:b}", flags = ["creat", "rdwr"], mode = 0o600, fd = "f" },
  { op = "pwrite", fd = "f", size = "64KiB", offset = "1MiB" },
  { op = "lseek", fd = "f", offset = -5, whence = "end" },
  { op = "lseek", fd = "f", offset = "-1KiB" },
  { op = "ftruncate", fd = "f", size = 0x10 },
  { op = "flock", fd = "f", lock = "exclusive", wait = false },
  { op = "lock", fd = "f", lock = "shared" },
  { op = "read", fd = "f", len = 3, expect = { content = ["a", "b"], size = [0, "1KiB"], errno = "ok" } },
]
"#,
    );
    let steps = &scenario.actors[0].steps;
    assert_eq!(scenario.run.duration, Some(Duration::from_millis(1500)));
    assert_eq!(scenario.run.seed, Some(u64::MAX));
    assert_eq!(steps[0].mode, Some(0o600));
    assert_eq!(steps[0].flags, [OpenFlag::Rdwr, OpenFlag::Creat]);
    assert_eq!(steps[1].content, Some(Content::Tagged(65536)));
    assert_eq!(steps[1].size, None);
    assert_eq!(steps[1].offset, Some(1 << 20));
    assert_eq!(steps[2].offset, Some(-5));
    assert_eq!(steps[3].offset, Some(-1024));
    assert_eq!(steps[4].size, Some(16));
    assert!(!steps[5].wait);
    assert!(steps[6].wait);
    let expect = steps[7].expect.as_ref().unwrap();
    assert_eq!(expect.size, Some(vec![0, 1024]));
    assert_eq!(expect.errno, Some(vec!["ok".to_owned()]));
}

#[test]
fn line_ends_and_byte_order_marks_of_other_systems_are_fine() {
    let digest = parse(SEED).digest;
    assert_eq!(parse(&SEED.replace('\n', "\r\n")).digest, digest);
    assert_eq!(parse(&format!("\u{feff}{SEED}")).digest, digest);
}

#[test]
fn every_operation_and_every_field_can_be_written() {
    let text = include_str!("good-scenarios/every-operation.toml");
    let scenario = parse(text);
    for spec in fsrace::ops::specs() {
        let mut steps = scenario.actors[0].steps.iter();
        assert!(steps.any(|step| step.op == spec.kind), "there is no `{}`", spec.name);
        let lines = || text.lines().filter(|l| l.contains(&format!("op = \"{}\"", spec.name)));
        for field in spec.fields {
            let written = lines().any(|line| line.contains(&format!(" {} = ", field.name)));
            // `at` is the same everywhere.
            assert!(written || field.name == "at", "`{}` has no `{}`", spec.name, field.name);
        }
    }
    insta::assert_snapshot!("describe-every-operation", scenario::describe(&scenario));
}

#[test]
fn the_plan_is_told_in_plain_words() {
    insta::assert_snapshot!("describe-seed", scenario::describe(&parse(SEED)));
    insta::assert_snapshot!("describe-starter", scenario::describe(&parse(scenario::starter())));
}

#[test]
fn colour_only_adds_escapes() {
    let diagnostics = scenario::parse("name = 3\n", "x.toml").unwrap_err();
    let (plain, colour) = (diagnostics.render(false), diagnostics.render(true));
    assert!(!plain.contains('\u{1b}') && colour.contains('\u{1b}'));
    assert!(plain.contains("x.toml:1:8"), "{plain}");
    assert_eq!(diagnostics.entries().len(), 2);
}

/// Parses, and draws what is wrong: neither may panic, and a good file must stay good.
fn survives(text: &str) {
    match scenario::parse(text, "x.toml") {
        Ok(scenario) => {
            assert_eq!(scenario.digest.len(), 16);
            scenario::describe(&scenario);
        }
        Err(diagnostics) => {
            assert!(!diagnostics.entries().is_empty());
            diagnostics.render(false);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        survives(&text);
    }

    #[test]
    fn no_toml_like_text_makes_it_panic(
        text in r#"([a-z]{1,5} = ["'\[{}\]0-9a-z,= ]{0,12}\n|\[\[?(actor|run|fixture|shared)\]?\]\n){0,12}"#
    ) {
        survives(&text);
    }

    #[test]
    fn no_mutation_of_a_scenario_makes_it_panic(
        starter in any::<bool>(),
        edits in prop::collection::vec(
            (any::<prop::sample::Index>(), 0usize..12, prop::sample::select(vec![
                "", "\"", "{", "}", "[", "]", "=", ",", "\n", "\\u0000", "é", "..", "/", "0", "-1",
                "999999999999999999999", "actor", "fd", "{index}", "{random:0}", "\r", "'''", "#",
            ])),
            1..6,
        )
    ) {
        let mut text = if starter { scenario::starter() } else { SEED }.to_owned();
        for (place, remove, insert) in edits {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            if places.is_empty() {
                break;
            }
            let index = place.index(places.len());
            let start = places[index];
            let end = places.get(index + remove).copied().unwrap_or(text.len());
            text.replace_range(start..end, insert);
        }
        survives(&text);
    }
}
