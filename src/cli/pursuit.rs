//! Programs that are run again and again on one target: as a whole, one actor after the other, and
//! by a process of their own.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::allowed::allowed;
use super::exit::CliError;
use super::ground::Ground;
use super::interrupt::Interrupt;
use crate::detect::{Accepted, Effort};
use crate::export::c;
use crate::fuzz::confirm::{Confirmed, InTurn, Witness};
use crate::fuzz::finding::{Finding, FindingResult};
use crate::fuzz::minimize::Minimized;
use crate::fuzz::trial::{Executor, Extent, Trial, Unrunnable};
use crate::plan::{Plan, Settings, plan};
use crate::report::json::read_json;
use crate::report::{Anomaly, Report};
use crate::scenario::{Scenario, to_toml};
use crate::sys::errno::describe;
use crate::sys::process::{again, own_program};
use crate::ui::units;

/// How often a process is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How long after this process another would have ended that was asked by the same terminal.
const ASKED_BY_TERMINAL: Duration = Duration::from_secs(1);

/// Runs programs on one target, and judges them.
pub(super) struct Pursuit<'a> {
    pub(super) ground: &'a mut Ground,
    pub(super) target: PathBuf,
    pub(super) accepted: &'a Accepted,
    pub(super) interrupt: &'a Interrupt,
    /// What `fsrace run` must be told, besides scenario, target and seed, to judge in the same way.
    pub(super) options: Vec<OsString>,
}

impl<'a> Pursuit<'a> {
    pub(super) fn new(
        ground: &'a mut Ground,
        target: PathBuf,
        accepted: &'a Accepted,
        interrupt: &'a Interrupt,
        options: Vec<OsString>,
    ) -> Self {
        Self { ground, target, accepted, interrupt, options }
    }

    fn planned(&self, scenario: &Scenario, settings: Settings) -> Result<Plan, Unrunnable> {
        let further_clients = self.ground.clients().len();
        let mut scenario = scenario.clone();
        // Every run has its own, and its own length.
        scenario.run.seed = None;
        scenario.run.iterations = None;
        plan(&scenario, &Settings { further_clients, ..settings })
            .map_err(|error| Unrunnable::Program(error.to_string()))
    }

    fn check(&self) -> Result<(), Unrunnable> {
        match self.interrupt.signal() {
            Some(_) => Err(Unrunnable::Interrupted),
            None => Ok(()),
        }
    }

    /// What keeps a program from running: the place itself, once some call hangs.
    fn why(&self, reason: String) -> Unrunnable {
        if self.ground.is_stuck(&self.target) {
            Unrunnable::Place(reason)
        } else {
            Unrunnable::Program(reason)
        }
    }

