//! The result as JSON, the contract itself.

use std::io::{self, Write};

use super::GuaranteesReport;

/// Writes a report, indented, with a newline at the end.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write(report: &GuaranteesReport, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, report)?;
    out.write_all(b"\n")?;
    out.flush()
}
