//! Makes what a scenario needs before its actors start.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, symlink};
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use thiserror::Error;

use crate::content::ContentTable;
use crate::plan::{FixtureKindPlan, Plan};
use crate::sys::errno;
use crate::sys::umask::Umask;

/// Something of the fixture could not be made.
#[derive(Debug, Error)]
#[error("cannot make {what} of the fixture: {why}", why = errno::describe(error))]
pub struct FixtureError {
    /// Path beneath the sandbox.
    pub what: String,
    /// The errno.
    pub error: io::Error,
}

/// Makes the fixture of a plan beneath `root`.
///
/// # Errors
/// [`FixtureError`] for the first entry that cannot be made.
pub fn make(plan: &Plan, root: &Path) -> Result<(), FixtureError> {
    let _umask = Umask::clear();
    let contents = ContentTable::new(&plan.contents, 0);
    for entry in &plan.fixture {
        let path = root.join(&entry.path);
        let made = match &entry.kind {
            FixtureKindPlan::Directory => fs::DirBuilder::new().mode(0o755).create(&path),
            FixtureKindPlan::File(item) => write_new(&path, contents.bytes(*item, 0, 0)),
            FixtureKindPlan::Symlink(target) => symlink(target, &path),
            FixtureKindPlan::HardLink(to) => fs::hard_link(root.join(to), &path),
        };
        made.map_err(|error| FixtureError { what: entry.path.clone(), error })?;
    }
    Ok(())
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::options().write(true).create_new(true).mode(0o644).open(path)?;
    file.write_all(bytes)
}

/// Opens the shared descriptors of a plan.
///
/// # Errors
/// [`FixtureError`] for the first one that cannot be opened.
pub fn open_shared(plan: &Plan, root: &Path) -> Result<Vec<OwnedFd>, FixtureError> {
    let _umask = Umask::clear();
    let open = |shared: &crate::plan::SharedPlan| {
        let flags = OFlags::from_bits_retain(shared.flags);
        rustix::fs::open(root.join(&shared.path), flags, Mode::from_raw_mode(0o644))
            .map_err(|error| FixtureError { what: shared.path.clone(), error: error.into() })
    };
    plan.shared.iter().map(open).collect()
}
