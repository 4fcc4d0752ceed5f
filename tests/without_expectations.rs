//! Nobody need write expectations: the seed scenarios without theirs find the same, by the model.

mod common;

use std::path::Path;

use common::Place;
use common::mounts::Mount;
use fsrace::report::{Class, Report, ScenarioResult, Verdict};

/// A seed scenario without its `expect` and `forbid`.
fn bare(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/seed/{name}.toml"));
    let mut text = std::fs::read_to_string(file).unwrap();
    while let Some(start) = text.find(", expect = {") {
        let end = start + text[start..].find('}').expect("a closing brace");
        text.replace_range(start..=end, "");
    }
    assert!(!text.contains("expect ="), "{text}");
    let lines = text.lines().filter(|line| !line.starts_with("forbid ="));
    lines.collect::<Vec<_>>().join("\n")
}

fn run(name: &str, target: &Path, duration: &str) -> ScenarioResult {
    let place = Place::new();
    let scenario = place.scenario("bare.toml", bare(name));
    let json = place.path("result.json");
    let mut command = place.command();
    command.arg("run").arg(scenario).arg("-t").arg(target).args(["-d", duration]);
    let outcome = common::outcome(command.arg("--json").arg(&json));
    let text = std::fs::read_to_string(&json).unwrap_or_else(|error| panic!("{error} {outcome:?}"));
    let mut report: Report = serde_json::from_str(&text).unwrap();
    report.results.remove(0)
}

const SEEDS: [&str; 5] = [
    "create-truncate-write-processes",
    "move-to-trash-threads",
    "open-while-unlinked-processes",
    "progress-by-rename-processes",
    "progress-in-place-threads",
];

#[test]
fn a_healthy_filesystem_is_not_accused_by_the_model_alone() {
    let Some(mount) = Mount::tmpfs("size=256m") else { return };
    for name in SEEDS {
        let result = run(name, mount.path(), "300ms");
        let worst = result.anomalies.iter().map(|anomaly| anomaly.class).max();
        assert!(worst <= Some(Class::Unspecified), "{result:#?}");
        let unmodelled = result.reason.is_some_and(|why| why.contains("without the model"));
        assert!(!unmodelled, "{name}");
    }
}

#[test]
fn a_planted_empty_read_is_found_by_the_model_alone() {
    let Some(mount) = Mount::faulty("empty-read") else { return };
    let result = run("open-while-unlinked-processes", mount.path(), "2s");
    assert_eq!(result.verdict, Verdict::Fail, "{result:#?}");
    assert_eq!(result.anomalies[0].code, "empty-read", "{result:#?}");
    let Some(healthy) = Mount::faulty("healthy") else { return };
    let result = run("open-while-unlinked-processes", healthy.path(), "2s");
    assert_eq!(result.anomalies, [], "{result:#?}");
}

#[test]
fn a_replaced_name_that_is_lost_is_found_by_the_model_alone() {
    let Some(mount) = Mount::bindfs() else { return };
    let result = run("progress-by-rename-processes", mount.path(), "2s");
    let lost = result.anomalies.iter().find(|anomaly| anomaly.code == "unexpected-errno");
    let lost = lost.unwrap_or_else(|| panic!("{result:#?}"));
    assert!(lost.class == Class::Forbidden && lost.seen.contains("ENOENT"), "{lost:#?}");
}
