//! One file per output format. Reports compute nothing: they show what [`types`] holds.

pub mod atomic;
mod columns;
pub mod compare;
pub mod csv;
pub mod details;
mod escape;
pub mod format;
mod formats;
pub mod github;
pub mod guarantees;
pub mod html;
pub mod json;
pub mod junit;
pub mod latency;
pub mod markdown;
pub mod minimize;
mod outcomes;
pub mod output;
mod page;
mod path_list;
pub mod read_error;
pub mod schema;
pub mod selftest;
pub mod svg;
mod table;
pub mod text;
mod timeline;
pub mod timestamp;
pub mod types;
mod whole_text;
mod words;

pub use format::{Format, Formats};
pub use output::{OutputError, Outputs};
pub use read_error::{ReadError, ReadProblem};
pub use types::*;
