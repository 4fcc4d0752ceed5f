//! `fsrace guarantees`: what an application can rely on, on the filesystems that it ships on.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use clap::Args;

use super::entries::{accept, draw_seed, targets};
use super::exit::{CliError, Exit};
use super::github::Github;
use super::ground::Ground;
use super::interrupt::Interrupt;
use super::library::built_in;
use super::outputs::OutputArgs;
use super::result::blank;
use super::shares::Shares;
use super::values;
use crate::detect::Accepted;
use crate::guarantees::{self, judge};
use crate::plan::{Plan, Settings, plan};
use crate::report::guarantees::text::Detail;
use crate::report::guarantees::{GuaranteesReport, OnTarget, Standing, text};
use crate::report::text::TextOptions;
use crate::report::timestamp::rfc3339;
use crate::report::{Report, SCHEMA_VERSION, ScenarioResult, Target, Verdict};
use crate::sys::host;
use crate::ui::progress::Progress;
use crate::ui::units;

/// What all scenarios together take on a target unless a duration is given.
const QUICK: Duration = Duration::from_secs(42);
/// Until when, unless a duration is given, scenarios that decided nothing are tried once more on a
/// target: what is begun then ends within a minute.
const LAST_TRY: Duration = Duration::from_secs(54);
/// How many times longer a scenario that decided nothing is tried once more.
const LONGER: u32 = 4;

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Guarantees {
    /// Directory on the filesystem to test; may be given several times, and each gets a column
    /// (default: the system's temporary directory)
    #[arg(value_name = "DIR")]
    targets: Vec<PathBuf>,
    /// How long each scenario runs, such as 500ms, 5s or 2m (default: up to 500ms, so that a target
    /// takes less than a minute)
    #[arg(short, long, value_name = "TIME", value_parser = values::duration)]
    duration: Option<Duration>,
    /// Mark what a relaxation of the model explains as accepted, and do not fail for it (`fsrace
    /// explain` lists them); may be given several times
    #[arg(long, value_name = "NAME")]
    accept: Vec<String>,
    /// Accept the relaxations that a file names, each with the source that documents it
    #[arg(long, value_name = "FILE")]
    profile: Vec<PathBuf>,
    /// Fixes every random choice, though not the kernel's schedule (default: drawn, and printed)
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    outputs: OutputArgs,
    /// Draw no progress line
    #[arg(long)]
    no_progress: bool,
    /// Print only what is broken, and the totals
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Print also the evidence for all that holds
    #[arg(short, long)]
    verbose: bool,
}

const EXIT_CODES: &str = "Exit codes: 0 nothing that is promised is broken; 1 something is, or \
    something else was found that POSIX rules out; 2 bad arguments; 3 a target cannot be used, or \
    nothing could be tested; 4 nothing is broken, but for something that is promised it could not be \
    decided; 70 internal error. After SIGINT, SIGTERM or SIGHUP the table so far is printed and fsrace \
    dies of the signal.";

/// Everything that is settled before the first scenario starts.
struct Check {
    interrupt: Interrupt,
    ground: Ground,
    progress: Progress,
    seed: u64,
    results: Vec<ScenarioResult>,
}

impl Guarantees {
    pub(super) fn execute(self) -> Result<Exit, CliError> {
        let interrupt = Interrupt::listen()?;
        Ground::check_limits()?;
        let paths = targets(&self.targets)?;
        // Judged as POSIX has it, whatever is accepted: that marks what is broken, and hides nothing.
        let mut accepted = Accepted::nothing();
        accept(&mut accepted, &self.accept, &self.profile)?;
        let seed = self.seed.unwrap_or_else(draw_seed);
        let plans = plans(Settings { duration: self.duration, seed, ..Settings::default() })?;
        let outputs = self.outputs.open()?;
        let ground = Ground::prepare(&paths)?;
        let quiet = self.quiet || outputs.use_stdout();
        let progress = Progress::new(paths.len() * plans.len(), !self.no_progress && !self.quiet);
        let mut check = Check { interrupt, ground, progress, seed, results: Vec::new() };
        let started = rfc3339(SystemTime::now());
        if !quiet {
            check.introduce(&paths, plans.len());
        }
        check.run(&paths, &plans, self.duration);
        check.ground.clear();
        check.progress.finish();

        let report = check.report(&paths, started, &accepted);
        if !outputs.use_stdout() {
            let detail = match (self.quiet, self.verbose) {
                (true, _) => Detail::Little,
                (false, false) => Detail::Normal,
                (false, true) => Detail::Full,
            };
            let text = text::render(&report, detail, &TextOptions::for_stdout());
            // Whoever read standard output may have gone away; the files are written all the same.
            let _ = check.progress.print(&text);
        }
        self.outputs.github.unwrap_or(Github::Auto).tell(&report, outputs.use_stdout());
        let written = outputs.write(&report).map_err(CliError::environment);
        if let Some(signal) = check.interrupt.signal() {
            check.progress.note("stopped: what was not run before is not testable in this table\n");
            return Err(CliError::Signal(signal));
        }
        written?;
        Ok(exit(&report))
    }
}

