//! One form for programs that differ in names and order only, so that none is run twice for another
//! spelling.
//!
//! Names are given anew in the order of their first use, and so are descriptors; of all orders of the
//! actors, the one counts that then reads least.

use std::collections::HashMap;

use super::generate::MOST_ACTORS;
use super::sketch::SHARED;
use crate::scenario::{
    Actor, FixtureKind, Scenario, SharedDescriptor, Step, Template, digest, sort_fixture,
};

/// Names of directories, and of everything else.
const DIRECTORIES: [&str; 6] = ["d", "e", "g", "h", "i", "j"];
const FILES: [&str; 16] =
    ["a", "b", "c", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "w"];
/// Characters above which the text of a link is left as it is.
const LONG_TEXT: usize = 8;
/// Names of descriptors.
const DESCRIPTORS: [&str; 6] = ["f", "g", "h", "i", "j", "k"];

/// Whether a scenario is of the kind that is made here, so that it has this form and children of it are
/// what they seem: few actors, each of them one, without branches; names without holes; no more than one
/// shared descriptor. What is written by hand may be otherwise.
pub fn has_form(scenario: &Scenario) -> bool {
    let one = |actor: &Actor| actor.count == 1 && actor.branches.is_empty();
    let steps = scenario.actors.iter().flat_map(|actor| &actor.steps);
    let mut names = steps.flat_map(|step| [&step.path, &step.to, &step.target]).flatten();
    let mut fixture = scenario.fixture.iter();
    scenario.actors.len() <= MOST_ACTORS
        && scenario.actors.iter().all(one)
        && names.all(|name| name.as_literal().is_some())
        && fixture.all(|entry| entry.count == 1 && entry.path.as_literal().is_some())
        && scenario.shared.len() <= 1
}

/// The program in its one form, named after its digest.
pub fn canonical(scenario: &Scenario) -> Scenario {
    let mut orders = permutations(scenario.actors.len());
    let first = orders.next().unwrap_or_default();
    let mut best = spelled(scenario, &first);
    let mut key = reading(&best);
    for order in orders {
        let other = spelled(scenario, &order);
        let other_key = reading(&other);
        if other_key < key {
            (best, key) = (other, other_key);
        }
    }
    best.digest = digest(&best);
    best.name = format!("fuzz-{}", best.digest);
    best
}

/// What a spelling is compared by.
fn reading(scenario: &Scenario) -> String {
    let essence = (&scenario.actors, &scenario.fixture, &scenario.shared);
    serde_json::to_string(&essence).unwrap_or_default()
}

fn permutations(count: usize) -> impl Iterator<Item = Vec<usize>> {
    let all: usize = (1..=count).product();
    (0..all).map(move |mut number| {
        let mut left: Vec<usize> = (0..count).collect();
        let mut order = Vec::new();
        for choices in (1..=count).rev() {
            order.push(left.remove(number % choices));
            number /= choices;
        }
        order
    })
}

/// The program with its actors in this order and all names given anew.
fn spelled(scenario: &Scenario, order: &[usize]) -> Scenario {
    let mut names = Names::of(scenario);
    let actors: Vec<Actor> = order.iter().map(|&index| scenario.actors[index].clone()).collect();
    let mut actors: Vec<Actor> = actors
        .into_iter()
        .enumerate()
        .map(|(index, mut actor)| {
            actor.name = format!("actor{index}");
            actor.steps = names.steps(&actor.steps);
            actor
        })
        .collect();
    name_processes(&mut actors);
    let mut fixture = scenario.fixture.clone();
    // What no step names is told apart by where it is and what it is, first of all.
    fixture.sort_by_cached_key(|entry| {
        let path = entry.path.as_literal().unwrap_or_default();
        let kind = serde_json::to_string(&entry.kind).unwrap_or_default();
        (names.known(path), kind, path.to_owned())
    });
    for entry in &mut fixture {
        entry.path = names.template(&entry.path);
        match &mut entry.kind {
            FixtureKind::Symlink(to) => *to = names.text(to),
            FixtureKind::HardLink(to) => *to = names.path(to),
            FixtureKind::File(_) | FixtureKind::Directory => {}
        }
    }
    sort_fixture(&mut fixture);
    let shared = scenario.shared.iter().map(|shared| SharedDescriptor {
        name: SHARED.to_owned(),
        path: names.path(&shared.path),
        ..shared.clone()
    });
    Scenario { shared: shared.collect(), fixture, actors, ..scenario.clone() }
}

