//! A run from its first line to its exit code.

use super::entries::{Entries, Entry, Work};
use super::exit::{CliError, Exit};
use super::github::Github;
use super::ground::Ground;
use super::interrupt::Interrupt;
use super::perform::Performed;
use super::result::blank;
use super::run::Run;
use crate::detect::Accepted;
use crate::report::details::details;
use crate::report::text::{self, TextOptions};
use crate::report::{Host, Outputs, Report, ScenarioResult, Verdict};
use crate::sys::{fsinfo, host};
use crate::ui::progress::Progress;
use crate::ui::units;

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
    ground: Ground,
    progress: Progress,
    text: TextOptions,
    accepted: Accepted,
    github: Github,
}

impl Session {
    /// Checks all that can be checked before anything runs.
    pub(super) fn prepare(run: Run) -> Result<Self, CliError> {
        let interrupt = Interrupt::listen()?;
        Ground::check_limits()?;
        let host = host::host();
        // What is made comes in the order of what it leaves behind when the next fails: nothing
        // but the run directory stays, and that is made last.
        let work = Work::of(&run, &host)?;
        let outputs = run.outputs.open()?;
        let mut ground = Ground::prepare(&work.targets())?;
        ground.see_through(&work.clients())?;
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
            ground,
            progress,
            text: TextOptions::for_stdout(),
            accepted,
            github: run.outputs.github.unwrap_or(Github::Auto),
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
            let target = self.ground.target(&path);
            lines.push(format!("fsrace {} on {target}, {host}\n", env!("CARGO_PKG_VERSION")));
        }
        for path in self.ground.clients() {
            // What could be found at the start is there still.
            let Ok(info) = fsinfo::fs_info(path) else { continue };
            let (path, fs_type, options) = (path.display(), info.fs_type, info.mount_options);
            lines.push(format!("client {path} ({fs_type}, {options})\n"));
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
        let name = entry.index.to_string();
        let (plan, target) = (&entry.plan, &entry.target);
        let (progress, interrupt) = (&mut self.progress, &self.interrupt);
        let performed =
            self.ground.perform(plan, target, &name, &self.accepted, progress, interrupt);
        let result = match performed {
            Err(reason) => blank(plan, self.ground.target(target), Verdict::Skipped, Some(reason)),
            Ok(Performed { plan, observations, result, .. }) => {
                let run_dir = &self.entries.run_dir;
                let kept = run_dir.keep_observations(entry.index, &plan, &observations);
                if let Err(error) = kept {
                    self.progress.note(&format!("{error}\n"));
                }
                result
            }
        };
        let source = self.entries.run_dir.manifest().planned[entry.index].source.clone();
        ScenarioResult { file: source, ..result }
    }

    /// Puts everything away, prints the table and writes the files.
    fn conclude(
        mut self,
        unfinished: Option<ScenarioResult>,
        unkept: Option<CliError>,
    ) -> Result<Exit, CliError> {
        self.ground.clear();
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
        self.github.tell(&report, self.outputs.use_stdout());
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
