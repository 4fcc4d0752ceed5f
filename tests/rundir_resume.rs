//! A run directory survives what can happen to it, and refuses what it must not go on with.

mod report_sample;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fsrace::report::csv::read_csv;
use fsrace::report::json::read_json;
use fsrace::report::{ScenarioResult, Verdict};
use fsrace::rundir::{Location, NewEntry, NewRun, RunDir, RunDirError, read};
use report_sample::{full, host, result};

fn new_run(target: &Path) -> NewRun {
    let entry = |name: &str, target: &Path| NewEntry {
        scenario: name.into(),
        digest: "0123456789abcdef".into(),
        target: target.to_owned(),
        text: format!("name = \"{name}\"\n"),
        source: None,
    };
    NewRun {
        started: UNIX_EPOCH + Duration::from_secs(1_769_851_800),
        seed: 7,
        options: serde_json::Map::from_iter([("duration".to_owned(), "5s".into())]),
        host: host(),
        entries: vec![
            entry("first", target),
            entry("second", target),
            entry("first", &target.join(".")),
        ],
    }
}

/// A run directory with three entries, and the directory around it.
fn fresh() -> (tempfile::TempDir, PathBuf, RunDir) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run");
    let run = RunDir::create(&Location::Given(path.clone()), &new_run(dir.path())).unwrap();
    (dir, path, run)
}

fn done(name: &str) -> ScenarioResult {
    result(name, Verdict::Pass)
}

fn pending(run: &RunDir) -> Vec<usize> {
    run.pending().map(|(index, _)| index).collect()
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_run_is_written_as_it_goes() {
    let (dir, path, mut run) = fresh();
    assert_eq!(
        names(&path),
        [
            "latency.csv",
            "lock",
            "observations",
            "results",
            "results.csv",
            "results.json",
            "run.json",
            "scenarios"
        ]
    );
    // The first and the third entry have the same text and share its file.
    assert_eq!(names(&path.join("scenarios")), ["000-first.toml", "001-second.toml"]);
    assert_eq!(run.scenario_text(2).unwrap(), "name = \"first\"\n");
    assert_eq!(run.manifest().options["duration"], "5s");
    assert_eq!(run.manifest().started, "2026-01-31T09:30:00Z");
    assert_eq!(run.manifest().planned[1].target, dir.path());
    assert!(read_json(&path.join("results.json")).unwrap().results.is_empty());

    run.record(1, done("second")).unwrap();
    run.record(0, done("first")).unwrap();
    assert_eq!(names(&path.join("results")), ["000-first.json", "001-second.json"]);
    let report = read_json(&path.join("results.json")).unwrap();
    assert_eq!(report, run.report());
    let order: Vec<_> = report.results.iter().map(|r| r.scenario.as_str()).collect();
    assert_eq!(order, ["first", "second"], "in the order of the plan");
    assert_eq!(read_csv(&path.join("results.csv")).unwrap().len(), 2);
    assert!(!names(dir.path()).contains(&"latest".to_owned()), "only default names get the link");
}

#[test]
fn a_run_is_resumed_where_it_stopped() {
    let (_dir, path, mut run) = fresh();
    // With every field and odd floating-point numbers.
    let mut detailed = full().results.remove(0);
    detailed.scenario = "second".into();
    run.record(1, detailed.clone()).unwrap();
    let manifest = run.manifest().clone();
    drop(run);

    let mut run = RunDir::open(&path).unwrap();
    assert_eq!(run.manifest(), &manifest);
    assert_eq!(run.finished().map(|(i, r)| (i, r.clone())).collect::<Vec<_>>(), [(1, detailed)]);
    assert_eq!(pending(&run), [0, 2]);
    run.record(0, done("first")).unwrap();
    run.record(2, done("first")).unwrap();
    drop(run);
    assert!(pending(&RunDir::open(&path).unwrap()).is_empty());
}

#[test]
fn what_a_crash_leaves_is_cleaned_up_and_loses_one_scenario_at_most() {
    let (_dir, path, mut run) = fresh();
    run.record(0, done("first")).unwrap();
    let before_second = fs::read(path.join("results.json")).unwrap();
    run.record(1, done("second")).unwrap();
    drop(run);
    // Died after the result and before the report; while writing a result; while writing a report.
    fs::write(path.join("results.json"), before_second).unwrap();
    fs::remove_file(path.join("results.csv")).unwrap();
    fs::write(path.join("results/.002-first.json.x7Yz.fsrace-tmp"), "{\"schema_ver").unwrap();
    fs::write(path.join(".results.csv.Ab3d.fsrace-tmp"), "").unwrap();
    // Not ours.
    fs::write(path.join("results/notes.txt"), "mine").unwrap();

    let run = RunDir::open(&path).unwrap();
    assert_eq!(pending(&run), [2]);
    assert_eq!(names(&path.join("results")), ["000-first.json", "001-second.json", "notes.txt"]);
    assert!(!names(&path).iter().any(|n| n.ends_with("fsrace-tmp")));
    assert_eq!(read_json(&path.join("results.json")).unwrap().results.len(), 2);
    assert_eq!(read_csv(&path.join("results.csv")).unwrap().len(), 2);
}

#[test]
fn a_run_that_died_before_it_began_is_told_from_one_that_did() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run");
    fs::create_dir(&path).unwrap();
    fs::write(path.join("lock"), "").unwrap();
    assert!(matches!(RunDir::open(&path), Err(RunDirError::NotARun(_))));
    RunDir::create(&Location::Given(path), &new_run(dir.path())).unwrap();
}

