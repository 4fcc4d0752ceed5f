//! `fsrace report`: a run again, from what its directory keeps; and what GitHub is told.

mod common;
mod report_sample;

use std::fs;
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use common::{Outcome, Place, names};
use fsrace::report::Report;
use fsrace::report::csv::read_csv;
use fsrace::report::json::read_json;
use fsrace::rundir::{Location, NewEntry, NewRun, RunDir};
use report_sample::{full, host};

/// A place with a run directory `run`, of which the first so many results are there.
fn with_run(finished: usize) -> (Place, Report) {
    let (place, mut report) = (Place::new(), full());
    let target = fs::canonicalize(place.target()).unwrap();
    for (index, result) in report.results.iter_mut().enumerate() {
        result.digest = format!("{index:016x}");
        result.target.path = target.to_string_lossy().into_owned();
        result.file = Some(format!("races/{}.toml", result.scenario));
    }
    let entries = report.results.iter().map(|result| NewEntry {
        scenario: result.scenario.clone(),
        digest: result.digest.clone(),
        target: target.clone(),
        text: format!("name = \"{}\"\n", result.scenario),
        source: result.file.clone(),
    });
    let new = NewRun {
        started: UNIX_EPOCH,
        seed: 7,
        options: serde_json::Map::new(),
        host: host(),
        entries: entries.collect(),
    };
    let mut run = RunDir::create(&Location::Given(run_dir(&place)), &new).unwrap();
    for (index, result) in report.results.iter().take(finished).enumerate() {
        run.record(index, result.clone()).unwrap();
    }
    let report = run.report();
    (place, report)
}

fn run_dir(place: &Place) -> PathBuf {
    place.cwd().join("run")
}

fn render(place: &Place, args: &[&str]) -> Outcome {
    place.run([&["report", "run"], args].concat())
}

#[test]
fn a_finished_run_is_written_in_every_format() {
    let (place, report) = with_run(5);
    let before = names(&run_dir(&place));
    let args = ["--html", "r.html", "--csv", "r.csv", "--json", "r.json", "--junit", "r.xml"];
    let outcome = render(&place, &[&args[..], &["--markdown", "r.md", "--svg", "r.svg"]].concat());
    outcome.expect(0, &[]);
    assert!(outcome.out.contains("5 results: 2 passed, 1 failed"), "{outcome:?}");
    assert!(outcome.out.contains("> shows it"), "{outcome:?}");
    let written = ["r-latency.csv", "r.csv", "r.html", "r.json", "r.md", "r.svg", "r.xml", "run"];
    assert_eq!(names(&place.cwd()), written);
    assert_eq!(read_json(&place.cwd().join("r.json")).unwrap(), report);
    assert_eq!(read_csv(&place.cwd().join("r.csv")).unwrap().len(), 6);
    let text = |name: &str| fs::read_to_string(place.cwd().join(name)).unwrap();
    assert_eq!(text("r.csv"), text("run/results.csv"), "as the run itself has written it");
    assert!(text("r.html").contains("open-while-unlinked") && text("r.svg").contains("<svg"));
    assert_eq!(names(&run_dir(&place)), before, "the run directory is only read");
}

#[test]
fn every_format_can_be_printed_instead() {
    let (place, _) = with_run(5);
    for (format, start) in [
        ("text", "fail "),
        ("markdown", "# fsrace: 5 results"),
        ("csv", "schema_version,"),
        ("json", "{\n  \"schema_version\": 1"),
        ("html", "<!DOCTYPE html>"),
        ("junit", "<?xml version=\"1.0\""),
    ] {
        let outcome = render(&place, &["--format", format]);
        outcome.expect(0, &[]);
        assert!(outcome.out.starts_with(start), "{format}: {}", outcome.out);
    }
    render(&place, &["--format", "json", "--csv", "-"])
        .expect(3, &["--csv and --format both write"]);
    render(&place, &["--format", "yaml"]).expect(2, &["junit"]);
}

