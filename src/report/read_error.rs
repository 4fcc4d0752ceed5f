//! Why a result file cannot be read.

use std::io;
use std::path::PathBuf;

use super::SCHEMA_VERSION;
use crate::sys::errno::describe;

/// A result file that cannot be read, and where in it.
#[derive(Debug, thiserror::Error)]
#[error("{}{}: {problem}", path.display(), at(*line))]
pub struct ReadError {
    /// The file.
    pub path: PathBuf,
    /// Line in the file, from 1, where there is one to blame.
    pub line: Option<u64>,
    /// What is wrong.
    pub problem: ReadProblem,
}

/// What is wrong with a result file.
#[derive(Debug, thiserror::Error)]
pub enum ReadProblem {
    /// The system did not let it be read.
    #[error("cannot be read: {}", describe(.0))]
    Io(io::Error),
    /// There is nothing in it.
    #[error("is empty: not a result of fsrace")]
    Empty,
    /// It has another version of the format.
    #[error(
        "has schema version {found}, this fsrace {} reads version {SCHEMA_VERSION}: {}read it with \
         fsrace {} or make it again with this version",
        env!("CARGO_PKG_VERSION"),
        newer(found),
        made_by.as_deref().unwrap_or("of its own version"),
    )]
    SchemaVersion {
        /// The version in the file.
        found: String,
        /// The version of fsrace that made it, when it tells.
        made_by: Option<String>,
    },
    /// A column that must be there is not.
    #[error("the header has no column `{0}`: is this the right kind of file?")]
    MissingColumn(&'static str),
    /// A row is longer or shorter than its header.
    #[error("the row has {found} fields, its header {expected}: the file may be cut off")]
    FieldCount {
        /// Fields in the header.
        expected: usize,
        /// Fields in the row.
        found: usize,
    },
    /// The last line has no end.
    #[error(
        "the last line has no end: the file is cut off (if it is whole, end it with a line break)"
    )]
    Cut,
    /// A value that is not what its column holds.
    #[error("column `{column}`: `{value}` is not {expected}")]
    Value {
        /// Name of the column.
        column: &'static str,
        /// What stands there.
        value: String,
        /// What should.
        expected: &'static str,
    },
    /// Text that is neither CSV nor JSON of this format.
    #[error("{0}")]
    Syntax(String),
}

/// A version above ours is told as such.
fn newer(found: &str) -> &'static str {
    let newer = found.parse::<u64>().is_ok_and(|version| version > u64::from(SCHEMA_VERSION));
    if newer { "it was made by a newer fsrace; " } else { "" }
}

fn at(line: Option<u64>) -> String {
    line.map(|line| format!(":{line}")).unwrap_or_default()
}