#[test]
fn a_damaged_result_is_told_with_its_path() {
    let (_dir, path, mut run) = fresh();
    run.record(0, done("first")).unwrap();
    run.record(1, done("second")).unwrap();
    drop(run);
    let file = path.join("results/001-second.json");
    let whole = fs::read_to_string(&file).unwrap();
    for (content, reason) in [
        (whole[..whole.len() / 2].to_owned(), "is damaged: EOF"),
        (String::new(), "is damaged: EOF"),
        (
            whole.replace("\"index\": 1", "\"index\": 0"),
            "is not the result of the scenario planned",
        ),
        (whole.replace("0123456789abcdef", "f"), "is not the result of the scenario planned"),
        (whole.replace("\"schema_version\": 1", "\"schema_version\": 2"), "has schema version 2"),
    ] {
        fs::write(&file, content).unwrap();
        let error = RunDir::open(&path).unwrap_err();
        assert!(matches!(&error, RunDirError::CorruptResult { path, .. } if *path == file));
        let text = error.to_string();
        assert!(text.contains(reason) && text.contains("001-second.json"), "{text}");
        assert!(read(&path).is_err());
    }
    // Doing as the message says repairs it.
    fs::remove_file(&file).unwrap();
    assert_eq!(pending(&RunDir::open(&path).unwrap()), [1, 2]);
}

#[test]
fn a_damaged_run_is_told_with_the_path() {
    let (_dir, path, run) = fresh();
    drop(run);
    fs::remove_file(path.join("scenarios/001-second.toml")).unwrap();
    let error = RunDir::open(&path).unwrap_err().to_string();
    assert!(error.contains("001-second.toml") && error.contains("start a new one"), "{error}");
    let manifest = fs::read_to_string(path.join("run.json")).unwrap();
    for content in ["", "[]", &manifest[..100], &manifest.replace("\"planned\"", "\"plan\"")] {
        fs::write(path.join("run.json"), content).unwrap();
        let error = RunDir::open(&path).unwrap_err();
        assert!(matches!(error, RunDirError::CorruptRun { .. }), "{error}");
    }
}

#[test]
fn what_is_no_run_directory_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(RunDir::open(dir.path()), Err(RunDirError::NotARun(_))));
    assert!(names(dir.path()).is_empty());
    let absent = RunDir::open(&dir.path().join("absent")).unwrap_err().to_string();
    assert!(absent.contains("absent: ENOENT"), "{absent}");
    fs::write(dir.path().join("file"), "").unwrap();
    let file = RunDir::open(&dir.path().join("file")).unwrap_err().to_string();
    assert!(file.contains("file: ENOTDIR"), "{file}");
}

