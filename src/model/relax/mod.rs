//! Named weakenings of the model: an atomic call split into smaller ones, or an extra result.
//!
//! An outcome that no interleaving explains is looked at again with relaxations. Those without
//! which it stays unexplained say what is wrong with it: a defect has a name, a page and a class.
//! Each is one file here, which says how a call begins (`begin`), how it goes on while others run
//! (`go_on`), and nothing about any filesystem.

mod append_split;
mod classify;
mod close_to_open;
mod empty_link;
mod excl_split;
mod executions;
mod gone_when_unlinked;
mod memory;
mod mixed_write;
mod nlink_lag;
mod nlink_stale;
mod offset_race;
mod open_stale;
mod path_walk;
mod pending;
mod readdir_live;
mod rename_both;
mod rename_gap;
mod rmdir_lag;
mod scan_restart;
mod search;
mod silly_rename;
mod size_before_data;
mod spurious_errno;
mod stale_dentry;
mod stat_torn;
mod torn_read;
mod torn_size;
mod torn_write;
mod truncate_zeros;
mod unlink_split;
mod write_back;

pub use classify::{Explanation, explain};
pub use close_to_open::RELAXATION as CLOSE_TO_OPEN;
pub use executions::{Execution, Executions, Moment, Unlisted, executions};
pub use memory::Memory;
pub use pending::{Listed, Pending};
pub use readdir_live::RELAXATION as READDIR_LIVE;
pub use search::{Question, Searched, search};
pub use silly_rename::is_hidden;
pub use spurious_errno::RELAXATION as SPURIOUS_ERRNO;
pub use stale_dentry::RELAXATION as STALE_DENTRY;

use super::{Id, Nexts, State, Terms, Who};
use crate::outcome::{Returned, Stat};
use crate::plan::StepPlan;
use crate::report::Class;

/// A named weakening of the model.
#[derive(Debug)]
pub struct Relaxation {
    /// Stable, kebab-case.
    pub name: &'static str,
    /// One line: what it permits.
    pub summary: &'static str,
    /// What `fsrace explain` prints, in Markdown.
    pub page: &'static str,
    /// How bad it is.
    pub class: Class,
    /// Whether it is permitted unless a run says otherwise: POSIX leaves it open, and every
    /// system makes use of that.
    pub accepted: bool,
    /// Whether it looks names up by itself, so that no call begins with it that has resolved any.
    looks_up: bool,
    /// Whether it can make a difference to a step.
    touches: fn(&StepPlan) -> bool,
    /// Ways in which the step can begin, beside those of the model.
    begin: fn(&Attempt<'_>) -> Vec<Move>,
    /// Ways in which a step that it began can go on.
    go_on: fn(&Attempt<'_>, &Pending) -> Vec<Move>,
}

impl PartialEq for Relaxation {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// The relaxation that lets go of real time: an order of the calls need only keep each actor's own.
/// It is not a weakening of any call, so that [`search`] is told of it by leaving out the times.
pub const NO_REALTIME: Relaxation = Relaxation {
    name: "no-realtime",
    summary: "A call can take effect before it begins or after it has returned.",
    page: include_str!("pages/no-realtime.md"),
    class: Class::Forbidden,
    accepted: false,
    looks_up: false,
    touches: |_| true,
    begin: |_| Vec::new(),
    go_on: |_, _| Vec::new(),
};

/// All relaxations, the mildest first; but those that blame a cache come after all that blame a
/// call, though they are milder than some: a filesystem that loses a name must not pass for one
/// that remembers it.
pub const RELAXATIONS: [&Relaxation; 27] = [
    &path_walk::RELAXATION,
    &readdir_live::RELAXATION,
    &torn_read::RELAXATION,
    &torn_size::RELAXATION,
    &torn_write::RELAXATION,
    &stat_torn::RELAXATION,
    &nlink_lag::RELAXATION,
    &rmdir_lag::RELAXATION,
    &truncate_zeros::RELAXATION,
    &silly_rename::RELAXATION,
    &size_before_data::RELAXATION,
    &mixed_write::RELAXATION,
    &offset_race::RELAXATION,
    &append_split::RELAXATION,
    &open_stale::RELAXATION,
    &rename_gap::RELAXATION,
    &rename_both::RELAXATION,
    &scan_restart::RELAXATION,
    &empty_link::RELAXATION,
    &excl_split::RELAXATION,
    &unlink_split::RELAXATION,
    &nlink_stale::RELAXATION,
    &gone_when_unlinked::RELAXATION,
    &close_to_open::RELAXATION,
    &stale_dentry::RELAXATION,
    &NO_REALTIME,
    &spurious_errno::RELAXATION,
];

/// The relaxation of a name.
pub fn relaxation(name: &str) -> Option<&'static Relaxation> {
    RELAXATIONS.into_iter().find(|relaxation| relaxation.name == name)
}

/// One actor's step at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// Who makes it.
    pub who: Who<'a>,
    /// The step.
    pub step: &'a StepPlan,
    /// The state at this moment.
    pub state: &'a State,
    /// What the step was seen to return.
    pub seen: &'a Returned,
    /// Calls of all actors that are under way.
    pub pending: &'a [Option<Pending>],
    /// Lengths at which something that was seen breaks off, ascending: where writes may have been
    /// interrupted.
    pub cuts: &'a [u64],
    /// The terms in which what the model returns is compared.
    pub terms: &'a Terms,
    /// What caches remember at this moment.
    pub memory: &'a Memory,
}

/// What a step does at one moment.
#[derive(Clone, Debug)]
pub struct Move {
    /// The state after it; `None` if it changes nothing.
    state: Option<State>,
    /// How the call goes on; `None` when it has returned what was seen.
    pending: Option<Pending>,
}

impl Move {
    /// The call returns.
    fn returns(state: Option<State>) -> Self {
        Self { state, pending: None }
    }

