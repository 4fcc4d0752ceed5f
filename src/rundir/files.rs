//! What the files of a run directory are called, and what a leftover looks like.

use std::io;
use std::path::Path;

use crate::report::atomic::TEMPORARY_SUFFIX;

pub(super) const MANIFEST: &str = "run.json";
pub(super) const LOCK: &str = "lock";
pub(super) const SCENARIOS: &str = "scenarios";
pub(super) const RESULTS: &str = "results";
pub(super) const OBSERVATIONS: &str = "observations";
pub(super) const REPORT_JSON: &str = "results.json";
pub(super) const REPORT_CSV: &str = "results.csv";
pub(super) const LATENCY_CSV: &str = "latency.csv";

/// Longest part of a scenario's name in a file name: with number and ending it stays far below
/// the shortest limit of a filesystem in use.
const MAX_NAME: usize = 80;

/// `007-open-while-unlinked.json`: the number makes it unique and sorts it, the name is for people.
pub(super) fn numbered(index: usize, scenario: &str, ending: &str) -> String {
    let harmless = |c: char| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '-' };
    let name: String = scenario.chars().take(MAX_NAME).map(harmless).collect();
    format!("{index:03}-{name}.{ending}")
}

/// Removes what a crash left of files that were being written.
pub(super) fn remove_temporary(directory: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && name.ends_with(TEMPORARY_SUFFIX) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
