//! What a run consists of: every scenario on every target, from the arguments or from a run
//! directory that is resumed.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use super::clients;
use super::exit::CliError;
use super::library::load;
use super::run::Run;
use crate::detect::Accepted;
use crate::plan::{Plan, Settings, plan};
use crate::report::Host;
use crate::rundir::{Location, NewEntry, NewRun, RunDir, RunDirError};
use crate::scenario::{Scenario, parse};

/// One scenario on one target, still to be run.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its place in the run directory.
    pub(super) index: usize,
    pub(super) plan: Plan,
    pub(super) target: PathBuf,
}

/// A run directory, and what is left to do in it.
#[derive(Debug)]
pub(super) struct Entries {
    pub(super) run_dir: RunDir,
    pub(super) entries: Vec<Entry>,
}

/// What is to be done, before anything has been made for it.
#[derive(Debug)]
pub(super) enum Work {
    /// A new run, which has no directory yet.
    New { location: Location, new: Box<NewRun>, entries: Vec<Entry> },
    /// The rest of one that has.
    Rest(Box<Entries>),
}

impl Work {
    /// What the arguments ask for.
    pub(super) fn of(run: &Run, host: &Host) -> Result<Self, CliError> {
        match &run.resume {
            Some(path) => Entries::resume(path, host).map(|rest| Self::Rest(Box::new(rest))),
            None => Self::new(run, host),
        }
    }

    fn new(run: &Run, host: &Host) -> Result<Self, CliError> {
        let loaded = load(&run.scenarios)?;
        let targets = targets(&run.targets)?;
        let clients = clients::of(&run.clients, &targets)?;
        let settings = Settings {
            duration: run.duration,
            rounds: run.rounds,
            seed: run.seed.unwrap_or_else(draw_seed),
            further_clients: clients.len(),
            stalls: false,
        };
        let mut accepted = Accepted::default();
        accept(&mut accepted, &run.accept, &run.profile)?;
        refuse(&mut accepted, &run.refuse)?;
        let mut planned = Vec::new();
        let mut entries = Vec::new();
        for target in &targets {
            for one in &loaded {
                let plan = plan(&one.scenario, &settings).map_err(CliError::usage)?;
                // The built-in set is what can be run so.
                if run.scenarios.is_empty() && clients::unfit(&plan, clients.len()).is_some() {
                    continue;
                }
                entries.push(Entry { index: entries.len(), plan, target: target.clone() });
                planned.push(NewEntry {
                    scenario: one.scenario.name.clone(),
                    digest: one.scenario.digest.clone(),
                    target: target.clone(),
                    text: one.text.clone(),
                    source: one.file().map(str::to_owned),
                });
            }
        }
        let new = NewRun {
            started: SystemTime::now(),
            seed: settings.seed,
            options: keep(&settings, &accepted, &clients),
            host: host.clone(),
            entries: planned,
        };
        let location = run.out.clone().map_or_else(Location::default, Location::Given);
        location.check(&[targets, clients].concat()).map_err(run_dir_error)?;
        Ok(Self::New { location, new: Box::new(new), entries })
    }

    /// The targets, each once, in their order.
    pub(super) fn targets(&self) -> Vec<PathBuf> {
        match self {
            Self::New { entries, .. } => targets_of(entries),
            Self::Rest(rest) => rest.targets(),
        }
    }

    /// The client directories beside the target, in their order.
    pub(super) fn clients(&self) -> Vec<PathBuf> {
        clients::kept(self.options())
    }

    fn options(&self) -> &Map<String, Value> {
        match self {
            Self::New { new, .. } => &new.options,
            Self::Rest(rest) => &rest.run_dir.manifest().options,
        }
    }

    /// What the run accepts.
    pub(super) fn accepted(&self) -> Result<Accepted, CliError> {
        let Some(names) = self.options().get(ACCEPT).and_then(Value::as_array) else {
            return Ok(Accepted::default());
        };
        let mut accepted = Accepted::nothing();
        for name in names.iter().filter_map(Value::as_str) {
            accepted.add(name).map_err(CliError::usage)?;
        }
        Ok(accepted)
    }

    /// Makes the run directory, unless there is one.
    pub(super) fn begin(self) -> Result<Entries, CliError> {
        match self {
            Self::New { location, new, entries } => {
                let run_dir = RunDir::create(&location, &new).map_err(run_dir_error)?;
                Ok(Entries { run_dir, entries })
            }
            Self::Rest(rest) => Ok(*rest),
        }
    }
}

