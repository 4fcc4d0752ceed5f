//! How often a code could have been seen by a run that did not find it.

use super::block::Block;
use crate::scenario::Mode;

/// Codes that a run can have once, whatever it does.
const ONCE: [&str; 2] = ["hang", "worker-died"];

/// The code of what differs without any race: it is there or it is not, and has no rate.
pub(super) const WITHOUT_RACE: &str = crate::detect::DIFFERENCE;

/// How often something could have been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Trials {
    /// `None` if it was not looked for.
    pub(super) number: Option<u64>,
    /// Whether the file does not say it.
    pub(super) estimated: bool,
}

/// The trials of one code in one run; `elsewhere` are all runs of that scenario on that filesystem.
pub(super) fn of(code: &str, block: &Block, elsewhere: &[&Block]) -> Trials {
    let known = |number| Trials { number, estimated: false };
    if let Some(found) = block.found.iter().find(|found| found.code == code) {
        return known(Some(found.trials));
    }
    match (block.mode, &block.looked_for) {
        (Mode::Rounds, _) => rounds(code, block, elsewhere),
        (Mode::Free, Some(codes)) => {
            known(codes.iter().find(|one| one.code == code).map(|one| one.trials))
        }
        (Mode::Free, None) if ONCE.contains(&code) => known(Some(1)),
        (Mode::Free, None) => {
            let number =
                share(code, elsewhere).zip(block.ops).map(|(share, ops)| times(ops, share));
            Trials { number, estimated: true }
        }
    }
}

/// In rounds mode, a race can show any code in every round, if there was a race.
fn rounds(code: &str, block: &Block, elsewhere: &[&Block]) -> Trials {
    let raced = block.rounds.filter(|&rounds| rounds > 0);
    if ONCE.contains(&code) {
        return Trials { number: Some(1), estimated: false };
    }
    if code == WITHOUT_RACE {
        // Serial rounds come before every race. Their number is told only where they differ.
        let found = elsewhere.iter().flat_map(|block| &block.found).find(|one| one.code == code);
        let number = raced.and(found.map(|found| found.trials));
        return Trials { number, estimated: true };
    }
    Trials { number: raced, estimated: false }
}

/// Which share of its operations could have shown a code, where it was found.
#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn share(code: &str, blocks: &[&Block]) -> Option<f64> {
    let (mut trials, mut ops) = (0.0, 0.0);
    for block in blocks {
        let found = block.found.iter().find(|found| found.code == code);
        if let Some((found, done)) = found.zip(block.ops.filter(|&ops| ops > 0)) {
            trials += found.trials as f64;
            ops += done as f64;
        }
    }
    (ops > 0.0).then(|| trials / ops)
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an estimate; the cast saturates"
)]
fn times(ops: u64, share: f64) -> u64 {
    (ops as f64 * share).round() as u64
}
