//! `fsrace export`: what it writes builds everywhere without a warning, is silent where nothing is
//! wrong, and says what the tool says where something is.

#[path = "../common/mod.rs"]
mod common;

mod builds;
mod faults;
mod hangs;
mod hostile;
mod program;
mod scans;
mod shipped;
mod usage;
