//! Locks in the model.

use libc::{EACCES, EAGAIN, EBADF, EDEADLK};

use super::{Flock, Lock};
use crate::model::{self, Description, Nexts, Owner, State, Who};
use crate::outcome::Returned;
use crate::scenario::{LockMode, LockOwner};

impl Flock {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        let Some(open) = state.opened(who.actor, self.slot.0) else {
            return nexts.stay(Returned::Skipped);
        };
        let range = range(open, Owner::Whole(open.id), self.mode, 0, u64::MAX);
        take(state, range, self.mode, self.wait, &[EAGAIN], nexts);
    }
}

impl Lock {
    pub(in crate::ops) fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        let Some(open) = state.opened(who.actor, self.slot.0) else {
            return nexts.stay(Returned::Skipped);
        };
        let lacks_right = match self.mode {
            LockMode::Shared => !open.readable,
            LockMode::Exclusive => !open.writable,
            LockMode::Unlock => false,
        };
        if lacks_right {
            return nexts.fail(&[EBADF]);
        }
        let owner = match self.owner {
            LockOwner::Posix => Owner::Process(who.process()),
            LockOwner::Ofd => Owner::Description(open.id),
        };
        let start = self.start.max(0) as u64;
        let end = if self.len == 0 { u64::MAX } else { start + self.len.max(0) as u64 };
        let range = range(open, owner, self.mode, start, end);
        take(state, range, self.mode, self.wait, &[EAGAIN, EACCES], nexts);
        if self.wait && nexts.0.is_empty() && self.owner == LockOwner::Posix {
            // A system that sees the circle may refuse to wait in it; whether there is one, the
            // model does not say.
            nexts.fail(&[EDEADLK]);
        }
    }
}

fn range(open: &Description, owner: Owner, mode: LockMode, start: u64, end: u64) -> model::Lock {
    model::Lock { inode: open.inode, start, end, owner, exclusive: mode == LockMode::Exclusive }
}

fn take(
    state: &State,
    range: model::Lock,
    mode: LockMode,
    wait: bool,
    refusals: &[i32],
    nexts: &mut Nexts,
) {
    let held = mode != LockMode::Unlock;
    if held && state.locks.iter().any(|lock| lock.conflicts(&range)) {
        if wait {
            return;
        }
        // flock gives up what it holds before it asks for the new lock (flock(2)); a byte range is
        // kept.
        let lost = matches!(range.owner, Owner::Whole(_))
            && state.locks.iter().any(|lock| lock.owner == range.owner);
        if !lost {
            return nexts.fail(refusals);
        }
        let mut after = state.clone();
        after.locks.retain(|lock| lock.owner != range.owner);
        for &errno in refusals {
            nexts.go(after.clone(), Returned::Failed(errno as u16));
        }
        return;
    }
    let mut after = state.clone();
    model::replace_locks(&mut after.locks, range, held);
    nexts.go(after, Returned::Done);
}
