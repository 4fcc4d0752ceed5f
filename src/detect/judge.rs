//! Runs every detector over a record and sums up.

use super::{
    DETECTORS, Detector, Expectations, How, Incident, Look, Sighting, example, sighting, verdict,
    words,
};
use crate::engine::event::Event;
use crate::engine::record::{Record, Seen};
use crate::model::free::{Possible, Reachable};
use crate::ops::observation::{Observation, flag};
use crate::plan::errnos::environment;
use crate::plan::{Plan, StepPlan};
use crate::report::{Anomaly, Class, Example, LookedFor, Verdict};
use crate::stats::interval::rate;

/// What a run comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// One per code, worst first.
    pub anomalies: Vec<Anomaly>,
    /// The same, one for each kind of sight.
    pub sightings: Vec<Sighting>,
    /// What could have been seen, found or not; empty for rounds, where all of it could be in every
    /// one.
    pub looked_for: Vec<LookedFor>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it is not simply pass or fail, or what limits it.
    pub reason: Option<String>,
}

/// Judges what a run of the plan observed; the plan is that which `expectations` have informed.
pub fn judge(plan: &Plan, record: &Record, expectations: &Expectations) -> Judgement {
    // Where there was no room, or somebody was stopped, what followed is not in the model.
    let model = match strained(plan, record) {
        Some(_) => None,
        None => Some(expectations.of(plan, record)),
    };
    let reachable = model.as_ref().and_then(|model| model.as_ref().ok().copied());
    let (mut anomalies, mut looked_for) = (Vec::new(), Vec::new());
    let mut sightings = Vec::new();
    for detector in DETECTORS {
        let mut found = detect(detector, plan, record, reachable);
        found.kinds.drain(..).for_each(|one| sighting::note(&mut sightings, one));
        if found.trials > 0 {
            looked_for.push(LookedFor { code: detector.code.to_owned(), trials: found.trials });
        }
        anomalies.extend(found.into_anomaly(detector.code, plan));
    }
    // Stable: detectors of equal class stay in their own order.
    anomalies.sort_by_key(|anomaly| std::cmp::Reverse(anomaly.class));
    let (verdict, reason) = verdict::of(plan, record, &anomalies);
    let unmodelled = model.and_then(Result::err).map(|why| {
        format!("judged without the model ({why}): only what needs none was looked for")
    });
    Judgement { anomalies, sightings, looked_for, verdict, reason: reason.or(unmodelled) }
}

/// Every step of every actor with its results.
pub(super) fn steps<'a>(
    plan: &'a Plan,
    record: &'a Record,
) -> impl Iterator<Item = (usize, u16, &'a StepPlan, &'a [Seen])> {
    plan.actors.iter().zip(&record.actors).enumerate().flat_map(|(actor, (planned, observed))| {
        let steps = planned.steps.iter().zip(&observed.steps).enumerate();
        steps.map(move |(index, (step, seen))| (actor, index as u16, step, seen.as_slice()))
    })
}

/// What one result of a step is, to the first detector that sees something in it: its code, and how bad
/// that is. `possible` is what the model says; `None` where it has nothing to say.
pub(crate) fn one_result(
    plan: &Plan,
    step: &StepPlan,
    possible: Option<&Possible>,
    observation: Observation,
) -> Option<(&'static str, Class)> {
    let seen = Seen {
        first: Event { observation, ..Event::default() },
        folded: false,
        size_class: plan.size_class(observation.size),
        count: 1,
        example: Vec::new(),
    };
    let look = Look { step, seen: &seen, possible };
    DETECTORS.iter().find_map(|detector| match detector.how {
        How::Step { applies, sees, .. } if applies(step, possible) => {
            let class = sees(&look)?;
            let forbidden = plan.forbid.iter().any(|code| code == detector.code);
            Some((detector.code, if forbidden { class.max(Class::Forbidden) } else { class }))
        }
        _ => None,
    })
}

/// Whether some call failed for want of space, memory or descriptors.
pub(super) fn strained(plan: &Plan, record: &Record) -> Option<(usize, u16, u16)> {
    steps(plan, record).find_map(|(actor, index, _, results)| {
        let errnos = results.iter().map(|seen| {
            let seen = &seen.first.observation;
            if seen.has(flag::NO_ROOM) { libc::ENOSPC as u16 } else { seen.errno() }
        });
        let mut short = errnos.filter(|&errno| environment().contains(i32::from(errno)));
        short.next().map(|errno| (actor, index, errno))
    })
}

