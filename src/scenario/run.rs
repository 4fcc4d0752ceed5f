//! `[run]`: how to run a scenario.

use std::time::Duration;

use super::diagnostic::Diagnostic;
use super::reader::Reader;
use super::types::{Mode, RunSettings};
use super::values;
use super::words::Word;

/// The keys of `[run]`, with their meaning.
pub(super) const KEYS: [(&str, &str); 6] = [
    (
        "mode",
        "`free` (the default): every actor loops as fast as it can. `rounds`: all start \
         together from a fresh fixture, once per round.",
    ),
    ("duration", "Stop after this long."),
    ("iterations", "Stop each actor after this many iterations (free mode)."),
    ("rounds", "Stop after this many rounds (rounds mode)."),
    (
        "hang_after",
        "A call that has not returned after this long is the anomaly `hang` (default \
                    10s).",
    ),
    ("seed", "Fixes every random choice."),
];

/// How long a call may take before it counts as hung.
pub const HANG_AFTER: Duration = Duration::from_secs(10);

/// The settings of a file without `[run]`.
pub(super) fn defaults() -> RunSettings {
    RunSettings {
        mode: Mode::Free,
        duration: None,
        iterations: None,
        rounds: None,
        hang_after: HANG_AFTER,
        seed: None,
    }
}

/// Reads `[run]`.
pub(super) fn read(mut table: Reader<'_>) -> RunSettings {
    let log = table.log;
    let mode_item = table.optional("mode");
    let mode: Option<Mode> = match &mode_item {
        Some(item) => item.word(),
        None => Some(Mode::Free),
    };
    let duration = table.optional("duration").and_then(|item| values::positive_time(&item));
    let iterations = table.optional("iterations");
    let rounds = table.optional("rounds");
    for (item, key, wanted, other) in [
        (&iterations, "iterations", Mode::Free, "rounds"),
        (&rounds, "rounds", Mode::Rounds, "iterations"),
    ] {
        let (Some(item), Some(mode)) = (item, mode) else { continue };
        if mode != wanted {
            let default = if mode_item.is_some() { "" } else { ", as it is by default" };
            let (wanted, mode) = (wanted.word(), mode.word());
            log.add(
                Diagnostic::new(
                    item.key.clone(),
                    format!("`{key}` is only for mode = \"{wanted}\""),
                )
                .label(format!("the mode is \"{mode}\"{default}"))
                .help(format!("in this mode, write `{other}`")),
            );
        }
    }
    let settings = RunSettings {
        mode: mode.unwrap_or(Mode::Free),
        duration,
        iterations: iterations.and_then(|item| item.integer(1, u64::MAX)),
        rounds: rounds.and_then(|item| item.integer(1, u64::MAX)),
        hang_after: table
            .optional("hang_after")
            .and_then(|item| values::positive_time(&item))
            .unwrap_or(HANG_AFTER),
        seed: table.optional("seed").and_then(|item| item.integer(0, u64::MAX)),
    };
    table.finish();
    settings
}