    /// The call goes on.
    fn goes_on(state: Option<State>, pending: Pending) -> Self {
        Self { state, pending: Some(pending) }
    }
}

impl<'a> Attempt<'a> {
    /// What holds inodes for this call while it is under way.
    fn site(&self) -> u16 {
        u16::MAX - self.who.actor as u16
    }

    /// The states after the step, if it happens at this moment and returns what was seen.
    fn at_once(&self) -> Vec<Option<State>> {
        self.as_in(self.state, self.who)
    }

    /// As [`Attempt::at_once`], in another state or with paths resolved before.
    fn as_in(&self, state: &State, who: Who<'_>) -> Vec<Option<State>> {
        let mut nexts = Nexts::default();
        self.step.call.apply(&who, state, &mut nexts);
        nexts.0.iter_mut().for_each(|next| self.terms.returned(&mut next.returned));
        let seen = nexts.0.into_iter().filter(|next| search::explains(&next.returned, self.seen));
        seen.map(|next| next.state).collect()
    }

    /// What a stat of an inode says at this moment.
    fn stat(&self, inode: Id) -> Stat {
        let mut stat = self.who.program.stat(self.state, inode);
        self.terms.stat(&mut stat);
        stat
    }

    /// The step at this moment in `state`, which may differ from the state of the moment; the
    /// call then returns.
    fn finish_in(&self, state: &State) -> Vec<Move> {
        let after = self.as_in(state, self.who);
        after
            .into_iter()
            .map(|after| Move::returns(Some(after.unwrap_or_else(|| state.clone()))))
            .collect()
    }

    /// What the path of a call that has one leads to, if to a file that is there: at this moment, or as
    /// it was resolved before.
    fn inode(&self, place: crate::ops::call::Place, follow: bool) -> Option<Id> {
        let base = self.state.base(&self.who, place.at)?;
        let path = self.who.path(place.name);
        self.state.resolve(&self.who, 0, base, path, follow).ok()?.inode().ok()
    }
}

/// Goes on with nothing: for relaxations whose calls return at once.
fn ends(_: &Attempt<'_>, _: &Pending) -> Vec<Move> {
    Vec::new()
}
