//! `fsrace` runs small concurrent programs against a real filesystem and reports every result
//! that POSIX does not allow.
#![cfg_attr(not(test), warn(missing_docs))]

#[cfg(target_os = "linux")]
pub mod faulty;
pub mod ops;
pub mod report;
pub mod scenario;
