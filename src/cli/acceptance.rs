//! What a command takes as it is, or reports all the same.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::entries::{accept, refuse};
use super::exit::CliError;
use crate::detect::Accepted;

#[derive(Debug, Args)]
pub(super) struct Acceptance {
    /// Take a relaxation of the model as it is (`fsrace explain` lists them), or what differs without
    /// any race (`semantic-difference`); may be given several times
    #[arg(long, value_name = "NAME")]
    accept: Vec<String>,
    /// Report a relaxation that is accepted anyway, such as readdir-live; may be given several times
    #[arg(long, value_name = "NAME")]
    refuse: Vec<String>,
    /// Accept the relaxations that a file names, each with the source that documents it
    #[arg(long, value_name = "FILE")]
    profile: Vec<PathBuf>,
}

impl Acceptance {
    /// What POSIX leaves open, and what the arguments say.
    ///
    /// # Errors
    /// Usage: a name that no relaxation has, or a profile that cannot be used.
    pub(super) fn accepted(&self) -> Result<Accepted, CliError> {
        let mut accepted = Accepted::default();
        accept(&mut accepted, &self.accept, &self.profile)?;
        refuse(&mut accepted, &self.refuse)?;
        Ok(accepted)
    }

    /// The arguments again, for another command that is to judge in the same way.
    pub(super) fn arguments(&self) -> Vec<OsString> {
        let names = |option: &'static str, names: &[String]| -> Vec<OsString> {
            names.iter().flat_map(|name| [option.into(), name.into()]).collect()
        };
        let (accept, refuse) = (names("--accept", &self.accept), names("--refuse", &self.refuse));
        [accept, refuse, paths("--profile", &self.profile)].concat()
    }
}

/// An option with each of these paths, so that it can be given in any directory.
pub(super) fn paths(option: &'static str, paths: &[PathBuf]) -> Vec<OsString> {
    let whole = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
    paths.iter().flat_map(|path| [option.into(), whole(path).into()]).collect()
}
