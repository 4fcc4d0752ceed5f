//! `fsrace minimize` as a command: what it makes of a planted fault and of its healthy twin, and what
//! it says to wrong arguments.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::mounts::Mount;
use common::{Outcome, Place, names, plain};
use fsrace::ops::OpKind;
use fsrace::scenario::{Scenario, parse};

/// Three actors, of which one plays no part, with more steps, names and bytes than it takes.
const FAT: &str = r#"
name = "fat"
[fixture]
"d/f" = { size = 8192 }
"d/t" = { size = 100 }
"d/u" = { content = "more" }
[run]
mode = "rounds"
[[actor]]
name = "replacer"
steps = [
  { op = "access", path = "d/u" },
  { op = "rename", path = "d/t", to = "d/f" },
]
[[actor]]
name = "looker"
steps = [
  { op = "stat", path = "d/f" },
  { op = "access", path = "d/u", access = "read" },
]
[[actor]]
name = "bystander"
steps = [{ op = "chmod", path = "d/u", mode = "0600" }]
"#;

fn minimize(place: &Place, scenario: &Path, target: &Path, args: &[&str]) -> Outcome {
    let mut command = place.command();
    command.arg("minimize").arg(scenario).arg("-t").arg(target).args(["--seed", "3"]).args(args);
    common::outcome(&mut command)
}

fn read(path: &Path) -> Scenario {
    parse(&fs::read_to_string(path).unwrap(), "written").unwrap()
}

#[test]
fn a_planted_fault_is_minimized_confirmed_and_kept_and_its_finding_minimized_again() {
    let Some(mount) = Mount::faulty("rename-gap") else { return };
    let place = Place::new();
    let fat = place.scenario("fat.toml", FAT);
    let outcome = minimize(&place, &fat, mount.path(), &["--budget", "25s"]);
    outcome.expect(1, &[]);
    assert!(outcome.out.contains("\nconfirmed: "), "{outcome:#?}");
    let findings = place.cwd().join("findings");
    let finding = findings.join(&names(&findings)[0]);
    assert_eq!(names(&findings).len(), 1, "{outcome:#?}");
    assert_eq!(names(&finding), ["report.md", "repro.c", "result.json", "scenario.toml"]);

    let scenario = read(&finding.join("scenario.toml"));
    let ops: Vec<OpKind> =
        scenario.actors.iter().flat_map(|actor| &actor.steps).map(|step| step.op).collect();
    assert_eq!((scenario.actors.len(), ops.len()), (2, 2), "{outcome:#?}");
    assert!(ops.contains(&OpKind::Rename), "{ops:?}");
    let page = fs::read_to_string(finding.join("report.md")).unwrap();
    for part in ["## See it again", "negative control", "outcomes are allowed", "> shows it"] {
        assert!(page.contains(part), "no {part:?} in\n{page}");
    }

    // The report's own command, in the directory of the finding.
    let mut replay = place.command();
    let line = page.lines().find(|line| line.starts_with("fsrace run ")).unwrap();
    replay.current_dir(&finding).args(line.split(' ').skip(1)).args(["-o", "run", "-q"]);
    common::outcome(&mut replay).expect(1, &[]);

    // And its program, where there is a compiler.
    let program = place.path("repro");
    let mut compiler = Command::new("cc");
    compiler.args(["-std=c99", "-Wall", "-Wextra", "-Werror"]).arg(finding.join("repro.c"));
    if let Ok(built) = compiler.arg("-o").arg(&program).arg("-lpthread").output() {
        assert!(built.status.success() && built.stderr.is_empty(), "{built:#?}");
        let seen = ["4", "16"].iter().any(|seconds| {
            let mut command = Command::new(&program);
            let seen = common::outcome(command.args(["-d", *seconds]).arg(mount.path()));
            seen.code == Some(1) && seen.out.contains(": ANOMALY, ")
        });
        assert!(seen, "{program:?} sees nothing");
    }

    // As small as it is, it stays what it is.
    let again = ["--budget", "4s", "-o", "again.toml", "-q"];
    let outcome = minimize(&place, &finding, mount.path(), &again);
    outcome.expect(1, &[]);
    let again = read(&place.cwd().join("again.toml"));
    assert_eq!((again.name, again.actors.len()), (scenario.name, 2), "{outcome:#?}");
    place.assert_clean();
}

#[test]
fn where_nothing_shows_there_is_nothing_to_minimize() {
    let Some(mount) = Mount::faulty("healthy") else { return };
    let place = Place::new();
    let fat = place.scenario("fat.toml", FAT);
    // On a busy machine actors may not have met, which decides nothing.
    let looked = |args: &[&str]| {
        let tries = ["6s", "24s", "96s"].iter().map(|budget| {
            minimize(&place, &fat, mount.path(), &[&["--budget", *budget], args].concat())
        });
        let mut tries = tries.skip_while(|outcome| outcome.code == Some(4));
        tries.next().expect("the actors never met")
    };
    let outcome = looked(&[]);
    outcome.expect(0, &[]);
    assert!(outcome.out.contains("shows no anomaly, so that there is nothing to minimize"));
    assert_eq!(names(&place.cwd()), Vec::<String>::new());
    let outcome = looked(&["--code", "hang"]);
    outcome.expect(0, &[]);
    assert!(outcome.out.contains("shows no hang"), "{outcome:#?}");
    place.assert_clean();
}

#[test]
fn what_decides_nothing_is_not_called_clean() {
    let place = Place::new();
    // A single actor races with nobody.
    let needy = FAT.replace("name = \"looker\"", "name = \"looker\"\nclient = 1");
    let needy = place.scenario("needy.toml", needy);
    let outcome = minimize(&place, &needy, &place.target(), &["--budget", "1s"]);
    outcome.expect(3, &["--client"]);
    place.assert_clean();
}

#[test]
fn wrong_arguments_are_told_before_anything_runs() {
    let place = Place::new();
    let one = place.scenario("two/one.toml", plain("one", "1s"));
    place.scenario("two/two.toml", plain("two", "1s"));
    let both = one.parent().unwrap();
    let cases: [(&Path, &[&str], &str); 6] = [
        (Path::new("missing.toml"), &[], "missing.toml: ENOENT"),
        (both, &[], "several scenarios; give the file of one"),
        (&one, &["--code", "torn"], "no detector has this code"),
        (&one, &["--budget", "soon"], "write a number and a unit"),
        (&one, &["--accept", "torn"], "there is no relaxation `torn`"),
        (&one, &["--refuse", "torn"], "there is no relaxation `torn`"),
    ];
    for (scenario, args, words) in cases {
        minimize(&place, scenario, &place.target(), args).expect(2, &[words]);
    }
    minimize(&place, &one, Path::new("nowhere"), &[]).expect(3, &["nowhere"]);
    for out in ["/proc/nowhere", "/proc/nowhere.toml"] {
        let args = ["--out", out];
        minimize(&place, &one, &place.target(), &args).expect(3, &[out, "you may write to"]);
    }
    place.assert_untouched();
}
