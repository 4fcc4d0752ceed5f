//! The litmus scenarios: nothing worse than `unspecified` on healthy filesystems, and loud where
//! something is wrong.

mod common;

use std::path::Path;

use common::Place;
use common::mounts::Mount;
use fsrace::report::{Class, Report, ScenarioResult, Verdict};

/// Runs scenarios on a directory and returns the exit code and the results.
fn run(scenarios: &str, target: &Path, options: &[&str]) -> (Option<i32>, Vec<ScenarioResult>) {
    let place = Place::new();
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(scenarios);
    let json = place.path("result.json");
    let mut command = place.command();
    command.arg("run").arg(scenarios).arg("-t").arg(target).args(options);
    let outcome = common::outcome(command.arg("--json").arg(&json));
    let text = std::fs::read_to_string(&json).unwrap_or_else(|error| panic!("{error} {outcome:?}"));
    let report: Report = serde_json::from_str(&text).unwrap();
    assert_eq!(common::names(target).iter().filter(|name| name.contains("fsrace")).count(), 0);
    (outcome.code, report.results)
}

#[track_caller]
fn assert_silent(target: &Path) {
    // On a busy machine it takes longer until actors have met.
    let met = ["40ms", "160ms", "640ms"].iter().any(|duration| {
        let results = silent(target, duration);
        let passed = results.iter().filter(|result| result.verdict == Verdict::Pass).count();
        passed * 2 > results.len()
    });
    assert!(met, "most are inconclusive");
}

/// Results of which none is worse than `unspecified`.
#[track_caller]
fn silent(target: &Path, duration: &str) -> Vec<ScenarioResult> {
    let (_, results) = run("litmus", target, &["--duration", duration]);
    assert!(results.len() >= 40, "{}", results.len());
    for result in &results {
        let worst = result.anomalies.iter().map(|anomaly| anomaly.class).max();
        assert!(worst <= Some(Class::Unspecified), "{result:#?}");
        // In so short a time, three or four actors need not all have met on two processors.
        assert!(matches!(result.verdict, Verdict::Pass | Verdict::Inconclusive), "{result:#?}");
        let outcomes: u64 = result.outcomes.iter().map(|outcome| outcome.count).sum();
        assert!(Some(outcomes) <= result.rounds, "{result:#?}");
    }
    results
}

#[test]
fn the_litmus_scenarios_are_silent_on_tmpfs() {
    let Some(mount) = Mount::tmpfs("size=256m") else { return };
    assert_silent(mount.path());
}

#[test]
fn the_litmus_scenarios_are_silent_on_ext4() {
    let Some(mount) = Mount::ext4(256) else { return };
    assert_silent(mount.path());
}

#[test]
fn the_litmus_scenarios_are_silent_on_xfs() {
    let Some(mount) = Mount::image(512, &["mkfs.xfs", "-qf"]) else { return };
    assert_silent(mount.path());
}

#[test]
fn the_litmus_scenarios_are_silent_on_overlay() {
    let Some(mount) = Mount::overlay() else { return };
    assert_silent(mount.path());
}

/// The finding that a scenario makes on bindfs: code, class and relaxations.
fn on_bindfs(options: &[&str]) -> Option<(Option<i32>, ScenarioResult)> {
    let mount = Mount::bindfs()?;
    let scenario = "litmus/rename-replace-vs-open-read.toml";
    let (code, mut results) = run(scenario, mount.path(), &[&["-d", "2s"], options].concat());
    Some((code, results.remove(0)))
}

#[test]
fn a_replaced_name_that_bindfs_loses_is_forbidden_and_explained() {
    let Some((code, result)) = on_bindfs(&[]) else { return };
    assert_eq!((code, result.verdict), (Some(1), Verdict::Fail), "{result:#?}");
    let worst = &result.anomalies[0];
    assert_eq!(worst.class, Class::Forbidden, "{result:#?}");
    let known = ["open-stale", "rename-gap"];
    let explained = worst.relaxations.iter().all(|one| known.contains(&one.as_str()));
    assert!(explained && !worst.relaxations.is_empty(), "{result:#?}");
    let example = worst.example.as_ref().expect("a history");
    assert!(example.events.iter().any(|event| event.anomalous), "{result:#?}");
}

#[test]
fn what_a_run_accepts_does_not_fail_it() {
    let accept = ["--accept", "open-stale", "--accept", "rename-gap"];
    let Some((code, result)) = on_bindfs(&accept) else { return };
    assert_eq!((code, result.verdict), (Some(0), Verdict::Pass), "{result:#?}");
}

#[test]
fn a_profile_names_relaxations_with_their_sources() {
    let place = Place::new();
    let scenario = place.scenario("s.toml", common::plain("s", "300ms"));
    let profile = |text: &str| {
        let path = place.path("profile.toml");
        std::fs::write(&path, text).unwrap();
        place.run_on_target(&scenario, &["--profile", path.to_str().unwrap()])
    };
    profile("[accept]\nopen-stale = \"https://example.org/\"\n").expect(0, &[]);
    profile("[accept]\nopen-stale = \"\"\n").expect(2, &["open-stale", "no source"]);
    profile("[accept]\nnonsense = \"x\"\n").expect(2, &["nonsense", "open-stale"]);
    profile("accept = 1\n").expect(2, &["profile", "[accept]"]);
    place.run_on_target(&scenario, &["--profile", "missing"]).expect(2, &["ENOENT", "missing"]);
    place.run_on_target(&scenario, &["--accept", "nonsense"]).expect(2, &["nonsense", "torn-read"]);
}
