//! What follows from a result, so that no format has to work it out.

use super::{Example, ExampleEvent, OutcomeCount, Report, ScenarioResult, Unfinished, Verdict};
use crate::stats;

/// Nothing was seen, in so many trials: what rate that still leaves room for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// Rounds, or iterations in free mode.
    pub trials: u64,
    /// Upper end of the 95 % interval of the rate.
    pub rate_high: f64,
}

impl Report {
    /// How many results have this verdict.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.results.iter().filter(|result| result.verdict == verdict).count()
    }

    /// How long all scenarios together ran, in seconds.
    #[must_use]
    pub fn elapsed_s(&self) -> f64 {
        self.results.iter().map(|result| result.elapsed_s).sum()
    }

    /// What is still to be run and has not even begun.
    pub fn not_begun(&self) -> impl Iterator<Item = &Unfinished> {
        self.unfinished.iter().filter(|one| {
            let same = |result: &ScenarioResult| {
                result.scenario == one.scenario && result.target.path == one.target
            };
            !self.results.iter().any(same)
        })
    }

    /// Whether everything that was planned has run.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.unfinished.is_empty()
    }
}

impl ScenarioResult {
    /// What a result without anomalies is worth; `None` for one with some, or that did not run.
    #[must_use]
    pub fn bound(&self) -> Option<Bound> {
        let trials = self.rounds.unwrap_or(self.iterations);
        let rate_high = stats::rate(0, trials).high;
        (trials > 0 && self.anomalies.is_empty()).then_some(Bound { trials, rate_high })
    }

    /// System-call steps per second; `None` where nothing ran.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "shown with three figures")]
    pub fn ops_per_second(&self) -> Option<f64> {
        (self.ops > 0 && self.elapsed_s > 0.0).then(|| self.ops as f64 / self.elapsed_s)
    }

    /// Share of the rounds that had an outcome, 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "shown in per cent")]
    pub fn share(&self, outcome: &OutcomeCount) -> f64 {
        outcome.count as f64 / self.judged_rounds().max(1) as f64
    }

    /// Rounds whose outcome is not among those that are listed.
    #[must_use]
    pub fn unlisted_rounds(&self) -> u64 {
        self.judged_rounds() - self.listed_rounds()
    }

    fn judged_rounds(&self) -> u64 {
        self.rounds.unwrap_or_default().max(self.listed_rounds())
    }

    fn listed_rounds(&self) -> u64 {
        self.outcomes.iter().map(|outcome| outcome.count).sum()
    }
}

impl Example {
    /// The step that shows the anomaly.
    #[must_use]
    pub fn anomalous(&self) -> Option<&ExampleEvent> {
        self.events.iter().find(|event| event.anomalous)
    }

    /// Whether a step of another actor may have run at the same time as the anomalous one; one that
    /// has not returned still runs.
    #[must_use]
    pub fn beside(&self, event: &ExampleEvent) -> bool {
        let end = |event: &ExampleEvent| event.end_ns.unwrap_or(i64::MAX);
        self.anomalous().is_some_and(|anomaly| {
            anomaly.actor != event.actor
                && anomaly.start_ns <= end(event)
                && event.start_ns <= end(anomaly)
        })
    }
}
