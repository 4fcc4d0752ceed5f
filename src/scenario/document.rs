//! The whole file: what stands at the top, and what its parts have to agree on.

use std::collections::BTreeSet;
use std::ops::Range;

use super::actor::{self, Located};
use super::check::{DETECTOR_CODES, MAX_INSTANCES};
use super::diagnostic::{Diagnostic, Log};
use super::digest;
use super::fixture;
use super::flow::{self, SharedName};
use super::paths;
use super::reader::{Item, Reader};
use super::run;
use super::shared;
use super::suggest;
use super::types::{Scenario, SharedDescriptor};
use super::values;

/// The keys at the top of a file, with their meaning.
pub(super) const KEYS: [(&str, &str); 9] = [
    ("name", "Name in kebab-case, unique in a run."),
    ("about", "One sentence on what the scenario asks."),
    ("tags", "Words to select and group scenarios by."),
    ("sources", "Links to the reports behind the scenario."),
    ("forbid", "Detector codes that fail this scenario even where POSIX leaves the result open."),
    ("fixture", "What exists before the actors start: paths and what they are."),
    ("shared", "Descriptors opened once before the start and inherited by every actor."),
    ("run", "How to run it."),
    ("actor", "The sequential callers."),
];

/// Reads a whole file. Everything that is wrong with it is in the log afterwards; nothing is
/// returned only if there is something.
pub(super) fn read(root: &mut Reader<'_>) -> Option<Scenario> {
    let log = root.log;
    let name = root.required("name").and_then(|item| {
        paths::kebab(log, &item.text()?, "the name of a scenario").map(str::to_owned)
    });
    let about = root.optional("about").and_then(|item| Some(item.text()?.value.to_owned()));
    let tags = strings(root.optional("tags"), |item| {
        paths::kebab(log, &item.text()?, "a tag").map(str::to_owned)
    });
    let sources = strings(root.optional("sources"), |item| {
        let text = item.text()?.value;
        if text.trim().is_empty() {
            log.add(item.wrong("a source must not be empty"));
        }
        Some(text.to_owned())
    });
    let forbid = strings(root.optional("forbid"), detector_code);
    let before = log.len();
    let fixture = match root.optional("fixture").and_then(|item| item.table("`[fixture]`")) {
        Some(table) => fixture::read(log, &table),
        None => Vec::new(),
    };
    // A path that is missing from a fixture with mistakes may be one of the mistakes.
    let sure = (log.len() == before).then_some(fixture.as_slice());
    let shared = match root.optional("shared").and_then(|item| item.table("`[shared]`")) {
        Some(table) => shared::read(&table, sure),
        None => Vec::new(),
    };
    let run = match root.optional("run").and_then(|item| item.table("`[run]`")) {
        Some(table) => run::read(table),
        None => run::defaults(),
    };
    let actors = actors(root, &shared);
    for (pause, place) in actors.iter().flat_map(|a| &a.steps).filter_map(|s| s.pause.as_ref()) {
        if *pause >= run.hang_after {
            let message = "this pause would be taken for a hang";
            let label = format!("`hang_after` is {}", values::show_time(run.hang_after));
            log.add_absence(Diagnostic::new(place.clone(), message).label(label));
        }
    }
    let mut scenario = Scenario {
        name: name?,
        about: about.unwrap_or_default(),
        tags,
        sources,
        forbid,
        fixture,
        shared,
        run,
        actors: actors.into_iter().filter_map(|located| located.actor).collect(),
        digest: String::new(),
    };
    scenario.digest = digest::digest(&scenario);
    Some(scenario)
}

fn strings(item: Option<Item<'_>>, read: impl Fn(&Item<'_>) -> Option<String>) -> Vec<String> {
    let Some(items) = item.and_then(|item| item.list()) else { return Vec::new() };
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for item in items {
        let Some(text) = read(&item) else { continue };
        if !seen.insert(text.clone()) {
            item.log.add(item.wrong(format!("`{text}` is there twice")));
        }
        all.push(text);
    }
    all
}

fn detector_code(item: &Item<'_>) -> Option<String> {
    let text = item.text()?;
    if DETECTOR_CODES.contains(&text.value) {
        return Some(text.value.to_owned());
    }
    let codes = DETECTOR_CODES.iter().copied();
    let help = match suggest::nearest(text.value, codes.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the codes are {}", suggest::list(codes, "and")),
    };
    item.log.add(
        item.wrong(format!("unknown detector code `{}`", text.value))
            .label("no detector has this code")
            .help(help),
    );
    None
}

fn actors(root: &mut Reader<'_>, shared: &[SharedDescriptor]) -> Vec<Located> {
    let log = root.log;
    let shared: Vec<SharedName> = shared
        .iter()
        .map(|shared| SharedName {
            name: shared.name.clone(),
            directory: flow::can_be_directory(&shared.flags),
        })
        .collect();
    let Some(list) = root.required("actor") else { return Vec::new() };
    if list.value.is_table() {
        log.add(
            list.wrong("`actor` must be a list of tables")
                .label("this is one table")
                .help("write `[[actor]]`, with two brackets".to_owned()),
        );
        return Vec::new();
    }
    let items = list.list().unwrap_or_default();
    if list.value.as_array().is_some_and(|list| list.is_empty()) {
        log.add(list.wrong("a scenario needs at least one actor"));
    }
    let mut actors: Vec<Located> = Vec::new();
    for mut item in items {
        item.name = "an actor".to_owned();
        actors.extend(actor::read(&item, &shared));
    }
    check_names(log, &actors);
    check_clients(log, &actors);
    let instances: u32 = actors.iter().map(|located| located.count).sum();
    if let Some(place) = too_many(&actors, instances) {
        let message = format!("there are {instances} actors, the limit is {MAX_INSTANCES}");
        log.add(Diagnostic::new(place, message).label("each `count` is counted out"));
    }
    actors
}

fn check_names(log: &Log<'_>, actors: &[Located]) {
    let mut seen = BTreeSet::new();
    for name in actors.iter().filter_map(|located| located.name.as_ref()) {
        if !seen.insert(name.name.as_str()) {
            log.add(
                Diagnostic::new(
                    name.span.clone(),
                    format!("two actors are called `{}`", name.name),
                )
                .label("choose another name, or use `count` for equal actors"),
            );
        }
    }
}

/// A process works in one client directory, as a program works on one machine: its locks are its
/// own there, and what it has looked at is remembered there.
fn check_clients(log: &Log<'_>, actors: &[Located]) {
    let mut known: Vec<(&str, u32)> = Vec::new();
    for located in actors {
        let process = located.actor.as_ref().and_then(|actor| actor.process.as_deref());
        let (Some(process), Some(client)) = (process, &located.client) else { continue };
        match known.iter().find(|(name, _)| *name == process) {
            Some(&(_, other)) if other != client.number => log.add(
                Diagnostic::new(
                    client.span.clone(),
                    format!("the process `{process}` has two clients"),
                )
                .label(format!("another of its actors is on client {other}"))
                .help("give the actors of a process one client, or a process each".to_owned()),
            ),
            Some(_) => {}
            None => known.push((process, client.number)),
        }
    }
}

/// The place of the actor that makes them too many.
fn too_many(actors: &[Located], instances: u32) -> Option<Range<usize>> {
    let mut left = MAX_INSTANCES;
    if instances <= left {
        return None;
    }
    actors.iter().find_map(|located| match left.checked_sub(located.count) {
        Some(rest) => {
            left = rest;
            None
        }
        None => Some(located.place.clone()),
    })
}