/// The plans of all scenarios that the guarantees need.
fn plans(settings: Settings) -> Result<Vec<Plan>, CliError> {
    let loaded = built_in()?;
    let plan_of = |name: &str| {
        let found = loaded.iter().find(|loaded| loaded.scenario.name == name);
        let found = found.ok_or_else(|| {
            CliError::Internal(format!("the built-in scenario `{name}` is missing"))
        })?;
        plan(&found.scenario, &settings).map_err(CliError::usage)
    };
    guarantees::scenarios().into_iter().map(plan_of).collect()
}

impl Check {
    fn introduce(&self, paths: &[PathBuf], scenarios: usize) {
        let mut text = format!("fsrace {}\n", env!("CARGO_PKG_VERSION"));
        for path in paths {
            let Target { path, fs_type, mount_options, .. } = self.ground.target(path);
            text += &format!("{path} ({fs_type}, {mount_options})\n");
        }
        let scenarios = units::counted(scenarios as u64, "scenario");
        text += &format!("{scenarios} on each, seed {}\n", self.seed);
        let _ = self.progress.print(&text);
    }

    fn run(&mut self, paths: &[PathBuf], plans: &[Plan], duration: Option<Duration>) {
        for path in paths {
            let (first, started) = (self.results.len(), Instant::now());
            let mut shares = Shares::new(QUICK, plans.len());
            for plan in plans {
                if self.interrupt.signal().is_some() {
                    return;
                }
                let (given, started) = (duration.unwrap_or_else(|| shares.next()), Instant::now());
                let result = self.one(plan, path, given, "first");
                shares.took(given, started.elapsed());
                self.progress.scenario_done(result.verdict);
                self.results.push(result);
            }
            // Last, for what kept the processors busy may be over by then.
            let again = duration.unwrap_or_else(|| shares.next()) * LONGER;
            for (index, plan) in plans.iter().enumerate() {
                let late = duration.is_none() && started.elapsed() > LAST_TRY;
                if late || self.interrupt.signal().is_some() {
                    break;
                }
                if self.results[first + index].verdict == Verdict::Inconclusive {
                    self.results[first + index] = self.one(plan, path, again, "second");
                }
            }
        }
    }

    /// What all of it comes to.
    fn report(
        &mut self,
        paths: &[PathBuf],
        started: String,
        accepted: &Accepted,
    ) -> GuaranteesReport {
        let targets: Vec<Target> =
            paths.iter().map(|path| self.ground.target(path).clone()).collect();
        let run = Report {
            schema_version: SCHEMA_VERSION,
            fsrace_version: env!("CARGO_PKG_VERSION").to_owned(),
            started,
            host: host::host(),
            results: std::mem::take(&mut self.results),
            unfinished: Vec::new(),
        };
        let rows: Vec<_> = guarantees::TOPICS
            .into_iter()
            .flat_map(|topic| topic.guarantees.iter().map(move |one| (topic.title, one)))
            .collect();
        let accepted: Vec<&str> = accepted.names().collect();
        judge(run, &rows, &targets, &accepted)
    }

    /// One scenario on one target, for so long, however many rounds it asks for itself.
    fn one(&mut self, plan: &Plan, path: &Path, duration: Duration, which: &str) -> ScenarioResult {
        let plan =
            &Plan { duration: Some(duration), rounds: None, iterations: None, ..plan.clone() };
        let name = format!("{}-{which}", plan.scenario);
        let (progress, interrupt) = (&mut self.progress, &self.interrupt);
        let open = Accepted::nothing();
        match self.ground.perform(plan, path, &name, &open, progress, interrupt) {
            Ok(performed) => performed.result,
            Err(why) => blank(plan, self.ground.target(path), Verdict::Skipped, Some(why)),
        }
    }
}

/// The exit code that a report comes to.
fn exit(report: &GuaranteesReport) -> Exit {
    let any = |is: &dyn Fn(bool, &OnTarget) -> bool| {
        report.guarantees.iter().any(|row| row.targets.iter().any(|on| is(row.promised, on)))
    };
    let also = report.also_found.iter().any(|found| !found.accepted);
    if also || any(&|_, on| on.verdict == Standing::Broken && !on.accepted) {
        Exit::Anomaly
    } else if any(&|promised, on| promised && on.inconclusive) {
        Exit::Inconclusive
    } else if any(&|_, on| on.verdict != Standing::NotTestable) {
        Exit::Clean
    } else {
        Exit::Environment
    }
}