    /// The arguments of `fsrace` that run a scenario file here.
    fn replay_arguments(&self, scenario: &str, seed: u64) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec!["run".into(), scenario.into(), "-t".into()];
        arguments.push(self.target.clone().into());
        arguments.extend(self.options.iter().cloned());
        arguments.extend(["--seed".into(), seed.to_string().into()]);
        arguments
    }

    /// Waits until a process has ended, which is asked to if this one is.
    fn wait(&self, child: &mut Child) -> io::Result<ExitStatus> {
        let mut asked: Option<Instant> = None;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            // A terminal asks both, and whoever is asked twice leaves the clearing up to others.
            let late = asked.is_some_and(|asked| asked.elapsed() > ASKED_BY_TERMINAL);
            match (self.interrupt.signal(), asked) {
                (Some(_), None) => asked = Some(Instant::now()),
                (Some(_), Some(_)) if late => {
                    kill_process(Pid::from_child(child), Signal::TERM)?;
                    return child.wait();
                }
                _ => {}
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// What was confirmed of a program that was found in the scenario `found_in`, to be handed on.
    ///
    /// # Errors
    /// Usage: the program cannot be planned here.
    pub(super) fn finding(
        &self,
        minimized: &Minimized,
        scenario: &Scenario,
        found_in: &str,
        confirmed: Confirmed,
    ) -> Result<Finding, CliError> {
        let further_clients = self.ground.clients().len();
        let settings = Settings { further_clients, ..Settings::default() };
        let plan = plan(scenario, &settings).map_err(CliError::usage)?;
        let replay = self.replay_command("scenario.toml", confirmed.seed);
        let result = FindingResult::new(minimized, scenario, found_in, confirmed, replay);
        let repro = c::source(&plan, &self.exported(&result));
        let (scenario, clients, allowed) =
            (scenario.clone(), plan.clients(), allowed(&plan, false));
        Ok(Finding { result, scenario, clients, allowed, repro })
    }

    /// What the program in C says and judges, as far as it can do without fsrace.
    fn exported(&self, result: &FindingResult) -> c::Options {
        let (report, target) = (&result.confirmed.report, &result.confirmed.result().target);
        let finding = result.confirmed.anomaly(&result.signature).map(|anomaly| {
            let Anomaly { count, trials, rate_low, rate_high, .. } = *anomaly;
            let rate = units::k_in_n(count, trials, rate_low, rate_high);
            let (os, kernel) = (&report.host.os, &report.host.kernel);
            c::Finding {
                code: anomaly.code.clone(),
                class: anomaly.class.name().to_owned(),
                relaxations: anomaly.relaxations.clone(),
                seen: anomaly.seen.clone(),
                rate: format!("{rate} on {}, {os} {kernel}", target.fs_type),
            }
        });
        c::Options { finding, accepted: self.accepted.relaxations().to_vec() }
    }

    /// The command that runs a scenario file here, for a shell.
    fn replay_command(&self, scenario: &str, seed: u64) -> String {
        let words = self.replay_arguments(scenario, seed);
        let words = words.iter().map(|word| quoted(&word.to_string_lossy()));
        std::iter::once("fsrace".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
    }
}

impl Executor for Pursuit<'_> {
    fn execute(
        &mut self,
        scenario: &Scenario,
        extent: Extent<'_>,
        seed: u64,
    ) -> Result<Trial, Unrunnable> {
        self.check()?;
        let (duration, rounds) = (Some(extent.time), extent.rounds);
        let plan =
            self.planned(scenario, Settings { duration, rounds, seed, ..Settings::default() })?;
        let (name, target, interrupt) =
            (self.ground.next_room(), self.target.clone(), self.interrupt);
        let judged = (self.accepted, extent.effort);
        let attempted =
            self.ground.attempt(&plan, &target, &name, judged, |stage, room, target| {
                let performed =
                    stage.perform(&plan, room, target, &mut |_| interrupt.signal().is_none())?;
                let hangs = performed.observations.hangs();
                Ok((performed, hangs))
            });
        let (performed, _) = attempted.map_err(|reason| self.why(reason))?;
        self.check()?;
        let hangs = performed.observations.hangs();
        let (result, sightings) = (performed.result, performed.sightings);
        let serial: u64 = sightings.iter().map(|one| one.count).sum();
        // Where no race was run, the serial rounds are what there is.
        let judged = |rounds: u64| rounds.saturating_sub(performed.unjudged);
        let raced = result.rounds != Some(0);
        let rounds = result.rounds.map(|rounds| if rounds == 0 { serial } else { judged(rounds) });
        Ok(Trial {
            sightings,
            rounds: rounds.unwrap_or_default(),
            raced,
            ran: Duration::from_secs_f64(result.elapsed_s),
            verdict: result.verdict,
            reason: result.reason,
            hangs,
        })
    }
}

impl Witness for Pursuit<'_> {
    fn replay(&mut self, scenario: &Scenario, seed: u64) -> Result<Report, Unrunnable> {
        self.check()?;
        let fail = |what: &str, why: &dyn std::fmt::Display| {
            Unrunnable::Place(format!("cannot {what} for a replay: {why}"))
        };
        let io = |what: &'static str| move |error: io::Error| fail(what, &describe(&error));
        let room = tempfile::tempdir().map_err(io("make a directory"))?;
        let file = room.path().join("scenario.toml");
        let json = room.path().join("result.json");
        std::fs::write(&file, to_toml(scenario)).map_err(io("write the scenario"))?;
        let program = own_program().map_err(io("find the program itself"))?;
        let errors = room.path().join("errors");
        let stderr = File::create(&errors).map_err(io("make a file"))?;
        let mut child = again(&program)
            .args(self.replay_arguments(&file.to_string_lossy(), seed))
            .args(["--no-progress", "-q", "--github", "never", "--json"])
            .arg(&json)
            .arg("-o")
            .arg(room.path().join("run"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(stderr)
            .spawn()
            .map_err(io("start a process"))?;
        let status = self.wait(&mut child).map_err(io("wait for a process"))?;
        self.check()?;
        if !matches!(status.code(), Some(0..=4)) || !json.exists() {
            let said = std::fs::read_to_string(&errors).unwrap_or_default();
            return Err(fail("use what a process has found", &said.trim()));
        }
        read_json(&json).map_err(|error| fail("read what a process has found", &error))
    }

    fn in_turn(&mut self, scenario: &Scenario, seed: u64) -> Result<InTurn, Unrunnable> {
        self.check()?;
        let plan = self.planned(scenario, Settings { seed, ..Settings::default() })?;
        let (name, target, interrupt) =
            (self.ground.next_room(), self.target.clone(), self.interrupt);
        let judged = (self.accepted, Effort::Quick(&[]));
        let attempted = self.ground.attempt(&plan, &target, &name, judged, |stage, room, _| {
            let run = stage.in_turn(&plan, room, &mut |_| interrupt.signal().is_none())?;
            let hangs = run.hangs;
            Ok((run, hangs))
        });
        let (run, _) = attempted.map_err(|reason| self.why(reason))?;
        self.check()?;
        Ok(InTurn { rounds: run.rounds, sightings: run.sightings })
    }
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_for_a_shell_are_quoted_where_they_must_be() {
        assert_eq!(quoted("/mnt/a-b_1.toml"), "/mnt/a-b_1.toml");
        assert_eq!(quoted("it's here"), r"'it'\''s here'");
        assert_eq!(quoted(""), "''");
    }
}
