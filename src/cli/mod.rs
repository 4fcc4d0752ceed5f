//! The command line: types here and in one file per command; commands print through `ui` only.

mod acceptance;
mod allowed;
mod check;
mod clients;
mod compare;
mod completions;
mod entries;
pub mod exit;
mod explain;
mod export;
#[cfg(target_os = "linux")]
mod faulty;
mod fuzz;
mod github;
mod ground;
mod guarantees;
mod init;
mod interrupt;
mod library;
mod list;
mod man;
mod minimize;
mod outputs;
mod perform;
#[cfg(target_os = "linux")]
mod proof;
mod pursuit;
mod report;
mod result;
mod run;
mod schema;
#[cfg(target_os = "linux")]
mod selftest;
mod session;
mod shares;
mod values;
mod worker;

use clap::{Parser, Subcommand};

use exit::{CliError, Exit};

/// Finds race conditions in filesystems: runs small concurrent programs at full speed and reports
/// every result that POSIX does not allow.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 nothing found; 1 anomaly found; 2 bad arguments or \
    scenario; 3 the environment cannot run it, or nothing ran; 4 inconclusive; 5 comparison regressed; \
    70 internal error. \
    After SIGINT, SIGTERM or SIGHUP the results so far are kept and fsrace dies of the signal.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run scenarios (default: the built-in set) on a target
    Run(run::Run),
    /// Show what an application can rely on here: a table of guarantees, each held or broken
    Guarantees(guarantees::Guarantees),
    /// Make up programs, race them, and report what POSIX does not allow
    Fuzz(fuzz::Fuzz),
    /// Find the smallest scenario that still shows the same anomaly, and confirm it
    Minimize(minimize::Minimize),
    /// Validate scenarios, show what they do and which outcomes POSIX allows; run nothing
    Check(check::Check),
    /// Write a program in C that shows what a scenario shows, for a bug report
    Export(export::Export),
    /// Tell what has changed between the results of two or more systems
    Compare(compare::Compare),
    /// Render a run again, finished or stopped: HTML, CSV, JSON, JUnit, Markdown, a timeline as SVG
    Report(report::Report),
    /// List the built-in scenarios
    List(list::List),
    /// Explain a detector: what it saw, why that is forbidden, what to do
    Explain(explain::Explain),
    /// Write a commented starter scenario
    Init(init::Init),
    /// Print the JSON Schema of scenarios, results or comparisons
    Schema(schema::Schema),
    /// Mount the faulty filesystem and prove that each detector fires
    #[cfg(target_os = "linux")]
    Selftest(selftest::Selftest),
    /// Print the completion script of a shell
    Completions(completions::Completions),
    /// Print the manual page
    Man,
    /// Run the actors of one process (started by `run`)
    #[command(hide = true)]
    Worker,
    /// Remove sandboxes when everybody who uses them is gone (started by `run`)
    #[command(hide = true)]
    Janitor,
    /// Mount the faulty filesystem with one fault until it is unmounted or interrupted
    #[cfg(target_os = "linux")]
    #[command(hide = true)]
    Faulty(faulty::Faulty),
}

impl Cli {
    /// Does what the command line asks for.
    ///
    /// # Errors
    /// [`CliError`], with a message for the user.
    pub fn dispatch(self) -> Result<Exit, CliError> {
        match self.command {
            Command::Run(run) => run.execute(),
            Command::Guarantees(guarantees) => guarantees.execute(),
            Command::Fuzz(fuzz) => fuzz.execute(),
            Command::Minimize(minimize) => minimize.execute(),
            Command::Check(check) => check.execute(),
            Command::Export(export) => export.execute(),
            Command::Compare(compare) => compare.execute(),
            Command::Report(report) => report.execute(),
            Command::List(list) => list.execute(),
            Command::Explain(explain) => explain.execute(),
            Command::Init(init) => init.execute(),
            Command::Schema(schema) => Ok(schema.execute()),
            #[cfg(target_os = "linux")]
            Command::Selftest(selftest) => selftest.execute(),
            Command::Completions(completions) => Ok(completions.execute()),
            Command::Man => man::execute(),
            Command::Worker => worker::execute(),
            Command::Janitor => Ok(worker::clean_up()),
            #[cfg(target_os = "linux")]
            Command::Faulty(faulty) => faulty.execute(),
        }
    }
}
