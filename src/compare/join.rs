//! Runs of the same scenario and filesystem side by side, code by code.

use std::collections::HashMap;

use super::block::Block;
use super::place::{Place, Places};
use super::source::Source;
use super::{State, trials, types};
use crate::report::{Class, Verdict};
use crate::scenario::Mode;

/// One code of one scenario on one filesystem, before anything is judged.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) scenario: String,
    pub(super) digest: String,
    pub(super) mode: Mode,
    pub(super) place: Place,
    /// Empty where nothing was found.
    pub(super) code: String,
    /// The worst that it was seen with.
    pub(super) class: Option<Class>,
    /// One per column.
    pub(super) sides: Vec<Side>,
}

/// What one system has to say of it.
#[derive(Clone, Debug)]
pub(super) struct Side {
    pub(super) state: State,
    pub(super) reason: Option<String>,
    /// One per run.
    pub(super) runs: Vec<Tally>,
    pub(super) estimated: bool,
    pub(super) class: Option<Class>,
    pub(super) relaxations: Vec<String>,
    /// What is no anomaly there, as far as the file tells.
    pub(super) accepted: Vec<String>,
}

/// What one run has seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tally {
    pub(super) count: u64,
    /// Whether it was of a class that fails a run.
    pub(super) fails: bool,
    pub(super) trials: Option<u64>,
}

/// All runs of one scenario in one place, by column.
struct Group<'a> {
    digest: &'a str,
    place: Place,
    columns: Vec<Vec<&'a Block>>,
}

impl<'a> Group<'a> {
    fn all(&self) -> Vec<&'a Block> {
        self.columns.iter().flatten().copied().collect()
    }

    /// The name; where it has changed, the newest.
    fn scenario(&self) -> &'a str {
        self.columns.iter().flatten().next_back().map_or("", |block| &block.scenario)
    }
}

/// Everything that any system has run, in the order in which it is first told.
pub(super) fn join(sources: &[Source], places: &Places) -> Vec<Draft> {
    let groups = groups(sources, places);
    let mut drafts = Vec::new();
    for group in &groups {
        let states: Vec<_> =
            (0..sources.len()).map(|column| state(group, column, &groups, sources)).collect();
        // A scenario that has changed is told where the first column has it.
        if matches!(&states[0], (State::Unlike, _)) && group.columns[0].is_empty() {
            continue;
        }
        drafts.extend(codes(group).into_iter().map(|code| draft(group, code, &states)));
    }
    drafts
}

fn groups<'a>(sources: &'a [Source], places: &Places) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut known: HashMap<(&str, Place), usize> = HashMap::new();
    for (column, source) in sources.iter().enumerate() {
        for block in &source.blocks {
            let place = places.place(&block.target.fs_type, &block.target.path);
            let index = *known.entry((&block.digest, place.clone())).or_insert_with(|| {
                let columns = vec![Vec::new(); sources.len()];
                groups.push(Group { digest: &block.digest, place, columns });
                groups.len() - 1
            });
            groups[index].columns[column].push(block);
        }
    }
    groups
}

