//! A run from its first line to its exit code.

use std::collections::HashMap;
use std::path::PathBuf;

use super::entries::{Entries, Entry, Work};
use super::exit::{CliError, Exit};
use super::interrupt::Interrupt;
use super::perform::{Performed, Stage};
use super::result::blank;
use super::run::Run;
use crate::detect::Accepted;
use crate::engine::Engine;
use crate::engine::sandbox::{Janitor, Sandbox};
use crate::report::details::details;
use crate::report::text::{self, TextOptions};
use crate::report::{Host, OutputPaths, Outputs, Report, ScenarioResult, Target, Verdict};
use crate::sys::errno::describe;
use crate::sys::process::own_program;
use crate::sys::{fsinfo, host, limits};
use crate::ui::progress::{Progress, Tick};
use crate::ui::units;

/// A limit on file sizes from which on no scenario meets it.
const ENOUGH_FILE_SIZE: u64 = 4 << 30;

/// Everything that is settled before the first scenario starts. From here on, only the scenarios
/// themselves can go wrong.
#[derive(Debug)]
pub(super) struct Session {
    quiet: bool,
    verbose: bool,
    host: Host,
    entries: Entries,
    outputs: Outputs,
    interrupt: Interrupt,
    engine: Engine,
    /// The directory made in each target.
    sandboxes: HashMap<PathBuf, Sandbox>,
    targets: HashMap<PathBuf, Target>,
    janitor: Option<Janitor>,
    progress: Progress,
    text: TextOptions,
    accepted: Accepted,
    /// Some call hangs, so that waiting for anything on that target may never end.
    stuck: Vec<PathBuf>,
}

impl Session {
    /// Checks all that can be checked before anything runs.
    pub(super) fn prepare(run: Run) -> Result<Self, CliError> {
        let interrupt = Interrupt::listen()?;
        let program = own_program().map_err(|error| {
            CliError::Environment(format!("cannot find the program itself: {}", describe(&error)))
        })?;
        check_file_size_limit()?;
        let host = host::host();
        // What is made comes in the order of what it leaves behind when the next fails: nothing
        // but the run directory stays, and that is made last.
        let work = Work::of(&run, &host)?;
        let paths = OutputPaths { csv: run.csv.clone(), json: run.json.clone() };
        let outputs = Outputs::open(&paths).map_err(CliError::environment)?;
        let mut janitor = Janitor::start(&program).map_err(|error| {
            let why = describe(&error);
            CliError::Environment(format!("cannot start the clean-up process: {why}"))
        })?;
        let mut sandboxes = HashMap::new();
        let mut targets = HashMap::new();
        for path in work.targets() {
            let sandbox = Sandbox::create(&path, &mut janitor).map_err(CliError::environment)?;
            let info = fsinfo::fs_info(&path).map_err(|error| {
                CliError::Environment(format!("target {}: {}", path.display(), describe(&error)))
            })?;
            targets.insert(path.clone(), info.target(&path));
            sandboxes.insert(path, sandbox);
        }
        let accepted = work.accepted()?;
        let entries = work.begin()?;
        let total = entries.run_dir.manifest().planned.len();
        let mut progress = Progress::new(total, !run.no_progress && !run.quiet);
        progress.resumed(entries.run_dir.finished().map(|(_, result)| result.verdict));
        Ok(Self {
            quiet: run.quiet || outputs.use_stdout(),
            verbose: run.verbose,
            host,
            entries,
            outputs,
            interrupt,
            engine: Engine::new(program),
            sandboxes,
            targets,
            janitor: Some(janitor),
            progress,
            text: TextOptions::for_stdout(),
            accepted,
            stuck: Vec::new(),
        })
    }

    /// Runs what is to be run, prints and writes the results.
    pub(super) fn run(mut self) -> Result<Exit, CliError> {
        self.introduce();
        let mut unfinished = None;
        let mut unkept = None;
        for entry in std::mem::take(&mut self.entries.entries) {
            if self.interrupt.signal().is_some() {
                break;
            }
            let result = self.one(&entry);
            self.progress.scenario_done(result.verdict);
            let shown = !self.quiet || result.verdict == Verdict::Fail;
            if shown && !self.outputs.use_stdout() {
                self.print(&text::scenario(&result, &self.text));
            }
            if self.interrupt.signal().is_some() {
                // Not kept as finished: a resumed run does it again from the start.
                unfinished = Some(result);
                break;
            }
            if let Err((error, result)) = self.keep(entry.index, result) {
                // Whatever else was asked for still gets this result.
                unfinished = Some(*result);
                unkept = Some(error);
                break;
            }
        }
        self.conclude(unfinished, unkept)
    }

    /// Keeps a result in the run directory, or gives it back.
    fn keep(
        &mut self,
        index: usize,
        result: ScenarioResult,
    ) -> Result<(), (CliError, Box<ScenarioResult>)> {
        let kept = self.entries.run_dir.record(index, result.clone());
        kept.map_err(|error| {
            let error = format!("the run stops here, for its results cannot be kept: {error}");
            (CliError::Environment(error), Box::new(result))
        })
    }

    fn introduce(&mut self) {
        if self.quiet {
            return;
        }
        let host = &self.host;
        let mut lines = Vec::new();
        for path in self.entries.targets() {
            let target = &self.targets[&path];
            lines.push(format!(
                "fsrace {} on {} ({}, {}), {} {} {}, {} processors\n",
                env!("CARGO_PKG_VERSION"),
                target.path,
                target.fs_type,
                target.mount_options,
                host.os,
                host.kernel,
                host.arch,
                host.cpus
            ));
        }
        let manifest = self.entries.run_dir.manifest();
        lines.push(format!(
            "{}, seed {}, results in {}\n\n",
            units::counted(manifest.planned.len() as u64, "scenario"),
            manifest.seed,
            self.entries.run_dir.path().display()
        ));
        self.print(&lines.concat());
    }

