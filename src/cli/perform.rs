//! One plan, run in one directory and judged: what `run`, `selftest` and all others that run
//! scenarios share.

use serde::Serialize;

use super::result::{judged, judged_rounds};
use crate::detect::{Accepted, Expectations, RoundsJudge};
use crate::engine::record::Record;
use crate::engine::rounds::{RoundsRecord, Serial};
use crate::engine::{Engine, Rooms, Tick, probe};
use crate::plan::Plan;
use crate::report::{ScenarioResult, Target};
use crate::scenario::Mode;
use crate::sys::errno::describe;

/// What runs plans, and how what comes of them is judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stage<'a> {
    pub(super) engine: &'a Engine,
    pub(super) accepted: &'a Accepted,
}

/// A plan that has run.
#[derive(Debug)]
pub(super) struct Performed {
    /// The plan, with what was found out about the directory before the run.
    pub(super) plan: Plan,
    pub(super) observations: Observations,
    pub(super) result: ScenarioResult,
}

/// What was observed, as the run directory keeps it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Observations {
    Free(Record),
    Rounds(RoundsRecord),
}

impl Observations {
    /// Whether some call has not returned.
    pub(super) fn hangs(&self) -> bool {
        match self {
            Self::Free(record) => !record.hangs.is_empty(),
            Self::Rounds(record) => !record.hangs.is_empty(),
        }
    }
}

impl Stage<'_> {
    /// Runs the plan in `room`, an empty directory on `target` (by all its clients, where it has
    /// several), as long as `tick` says so.
    ///
    /// # Errors
    /// Why it could not run there.
    pub(super) fn perform<'r>(
        &self,
        plan: &Plan,
        room: impl Into<Rooms<'r>>,
        target: &Target,
        tick: &mut dyn FnMut(Tick) -> bool,
    ) -> Result<Performed, String> {
        let room: Rooms<'_> = room.into();
        room.require(plan).map_err(|error| error.to_string())?;
        match plan.mode {
            Mode::Free => self.free(plan, room, target, tick),
            Mode::Rounds => self.rounds(plan, room, target, tick),
        }
    }

    fn free(
        &self,
        plan: &Plan,
        room: Rooms<'_>,
        target: &Target,
        tick: &mut dyn FnMut(Tick) -> bool,
    ) -> Result<Performed, String> {
        let rules = probe::rules(room).map_err(|error| describe(&error))?;
        let expectations = Expectations::new(plan, rules);
        let plan = expectations.informed(plan);
        let record = self.engine.run(&plan, room, tick).map_err(|error| error.to_string())?;
        let result = judged(&plan, target, &record, &expectations);
        Ok(Performed { plan, observations: Observations::Free(record), result })
    }

    /// Serial rounds, and races if those agree with the model.
    fn rounds(
        &self,
        plan: &Plan,
        room: Rooms<'_>,
        target: &Target,
        tick: &mut dyn FnMut(Tick) -> bool,
    ) -> Result<Performed, String> {
        let rules = probe::rules(room).map_err(|error| describe(&error))?;
        let mut judge = RoundsJudge::new(plan, rules, self.accepted);
        let orders = judge.orders();
        let serial = Serial { orders: &orders, go_on: &mut |record| judge.agrees(record) };
        let record = self
            .engine
            .run_serial_first(plan, room, serial, tick)
            .map_err(|error| error.to_string())?;
        let result = judged_rounds(plan, target, &record, judge.judge(&record), self.accepted);
        Ok(Performed { plan: plan.clone(), observations: Observations::Rounds(record), result })
    }
}
