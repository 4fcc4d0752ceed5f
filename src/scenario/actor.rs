//! `[[actor]]`: one sequential caller, its steps and its branches.

use std::ops::Range;

use super::check::{MAX_CLIENT, MAX_INSTANCES, MAX_STEPS};
use super::diagnostic::Diagnostic;
use super::flow::{self, Program, SharedName};
use super::paths::{self, Holes};
use super::reader::{Item, Reader};
use super::step::{self, Located as LocatedStep, Named};
use super::types::{Actor, Branch};

/// The keys of an actor, with their meaning.
pub(super) const KEYS: [(&str, &str); 6] = [
    ("name", "Name; the instances of an actor with `count` are `name.0`, `name.1`, ..."),
    ("count", "How many equal instances run (default 1)."),
    (
        "process",
        "Actors that name the same process share one; without it, every instance has its \
                 own.",
    ),
    (
        "client",
        "Which client directory the actor works in: 0 is the target, 1 the first `--client`, ...",
    ),
    ("steps", "What an iteration does, in order."),
    ("branch", "Named alternative endings of an iteration, reached by `on`."),
];

/// An actor with the places that the checks across actors point at.
pub(super) struct Located {
    pub(super) actor: Option<Actor>,
    pub(super) name: Option<Named>,
    pub(super) count: u32,
    pub(super) place: Range<usize>,
    pub(super) client: Option<Client>,
    /// The steps of all lists.
    pub(super) steps: Vec<LocatedStep>,
}

/// The client that an actor asks for.
pub(super) struct Client {
    pub(super) number: u32,
    pub(super) span: Range<usize>,
}

/// Reads one actor.
pub(super) fn read(item: &Item<'_>, shared: &[SharedName]) -> Option<Located> {
    let log = item.log;
    let mut reader = item.table("an actor")?;
    let name = reader.required("name").and_then(|item| {
        let text = item.text()?;
        let name = paths::name(log, &text, "an actor")?;
        Some(Named { name: name.to_owned(), span: item.span })
    });
    let count = match reader.optional("count") {
        Some(item) => item.integer_u32(1, MAX_INSTANCES).unwrap_or(1),
        None => 1,
    };
    let process = reader
        .optional("process")
        .and_then(|item| paths::name(log, &item.text()?, "a process").map(str::to_owned));
    let client = reader.optional("client").and_then(|item| {
        let number = item.integer_u32(0, MAX_CLIENT)?;
        Some(Client { number, span: item.span })
    });
    let holes = Holes::Step { actor: longest_instance(name.as_ref(), count) };
    let steps = reader.required("steps").map(|item| {
        let steps = step::read_all(&item, holes);
        if item.value.as_array().is_some_and(|list| list.is_empty()) {
            log.add(item.wrong("an actor needs at least one step").label("nothing to do"));
        }
        steps
    });
    let branches = reader.optional("branch").map(|item| branches(&item, holes));
    let branches = branches.unwrap_or_default();
    let place = name.as_ref().map_or(reader.span.clone(), |name| name.span.clone());
    reader.finish();

    let main = steps.unwrap_or_default();
    flow::check(log, &Program { main: &main, branches: &branches, shared });
    let total = main.len() + branches.iter().map(|(_, steps)| steps.len()).sum::<usize>();
    if total > MAX_STEPS {
        let message = format!("this actor has {total} steps, the limit is {MAX_STEPS}");
        log.add(Diagnostic::new(place.clone(), message).label("branches are counted, too"));
    }
    let actor = name.as_ref().map(|name| Actor {
        name: name.name.clone(),
        count,
        process,
        client: client.as_ref().map(|client| client.number),
        steps: main.iter().filter_map(|located| located.step.clone()).collect(),
        branches: branches
            .iter()
            .map(|(name, steps)| Branch {
                name: name.name.clone(),
                steps: steps.iter().filter_map(|located| located.step.clone()).collect(),
            })
            .collect(),
    });
    let steps = main.into_iter().chain(branches.into_iter().flat_map(|(_, steps)| steps)).collect();
    Some(Located { actor, name, count, place, client, steps })
}

/// Bytes of the longest name of an instance.
fn longest_instance(name: Option<&Named>, count: u32) -> usize {
    let name = name.map_or(0, |name| name.name.len());
    if count > 1 { name + 1 + (count - 1).to_string().len() } else { name }
}

fn branches(item: &Item<'_>, holes: Holes) -> Vec<(Named, Vec<LocatedStep>)> {
    let Some(reader) = item.table("`branch`") else { return Vec::new() };
    reader
        .entries()
        .into_iter()
        .filter_map(|(key, item)| branch(&reader, &key, &item, holes))
        .collect()
}

fn branch(
    reader: &Reader<'_>,
    key: &super::diagnostic::Text<'_>,
    item: &Item<'_>,
    holes: Holes,
) -> Option<(Named, Vec<LocatedStep>)> {
    let log = reader.log;
    let name = paths::name(log, key, "a branch")?;
    if matches!(name, "again" | "next") {
        log.add(
            Diagnostic::new(key.span.clone(), format!("a branch cannot be called `{name}`"))
                .label(format!("`{name}` has a meaning of its own in `on`")),
        );
        return None;
    }
    let steps = step::read_all(item, holes);
    if item.value.as_array().is_some_and(|list| list.is_empty()) {
        log.add(
            item.wrong(format!("the branch `{name}` has no steps"))
                .label("nothing to do")
                .help("`again` ends an iteration without a branch".to_owned()),
        );
    }
    Some((Named { name: name.to_owned(), span: key.span.clone() }, steps))
}
