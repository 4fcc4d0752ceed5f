//! Whether what was found is a race, and can be shown to somebody else.
//!
//! The command that a report is going to name is run, in a process and a directory of its own and
//! with another seed. It must show the same; the serial rounds that it begins with must not. Then the
//! negative control: the same program, one actor after the other, must not show anything.

use serde::{Deserialize, Serialize};

use super::minimize::{Best, in_rounds};
use super::signature::{Signature, is_explained};
use super::trial::{Tally, Unrunnable};
use crate::detect::{DIFFERENCE, Sighting, shows_serially};
use crate::model::relax::relaxation;
use crate::ops::OpKind;
use crate::report::{Anomaly, Kind, Report, ScenarioResult};
use crate::scenario::{Mode, Scenario};

/// Sights that a replay is made long enough for.
const WANTED: f64 = 20.0;
/// How long a replay takes at least and at most, in seconds.
const SECONDS: (f64, f64) = (1.0, 15.0);
/// Replays, if the first ones show nothing.
const REPLAYS: u64 = 2;
/// Rounds of the negative control at most.
const CONTROL: u64 = 240;
/// Runs of the negative control that come to nothing, in a row and in all.
const IDLE: u64 = 5;
const IDLE_IN_ALL: u64 = 60;
/// How far the seed of a replay is from those of the runs before it, which count up from the first.
const FAR: u64 = 1_000_000;

/// Rounds in which one actor after the other did all its steps.
#[derive(Clone, Debug, PartialEq)]
pub struct InTurn {
    /// How many.
    pub rounds: u64,
    /// What was seen in them that is not allowed.
    pub sightings: Vec<Sighting>,
}

/// Runs a program once more, in ways that have nothing in common with how it was found.
pub trait Witness {
    /// Runs it in a process of its own, as [`replay_of`] has made it.
    ///
    /// # Errors
    /// [`Unrunnable`].
    fn replay(&mut self, scenario: &Scenario, seed: u64) -> Result<Report, Unrunnable>;

    /// Runs a program in rounds mode, one actor after the other.
    ///
    /// # Errors
    /// [`Unrunnable`].
    fn in_turn(&mut self, scenario: &Scenario, seed: u64) -> Result<InTurn, Unrunnable>;
}

/// What the negative control came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// Rounds in which one actor came after the other; none of them showed anything.
    pub rounds: u64,
}

/// What was confirmed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Confirmed {
    /// Seed of the replay.
    pub seed: u64,
    /// The negative control.
    pub control: Control,
    /// The report of the replay, whose only result shows the anomaly.
    pub report: Report,
    /// Rounds or executions of the replays before it, which did not show it.
    #[serde(default)]
    pub unseen: u64,
}

impl Confirmed {
    /// The result of the replay.
    pub fn result(&self) -> &ScenarioResult {
        &self.report.results[0]
    }

    /// The anomaly in it.
    pub fn anomaly(&self, signature: &Signature) -> Option<&Anomaly> {
        same(self.result(), signature)
    }
}

/// Why something is no finding.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Unconfirmed {
    /// A fresh process did not show it.
    #[error(
        "a fresh process did not show it again in {trials} trials ({seconds:.1} s): it is too rare \
         to be handed on"
    )]
    NotSeen {
        /// Rounds or executions.
        trials: u64,
        /// How long.
        seconds: f64,
    },
    /// It shows without any race.
    #[error(
        "it is no race: it shows with one actor after the other as well ({seen}), so that it is a \
         semantic difference"
    )]
    NoRace {
        /// What was seen.
        seen: String,
    },
    /// There is no negative control.
    #[error("there is no negative control: {0}")]
    NoControl(String),
    /// It could not be run.
    #[error("it could not be run again: {0}")]
    NotRun(String),
    /// Somebody asked to stop.
    #[error("it was interrupted before it was confirmed")]
    Interrupted,
}

impl From<Unrunnable> for Unconfirmed {
    fn from(why: Unrunnable) -> Self {
        match why {
            Unrunnable::Program(why) | Unrunnable::Place(why) => Self::NotRun(why),
            Unrunnable::Interrupted => Self::Interrupted,
        }
    }
}

/// The program as it is handed on: with a name, and as long as it takes to show it.
pub fn replay_of(best: &Best) -> Scenario {
    let mut scenario = best.scenario.clone();
    let name = best.signature.name(&scenario);
    let seconds = WANTED / best.tally.per_second().max(f64::MIN_POSITIVE);
    let seconds = seconds.clamp(SECONDS.0, SECONDS.1).ceil();
    scenario.about = format!("Smallest program that shows {}.", best.signature);
    scenario.name = name;
    scenario.tags = Vec::new();
    scenario.run.duration = Some(std::time::Duration::from_secs(seconds as u64));
    (scenario.run.rounds, scenario.run.iterations, scenario.run.seed) = (None, None, None);
    scenario
}

