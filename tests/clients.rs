//! Several mounts of one storage raced against each other: silent where they are one cache, loud and
//! rightly named where each has its own.
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use common::mounts::Mount;
use common::processes::{self, signal, soon};
use common::{Place, names};
use fsrace::report::csv::read_csv;
use fsrace::report::{Class, Report, ScenarioResult, Verdict};
use rustix::process::Signal;

const UNCACHED: &str = "attr_timeout=0,entry_timeout=0,negative_timeout=0";
const CACHED: &str = "attr_timeout=5,entry_timeout=5,negative_timeout=5";

/// Two mounts of one directory. Fields drop in order: what is on top goes first.
struct Two {
    one: Mount,
    other: Mount,
    below: Mount,
}

impl Two {
    fn over(mount: impl Fn(&Path) -> Option<Mount>) -> Option<Self> {
        let below = Mount::tmpfs("size=128m")?;
        let directory = below.path().join("storage");
        fs::create_dir(&directory).unwrap();
        Some(Self { one: mount(&directory)?, other: mount(&directory)?, below })
    }

    fn binds() -> Option<Self> {
        Self::over(Mount::bind)
    }

    fn bindfs(timeouts: &str) -> Option<Self> {
        let options = ["--multithreaded", "--enable-lock-forwarding", "-o", timeouts];
        Self::over(|directory| Mount::bindfs_over(directory, &options))
    }

    /// What is in the storage.
    fn left(&self) -> Vec<String> {
        names(&self.below.path().join("storage"))
    }
}

fn scenario(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(path)
}

/// Runs scenarios on both mounts and returns the exit code and the results.
#[track_caller]
fn run(
    two: &Two,
    place: &Place,
    scenarios: &[&str],
    options: &[&str],
) -> (Option<i32>, Vec<ScenarioResult>) {
    let json = place.path("result.json");
    let mut command = place.command();
    command.arg("run").args(scenarios.iter().map(|path| scenario(path)));
    command.arg("-t").arg(two.one.path()).arg("--client").arg(two.other.path());
    let outcome = common::outcome(command.args(options).arg("--json").arg(&json));
    let text = fs::read_to_string(&json).unwrap_or_else(|error| panic!("{error} {outcome:?}"));
    let report: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(two.left(), Vec::<String>::new(), "left on the storage: {outcome:#?}");
    (outcome.code, report.results)
}

/// Runs a scenario, longer each time, until it fails: on a busy machine a few rounds show nothing.
#[track_caller]
fn until_it_shows(two: &Two, place: &Place, file: &str) -> (Option<i32>, ScenarioResult) {
    let mut last = None;
    for duration in ["300ms", "1s", "3s", "6s"] {
        let (code, mut results) = run(two, place, &[file], &["-d", duration]);
        let done = code == Some(1);
        last = Some((code, results.remove(0)));
        if done {
            break;
        }
    }
    last.expect("it ran")
}

#[test]
fn two_bind_mounts_of_one_directory_are_never_accused() {
    let (Some(two), place) = (Two::binds(), Place::new()) else { return };
    // On a busy machine it takes longer until actors have met.
    let met = ["40ms", "160ms", "640ms"].iter().any(|duration| {
        let results = never_accused(&two, &place, duration);
        let count = |verdict| results.iter().filter(|result| result.verdict == verdict).count();
        assert!(count(Verdict::Skipped) < 10, "{} were skipped", count(Verdict::Skipped));
        count(Verdict::Pass) * 2 > results.len()
    });
    assert!(met, "most are inconclusive");
    let rows = read_csv(&place.run_dir().join("results.csv")).unwrap();
    let clients = [two.other.path().to_str().unwrap().to_owned()];
    assert!(rows.iter().all(|row| row.target.clients == clients), "the CSV tells the clients");
}

#[track_caller]
fn never_accused(two: &Two, place: &Place, duration: &str) -> Vec<ScenarioResult> {
    let (_, results) = run(two, place, &["clients", "litmus"], &["-d", duration]);
    assert!(results.len() > 100, "{}", results.len());
    for result in &results {
        let worst = result.anomalies.iter().map(|anomaly| anomaly.class).max();
        assert!(worst <= Some(Class::Unspecified), "{result:#?}");
        let reason = result.reason.as_deref().unwrap_or_default();
        match result.verdict {
            Verdict::Skipped => assert!(reason.contains("one client directory"), "{result:#?}"),
            // On a busy machine, not all actors have met in so short a time.
            verdict => assert!(verdict != Verdict::Fail, "{result:#?}"),
        }
        assert_eq!(result.target.clients, [two.other.path().to_str().unwrap()]);
    }
    results
}

