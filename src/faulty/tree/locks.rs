//! Byte-range locks of processes, where the server and not the kernel keeps them.
//!
//! The kernel hands over every call of fcntl with the owner as a number, the range with both ends
//! included, and says at each close (FLUSH) whose locks on the file are to go. It looks for no
//! deadlock: that, too, is left to the server.

use super::Tree;
use crate::faulty::request::{Answer, Hold, Outcome, RangeLock};
use fuser::{FileHandle, INodeNo};
use rustix::io::Errno;

/// Locks that are held, sorted, without overlaps of one owner; and what owners wait for.
#[derive(Default)]
pub(super) struct Locks {
    held: Vec<RangeLock>,
    waiting: Vec<RangeLock>,
}

impl Locks {
    /// A lock that keeps this one from being granted.
    fn conflict(&self, wanted: &RangeLock) -> Option<&RangeLock> {
        self.held.iter().find(|held| held.conflicts(wanted))
    }

    /// Takes the bytes of the range out of what its owner holds, and puts the lock in their place
    /// unless it only releases.
    fn put(&mut self, lock: RangeLock) {
        let mut kept = Vec::with_capacity(self.held.len() + 2);
        for held in self.held.drain(..) {
            let apart = held.end < lock.start || lock.end < held.start;
            if held.ino != lock.ino || held.owner != lock.owner || apart {
                kept.push(held);
                continue;
            }
            if held.start < lock.start {
                kept.push(RangeLock { end: lock.start - 1, ..held });
            }
            if lock.end < held.end {
                kept.push(RangeLock { start: lock.end + 1, ..held });
            }
        }
        if lock.hold != Hold::Nothing {
            kept.push(lock);
        }
        kept.sort_unstable_by_key(|held| (held.ino.0, held.owner, held.start));
        kept.dedup_by(|next, last| {
            let joins = (last.ino, last.owner, last.hold) == (next.ino, next.owner, next.hold)
                && last.end.checked_add(1) == Some(next.start);
            if joins {
                last.end = next.end;
            }
            joins
        });
        self.held = kept;
    }

    /// Whether the wait for this lock would end a circle of owners that wait for each other.
    fn is_circle(&self, wanted: &RangeLock) -> bool {
        let mut reached: Vec<u64> = self.blockers(wanted).collect();
        let mut next = 0;
        while let Some(&owner) = reached.get(next) {
            if owner == wanted.owner {
                return true;
            }
            next += 1;
            let waits = self.waiting.iter().filter(|waiting| waiting.owner == owner);
            let further: Vec<u64> = waits.flat_map(|waiting| self.blockers(waiting)).collect();
            for owner in further {
                if !reached.contains(&owner) {
                    reached.push(owner);
                }
            }
        }
        false
    }

    fn blockers<'a>(&'a self, wanted: &'a RangeLock) -> impl Iterator<Item = u64> + 'a {
        self.held.iter().filter(|held| held.conflicts(wanted)).map(|held| held.owner)
    }

    /// Gives up what was taken by a handle that goes. Of a process, nothing is left by then: each close
    /// has given up all that it held on the file.
    pub(super) fn forget(&mut self, handle: FileHandle) {
        self.held.retain(|held| held.handle != handle);
    }

    fn set(&mut self, lock: RangeLock, wait: bool) -> Result<(), Errno> {
        if lock.hold != Hold::Nothing && self.conflict(&lock).is_some() {
            let known = self.waiting.contains(&lock);
            if wait && !known && self.is_circle(&lock) {
                return Err(Errno::DEADLK);
            }
            if wait && !known {
                self.waiting.push(lock);
            }
            return Err(Errno::AGAIN);
        }
        self.waiting.retain(|waiting| *waiting != lock);
        self.put(lock);
        Ok(())
    }
}

impl Tree {
    /// Takes, changes or releases a lock. EAGAIN for one that waits says that it is to ask again
    /// when others have been released.
    pub(super) fn set_lock(&mut self, lock: RangeLock, wait: bool) -> Outcome {
        self.locks.set(lock, wait).map(|()| Answer::Done)
    }

    pub(super) fn get_lock(&self, wanted: RangeLock) -> Outcome {
        Ok(Answer::Lock(self.locks.conflict(&wanted).copied()))
    }

    /// Closing any descriptor of a file gives up all locks that the process has on it.
    pub(super) fn flush(&mut self, ino: INodeNo, owner: u64) -> Outcome {
        self.locks.held.retain(|held| held.ino != ino || held.owner != owner);
        Ok(Answer::Done)
    }

    /// The owner of a lock that keeps this one from being granted.
    pub(in crate::faulty) fn lock_blocked_by(&self, wanted: &RangeLock) -> Option<u64> {
        self.locks.conflict(wanted).map(|held| held.owner)
    }

    /// Grants a lock whoever else holds one.
    pub(in crate::faulty) fn force_lock(&mut self, lock: RangeLock) {
        self.locks.put(lock);
    }

