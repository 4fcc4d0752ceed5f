//! One small reduction of a program.

use super::numbers;
use super::steps::{self, Place};
use crate::ops::OpKind;
use crate::scenario::{AccessMode, FixtureKind, OpenFlag, Piece, Scenario, Step, Template};

/// The name of the process that actors share when they become threads.
pub(super) const PROCESS: &str = "p";

/// One small reduction. Several of one list can be made together, in any order but for those that
/// drop something: these go from the last to the first, so that places stay what they are. Joins of
/// one list change them all the same: what several of them come to is as good a program as any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Leave an actor out.
    DropActor(usize),
    /// One instance of an actor instead of several.
    OneInstance(usize),
    /// Half of its instances, or one more where they are odd.
    FewerInstances(usize),
    /// Have one actor do the steps of another behind its own.
    Join {
        /// The one that goes.
        actor: usize,
        /// The one that does both.
        into: usize,
    },
    /// Leave out a branch of an actor, and what leads there.
    DropBranch(usize, usize),
    /// Leave out a step, and those that use a descriptor which only it opens.
    DropStep(Place),
    /// Leave out two steps at once, of which the second stands behind the first. Only one of these is made at
    /// a time.
    DropTwo(Place, Place),
    /// Have the fixture what a step leads to, in place of the step.
    Before(Place),
    /// Leave out a shared descriptor and what uses it.
    DropShared(usize),
    /// Leave out an entry of the fixture.
    DropEntry(usize),
    /// One of the things that an entry of the fixture makes.
    OneEntry(usize),
    /// Do a step once.
    Once(Place),
    /// Half as often.
    LessOften(Place),
    /// Go on whatever a step returns: leave out this entry of its `on`.
    DropOn(Place, usize),
    /// Expect nothing of a step.
    DropExpect(Place),
    /// Scan the directory at a path, not by a descriptor that somebody must have opened.
    ByPath(Place),
    /// Scan a directory without a seek before each part.
    NoSeek(Place),
    /// Open without this flag.
    DropFlag(Place, OpenFlag),
    /// Open for reading or for writing alone.
    Access(Place, OpenFlag),
    /// The plain form of a step: its permission bits, its flag of `rename`, the parts of a scan and the like
    /// left out.
    Plain(Place),
    /// Paths without the directory that they begin with.
    DropDirectory(String),
    /// One name where there were two.
    Merge {
        /// The name that goes.
        from: String,
        /// The one that stands for both.
        to: String,
    },
    /// The same name in every iteration and for every actor.
    FillHoles(Place),
    /// Names of one letter.
    ShortNames,
    /// A number of the program made 0 or 1.
    Least(usize),
    /// A number made the next smaller one at which filesystems change what they do.
    Smaller(usize),
    /// A thread of the process of the first actor.
    Thread(usize),
    /// The client that the run chooses.
    AnyClient(usize),
    /// Nothing that is forbidden beyond what POSIX forbids.
    DropForbid(usize),
}

impl Edit {
    /// Makes the reduction. What it leaves without a meaning is removed by [`super::tidy`].
    pub fn apply(&self, scenario: &mut Scenario) {
        match self {
            Self::DropActor(actor) => drop(scenario.actors.remove(*actor)),
            Self::OneInstance(actor) => scenario.actors[*actor].count = 1,
            Self::FewerInstances(actor) => {
                let count = &mut scenario.actors[*actor].count;
                *count = count.div_ceil(2);
            }
            Self::Join { actor, into } => super::join::join(scenario, *actor, *into),
            Self::DropBranch(actor, branch) => {
                drop(scenario.actors[*actor].branches.remove(*branch));
            }
            Self::DropStep(place) => drop(steps::list(scenario, *place).remove(place.step)),
            Self::DropTwo(first, second) => {
                for place in [second, first] {
                    steps::list(scenario, *place).remove(place.step);
                }
            }
            Self::Before(place) => super::before::before(scenario, *place),
            Self::DropShared(shared) => drop(scenario.shared.remove(*shared)),
            Self::DropEntry(entry) => drop(scenario.fixture.remove(*entry)),
            Self::OneEntry(entry) => {
                let entry = &mut scenario.fixture[*entry];
                entry.count = 1;
                fill(&mut entry.path);
            }
            Self::Once(place) => steps::at(scenario, *place).repeat = 1,
            Self::LessOften(place) => steps::at(scenario, *place).repeat /= 2,
            Self::DropOn(place, entry) => drop(steps::at(scenario, *place).on.remove(*entry)),
            Self::DropExpect(place) => steps::at(scenario, *place).expect = None,
            Self::ByPath(place) => {
                let path = opened(scenario, *place);
                let step = steps::at(scenario, *place);
                (step.fd, step.path) = (None, path);
            }
            Self::NoSeek(place) => steps::at(scenario, *place).seek = false,
            Self::DropFlag(place, flag) => {
                steps::at(scenario, *place).flags.retain(|one| one != flag);
            }
            Self::Access(place, access) => {
                let flags = &mut steps::at(scenario, *place).flags;
                flags.retain(|flag| *flag != OpenFlag::Rdwr);
                flags.insert(0, *access);
            }
            Self::Plain(place) => plain(scenario, *place),
            Self::DropDirectory(directory) => rename(scenario, |path| {
                let below = path.strip_prefix(directory.as_str());
                below.and_then(|below| below.strip_prefix('/')).map(str::to_owned)
            }),
            Self::Merge { from, to } => merge(scenario, from, to),
            Self::FillHoles(place) => {
                let step = steps::at(scenario, *place);
                for path in [&mut step.path, &mut step.to, &mut step.target].into_iter().flatten() {
                    fill(path);
                }
            }
            Self::ShortNames => super::names::shorten(scenario),
            Self::Least(number) => numbers::change(scenario, *number, numbers::least),
            Self::Smaller(number) => numbers::change(scenario, *number, numbers::smaller),
            Self::Thread(actor) => {
                let process = scenario.actors[0].process.get_or_insert_with(|| PROCESS.to_owned());
                scenario.actors[*actor].process = Some(process.clone());
            }
            Self::AnyClient(actor) => scenario.actors[*actor].client = None,
            Self::DropForbid(code) => drop(scenario.forbid.remove(*code)),
        }
    }
}

