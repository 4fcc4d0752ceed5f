//! The directory that a plan runs in, as each client shows it.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use super::error::EngineError;
use crate::plan::Plan;

/// One directory by the path that each client directory has for it; the first is the target's own.
#[derive(Clone, Copy, Debug)]
pub struct Rooms<'a> {
    own: &'a Path,
    others: &'a [PathBuf],
}

impl<'a> Rooms<'a> {
    /// The directory `own`, which further clients show as `others`.
    pub fn new(own: &'a Path, others: &'a [PathBuf]) -> Self {
        Self { own, others }
    }

    /// Where it is on the target itself: fixtures are made through it.
    pub fn own(&self) -> &'a Path {
        self.own
    }

    /// Where further clients show it.
    pub fn others(&self) -> &'a [PathBuf] {
        self.others
    }

    /// Opens it through each client, the target first.
    ///
    /// # Errors
    /// The errno of open.
    pub(super) fn open(&self) -> io::Result<Vec<OwnedFd>> {
        self.paths().map(|path| Ok(File::open(path)?.into())).collect()
    }

    /// Opens what holds it, through each client, and returns its name in there. So each process can
    /// look it up by itself, as programs do, and is not handed what another has found.
    ///
    /// # Errors
    /// The errno of open.
    pub(super) fn open_above(&self) -> io::Result<(Vec<OwnedFd>, &'a str)> {
        let name = self.own.file_name().and_then(|name| name.to_str());
        let same = |path: &Path| path.file_name().and_then(|name| name.to_str()) == name;
        let Some(name) = name.filter(|_| self.paths().all(same)) else {
            return Ok((self.open()?, "."));
        };
        let above = self.paths().map(|path| match path.parent() {
            Some(above) if above != Path::new("") => above,
            _ => Path::new("."),
        });
        let homes = above.map(|above| Ok(File::open(above)?.into())).collect::<io::Result<_>>();
        Ok((homes?, name))
    }

    fn paths(&self) -> impl Iterator<Item = &'a Path> {
        std::iter::once(self.own).chain(self.others.iter().map(PathBuf::as_path))
    }

    /// Refuses a plan that needs more clients.
    ///
    /// # Errors
    /// [`EngineError::TooFewClients`].
    pub fn require(&self, plan: &Plan) -> Result<(), EngineError> {
        let needed = plan.clients();
        if needed > 1 + self.others.len() {
            return Err(EngineError::TooFewClients { needed });
        }
        Ok(())
    }
}

impl<'a> From<&'a Path> for Rooms<'a> {
    fn from(own: &'a Path) -> Self {
        Self { own, others: &[] }
    }
}

impl<'a> From<&'a PathBuf> for Rooms<'a> {
    fn from(own: &'a PathBuf) -> Self {
        own.as_path().into()
    }
}
