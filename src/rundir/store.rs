//! A run directory in use.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::files::{
    LATENCY_CSV, MANIFEST, OBSERVATIONS, REPORT_CSV, REPORT_JSON, RESULTS, SCENARIOS, numbered,
    remove_temporary,
};
use super::location::check_empty;
use super::lock::Lock;
use super::manifest::{Manifest, NewRun, Planned};
use super::read::{ResultFile, read_results, report};
use super::{Location, RunDirError};
use crate::report::atomic::{replace, sync_directory};
use crate::report::{Host, Report, SCHEMA_VERSION, ScenarioResult, csv, json, latency, timestamp};

/// A run directory that this process alone may write, until it is dropped.
#[derive(Debug)]
pub struct RunDir {
    path: PathBuf,
    manifest: Manifest,
    finished: BTreeMap<usize, ScenarioResult>,
    _lock: Lock,
}

/// One file in `observations/`.
#[derive(Serialize)]
struct ObservationsFile<'a, P, R> {
    schema_version: u32,
    /// Place in the plan.
    index: usize,
    plan: &'a P,
    record: &'a R,
}

impl RunDir {
    /// Makes a run directory and writes down what is planned.
    ///
    /// # Errors
    ///
    /// The directory given holds a run or anything else, is in use, or cannot be written.
    pub fn create(location: &Location, run: &NewRun) -> Result<Self, RunDirError> {
        let mut made = location.create(run.started, run.seed)?;
        let path = made.path.clone();
        let lock = Lock::take(&path)?;
        // Another process may have made its run here before this one had the lock.
        check_empty(&path)?;
        made.own();
        for directory in [SCENARIOS, RESULTS, OBSERVATIONS] {
            let directory = path.join(directory);
            std::fs::create_dir(&directory).map_err(RunDirError::io(directory))?;
        }
        let planned = write_scenarios(&path, run)?;
        let manifest = Manifest {
            schema_version: SCHEMA_VERSION,
            fsrace_version: env!("CARGO_PKG_VERSION").to_owned(),
            started: timestamp::rfc3339(run.started),
            seed: run.seed,
            options: run.options.clone(),
            host: run.host.clone(),
            planned,
        };
        let this = Self { path, manifest, finished: BTreeMap::new(), _lock: lock };
        this.refresh()?;
        // Last: a directory with a manifest is a run, and a run is complete.
        this.replace(MANIFEST, |out| write_json(&this.manifest, out))?;
        let parent = this.path.join("..");
        sync_directory(&parent).map_err(RunDirError::io(parent))?;
        made.keep();
        location.link_latest(&this.path);
        Ok(this)
    }

    /// Opens the run directory of a run that is to be resumed, and removes what a crash left of
    /// files that were being written.
    ///
    /// # Errors
    ///
    /// It is not a run directory, is in use, has another schema version or was made by another
    /// version of fsrace (but for the patch level), holds a damaged file, or the target of an
    /// unfinished scenario is missing.
    pub fn open(path: &Path) -> Result<Self, RunDirError> {
        // Looked at before the lock is taken, which would leave a file in a foreign directory.
        Manifest::read(path)?;
        let lock = Lock::take(path)?;
        let manifest = Manifest::read(path)?;
        manifest.check_version(path)?;
        for directory in
            [path.to_owned(), path.join(SCENARIOS), path.join(RESULTS), path.join(OBSERVATIONS)]
        {
            remove_temporary(&directory).map_err(RunDirError::io(directory))?;
        }
        let finished = read_results(path, &manifest)?;
        let this = Self { path: path.to_owned(), manifest, finished, _lock: lock };
        for (index, planned) in this.pending() {
            this.scenario_text(index)?;
            if !planned.target.is_dir() {
                return Err(RunDirError::TargetMissing(planned.target.clone()));
            }
        }
        // A crash may have come between a result and the report made from it.
        this.refresh()?;
        Ok(this)
    }

    /// Refuses to go on with a run that began on another system: one report has one host.
    ///
    /// # Errors
    ///
    /// [`RunDirError::OtherHost`].
    pub fn require_host(&self, now: &Host) -> Result<(), RunDirError> {
        // The preemption model is left out: whether it can be read depends on who runs this.
        let then = &self.manifest.host;
        let key = |h: &Host| (h.os.clone(), h.kernel.clone(), h.arch.clone(), h.cpus);
        if key(then) == key(now) {
            return Ok(());
        }
        let (then, now) = (Box::new(then.clone()), Box::new(now.clone()));
        Err(RunDirError::OtherHost { path: self.path.clone(), then, now })
    }

