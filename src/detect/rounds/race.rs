//! What raced rounds come to: every different history against the model.

use std::time::Instant;

use super::accept::Accepted;
use super::{example, sight};
use crate::detect::{Effort, Sighting, sighting};
use crate::engine::rounds::{HistorySeen, RoundsRecord};
use crate::model::relax::{
    Explanation, Question, RELAXATIONS, Relaxation, Searched, explain, search,
};
use crate::model::{self, Stuck};
use crate::outcome::{Interval, Outcome};
use crate::plan::Plan;
use crate::report::{Anomaly, Class, NeverSeen, OutcomeCount, UnseenOutcome};
use crate::stats::interval::rate;

/// Worlds that a search with relaxations looks at.
pub(super) const SEARCH_LIMIT: usize = 60_000;
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
#[derive(Clone)]
struct Finding {
    code: &'static str,
    class: Class,
    relaxations: Vec<&'static Relaxation>,
    count: u64,
    places: usize,
    /// The outcome of the example, in the terms of the model.
    outcome: Outcome,
    times: Vec<Vec<Interval>>,
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
    sightings: Vec<Sighting>,
    undecided: u64,
    started: Instant,
    effort: Effort<'a>,
}

impl<'a> Race<'a> {
    /// Nothing yet.
    pub(super) fn new(
        plan: &'a Plan,
        record: &'a RoundsRecord,
        model: &'a mut model::Judge,
        accepted: &'a Accepted,
        effort: Effort<'a>,
    ) -> Self {
        Self {
            plan,
            record,
            accepted,
            model,
            tallies: Vec::new(),
            findings: Vec::new(),
            sightings: Vec::new(),
            undecided: 0,
            started: Instant::now(),
            effort,
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
        let question = self.question(outcome, &seen.history.times);
        let explanation = if self.started.elapsed() < self.effort.explain_for() {
            self.explained(&question)
        } else {
            Explanation::GaveUp
        };
        let relaxations = match &explanation {
            Explanation::Relaxed(relaxed) if relaxed.is_empty() => return None,
            Explanation::Relaxed(relaxed) => relaxed.clone(),
            Explanation::Unexplained => Vec::new(),
            Explanation::GaveUp => {
                let code = sight::code(self.model, outcome, stuck, &[]);
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
        let code = sight::code(self.model, outcome, stuck, &relaxations);
        let class = explanation.class()?;
        let class = self.plan.class_of(code, class);
        let names = relaxations.iter().map(|one| one.name).collect();
        let seen_by = sight::operation(self.plan, outcome, stuck);
        let kind = Sighting { code, class, relaxations: names, seen_by, count: seen.count };
        sighting::note(&mut self.sightings, kind);
        let same = |one: &&mut Finding| {
            one.code == code && one.class == class && one.relaxations == relaxations
        };
        if let Some(known) = self.findings.iter_mut().find(same) {
            known.count += seen.count;
            known.places += 1;
            return Some(class);
        }
        let new = Finding {
            code,
            class,
            relaxations,
            count: seen.count,
            places: 1,
            outcome: outcome.clone(),
            times: seen.history.times.clone(),
            seen: sight::sentence(self.plan, outcome, stuck),
            example: example::of(self.plan, self.record, &seen.history, stuck),
        };
        match self.findings.iter().position(|one| one.code == code) {
            None => self.findings.push(new),
            Some(place) => {
                let merged = self.merged(&self.findings[place], new);
                self.findings[place] = merged;
            }
        }
        Some(class)
    }

    /// What explains a history, as far as there is time for it.
    fn explained(&self, question: &Question<'_>) -> Explanation {
        let accepted = self.accepted.relaxations();
        let Some(limit) = self.effort.glance() else { return explain(question, accepted) };
        match explain(&Question { limit, ..*question }, accepted) {
            Explanation::GaveUp => {}
            found => return found,
        }
        let expected = self.effort.expected();
        if self.effort == Effort::First {
            return explain(question, accepted);
        }
        if expected.is_empty() {
            // What not even all of them together explain.
            return match search(question, &RELAXATIONS) {
                Searched::Unexplained => Explanation::Unexplained,
                Searched::Explained | Searched::GaveUp => Explanation::GaveUp,
            };
        }
        let all: Vec<&'static Relaxation> = accepted.iter().chain(expected).copied().collect();
        match search(question, &all) {
            Searched::Explained => Explanation::Relaxed(expected.to_vec()),
            Searched::Unexplained | Searched::GaveUp => Explanation::GaveUp,
        }
    }

    /// Two kinds of histories that one code reports as one: the worse of them is the example, and
    /// the relaxations explain both.
    fn merged(&self, known: &Finding, new: Finding) -> Finding {
        let (count, places) = (known.count + new.count, known.places + new.places);
        let (mut worse, other) =
            if new.class > known.class { (new, known.clone()) } else { (known.clone(), new) };
        (worse.count, worse.places) = (count, places);
        // What nothing explains needs no other names beside it.
        if worse.class == Class::Unexplained || worse.relaxations == other.relaxations {
            return worse;
        }
        if self.explains(&worse.relaxations, &other) {
            return worse;
        }
        if other.class == worse.class && self.explains(&other.relaxations, &worse) {
            worse.relaxations = other.relaxations;
            return worse;
        }
        let both = RELAXATIONS.into_iter();
        let both = both
            .filter(|one| worse.relaxations.contains(one) || other.relaxations.contains(one))
            .collect();
        worse.relaxations = both;
        worse
    }

    /// Whether these, with those that are accepted, explain the example of a finding.
    fn explains(&self, relaxations: &[&'static Relaxation], finding: &Finding) -> bool {
        let accepted = self.accepted.relaxations().iter();
        let all: Vec<&'static Relaxation> = accepted.chain(relaxations).copied().collect();
        search(&self.question(&finding.outcome, &finding.times), &all) == Searched::Explained
    }

    fn question<'q>(&'q self, outcome: &'q Outcome, times: &'q [Vec<Interval>]) -> Question<'q> {
        Question {
            program: self.model.program(),
            outcome,
            times: Some(times),
            error: self.record.clock_error,
            terms: self.model.terms(),
            limit: SEARCH_LIMIT,
        }
    }

    /// Allowed outcomes seen / allowed outcomes.
    pub(super) fn coverage(&self) -> Option<f64> {
        let seen = self.tallies.iter().map(|tally| &tally.outcome);
        let coverage = self.model.coverage(seen)?;
        (coverage.allowed > 0).then(|| coverage.seen as f64 / coverage.allowed as f64)
    }

    /// Allowed outcomes that no round had.
    pub(super) fn never_seen(&self) -> Option<NeverSeen> {
        let seen = self.tallies.iter().map(|tally| &tally.outcome);
        let unseen = self.model.unseen(seen, LISTED)?;
        let outcomes = unseen.outcomes.iter().map(|(interleavings, outcome)| UnseenOutcome {
            interleavings: u64::try_from(*interleavings).unwrap_or(u64::MAX),
            results: sight::results(self.plan, outcome),
        });
        let (count, outcomes) = (unseen.count as u64, outcomes.collect());
        (count > 0).then_some(NeverSeen { count, outcomes })
    }

    /// How many outcomes a single round showed.
    pub(super) fn once(&self) -> usize {
        self.tallies.iter().filter(|tally| tally.count == 1).count()
    }

    /// Rounds of which nobody can say whether they are allowed.
    pub(super) fn unjudged(&self) -> u64 {
        self.undecided + self.record.unkept
    }

    /// What keeps the rounds from proving anything.
    pub(super) fn limit(&self) -> Option<String> {
        let left = self.unjudged();
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

    /// Everything that is forbidden, one for each kind of sight.
    pub(super) fn sightings(&mut self) -> Vec<Sighting> {
        std::mem::take(&mut self.sightings)
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
                relaxations: finding.relaxations.iter().map(|one| one.name.to_owned()).collect(),
                count: finding.count,
                trials,
                rate: interval.value,
                rate_low: interval.low,
                rate_high: interval.high,
                seen: finding.seen + &more,
                example: Some(finding.example),
                kinds: Vec::new(),
            }
        };
        self.findings.into_iter().map(anomaly).collect()
    }
}
