//! `fsrace fuzz`: programs that nobody wrote down.

mod findings;
mod output;
mod view;

use std::path::{Path, PathBuf, absolute};
use std::time::{Duration, SystemTime};

use clap::Args;

use super::acceptance::Acceptance;
use super::entries::{draw_seed, run_dir_error, targets};
use super::exit::{CliError, Exit};
use super::ground::Ground;
use super::interrupt::Interrupt;
use super::values;
use crate::detect::Accepted;
use crate::engine::probe;
use crate::fuzz::corpus::{Corpus, CorpusError, load};
use crate::fuzz::fuzzer::{Ending, Fuzzer, Until};
use crate::fuzz::generate::MOST_ACTORS;
use crate::fuzz::pool::Entry;
use crate::fuzz::shard::Shard;
use crate::fuzz::supply::Terms;
use crate::plan::Settings;
use crate::rundir::Location;
use crate::sys::errno::describe;
use crate::sys::stall::Stalls;
use crate::sys::{heap, host};
use crate::ui::progress::Progress;
use output::Kept;
use view::View;

/// Rounds that a program is raced for, unless told otherwise, and how long they may take.
const ROUNDS: u64 = 2000;
const TIME: Duration = Duration::from_millis(30);
/// How long it goes on that is told nothing.
const DURATION: Duration = Duration::from_secs(60);

#[derive(Debug, Args)]
#[command(
    after_help = "Without DIR, it runs in the system's temporary directory. All that a run makes there \
    is removed at the end; what it finds is kept in the run directory. One of several jobs that share \
    the work is told which one it is by --shard; their corpora are merged by giving all of them as \
    --corpus."
)]
pub(super) struct Fuzz {
    /// Directory on the filesystem to test
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    /// The same; may be given several times, and each is fuzzed for the whole duration
    #[arg(short, long = "target", value_name = "DIR", conflicts_with = "dir")]
    targets: Vec<PathBuf>,
    /// Another mount of the target's storage, to race clients of a network or FUSE filesystem against
    /// each other; may be given several times
    #[arg(long = "client", value_name = "DIR")]
    clients: Vec<PathBuf>,
    /// How long, such as 30s, 5m or 2h (default: 60s, without --programs)
    #[arg(short, long, value_name = "TIME", value_parser = values::duration)]
    duration: Option<Duration>,
    /// How many programs; 0 only merges and prunes the corpus
    #[arg(long, value_name = "N")]
    programs: Option<u64>,
    /// Stop as soon as something was found that fails a run
    #[arg(long)]
    until_found: bool,
    /// How many rounds each program runs at most, within 30 ms
    #[arg(long, value_name = "N", default_value_t = ROUNDS, value_parser = clap::value_parser!(u64).range(1..))]
    rounds: u64,
    /// Let no call stand still half way, even where the system has that (userfaultfd)
    #[arg(long)]
    no_stalls: bool,
    /// How many actors a program has at most: 2 to 4
    #[arg(long, value_name = "N", default_value_t = MOST_ACTORS as u64, value_parser = clap::value_parser!(u64).range(2..=MOST_ACTORS as u64))]
    actors: u64,
    /// Directory of programs to begin with, and to keep those in that show something new; further ones
    /// are read only (default: a new one in the run directory)
    #[arg(long, value_name = "DIR")]
    corpus: Vec<PathBuf>,
    /// Keep only programs of the corpus that together show all that any of them does
    #[arg(long, requires = "corpus")]
    prune: bool,
    /// Which one of how many jobs this is, such as 2/4: no program is run by two of them
    #[arg(long, value_name = "K/N", default_value_t = Shard::default())]
    shard: Shard,
    #[command(flatten)]
    acceptance: Acceptance,
    /// Fixes every random choice, though not the kernel's schedule, and so not what is learned from it
    /// (default: drawn, and printed)
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How long each kind of what becomes a finding may take, at the end, to be made small and confirmed
    #[arg(long, value_name = "TIME", value_parser = values::duration, default_value = "30s")]
    budget: Duration,
    /// Make nothing small at the end, and confirm nothing
    #[arg(long, conflicts_with = "budget")]
    no_findings: bool,
    /// Make findings of what is unspecified, too, such as torn reads
    #[arg(long, conflicts_with = "no_findings")]
    unspecified: bool,
    /// Where what is found is kept (default: a new directory below fsrace-runs)
    #[arg(short, long, value_name = "RUN_DIR")]
    out: Option<PathBuf>,
    /// Draw no progress line
    #[arg(long)]
    no_progress: bool,
    /// Print only what was found
    #[arg(short, long)]
    quiet: bool,
}

