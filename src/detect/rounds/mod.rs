//! What rounds come to: the serial ones first, and the races where those agree with the model.

mod accept;
mod example;
mod race;
mod serial;
mod sight;
mod summary;

pub use accept::{Accepted, ProfileError, UnknownRelaxation};

use race::Race;
use serial::Serial;
pub use serial::shows_serially;

use super::judge::{Judgement, run_anomalies};
use super::{Effort, Sighting, verdict};
use crate::engine::rounds::RoundsRecord;
use crate::model::{self, Order, Program, Rules, Unmodelled};
use crate::outcome::Outcome;
use crate::plan::Plan;
use crate::plan::errnos::environment;
use crate::report::{Anomaly, NeverSeen, OutcomeCount};
use crate::sys::errno;

/// What rounds come to.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundsJudgement {
    /// Anomalies and verdict.
    pub judgement: Judgement,
    /// Allowed outcomes seen / allowed outcomes; `None` if they are too many to be counted.
    pub coverage: Option<f64>,
    /// The different outcomes, the most frequent first.
    pub outcomes: Vec<OutcomeCount>,
    /// The allowed outcomes that no round had; `None` if there are none, or too many to be counted.
    pub never_seen: Option<NeverSeen>,
    /// How many of all outcomes, listed or not, a single round showed.
    pub once: usize,
    /// Races of which nobody can say whether they are allowed.
    pub unjudged: u64,
    /// Whether some serial round differs from the model, accepted or not.
    pub differs: bool,
    /// Steps done by all actors in races.
    pub ops: u64,
}

/// Judges what the rounds of a plan observed, where rules and accepted relaxations are these.
pub fn judge_rounds(
    plan: &Plan,
    record: &RoundsRecord,
    rules: Rules,
    accepted: &Accepted,
) -> RoundsJudgement {
    RoundsJudge::new(plan, rules, accepted).judge(record)
}

/// Judges the rounds of one plan: the serial ones as soon as they have run, and all of them at the
/// end.
#[derive(Debug)]
pub struct RoundsJudge<'a> {
    plan: &'a Plan,
    accepted: &'a Accepted,
    effort: Effort<'a>,
    model: Result<model::Judge, Unmodelled>,
    /// Whether the outcomes are listed.
    lists: bool,
}

impl<'a> RoundsJudge<'a> {
    /// Explores the plan, which can take a fraction of a second.
    pub fn new(plan: &'a Plan, rules: Rules, accepted: &'a Accepted) -> Self {
        Self::with(plan, rules, accepted, Effort::Thorough)
    }

    /// The same, with so much effort.
    pub fn with(plan: &'a Plan, rules: Rules, accepted: &'a Accepted, effort: Effort<'a>) -> Self {
        let program = Program::new(plan, rules);
        let model = program.map(|program| model::Judge::new(program, effort.limits()));
        Self { plan, accepted, effort, model, lists: true }
    }

    /// Of a plan that has been explored. What it comes to lists no outcomes.
    pub fn of(plan: &'a Plan, model: model::Judge, accepted: &'a Accepted) -> Self {
        Self { plan, accepted, effort: Effort::Thorough, model: Ok(model), lists: false }
    }

    /// The orders for serial rounds; none where the model does not know the program, or where
    /// every order ends with actors that wait for each other.
    pub fn orders(&self) -> Vec<Order> {
        let program = self.model.as_ref().map(model::Judge::program);
        program.map_or_else(|_| Vec::new(), |program| model::orders(program, self.plan.seed))
    }

    /// Orders in which one actor after the other does all its steps; none as for
    /// [`RoundsJudge::orders`].
    pub fn orders_in_turn(&self) -> Vec<Order> {
        let program = self.model.as_ref().map(model::Judge::program);
        program.map_or_else(|_| Vec::new(), |program| model::in_turn(program, self.plan.seed))
    }

    /// Whether a race says anything: the serial rounds of `record` agree with the model.
    pub fn agrees(&self, record: &RoundsRecord) -> bool {
        match &self.model {
            Err(_) => true,
            Ok(model) => Serial::of(self.plan, record, model, self.accepted).agrees(),
        }
    }

