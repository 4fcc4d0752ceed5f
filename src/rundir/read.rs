//! What a run directory holds, read without changing anything.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::RunDirError;
use super::files::{RESULTS, numbered};
use super::manifest::Manifest;
use crate::report::{Report, SCHEMA_VERSION, ScenarioResult, Unfinished};

/// One file in `results/`.
#[derive(Serialize, Deserialize)]
pub(super) struct ResultFile {
    pub(super) schema_version: u32,
    /// Place in the plan.
    pub(super) index: usize,
    pub(super) result: ScenarioResult,
}

/// Reads a run directory without touching it, whether or not a process is using it.
///
/// # Errors
///
/// It is not a run directory, has another schema version, or holds a damaged file.
pub fn read(path: &Path) -> Result<(Manifest, Report), RunDirError> {
    let manifest = Manifest::read(path)?;
    let report = report(&manifest, &read_results(path, &manifest)?);
    Ok((manifest, report))
}

/// All that is finished, in the order of the plan, and what is not.
pub(super) fn report(manifest: &Manifest, finished: &BTreeMap<usize, ScenarioResult>) -> Report {
    let planned = manifest.planned.iter().enumerate();
    let unfinished = planned.filter(|(index, _)| !finished.contains_key(index));
    let unfinished = unfinished.map(|(_, planned)| Unfinished {
        scenario: planned.scenario.clone(),
        target: planned.target.to_string_lossy().into_owned(),
    });
    Report {
        schema_version: SCHEMA_VERSION,
        fsrace_version: manifest.fsrace_version.clone(),
        started: manifest.started.clone(),
        host: manifest.host.clone(),
        results: finished.values().cloned().collect(),
        unfinished: unfinished.collect(),
    }
}

/// The finished results. A file is there and right, or not there: anything else is told.
pub(super) fn read_results(
    run_dir: &Path,
    manifest: &Manifest,
) -> Result<BTreeMap<usize, ScenarioResult>, RunDirError> {
    let mut finished = BTreeMap::new();
    for (index, planned) in manifest.planned.iter().enumerate() {
        let path = run_dir.join(RESULTS).join(numbered(index, &planned.scenario, "json"));
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(source) => return Err(RunDirError::Io { path, source }),
        };
        let corrupt = |reason: String| RunDirError::CorruptResult { path: path.clone(), reason };
        let file: ResultFile =
            serde_json::from_slice(&text).map_err(|e| corrupt(format!("is damaged: {e}")))?;
        let result = file.result;
        if file.schema_version != SCHEMA_VERSION {
            return Err(corrupt(format!("has schema version {}", file.schema_version)));
        }
        if file.index != index
            || result.scenario != planned.scenario
            || result.digest != planned.digest
        {
            return Err(corrupt("is not the result of the scenario planned there".to_owned()));
        }
        finished.insert(index, result);
    }
    Ok(finished)
}