    /// Nobody waits for this lock any more.
    pub(in crate::faulty) fn stop_waiting(&mut self, lock: &RangeLock) {
        self.locks.waiting.retain(|waiting| waiting != lock);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: (u64, u64) = (0, i64::MAX as u64);

    fn lock(owner: u64, (start, end): (u64, u64), hold: Hold) -> RangeLock {
        let (ino, handle) = (INodeNo(2), FileHandle(10 + owner));
        RangeLock { ino, owner, handle, start, end, hold, pid: 1 }
    }

    fn held(locks: &Locks, owner: u64) -> Vec<(u64, u64, Hold)> {
        let own = locks.held.iter().filter(|held| held.owner == owner);
        own.map(|held| (held.start, held.end, held.hold)).collect()
    }

    #[test]
    fn a_release_in_the_middle_leaves_both_ends_and_taking_it_again_joins_them() {
        let mut locks = Locks::default();
        locks.set(lock(1, (0, 99), Hold::Exclusive), false).unwrap();
        locks.set(lock(1, (40, 59), Hold::Nothing), false).unwrap();
        let ends = [(0, 39, Hold::Exclusive), (60, 99, Hold::Exclusive)];
        assert_eq!(held(&locks, 1), ends);
        assert!(locks.set(lock(2, (40, 59), Hold::Exclusive), false).is_ok());
        assert_eq!(locks.set(lock(2, (39, 59), Hold::Shared), false), Err(Errno::AGAIN));
        locks.set(lock(2, ALL, Hold::Nothing), false).unwrap();
        locks.set(lock(1, (40, 59), Hold::Exclusive), false).unwrap();
        assert_eq!(held(&locks, 1), [(0, 99, Hold::Exclusive)]);
    }

    #[test]
    fn shared_locks_go_together_and_only_the_last_holder_can_make_its_own_exclusive() {
        let mut locks = Locks::default();
        locks.set(lock(1, ALL, Hold::Shared), false).unwrap();
        locks.set(lock(2, (5, 5), Hold::Shared), false).unwrap();
        assert_eq!(locks.set(lock(1, ALL, Hold::Exclusive), false), Err(Errno::AGAIN));
        assert_eq!(held(&locks, 1), [(0, ALL.1, Hold::Shared)], "a refused upgrade loses nothing");
        locks.set(lock(1, (6, ALL.1), Hold::Exclusive), false).unwrap();
        locks.set(lock(2, ALL, Hold::Nothing), false).unwrap();
        locks.set(lock(1, ALL, Hold::Exclusive), false).unwrap();
        assert_eq!(held(&locks, 1), [(0, ALL.1, Hold::Exclusive)]);
    }

    #[test]
    fn locks_of_one_owner_and_of_different_files_do_not_meet() {
        let mut locks = Locks::default();
        locks.set(lock(1, ALL, Hold::Exclusive), false).unwrap();
        assert!(locks.set(lock(1, (1, 2), Hold::Shared), false).is_ok());
        let elsewhere = RangeLock { ino: INodeNo(3), ..lock(2, ALL, Hold::Exclusive) };
        assert!(locks.set(elsewhere, false).is_ok());
    }

    #[test]
    fn the_locks_of_an_open_file_description_go_with_its_handle() {
        let mut locks = Locks::default();
        locks.set(lock(1, ALL, Hold::Exclusive), false).unwrap();
        assert_eq!(locks.set(lock(2, ALL, Hold::Exclusive), true), Err(Errno::AGAIN));
        locks.forget(FileHandle(12));
        assert_eq!(locks.set(lock(2, ALL, Hold::Exclusive), true), Err(Errno::AGAIN));
        locks.forget(FileHandle(11));
        assert!(locks.set(lock(2, ALL, Hold::Exclusive), true).is_ok());
    }

    #[test]
    fn who_would_close_a_circle_is_told_so_and_nobody_else() {
        let mut locks = Locks::default();
        for owner in 1..=3 {
            locks.set(lock(owner, (owner, owner), Hold::Exclusive), false).unwrap();
        }
        let wants = |owner, byte| lock(owner, (byte, byte), Hold::Exclusive);
        assert_eq!(locks.set(wants(1, 2), true), Err(Errno::AGAIN));
        assert_eq!(locks.set(wants(2, 3), true), Err(Errno::AGAIN));
        assert_eq!(locks.set(wants(4, 1), true), Err(Errno::AGAIN), "who holds nothing just waits");
        assert_eq!(locks.set(wants(3, 1), true), Err(Errno::DEADLK));
        assert_eq!(
            locks.set(wants(3, 1), false),
            Err(Errno::AGAIN),
            "who does not wait is no part"
        );
        locks.set(lock(3, ALL, Hold::Nothing), false).unwrap();
        assert!(locks.set(wants(2, 3), true).is_ok(), "it is asked for again, and granted");
        assert_eq!(locks.waiting.len(), 2);
    }
}
