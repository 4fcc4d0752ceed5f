//! What a round shows, in full: the result of every step and the tree that is left.
//!
//! The model predicts outcomes and rounds observe them; both are put in these words, so that they
//! can be compared for equality.

mod decode;
mod order;
mod words;

pub use decode::{decode, stat};
pub use order::precedes;
pub use words::Words;

use serde::{Deserialize, Serialize};

use crate::content::Runs;
use crate::plan::StepId;

/// What one step returned.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Returned {
    /// It failed with this errno.
    Failed(u16),
    /// It succeeded, and there is no more to say (open, unlink, ...).
    Done,
    /// The new offset of `lseek`.
    Offset(u64),
    /// How many bytes a write took.
    Wrote(u64),
    /// What a read returned.
    Read(Runs),
    /// What a stat said.
    Stat(Stat),
    /// The names that a scan reported, sorted, without `.` and `..`; one that was reported twice
    /// stands twice.
    Names(Vec<String>),
    /// The text of a symbolic link.
    Text(String),
    /// The step needed a descriptor that was not open, so nothing was called.
    Skipped,
    /// More than there was room to note.
    TooMuch,
}

impl Returned {
    /// 0 for success.
    pub fn errno(&self) -> u16 {
        match self {
            Self::Failed(errno) => *errno,
            _ => 0,
        }
    }
}

/// What a stat said, as far as POSIX says what it must be.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stat {
    /// File type.
    pub kind: Kind,
    /// Permission bits.
    pub mode: u16,
    /// Link count.
    pub nlink: u32,
    /// Size in bytes; `None` for a directory, of which POSIX says nothing.
    pub size: Option<u64>,
    /// Which file it is.
    pub identity: Identity,
}

/// File type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    /// Regular file.
    File,
    /// Directory.
    Directory,
    /// Symbolic link.
    Symlink,
    /// Anything else: no scenario makes one.
    Other,
}

/// Which file something is, as far as its inode number tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Identity {
    /// That of this entry of [`crate::plan::Plan::fixture`] (of a hard link, that of its file).
    Fixture(u16),
    /// None of those in the fixture.
    Other,
    /// Inode number 0.
    Zero,
}

/// One step of an outcome.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Done {
    /// Position of the step in its actor.
    pub step: StepId,
    /// What it returned.
    pub returned: Returned,
}

/// A name that is left when all actors are done.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Left {
    /// Path beneath the sandbox.
    pub path: String,
    /// Names of one file carry one number, counted up by first appearance.
    pub file: u16,
    /// What a stat of the name says.
    pub stat: Stat,
    /// Content of a file.
    pub content: Option<Runs>,
    /// Text of a symbolic link.
    pub text: Option<String>,
}

/// Everything that one round showed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Outcome {
    /// Per actor, its steps in the order in which it made them. Pauses are left out.
    pub actors: Vec<Vec<Done>>,
    /// The tree that is left, sorted by path.
    pub left: Vec<Left>,
}

/// When a step ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Interval {
    /// Before the call, in ticks.
    pub start: u64,
    /// After the return, in ticks.
    pub end: u64,
}

/// An outcome with the times of its steps, in the same order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// What was seen.
    pub outcome: Outcome,
    /// When.
    pub times: Vec<Vec<Interval>>,
}
