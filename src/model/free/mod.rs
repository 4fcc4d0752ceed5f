//! What each step of a looping program can show, in any state that can be reached: the expectations
//! of free mode.
//!
//! Every world (where each actor stands and the state of the filesystem) is found once, from the
//! start on, until no step leads to a new one. What a step returns in any of them it may return;
//! what it returns in none is forbidden, whenever it is seen. That says less than judging whole
//! rounds, and can be asked of a run at full speed.
//!
//! Where it is not exact, it allows more: a repeated step may be made any number of times, changing
//! names can be any (`draw`), and paths are resolved before they are acted on (`split`).

mod canonical;
mod draw;
mod notes;
mod possible;
mod search;
mod split;
mod touch;
mod worlds;

use std::collections::{HashMap, HashSet};

use thiserror::Error;

pub use possible::{Changes, Possible};

use super::{FEW, Node, Program, Rules, Unmodelled};
use crate::content::{ContentTable, ItemSet, Runs};
use crate::ops::call::{Call, Place};
use crate::plan::pattern::Pattern;
use crate::plan::{FixtureKindPlan, Plan};
use draw::{Draw, MOST_NAMES};
use search::Search;
use split::{Moving, is_at, steps};

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Worlds.
    pub worlds: usize,
}

impl Default for Limits {
    /// A fraction of a second.
    fn default() -> Self {
        Self { worlds: 40_000 }
    }
}

/// Why it is not known what the steps of a looping program can show.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Endless {
    /// The model does not know the program.
    #[error(transparent)]
    Unmodelled(#[from] Unmodelled),
    /// Too many worlds.
    #[error("more than {0} combinations of where the actors stand and what the files are")]
    Worlds(usize),
    /// Too many names that change.
    #[error("more than {0} names that change")]
    Names(usize),
    /// A file that grows with every iteration.
    #[error("a file grows in every iteration")]
    Grows,
    /// What changing names lead to does not go with the names.
    #[error(
        "a file is open, or has other names, when the next iteration changes the name that it had"
    )]
    Kept,
}

/// What every step of a looping program can show.
#[derive(Clone, Debug)]
pub struct Reachable {
    /// Per actor and step.
    steps: Vec<Vec<Possible>>,
    names: Vec<Vec<Option<Vec<String>>>>,
    /// Worlds that were found.
    pub worlds: usize,
}

impl Reachable {
    /// Finds out, as far as these limits.
    ///
    /// # Errors
    /// [`Endless`].
    pub fn new(plan: &Plan, rules: Rules, limits: Limits) -> Result<Self, Endless> {
        let Reduced { plan, drawable } = &Reduced::of(plan);
        let mut program = Program::looping(plan, rules)?;
        if program.changing.len() > MOST_NAMES {
            return Err(Endless::Names(MOST_NAMES));
        }
        // No file can be called so.
        let cells = (0..program.changing.len()).map(|cell| format!("/{cell}"));
        let cells: Vec<_> = cells.map(|cell| program.names.intern(&cell)).collect();
        check_names(plan, &program)?;
        let sites = plan.actors.iter().map(|actor| actor.steps.len()).sum::<usize>();
        let site = 1 + plan.fixture.len() + plan.shared.len() + sites;
        let draw = Draw::new(&program.changing, cells, site as u16);
        let contents = ContentTable::new(&plan.contents, 0);
        let content = |item: u8| Node::File(Runs::of(contents.bytes(item, 0, 0)));
        let files = drawable.iter().map(|(path, item)| (path, content(*item)));
        let pools = draw.pools(files);
        let (steps, worlds) = Search::new(plan, &program, draw, pools, limits).run()?;
        let text = |possible: &Possible| {
            let must = possible.must.as_ref()?;
            let names = must.iter().map(|&name| program.names.text(name));
            Some(names.filter(|name| !name.contains('/')).map(str::to_owned).collect())
        };
        let names = steps.iter().map(|steps| steps.iter().map(text).collect()).collect();
        Ok(Self { steps, names, worlds })
    }

    /// What a step can show.
    pub fn step(&self, actor: usize, step: usize) -> &Possible {
        &self.steps[actor][step]
    }

