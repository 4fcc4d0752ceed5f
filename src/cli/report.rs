//! `fsrace report RUN_DIR`: a run again, in any format, from what its directory keeps.

use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::{CliError, Exit};
use super::github::Github;
use super::outputs::OutputArgs;
use crate::report::details::details;
use crate::report::format::Writer;
use crate::report::text::{self, TextOptions};
use crate::report::{Anomaly, Example, Outputs, ScenarioResult, Verdict, svg};
use crate::rundir::{self, RunDirError};
use crate::ui::print;

#[derive(Debug, Args)]
#[command(
    after_help = "A run that was stopped, or still goes on, is rendered as far as it has come, and is \
    marked as incomplete. Nothing is judged again.\n\n\
    Exit codes: 0 it was rendered, whatever was found; 2 bad arguments, or not a run directory; 3 a \
    file cannot be read or written."
)]
pub(super) struct Report {
    /// The directory of a run
    #[arg(value_name = "RUN_DIR")]
    run: PathBuf,
    #[command(flatten)]
    outputs: OutputArgs,
    /// Also draw the timeline of one anomaly as SVG: of the worst, unless --scenario, --code or --on
    /// choose another; `-` is standard output
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// The scenario whose timeline is drawn
    #[arg(long, value_name = "NAME", requires = "svg")]
    scenario: Option<String>,
    /// The code whose timeline is drawn
    #[arg(long, value_name = "CODE", requires = "svg")]
    code: Option<String>,
    /// The target whose timeline is drawn: its directory or the type of its filesystem
    #[arg(long, value_name = "TARGET", requires = "svg")]
    on: Option<String>,
    /// Print only what was found, and the totals
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Print also outcomes of rounds, latencies and overlaps
    #[arg(short, long)]
    verbose: bool,
}

impl Report {
    pub(super) fn execute(self) -> Result<Exit, CliError> {
        let (_, report) = rundir::read(&self.run).map_err(refused)?;
        let mut outputs = self.outputs.open()?;
        if let Some(path) = &self.svg {
            self.add_timeline(&report, path, &mut outputs)?;
        }
        if !outputs.use_stdout() {
            self.print(&report);
        }
        self.outputs.github.unwrap_or(Github::Never).tell(&report, outputs.use_stdout());
        outputs.write(&report).map_err(CliError::environment)?;
        Ok(Exit::Clean)
    }

    fn print(&self, report: &crate::report::Report) {
        let options = TextOptions::for_stdout();
        let shown = |result: &&ScenarioResult| !self.quiet || result.verdict == Verdict::Fail;
        for result in report.results.iter().filter(shown) {
            print::out(&text::scenario(result, &options));
        }
        print::out(&format!("\n{}", text::summary(report, &options)));
        if self.verbose {
            print::out(&details(report, &options));
        }
    }

    fn add_timeline(
        &self,
        report: &crate::report::Report,
        path: &Path,
        outputs: &mut Outputs,
    ) -> Result<(), CliError> {
        let (result, anomaly, example) = self.timeline(report)?;
        let (result, anomaly, example) = (result.clone(), anomaly.clone(), example.clone());
        let write: Writer<_> = Box::new(move |_, out| svg::write(&result, &anomaly, &example, out));
        outputs.add("--svg", path, write).map_err(CliError::environment)?;
        Ok(())
    }

    /// The first of the worst class among those that are asked for.
    fn timeline<'r>(
        &self,
        report: &'r crate::report::Report,
    ) -> Result<(&'r ScenarioResult, &'r Anomaly, &'r Example), CliError> {
        let all = report.results.iter().flat_map(|result| {
            result.anomalies.iter().filter_map(move |anomaly| {
                let example = anomaly.example.as_ref().filter(|one| !one.events.is_empty())?;
                Some((result, anomaly, example))
            })
        });
        let all: Vec<_> = all.collect();
        let wanted = |asked: &Option<String>, is: &[&str]| {
            asked.as_deref().is_none_or(|asked| is.contains(&asked))
        };
        let chosen = all.iter().rev().filter(|(result, anomaly, _)| {
            let target = &result.target;
            wanted(&self.scenario, &[&result.scenario])
                && wanted(&self.code, &[&anomaly.code])
                && wanted(&self.on, &[&target.path, &target.fs_type])
        });
        // Reversed, for of equals it returns the last.
        if let Some(one) = chosen.max_by_key(|(_, anomaly, _)| anomaly.class) {
            return Ok(*one);
        }
        let known = all.iter().map(|(result, anomaly, _)| {
            let (scenario, code, on) = (&result.scenario, &anomaly.code, &result.target.fs_type);
            format!("\n  --scenario {scenario} --code {code} --on {on}")
        });
        Err(CliError::Usage(match all.len() {
            0 => "--svg: this run has no anomaly with a timeline".to_owned(),
            _ => format!("--svg: no such timeline; there are{}", known.collect::<String>()),
        }))
    }
}

/// What the system refuses is the environment's fault, all else that of the argument.
fn refused(error: RunDirError) -> CliError {
    match error {
        RunDirError::Io { .. } => CliError::environment(error),
        _ => CliError::usage(error),
    }
}
