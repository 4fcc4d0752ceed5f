//! Why a run directory cannot be used.

use std::io;
use std::path::PathBuf;

use crate::report::Host;
use crate::sys::errno::{describe, name_of};

/// A run directory that cannot be made, opened or written, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum RunDirError {
    /// The system refuses something.
    #[error("{}: {}; {}", path.display(), describe(source), advice(source))]
    Io {
        /// What it was about.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The directory for a new run holds something else.
    #[error("{} is not empty; give a directory that is empty or does not exist", .0.display())]
    NotEmpty(PathBuf),
    /// The directory for a new run is to be tested itself.
    #[error("{} is a target of the run: its results need a directory of their own", .0.display())]
    IsTarget(PathBuf),
    /// The directory for a new run holds a run.
    #[error(
        "{} already holds a run; continue it with --resume {} or give another directory",
        .0.display(), .0.display()
    )]
    HoldsARun(PathBuf),
    /// The directory to resume holds no run.
    #[error("{} is not a run directory: it has no run.json", .0.display())]
    NotARun(PathBuf),
    /// A process is using it.
    #[error(
        "{} is in use by {}; wait until it ends",
        path.display(),
        pid.map_or("another process".to_owned(), |pid| format!("process {pid}")),
    )]
    InUse {
        /// The run directory.
        path: PathBuf,
        /// The process, when it left its number.
        pid: Option<u32>,
    },
    /// Its format has another version.
    #[error(
        "{} has schema version {found}, this fsrace reads version {}; use fsrace {made_by} or \
         start a new run",
        path.display(),
        crate::report::SCHEMA_VERSION
    )]
    OtherSchema {
        /// The run directory.
        path: PathBuf,
        /// The version in it.
        found: u64,
        /// The version of fsrace that made it.
        made_by: String,
    },
    /// Another version of fsrace made it, and the two may judge differently.
    #[error(
        "{} was made by fsrace {made_by}, this is {}: their results must not be mixed; resume it \
         with fsrace {made_by} or start a new run",
        path.display(),
        env!("CARGO_PKG_VERSION")
    )]
    OtherVersion {
        /// The run directory.
        path: PathBuf,
        /// The version of fsrace that made it.
        made_by: String,
    },
    /// The run began on another system, and one report has one host.
    #[error(
        "{} was made on {} {} {} with {} cpus, this is {} {} {} with {} cpus: their results must \
         not be mixed; start a new run",
        path.display(), then.os, then.kernel, then.arch, then.cpus, now.os, now.kernel, now.arch,
        now.cpus
    )]
    OtherHost {
        /// The run directory.
        path: PathBuf,
        /// Where it was made.
        then: Box<Host>,
        /// Where this process runs.
        now: Box<Host>,
    },
    /// A finished file does not hold what it should.
    #[error("{}: {reason}; delete this file to have that scenario run again", path.display())]
    CorruptResult {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The manifest or a scenario does not hold what it should: there is nothing to go by.
    #[error("{}: {reason}; the run cannot be resumed, start a new one", path.display())]
    CorruptRun {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A target of an unfinished scenario is gone.
    #[error("target {} of this run is not there; mount or create it, or start a new run", .0.display())]
    TargetMissing(PathBuf),
    /// The default directory cannot be named because too many runs have begun in one second.
    #[error("{} is taken, and so are all names like it; give a directory with -o", .0.display())]
    NoFreeName(PathBuf),
}

impl RunDirError {
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |source| Self::Io { path, source }
    }
}

fn advice(error: &io::Error) -> &'static str {
    match name_of(error).as_str() {
        "ENOSPC" | "EDQUOT" | "EFBIG" => "free some space, or keep the results elsewhere (-o)",
        "ENOENT" | "ENOTDIR" => "give a directory that exists or can be made",
        _ => "give a directory that you may write to (-o)",
    }
}
