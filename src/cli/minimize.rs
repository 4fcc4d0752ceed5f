//! `fsrace minimize SCENARIO|FINDING`: the smallest program that still shows the same anomaly.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::acceptance::{Acceptance, paths};
use super::clients;
use super::entries::{draw_seed, targets};
use super::exit::{CliError, Exit};
use super::ground::Ground;
use super::interrupt::Interrupt;
use super::library::load;
use super::pursuit::Pursuit;
use super::values;
use crate::detect::DETECTORS;
use crate::fuzz::confirm::{Confirmed, Unconfirmed, another, confirm, replay_of};
use crate::fuzz::finding;
use crate::fuzz::minimize::{Looked, Minimized, News, Options, look, minimize};
use crate::fuzz::signature::{Signature, Wanted};
use crate::fuzz::trial::{Trial, Unrunnable};
use crate::plan::{Settings, plan};
use crate::report::minimize as text;
use crate::report::{Verdict, atomic};
use crate::scenario::{Scenario, to_toml};
use crate::ui::progress::Progress;

/// How long an anomaly is looked for at least, as a part of the budget.
pub(super) const LOOK_PART: u32 = 6;

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Minimize {
    /// A scenario file that fails, or the directory of a finding
    #[arg(value_name = "SCENARIO|FINDING")]
    scenario: PathBuf,
    /// Directory on the filesystem to test (default: the system's temporary directory)
    #[arg(short, long, value_name = "DIR")]
    target: Option<PathBuf>,
    /// Another mount of the target's storage; may be given several times
    #[arg(long = "client", value_name = "DIR", requires = "target")]
    clients: Vec<PathBuf>,
    /// Which anomaly to follow, by the code of its detector (default: the worst one)
    #[arg(long, value_name = "CODE", value_parser = code)]
    code: Option<String>,
    /// How long it may take until the smallest scenario so far is good enough
    #[arg(long, value_name = "TIME", value_parser = values::duration, default_value = "60s")]
    budget: Duration,
    #[command(flatten)]
    acceptance: Acceptance,
    /// Fixes every random choice, though not the kernel's schedule (default: drawn, and printed)
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Where the finding goes: a directory of findings, or a file (*.toml) for the scenario alone
    #[arg(short, long, value_name = "DIR|FILE", default_value = "findings")]
    out: PathBuf,
    /// Draw no progress line
    #[arg(long)]
    no_progress: bool,
    /// Print only what was found
    #[arg(short, long)]
    quiet: bool,
}

const EXIT_CODES: &str = "Exit codes: 0 the scenario shows no anomaly, so that there is nothing to \
    minimize; 1 it does, and the smallest scenario found is printed; 2 bad arguments or scenario; 3 \
    the environment cannot run it; 4 it shows none, but that decides nothing; 70 internal error. \
    After SIGINT, SIGTERM or SIGHUP the smallest scenario so far is printed and fsrace dies of the \
    signal.";

/// A code that a detector has.
fn code(text: &str) -> Result<String, String> {
    match DETECTORS.iter().find(|one| one.code == text) {
        Some(one) => Ok(one.code.to_owned()),
        None => Err("no detector has this code; `fsrace explain` lists them".to_owned()),
    }
}

/// Everything that is settled before anything runs.
struct Session {
    scenario: Scenario,
    code: Option<String>,
    /// What the finding shows that it is from.
    known: Option<Signature>,
    budget: Duration,
    seed: u64,
    out: PathBuf,
    quiet: bool,
    progress: Progress,
}

impl Minimize {
    pub(super) fn execute(self) -> Result<Exit, CliError> {
        let interrupt = Interrupt::listen()?;
        Ground::check_limits()?;
        let (scenario, known) = self.scenario()?;
        let targets = targets(self.target.as_slice())?;
        let further = clients::of(&self.clients, &targets)?;
        let accepted = self.acceptance.accepted()?;
        plan(&scenario, &Settings::default()).map_err(CliError::usage)?;
        check(&self.out)?;
        let options = [paths("--client", &further), self.acceptance.arguments()].concat();
        let mut ground = Ground::prepare(&targets)?;
        ground.see_through(&further)?;
        let target = targets.into_iter().next().unwrap_or_default();
        let quiet = self.quiet;
        let session = Session {
            scenario,
            code: self.code,
            known,
            budget: self.budget,
            seed: self.seed.unwrap_or_else(draw_seed),
            out: self.out,
            quiet,
            progress: Progress::new(1, !self.no_progress && !quiet),
        };
        let mut pursuit = Pursuit::new(&mut ground, target, &accepted, &interrupt, options);
        let ended = session.run(&mut pursuit);
        ground.clear();
        match interrupt.signal() {
            Some(signal) => Err(CliError::Signal(signal)),
            None => ended,
        }
    }

    /// The scenario, and the signature of the finding that it is from.
    fn scenario(&self) -> Result<(Scenario, Option<Signature>), CliError> {
        let (path, known) = if finding::is_finding(&self.scenario) {
            let (path, result) = finding::read(&self.scenario).map_err(CliError::usage)?;
            (path, Some(result.signature))
        } else {
            (self.scenario.clone(), None)
        };
        let mut loaded = load(std::slice::from_ref(&path))?;
        match (loaded.pop(), loaded.is_empty()) {
            (Some(one), true) => Ok((one.scenario, known)),
            _ => Err(CliError::Usage(format!(
                "{}: several scenarios; give the file of one",
                path.display()
            ))),
        }
    }
}