#[test]
fn another_version_is_refused_unless_it_is_a_patch() {
    let (_dir, path, run) = fresh();
    drop(run);
    let manifest = fs::read_to_string(path.join("run.json")).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let with = |other: &str| {
        let made_by = format!("\"fsrace_version\": \"{other}\"");
        let text = manifest.replace(&format!("\"fsrace_version\": \"{version}\""), &made_by);
        fs::write(path.join("run.json"), text).unwrap();
        RunDir::open(&path)
    };
    let (series, _) = version.rsplit_once('.').unwrap();
    with(&format!("{series}.99")).unwrap();
    let error = with("99.1.0").unwrap_err();
    assert!(matches!(error, RunDirError::OtherVersion { .. }));
    assert!(
        error.to_string().contains("resume it with fsrace 99.1.0 or start a new run"),
        "{error}"
    );

    let newer = manifest.replace("\"schema_version\": 1", "\"schema_version\": 2");
    fs::write(path.join("run.json"), newer).unwrap();
    let error = RunDir::open(&path).unwrap_err();
    assert!(matches!(error, RunDirError::OtherSchema { found: 2, .. }));
    assert!(error.to_string().contains("start a new run"), "{error}");
}

#[test]
fn another_host_is_refused() {
    let (_dir, _path, run) = fresh();
    let mut now = host();
    now.preemption = "unknown".into();
    run.require_host(&now).unwrap();
    now.kernel = "7.0.0".into();
    let error = run.require_host(&now).unwrap_err().to_string();
    assert!(error.contains("6.18.0") && error.contains("7.0.0"), "{error}");
}

#[test]
fn a_missing_target_is_refused_while_it_is_needed() {
    let dir = tempfile::tempdir().unwrap();
    let (path, target) = (dir.path().join("run"), dir.path().join("target"));
    fs::create_dir(&target).unwrap();
    let mut run = RunDir::create(&Location::Given(path.clone()), &new_run(&target)).unwrap();
    fs::remove_dir(&target).unwrap();
    run.record(0, done("first")).unwrap();
    drop(run);
    let error = RunDir::open(&path).unwrap_err();
    assert!(matches!(&error, RunDirError::TargetMissing(t) if *t == target), "{error}");

    fs::create_dir(&target).unwrap();
    let mut run = RunDir::open(&path).unwrap();
    run.record(1, done("second")).unwrap();
    run.record(2, done("first")).unwrap();
    drop(run);
    fs::remove_dir(&target).unwrap();
    RunDir::open(&path).unwrap();
}

#[test]
fn a_directory_in_use_or_not_empty_is_not_taken() {
    let (dir, path, run) = fresh();
    let again = RunDir::create(&Location::Given(path.clone()), &new_run(dir.path())).unwrap_err();
    assert!(matches!(again, RunDirError::HoldsARun(_)));
    assert!(again.to_string().contains("--resume"), "{again}");
    drop(run);

    let other = dir.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("file"), "").unwrap();
    let error = RunDir::create(&Location::Given(other.clone()), &new_run(dir.path())).unwrap_err();
    assert!(matches!(error, RunDirError::NotEmpty(_)), "{error}");
    assert_eq!(names(&other), ["file"]);

    let below_file = Location::Given(other.join("file/run"));
    let error = RunDir::create(&below_file, &new_run(dir.path())).unwrap_err().to_string();
    assert!(error.contains("ENOTDIR"), "{error}");
}

#[test]
fn two_opens_at_a_time_are_refused() {
    let (_dir, path, run) = fresh();
    let error = RunDir::open(&path).unwrap_err();
    let me = std::process::id();
    assert!(matches!(&error, RunDirError::InUse { pid, .. } if *pid == Some(me)), "{error}");
    // Reading needs no lock.
    assert!(read(&path).unwrap().1.results.is_empty());
    drop(run);
    let first = RunDir::open(&path).unwrap();
    assert!(matches!(RunDir::open(&path), Err(RunDirError::InUse { .. })));
    drop(first);
    RunDir::open(&path).unwrap();
}

