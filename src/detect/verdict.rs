//! Pass, fail, inconclusive or skipped, and why.

use super::judge::{steps, strained};
use super::semantic_difference;
use crate::engine::record::Record;
use crate::model::relax::relaxation;
use crate::plan::{ActorPlan, Plan, StepId};
use crate::report::{Anomaly, Class, Verdict};
use crate::sys::errno;

/// The verdict on a run. Anomalies decide; without them, whatever keeps the run from proving
/// anything does.
pub(super) fn of(plan: &Plan, record: &Record, anomalies: &[Anomaly]) -> (Verdict, Option<String>) {
    decide(plan, record, anomalies, limit(plan, record))
}

/// The verdict on rounds; `unjudged` says why some of them were not judged, `broken` that serial
/// rounds could not be brought to their end.
pub(super) fn of_rounds(
    plan: &Plan,
    summary: &Record,
    anomalies: &[Anomaly],
    unjudged: Option<String>,
    broken: bool,
) -> (Verdict, Option<String>) {
    let (verdict, reason) =
        decide(plan, summary, anomalies, unjudged.or_else(|| limit(plan, summary)));
    let doubt = || {
        "the serial rounds before the race were given up, for a call took too long: it may show \
         without a race as well"
            .to_owned()
    };
    let doubtful = broken && verdict == Verdict::Fail;
    (verdict, reason.or_else(|| doubtful.then(doubt)))
}

/// The verdict on rounds of which the serial ones met something that the filesystem does not have.
pub(super) fn of_lacking(anomalies: &[Anomaly], lacking: String) -> (Verdict, Option<String>) {
    let fails = anomalies.iter().any(|anomaly| anomaly.class > Class::Unspecified);
    (if fails { Verdict::Fail } else { Verdict::Skipped }, Some(lacking))
}

/// The verdict on rounds of which the serial ones leave the model, so that no race was run or
/// looked at. `accepted` is what the run takes as it is, in words.
pub(super) fn of_difference(
    anomalies: &[Anomaly],
    accepted: Option<String>,
) -> (Verdict, Option<String>) {
    if let (Some(seen), true) = (&accepted, anomalies.is_empty()) {
        let reason = format!(
            "this filesystem differs although one call follows the other, so that a race would \
             say nothing: {seen}"
        );
        return (Verdict::Skipped, Some(reason));
    }
    let code = semantic_difference::DETECTOR.code;
    let next = anomalies.iter().find(|anomaly| anomaly.code == code).map(|anomaly| {
        if is_documented(&anomaly.relaxations) {
            let names = anomaly.relaxations.join(" --accept ");
            format!("; `--accept {names}` takes it as it is and races")
        } else {
            format!("; if you know it, `--accept {code}` skips scenarios like this one")
        }
    });
    let reason = format!(
        "this is no race: it happens although one call follows the other (or the model is wrong), \
         so none was run{}",
        next.unwrap_or_default()
    );
    (Verdict::Fail, Some(reason))
}

/// Whether all of these relaxations, of which there are some, are what systems document.
fn is_documented(relaxations: &[String]) -> bool {
    let class = |name: &String| relaxation(name).map(|one| one.class);
    !relaxations.is_empty() && relaxations.iter().all(|name| class(name) <= Some(Class::Documented))
}

fn decide(
    plan: &Plan,
    record: &Record,
    anomalies: &[Anomaly],
    limit: Option<String>,
) -> (Verdict, Option<String>) {
    if anomalies.iter().any(|anomaly| anomaly.class > Class::Unspecified) {
        return (Verdict::Fail, limit);
    }
    if let Some(reason) = unsupported(plan, record) {
        return (Verdict::Skipped, Some(reason));
    }
    match limit {
        Some(reason) => (Verdict::Inconclusive, Some(reason)),
        None => (Verdict::Pass, None),
    }
}

/// What keeps the run from proving anything.
fn limit(plan: &Plan, record: &Record) -> Option<String> {
    if let Some((actor, step, code)) = strained(plan, record) {
        let (who, name) = (&plan.actors[actor], errno::name(i32::from(code)));
        let step = doing(who, step);
        return Some(format!(
            "the machine or the target ran short ({name} in {}, `{step}`): free some room, or \
             raise the limit, and run again",
            who.name
        ));
    }
    if record.interrupted {
        return Some("interrupted before its end".to_owned());
    }
    if let Some(&(actor, step)) = record.stopped.first() {
        let who = &plan.actors[actor];
        let step = doing(who, step);
        return Some(format!(
            "somebody had stopped {} in `{step}` (SIGSTOP) and never let it go on: run it again",
            who.name
        ));
    }
    if let Some(&(actor, step)) = record.lock_waits.first() {
        let who = &plan.actors[actor];
        let step = doing(who, step);
        return Some(format!(
            "{} was still waiting in `{step}` when the others had ended: see that every lock is \
             given up, or take it with `wait = false`",
            who.name
        ));
    }
    let idle = plan.actors.iter().zip(&record.actors).find(|(_, observed)| observed.ops == 0);
    if let Some((actor, _)) = idle {
        return Some(format!("{} did nothing: give the run more time", actor.name));
    }
    let together = record.overlaps.iter().any(|overlap| overlap.together > 0);
    if plan.actors.len() > 1 && !together {
        return Some(
            "the actors never ran at the same time: use a machine with more processors, or give \
             the run more time"
                .to_owned(),
        );
    }
    None
}

/// A step that the filesystem does not have: every try was turned down with an errno that says so.
pub(super) fn unsupported(plan: &Plan, record: &Record) -> Option<String> {
    steps(plan, record).find_map(|(actor, step, _, results)| {
        let mut errnos = results.iter().map(|seen| seen.first.observation.errno());
        let first = lacks(plan, actor, step, errnos.next()?)?;
        errnos.all(|errno| lacks(plan, actor, step, errno).is_some()).then_some(first)
    })
}

/// In words, that the filesystem does not have a step, if this errno says so.
pub(super) fn lacks(plan: &Plan, actor: usize, step: StepId, errno: u16) -> Option<String> {
    let actor = &plan.actors[actor];
    let step = &actor.steps[usize::from(step)];
    step.unsupported.contains(i32::from(errno)).then(|| {
        let (who, name) = (&actor.name, errno::name(i32::from(errno)));
        format!("this filesystem does not have it: {who}, `{}` gives {name}", step.text)
    })
}

/// The step that an actor is in, in words.
fn doing(actor: &ActorPlan, step: StepId) -> &str {
    // Between two rounds, the leader is in no step of its own.
    actor.steps.get(usize::from(step)).map_or("making the fixture again", |step| &step.text)
}