impl Fuzz {
    pub(super) fn execute(self) -> Result<Exit, CliError> {
        heap::share();
        let interrupt = Interrupt::listen()?;
        Ground::check_limits()?;
        let given: Vec<PathBuf> = self.dir.iter().chain(&self.targets).cloned().collect();
        let targets = targets(&given)?;
        if targets.len() > 1 && !self.clients.is_empty() {
            return Err(CliError::Usage("--client goes with one target".to_owned()));
        }
        let accepted = self.acceptance.accepted()?;
        let corpus = load(&self.there()).map_err(corpus_error)?;
        let seed = self.seed.unwrap_or_else(draw_seed);
        let location = self.out.clone().map_or_else(Location::default, Location::Given);
        location.check(&[targets.clone(), self.clients.clone()].concat()).map_err(run_dir_error)?;
        let mut ground = Ground::prepare(&targets)?;
        ground.see_through(&self.clients)?;
        let home = |home: &Path| Corpus::open(home, &corpus).map_err(corpus_error);
        // What cannot be used shows before there is a run directory, unless it is to be in that.
        let outside = self.corpus.first().filter(|path| !self.is_among_results(path));
        let given = outside.map(|given| home(given)).transpose()?;
        let run_dir = location.make(SystemTime::now(), seed).map_err(run_dir_error)?;
        let beside = self.corpus.first().cloned().unwrap_or_else(|| run_dir.join("corpus"));
        let home = given.map_or_else(|| home(&beside), Ok)?;
        let progress = Progress::new(1, !self.no_progress && !self.quiet);
        let kept = Kept::new(run_dir, home);
        let stalls = match Stalls::start() {
            _ if self.no_stalls => Err("by --no-stalls".to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(describe(&error)),
        };
        let mut session = Session {
            fuzz: &self,
            seed,
            accepted,
            interrupt,
            ground,
            progress,
            kept,
            stalls,
            corpus,
            failed: false,
            ran: false,
            decided: false,
        };
        session.run(&targets)
    }

    /// Whether a path is below the directory that results are to go to.
    fn is_among_results(&self, path: &Path) -> bool {
        let out = self.out.as_ref().and_then(|out| absolute(out).ok());
        out.zip(absolute(path).ok()).is_some_and(|(out, path)| path.starts_with(out))
    }

    /// The directories of programs that are there: the first may have to be made.
    fn there(&self) -> Vec<PathBuf> {
        let new = |path: &PathBuf| !path.exists() && self.corpus.first() == Some(path);
        self.corpus.iter().filter(|path| !new(path)).cloned().collect()
    }
}

/// Text that is no scenario is the user's mistake; a directory that does not work is not.
pub(super) fn corpus_error(error: CorpusError) -> CliError {
    match error {
        CorpusError::Io { .. } => CliError::environment(error),
        _ => CliError::usage(error),
    }
}

/// How a run ends in which nothing was found that fails it.
fn found_nothing(ran: bool, decided: bool) -> Exit {
    match (ran, decided) {
        (_, true) => Exit::Clean,
        (true, false) => Exit::Inconclusive,
        (false, false) => Exit::Environment,
    }
}

struct Session<'a> {
    fuzz: &'a Fuzz,
    seed: u64,
    accepted: Accepted,
    interrupt: Interrupt,
    ground: Ground,
    progress: Progress,
    kept: Kept,
    /// Whether calls can stand still half way, or why they cannot.
    stalls: Result<(), String>,
    /// What the next target begins with.
    corpus: Vec<Entry>,
    /// Whether something was found that fails a run.
    failed: bool,
    /// Whether any program was run.
    ran: bool,
    /// Whether any run proves something.
    decided: bool,
}

