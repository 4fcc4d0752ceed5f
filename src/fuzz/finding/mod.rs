//! A confirmed anomaly as a directory that can be handed on.
//!
//! ```text
//! findings/NAME/scenario.toml   the smallest program, for `fsrace run`
//!               report.md       what was seen, why it cannot be, how to see it again
//!               result.json     the same for machines
//!               repro.c         the program without fsrace, where it can be exported
//! ```

mod directory;
mod page;

pub use directory::{StoreError, check, is_finding, known, read, settle, write};
pub use page::page;

use serde::{Deserialize, Serialize};

use super::confirm::Confirmed;
use super::minimize::{Count, Minimized};
use super::signature::Signature;
use crate::export::ExportError;
use crate::report::Class;
use crate::scenario::Scenario;

/// Version of `result.json`.
pub const SCHEMA_VERSION: u32 = 1;

/// A confirmed anomaly, with all that a report says about it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What machines read.
    pub result: FindingResult,
    /// The smallest program.
    pub scenario: Scenario,
    /// Client directories that it needs, the target included.
    pub clients: usize,
    /// The outcomes that POSIX allows it, as `fsrace check` lists them.
    pub allowed: String,
    /// The same program in C, or why it cannot be exported.
    pub repro: Result<String, ExportError>,
}

/// `result.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FindingResult {
    /// Version of this format.
    pub schema_version: u32,
    /// Version of fsrace that made it.
    pub fsrace_version: String,
    /// Name of the finding, and of its directory.
    pub name: String,
    /// What was seen.
    pub signature: Signature,
    /// How bad it is.
    pub class: Class,
    /// Name of the scenario that it was found in.
    pub found_in: String,
    /// How small the program is, in words.
    pub standing: String,
    /// Whether it is 1-minimal at 95 %.
    pub minimal: bool,
    /// What it took to make it small.
    pub count: Count,
    /// How it was confirmed.
    pub confirmed: Confirmed,
    /// The command that shows it again, to be given in the directory of the finding.
    pub replay: String,
}

impl FindingResult {
    /// What is known about a confirmed anomaly that was found in `found_in`.
    pub fn new(
        minimized: &Minimized,
        scenario: &Scenario,
        found_in: &str,
        confirmed: Confirmed,
        replay: String,
    ) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            fsrace_version: env!("CARGO_PKG_VERSION").to_owned(),
            name: scenario.name.clone(),
            signature: minimized.best.signature.clone(),
            class: minimized.best.class,
            found_in: found_in.to_owned(),
            standing: minimized.standing(),
            minimal: minimized.end == super::minimize::End::Minimal,
            count: minimized.count,
            confirmed,
            replay,
        }
    }
}
