//! `close-to-open`: a process sees what others write to a file only when it opens it again.
//!
//! Where actors work in several client directories, it is these that remember, and two things come
//! to it: of a file that somebody else has written to and not closed, nobody need see that, known or
//! not, for it may not have left the writer's client; and permissions and link counts are remembered
//! as sizes are. Who writes to such a file does not see it either (`write_back`).

use super::{Attempt, Move, Relaxation, ends, write_back};
use crate::content::Runs;
use crate::model::{Id, Inode, Node, Program, State};
use crate::ops::call::{Call, SlotId};
use crate::plan::StepPlan;
use crate::report::Class;
use crate::scenario::LockMode;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "close-to-open",
    summary: "A process that has a file open, or has looked at it, is shown its old content.",
    page: include_str!("pages/close-to-open.md"),
    class: Class::Documented,
    accepted: false,
    looks_up: false,
    touches: |step| looks(step) || matches!(step.call, Call::Write(_)),
    begin,
    go_on: ends,
};

/// Whether a step can be shown old content.
pub(super) fn looks(step: &StepPlan) -> bool {
    matches!(step.call, Call::Read(_) | Call::Stat(_) | Call::Fstat(_))
}

/// The client that the fixture is made through: the target.
pub(super) const MAKER: usize = 0;

/// Contents of files that caches may still show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Contents {
    /// Caches and the files that were looked at through them: of others, nothing is cached.
    known: Vec<(usize, Id)>,
    /// What was overwritten since, the oldest first.
    old: Vec<Old>,
}

/// A content that a file had.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Old {
    /// Which cache may still show it.
    cache: usize,
    /// The file.
    file: Id,
    content: Runs,
    mode: u16,
    names: u32,
    /// The description through which it was overwritten, until that is closed: until then an open
    /// need not see it.
    writer: Option<Id>,
}

/// The step with an older content in place of the present one, if it returns what was seen.
fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    if let Call::Write(call) = &attempt.step.call {
        let open = attempt.state.opened(attempt.who.actor, call.slot.0);
        let Some(file) = open.map(|description| description.inode) else { return Vec::new() };
        return write_back::begin(attempt, attempt.memory.contents.not_seen(attempt, file));
    }
    let Some(file) = looks_at(attempt) else { return Vec::new() };
    let cache = attempt.who.cache();
    let of_file = |old: &&Old| old.cache == cache && old.file == file;
    let mut older = attempt.memory.contents.old.iter().filter(of_file);
    // The oldest that explains it leaves the most to be seen later.
    let after = older.find_map(|old| shown(attempt, old));
    after.into_iter().map(|after| Move::returns(Some(after))).collect()
}

/// The state after the step, if this content explains what it returned.
fn shown(attempt: &Attempt<'_>, old: &Old) -> Option<State> {
    let mut then = attempt.state.clone();
    old.put(then.inode_mut(old.file), attempt.who.program.spread);
    let after = attempt.as_in(&then, attempt.who).into_iter().next()?;
    let mut after = after.unwrap_or(then);
    let (now, inode) = (attempt.state.inode(old.file), after.inode_mut(old.file));
    (inode.node, inode.mode, inode.names) = (now.node.clone(), now.mode, now.names);
    Some(after)
}

impl Old {
    /// Makes an inode what it was, with its attributes or without.
    fn put(&self, inode: &mut Inode, attributes: bool) {
        inode.node = Node::File(self.content.clone());
        if attributes {
            (inode.mode, inode.names) = (self.mode, self.names);
        }
    }
}

/// The regular file that a read or stat is about.
fn looks_at(attempt: &Attempt<'_>) -> Option<Id> {
    let open = |slot: SlotId| attempt.state.opened(attempt.who.actor, slot.0);
    let file = match &attempt.step.call {
        Call::Read(call) => open(call.slot)?.inode,
        Call::Fstat(slot) => open(*slot)?.inode,
        Call::Stat(call) => attempt.inode(call.place, call.follow)?,
        _ => return None,
    };
    matches!(attempt.state.inode(file).node, Node::File(_)).then_some(file)
}

impl Contents {
    /// The contents that a file had as far as this client knows, each with whether what another one has
    /// written since may still be on its way to the server.
    fn not_seen(&self, attempt: &Attempt<'_>, file: Id) -> impl Iterator<Item = (&Runs, bool)> {
        let (cache, spread) = (attempt.who.cache(), attempt.who.program.spread);
        let known = move |old: &&Old| spread && old.cache == cache && old.file == file;
        self.old.iter().filter(known).map(|old| (&old.content, old.writer.is_some()))
    }

    /// What is remembered before the first step: the fixture, by the client that it was made
    /// through.
    pub(super) fn of_fixture(program: &Program) -> Self {
        let files = program.initial.inodes.iter();
        let files = files.filter(|inode| matches!(inode.node, Node::File(_)));
        let known = files.map(|inode| (MAKER, inode.id));
        Self { known: if program.spread { known.collect() } else { Vec::new() }, old: Vec::new() }
    }

