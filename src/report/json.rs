//! The result as JSON, the contract itself.

use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{ReadError, ReadProblem, Report, SCHEMA_VERSION};

/// Writes a report, or whatever else a command comes to, indented, with a newline at the end.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write(report: &impl Serialize, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, report)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Reads a report. Keys that this version does not know are passed over.
///
/// # Errors
///
/// [`ReadError`] with file and line: the file cannot be read, is of another schema version, is cut
/// off, or is not a report.
pub fn read_json(path: &Path) -> Result<Report, ReadError> {
    let fail = |line, problem| ReadError { path: path.to_owned(), line, problem };
    let text = std::fs::read_to_string(path).map_err(|e| fail(None, ReadProblem::Io(e)))?;
    if text.trim().is_empty() {
        return Err(fail(None, ReadProblem::Empty));
    }
    let syntax = |e: serde_json::Error| {
        // The path and the line are said by the error around it.
        let message = e.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        fail(
            Some(e.line() as u64),
            ReadProblem::Syntax(format!("column {}: {message}", e.column())),
        )
    };
    // In another version nothing else need make sense, so that it is looked at first.
    let version: Version = serde_json::from_str(&text).map_err(syntax)?;
    if version.schema_version != SCHEMA_VERSION {
        let found = version.schema_version.to_string();
        let made_by = version.fsrace_version;
        return Err(fail(None, ReadProblem::SchemaVersion { found, made_by }));
    }
    serde_json::from_str(&text).map_err(syntax)
}

#[derive(Deserialize)]
struct Version {
    schema_version: u32,
    fsrace_version: Option<String>,
}
