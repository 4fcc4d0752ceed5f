//! What serial rounds come to: where the filesystem leaves the model although nothing runs at the
//! same time.

use super::accept::Accepted;
use super::race::SEARCH_LIMIT;
use super::{example, ran_short, sight};
use crate::detect::{
    Sighting, einval_write, semantic_difference, sighting, verdict, zero_inode_fd,
};
use crate::engine::rounds::RoundsRecord;
use crate::model::relax::{
    CLOSE_TO_OPEN, Explanation, Question, Relaxation, STALE_DENTRY, Searched, explain, relaxation,
    search,
};
use crate::model::{self, Departure, Instead, Replayed, Stuck};
use crate::outcome::{Done, History, Identity, Returned, Words};
use crate::plan::Plan;
use crate::report::{Anomaly, Class};
use crate::stats::interval::rate;

/// The detectors that need no model: what they see is wrong in any order, and keeps its name.
const WITHOUT_MODEL: [&str; 2] = [zero_inode_fd::DETECTOR.code, einval_write::DETECTOR.code];

/// Whether serial rounds that show it say so by this code; what else they show is a semantic difference, or that
/// clients cache.
pub fn shows_serially(code: &str) -> bool {
    WITHOUT_MODEL.contains(&code)
}

/// The serial rounds of a run, followed through the model.
pub(super) struct Serial<'a> {
    plan: &'a Plan,
    record: &'a RoundsRecord,
    model: &'a model::Judge,
    accepted: &'a Accepted,
    /// Rounds that could be followed.
    followed: u64,
    /// Those that leave the model, put into its terms.
    pub(super) departed: Vec<Departed>,
    /// Those of them that caches of clients explain, where several clients are raced: one call after
    /// the other is how these show, so that they are no reason not to race.
    cached: Vec<Departed>,
    /// An operation that the filesystem turned down as unknown to it, where the model has a result:
    /// what it does not have, it cannot do wrong. In words.
    pub(super) lacking: Option<String>,
}

/// A serial round that leaves the model.
pub(super) struct Departed {
    history: History,
    departure: Departure,
    code: &'static str,
}

impl<'a> Serial<'a> {
    /// Follows them all.
    pub(super) fn of(
        plan: &'a Plan,
        record: &'a RoundsRecord,
        model: &'a model::Judge,
        accepted: &'a Accepted,
    ) -> Self {
        let mut serial = Self {
            plan,
            record,
            model,
            accepted,
            followed: 0,
            departed: Vec::new(),
            cached: Vec::new(),
            lacking: None,
        };
        let histories = record.serial.histories.iter();
        let histories = histories.filter(|history| !ran_short(&history.outcome));
        histories.for_each(|history| serial.follow(history));
        serial
    }

    /// Whether the model explains them all.
    pub(super) fn agrees(&self) -> bool {
        self.departed.is_empty() && self.lacking.is_none()
    }

    fn follow(&mut self, history: &History) {
        let (program, terms) = (self.model.program(), self.model.terms());
        let outcome = terms.outcome(&history.outcome);
        let history = History { outcome, times: history.times.clone() };
        match model::replay(program, terms, &history, self.record.clock_error) {
            Replayed::NotSerial => {}
            Replayed::Explained => self.followed += 1,
            Replayed::Departs(departure) => {
                self.followed += 1;
                let relaxed = self.accepted.relaxations();
                if let Some(lacking) = self.lacks(&history, &departure) {
                    self.lacking = Some(lacking);
                } else if search(&self.question(&history), relaxed) == Searched::Unexplained {
                    let cached = self.plan.is_spread()
                        && search(&self.question(&history), &with_caches(relaxed))
                            == Searched::Explained;
                    let code = self.code(&history, &departure, cached);
                    let departed = Departed { history, departure, code };
                    if cached { &mut self.cached } else { &mut self.departed }.push(departed);
                }
            }
        }
    }

    fn lacks(&self, history: &History, departure: &Departure) -> Option<String> {
        let &(actor, index) = stuck(departure).unexplained.first()?;
        let done = &history.outcome.actors[actor][index];
        verdict::lacks(self.plan, actor, done.step, done.returned.errno())
    }

    fn question<'b>(&'b self, history: &'b History) -> Question<'b> {
        Question {
            program: self.model.program(),
            outcome: &history.outcome,
            times: Some(&history.times),
            error: self.record.clock_error,
            terms: self.model.terms(),
            limit: SEARCH_LIMIT,
        }
    }

