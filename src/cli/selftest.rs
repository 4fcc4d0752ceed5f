//! `fsrace selftest`: a detector is believed when it has been seen to fire, and only where it
//! should.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use clap::Args;

use super::exit::{CliError, Exit};
use super::interrupt::Interrupt;
use super::library::{Loaded, built_in};
use super::proof::{Mount, Ran};
use super::values;
use crate::detect::Accepted;
use crate::engine::Engine;
use crate::faulty::{self, Fault, Options, Sight};
use crate::report::selftest::{self, Catch, FaultRow, SelftestReport, Sighting, Twin};
use crate::report::{Anomaly, Class, SCHEMA_VERSION};
use crate::sys::host;
use crate::sys::process::own_program;
use crate::ui::print;

/// How long a scenario runs first; each time that it shows nothing, it runs twice as long.
const FIRST: Duration = Duration::from_millis(250);
/// How much longer scenarios run on the twin than it took to catch the fault.
const TWIN_LONGER: f64 = 2.0;
/// How long they run there at least, in seconds.
const TWIN_SECONDS: f64 = 0.5;

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 every fault was caught as what it is and no twin was accused; 1 \
    otherwise; 3 no FUSE filesystem can be mounted here."
)]
pub(super) struct Selftest {
    /// Faults to plant (default: all)
    #[arg(value_name = "FAULT")]
    faults: Vec<String>,
    /// How long scenarios run on one fault before it counts as missed
    #[arg(short, long, value_name = "TIME", value_parser = values::duration, default_value = "8s")]
    duration: Duration,
    /// Make the window of each fault so many times narrower, or the fault so many times rarer
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    narrow: u32,
    /// Fixes every random choice, though not the kernel's schedule
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Print the result as JSON instead of the table
    #[arg(long)]
    json: bool,
}

impl Selftest {
    pub(super) fn execute(self) -> Result<Exit, CliError> {
        let faults = self.faults()?;
        faulty::available().map_err(CliError::Environment)?;
        let interrupt = Interrupt::listen()?;
        let engine = Engine::new(own_program().map_err(CliError::environment)?);
        let loaded = built_in()?;
        let scenarios =
            loaded.iter().map(|loaded| (loaded.scenario.name.as_str(), loaded)).collect();
        let stage = Proof { selftest: &self, engine: &engine, scenarios, interrupt: &interrupt };

        let start = Instant::now();
        if !self.json {
            print::out(&selftest::heading());
        }
        let mut rows = Vec::new();
        for fault in faults {
            let row = stage.prove(fault)?;
            if let Some(signal) = interrupt.signal() {
                return Err(CliError::Signal(signal));
            }
            if !self.json {
                print::out(&selftest::row(&row));
            }
            rows.push(row);
        }
        let report = SelftestReport {
            schema_version: SCHEMA_VERSION,
            fsrace_version: env!("CARGO_PKG_VERSION").to_owned(),
            host: host::host(),
            narrow: self.narrow,
            elapsed_s: start.elapsed().as_secs_f64(),
            faults: rows,
        };
        if self.json {
            let text = serde_json::to_string_pretty(&report).map_err(CliError::environment)?;
            print::out(&(text + "\n"));
        } else {
            print::out(&selftest::summary(&report));
        }
        let sound = report.missed() == 0 && report.accused() == 0;
        Ok(if sound { Exit::Clean } else { Exit::Anomaly })
    }

    /// The faults that are asked for.
    fn faults(&self) -> Result<Vec<&'static Fault>, CliError> {
        if self.faults.is_empty() {
            return Ok(faulty::faults().to_vec());
        }
        self.faults.iter().map(|name| super::faulty::fault(name)).collect()
    }
}

/// What all mounts have in common.
struct Proof<'a> {
    selftest: &'a Selftest,
    engine: &'a Engine,
    scenarios: HashMap<&'a str, &'a Loaded>,
    interrupt: &'a Interrupt,
}