    /// One scenario on one target, whatever comes of it.
    fn one(&mut self, entry: &Entry) -> ScenarioResult {
        let plan = &entry.plan;
        let target = self.targets[&entry.target].clone();
        let blank = |verdict, reason| blank(plan, &target, verdict, reason);
        if self.stuck.contains(&entry.target) {
            let reason = "a call on this target still hangs: restart the machine, or remount it";
            return blank(Verdict::Skipped, Some(reason.to_owned()));
        }
        self.progress.scenario_started(&plan.scenario, &target.fs_type, plan.duration);
        self.perform(entry, &target).unwrap_or_else(|reason| blank(Verdict::Skipped, Some(reason)))
    }

    /// Runs and judges it in a directory of its own, and removes that, unless some call has not
    /// returned.
    fn perform(&mut self, entry: &Entry, target: &Target) -> Result<ScenarioResult, String> {
        check_room(entry)?;
        let sandbox = self.sandboxes.get_mut(&entry.target).ok_or("no sandbox")?;
        let room = sandbox.room(&entry.index.to_string()).map_err(|error| describe(&error))?;
        let (progress, interrupt) = (&mut self.progress, &self.interrupt);
        let stage = Stage { engine: &self.engine, accepted: &self.accepted };
        let performed = stage.perform(&entry.plan, room.path(), target, &mut |tick| {
            progress.tick(Tick { elapsed: tick.elapsed, ops: tick.ops, overlap: tick.overlap });
            interrupt.signal().is_none()
        });
        if performed.as_ref().is_ok_and(|performed| performed.observations.hangs()) {
            // Removing anything could hang as well: the janitor does it, if it can be done.
            sandbox.abandon();
            self.stuck.push(entry.target.clone());
        } else if let Err(error) = room.remove() {
            self.progress.note(&format!(
                "cannot remove what a scenario left behind: {}; it is tried again at the end, and for \
                 a minute after it\n",
                describe(&error)
            ));
        }
        let Performed { plan, observations, result } = performed?;
        let run_dir = &self.entries.run_dir;
        if let Err(error) = run_dir.keep_observations(entry.index, &plan, &observations) {
            self.progress.note(&format!("{error}\n"));
        }
        Ok(result)
    }

    /// Puts everything away, prints the table and writes the files.
    fn conclude(
        mut self,
        unfinished: Option<ScenarioResult>,
        unkept: Option<CliError>,
    ) -> Result<Exit, CliError> {
        self.sandboxes.clear();
        if let Some(janitor) = self.janitor.take() {
            if !self.stuck.is_empty() {
                janitor.leave();
            }
        }
        self.progress.finish();
        let mut report = self.entries.run_dir.report();
        if let Some(result) = unfinished {
            let same = |kept: &ScenarioResult| {
                kept.scenario == result.scenario && kept.target == result.target
            };
            if !report.results.iter().any(same) {
                report.results.push(result);
            }
        }
        if !self.outputs.use_stdout() {
            let summary = text::summary(&report, &self.text);
            self.print(&format!("\n{summary}"));
            if self.verbose {
                self.print(&details(&report, &self.text));
            }
        }
        let written = self.outputs.write(&report).map_err(CliError::environment);
        if let Some(signal) = self.interrupt.signal() {
            let left = self.entries.run_dir.pending().count();
            let path = self.entries.run_dir.path().display();
            self.progress.note(&format!(
                "stopped with {} to go: `fsrace run --resume {path}` does the rest\n",
                units::counted(left as u64, "scenario")
            ));
            return Err(CliError::Signal(signal));
        }
        unkept.map_or(Ok(()), Err)?;
        written?;
        Ok(exit(&report))
    }

    fn print(&self, text: &str) {
        // Whoever read standard output may have gone away; the files are written all the same.
        let _ = self.progress.print(text);
    }
}

/// Refuses a scenario that may not fit: what its writes then return proves nothing.
fn check_room(entry: &Entry) -> Result<(), String> {
    let free = fsinfo::fs_info(&entry.target).ok().and_then(|info| info.free_bytes);
    let needed = entry.plan.bytes_needed();
    match free {
        Some(free) if free < needed => Err(format!(
            "ENOSPC: the target has {} free, the scenario needs {}; free some space",
            units::bytes(free),
            units::bytes(needed)
        )),
        _ => Ok(()),
    }
}

/// Refuses to run under a small limit on file sizes: a write that it cuts short would be taken for
/// a fault of the filesystem.
fn check_file_size_limit() -> Result<(), CliError> {
    match limits::raise_file_size() {
        Some(limit) if limit < ENOUGH_FILE_SIZE => Err(CliError::Environment(format!(
            "EFBIG: files are limited to {} here; raise the limit (`ulimit -f unlimited`) and run \
             again",
            units::bytes(limit)
        ))),
        _ => Ok(()),
    }
}

/// The exit code that a report comes to.
fn exit(report: &Report) -> Exit {
    let any = |verdict| report.results.iter().any(|result| result.verdict == verdict);
    if any(Verdict::Fail) {
        Exit::Anomaly
    } else if any(Verdict::Inconclusive) {
        Exit::Inconclusive
    } else if any(Verdict::Pass) {
        Exit::Clean
    } else {
        Exit::Environment
    }
}
