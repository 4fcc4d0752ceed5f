//! Why a scenario cannot be exported.

use thiserror::Error;

use crate::model::Unmodelled;
use crate::model::relax::Unlisted;

/// A scenario that no program of its own can be made of.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExportError {
    /// This system lacks what it asks for.
    #[error("{0}")]
    Lacks(String),
    /// The model does not know it.
    #[error("the model does not know what it may show: {0}")]
    Unmodelled(#[from] Unmodelled),
    /// What it may show is too much.
    #[error("what it may show is too much for a table ({0}); make it smaller")]
    TooLarge(#[from] Unlisted),
    /// More outcomes than anybody would read.
    #[error("{count} outcomes are allowed, and a table holds {most}; make it smaller")]
    ManyOutcomes {
        /// How many.
        count: usize,
        /// How many a table holds.
        most: usize,
    },
    /// A file that is left is larger than what is read of one.
    #[error(
        "a file of {size} B may be left, and no more than {most} B are read of one; make it smaller"
    )]
    LargeFile {
        /// Its size in bytes.
        size: u64,
        /// What is read at most.
        most: u64,
    },
    /// A line of the table is longer than C promises to take.
    #[error("what {actor} may see is too long to be put into words")]
    LongOutcome {
        /// Name of the actor, or what is left.
        actor: String,
    },
    /// The model does not know what a step returns.
    #[error("{actor}, `{step}`: the model does not know what it returns")]
    Unknown {
        /// Name of the actor.
        actor: String,
        /// The step.
        step: String,
    },
    /// A step that returns more than there is room for.
    #[error("{actor}, `{step}`: with all its repetitions it returns more than there is room for")]
    Room {
        /// Name of the actor.
        actor: String,
        /// The step.
        step: String,
    },
    /// More actors than there are letters for.
    #[error("{0} actors are more than can be told apart (26)")]
    Actors(usize),
}
