//! Locks on whole files and on byte ranges.

use super::state::Id;

/// Who holds a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Owner {
    /// A process: locks of POSIX.
    Process(usize),
    /// An open file description: byte ranges of its own kind (OFD).
    Description(Id),
    /// An open file description: the whole file, with `flock`. These and byte ranges do not see
    /// one another.
    Whole(Id),
}

impl Owner {
    /// Whether it is this description.
    pub fn is_description(self, id: Id) -> bool {
        matches!(self, Self::Description(owner) | Self::Whole(owner) if owner == id)
    }

    /// The same owner with its description under another id.
    #[must_use]
    pub fn renamed(self, of: impl Fn(Id) -> Id) -> Self {
        match self {
            Self::Process(process) => Self::Process(process),
            Self::Description(id) => Self::Description(of(id)),
            Self::Whole(id) => Self::Whole(of(id)),
        }
    }

    fn is_whole(self) -> bool {
        matches!(self, Self::Whole(_))
    }
}

/// A lock that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lock {
    /// On which file.
    pub inode: Id,
    /// First byte.
    pub start: u64,
    /// First byte behind it; `u64::MAX` reaches to the end, however far the file grows.
    pub end: u64,
    /// Who holds it.
    pub owner: Owner,
    /// Whether others are kept out even from reading.
    pub exclusive: bool,
}

impl Lock {
    /// Whether two locks cannot be held together.
    pub fn conflicts(&self, other: &Self) -> bool {
        self.inode == other.inode
            && self.owner != other.owner
            && self.owner.is_whole() == other.owner.is_whole()
            && (self.exclusive || other.exclusive)
            && self.start < other.end
            && other.start < self.end
    }
}

/// Takes the bytes of `range` out of what its owner holds, and puts `range` in their place if it
/// is to be `held`.
pub fn replace(locks: &mut Vec<Lock>, range: Lock, held: bool) {
    let mut kept = Vec::with_capacity(locks.len() + 2);
    for lock in locks.drain(..) {
        let apart = lock.end <= range.start || range.end <= lock.start;
        if lock.inode != range.inode || lock.owner != range.owner || apart {
            kept.push(lock);
            continue;
        }
        if lock.start < range.start {
            kept.push(Lock { end: range.start, ..lock });
        }
        if range.end < lock.end {
            kept.push(Lock { start: range.end, ..lock });
        }
    }
    if held {
        kept.push(range);
    }
    kept.sort_unstable();
    // Neighbours of one kind are one lock, so that equal states are equal.
    kept.dedup_by(|next, last| {
        let joins = last.inode == next.inode
            && last.owner == next.owner
            && last.exclusive == next.exclusive
            && last.end == next.start;
        if joins {
            last.end = next.end;
        }
        joins
    });
    *locks = kept;
}
