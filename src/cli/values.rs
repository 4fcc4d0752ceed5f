//! Values on the command line that clap does not know.

use std::time::Duration;

/// A duration as scenario files write it: `500ms`, `5s`, `1.5m`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let parsed = crate::scenario::duration(text)
        .map_err(|_| "write a number and a unit, such as 500ms, 5s or 2m".to_owned())?;
    if parsed.is_zero() { Err("must be longer than nothing".to_owned()) } else { Ok(parsed) }
}
