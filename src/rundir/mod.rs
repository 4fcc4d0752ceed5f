//! The run directory: a run as it goes, file by file, so that a crash loses at most the scenario
//! in flight.
//!
//! ```text
//! fsrace-runs/20260131T093000Z-7/
//!   run.json                  what was planned; written last when the directory is made
//!   lock                      held (flock) by the process that runs
//!   scenarios/000-NAME.toml   the texts of the scenarios
//!   results/000-NAME.json     one per finished entry of the plan
//!   observations/000-NAME.json   what was observed, to be judged again
//!   results.json  results.csv  latency.csv     all finished entries, as one report
//! ```
//!
//! Every file is written beside its place, synced and renamed. The files in `results/` are the
//! truth; the ones beside it are made from them and can be made again.

mod error;
mod files;
mod location;
mod lock;
mod manifest;
pub(crate) mod path_text;
mod read;
mod store;

pub use error::RunDirError;
pub use location::Location;
pub use manifest::{Manifest, NewEntry, NewRun, Planned};
pub use read::read;
pub use store::RunDir;
