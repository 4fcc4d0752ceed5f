//! `fsrace` runs small concurrent programs against a real filesystem and reports every result
//! that POSIX does not allow.

pub mod cli;
pub mod compare;
pub mod content;
pub mod detect;
pub mod engine;
#[cfg(target_os = "linux")]
pub mod faulty;
pub mod fuzz;
pub mod guarantees;
pub mod model;
pub mod ops;
pub mod outcome;
pub mod plan;
pub mod report;
pub mod rundir;
pub mod scenario;
pub mod stats;
pub mod sys;
pub mod ui;
