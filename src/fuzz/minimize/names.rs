//! The names of a program: which there are, and shorter ones.

use std::collections::{BTreeMap, BTreeSet};

use super::edit::rename;
use super::steps;
use crate::scenario::{FixtureKind, Scenario, Template};

/// Every literal path that the fixture makes or a step names.
pub fn paths(scenario: &Scenario) -> BTreeSet<String> {
    let mut paths: BTreeSet<String> = BTreeSet::new();
    let literal = |path: &Template| path.as_literal().map(str::to_owned);
    paths.extend(scenario.fixture.iter().filter_map(|entry| literal(&entry.path)));
    paths.extend(scenario.shared.iter().map(|shared| shared.path.clone()));
    for place in steps::places(scenario) {
        let step = steps::step(scenario, place);
        let named = [&step.path, &step.to].into_iter().flatten();
        paths.extend(named.filter_map(literal));
    }
    paths
}

/// The directories that paths begin with.
pub fn directories(scenario: &Scenario) -> BTreeSet<String> {
    let paths = paths(scenario);
    paths.iter().filter_map(|path| Some(path.split_once('/')?.0.to_owned())).collect()
}

/// Gives every component of a literal path a name of one letter: `f`, `g`, ... for what may be a
/// file, `e`, `d`, ... for what has something in it. Does nothing where there are too many for that.
pub fn shorten(scenario: &mut Scenario) {
    let paths = paths(scenario);
    let is_directory = |path: &str| {
        let listed = scenario.fixture.iter().any(|entry| {
            entry.kind == FixtureKind::Directory && entry.path.as_literal() == Some(path)
        });
        let inside = format!("{path}/");
        listed || paths.iter().any(|other| other.starts_with(&inside))
    };
    let mut files = ('f'..='z').map(String::from);
    let mut directories = ('a'..='e').rev().map(String::from);
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for path in &paths {
        let mut above = String::new();
        for component in path.split('/') {
            above = if above.is_empty() { component.to_owned() } else { above + "/" + component };
            if names.contains_key(component) {
                continue;
            }
            let next = if is_directory(&above) { directories.next() } else { files.next() };
            let Some(next) = next else { return };
            names.insert(component.to_owned(), next);
        }
    }
    rename(scenario, |path| {
        let new: Option<Vec<&str>> =
            path.split('/').map(|part| names.get(part).map(String::as_str)).collect();
        new.map(|new| new.join("/"))
    });
}
