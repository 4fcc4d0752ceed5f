//! `fsrace run`: the command line of a run.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::exit::{CliError, Exit};
use super::outputs::OutputArgs;
use super::session::Session;
use super::values;

#[derive(Debug, Args)]
#[command(
    after_help = "Without SCENARIO, the built-in set runs (`fsrace list`). Without --target, \
    it runs in the system's temporary directory. All that a run makes there is removed at the end."
)]
pub(super) struct Run {
    /// Scenario files, or directories of them (default: the built-in set)
    #[arg(value_name = "SCENARIO|DIR", conflicts_with = "resume")]
    pub(super) scenarios: Vec<PathBuf>,
    /// Directory on the filesystem to test; may be given several times
    #[arg(short, long = "target", value_name = "DIR", conflicts_with = "resume")]
    pub(super) targets: Vec<PathBuf>,
    /// Another mount of the target's storage, to race clients of a network or FUSE filesystem against
    /// each other; may be given several times
    #[arg(long = "client", value_name = "DIR", requires = "targets", conflicts_with = "resume")]
    pub(super) clients: Vec<PathBuf>,
    /// How long each scenario runs, such as 500ms, 5s or 2m (default: what it says itself)
    #[arg(short, long, value_name = "TIME", value_parser = values::duration, conflicts_with = "resume")]
    pub(super) duration: Option<Duration>,
    /// How many rounds each scenario in rounds mode runs
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), conflicts_with = "resume")]
    pub(super) rounds: Option<u64>,
    /// Take a relaxation of the model as it is (`fsrace explain` lists them), or skip what differs
    /// without any race (`semantic-difference`); may be given several times
    #[arg(long, value_name = "NAME", conflicts_with = "resume")]
    pub(super) accept: Vec<String>,
    /// Report a relaxation that is accepted anyway, such as readdir-live; may be given several times
    #[arg(long, value_name = "NAME", conflicts_with = "resume")]
    pub(super) refuse: Vec<String>,
    /// Accept the relaxations that a file names, each with the source that documents it
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    pub(super) profile: Vec<PathBuf>,
    /// Fixes every random choice, though not the kernel's schedule (default: drawn, and printed)
    #[arg(long, value_name = "N", conflicts_with = "resume")]
    pub(super) seed: Option<u64>,
    /// Where the results are kept as the run goes (default: a new directory below fsrace-runs)
    #[arg(short, long, value_name = "RUN_DIR", conflicts_with = "resume")]
    pub(super) out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) outputs: OutputArgs,
    /// Go on with a run that was stopped
    #[arg(long, value_name = "RUN_DIR")]
    pub(super) resume: Option<PathBuf>,
    /// Draw no progress line
    #[arg(long)]
    pub(super) no_progress: bool,
    /// Print only what was found, and the totals
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Print also outcomes of rounds, latencies and overlaps
    #[arg(short, long)]
    pub(super) verbose: bool,
}

impl Run {
    pub(super) fn execute(self) -> Result<Exit, CliError> {
        Session::prepare(self)?.run()
    }
}
