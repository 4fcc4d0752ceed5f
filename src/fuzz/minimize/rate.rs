//! How often the smallest program so far shows the anomaly.

use std::time::{Duration, Instant};

use super::acceptance::{enough, is_rarer, next};
use super::reduce::{Failed, Reducer};
use super::{Best, End};
use crate::fuzz::trial::Tally;

/// Sights after which the rate of a program is known well enough.
const MEASURED: u64 = 8;
/// How long a rate is measured at most, as a part of the budget.
const MEASURE_PART: u32 = 20;

impl Reducer<'_> {
    /// Runs the best program until its rate is known.
    pub(super) fn measure(&mut self) -> Result<(), End> {
        self.measure_beside(None)
    }

    /// The same, or until it is known to be rarer than this.
    pub(super) fn measure_beside(&mut self, before: Option<&Tally>) -> Result<(), End> {
        let scenario = self.best.scenario.clone();
        let (since, time) = (Instant::now(), self.options.budget / MEASURE_PART);
        // A rate that is about to change anyway need not be known well.
        let wanted = if self.thorough { MEASURED } else { MEASURED / 2 };
        let is_known = |tally: &Tally| {
            tally.seen >= wanted || before.is_some_and(|before| is_rarer(tally, before))
        };
        while !is_known(&self.best.tally) {
            let left = time.saturating_sub(since.elapsed());
            if left.is_zero() {
                break;
            }
            let missing = (wanted - self.best.tally.seen) as f64 / self.best.tally.rate();
            match self.trial(&scenario, missing, left) {
                Ok(trial) => {
                    let Best { signature, class, tally, .. } = &mut self.best;
                    tally.add(scenario.run.mode, &trial, signature, *class);
                }
                // It has run before.
                Err(Failed::Program) => break,
                Err(Failed::End(end)) => return Err(end),
            }
        }
        Ok(())
    }

    /// That nothing smaller shows it means nothing if this program does not any more either: rates
    /// change with the load of a machine, and some sights come only once.
    pub(super) fn shows_still(&mut self) -> Result<(), End> {
        self.tell("doubts");
        let scenario = self.best.scenario.clone();
        let (mut run, end) = (0.0, enough(&self.best.tally));
        while run < end {
            let more = next(&self.best.tally, run, end);
            let trial = match self.trial(&scenario, more, Duration::MAX) {
                Ok(trial) => trial,
                Err(Failed::Program) => break,
                Err(Failed::End(end)) => return Err(end),
            };
            let mut tally = Tally::default();
            tally.add(scenario.run.mode, &trial, &self.best.signature, self.best.class);
            if tally.seen > 0 {
                return Ok(());
            }
            if tally.in_all <= 0.0 {
                break;
            }
            run += tally.in_all;
        }
        Err(End::Faded)
    }
}