/// The seed of a replay, where the runs before it had this one and those after it.
pub fn another(seed: u64) -> u64 {
    seed.wrapping_add(FAR)
}

/// Confirms what a program shows. `scenario` is what [`replay_of`] has made of it.
///
/// # Errors
/// [`Unconfirmed`].
pub fn confirm(
    best: &Best,
    scenario: &Scenario,
    witness: &mut dyn Witness,
    seed: u64,
) -> Result<Confirmed, Unconfirmed> {
    let signature = &best.signature;
    if signature.code == DIFFERENCE {
        let seen = "the serial rounds before the race have shown it".to_owned();
        return Err(Unconfirmed::NoRace { seen });
    }
    let control = control(&best.tally, scenario, witness, seed)?;
    let (mut trials, mut seconds) = (0, 0.0);
    for again in 0..REPLAYS {
        let seed = seed.wrapping_add(again);
        let report = witness.replay(scenario, seed)?;
        let Some(result) = report.results.first() else {
            return Err(Unconfirmed::NotRun("the run has no result".to_owned()));
        };
        if let Some(differs) = result.anomalies.iter().find(|one| one.code == DIFFERENCE) {
            return Err(Unconfirmed::NoRace { seen: differs.seen.clone() });
        }
        // The serial rounds before the race show some things under their own name, and then there is none.
        let mut serially = result.anomalies.iter().filter(|one| shows_serially(&one.code));
        if let (Some(0), Some(seen)) = (result.rounds, serially.next()) {
            return Err(Unconfirmed::NoRace { seen: seen.seen.clone() });
        }
        if same(result, signature).is_some() {
            return Ok(Confirmed { seed, control, report, unseen: trials });
        }
        trials += result.rounds.unwrap_or(result.iterations);
        seconds += result.elapsed_s;
    }
    Err(Unconfirmed::NotSeen { trials, seconds })
}

/// One actor after the other, until the race would have shown with 95 %.
fn control(
    tally: &Tally,
    scenario: &Scenario,
    witness: &mut dyn Witness,
    seed: u64,
) -> Result<Control, Unconfirmed> {
    let program = in_rounds(scenario);
    // In free mode, the rate is one of seconds.
    let wanted = match scenario.run.mode {
        Mode::Rounds => (3.0 / tally.least_rate()).ceil().min(CONTROL as f64) as u64,
        Mode::Free => CONTROL,
    };
    let (mut rounds, mut runs, mut idle, mut idle_in_all) = (0, 0, 0, 0);
    while rounds < wanted {
        let run = witness.in_turn(&program, seed.wrapping_add(runs)).map_err(|why| match why {
            Unrunnable::Program(why) => Unconfirmed::NoControl(why),
            other => other.into(),
        })?;
        runs += 1;
        if let Some(seen) = run.sightings.first() {
            return Err(Unconfirmed::NoRace { seen: Signature::from(seen).to_string() });
        }
        // On a busy machine, an actor can be too late for its turn.
        let came_to_nothing = u64::from(run.rounds == 0);
        idle = (idle + 1) * came_to_nothing;
        idle_in_all += came_to_nothing;
        if idle == IDLE || idle_in_all == IDLE_IN_ALL {
            return Err(Unconfirmed::NoControl(
                "hardly any serial round came to its end".to_owned(),
            ));
        }
        rounds += run.rounds;
    }
    Ok(Control { rounds })
}

/// The anomaly of a result that has sights of the kind of this signature. A replay is judged more thoroughly
/// than the runs before it, so that it may name more relaxations, or find that fewer are enough, if these
/// are no milder.
fn same<'r>(result: &'r ScenarioResult, signature: &Signature) -> Option<&'r Anomaly> {
    let within = |some: &[String], others: &[String]| some.iter().all(|name| others.contains(name));
    let worst = |names: &[String]| {
        names.iter().filter_map(|name| relaxation(name)).map(|one| one.class).max()
    };
    let is = |kind: &Kind| {
        let (known, seen) = (&signature.relaxations, &kind.relaxations);
        let seen_by = signature.asks_for(kind.seen_by.as_deref().and_then(OpKind::from_name));
        let fewer = || within(seen, known) && worst(seen) >= worst(known);
        (seen_by || signature.is_explained())
            && (within(known, seen) || fewer())
            // What something explains is not what nothing does.
            && signature.is_explained() == is_explained(seen)
    };
    let its = |one: &&Anomaly| one.code == signature.code && one.kinds.iter().any(is);
    result.anomalies.iter().find(its)
}
