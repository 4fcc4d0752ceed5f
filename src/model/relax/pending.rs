//! A call that is under way.

use crate::content::Runs;
use crate::model::{Id, Name, Walking};

/// A name in a directory that is being scanned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Listed {
    /// The name.
    pub name: Name,
    /// What it stands for now, if it is there.
    pub stands_for: Option<Id>,
    /// How often it has been there: it can be reported each time that it was added anew.
    pub times: u8,
}

/// How far a call has come that does not happen at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Pending {
    /// Its paths have been resolved.
    Walk(Walking),
    /// A scan: names that must be reported and names that may be.
    Scan {
        /// The directory.
        directory: Id,
        /// There, and the same, ever since the scan began.
        must: Vec<(Name, Id)>,
        /// All that were there at some moment since, by name.
        may: Vec<Listed>,
        /// How many have gone since; `None` where that plays no part.
        gone: Option<u8>,
    },
    /// A read: which pieces of what was seen have not been there at any moment yet.
    Read {
        /// Offset in the file.
        from: u64,
        /// Their numbers, ascending.
        missing: Vec<u16>,
        /// Whether the end of the file has been where it was seen, or out of the way.
        ended: bool,
    },
    /// A stat: which fields have been so at some moment.
    Stat {
        /// The file.
        inode: Id,
        /// One bit for each field.
        matched: u8,
    },
    /// A write that is being made piece by piece.
    Write {
        /// The file.
        inode: Id,
        /// Where its first byte goes.
        at: u64,
        /// What is written.
        bytes: Runs,
        /// How many bytes are there already.
        done: u64,
    },
    /// A write that is being made piece by piece while no other write is.
    WriteAlone {
        /// The file.
        inode: Id,
        /// Where its first byte goes.
        at: u64,
        /// What is written.
        bytes: Runs,
        /// How many bytes are there already.
        done: u64,
        /// The content of the file as this write has left it for the moment.
        left: Runs,
    },
    /// A write, or a change of the size, that shows in the size before it is done.
    Resize {
        /// The file.
        inode: Id,
        /// The smaller of the sizes before and after.
        low: u64,
        /// The larger.
        high: u64,
    },
    /// A read or write that has taken the offset, or the end of the file, to begin at.
    At(u64),
    /// A link count that is not that of the names.
    Count {
        /// The file.
        inode: Id,
        /// By how much a stat may show more than there are names.
        ahead: i32,
        /// Whether the names have changed already.
        done: bool,
    },
    /// A directory is dead and has its name yet.
    Dead(Id),
    /// A rename that is half done.
    Rename,
    /// A call that is going to remove this symbolic link, which has lost this text.
    Emptied(Id, u16),
    /// A read that has taken the pages of a file, and not the size yet.
    Pages {
        /// The file.
        inode: Id,
        /// Offset in the file.
        from: u64,
        /// How long it was, at least 1.
        len: u64,
        /// Whether the last page has been cut off since.
        cut: bool,
    },
    /// A call that has found the name to be free, or to be there.
    Looked,
    /// An open that has found this file.
    Opening(Id),
}
