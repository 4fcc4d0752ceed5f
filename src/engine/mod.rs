//! Runs a plan and emits observations; judges nothing.
//!
//! ```text
//! supervisor (this process)          worker processes (re-executed)
//!   fixture, board, workers  ----->    actors as threads, looping over their steps
//!   watchdog, overlap samples <-----   board: rings, result tables, examples
//!   record  <-------------------       latencies, at the end
//! ```

mod actor;
pub mod board;
mod client;
mod collect;
pub mod controls;
mod error;
pub mod event;
pub mod fixture;
mod free;
mod janitor;
mod latency;
mod overlap;
mod pace;
pub mod probe;
pub mod record;
mod removal;
mod rooms;
pub mod rounds;
pub mod sandbox;
mod start;
mod supervisor;
mod tally;
mod watchdog;
pub mod worker;
mod workers;

pub use client::ClientError;
pub use error::EngineError;
pub use rooms::Rooms;
pub use supervisor::{Engine, Tick};