    /// Takes in a step. `stale` says that an old content explained it.
    pub(super) fn take_in(
        &mut self,
        attempt: &Attempt<'_>,
        after: &State,
        returned: bool,
        stale: bool,
    ) {
        self.overwrite(attempt, after);
        if returned && attempt.seen.errno() == 0 {
            self.look(attempt, after, stale);
        }
        self.flush(attempt, after);
        let there = |file: Id| after.inodes.binary_search_by_key(&file, |inode| inode.id).is_ok();
        self.old.retain(|old| there(old.file));
        self.known.retain(|(_, file)| there(*file));
    }

    /// Keeps what a step has overwritten, for the other caches that know the file, and as long as it
    /// may not have left the client of the writer for all others.
    fn overwrite(&mut self, attempt: &Attempt<'_>, after: &State) {
        let (cache, program) = (attempt.who.cache(), attempt.who.program);
        let writer = match &attempt.step.call {
            Call::Write(call) => Some(call.slot),
            Call::Ftruncate(call) => Some(call.slot),
            // What is changed by path is at the server at once.
            _ => None,
        };
        let slot = writer.and_then(|slot| attempt.state.slot(attempt.who.actor, slot.0));
        for before in &attempt.state.inodes {
            let Node::File(content) = &before.node else { continue };
            let now = after.inodes.binary_search_by_key(&before.id, |inode| inode.id);
            let same = |now: &Inode| {
                let attributes = (now.mode, now.names) == (before.mode, before.names);
                now.node == before.node && (attributes || !program.spread)
            };
            if now.is_ok_and(|place| same(&after.inodes[place])) {
                continue;
            }
            self.old.retain(|old| old.cache != cache || old.file != before.id);
            for other in program.caches().into_iter().filter(|&other| other != cache) {
                let knows = self.known.contains(&(other, before.id));
                if knows || program.spread && slot.is_some() {
                    self.old.push(Old {
                        cache: other,
                        file: before.id,
                        content: content.clone(),
                        mode: before.mode,
                        names: before.names,
                        writer: slot.map(|slot| slot.description),
                    });
                }
            }
        }
    }

    /// A step that looks at a file: from now on its cache knows it, and may not show what is older
    /// than what was seen.
    fn look(&mut self, attempt: &Attempt<'_>, after: &State, stale: bool) {
        let cache = attempt.who.cache();
        let opened =
            |slot: u8| after.opened(attempt.who.actor, slot).map(|description| description.inode);
        let (file, again) = match &attempt.step.call {
            Call::Open(call) => (opened(call.slot.0), true),
            // A lock is taken at the server, and what is cached is dropped.
            Call::Flock(call) if call.mode != LockMode::Unlock => (opened(call.slot.0), true),
            Call::Lock(call) if call.mode != LockMode::Unlock => (opened(call.slot.0), true),
            _ => (looks_at(attempt), false),
        };
        let Some(file) = file else { return };
        if !self.known.contains(&(cache, file)) {
            self.known.push((cache, file));
            self.known.sort_unstable();
        }
        let is_of = |old: &Old| old.cache == cache && old.file == file;
        let last = if again {
            // What was overwritten for good before the last moment that must be seen.
            self.old.iter().rposition(|old| is_of(old) && old.writer.is_none())
        } else if stale {
            let shown = self.old.iter().position(|old| is_of(old) && shown(attempt, old).is_some());
            shown.and_then(|first| first.checked_sub(1))
        } else {
            self.old.iter().rposition(is_of)
        };
        let Some(last) = last else { return };
        let mut place = 0;
        self.old.retain(|old| {
            place += 1;
            place - 1 > last || !is_of(old)
        });
    }

    /// What was written through a description that is closed, flushed or unlocked is there for
    /// whoever opens the file from now on.
    fn flush(&mut self, attempt: &Attempt<'_>, after: &State) {
        let flushed = match &attempt.step.call {
            Call::Fsync(call) => Some(call.slot),
            Call::Flock(call) if call.mode == LockMode::Unlock => Some(call.slot),
            Call::Lock(call) if call.mode == LockMode::Unlock => Some(call.slot),
            _ => None,
        };
        let slot = flushed.and_then(|slot| attempt.state.slot(attempt.who.actor, slot.0));
        for old in &mut self.old {
            let writer = old.writer.filter(|&writer| {
                let open = after.descriptions.binary_search_by_key(&writer, |one| one.id).is_ok();
                open && slot.is_none_or(|slot| slot.description != writer)
            });
            old.writer = writer;
        }
        let Self { known, old } = self;
        old.retain(|old| old.writer.is_some() || known.contains(&(old.cache, old.file)));
    }
}
