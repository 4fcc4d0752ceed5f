//! `run.json`: what was planned.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::RunDirError;
use super::files::MANIFEST;
use crate::report::{Host, SCHEMA_VERSION};

/// What a new run is made from.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// When it begins.
    pub started: SystemTime,
    /// Seed that all others come from.
    pub seed: u64,
    /// Options of the command that a resumed run must keep, by name.
    pub options: Map<String, Value>,
    /// Where it runs.
    pub host: Host,
    /// What is planned, in order: every scenario on every target.
    pub entries: Vec<NewEntry>,
}

/// One scenario on one target, to be planned.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// Name of the scenario.
    pub scenario: String,
    /// Digest of what it does.
    pub digest: String,
    /// The target directory.
    pub target: PathBuf,
    /// The TOML text.
    pub text: String,
    /// The file it came from, as it was given; `None` for a built-in one.
    pub source: Option<String>,
}

/// The content of `run.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the format.
    pub schema_version: u32,
    /// Version of fsrace that made it.
    pub fsrace_version: String,
    /// When the run began, RFC 3339, UTC.
    pub started: String,
    /// Seed that all others come from.
    pub seed: u64,
    /// Options of the command that a resumed run must keep, by name.
    pub options: Map<String, Value>,
    /// Where it runs.
    pub host: Host,
    /// What is planned, in order.
    pub planned: Vec<Planned>,
}

/// One scenario on one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Name of the scenario.
    pub scenario: String,
    /// Digest of what it does.
    pub digest: String,
    /// The target directory, absolute.
    #[serde(with = "super::path_text")]
    pub target: PathBuf,
    /// File with the scenario, relative to the run directory. Entries with the same text share it.
    pub file: String,
    /// The file it came from, as it was given; `None` for a built-in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl Manifest {
    /// Reads the manifest of a run directory and checks that this fsrace may go on with it.
    pub(super) fn read(run: &Path) -> Result<Self, RunDirError> {
        let path = run.join(MANIFEST);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound) && run.is_dir() => {
                return Err(RunDirError::NotARun(run.to_owned()));
            }
            Err(source) => {
                // The directory itself is what is missing or is none.
                let path = if run.is_dir() { path } else { run.to_owned() };
                return Err(RunDirError::Io { path, source });
            }
        };
        let corrupt = |reason: String| RunDirError::CorruptRun { path: path.clone(), reason };
        let value: Value = serde_json::from_slice(&text).map_err(|e| corrupt(e.to_string()))?;
        let version = value.get("schema_version").and_then(Value::as_u64);
        let made_by = value.get("fsrace_version").and_then(Value::as_str).unwrap_or("unknown");
        match version {
            None => return Err(corrupt("has no schema_version".to_owned())),
            Some(found) if found != u64::from(SCHEMA_VERSION) => {
                let (path, made_by) = (run.to_owned(), made_by.to_owned());
                return Err(RunDirError::OtherSchema { path, found, made_by });
            }
            Some(_) => {}
        }
        serde_json::from_value(value).map_err(|e| corrupt(e.to_string()))
    }

    /// A patch release repairs, it does not judge differently; anything above may.
    pub(super) fn check_version(&self, run: &Path) -> Result<(), RunDirError> {
        let series = |version: &str| {
            let mut parts = version.splitn(3, '.').map(str::to_owned);
            (parts.next(), parts.next())
        };
        if series(&self.fsrace_version) == series(env!("CARGO_PKG_VERSION")) {
            return Ok(());
        }
        let made_by = self.fsrace_version.clone();
        Err(RunDirError::OtherVersion { path: run.to_owned(), made_by })
    }
}