    fn code(&self, history: &History, departure: &Departure, cached: bool) -> &'static str {
        let relaxed: &[&Relaxation] = if cached { &CACHES } else { &[] };
        let code = sight::code(self.model, &history.outcome, &stuck(departure), relaxed);
        if cached || shows_serially(code) { code } else { semantic_difference::DETECTOR.code }
    }

    /// What caches of clients have shown, one anomaly for each code.
    pub(super) fn cached(&self) -> Vec<Anomaly> {
        let codes = codes(&self.cached).into_iter();
        codes.filter_map(|code| self.anomaly(&self.cached, code, Class::Documented)).collect()
    }

    /// The kinds of sights behind these anomalies, which are of serial rounds.
    pub(super) fn sightings(&self, anomalies: &[Anomaly]) -> Vec<Sighting> {
        let mut sightings = Vec::new();
        for Departed { history, departure, code } in self.departed.iter().chain(&self.cached) {
            let Some(anomaly) = anomalies.iter().find(|anomaly| anomaly.code == *code) else {
                continue;
            };
            let relaxations = anomaly.relaxations.iter();
            let relaxations = relaxations.filter_map(|name| Some(relaxation(name)?.name)).collect();
            let seen_by = sight::operation(self.plan, &history.outcome, &stuck(departure));
            let class = anomaly.class;
            sighting::note(
                &mut sightings,
                Sighting { code, class, relaxations, seen_by, count: 1 },
            );
        }
        sightings
    }

    /// One anomaly for each code, with the shortest prefix that shows it; and, if the run takes a
    /// semantic difference as it is, that in words instead.
    pub(super) fn anomalies(&self) -> (Vec<Anomaly>, Option<String>) {
        let codes = codes(&self.departed).into_iter();
        let mut anomalies: Vec<Anomaly> =
            codes.filter_map(|code| self.anomaly(&self.departed, code, Class::Forbidden)).collect();
        let mut accepted = None;
        if self.accepted.semantic_difference() {
            anomalies.retain(|anomaly| {
                let other = anomaly.code != semantic_difference::DETECTOR.code;
                if !other {
                    accepted = Some(anomaly.seen.clone());
                }
                other
            });
        }
        (anomalies, accepted)
    }

    fn anomaly(&self, departed: &[Departed], code: &str, class: Class) -> Option<Anomaly> {
        let alike = || departed.iter().filter(|departed| departed.code == code);
        let shortest = alike().min_by_key(|departed| departed.departure.length())?;
        let Departed { history, departure, code } = shortest;
        let explanation = explain(&self.question(history), self.accepted.relaxations());
        let relaxations = match explanation {
            Explanation::Relaxed(relaxed) => relaxed.iter().map(|one| one.name.into()).collect(),
            Explanation::Unexplained | Explanation::GaveUp => Vec::new(),
        };
        let count = alike().count() as u64;
        let interval = rate(count, self.followed);
        let prefix = departure.steps.iter().copied();
        Some(Anomaly {
            code: (*code).to_owned(),
            class,
            relaxations,
            count,
            trials: self.followed,
            rate: interval.value,
            rate_low: interval.low,
            rate_high: interval.high,
            seen: self.sentence(history, departure),
            kinds: Vec::new(),
            example: Some(example::of_steps(
                self.plan,
                self.record,
                history,
                &stuck(departure),
                prefix,
            )),
        })
    }

    /// What was seen, and what the model has instead.
    fn sentence(&self, history: &History, departure: &Departure) -> String {
        let seen = sight::sentence(self.plan, &history.outcome, &stuck(departure));
        match &departure.instead {
            Instead::Results(results) => {
                let (actor, index) = departure.steps[departure.steps.len() - 1];
                let done = &history.outcome.actors[actor];
                let instead = self.instead(actor, &done[..=index], results);
                format!("{seen}; the model has {instead}")
            }
            Instead::Left(trees) => {
                let words = Words::new(self.plan)
                    .telling_apart(|entry| self.model.terms().is_stable(entry));
                let trees: Vec<String> = trees.iter().map(|tree| words.left(tree)).collect();
                format!(
                    "all calls are as they should be, but what is left is {}; the model has {}",
                    words.left(&history.outcome.left),
                    trees.join(", or ")
                )
            }
        }
    }

    /// What the model lets the last of these steps return, in words.
    fn instead(&self, actor: usize, done: &[Done], results: &[Returned]) -> String {
        let Some((last, before)) = done.split_last() else { return String::new() };
        let words = results.iter().map(|returned| {
            let one = Done { step: last.step, returned: returned.clone() };
            let history = [before, &[one]].concat();
            let words = sight::result(self.plan, actor, &history, before.len());
            match (returned, &last.returned) {
                (Returned::Stat(has), Returned::Stat(seen))
                    if has.identity == Identity::Other && seen.identity != Identity::Zero =>
                {
                    format!("{words}, another inode number")
                }
                _ => words,
            }
        });
        let words: Vec<String> = words.collect();
        if words.is_empty() { "it wait".to_owned() } else { words.join(", or ") }
    }
}

/// The relaxations that blame caches, which systems document.
const CACHES: [&Relaxation; 2] = [&CLOSE_TO_OPEN, &STALE_DENTRY];

/// What is accepted, and caches.
fn with_caches(accepted: &[&'static Relaxation]) -> Vec<&'static Relaxation> {
    accepted.iter().chain(&CACHES).copied().collect()
}

/// Their codes, each once.
fn codes(departed: &[Departed]) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> = Vec::new();
    for departed in departed {
        codes.extend((!codes.contains(&departed.code)).then_some(departed.code));
    }
    codes
}

/// The place at which it leaves the model, as a search would tell it.
fn stuck(departure: &Departure) -> Stuck {
    match departure.instead {
        Instead::Left(_) => Stuck { explained: departure.steps.clone(), unexplained: Vec::new() },
        Instead::Results(_) => {
            let (last, before) = departure
                .steps
                .split_last()
                .map_or((None, &[][..]), |(last, before)| (Some(*last), before));
            Stuck { explained: before.to_vec(), unexplained: last.into_iter().collect() }
        }
    }
}