#[test]
fn a_run_that_was_stopped_is_marked_as_incomplete() {
    let (place, report) = with_run(2);
    assert_eq!(report.unfinished.len(), 3);
    let outcome = render(&place, &["--html", "r.html", "--json", "r.json", "--junit", "r.xml"]);
    outcome.expect(0, &[]);
    let incomplete = "incomplete: 3 of 5 scenarios still to be run";
    assert!(outcome.out.contains(incomplete), "{outcome:?}");
    let text = |name: &str| fs::read_to_string(place.cwd().join(name)).unwrap();
    assert!(text("r.html").contains(incomplete));
    assert!(text("r.xml").contains("tests=\"5\" skipped=\"3\""), "{}", text("r.xml"));
    assert_eq!(
        read_json(&place.cwd().join("r.json")).unwrap().unfinished[0].scenario,
        "pread-pwrite"
    );
    // Nothing at all is a page as well.
    let (place, _) = with_run(0);
    render(&place, &["--html", "r.html", "--junit", "r.xml"]).expect(0, &[]);
}

#[test]
fn a_timeline_is_chosen_and_a_missing_one_is_told() {
    let (place, _) = with_run(5);
    let chosen = render(&place, &["--svg", "-", "--code", "zero-inode-fd", "--on", "ext4"]);
    chosen.expect(0, &[]);
    assert!(chosen.out.starts_with("<svg ") && chosen.out.contains("zero-inode-fd"), "{chosen:?}");
    let known = "--scenario open-while-unlinked --code zero-inode-fd --on ext4";
    render(&place, &["--svg", "-", "--code", "torn-read"]).expect(2, &["no such timeline", known]);
    render(&place, &["--code", "torn-read"]).expect(2, &["--svg"]);
    let (place, _) = with_run(0);
    render(&place, &["--svg", "-"]).expect(2, &["no anomaly with a timeline"]);
}

#[test]
fn what_is_no_run_is_refused() {
    let (place, _) = with_run(5);
    for (path, code, words) in [
        (".", 2, "is not a run directory"),
        ("absent", 3, "ENOENT"),
        ("run/run.json", 3, "ENOTDIR"),
    ] {
        place.run(["report", path]).expect(code, &[words]);
    }
    let file = run_dir(&place).join("results/000-open-while-unlinked.json");
    fs::write(file, "{").unwrap();
    place.run(["report", "run"]).expect(2, &["is damaged"]);
}

/// `report` where GitHub runs it, with the step summary.
fn in_actions(place: &Place, args: &[&str]) -> (Outcome, Option<String>) {
    let summary = place.path("summary.md");
    let mut command = place.command();
    command.args(["report", "run"]).args(args);
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_WORKSPACE", place.cwd());
    command.env("GITHUB_STEP_SUMMARY", &summary);
    let outcome = common::outcome(&mut command);
    (outcome, fs::read_to_string(summary).ok())
}

#[test]
fn github_gets_annotations_and_a_summary() {
    let (place, _) = with_run(5);
    fs::create_dir(place.cwd().join("races")).unwrap();
    fs::write(place.path("summary.md"), "before\n").unwrap();
    let (outcome, summary) = in_actions(&place, &["--github", "auto"]);
    outcome.expect(0, &[]);
    let commands: Vec<&str> = outcome.out.lines().filter(|line| line.starts_with("::")).collect();
    let error = "::error file=races/open-while-unlinked.toml,title=open-while-unlinked on ext4::\
                 zero-inode-fd, unexplained: 276 in 2,746 (9.0 %25 .. 11.2 %25); reader saw inode 0";
    assert!(commands[0].starts_with(error), "{commands:#?}");
    assert!(commands[0].contains("%0Aempty-read, forbidden"), "{commands:#?}");
    let warning = "::warning file=races/lock-overlap.toml,title=lock-overlap on ext4::the actors";
    assert!(commands[1].starts_with(warning) && commands.len() == 2, "{commands:#?}");
    let summary = summary.unwrap();
    assert!(summary.starts_with("before\n# fsrace: 5 results: 2 passed"), "{summary}");
    // Data on standard output stays data.
    let (outcome, _) = in_actions(&place, &["--github", "auto", "--format", "json"]);
    assert!(serde_json::from_str::<Report>(&outcome.out).is_ok(), "{outcome:?}");
    assert!(outcome.err.contains("::error file="), "{outcome:?}");
}

