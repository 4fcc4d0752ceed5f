//! `fsrace selftest`: a detector is believed when it has been seen to fire.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::exit::{CliError, Exit};
use super::interrupt::Interrupt;
use super::library::{Loaded, built_in};
use super::values;
use crate::detect::{self, Expectations};
use crate::engine::sandbox::{Janitor, Sandbox};
use crate::engine::{Engine, probe};
use crate::faulty::{self, Fault, HEALTHY, Options};
use crate::plan::{Settings, plan};
use crate::report::{Anomaly, Class, Verdict};
use crate::sys::process::own_program;
use crate::ui::{print, units};

/// How long each scenario runs on each mount.
const DURATION: Duration = Duration::from_millis(500);
/// The built-in scenarios that it runs.
const GROUP: &str = "seed";

#[derive(Debug, Args)]
pub(super) struct Selftest {
    /// How long each scenario runs on each mount
    #[arg(short, long, value_name = "TIME", value_parser = values::duration)]
    duration: Option<Duration>,
}

/// What one scenario on one mount came to.
struct Outcome {
    scenario: String,
    verdict: Verdict,
    anomalies: Vec<Anomaly>,
}

impl Selftest {
    pub(super) fn execute(self) -> Result<Exit, CliError> {
        faulty::available().map_err(CliError::Environment)?;
        let interrupt = Interrupt::listen()?;
        let program = own_program().map_err(CliError::environment)?;
        let engine = Engine::new(program);
        let mut scenarios = built_in()?;
        scenarios.retain(|loaded| loaded.group == GROUP);
        let duration = self.duration.unwrap_or(DURATION);
        let stage =
            Stage { engine: &engine, scenarios: &scenarios, duration, interrupt: &interrupt };

        let healthy = stage.perform(None)?;
        let mut sound = show_healthy(&healthy);
        for fault in faulty::faults() {
            let outcomes = stage.perform(Some(fault))?;
            sound &= show_fault(fault, &outcomes);
        }
        if let Some(signal) = interrupt.signal() {
            return Err(CliError::Signal(signal));
        }
        let verdict = if sound {
            "Every fault was caught by its detector, and the healthy twin was never accused.\n"
        } else {
            "The selftest failed: what fsrace says on this machine cannot be relied on.\n"
        };
        print::out(verdict);
        Ok(if sound { Exit::Clean } else { Exit::Anomaly })
    }
}

/// What all mounts have in common.
struct Stage<'a> {
    engine: &'a Engine,
    scenarios: &'a [Loaded],
    duration: Duration,
    interrupt: &'a Interrupt,
}

impl Stage<'_> {
    /// Mounts one fault, or the healthy twin, and runs the scenarios there.
    fn perform(&self, fault: Option<&'static Fault>) -> Result<Vec<Outcome>, CliError> {
        let directory = tempfile::tempdir().map_err(CliError::environment)?;
        let mounted = faulty::mount(fault, directory.path(), &Options::default())
            .map_err(CliError::environment)?;
        let outcomes = self.run_all(mounted.path());
        mounted.unmount().map_err(CliError::environment)?;
        outcomes
    }

    fn run_all(&self, target: &Path) -> Result<Vec<Outcome>, CliError> {
        let mut janitor = Janitor::start(self.engine.program()).map_err(CliError::environment)?;
        let sandbox = Sandbox::create(target, &mut janitor).map_err(CliError::environment)?;
        let mut outcomes = Vec::new();
        for loaded in self.scenarios {
            if self.interrupt.signal().is_some() {
                break;
            }
            outcomes.push(self.run_one(loaded, &sandbox)?);
        }
        drop(sandbox);
        drop(janitor);
        Ok(outcomes)
    }

    fn run_one(&self, loaded: &Loaded, sandbox: &Sandbox) -> Result<Outcome, CliError> {
        let settings = Settings { duration: Some(self.duration), ..Settings::default() };
        let plan = plan(&loaded.scenario, &settings).map_err(CliError::usage)?;
        let room: PathBuf = plan.scenario.clone().into();
        let room = sandbox.room(&room.to_string_lossy()).map_err(CliError::environment)?;
        let rules = probe::rules(room.path()).map_err(CliError::environment)?;
        let expectations = Expectations::new(&plan, rules);
        let plan = expectations.informed(&plan);
        let record = self
            .engine
            .run(&plan, room.path(), &mut |_| self.interrupt.signal().is_none())
            .map_err(CliError::environment)?;
        room.remove().map_err(CliError::environment)?;
        let judgement = detect::judge(&plan, &record, &expectations);
        let (verdict, anomalies) = (judgement.verdict, judgement.anomalies);
        Ok(Outcome { scenario: plan.scenario, verdict, anomalies })
    }
}

fn show_healthy(outcomes: &[Outcome]) -> bool {
    let accused: Vec<&Outcome> =
        outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Fail).collect();
    let ran = outcomes.len();
    if accused.is_empty() {
        print::out(&format!("{HEALTHY:<14} silent    {ran} scenarios, no false alarm\n"));
        return true;
    }
    for outcome in accused {
        let codes: Vec<&str> = failing(outcome).map(|anomaly| anomaly.code.as_str()).collect();
        let codes = codes.join(", ");
        print::out(&format!("{HEALTHY:<14} ACCUSED   {} of {codes}\n", outcome.scenario));
    }
    false
}

fn show_fault(fault: &Fault, outcomes: &[Outcome]) -> bool {
    let hits = outcomes.iter().flat_map(|outcome| {
        failing(outcome)
            .filter(|anomaly| anomaly.code == fault.detector)
            .map(move |anomaly| (outcome, anomaly))
    });
    let best = hits.max_by(|a, b| a.1.rate.total_cmp(&b.1.rate));
    let Some((outcome, anomaly)) = best else {
        print::out(&format!("{:<14} MISSED    {} did not fire\n", fault.name, fault.detector));
        return false;
    };
    let rate = units::k_in_n(anomaly.count, anomaly.trials, anomaly.rate_low, anomaly.rate_high);
    let scenario = &outcome.scenario;
    print::out(&format!(
        "{:<14} caught    as {} in {scenario}: {rate}\n",
        fault.name, fault.detector
    ));
    true
}

fn failing(outcome: &Outcome) -> impl Iterator<Item = &Anomaly> {
    outcome.anomalies.iter().filter(|anomaly| anomaly.class > Class::Unspecified)
}
