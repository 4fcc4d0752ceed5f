//! Names with holes: `log-{actor}`, `trash/{random:1000}`.

use serde::{Deserialize, Serialize};

/// A path made of literal text and holes that are filled as the actor runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template(pub Vec<Piece>);

/// One part of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    /// Text as it stands.
    Text(String),
    /// `{actor}`: the name of the actor instance.
    Actor,
    /// `{iteration}`: how many iterations this actor instance has finished.
    Iteration,
    /// `{random:N}` or `{random:N:label}`: a number below N, drawn once an iteration for each
    /// different hole, so that two steps of an iteration name the same file.
    Random {
        /// Exclusive upper bound.
        below: u64,
        /// Tells two draws of the same bound apart; empty when not given.
        label: String,
    },
    /// `{index}`: the number of a fixture entry with `count`.
    Index,
}