    /// The directory, as it was given or named.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was planned.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The text of the scenario of an entry of the plan.
    ///
    /// # Errors
    ///
    /// The file is missing or is not text.
    pub fn scenario_text(&self, index: usize) -> Result<String, RunDirError> {
        let path = self.path.join(&self.manifest.planned[index].file);
        std::fs::read_to_string(&path).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::InvalidData => {
                RunDirError::CorruptRun { path, reason: e.to_string() }
            }
            _ => RunDirError::Io { path, source: e },
        })
    }

    /// What is finished, by place in the plan.
    pub fn finished(&self) -> impl Iterator<Item = (usize, &ScenarioResult)> {
        self.finished.iter().map(|(index, result)| (*index, result))
    }

    /// What is left to do, by place in the plan.
    pub fn pending(&self) -> impl Iterator<Item = (usize, &Planned)> {
        let planned = self.manifest.planned.iter().enumerate();
        planned.filter(|(index, _)| !self.finished.contains_key(index))
    }

    /// Keeps the result of an entry of the plan. Once this returns, it survives a power cut.
    ///
    /// # Errors
    ///
    /// The system refuses to write. A second call with the same entry replaces the result.
    pub fn record(&mut self, index: usize, result: ScenarioResult) -> Result<(), RunDirError> {
        let name = numbered(index, &self.manifest.planned[index].scenario, "json");
        let file = ResultFile { schema_version: SCHEMA_VERSION, index, result };
        self.replace(&format!("{RESULTS}/{name}"), |out| write_json(&file, out))?;
        self.finished.insert(index, file.result);
        self.refresh()
    }

    /// Keeps what was observed, with the plan it belongs to, so that it can be judged again.
    ///
    /// # Errors
    ///
    /// The system refuses to write.
    pub fn keep_observations(
        &self,
        index: usize,
        plan: &impl Serialize,
        record: &impl Serialize,
    ) -> Result<(), RunDirError> {
        let name = numbered(index, &self.manifest.planned[index].scenario, "json");
        let file = ObservationsFile { schema_version: SCHEMA_VERSION, index, plan, record };
        self.replace(&format!("{OBSERVATIONS}/{name}"), |out| write_json(&file, out))
    }

    /// All that is finished, in the order of the plan.
    #[must_use]
    pub fn report(&self) -> Report {
        report(&self.manifest, &self.finished)
    }

    /// Makes the files that hold all results again.
    fn refresh(&self) -> Result<(), RunDirError> {
        let report = self.report();
        self.replace(REPORT_JSON, |out| json::write(&report, out))?;
        self.replace(REPORT_CSV, |out| csv::write(&report, out))?;
        self.replace(LATENCY_CSV, |out| latency::write(&report, out))
    }

    fn replace(
        &self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), RunDirError> {
        let path = self.path.join(name);
        replace(&path, write).map_err(RunDirError::io(path))
    }
}

/// Writes each different scenario once and says which file belongs to which entry.
fn write_scenarios(run_dir: &Path, run: &NewRun) -> Result<Vec<Planned>, RunDirError> {
    let mut files: BTreeMap<(&str, &str), String> = BTreeMap::new();
    let mut planned = Vec::with_capacity(run.entries.len());
    for (index, entry) in run.entries.iter().enumerate() {
        let key = (entry.scenario.as_str(), entry.text.as_str());
        let file = match files.get(&key) {
            Some(file) => file.clone(),
            None => {
                let file = format!("{SCENARIOS}/{}", numbered(index, &entry.scenario, "toml"));
                let path = run_dir.join(&file);
                replace(&path, |out| out.write_all(entry.text.as_bytes()))
                    .map_err(RunDirError::io(path))?;
                files.insert(key, file.clone());
                file
            }
        };
        planned.push(Planned {
            scenario: entry.scenario.clone(),
            digest: entry.digest.clone(),
            target: std::path::absolute(&entry.target).map_err(RunDirError::io(&entry.target))?,
            file,
            source: entry.source.clone(),
        });
    }
    sync_directory(run_dir).map_err(RunDirError::io(run_dir))?;
    Ok(planned)
}

fn write_json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    out.write_all(b"\n")
}