/// Processes that hold one actor only need no name.
fn name_processes(actors: &mut [Actor]) {
    let counted = |name: &Option<String>, actors: &[Actor]| {
        actors.iter().filter(|actor| actor.process == *name).count()
    };
    let alone: Vec<bool> = actors
        .iter()
        .map(|actor| actor.process.is_some() && counted(&actor.process, actors) == 1)
        .collect();
    for (actor, alone) in actors.iter_mut().zip(alone) {
        if alone {
            actor.process = None;
        }
    }
}

/// New names by old ones.
struct Names {
    new: HashMap<String, String>,
    directories: Vec<String>,
    /// The shared descriptor.
    shared: Vec<String>,
    used: [usize; 2],
}

impl Names {
    fn of(scenario: &Scenario) -> Self {
        let last = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
        let entries = scenario.fixture.iter();
        let entries = entries.filter(|entry| matches!(entry.kind, FixtureKind::Directory));
        let made = entries.filter_map(|entry| entry.path.as_literal());
        // What something is in, is a directory, too.
        let paths = scenario.actors.iter().flat_map(|actor| &actor.steps);
        let paths = paths.flat_map(|step| [&step.path, &step.to]).flatten();
        let above = paths.filter_map(|path| path.as_literal()?.rsplit_once('/'));
        let directories = made.map(last).chain(above.map(|(above, _)| last(above))).collect();
        let shared = scenario.shared.iter().map(|shared| shared.name.clone()).collect();
        Self { new: HashMap::new(), directories, shared, used: [0, 0] }
    }

    fn component(&mut self, old: &str) -> String {
        if let Some(known) = self.new.get(old) {
            return known.clone();
        }
        let directory = self.directories.iter().any(|name| name == old);
        let list: &[&str] = if directory { &DIRECTORIES } else { &FILES };
        let used = &mut self.used[usize::from(directory)];
        let name = match list.get(*used) {
            Some(name) => (*name).to_owned(),
            None => format!("x{}{used}", u8::from(directory)),
        };
        *used += 1;
        self.new.insert(old.to_owned(), name.clone());
        name
    }

    /// A path as far as its names have been given anew.
    fn known(&self, old: &str) -> String {
        let new = |part| self.new.get(part).map_or("~", String::as_str);
        old.split('/').map(new).collect::<Vec<_>>().join("/")
    }

    /// The text of a symbolic link: a long one has its length, not its name, for a meaning.
    fn text(&mut self, old: &str) -> String {
        if old.len() > LONG_TEXT { old.to_owned() } else { self.path(old) }
    }

    fn path(&mut self, old: &str) -> String {
        let parts: Vec<String> = old.split('/').map(|part| self.component(part)).collect();
        parts.join("/")
    }

    fn template(&mut self, old: &Template) -> Template {
        match old.as_literal() {
            Some(text) => Template::literal(self.path(text)),
            None => old.clone(),
        }
    }

    fn steps(&mut self, steps: &[Step]) -> Vec<Step> {
        let mut fds: HashMap<String, String> = HashMap::new();
        let renamed = steps.iter().map(|step| {
            let mut fd = |old: &Option<String>| {
                let old = old.as_ref()?;
                if self.shared.contains(old) {
                    return Some(SHARED.to_owned());
                }
                let next = fds.len();
                let next = || match DESCRIPTORS.get(next) {
                    Some(name) => (*name).to_owned(),
                    None => format!("x{next}"),
                };
                Some(fds.entry(old.clone()).or_insert_with(next).clone())
            };
            let (fd, at, new) = (fd(&step.fd), fd(&step.at), fd(&step.new));
            Step {
                path: step.path.as_ref().map(|path| self.template(path)),
                to: step.to.as_ref().map(|path| self.template(path)),
                target: step.target.as_ref().map(|text| match text.as_literal() {
                    Some(literal) => Template::literal(self.text(literal)),
                    None => text.clone(),
                }),
                fd,
                at,
                new,
                ..step.clone()
            }
        });
        renamed.collect()
    }
}
