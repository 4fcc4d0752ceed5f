//! One step of a plan: an operation with its arguments resolved to numbers.

use serde::{Deserialize, Serialize};

use super::caller::Caller;
use super::observation::Observation;
use super::{data, locks, meta, names, open, pause, readdir};
use crate::model::{Nexts, State, Who};
use crate::outcome::Returned;

/// Index into [`crate::plan::ActorPlan::slots`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SlotId(pub u8);

/// Index into [`crate::plan::ActorPlan::names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NameId(pub u16);

/// What a path is relative to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Directory {
    /// The sandbox of the run.
    Sandbox,
    /// An open descriptor of the actor.
    Slot(SlotId),
}

/// A path and what it is relative to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The directory.
    pub at: Directory,
    /// The path beneath it.
    pub name: NameId,
}

/// A path that a call resolves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The path.
    pub place: Place,
    /// Whether a symbolic link at its end is followed.
    pub follow: bool,
    /// What the call does with where it leads.
    pub acts_on: ActsOn,
}

/// What a call does with where a path leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActsOn {
    /// It looks at or changes the file.
    Inode,
    /// It makes, replaces or removes the name, for which the directory is locked.
    Entry,
    /// It opens the file if it is there and makes the name if not.
    Either,
}

/// An operation with its arguments, ready to be called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "one per operation or family; the payloads are documented")]
pub enum Call {
    Open(open::Open),
    Close(SlotId),
    Dup(open::Dup),
    Read(data::Read),
    Write(data::Write),
    Lseek(data::Lseek),
    Truncate(data::Truncate),
    Ftruncate(data::Ftruncate),
    Fsync(data::Fsync),
    Stat(meta::Stat),
    Fstat(SlotId),
    Access(meta::Access),
    Chmod(meta::Chmod),
    Fchmod(meta::Fchmod),
    Utimens(meta::Utimens),
    Futimens(SlotId),
    Unlink(names::Unlink),
    Mkdir(names::Mkdir),
    Rename(names::Rename),
    Link(names::Link),
    Symlink(names::Symlink),
    Readlink(names::Readlink),
    Readdir(readdir::Readdir),
    Flock(locks::Flock),
    Lock(locks::Lock),
    Pause(pause::Pause),
}

impl Call {
    /// Makes the call. `None` when it needs a descriptor that is not open: then nothing was
    /// called and nothing is observed.
    // Kept out of the loop around it, which would otherwise have no registers left for itself.
    #[inline(never)]
    pub fn execute(&self, caller: &mut Caller<'_>) -> Option<Observation> {
        match self {
            Self::Open(call) => call.execute(caller),
            Self::Close(slot) => open::close(*slot, caller),
            Self::Dup(call) => call.execute(caller),
            Self::Read(call) => call.execute(caller),
            Self::Write(call) => call.execute(caller),
            Self::Lseek(call) => call.execute(caller),
            Self::Truncate(call) => call.execute(caller),
            Self::Ftruncate(call) => call.execute(caller),
            Self::Fsync(call) => call.execute(caller),
            Self::Stat(call) => call.execute(caller),
            Self::Fstat(slot) => meta::fstat(*slot, caller),
            Self::Access(call) => call.execute(caller),
            Self::Chmod(call) => call.execute(caller),
            Self::Fchmod(call) => call.execute(caller),
            Self::Utimens(call) => call.execute(caller),
            Self::Futimens(slot) => meta::futimens(*slot, caller),
            Self::Unlink(call) => call.execute(caller),
            Self::Mkdir(call) => call.execute(caller),
            Self::Rename(call) => call.execute(caller),
            Self::Link(call) => call.execute(caller),
            Self::Symlink(call) => call.execute(caller),
            Self::Readlink(call) => call.execute(caller),
            Self::Readdir(call) => call.execute(caller),
            Self::Flock(call) => call.execute(caller),
            Self::Lock(call) => call.execute(caller),
            Self::Pause(call) => call.execute(),
        }
    }

