//! `fsrace` runs small concurrent programs against a real filesystem and reports every result
//! that POSIX does not allow.
#![cfg_attr(not(test), warn(missing_docs))]

pub mod ops;
pub mod report;
pub mod rundir;
pub mod scenario;
pub mod stats;
pub mod sys;
pub mod ui;