#[test]
fn free_mode_runs_between_clients_as_well() {
    let (Some(two), place) = (Two::binds(), Place::new()) else { return };
    let scenarios = ["stress/excl-lock.toml", "seed/open-while-unlinked-processes.toml"];
    let (_, results) = run(&two, &place, &scenarios, &["-d", "200ms"]);
    for result in &results {
        assert!(result.anomalies.is_empty() && result.verdict != Verdict::Skipped, "{result:#?}");
    }
}

#[test]
fn two_bindfs_that_cache_nothing_keep_what_posix_promises() {
    let (Some(two), place) = (Two::bindfs(UNCACHED), Place::new()) else { return };
    let (_, results) = run(&two, &place, &["clients"], &["-d", "150ms"]);
    assert!(results.len() >= 10);
    for result in &results {
        // bindfs answers a name that rename is replacing with ENOENT, on one mount as on two.
        let known = |name: &String| ["open-stale", "rename-gap"].contains(&name.as_str());
        let replaces = result.scenario.starts_with("replace");
        let anomalies = &result.anomalies;
        let clean = anomalies.iter().all(|one| replaces && one.relaxations.iter().all(known));
        assert!(clean, "{result:#?}");
        assert!(result.verdict != Verdict::Skipped, "{result:#?}");
    }
}

#[test]
fn what_two_bindfs_remember_is_documented_and_explained_by_it() {
    let (Some(two), place) = (Two::bindfs(CACHED), Place::new()) else { return };
    for (name, relaxation) in [
        ("stat-there-before-created-here", "stale-dentry"),
        ("unlink-here-open-there", "stale-dentry"),
        ("write-close-here-stat-there", "close-to-open"),
    ] {
        let file = format!("clients/{name}.toml");
        let (code, result) = until_it_shows(&two, &place, &file);
        assert_eq!((code, result.verdict), (Some(1), Verdict::Fail), "{result:#?}");
        let worst = &result.anomalies[0];
        assert_eq!(worst.class, Class::Documented, "{result:#?}");
        // Some of what is remembered was seen while it changed (`nlink-lag`), here as everywhere.
        let known = |name: &String| [relaxation, "nlink-lag"].contains(&name.as_str());
        assert!(worst.relaxations.iter().any(|name| name == relaxation), "{result:#?}");
        assert!(worst.relaxations.iter().all(known), "{result:#?}");
        assert!(worst.example.is_some(), "{result:#?}");
        // Whoever expects it says so.
        let accept = ["-d", "100ms", "--accept", relaxation];
        let (code, results) = run(&two, &place, &[&file], &accept);
        let worst = results[0].anomalies.iter().map(|anomaly| anomaly.class).max();
        assert!(worst <= Some(Class::Unspecified), "{results:#?}");
        assert!(matches!(code, Some(0 | 4)), "{results:#?}");
    }
}

#[test]
fn locks_that_a_mount_keeps_to_itself_are_found() {
    let mount = |directory: &Path| Mount::bindfs_over(directory, &["-o", UNCACHED]);
    let (Some(two), place) = (Two::over(mount), Place::new()) else { return };
    for name in ["lock-here-and-there", "flock-here-and-there"] {
        let file = format!("clients/{name}.toml");
        let (code, result) = until_it_shows(&two, &place, &file);
        let worst = result.anomalies.first().map(|anomaly| anomaly.class);
        assert!(code == Some(1) && worst >= Some(Class::Forbidden), "{result:#?}");
    }
}