    /// Tells the steps of a plan what only the model knows: which items a read is likely to find, so
    /// that bytes that could be from several are taken to be from these, and which names a scan
    /// must report.
    #[must_use]
    pub fn informed(&self, plan: &Plan) -> Plan {
        let mut plan = plan.clone();
        for (actor, planned) in plan.actors.iter_mut().enumerate() {
            for (index, step) in planned.steps.iter_mut().enumerate() {
                match &mut step.call {
                    Call::Read(read) if read.likely == ItemSet::ALL => {
                        read.likely = self.step(actor, index).items().unwrap_or(ItemSet::ALL);
                    }
                    Call::Readdir(scan) => {
                        let must = self.names[actor][index].iter().flatten();
                        for name in must.filter(|name| name.is_ascii()) {
                            let place = scan.stable.len() as u32;
                            scan.stable.entry(name.clone()).or_insert(place);
                            // The scan tallies each in its buffer.
                            planned.buffer += 1;
                        }
                    }
                    _ => {}
                }
            }
        }
        plan
    }
}

/// A plan without the files of the fixture that need not be told apart.
struct Reduced {
    /// Of the files that no step can name, one is left in each directory, which keeps it from being
    /// empty.
    plan: Plan,
    /// Files that only changing names lead to, with their items: whoever draws a name may find one.
    drawable: Vec<(Pattern, u8)>,
}

impl Reduced {
    fn of(plan: &Plan) -> Self {
        let mut patterns = Vec::new();
        for actor in &plan.actors {
            for (index, name) in actor.names.iter().enumerate() {
                match actor.texts(index, FEW) {
                    Some(texts) => patterns.extend(texts.iter().map(|text| Pattern::literal(text))),
                    None => patterns.push(Pattern::of(name)),
                }
            }
        }
        let referred = plan.fixture.iter().filter_map(|entry| match &entry.kind {
            FixtureKindPlan::HardLink(to) | FixtureKindPlan::Symlink(to) => Some(to),
            _ => None,
        });
        let referred = referred.chain(plan.shared.iter().map(|shared| &shared.path));
        let referred: Vec<Pattern> = referred.map(|path| Pattern::literal(path)).collect();
        let (mut kept, mut drawable) = (HashSet::new(), Vec::new());
        let mut small = plan.clone();
        small.fixture.retain(|entry| {
            let FixtureKindPlan::File(item) = entry.kind else { return true };
            let path = Pattern::literal(&entry.path);
            let base = path.base();
            let named = |name: &&Pattern| name.base().may_equal(&base);
            if referred.iter().any(|name| named(&name)) {
                return true;
            }
            let mut by = patterns.iter().filter(named).peekable();
            if by.peek().is_none() {
                let parent = entry.path.rsplit_once('/').map_or("", |(parent, _)| parent);
                return kept.insert(parent.to_owned());
            }
            let drawn = by.all(|name| name.as_literal().is_none() && name.may_equal(&path));
            if drawn {
                drawable.push((path, item));
            }
            !drawn
        });
        Self { plan: small, drawable }
    }
}

/// Whether names mean what the search takes them to mean.
fn check_names(plan: &Plan, program: &Program) -> Result<(), Unmodelled> {
    let mut folded = HashMap::new();
    for name in program.names.all() {
        // What is not ASCII may be normalised in ways of its own.
        let form = if name.is_ascii() { name.to_ascii_lowercase() } else { String::new() };
        if let Some(other) = folded.insert(form, name) {
            return Err(Unmodelled::SimilarNames { one: other.to_owned(), other: name.to_owned() });
        }
    }
    let moving = Moving::of(program);
    for changing in program.changing.iter().filter(|changing| changing.few.is_none()) {
        let refuse = || {
            let actor = plan.actors[changing.actor].name.clone();
            Err(Unmodelled::ChangingNames { actor })
        };
        let base = changing.pattern.base();
        // A literal name that a drawn one can be, and a directory that moves with what is in it.
        let meets = program.names.all().any(|name| Pattern::literal(name).may_equal(&base));
        let moves = changing.parent.0.iter().any(|name| moving.has(*name));
        if meets || moves || moving.links() {
            return refuse();
        }
        let uses = |place: &Place| place.name == changing.name && is_at(*place);
        let at =
            steps(program).filter(|(actor, _)| *actor == changing.actor).any(|(actor, step)| {
                let lookups = program.step(actor, step).call.lookups();
                lookups.iter().any(|lookup| uses(&lookup.place))
            });
        if at {
            return refuse();
        }
    }
    Ok(())
}