#[test]
fn of_many_that_create_one_directory_one_wins() {
    let dir = tempfile::tempdir().unwrap();
    for round in 0..20 {
        let location = Location::Given(dir.path().join(round.to_string()));
        let run = new_run(dir.path());
        let created: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..4).map(|_| scope.spawn(|| RunDir::create(&location, &run))).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        assert_eq!(created.iter().filter(|r| r.is_ok()).count(), 1, "{created:?}");
    }
}

/// Not a test of its own: what the next one runs in a process that it can kill.
#[test]
fn child_that_holds_a_run_directory() {
    if let Some(path) = std::env::var_os("FSRACE_TEST_HOLD") {
        let _run = RunDir::open(Path::new(&path)).unwrap();
        // Not by macro: the harness would keep it.
        writeln!(std::io::stderr(), "\nholding").unwrap();
        std::thread::sleep(Duration::from_secs(60));
    }
}

#[test]
fn the_lock_of_a_killed_process_is_gone() {
    let (_dir, path, run) = fresh();
    drop(run);
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_holds_a_run_directory", "--nocapture"])
        .env("FSRACE_TEST_HOLD", &path)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let holding = lines.map_while(Result::ok).any(|line| line == "holding");
    let refused = RunDir::open(&path);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(holding);
    let pid = Some(child.id());
    assert!(matches!(refused, Err(RunDirError::InUse { pid: p, .. }) if p == pid), "{refused:?}");
    RunDir::open(&path).unwrap();
}

#[test]
fn default_names_tell_time_and_seed_and_the_last_is_linked() {
    let dir = tempfile::tempdir().unwrap();
    let parent = dir.path().join("fsrace-runs");
    let location = Location::Below(parent.clone());
    let first = RunDir::create(&location, &new_run(dir.path())).unwrap();
    assert_eq!(first.path(), parent.join("20260131T093000Z-7"));
    let second = RunDir::create(&location, &new_run(dir.path())).unwrap();
    assert_eq!(second.path(), parent.join("20260131T093000Z-7-2"));
    let link = fs::read_link(parent.join("latest")).unwrap();
    assert_eq!(link, Path::new("20260131T093000Z-7-2"), "relative, so that the directory can move");
    assert_eq!(names(&parent), ["20260131T093000Z-7", "20260131T093000Z-7-2", "latest"]);
    drop(second);
    RunDir::open(&parent.join("latest")).unwrap();

    // What someone else called `latest` is not replaced.
    fs::remove_file(parent.join("latest")).unwrap();
    fs::write(parent.join("latest"), "mine").unwrap();
    let mut later = new_run(dir.path());
    later.started = SystemTime::now();
    RunDir::create(&location, &later).unwrap();
    assert_eq!(fs::read_to_string(parent.join("latest")).unwrap(), "mine");
}

#[test]
fn a_run_directory_given_by_a_link_is_used() {
    let (dir, path, run) = fresh();
    drop(run);
    symlink(&path, dir.path().join("link")).unwrap();
    let mut run = RunDir::open(&dir.path().join("link")).unwrap();
    run.record(0, done("first")).unwrap();
    assert_eq!(names(&path.join("results")), ["000-first.json"]);
}

#[test]
fn odd_names_of_scenarios_stay_in_the_directory() {
    let dir = tempfile::tempdir().unwrap();
    let mut run = new_run(dir.path());
    run.entries[0].scenario = "../../etc/x y".into();
    run.entries[1].scenario = "n".repeat(400);
    let path = dir.path().join("run");
    let mut run = RunDir::create(&Location::Given(path.clone()), &run).unwrap();
    run.record(0, done("../../etc/x y")).unwrap();
    assert_eq!(names(&path.join("results")), ["000-------etc-x-y.json"]);
    drop(run);
    assert_eq!(pending(&RunDir::open(&path).unwrap()), [1, 2]);
}