#[test]
fn a_run_that_is_killed_leaves_nothing_on_the_storage() {
    let (Some(two), place) = (Two::bindfs(UNCACHED), Place::new()) else { return };
    let mut command = place.command();
    command.arg("run").arg(scenario("clients/mkdir-here-and-there.toml"));
    command.arg("-t").arg(two.one.path()).arg("--client").arg(two.other.path());
    let mut child = command.args(["-d", "60s", "--rounds", "1000000000"]).spawn().unwrap();
    let at_work = || processes::workers(place.tag()).len() == 2;
    assert!(soon(Duration::from_secs(20), at_work), "it never got to work");
    signal(child.id() as i32, Signal::KILL);
    child.wait().unwrap();
    let gone = || two.left().is_empty() && processes::of(place.tag()).is_empty();
    assert!(soon(Duration::from_secs(20), gone), "{:?} is left", two.left());
}

#[test]
fn a_stopped_run_goes_on_with_the_same_clients_or_not_at_all() {
    let (Some(two), place) = (Two::binds(), Place::new()) else { return };
    let mut command = place.command();
    command.arg("run").arg(scenario("clients/mkdir-here-and-there.toml"));
    command.arg("-t").arg(two.one.path()).arg("--client").arg(two.other.path());
    let mut child =
        command.args(["-d", "2s", "--rounds", "1000000000", "-o", "run"]).spawn().unwrap();
    let at_work = || processes::workers(place.tag()).len() == 2;
    assert!(soon(Duration::from_secs(20), at_work), "it never got to work");
    signal(child.id() as i32, Signal::INT);
    child.wait().unwrap();
    let resume = || place.run(["run", "--resume", "run"]);
    let (Two { one, other, below }, path) = (two, place.cwd().join("run/run.json"));
    let manifest: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(manifest["options"]["clients"][0], other.path().to_str().unwrap());
    // The client directory is there, but shows something else.
    assert!(Command::new("umount").arg(other.path()).status().unwrap().success());
    resume().expect(3, &[other.path().to_str().unwrap(), "does not show what is made"]);
    let storage = below.path().join("storage");
    let again = Command::new("mount").arg("--bind").arg(&storage).arg(other.path()).status();
    assert!(again.unwrap().success());
    let outcome = resume();
    assert!(matches!(outcome.code, Some(0 | 4)), "{outcome:#?}");
    assert!(outcome.out.contains("client "), "{outcome:#?}");
    drop((one, other, below));
}

#[test]
fn a_client_that_is_none_is_told_before_anything_runs() {
    let place = Place::new();
    fs::write(place.path("file"), "").unwrap();
    fs::create_dir(place.path("elsewhere")).unwrap();
    symlink(place.target(), place.path("link")).unwrap();
    let file = scenario("clients/mkdir-here-and-there.toml");
    let with = |clients: &[&str], code: i32, words: &[&str]| {
        let mut command = place.command();
        command.arg("run").arg(&file).arg("-t").arg(place.target());
        for client in clients {
            command.arg("--client").arg(place.path(client));
        }
        common::outcome(&mut command).expect(code, words);
        place.assert_untouched();
    };
    with(&["missing"], 3, &["client", "missing", "ENOENT", "another mount"]);
    with(&["file"], 3, &["client", "file", "ENOTDIR"]);
    with(&["target"], 2, &["both target and client"]);
    with(&["link"], 2, &["both target and client"]);
    with(&["elsewhere", "elsewhere"], 2, &["twice"]);
    with(&["elsewhere"], 3, &["elsewhere", "does not show what is made in", "ENOENT"]);
    let elsewhere = place.path("elsewhere");
    let mut command = place.command();
    command.args(["run", "-t"]).arg(place.target()).arg("-t").arg(place.path("tmp"));
    common::outcome(command.arg("--client").arg(&elsewhere)).expect(2, &["one --target"]);
    place.run(["run", "--client", elsewhere.to_str().unwrap()]).expect(2, &["--target"]);
    place.assert_untouched();
}

#[test]
fn a_scenario_that_needs_more_clients_is_skipped_and_says_so() {
    let place = Place::new();
    let outcome = place.run_on_target(&scenario("clients/mkdir-here-and-there.toml"), &[]);
    outcome.expect(3, &[]);
    let told = "needs 2 client directories: give --client DIR (another mount of the same storage)";
    assert!(outcome.out.contains(told), "{outcome:#?}");
    place.assert_clean();
    // Nor are they in the way of those who do not ask for them.
    let listed = place.run(["list"]);
    assert!(listed.out.contains("needs 2 client directories: --client"), "{listed:#?}");
}