/// The path of the directory that a scan knows by a descriptor of its own actor.
pub(super) fn opened(scenario: &Scenario, place: Place) -> Option<Template> {
    let scan = steps::step(scenario, place);
    let fd = scan.fd.as_ref().filter(|_| scan.op == OpKind::Readdir)?;
    let opens = |step: &&Step| step.op == OpKind::Open && step.fd.as_ref() == Some(fd);
    let steps = &scenario.actors[place.actor].steps;
    let before = if place.list == 0 { &steps[..place.step] } else { steps };
    let open = before.iter().rev().find(opens)?;
    open.path.clone().filter(|path| open.at.is_none() && path.as_literal().is_some())
}

fn plain(scenario: &mut Scenario, place: Place) {
    let step = steps::at(scenario, place);
    // What the operation cannot do without is found to be missing, and the reduction invalid.
    if !matches!(step.op, OpKind::Chmod | OpKind::Fchmod) {
        step.mode = None;
    }
    if step.op == OpKind::Readdir {
        (step.len, step.seek) = (None, false);
    }
    step.rename = None;
    step.whence = None;
    step.owner = None;
    if step.access.is_some() {
        step.access = Some(AccessMode::Exists);
    }
}

/// Whether [`Edit::Plain`] changes anything.
pub(super) fn is_plain(scenario: &Scenario, place: Place) -> bool {
    let mut plainer = scenario.clone();
    plain(&mut plainer, place);
    plainer == *scenario
}

/// The number 0 in every hole.
fn fill(path: &mut Template) {
    let pieces = std::mem::take(&mut path.0);
    let text: String = pieces
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text,
            _ => "0".to_owned(),
        })
        .collect();
    *path = Template::literal(text);
}

/// Gives the literal paths of a program other names, where `new` has one.
pub(super) fn rename(scenario: &mut Scenario, new: impl Fn(&str) -> Option<String>) {
    let change = |path: &mut Template| {
        if let Some(new) = path.as_literal().and_then(&new) {
            *path = Template::literal(new);
        }
    };
    let change_text = |path: &mut String| {
        if let Some(new) = new(path) {
            *path = new;
        }
    };
    for entry in &mut scenario.fixture {
        change(&mut entry.path);
        match &mut entry.kind {
            FixtureKind::Symlink(target) | FixtureKind::HardLink(target) => change_text(target),
            FixtureKind::File(_) | FixtureKind::Directory => {}
        }
    }
    scenario.shared.iter_mut().for_each(|shared| change_text(&mut shared.path));
    for place in steps::places(scenario) {
        let step = steps::at(scenario, place);
        for path in [&mut step.path, &mut step.to, &mut step.target].into_iter().flatten() {
            change(path);
        }
    }
}

fn merge(scenario: &mut Scenario, from: &str, to: &str) {
    scenario.fixture.retain(|entry| entry.path.as_literal() != Some(from));
    rename(scenario, |path| (path == from).then(|| to.to_owned()));
}