/// Whether a column has something to say of a group, and why not.
fn state(
    group: &Group<'_>,
    column: usize,
    groups: &[Group<'_>],
    sources: &[Source],
) -> (State, Option<String>) {
    let blocks = &group.columns[column];
    if blocks.is_empty() {
        return absent(group, column, groups, sources);
    }
    if let Some(unlike) = unlike(group, blocks) {
        return (State::Unlike, Some(unlike));
    }
    if blocks.iter().any(|block| usable(block)) {
        return (State::Ran, None);
    }
    let of = |verdict| blocks.iter().find(|block| block.verdict == verdict);
    let told = |block: &&Block| Some(block.reason.clone()).filter(|reason| !reason.is_empty());
    match of(Verdict::Inconclusive) {
        Some(block) => (State::Inconclusive, told(block)),
        None => (State::Skipped, of(Verdict::Skipped).and_then(told)),
    }
}

/// Whether a run decides anything.
fn usable(block: &Block) -> bool {
    matches!(block.verdict, Verdict::Pass | Verdict::Fail)
}

fn absent(
    group: &Group<'_>,
    column: usize,
    groups: &[Group<'_>],
    sources: &[Source],
) -> (State, Option<String>) {
    let name = group.scenario();
    let here = groups.iter().filter(|other| other.place == group.place);
    let other = here.flat_map(|other| &other.columns[column]).find(|block| block.scenario == name);
    if let Some(block) = other {
        let found: Vec<_> = block.found.iter().map(|found| found.code.as_str()).collect();
        let found = match found.as_slice() {
            [] => String::new(),
            some => format!("; it found {}", some.join(", ")),
        };
        let reason = format!(
            "the scenario has changed: its digest is {} there, not {}{found}",
            block.digest, group.digest
        );
        return (State::Unlike, Some(reason));
    }
    let elsewhere = groups
        .iter()
        .any(|other| other.digest == group.digest && !other.columns[column].is_empty());
    let label = &sources[column].column.label;
    let reason = if elsewhere {
        format!("it did not run on {} in {label}", group.place.fs_type)
    } else {
        format!("it is not in {label}")
    };
    (State::Absent, Some(reason))
}

/// What makes runs of one digest unlike all the same.
fn unlike(group: &Group<'_>, blocks: &[&Block]) -> Option<String> {
    let all = group.all();
    let actors = all.iter().find_map(|block| block.actors);
    let others = blocks.iter().filter_map(|block| block.actors).find(|one| Some(*one) != actors);
    if let (Some(others), Some(actors)) = (others, actors) {
        return Some(format!("it has {others} actors there, not {actors}"));
    }
    let clients = all.first().map(|block| block.target.clients.len())?;
    if let Some(other) = blocks.iter().find(|block| block.target.clients.len() != clients) {
        let there = other.target.clients.len() + 1;
        return Some(format!("it ran on {there} clients there, not on {}", clients + 1));
    }
    let mode = all.first().map(|block| block.mode)?;
    blocks.iter().any(|block| block.mode != mode).then(|| match mode {
        Mode::Free => "it ran in rounds there, not in free mode".to_owned(),
        Mode::Rounds => "it ran in free mode there, not in rounds".to_owned(),
    })
}

/// What any run has found, or one empty code.
fn codes(group: &Group<'_>) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    for found in group.all().iter().filter(|block| usable(block)).flat_map(|block| &block.found) {
        if !codes.contains(&found.code) {
            codes.push(found.code.clone());
        }
    }
    if codes.is_empty() { vec![String::new()] } else { codes }
}

fn draft(group: &Group<'_>, code: String, states: &[(State, Option<String>)]) -> Draft {
    let all = group.all();
    let sides: Vec<Side> = group
        .columns
        .iter()
        .zip(states)
        .map(|(blocks, (state, reason))| side(&code, blocks, &all, *state, reason.clone()))
        .collect();
    Draft {
        scenario: group.scenario().to_owned(),
        digest: group.digest.to_owned(),
        mode: all.first().map_or(Mode::Free, |block| block.mode),
        place: group.place.clone(),
        class: sides.iter().filter_map(|side| side.class).max(),
        code,
        sides,
    }
}

fn side(
    code: &str,
    blocks: &[&Block],
    all: &[&Block],
    state: State,
    reason: Option<String>,
) -> Side {
    let mut side = Side {
        state,
        reason,
        runs: Vec::new(),
        estimated: false,
        class: None,
        relaxations: Vec::new(),
        accepted: Vec::new(),
    };
    for block in blocks.iter().filter(|block| usable(block)) {
        let found = block.found.iter().find(|found| found.code == code);
        let trials = match code {
            "" => trials::Trials { number: trials_of_all(block), estimated: false },
            code => trials::of(code, block, all),
        };
        side.runs.push(Tally {
            count: found.map_or(0, |found| found.count),
            fails: found.is_some_and(|found| types::fails(found.class)),
            trials: trials.number,
        });
        side.estimated |= trials.estimated && trials.number.is_some();
        if let Some(found) = found {
            side.class = side.class.max(Some(found.class));
            let new = found.relaxations.iter().filter(|name| !side.relaxations.contains(name));
            let new: Vec<_> = new.cloned().collect();
            side.relaxations.extend(new);
        }
        side.accepted.extend(block.accepted.iter().flatten().cloned());
    }
    side
}

/// The rounds or iterations of a run, as its report counts them where nothing was found.
fn trials_of_all(block: &Block) -> Option<u64> {
    match block.mode {
        Mode::Rounds => block.rounds,
        Mode::Free => block.iterations.or(block.ops),
    }
}
