//! A comparison as CSV: one row per scenario, filesystem, code and column that is held against the
//! first.

use std::io::{self, Write};

use super::cell::changes;
use crate::compare::Comparison;
use crate::report::SCHEMA_VERSION;
use crate::scenario::Mode;

/// The columns, in the order they are written.
pub const COLUMNS: [&str; 27] = [
    "schema_version",
    "verdict",
    "scenario",
    "digest",
    "mode",
    "fs_type",
    "target",
    "code",
    "class",
    "old",
    "old_state",
    "old_count",
    "old_trials",
    "old_rate",
    "new",
    "new_state",
    "new_count",
    "new_trials",
    "new_rate",
    "ratio",
    "ratio_low",
    "ratio_high",
    "p",
    "p_adjusted",
    "dispersion",
    "estimated",
    "words",
];

/// Writes the header and all rows.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write(comparison: &Comparison, out: impl Write) -> io::Result<()> {
    fn text<T: ToString>(value: Option<T>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    let state = |state| match serde_json::to_value(state) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    };
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    for row in &comparison.rows {
        let old = &row.cells[0];
        for (index, change) in changes(row) {
            let new = &row.cells[index];
            writer.write_record([
                SCHEMA_VERSION.to_string(),
                change.verdict.code().to_owned(),
                row.scenario.clone(),
                row.digest.clone(),
                match row.mode {
                    Mode::Free => "free".to_owned(),
                    Mode::Rounds => "rounds".to_owned(),
                },
                row.fs_type.clone(),
                row.target.clone().unwrap_or_default(),
                row.code.clone(),
                text(row.class.map(|class| class.name())),
                comparison.columns[0].label.clone(),
                state(old.state),
                old.count.to_string(),
                text(old.trials),
                text(old.rate),
                comparison.columns[index].label.clone(),
                state(new.state),
                new.count.to_string(),
                text(new.trials),
                text(new.rate),
                text(change.ratio),
                text(change.ratio_low),
                text(change.ratio_high),
                text(change.p),
                text(change.p_adjusted),
                text(change.dispersion),
                (old.estimated || new.estimated).to_string(),
                change.words.clone(),
            ])?;
        }
    }
    writer.flush()
}
