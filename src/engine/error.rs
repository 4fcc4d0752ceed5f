//! Why a plan could not be run.

use std::io;

use thiserror::Error;

use super::fixture::FixtureError;

/// Why a plan could not be run at all.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The fixture could not be made.
    #[error(transparent)]
    Fixture(#[from] FixtureError),
    /// A process, pipe or mapping could not be made.
    #[error("cannot {what}: {why}", why = crate::sys::errno::describe(error))]
    System {
        /// What was tried.
        what: &'static str,
        /// The errno.
        error: io::Error,
    },
    /// A worker gave up or died before the start.
    #[error("a worker did not get ready: {0}")]
    NotReady(String),
    /// Fewer client directories were given than the plan asks for.
    #[error(
        "needs {needed} client directories: give --client DIR (another mount of the same storage)"
    )]
    TooFewClients {
        /// How many it asks for, the target included.
        needed: usize,
    },
    /// A round is more than can be noted.
    #[error("a round of this scenario cannot be noted: {0}")]
    TooLarge(String),
}

impl EngineError {
    /// For an errno of what was tried.
    pub(super) fn system(what: &'static str) -> impl Fn(io::Error) -> Self {
        move |error| Self::System { what, error }
    }
}
