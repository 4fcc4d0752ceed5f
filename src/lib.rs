//! `fsrace` runs small concurrent programs against a real filesystem and reports every result
//! that POSIX does not allow.

pub mod content;
pub mod engine;
pub mod ops;
pub mod plan;
pub mod report;
pub mod scenario;
pub mod sys;
