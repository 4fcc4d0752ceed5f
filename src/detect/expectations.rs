//! What the model lets the steps of a run in free mode show, and whether it can be held against it.

use super::judge::steps;
use crate::engine::record::Record;
use crate::model::Rules;
use crate::model::free::{Endless, Limits, Possible, Reachable};
use crate::plan::errnos::logical;
use crate::plan::{Plan, StepPlan};
use crate::sys::errno;

/// What the model lets the steps of a plan show.
#[derive(Clone, Debug)]
pub struct Expectations(Result<Reachable, Endless>);

impl Expectations {
    /// Asks the model.
    pub fn new(plan: &Plan, rules: Rules) -> Self {
        Self(Reachable::new(plan, rules, Limits::default()))
    }

    /// The plan with what only the model can tell its steps; runs are judged with this one.
    #[must_use]
    pub fn informed(&self, plan: &Plan) -> Plan {
        self.0.as_ref().map_or_else(|_| plan.clone(), |reachable| reachable.informed(plan))
    }

    /// What the steps can show, or why that cannot be said of this run.
    pub(super) fn of<'e>(&'e self, plan: &Plan, record: &Record) -> Result<&'e Reachable, String> {
        let reachable = self.0.as_ref().map_err(Endless::to_string)?;
        if !record.deaths.is_empty() {
            // Its descriptors were closed in the middle of what it did.
            return Err("a worker died".to_owned());
        }
        match unknown(plan, record, reachable) {
            None => Ok(reachable),
            Some(why) => Err(why),
        }
    }
}

/// A step that failed in a way that is allowed but not in the model, so that what follows from it is
/// not in the model either.
fn unknown(plan: &Plan, record: &Record, reachable: &Reachable) -> Option<String> {
    steps(plan, record).find_map(|(actor, index, step, results)| {
        let possible = reachable.step(actor, usize::from(index));
        let mut errnos = results.iter().map(|seen| seen.first.observation.errno());
        let errno = errnos.find(|&errno| leaves_model(step, possible, errno))?;
        let (who, step) = (&plan.actors[actor].name, &step.text);
        Some(format!("{who}, `{step}` gave {}", errno::name(i32::from(errno))))
    })
}

/// Whether a step that fails like this is allowed to, although the model does not know it.
pub(crate) fn leaves_model(step: &StepPlan, possible: &Possible, errno: u16) -> bool {
    let number = i32::from(errno);
    let author = step.expect.as_ref().and_then(|expect| expect.errno.as_ref());
    let allowed = step.allowed.contains(number) && !logical().contains(number)
        || step.unsupported.contains(number)
        || author.is_some_and(|allowed| allowed.contains(number));
    errno != 0 && !possible.fails(errno) && allowed
}
