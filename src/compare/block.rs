//! Rows of a file to single runs of a scenario.

use std::collections::HashMap;

use super::CompareError;
use crate::report::csv::{Found, Row};
use crate::report::{Host, LookedFor, Target, Verdict};
use crate::scenario::Mode;

/// One run of one scenario on one target: all rows about it.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) host: Host,
    pub(super) fsrace_version: String,
    pub(super) started: String,
    pub(super) seed: Option<u64>,
    pub(super) scenario: String,
    pub(super) digest: String,
    pub(super) mode: Mode,
    pub(super) actors: Option<u32>,
    pub(super) target: Target,
    pub(super) verdict: Verdict,
    pub(super) reason: String,
    pub(super) ops: Option<u64>,
    pub(super) iterations: Option<u64>,
    pub(super) rounds: Option<u64>,
    pub(super) looked_for: Option<Vec<LookedFor>>,
    pub(super) accepted: Option<Vec<String>>,
    /// One per code.
    pub(super) found: Vec<Found>,
    line: u64,
}

/// What rows about one run have in common.
type Key = (String, Option<u64>, Host, String, String, String);

/// The runs that these rows of a file tell about, in their order.
///
/// # Errors
///
/// The same thing said twice (the file is concatenated with itself, say), or two things that cannot
/// both be true.
pub(super) fn blocks(rows: Vec<Row>, file: &str) -> Result<Vec<Block>, CompareError> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut known: HashMap<Key, usize> = HashMap::new();
    for row in rows {
        let line = row.line;
        let wrong = |problem: String| CompareError::Row { file: file.to_owned(), line, problem };
        check(&row).map_err(wrong)?;
        let key = key(&row);
        match known.get(&key).map(|&index| &mut blocks[index]) {
            Some(block) if belongs(block, &row) => block.found.extend(row.found),
            // Without a start, it can be another run.
            Some(block) if !row.started.is_empty() => {
                return Err(wrong(clash(block, &row)));
            }
            _ => {
                known.insert(key, blocks.len());
                blocks.push(Block::from(row));
            }
        }
    }
    Ok(blocks)
}

fn key(row: &Row) -> Key {
    (
        row.started.clone(),
        row.seed,
        row.host.clone(),
        row.scenario.clone(),
        row.digest.clone(),
        row.target.path.clone(),
    )
}

fn check(row: &Row) -> Result<(), String> {
    match &row.found {
        Some(found) if found.count > found.trials => Err(format!(
            "`{}` was seen {} times in {} trials, which cannot be: was the file edited?",
            found.code, found.count, found.trials
        )),
        Some(found) if found.count == 0 => Err(format!(
            "`{}` was seen 0 times, but what was not found has no row: was the file edited?",
            found.code
        )),
        _ => Ok(()),
    }
}

/// Whether a row adds another code to what is known of a run.
fn belongs(block: &Block, row: &Row) -> bool {
    let fresh = |found: &Found| block.found.iter().all(|known| known.code != found.code);
    !block.found.is_empty() && row.found.as_ref().is_some_and(fresh)
}

fn clash(block: &Block, row: &Row) -> String {
    let run = format!("`{}` on {} in the run of {}", row.scenario, row.target.path, row.started);
    let found = row.found.as_ref().map(|found| found.code.as_str());
    match found {
        Some(code) if block.found.is_empty() => {
            format!(
                "`{code}` was found by {run}, of which line {} says that nothing was",
                block.line
            )
        }
        None if !block.found.is_empty() => {
            format!(
                "nothing was found by {run}, of which line {} has `{}`",
                block.line, block.found[0].code
            )
        }
        _ => format!(
            "{run} is already in line {}: take one of them out, for counted twice it would pass \
             for more than it is",
            block.line
        ),
    }
}

impl From<Row> for Block {
    fn from(row: Row) -> Self {
        Self {
            host: row.host,
            fsrace_version: row.fsrace_version,
            started: row.started,
            seed: row.seed,
            scenario: row.scenario,
            digest: row.digest,
            mode: row.mode,
            actors: row.actors,
            target: row.target,
            verdict: row.verdict,
            reason: row.reason,
            ops: row.ops,
            iterations: row.iterations,
            rounds: row.rounds,
            looked_for: row.looked_for,
            accepted: row.accepted,
            found: row.found.into_iter().collect(),
            line: row.line,
        }
    }
}
