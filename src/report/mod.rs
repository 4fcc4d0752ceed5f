//! One file per output format. Reports compute nothing: they show what [`types`] holds.

pub mod types;

pub use types::*;