impl Session<'_> {
    fn run(&mut self, targets: &[PathBuf]) -> Result<Exit, CliError> {
        let mut unusable = None;
        for (number, target) in targets.iter().enumerate() {
            if self.interrupt.signal().is_some() || self.failed && self.fuzz.until_found {
                break;
            }
            if targets.len() > 1 {
                self.kept.begin(number + 1, target);
            }
            if let Err(error) = self.target(target) {
                self.progress.note(&format!("{}: {error}\n", target.display()));
                unusable = Some(error);
            }
        }
        self.ground.clear();
        self.progress.finish();
        if let Some(signal) = self.interrupt.signal() {
            return Err(CliError::Signal(signal));
        }
        match (self.failed, unusable) {
            (true, _) => Ok(Exit::Anomaly),
            (false, Some(error)) => Err(error),
            (false, None) if self.fuzz.programs == Some(0) => Ok(Exit::Clean),
            (false, None) => Ok(found_nothing(self.ran, self.decided)),
        }
    }

    /// Fuzzes one target. What it has found counts, whatever comes after.
    fn target(&mut self, path: &Path) -> Result<(), CliError> {
        let field = self.ground.field(path).ok_or_else(|| CliError::environment("no sandbox"))?;
        let room = field.sandbox.room("look").map_err(|e| CliError::environment(describe(&e)))?;
        let rules = probe::rules(room.rooms());
        let _ = room.remove();
        let rules = rules.map_err(|error| CliError::environment(describe(&error)))?;
        let settings = Settings {
            duration: Some(TIME),
            rounds: Some(self.fuzz.rounds),
            seed: self.seed,
            further_clients: self.fuzz.clients.len(),
            stalls: self.stalls.is_ok(),
        };
        let (seed, shard, actors) = (self.seed, self.fuzz.shard, self.fuzz.actors as usize);
        let terms = Terms { seed, shard, rules, settings, actors };
        self.introduce(path, self.corpus.len());
        let accepted = self.accepted.clone();
        let mut fuzzer = Fuzzer::new(terms, &accepted, self.corpus.clone());
        let duration = self.fuzz.duration.or(self.fuzz.programs.is_none().then_some(DURATION));
        let until = Until { duration, programs: self.fuzz.programs, found: self.fuzz.until_found };
        let mut view =
            View::new(&mut self.progress, &self.interrupt, &mut self.kept, path, duration);
        let field = self.ground.field(path).ok_or_else(|| CliError::environment("no sandbox"))?;
        let ended = fuzzer.run(field, until, &mut view);
        if matches!(ended, Ok(Ending::Stuck)) {
            self.ground.gets_stuck(path);
        }
        if self.fuzz.prune {
            fuzzer.pool.prune();
        }
        self.failed |= fuzzer.candidates.any_fails();
        let totals = &fuzzer.totals;
        self.ran |= totals.programs > totals.lacking + totals.failed;
        self.decided |= totals.decided > 0;
        self.corpus = fuzzer.pool.entries().to_vec();
        let saved = self.kept.save(&fuzzer, path, self.seed);
        if !self.fuzz.quiet {
            let ended = ended.as_ref().ok().copied();
            let _ = self.progress.print(&output::summary(&fuzzer, ended, self.kept.place()));
        }
        // Where nothing can be run any more, nothing can be confirmed.
        let confirms = ended.as_ref().is_ok_and(|ended| *ended != Ending::Stuck);
        if confirms && !self.fuzz.no_findings {
            for (kind, of) in fuzzer.candidates.kinds() {
                let wanted = of.candidate.fails() || self.fuzz.unspecified;
                if wanted && self.interrupt.signal().is_none() {
                    let came = self.finding(&of.candidate, path);
                    let came = came.unwrap_or_else(|error| format!("no finding: {error}"));
                    let _ = self.progress.print(&format!("{kind}: {came}\n"));
                }
            }
        }
        ended.map_err(CliError::environment)?;
        saved
    }

    fn introduce(&self, path: &Path, corpus: usize) {
        if !self.fuzz.quiet {
            let (host, target) = (host::host(), self.ground.target(path));
            let run_dir = self.kept.place();
            let (seed, shard) = (self.seed, self.fuzz.shard);
            let text = output::introduction(&host, target, (seed, shard), corpus, run_dir);
            let _ = self.progress.print(&(text + &output::stalls(&self.stalls)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_proves_nothing_is_not_called_clean() {
        assert_eq!(found_nothing(true, true), Exit::Clean);
        assert_eq!(found_nothing(true, false), Exit::Inconclusive);
        assert_eq!(found_nothing(false, false), Exit::Environment);
    }
}