    /// Judges everything.
    pub fn judge(&mut self, record: &RoundsRecord) -> RoundsJudgement {
        let plan = self.plan;
        let summary = summary::of(plan, record);
        let (mut anomalies, mut sightings) = run_anomalies(plan, &summary);
        let mut limit = record.not_restored.map(not_restored);
        let (mut coverage, mut outcomes, mut never_seen) = (None, Vec::new(), None);
        let (mut once, mut unjudged) = (0, 0);
        let (mut difference, mut lacking) = (None, None);
        match &mut self.model {
            Err(unmodelled) => {
                limit = Some(format!("the model does not know this program: {unmodelled}"));
            }
            Ok(model) => {
                let serial = Serial::of(plan, record, model, self.accepted);
                if !serial.departed.is_empty() {
                    let (found, accepted) = serial.anomalies();
                    difference = Some(accepted);
                    sightings.extend(serial.sightings(&found));
                    anomalies.extend(found);
                } else if serial.lacking.is_some() {
                    lacking = serial.lacking;
                } else if verdict::unsupported(plan, &summary).is_none() {
                    // What the filesystem does not have, it cannot do wrong.
                    let cached = serial.cached();
                    let kinds = serial.sightings(&cached);
                    let mut race = Race::new(plan, record, model, self.accepted, self.effort);
                    // Where there was no room or no memory, the verdict says so, and nobody is
                    // accused.
                    let seen = record.seen.iter();
                    for seen in seen.filter(|seen| !ran_short(&seen.history.outcome)) {
                        race.history(seen);
                    }
                    coverage = race.coverage();
                    (once, unjudged) = (race.once(), race.unjudged());
                    limit = limit.or(race.limit());
                    if self.lists {
                        outcomes = race.outcomes();
                        never_seen = race.never_seen();
                    }
                    sightings.extend(race.sightings());
                    anomalies.extend(race.into_anomalies());
                    // What races have shown as well counts there.
                    let is_new = |one: &Anomaly| anomalies.iter().all(|it| it.code != one.code);
                    let cached: Vec<Anomaly> = cached.into_iter().filter(is_new).collect();
                    let stays = |one: &Sighting| cached.iter().any(|it| it.code == one.code);
                    sightings.extend(kinds.into_iter().filter(stays));
                    anomalies.extend(cached);
                }
            }
        }
        anomalies.sort_by_key(|anomaly| std::cmp::Reverse(anomaly.class));
        let differs = difference.is_some();
        let (verdict, reason) = match (difference, lacking) {
            (Some(accepted), _) => verdict::of_difference(&anomalies, accepted),
            (None, Some(lacking)) => verdict::of_lacking(&anomalies, lacking),
            (None, None) => {
                verdict::of_rounds(plan, &summary, &anomalies, limit, record.serial.broken)
            }
        };
        let ops = summary.actors.iter().map(|actor| actor.ops).sum();
        let looked_for = Vec::new();
        let judgement = Judgement { anomalies, sightings, looked_for, verdict, reason };
        RoundsJudgement { judgement, coverage, outcomes, never_seen, once, unjudged, differs, ops }
    }
}

/// Whether some call of a round failed for want of space, memory or descriptors.
fn ran_short(outcome: &Outcome) -> bool {
    let mut steps = outcome.actors.iter().flatten();
    steps.any(|done| environment().contains(i32::from(done.returned.errno())))
}

/// Why the rounds ended early.
fn not_restored(errno: u16) -> String {
    let name = errno::name(i32::from(errno));
    if environment().contains(i32::from(errno)) {
        format!(
            "the machine or the target ran short ({name} while the fixture was made again): free \
             some room, or raise the limit, and run again"
        )
    } else {
        format!(
            "the fixture could not be made again ({name}): this filesystem shows names that are \
             gone, or not those that are there; if it caches names, mount it without that"
        )
    }
}
