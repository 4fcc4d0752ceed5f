//! Every scenario in `scenarios/` can be read, planned and told apart, and together they use the
//! whole language.

#[path = "common/scenarios.rs"]
mod scenarios;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fsrace::detect::Accepted;
use fsrace::ops::{self, OpKind};
use fsrace::plan::{Settings, plan};
use fsrace::scenario::{self, Mode, OpenFlag, Scenario, Step};

struct Shipped {
    path: PathBuf,
    text: String,
    scenario: Scenario,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

fn shipped() -> Vec<Shipped> {
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display().to_string();
        let scenario =
            scenario::parse(&text, &name).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        Shipped { path, text, scenario }
    };
    scenarios::files().into_iter().map(read).collect()
}

fn steps(scenario: &Scenario) -> impl Iterator<Item = &Step> {
    scenario.actors.iter().flat_map(|actor| {
        actor.steps.iter().chain(actor.branches.iter().flat_map(|branch| &branch.steps))
    })
}

fn in_group<'a>(all: &'a [Shipped], group: &'a str) -> impl Iterator<Item = &'a Scenario> {
    let directory = root().join(group);
    all.iter().filter(move |one| one.path.starts_with(&directory)).map(|one| &one.scenario)
}

#[test]
fn every_scenario_can_be_planned_and_runs_actors_against_each_other() {
    for Shipped { scenario, .. } in shipped() {
        let plan = plan(&scenario, &Settings::default())
            .unwrap_or_else(|error| panic!("{}: {error}", scenario.name));
        assert!(plan.actors.len() > 1, "{}: one actor cannot race", scenario.name);
    }
}

#[test]
fn every_scenario_says_what_it_is() {
    for Shipped { path, text, scenario } in shipped() {
        let name = &scenario.name;
        assert_eq!(Some(name.as_str()), path.file_stem().and_then(|stem| stem.to_str()));
        let schema = "#:schema ../scenario.schema.json";
        assert_eq!(text.lines().next(), Some(schema), "{name}: first line");
        assert!(scenario.about.ends_with(['?', '.']), "{name}: `about` is a sentence");
        assert!(!scenario.tags.is_empty(), "{name}: no tags");
        for tag in &scenario.tags {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(!tag.is_empty() && tag.chars().all(plain), "{name}: tag {tag:?}");
        }
        assert!(!scenario.sources.is_empty(), "{name}: no sources");
        for source in &scenario.sources {
            let entry = source.strip_prefix("CATALOGUE ").map(str::parse::<u32>);
            let known = source.starts_with("https://") || matches!(entry, Some(Ok(_)));
            assert!(known, "{name}: source {source:?}");
        }
        assert!(text.lines().count() > 10 && !text.contains('\t'), "{name}: layout");
    }
}

#[test]
fn no_two_scenarios_are_the_same() {
    let mut names = BTreeSet::new();
    let mut digests = BTreeMap::new();
    for Shipped { scenario, .. } in shipped() {
        assert!(names.insert(scenario.name.clone()), "{} twice", scenario.name);
        if let Some(other) = digests.insert(scenario.digest.clone(), scenario.name.clone()) {
            panic!("{} and {other} do the same", scenario.name);
        }
    }
}

#[test]
fn together_they_use_every_operation_and_every_open_flag() {
    let all = shipped();
    let steps = || all.iter().flat_map(|one| steps(&one.scenario));
    let used: BTreeSet<OpKind> = steps().map(|step| step.op).collect();
    let unused: Vec<&str> =
        ops::specs().filter(|spec| !used.contains(&spec.kind)).map(|spec| spec.name).collect();
    assert!(unused.is_empty(), "no scenario uses {unused:?}");
    use OpenFlag::*;
    for flag in
        [Rdonly, Wronly, Rdwr, Creat, Excl, Trunc, Append, Directory, Nofollow, Tmpfile, Dsync]
    {
        assert!(steps().any(|step| step.flags.contains(&flag)), "no scenario opens with {flag:?}");
    }
}

#[test]
fn the_seed_scenarios_come_as_processes_and_as_threads_that_do_the_same() {
    let all = shipped();
    let seeds: Vec<&Scenario> = in_group(&all, "seed").collect();
    assert!(seeds.len() >= 14);
    for scenario in &seeds {
        let name = &scenario.name;
        let threads = name.ends_with("-threads");
        assert!(threads || name.ends_with("-processes"), "{name}: neither");
        let processes = plan(scenario, &Settings::default()).unwrap().processes.len();
        assert_eq!(processes == 1, threads, "{name} runs in {processes} processes");
        let Some(base) = name.strip_suffix("-threads") else { continue };
        let twin = seeds.iter().find(|other| other.name == format!("{base}-processes"));
        let twin = twin.unwrap_or_else(|| panic!("{name} has no twin"));
        assert_eq!(scenario.fixture, twin.fixture, "{name}");
        for (one, other) in scenario.actors.iter().zip(&twin.actors) {
            assert_eq!((&one.steps, &one.branches), (&other.steps, &other.branches), "{name}");
        }
    }
}

#[test]
fn they_run_freely_and_not_for_long() {
    let all = shipped();
    let total = |group| -> f64 {
        let runs = in_group(&all, group).map(|scenario| {
            assert_eq!(scenario.run.mode, Mode::Free, "{}", scenario.name);
            scenario.run.duration.unwrap_or_else(|| panic!("{}: no duration", scenario.name))
        });
        runs.map(|duration| duration.as_secs_f64()).sum()
    };
    assert!(total("seed") <= 40.0, "the seed scenarios take {} s", total("seed"));
    assert!(in_group(&all, "stress").count() >= 14);
    assert!(total("stress") <= 120.0, "the stress scenarios take {} s", total("stress"));
}

#[test]
fn every_profile_names_relaxations_and_their_sources() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles");
    let entries = std::fs::read_dir(root).unwrap();
    let paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    assert!(!paths.is_empty());
    for path in paths {
        let (mut accepted, before) = (Accepted::nothing(), Accepted::default());
        accepted.add_profile(&path).unwrap();
        assert!(!accepted.relaxations().is_empty(), "{}", path.display());
        for one in accepted.relaxations() {
            // What is accepted anyway needs no profile.
            let needless = before.relaxations().contains(one);
            assert!(!needless, "{}: {} is accepted anyway", path.display(), one.name);
        }
        let text: toml::Table = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        for (name, source) in text["accept"].as_table().unwrap() {
            let source = source.as_str().unwrap();
            assert!(source.starts_with("https://"), "{}: {name}: {source}", path.display());
        }
    }
}