impl Entries {
    /// The rest of the run in `path`.
    pub(super) fn resume(path: &Path, host: &Host) -> Result<Self, CliError> {
        let run_dir = RunDir::open(path).map_err(run_dir_error)?;
        run_dir.require_host(host).map_err(run_dir_error)?;
        let manifest = run_dir.manifest();
        let settings = kept(&manifest.options, manifest.seed);
        let mut entries = Vec::new();
        for (index, planned) in run_dir.pending() {
            let text = run_dir.scenario_text(index).map_err(run_dir_error)?;
            let scenario = parse_kept(&text, &planned.file)?;
            let plan = plan(&scenario, &settings).map_err(CliError::usage)?;
            entries.push(Entry { index, plan, target: planned.target.clone() });
        }
        Ok(Self { run_dir, entries })
    }

    /// The targets, each once, in their order.
    pub(super) fn targets(&self) -> Vec<PathBuf> {
        targets_of(&self.entries)
    }
}

fn targets_of(entries: &[Entry]) -> Vec<PathBuf> {
    let mut targets: Vec<PathBuf> = Vec::new();
    for entry in entries {
        if !targets.contains(&entry.target) {
            targets.push(entry.target.clone());
        }
    }
    targets
}

fn parse_kept(text: &str, file: &str) -> Result<Scenario, CliError> {
    parse(text, file).map_err(CliError::usage)
}

/// The targets that the arguments ask for: those given, or the system's temporary directory.
///
/// # Errors
/// Usage: one is given twice.
pub(super) fn targets(given: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let given = match given {
        [] => vec![std::env::temp_dir()],
        given => given.to_vec(),
    };
    let mut targets: Vec<PathBuf> = Vec::new();
    for target in given {
        // A target that is missing keeps its name, and is reported when it is to be used.
        let target = std::fs::canonicalize(&target).unwrap_or(target);
        if targets.contains(&target) {
            let target = target.display();
            return Err(CliError::Usage(format!("{target} is given twice as a target")));
        }
        targets.push(target);
    }
    Ok(targets)
}

/// A seed that nobody chose: short enough to be typed again.
pub(super) fn draw_seed() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mixed = now.as_nanos() as u64 ^ u64::from(std::process::id()) << 20;
    mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40
}

/// Adds what the arguments accept: names of relaxations, and files of them.
///
/// # Errors
/// Usage: a name that no relaxation has, a file that is no profile.
pub(super) fn accept(
    accepted: &mut Accepted,
    names: &[String],
    profiles: &[PathBuf],
) -> Result<(), CliError> {
    for name in names {
        accepted.add(name).map_err(CliError::usage)?;
    }
    for file in profiles {
        accepted.add_profile(file).map_err(CliError::usage)?;
    }
    Ok(())
}

/// No longer accepts what the arguments refuse.
///
/// # Errors
/// Usage: a name that no relaxation has.
pub(super) fn refuse(accepted: &mut Accepted, names: &[String]) -> Result<(), CliError> {
    names.iter().try_for_each(|name| accepted.remove(name).map_err(CliError::usage))
}

/// Option that holds the names of what is accepted.
const ACCEPT: &str = "accept";

/// The settings as the run directory keeps them.
fn keep(settings: &Settings, accepted: &Accepted, clients: &[PathBuf]) -> Map<String, Value> {
    let mut options = Map::new();
    let names = accepted.names().map(Value::from);
    options.insert(ACCEPT.to_owned(), names.collect());
    let duration = settings.duration.map(|duration| Value::from(duration.as_nanos() as u64));
    options.extend(duration.map(|nanos| ("duration_ns".to_owned(), nanos)));
    options.extend(settings.rounds.map(|rounds| ("rounds".to_owned(), Value::from(rounds))));
    options.extend(clients::keep(clients));
    options
}

fn kept(options: &Map<String, Value>, seed: u64) -> Settings {
    let number = |name: &str| options.get(name).and_then(Value::as_u64);
    Settings {
        duration: number("duration_ns").map(Duration::from_nanos),
        rounds: number("rounds"),
        seed,
        further_clients: clients::kept(options).len(),
        stalls: false,
    }
}

/// A directory that is the wrong one is the user's mistake; one that does not work is not.
pub(super) fn run_dir_error(error: RunDirError) -> CliError {
    match error {
        RunDirError::Io { .. } | RunDirError::InUse { .. } => CliError::environment(error),
        _ => CliError::usage(error),
    }
}