impl Session {
    fn run(&self, pursuit: &mut Pursuit<'_>) -> Result<Exit, CliError> {
        let target = pursuit.ground.target(&pursuit.target);
        self.say(&text::introduction(&self.scenario.name, target, self.seed));
        self.progress.show(&format!("{}: does it show anything?", self.scenario.name));
        let own = self.scenario.run.duration.unwrap_or_default();
        let time = own.max(self.budget / LOOK_PART);
        let wanted = match (&self.code, &self.known) {
            (Some(code), _) => Wanted::Code(code),
            (None, Some(known)) => Wanted::Kind(known),
            (None, None) => Wanted::Any,
        };
        let looked = look(&self.scenario, wanted, time, pursuit, self.seed);
        let best = match looked.map_err(unrunnable)? {
            Looked::Shows(best) => best,
            Looked::Nothing(trial) => return self.nothing(&trial),
        };
        self.say(&text::shows(&best));
        let clients = !pursuit.ground.clients().is_empty();
        let options = Options { budget: self.budget, seed: self.seed, clients };
        let minimized = minimize(*best, pursuit, &options, &mut |news| self.news(news));
        let scenario = replay_of(&minimized.best);
        self.say(&text::minimized(&self.scenario, &minimized));
        let confirmed = self.confirm(&minimized, &scenario, pursuit);
        match &confirmed {
            Ok(confirmed) => {
                self.print(&text::confirmed(&minimized.best.signature, confirmed));
            }
            Err(why) => self.print(&format!("not confirmed, and so no finding: {why}\n")),
        }
        let kept = self.keep(&minimized, &scenario, confirmed.ok(), pursuit);
        if let Ok(Some(path)) = &kept {
            self.print(&format!("{}\n", path.display()));
        }
        // Also if it could not be written: it took its time.
        self.print(&format!("\n{}", to_toml(&scenario)));
        kept.map(|_| Exit::Anomaly)
    }

    /// The exit code for a scenario that has shown nothing of the kind.
    fn nothing(&self, trial: &Trial) -> Result<Exit, CliError> {
        let known = self.known.as_ref().map(|known| &known.code);
        let code = self.code.as_ref().or(known);
        let what = code.map_or("no anomaly".to_owned(), |code| format!("no {code}"));
        let (exit, end) = match trial.verdict {
            Verdict::Inconclusive => (Exit::Inconclusive, "which decides nothing"),
            Verdict::Skipped => (Exit::Environment, "for it cannot run here"),
            Verdict::Pass | Verdict::Fail => (Exit::Clean, "so that there is nothing to minimize"),
        };
        let reason = trial.reason.as_ref().map_or(String::new(), |why| format!(" ({why})"));
        self.print(&format!("{} shows {what}, {end}{reason}\n", self.scenario.name));
        Ok(exit)
    }

    fn confirm(
        &self,
        minimized: &Minimized,
        scenario: &Scenario,
        pursuit: &mut Pursuit<'_>,
    ) -> Result<Confirmed, Unconfirmed> {
        self.progress.show(&format!("{}: confirming it", scenario.name));
        confirm(&minimized.best, scenario, pursuit, another(self.seed))
    }

    /// Keeps what was found, if anything is to be kept, and returns where.
    fn keep(
        &self,
        minimized: &Minimized,
        scenario: &Scenario,
        confirmed: Option<Confirmed>,
        pursuit: &Pursuit<'_>,
    ) -> Result<Option<PathBuf>, CliError> {
        if is_file(&self.out) {
            let text = to_toml(scenario);
            atomic::replace(&self.out, |out| out.write_all(text.as_bytes()))
                .map_err(|error| unwritable(&self.out, &error))?;
            return Ok(Some(self.out.clone()));
        }
        let Some(confirmed) = confirmed else { return Ok(None) };
        let mut finding = pursuit.finding(minimized, scenario, &self.scenario.name, confirmed)?;
        finding::settle(&self.out, &mut finding);
        if let Some((known, Ordering::Less)) = finding::known(&self.out, &finding) {
            let known = known.display();
            self.print(&format!("{known} stays, for it is smaller, or proven to be minimal\n"));
            return Ok(None);
        }
        finding::write(&self.out, &finding).map(Some).map_err(CliError::environment)
    }

    fn news(&self, news: &News<'_>) {
        self.progress.show(&text::news(news));
    }

    /// What leads to the result.
    fn say(&self, text: &str) {
        if !self.quiet {
            self.print(text);
        }
    }

    fn print(&self, text: &str) {
        // Whoever read standard output may have gone away; the files are written all the same.
        let _ = self.progress.print(text);
    }
}

/// Whether the scenario alone is wanted.
fn is_file(out: &Path) -> bool {
    out.extension().is_some_and(|extension| extension == "toml")
}

/// Whether what comes out can be written, so that it is told in the first second and not after the last.
fn check(out: &Path) -> Result<(), CliError> {
    if is_file(out) {
        atomic::Pending::create(out).map(drop).map_err(|error| unwritable(out, &error))
    } else {
        finding::check(out).map_err(CliError::environment)
    }
}

fn unwritable(out: &Path, error: &std::io::Error) -> CliError {
    let (out, why) = (out.display(), crate::sys::errno::describe(error));
    CliError::Environment(format!("{out}: {why}; give a file in a directory that you may write to"))
}

fn unrunnable(why: Unrunnable) -> CliError {
    CliError::Environment(why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_that_a_detector_has() {
        assert_eq!(code("torn-read").as_deref(), Ok("torn-read"));
        assert!(code("torn").is_err());
    }
}
