//! What the workflows and the action are made of: `tools/repeat`, `tools/nightly`, `tools/action`,
//! `tools/package`.

mod common;
mod compare_sample;

use std::fs;
use std::process::Command;

use common::{Outcome, Place, outcome, plain, program};
use compare_sample::{NEW, RUN, Run, text};

const SEEN: &[(&str, &str, &str, u64, u64)] = &[("zero-inode-fd", "forbidden", "", 90, 10_000)];

/// A planted fault as `fsrace selftest --json` tells of it.
fn fault(name: &str, caught: bool, accused: bool) -> String {
    let caught = if caught { r#"{"scenario":"s","count":3}"# } else { "null" };
    let accused = if accused { r#"[{"code":"empty-read"}]"# } else { "[]" };
    format!(r#"{{"fault":"{name}","caught":{caught},"twin":{{"accused":{accused}}}}}"#)
}

fn selftest(faults: &[String]) -> String {
    format!(r#"{{"schema_version":1,"faults":[{}]}}"#, faults.join(","))
}

struct Night {
    place: Place,
}

impl Night {
    /// Last night ran on two systems and was clean; the control of this one is right.
    fn new() -> Self {
        let night = Self { place: Place::new() };
        for directory in ["new", "old"] {
            fs::create_dir(night.place.cwd().join(directory)).unwrap();
        }
        let right = [fault("zero-inode", true, false), fault("empty-read", true, false)];
        night.add("new/selftest.json", &selftest(&right));
        night.add("old/linux.csv", &text(&[RUN], true));
        night.add("old/mac.csv", &text(&[MAC], true));
        night
    }

    fn add(&self, name: &str, text: &str) {
        fs::write(self.place.cwd().join(name), text).unwrap();
    }

    /// What this night has found on the two systems.
    fn found(&self, linux: Run<'_>, mac: Run<'_>) {
        self.add("new/linux.csv", &text(&[linux], true));
        self.add("new/mac.csv", &text(&[mac], true));
    }

    fn judge(&self) -> (Outcome, String) {
        let told = tool(&self.place, "nightly", &["new", "old", "out"]);
        let summary = fs::read_to_string(self.place.cwd().join("out/summary.md"));
        (told, summary.unwrap_or_default())
    }

    #[track_caller]
    fn expect(&self, code: i32, words: &[&str]) {
        let (told, summary) = self.judge();
        assert_eq!(told.code, Some(code), "{told:?}\n{summary}");
        for word in words {
            assert!(summary.contains(word), "no {word:?} in\n{summary}");
        }
    }
}

const MAC: Run<'static> = Run { kernel: "21.3.0", fs: "apfs", ..RUN };

fn tool(place: &Place, name: &str, args: &[&str]) -> Outcome {
    tool_with(place, name, args, &[])
}

/// With these in the environment, and nothing of a workflow that this test may be part of.
fn tool_with(place: &Place, name: &str, args: &[&str], given: &[(&str, &str)]) -> Outcome {
    let script = format!("{}/tools/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(script);
    place.settle(&mut command);
    command.env_remove("GITHUB_STEP_SUMMARY").env_remove("GITHUB_OUTPUT");
    outcome(command.args(args).env("FSRACE", program()).envs(given.iter().copied()))
}

#[test]
fn a_night_like_the_last_one_is_good_and_is_the_next_ones_measure() {
    let night = Night::new();
    night.found(NEW, Run { started: "2026-02-01T00:00:00Z", ..MAC });
    night
        .expect(0, &["all 2 planted faults were caught", "## linux", "## mac", "Nothing is worse"]);
    for name in ["linux.csv", "mac.csv", "all.csv", "linux.md", "linux.html", "systems.md"] {
        assert!(night.place.cwd().join("out").join(name).is_file(), "{name}");
    }
    tool(&night.place, "nightly", &["new", "out", "again"]).expect(0, &[]);
    let all = night.place.run(["compare", "out/all.csv"]);
    assert!(all.out.contains("6.12.0") && all.out.contains("21.3.0"), "{all:?}");
}

#[test]
fn what_is_new_on_one_system_fails_the_night() {
    let night = Night::new();
    night.found(NEW.found(SEEN), MAC);
    night.expect(5, &["**Something is worse", "zero-inode-fd", "Nothing is worse"]);
    let summary = night.place.path("summary");
    let given = [("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())];
    let args = ["--accept", "new", "old", "out"];
    tool_with(&night.place, "nightly", &args, &given).expect(0, &[]);
    assert!(fs::read_to_string(summary).unwrap().contains("It is accepted."));
    // What the last night had as well is not new.
    night.add("old/linux.csv", &text(&[RUN.found(SEEN)], true));
    night.expect(0, &[]);
}

#[test]
fn without_a_good_night_before_there_is_nothing_to_compare_with() {
    let night = Night::new();
    night.found(NEW.found(SEEN), MAC);
    fs::remove_dir_all(night.place.cwd().join("old")).unwrap();
    night.expect(0, &["No good night before"]);
}

#[test]
fn a_night_whose_control_is_clean_proves_nothing() {
    let night = Night::new();
    night.found(NEW, MAC);
    let control = |faults: &[String]| night.add("new/selftest.json", &selftest(faults));
    control(&[fault("zero-inode", true, false), fault("empty-read", false, false)]);
    night.expect(1, &["**The control is clean**: not caught: empty-read (of 2"]);
    control(&[fault("zero-inode", true, true)]);
    night.expect(1, &["**Healthy twins were accused**: zero-inode"]);
    control(&[]);
    night.expect(1, &["**The control is empty**"]);
    // It says so even if something is worse.
    night.found(NEW.found(SEEN), MAC);
    night.expect(1, &["**Something is worse"]);
    fs::remove_file(night.place.cwd().join("new/selftest.json")).unwrap();
    night.expect(1, &["**The control is missing**"]);
}

#[test]
fn a_night_that_cannot_be_read_says_why() {
    let night = Night::new();
    let (told, _) = night.judge();
    told.expect(2, &["new has no results"]);
    night.found(NEW, MAC);
    night.add("new/selftest.json", "{}");
    night.judge().0.expect(2, &["is not what fsrace selftest --json writes"]);
    night.add("new/selftest.json", &selftest(&[fault("zero-inode", true, false)]));
    night.add("new/linux.csv", "schema_version,scenario\n1,a\n");
    night.judge().0.expect(2, &["linux cannot be compared"]);
    tool(&night.place, "nightly", &["absent", "old", "out"]).expect(2, &["no such directory"]);
    assert_eq!(tool(&night.place, "nightly", &["new"]).code, Some(2));
}

#[test]
fn repeated_runs_are_one_csv() {
    let place = Place::new();
    let scenario = place.scenario("plain.toml", plain("plain", "300ms"));
    let scenario = scenario.to_str().unwrap();
    let target = place.target();
    let target = target.to_str().unwrap();
    let told = tool(&place, "repeat", &["2", "here", scenario, "-t", target]);
    told.expect(0, &[]);
    let csv = fs::read_to_string(place.cwd().join("here.csv")).unwrap();
    let rows = fsrace::report::csv::read_csv_from(csv.as_bytes(), "here.csv".as_ref()).unwrap();
    assert_eq!(rows.len(), 2, "{csv}");
    assert_eq!(csv.matches("schema_version").count(), 1, "{csv}");
    assert!(place.cwd().join("here-latency.csv").is_file());
    assert!(place.cwd().join("here-2/results.json").is_file());

    // What is there is not written over, and what cannot run is not run twice.
    tool(&place, "repeat", &["2", "here", scenario, "-t", target]).expect(2, &["here.csv"]);
    tool(&place, "repeat", &["2", "there", "absent.toml", "-t", target])
        .expect(2, &["absent.toml"]);
    assert!(!place.cwd().join("there.csv").exists());
    tool(&place, "repeat", &["0", "there", scenario]).expect(2, &["not how often"]);
}

#[test]
fn what_repeated_runs_find_can_be_left_to_a_comparison() {
    let place = Place::new();
    let scenario = place.scenario("found.toml", finds_something());
    let scenario = scenario.to_str().unwrap();
    let target = place.target();
    let args = ["1", "strict", scenario, "-t", target.to_str().unwrap()];
    tool(&place, "repeat", &args).expect(1, &[]);
    let args = ["-f", "1", "lenient", scenario, "-t", target.to_str().unwrap()];
    tool(&place, "repeat", &args).expect(0, &[]);
    assert!(fs::read_to_string(place.cwd().join("lenient.csv")).unwrap().contains(",fail,"));
}

/// A scenario whose author forbids what always happens.
fn finds_something() -> String {
    plain("found", "300ms").replace("len = 16 }", "len = 16, expect = { content = \"OTHER\" } }")
}

#[test]
fn the_action_hands_on_verdict_and_results() {
    let place = Place::new();
    let target = place.target();
    place.scenario("a/plain.toml", plain("plain", "10s"));
    place.scenario("b/found.toml", finds_something());
    let output = place.path("output");
    let run = |scenarios: &str, out: &str, more: &[(&str, &str)]| {
        let _ = fs::remove_file(&output);
        let mut given = vec![
            ("INPUT_SCENARIOS", scenarios),
            ("INPUT_TARGETS", target.to_str().unwrap()),
            ("INPUT_DURATION", "300ms"),
            ("INPUT_OUT", out),
            ("GITHUB_OUTPUT", output.to_str().unwrap()),
        ];
        given.extend(more);
        let told = tool_with(&place, "action", &[], &given);
        (told, fs::read_to_string(&output).unwrap_or_default())
    };
    let (told, given) =
        run("  ../scenarios/a \n\n", "first", &[("INPUT_ACCEPT", "torn-read\nno-realtime")]);
    told.expect(0, &[]);
    assert_eq!(given, "verdict=pass\ncsv=first.csv\nrun-dir=first\n");
    assert!(fs::read_to_string(place.cwd().join("first.csv")).unwrap().contains("plain"));

    // Paths may have spaces, and there may be several.
    let both = format!("../scenarios/a\n{}", place.path("scenarios/b").display());
    let (told, given) = run(&both, "second", &[]);
    told.expect(1, &[]);
    assert!(given.starts_with("verdict=fail\ncsv=second.csv\n"), "{given}");

    let (told, given) = run("--version", "third", &[]);
    told.expect(2, &["--version"]);
    assert_eq!(given, "verdict=error\n");
    let (told, _) = run("../scenarios/a", "fourth", &[("INPUT_ACCEPT", "no-such-relaxation")]);
    told.expect(2, &["no-such-relaxation"]);
    let version = [("INPUT_VERSION", "v1; id"), ("FSRACE", "")];
    let (told, given) = run("../scenarios/a", "fifth", &version);
    told.expect(2, &["v1; id: no version"]);
    assert_eq!(given, "verdict=error\n");
}

#[test]
fn a_package_has_all_that_a_release_needs() {
    let place = Place::new();
    let version = concat!("v", env!("CARGO_PKG_VERSION"));
    let told = tool(&place, "package", &[version, "x86_64-unknown-linux-gnu", "dist"]);
    told.expect(0, &[]);
    let name = format!("fsrace-{version}-x86_64-unknown-linux-gnu");
    let file = place.cwd().join("dist").join(format!("{name}.tar.gz"));
    let mut tar = Command::new("tar");
    let told = outcome(place_of(&place, tar.arg("-xzf").arg(&file)));
    told.expect(0, &[]);
    let packed = place.cwd().join(name);
    for file in ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"] {
        assert!(packed.join(file).is_file(), "{file}");
    }
    let mut program = Command::new(packed.join("fsrace"));
    let told = outcome(place_of(&place, program.arg("--version")));
    assert_eq!(format!("v{}", told.out.trim().trim_start_matches("fsrace ")), version);
    // A tag that is not the version of the source is a mistake.
    tool(&place, "package", &["v99.0.0", "x86_64-unknown-linux-gnu", "dist"])
        .expect(2, &["v99.0.0 is not the version in Cargo.toml"]);
}

fn place_of<'a>(place: &Place, command: &'a mut Command) -> &'a mut Command {
    place.settle(command);
    command
}

#[test]
fn rates_are_a_table_with_a_column_for_each_system() {
    let night = Night::new();
    let often = &[("torn-size", "unspecified", "torn-size", 900, 10_000)];
    night.add("old.csv", &text(&[RUN.found(often)], true));
    night.add("new.csv", &text(&[NEW.found(SEEN)], true));
    let args = ["compare", "old.csv", "new.csv", "--json", "all.json", "-q"];
    night.place.run(args).expect(5, &[]);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tools/rates-table.py");
    let mut command = Command::new(script);
    place_of(&night.place, &mut command);
    let json = fs::File::open(night.place.cwd().join("all.json")).unwrap();
    let table = outcome(command.stdin(json)).out;
    let lines = [
        "| scenario | filesystem | found | 6.1.0 | 6.12.0 |",
        "| rename-vs-open | ext4 | torn-size | 9 % of 10,000 | **0/10,000**, fixed |",
        "| rename-vs-open | ext4 | zero-inode-fd, forbidden | 0/10,000 | **0.9 % of 10,000**, new |",
    ];
    for line in lines {
        assert!(table.lines().any(|one| one == line), "no {line:?} in\n{table}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn kernels_and_guests_refuse_what_makes_no_sense() {
    let place = Place::new();
    for (args, words) in [
        (&["--runs", "0"][..], "--runs 0: not a number from 1 to 99"),
        (&["--minutes", "soon"], "--minutes soon: not a number of minutes"),
        (&["--kernel"], "--kernel needs a value"),
        (&["--kernel", "6.1"], "one kernel is not compared with anything"),
        (&["--kernel", "6.1; id", "--kernel", "6.12"], "not [SUITE/][VERSION][:first]"),
        (&["--fast"], "no option --fast"),
        (&["one", "two"], "one directory to write to, not 2"),
    ] {
        tool(&place, "kernels", args).expect(2, &[words]);
    }
    for (args, words) in [
        (&["--suite", "Sid!", "true"][..], "--suite Sid!: no name of a suite"),
        (&["--timeout", "x", "true"], "--timeout x: not a number of seconds"),
    ] {
        tool(&place, "guest", args).expect(2, &[words]);
    }
}