/// What befell the run as a whole.
pub(super) fn run_anomalies(plan: &Plan, record: &Record) -> (Vec<Anomaly>, Vec<Sighting>) {
    let whole = DETECTORS.iter().filter(|detector| matches!(detector.how, How::Run(_)));
    let (mut anomalies, mut sightings) = (Vec::new(), Vec::new());
    for detector in whole {
        let mut found = detect(detector, plan, record, None);
        sightings.append(&mut found.kinds);
        anomalies.extend(found.into_anomaly(detector.code, plan));
    }
    (anomalies, sightings)
}

fn detect(
    detector: &Detector,
    plan: &Plan,
    record: &Record,
    reachable: Option<&Reachable>,
) -> Found {
    let mut found = Found::default();
    match detector.how {
        How::Step { needs_room: true, .. } if strained(plan, record).is_some() => {}
        How::Rounds => {}
        How::Step { applies, sees, .. } => {
            for (actor, index, step, results) in steps(plan, record) {
                let possible = reachable.map(|known| known.step(actor, usize::from(index)));
                if !applies(step, possible) {
                    continue;
                }
                found.trials += results.iter().map(|seen| seen.count).sum::<u64>();
                for seen in results {
                    if let Some(class) = sees(&Look { step, seen, possible }) {
                        found.kinds.push(kind(detector, plan, class, Some(step), seen.count));
                        let text = words::result(plan, step, &seen.first.observation);
                        let sentence = sentence(plan, actor, Some(index), &text);
                        let example = || example::of(plan, actor, index, seen);
                        found.add(class, seen.count, sentence, example);
                    }
                }
            }
        }
        How::Run(incidents) => {
            // What befalls the run as a whole can befall it once.
            found.trials = 1;
            for Incident { class, actor, step, seen } in incidents(plan, record).into_iter().take(1)
            {
                let planned = step.and_then(|at| plan.actors[actor].steps.get(usize::from(at)));
                found.kinds.push(kind(detector, plan, class, planned, 1));
                found.add(class, 1, sentence(plan, actor, step, &seen), || None);
            }
        }
    }
    found
}

fn kind(
    detector: &Detector,
    plan: &Plan,
    class: Class,
    step: Option<&StepPlan>,
    count: u64,
) -> Sighting {
    let (code, seen_by) = (detector.code, step.map(|step| step.op));
    Sighting { code, class: plan.class_of(code, class), relaxations: Vec::new(), seen_by, count }
}

fn sentence(plan: &Plan, actor: usize, step: Option<u16>, text: &str) -> String {
    let who = &plan.actors[actor];
    let step = step.and_then(|step| who.steps.get(usize::from(step)));
    match step {
        Some(step) => format!("{}, `{}`: {text}", who.name, step.text),
        None => format!("{}: {text}", who.name),
    }
}

/// What one detector has found so far.
#[derive(Default)]
struct Found {
    trials: u64,
    count: u64,
    class: Option<Class>,
    seen: String,
    places: usize,
    example: Option<Example>,
    kinds: Vec<Sighting>,
}

impl Found {
    fn add(
        &mut self,
        class: Class,
        count: u64,
        seen: String,
        example: impl FnOnce() -> Option<Example>,
    ) {
        self.count += count;
        self.places += 1;
        if self.class.is_none_or(|worst| class > worst) {
            self.class = Some(class);
            self.seen = seen;
            self.example = example();
        } else if self.example.is_none() {
            self.example = example();
        }
    }

    fn into_anomaly(self, code: &str, plan: &Plan) -> Option<Anomaly> {
        let class = self.class?;
        let more = match self.places {
            1 => String::new(),
            places => format!(" (and {} more results like it)", places - 1),
        };
        let interval = rate(self.count, self.trials);
        Some(Anomaly {
            code: code.to_owned(),
            class: plan.class_of(code, class),
            relaxations: Vec::new(),
            count: self.count,
            trials: self.trials,
            rate: interval.value,
            rate_low: interval.low,
            rate_high: interval.high,
            seen: self.seen + &more,
            example: self.example,
            kinds: Vec::new(),
        })
    }
}
