//! One file per output format. Reports compute nothing: they show what [`types`] holds.

pub mod atomic;
mod columns;
pub mod compare;
pub mod csv;
pub mod details;
pub mod guarantees;
pub mod json;
pub mod latency;
pub mod minimize;
mod outcomes;
pub mod output;
mod path_list;
pub mod read_error;
pub mod schema;
pub mod selftest;
mod table;
pub mod text;
mod timeline;
pub mod timestamp;
pub mod types;
mod whole_text;

pub use output::{OutputError, OutputPaths, Outputs};
pub use read_error::{ReadError, ReadProblem};
pub use types::*;