#[test]
fn github_is_told_nothing_where_it_is_not_wanted() {
    let (place, _) = with_run(5);
    // The run itself has told it already.
    for args in [&[][..], &["--github", "never"]] {
        let (outcome, summary) = in_actions(&place, args);
        outcome.expect(0, &[]);
        assert!(!outcome.out.contains("::error") && summary.is_none(), "{outcome:?}");
    }
    let outcome = render(&place, &["--github", "auto"]);
    assert!(!outcome.out.contains("::error"), "not in GitHub Actions: {outcome:?}");
}

#[test]
fn a_summary_that_cannot_be_written_is_no_failure() {
    let (place, _) = with_run(5);
    let mut command = place.command();
    command.args(["report", "run", "--github", "auto"]).env("GITHUB_STEP_SUMMARY", place.cwd());
    common::outcome(&mut command).expect(0, &["no step summary", "EISDIR"]);
}

#[test]
fn a_large_summary_is_cut_to_what_github_takes() {
    let (place, _) = with_run(5);
    fs::write(place.path("summary.md"), vec![b'x'; (1 << 20) - 1_500]).unwrap();
    let (_, summary) = in_actions(&place, &["--github", "auto"]);
    let summary = summary.unwrap();
    assert!(
        summary.len() <= 1 << 20 && summary.contains("The rest has no room here"),
        "{}",
        summary.len()
    );
}

#[test]
fn run_and_compare_tell_github_too() {
    let (place, _) = with_run(5);
    let file = place.scenario("plain.toml", common::plain("plain", "100ms"));
    let summary = place.path("summary.md");
    let mut command = place.command();
    command.arg("run").arg(file).arg("-t").arg(place.target()).arg("--junit").arg("r.xml");
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary);
    common::outcome(&mut command).expect(0, &[]);
    let text = fs::read_to_string(&summary).unwrap();
    assert!(text.starts_with("# fsrace: 1 result: 1 passed, 0 failed"), "{text}");
    assert!(fs::read_to_string(place.cwd().join("r.xml")).unwrap().contains("failures=\"0\""));

    let csv = fs::read_to_string(run_dir(&place).join("results.csv")).unwrap();
    let older = csv.lines().filter(|line| !line.contains("zero-inode-fd,unexplained"));
    let older: Vec<String> = older.map(|line| line.replace(",6.18.0,", ",6.1.0,")).collect();
    fs::write(place.cwd().join("older.csv"), older.join("\n") + "\n").unwrap();
    let mut command = place.command();
    command.args(["compare", "older.csv", "run", "--junit", "c.xml"]);
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary);
    let outcome = common::outcome(&mut command);
    outcome.expect(5, &[]);
    assert!(
        outcome.out.contains("::error title=new in 6.18.0%3A open-while-unlinked on ext4::"),
        "{outcome:?}"
    );
    let text = fs::read_to_string(&summary).unwrap();
    assert!(text.contains("# 6.18.0 compared with 6.1.0"), "{text}");
    let junit = fs::read_to_string(place.cwd().join("c.xml")).unwrap();
    let junit = roxmltree::Document::parse(&junit).unwrap();
    let failures = junit.descendants().filter(|node| node.has_tag_name("failure")).count();
    assert_eq!(junit.root_element().attribute("failures"), Some(&*failures.to_string()));
    assert_eq!(failures, 1);
}