impl Proof<'_> {
    /// Plants a fault, runs what shows it until it is seen, and the same on its twin.
    fn prove(&self, fault: &'static Fault) -> Result<FaultRow, CliError> {
        let mut accepted = Accepted::default();
        for name in fault.sight.relaxations {
            accepted.remove(name).map_err(CliError::usage)?;
        }
        let mut caught = None;
        let mut others = Vec::new();
        let options = self.options(fault);
        let mut mount = Mount::of(fault, &options, self.engine, &accepted)?;
        let mut seconds = 0.0;
        let mut slice = FIRST;
        'patience: while seconds < self.selftest.duration.as_secs_f64() {
            for name in fault.scenarios {
                let Some(ran) = self.run(&mut mount, name, slice)? else { break 'patience };
                seconds += ran.seconds();
                note(&mut others, &ran, fault.sight);
                caught = catch(&ran, fault.sight, seconds);
                if caught.is_some() || mount.is_stuck() {
                    break 'patience;
                }
            }
            slice *= 2;
        }
        mount.unmount()?;
        let as_long =
            (TWIN_LONGER * seconds).clamp(TWIN_SECONDS, self.selftest.duration.as_secs_f64());
        let twin = self.twin(fault, &options, as_long)?;
        Ok(FaultRow {
            fault: fault.name.to_owned(),
            about: fault.about.to_owned(),
            source: fault.source.to_owned(),
            code: fault.sight.code.to_owned(),
            relaxations: fault.sight.relaxations.iter().map(|name| (*name).to_owned()).collect(),
            caught,
            others,
            twin,
        })
    }

    /// The same scenarios on the same mount with the fault off.
    fn twin(
        &self,
        fault: &'static Fault,
        options: &Options,
        as_long: f64,
    ) -> Result<Twin, CliError> {
        let options = Options { armed: false, ..options.clone() };
        let accepted = Accepted::default();
        let mut mount = Mount::of(fault, &options, self.engine, &accepted)?;
        let mut twin = Twin { seconds: 0.0, trials: 0, accused: Vec::new() };
        let mut slice = FIRST;
        'enough: loop {
            for name in fault.scenarios {
                let Some(ran) = self.run(&mut mount, name, slice)? else { break 'enough };
                twin.seconds += ran.seconds();
                twin.trials += ran.trials();
                let accused = ran.anomalies().filter(|anomaly| anomaly.class > Class::Unspecified);
                twin.accused.extend(accused.map(|anomaly| sighting(&ran, anomaly)));
                if mount.is_stuck() || twin.seconds >= as_long {
                    break 'enough;
                }
            }
            slice *= 2;
        }
        mount.unmount()?;
        Ok(twin)
    }

    /// One scenario for so long; `None` once it is to stop.
    fn run(
        &self,
        mount: &mut Mount<'_>,
        name: &str,
        time: Duration,
    ) -> Result<Option<Ran>, CliError> {
        if self.interrupt.signal().is_some() {
            return Ok(None);
        }
        let scenario = self.scenarios.get(name).ok_or_else(|| {
            CliError::Environment(format!("there is no built-in scenario `{name}`"))
        })?;
        let ran = mount.run(scenario, time, &mut || self.interrupt.signal().is_none())?;
        Ok(Some(ran))
    }

    fn options(&self, fault: &Fault) -> Options {
        let Selftest { narrow, seed, .. } = *self.selftest;
        let timed = !fault.window.is_zero();
        let one_in = if timed { fault.one_in } else { fault.one_in * u64::from(narrow) };
        Options {
            window: Some(fault.window / narrow),
            one_in: Some(one_in),
            seed,
            ..Options::default()
        }
    }
}

/// Whether the fault shows in what a scenario has seen.
fn catch(ran: &Ran, sight: Sight, seconds: f64) -> Option<Catch> {
    let anomaly = ran.anomalies().find(|anomaly| is_sight(anomaly, sight))?;
    Some(Catch {
        scenario: ran.scenario().to_owned(),
        count: anomaly.count,
        trials: anomaly.trials,
        rate: anomaly.rate,
        rate_low: anomaly.rate_low,
        rate_high: anomaly.rate_high,
        seconds,
    })
}

/// Remembers what else was seen, each kind once.
fn note(others: &mut Vec<Sighting>, ran: &Ran, sight: Sight) {
    for anomaly in ran.anomalies().filter(|anomaly| !is_sight(anomaly, sight)) {
        let sighting = sighting(ran, anomaly);
        if !others.contains(&sighting) {
            others.push(sighting);
        }
    }
}

fn is_sight(anomaly: &Anomaly, sight: Sight) -> bool {
    anomaly.code == sight.code && anomaly.relaxations.iter().eq(sight.relaxations.iter())
}

fn sighting(ran: &Ran, anomaly: &Anomaly) -> Sighting {
    Sighting {
        scenario: ran.scenario().to_owned(),
        code: anomaly.code.clone(),
        class: anomaly.class,
        relaxations: anomaly.relaxations.clone(),
    }
}
