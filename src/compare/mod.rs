//! Results of two or more systems to what has changed between them. Pure: rows of CSV files in,
//! verdicts out.
//!
//! `block`s are single runs of a scenario; `source` sorts them into columns, one per system and
//! file; `join` puts those of the same scenario, filesystem and code side by side; `judge` tests
//! the rates and says what has become of each.

mod block;
mod exit;
mod join;
mod judge;
mod latency;
mod notes;
mod place;
mod source;
mod trials;
mod types;
mod words;

pub use exit::FailOn;
pub use types::*;
pub use words::times;

use crate::report::SCHEMA_VERSION;
use crate::report::csv;
use crate::report::latency::LatencyRow;

/// One file that is to be compared.
#[derive(Clone, Debug)]
pub struct Input {
    /// What its columns are to be called, if it was said.
    pub label: Option<String>,
    /// The file, as messages call it.
    pub file: String,
    /// Its rows.
    pub rows: Vec<csv::Row>,
    /// The latencies beside it.
    pub latencies: Vec<LatencyRow>,
}

/// What is to be called a change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// By how much a rate must have changed.
    pub margins: Margins,
    /// Latencies that differ by less than this factor are left out.
    pub latency_factor: f64,
}

/// Chance that any rate at all is called changed although none is.
pub const LEVEL: f64 = 0.05;

impl Default for Options {
    fn default() -> Self {
        Self { margins: Margins { repeated: 2.0, single: 10.0 }, latency_factor: 2.0 }
    }
}

/// Why files cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompareError {
    /// Rows that cannot be true together.
    #[error("{file}:{line}: {problem}")]
    Row {
        /// The file.
        file: String,
        /// Line in it.
        line: u64,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// A file without any row.
    #[error(
        "{0} has a header and no results: was the run stopped before its first scenario ended?"
    )]
    NoResults(String),
    /// There is nothing to compare with.
    #[error("{0} has the results of one system only: give a second file to compare it with")]
    OneColumn(String),
}

/// Compares everything with the first system of the first input.
///
/// # Errors
///
/// [`CompareError`]: rows that contradict each other or are there twice, or a single system.
pub fn compare(inputs: Vec<Input>, options: &Options) -> Result<Comparison, CompareError> {
    let sources = source::sources(inputs)?;
    let places = place::Places::of(&sources);
    let (rows, tests) = judge::judge(join::join(&sources, &places), options.margins);
    let latencies = latency::compare(&sources, &places, options.latency_factor);
    let notes = notes::notes(&sources, &places, &rows);
    Ok(Comparison {
        schema_version: SCHEMA_VERSION,
        fsrace_version: env!("CARGO_PKG_VERSION").to_owned(),
        margins: options.margins,
        level: LEVEL,
        tests,
        columns: sources.into_iter().map(|source| source.column).collect(),
        notes,
        rows,
        latencies,
    })
}