    /// The same call in the model: everything that it can return, and the states after it. Nothing
    /// where it has to wait.
    pub fn apply(&self, who: &Who<'_>, state: &State, nexts: &mut Nexts) {
        match self {
            Self::Open(call) => call.apply(who, state, nexts),
            Self::Close(slot) => open::model_close(*slot, who, state, nexts),
            Self::Dup(call) => call.apply(who, state, nexts),
            Self::Read(call) => call.apply(who, state, nexts),
            Self::Write(call) => call.apply(who, state, nexts),
            Self::Lseek(call) => call.apply(who, state, nexts),
            Self::Truncate(call) => call.apply(who, state, nexts),
            Self::Ftruncate(call) => call.apply(who, state, nexts),
            Self::Fsync(call) => call.apply(who, state, nexts),
            Self::Stat(call) => call.apply(who, state, nexts),
            Self::Fstat(slot) => meta::model_fstat(*slot, who, state, nexts),
            Self::Access(call) => call.apply(who, state, nexts),
            Self::Chmod(call) => call.apply(who, state, nexts),
            Self::Fchmod(call) => call.apply(who, state, nexts),
            Self::Utimens(call) => call.apply(who, state, nexts),
            Self::Futimens(slot) => meta::model_futimens(*slot, who, state, nexts),
            Self::Unlink(call) => call.apply(who, state, nexts),
            Self::Mkdir(call) => call.apply(who, state, nexts),
            Self::Rename(call) => call.apply(who, state, nexts),
            Self::Link(call) => call.apply(who, state, nexts),
            Self::Symlink(call) => call.apply(who, state, nexts),
            Self::Readlink(call) => call.apply(who, state, nexts),
            Self::Readdir(call) => call.apply(who, state, nexts),
            Self::Flock(call) => call.apply(who, state, nexts),
            Self::Lock(call) => call.apply(who, state, nexts),
            Self::Pause(_) => nexts.stay(Returned::Done),
        }
    }

    /// The paths that the call resolves.
    pub fn lookups(&self) -> Vec<Lookup> {
        let inode = |place: Place, follow| Lookup { place, follow, acts_on: ActsOn::Inode };
        let entry = |place: Place| Lookup { place, follow: false, acts_on: ActsOn::Entry };
        match self {
            Self::Open(call) => vec![call.lookup()],
            Self::Truncate(call) => {
                vec![inode(Place { at: Directory::Sandbox, name: call.name }, true)]
            }
            Self::Stat(call) => vec![inode(call.place, call.follow)],
            Self::Access(call) => vec![inode(call.place, true)],
            Self::Chmod(call) => vec![inode(call.place, true)],
            Self::Utimens(call) => vec![inode(call.place, true)],
            Self::Readlink(call) => vec![inode(call.place, false)],
            Self::Unlink(call) => vec![entry(call.place)],
            Self::Mkdir(call) => vec![entry(call.place)],
            Self::Rename(call) => vec![entry(call.from), entry(call.to)],
            Self::Link(call) => vec![inode(call.from, false), entry(call.to)],
            Self::Symlink(call) => vec![entry(call.place)],
            Self::Readdir(call) => match call.from {
                readdir::ScanOf::Place(place) => vec![inode(place, true)],
                readdir::ScanOf::Slot(_) => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Whether the step only passes time.
    pub fn is_pause(&self) -> bool {
        matches!(self, Self::Pause(_))
    }

    /// Whether the call never changes what the model knows of a filesystem, whatever it returns.
    pub fn only_looks(&self) -> bool {
        match self {
            Self::Stat(_) | Self::Fstat(_) | Self::Access(_) | Self::Readlink(_) => true,
            Self::Readdir(_) | Self::Fsync(_) | Self::Utimens(_) | Self::Futimens(_) => true,
            Self::Read(call) => call.offset.is_some(),
            _ => false,
        }
    }

    /// Whether the call may change something although it fails: `flock` gives up what it holds
    /// before it asks for another lock.
    pub fn failure_changes(&self) -> bool {
        matches!(self, Self::Flock(_))
    }

    /// Whether the call works on a descriptor that an earlier step opened.
    pub fn uses_descriptor(&self) -> bool {
        match self {
            Self::Close(_) | Self::Dup(_) | Self::Read(_) | Self::Write(_) | Self::Lseek(_) => true,
            Self::Ftruncate(_) | Self::Fsync(_) | Self::Fstat(_) | Self::Fchmod(_) => true,
            Self::Futimens(_) | Self::Flock(_) | Self::Lock(_) => true,
            Self::Readdir(call) => matches!(call.from, readdir::ScanOf::Slot(_)),
            _ => false,
        }
    }

    /// Whether the call may rightly take as long as another actor likes.
    pub fn may_wait(&self) -> bool {
        match self {
            Self::Flock(call) => call.wait,
            Self::Lock(call) => call.wait,
            _ => false,
        }
    }
}
