//! Rounds mode: in each round all actors start together from a fresh fixture and run their steps
//! once, and the whole outcome is noted. Judges nothing: it counts different histories.
//!
//! ```text
//! supervisor                     leader (thread of actor 0)        other actors
//!   fixture, board, workers ->     opens the round at the gate  ->   pass the gate
//!   watchdog                       does its steps                    do their steps
//!   record  <- table of            gathers all at the gate      <-   close, arrive
//!              histories  <-       reads the tree, key, count
//!                                  undoes what the tree shows
//! ```
//!
//! Before the race come serial rounds, in orders that the caller gives: a baton goes round, and
//! only who has it makes a step. The caller looks at them and says whether to race at all.

mod actor;
mod arena;
mod baton;
mod board;
mod codec;
mod crew;
mod fingerprint;
mod gate;
mod histories;
mod identity;
mod leader;
mod notes;
mod pace;
mod record;
mod restore;
mod run;
mod seat;
mod shared;
mod skew;
mod stalling;
mod tree;
mod whereabouts;

pub(super) use actor::Actor;
pub(super) use arena::Arena;
pub(super) use board::{Board, Layout};
pub use crew::{Crew, MOST_ACTORS};
pub(super) use leader::Leader;
pub use record::{HistorySeen, RoundsRecord, SerialRecord};
pub use run::Serial;
pub(super) use shared::{Lines, Opener, Taker};
