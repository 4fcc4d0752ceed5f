//! A comparison as JSON.

use std::io::{self, Write};

use crate::compare::Comparison;

/// Writes it, indented, with a newline at the end.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write(comparison: &Comparison, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, comparison)?;
    out.write_all(b"\n")?;
    out.flush()
}
