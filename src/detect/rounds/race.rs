//! What raced rounds come to: every different history against the model.

use std::time::{Duration, Instant};

use super::accept::Accepted;
use super::{example, sight};
use crate::engine::rounds::{HistorySeen, RoundsRecord};
use crate::model::relax::{Explanation, Question, explain};
use crate::model::{self, Stuck};
use crate::outcome::Outcome;
use crate::plan::Plan;
use crate::report::{Anomaly, Class, OutcomeCount};
use crate::stats::interval::rate;

/// Worlds that a search with relaxations looks at.
pub(super) const SEARCH_LIMIT: usize = 60_000;
/// How long explanations are looked for; histories that come later count with those that are
/// forbidden in the same way.
const EXPLAIN_FOR: Duration = Duration::from_secs(20);
/// Outcomes that a result lists.
const LISTED: usize = 64;

/// What is known about one distinct outcome, in any order of its calls.
struct Tally {
    outcome: Outcome,
    count: u64,
    class: Option<Class>,
    /// Whether some of it needed what is accepted.
    accepted: bool,
}

/// Histories that are forbidden in the same way.
struct Finding {
    code: &'static str,
    class: Class,
    relaxations: Vec<&'static str>,
    count: u64,
    places: usize,
    seen: String,
    example: crate::report::Example,
}

/// Judges the races of one run.
pub(super) struct Race<'a> {
    plan: &'a Plan,
    record: &'a RoundsRecord,
    accepted: &'a Accepted,
    model: &'a mut model::Judge,
    tallies: Vec<Tally>,
    findings: Vec<Finding>,
    undecided: u64,
    started: Instant,
}

impl<'a> Race<'a> {
    /// Nothing yet.
    pub(super) fn new(
        plan: &'a Plan,
        record: &'a RoundsRecord,
        model: &'a mut model::Judge,
        accepted: &'a Accepted,
    ) -> Self {
        Self {
            plan,
            record,
            accepted,
            model,
            tallies: Vec::new(),
            findings: Vec::new(),
            undecided: 0,
            started: Instant::now(),
        }
    }

    /// Takes in a history.
    pub(super) fn history(&mut self, seen: &HistorySeen) {
        let outcome = self.model.terms().outcome(&seen.history.outcome);
        let mut accepted = false;
        let class = match self.model.verdict_in_time(&seen.history, self.record.clock_error) {
            model::Verdict::Allowed => None,
            model::Verdict::Unknown => {
                self.undecided += seen.count;
                None
            }
            model::Verdict::Forbidden(stuck) => {
                let undecided = self.undecided;
                let class = self.forbidden(seen, &outcome, &stuck);
                accepted = class.is_none() && undecided == self.undecided;
                class
            }
        };
        match self.tallies.iter_mut().find(|tally| tally.outcome == outcome) {
            Some(tally) => {
                tally.count += seen.count;
                tally.class = tally.class.max(class);
                tally.accepted |= accepted;
            }
            None => self.tallies.push(Tally { outcome, count: seen.count, class, accepted }),
        }
    }

    /// Explains a history that no order explains; returns its class, unless what explains it is
    /// accepted, or it stays undecided.
    fn forbidden(&mut self, seen: &HistorySeen, outcome: &Outcome, stuck: &Stuck) -> Option<Class> {
        let explanation = if self.started.elapsed() < EXPLAIN_FOR {
            let question = Question {
                program: self.model.program(),
                outcome,
                times: Some(&seen.history.times),
                error: self.record.clock_error,
                terms: self.model.terms(),
                limit: SEARCH_LIMIT,
            };
            explain(&question, self.accepted.relaxations())
        } else {
            Explanation::GaveUp
        };
        let relaxed = match &explanation {
            Explanation::Relaxed(relaxed) if relaxed.is_empty() => return None,
            Explanation::Relaxed(relaxed) => relaxed.clone(),
            Explanation::Unexplained => Vec::new(),
            Explanation::GaveUp => {
                let code = sight::code(self.model.program(), outcome, stuck, &[]);
                // Counted with what is forbidden in the same way; alone, it decides nothing.
                if let Some(known) = self.findings.iter_mut().find(|one| one.code == code) {
                    known.count += seen.count;
                    known.places += 1;
                    return Some(known.class);
                }
                self.undecided += seen.count;
                return None;
            }
        };
        let code = sight::code(self.model.program(), outcome, stuck, &relaxed);
        let class = explanation.class()?;
        let forbidden = class < Class::Forbidden && self.plan.forbid.iter().any(|one| one == code);
        let class = if forbidden { Class::Forbidden } else { class };
        let relaxations: Vec<&'static str> = relaxed.iter().map(|one| one.name).collect();
        let known = self.findings.iter_mut().find(|one| one.code == code);
        match known {
            Some(known) if known.class >= class => {
                known.count += seen.count;
                known.places += 1;
            }
            Some(known) => {
                // A worse one takes the place of the example.
                known.count += seen.count;
                known.places += 1;
                known.class = class;
                known.relaxations = relaxations;
                known.seen = sight::sentence(self.plan, outcome, stuck);
                known.example = example::of(self.plan, self.record, &seen.history, stuck);
            }
            None => self.findings.push(Finding {
                code,
                class,
                relaxations,
                count: seen.count,
                places: 1,
                seen: sight::sentence(self.plan, outcome, stuck),
                example: example::of(self.plan, self.record, &seen.history, stuck),
            }),
        }
        Some(class)
    }

    /// Allowed outcomes seen / allowed outcomes.
    pub(super) fn coverage(&self) -> Option<f64> {
        let seen = self.tallies.iter().map(|tally| &tally.outcome);
        let coverage = self.model.coverage(seen)?;
        (coverage.allowed > 0).then(|| coverage.seen as f64 / coverage.allowed as f64)
    }

    /// What keeps the rounds from proving anything.
    pub(super) fn limit(&self) -> Option<String> {
        let left = self.undecided + self.record.unkept;
        (left > 0).then(|| {
            format!(
                "{left} of {} rounds were not judged: the program has too many outcomes; make it \
                 smaller",
                self.record.rounds
            )
        })
    }

    /// The different outcomes, the most frequent first.
    pub(super) fn outcomes(&mut self) -> Vec<OutcomeCount> {
        self.tallies.sort_by_key(|tally| std::cmp::Reverse(tally.count));
        let listed = self.tallies.iter().take(LISTED).map(|tally| OutcomeCount {
            count: tally.count,
            class: tally.class,
            accepted: tally.accepted && tally.class.is_none(),
            results: sight::results(self.plan, &tally.outcome),
        });
        listed.collect()
    }

    /// Everything that is forbidden.
    pub(super) fn into_anomalies(self) -> Vec<Anomaly> {
        let trials = self.record.rounds - self.record.unkept;
        let anomaly = |finding: Finding| {
            let interval = rate(finding.count, trials);
            let more = match finding.places {
                1 => String::new(),
                places => format!(" (and {} more histories like it)", places - 1),
            };
            Anomaly {
                code: finding.code.to_owned(),
                class: finding.class,
                relaxations: finding.relaxations.iter().map(|name| (*name).to_owned()).collect(),
                count: finding.count,
                trials,
                rate: interval.value,
                rate_low: interval.low,
                rate_high: interval.high,
                seen: finding.seen + &more,
                example: Some(finding.example),
            }
        };
        self.findings.into_iter().map(anomaly).collect()
    }
}
