//! Makes what a scenario needs before its actors start.

use std::ffi::{CStr, CString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, Mode, OFlags};
use thiserror::Error;

use crate::content::ContentTable;
use crate::plan::{FixtureKindPlan, Plan};
use crate::sys::errno;
use crate::sys::umask::Umask;

/// Permission bits of the directories of a fixture.
const DIRECTORY_MODE: u16 = 0o755;
/// Permission bits of its files.
const FILE_MODE: u16 = 0o644;

/// Something of the fixture could not be made.
#[derive(Debug, Error)]
#[error("cannot make {what} of the fixture: {why}", why = errno::describe(error))]
pub struct FixtureError {
    /// Path beneath the sandbox.
    pub what: String,
    /// The errno.
    pub error: io::Error,
}

/// The fixture of a plan, ready to be made again and again without allocation.
#[derive(Debug)]
pub struct Fixture {
    entries: Vec<Entry>,
    contents: ContentTable,
}

/// One thing to make.
#[derive(Debug)]
pub struct Entry {
    /// Path beneath the sandbox.
    pub path: CString,
    /// What it is.
    pub kind: Kind,
}

/// What to make.
#[derive(Debug)]
pub enum Kind {
    /// A directory.
    Directory,
    /// A file with this item of the contents.
    File(u8),
    /// A symbolic link with this text.
    Symlink(CString),
    /// Another name for the entry at this place of the fixture.
    HardLink(usize),
}

impl Fixture {
    /// The fixture of a plan.
    pub fn new(plan: &Plan) -> Self {
        // The scenario check has ruled NUL out.
        let text = |text: &str| CString::new(text).unwrap_or_default();
        let kind = |kind: &FixtureKindPlan| match kind {
            FixtureKindPlan::Directory => Kind::Directory,
            FixtureKindPlan::File(item) => Kind::File(*item),
            FixtureKindPlan::Symlink(target) => Kind::Symlink(text(target)),
            FixtureKindPlan::HardLink(to) => {
                let file = plan.fixture.iter().position(|entry| entry.path == *to);
                Kind::HardLink(file.expect("the scenario check has seen the file of the link"))
            }
        };
        let entries = plan.fixture.iter();
        let entries =
            entries.map(|entry| Entry { path: text(&entry.path), kind: kind(&entry.kind) });
        Self { entries: entries.collect(), contents: ContentTable::new(&plan.contents, 0) }
    }

    /// What it consists of, in the order in which it can be made.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The bytes of one of its files.
    pub fn content(&self, item: u8) -> &[u8] {
        self.contents.bytes(item, 0, 0)
    }

    /// Makes one entry beneath `root`. The umask must be empty.
    ///
    /// # Errors
    /// The errno of the call that failed.
    pub fn make_entry(&self, index: usize, root: BorrowedFd<'_>) -> rustix::io::Result<()> {
        let Entry { path, kind } = &self.entries[index];
        match kind {
            Kind::Directory => rustix::fs::mkdirat(root, path, mode(DIRECTORY_MODE)),
            Kind::File(item) => write_new(root, path, self.content(*item)),
            Kind::Symlink(target) => rustix::fs::symlinkat(target, root, path),
            Kind::HardLink(to) => {
                let to = &self.entries[*to].path;
                rustix::fs::linkat(root, to, root, path, AtFlags::empty())
            }
        }
    }

    /// Makes all of it beneath `root`. The umask must be empty.
    ///
    /// # Errors
    /// [`FixtureError`] for the first entry that cannot be made.
    pub fn make(&self, root: BorrowedFd<'_>) -> Result<(), FixtureError> {
        for (index, entry) in self.entries.iter().enumerate() {
            self.make_entry(index, root).map_err(|errno| FixtureError {
                what: entry.path.to_string_lossy().into_owned(),
                error: errno.into(),
            })?;
        }
        Ok(())
    }
}

/// Makes the fixture of a plan beneath `room`.
///
/// # Errors
/// [`FixtureError`] for the first entry that cannot be made.
pub fn make(plan: &Plan, room: &Path) -> Result<(), FixtureError> {
    let _umask = Umask::clear();
    let root = File::open(room)
        .map_err(|error| FixtureError { what: "the directory".to_owned(), error })?;
    Fixture::new(plan).make(root.as_fd())
}

fn mode(bits: u16) -> Mode {
    Mode::from_bits_retain(bits.into())
}

fn write_new(root: BorrowedFd<'_>, path: &CStr, mut bytes: &[u8]) -> rustix::io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    let file = rustix::fs::openat(root, path, flags, mode(FILE_MODE))?;
    while !bytes.is_empty() {
        match rustix::io::write(&file, bytes) {
            Ok(0) => return Err(rustix::io::Errno::IO),
            Ok(count) => bytes = &bytes[count..],
            Err(rustix::io::Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// Opens the shared descriptors of a plan.
///
/// # Errors
/// [`FixtureError`] for the first one that cannot be opened.
pub fn open_shared(plan: &Plan, root: &Path) -> Result<Vec<OwnedFd>, FixtureError> {
    let _umask = Umask::clear();
    let open = |shared: &crate::plan::SharedPlan| {
        let flags = OFlags::from_bits_retain(shared.flags);
        rustix::fs::open(root.join(&shared.path), flags, mode(FILE_MODE))
            .map_err(|error| FixtureError { what: shared.path.clone(), error: error.into() })
    };
    plan.shared.iter().map(open).collect()
}
