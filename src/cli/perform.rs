//! One plan, run in one directory and judged: what `run`, `selftest` and all others that run
//! scenarios share.

use serde::Serialize;

use super::result::{judged, judged_rounds};
use crate::detect::{self, Accepted, Effort, Expectations, RoundsJudge, Sighting, tell_kinds};
use crate::engine::record::Record;
use crate::engine::rounds::{RoundsRecord, Serial};
use crate::engine::{Engine, Rooms, Tick, probe};
use crate::model::MOST_ORDERS;
use crate::plan::Plan;
use crate::report::{ScenarioResult, Target};
use crate::scenario::Mode;
use crate::sys::errno::describe;

/// What runs plans, and how what comes of them is judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stage<'a> {
    pub(super) engine: &'a Engine,
    pub(super) accepted: &'a Accepted,
    pub(super) effort: Effort<'a>,
}

/// A plan that has run.
#[derive(Debug)]
pub(super) struct Performed {
    /// The plan, with what was found out about the directory before the run.
    pub(super) plan: Plan,
    pub(super) observations: Observations,
    pub(super) result: ScenarioResult,
    /// What the anomalies of the result are made of.
    pub(super) sightings: Vec<Sighting>,
    /// Rounds of the result of which nobody can say whether they are allowed.
    pub(super) unjudged: u64,
}

/// Serial rounds in which one actor after the other did all its steps.
#[derive(Debug)]
pub(super) struct InTurn {
    /// Rounds.
    pub(super) rounds: u64,
    /// What was seen in them that is not allowed.
    pub(super) sightings: Vec<Sighting>,
    /// Some call has not returned.
    pub(super) hangs: bool,
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
        let mut judgement = detect::judge(&plan, &record, &expectations);
        let sightings = std::mem::take(&mut judgement.sightings);
        let mut result = judged(&plan, target, &record, judgement);
        tell_kinds(&mut result.anomalies, &sightings);
        let observations = Observations::Free(record);
        Ok(Performed { plan, observations, result, sightings, unjudged: 0 })
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
        let mut judge = RoundsJudge::with(plan, rules, self.accepted, self.effort);
        let orders = judge.orders();
        let serial = Serial { orders: &orders, go_on: &mut |record| judge.agrees(record) };
        let record = self
            .engine
            .run_serial_first(plan, room, serial, tick)
            .map_err(|error| error.to_string())?;
        let mut judged = judge.judge(&record);
        let (sightings, unjudged) =
            (std::mem::take(&mut judged.judgement.sightings), judged.unjudged);
        let mut result = judged_rounds(plan, target, &record, judged, self.accepted);
        tell_kinds(&mut result.anomalies, &sightings);
        let (plan, observations) = (plan.clone(), Observations::Rounds(record));
        Ok(Performed { plan, observations, result, sightings, unjudged })
    }

    /// Serial rounds alone, as many as one run can have, in which one actor after the other does all
    /// its steps.
    ///
    /// # Errors
    /// Why it could not run there, or that the model has no such orders.
    pub(super) fn in_turn(
        &self,
        plan: &Plan,
        room: Rooms<'_>,
        tick: &mut dyn FnMut(Tick) -> bool,
    ) -> Result<InTurn, String> {
        room.require(plan).map_err(|error| error.to_string())?;
        let rules = probe::rules(room).map_err(|error| describe(&error))?;
        let mut judge = RoundsJudge::with(plan, rules, self.accepted, self.effort);
        let different = judge.orders_in_turn();
        if different.is_empty() {
            return Err("the model knows no order in which one actor could follow the other".into());
        }
        let orders: Vec<_> = different.iter().cycle().take(MOST_ORDERS).cloned().collect();
        let serial = Serial { orders: &orders, go_on: &mut |_| false };
        let record = self
            .engine
            .run_serial_first(plan, room, serial, tick)
            .map_err(|error| error.to_string())?;
        let (rounds, hangs) = (record.serial.histories.len() as u64, !record.hangs.is_empty());
        Ok(InTurn { rounds, sightings: judge.judge(&record).judgement.sightings, hangs })
    }
}
