//! `fsrace compare OLD.csv NEW.csv`.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::exit::{CliError, Exit};
use super::github::Github;
use super::outputs::OutputArgs;
use crate::compare::{self, Comparison, Input, Margins, Options, compare};
use crate::report::compare::text;
use crate::report::csv::{read_csv, read_csv_from};
use crate::report::latency::{LatencyRow, read_latency_csv};
use crate::report::output::{latency_path, same_place};
use crate::report::text::TextOptions;
use crate::report::{Outputs, ReadError, ReadProblem};
use crate::sys::errno::describe;
use crate::ui::print;

#[derive(Debug, Args)]
#[command(
    after_help = "Every scenario, filesystem and code is compared with the first system, and is said \
    to be new, regressed, fixed, improved, gone quiet (not seen, in too few trials to tell) or \
    unchanged; docs/compare.md tells how. Latencies are compared where NAME-latency.csv lies beside \
    NAME.csv.\n\n\
    Exit codes: 0 nothing is worse; 2 bad arguments or files, or files that have nothing in common; \
    3 a file cannot be read or written; 4 nothing could be decided; 5 something is worse (see \
    --fail-on)."
)]
pub(super) struct Compare {
    /// Results of `run --csv`, run directories, or `-` for standard input; LABEL=FILE names a
    /// column. A file with several systems (concatenated ones) has a column for each
    #[arg(value_name = "[LABEL=]FILE", required = true)]
    files: Vec<PathBuf>,
    /// What makes it exit with 5
    #[arg(long, value_enum, default_value_t = FailOn::Regressed, value_name = "WHAT")]
    fail_on: FailOn,
    /// Rates that differ by no more than this factor count as equal (default: 2 where runs were
    /// repeated, which tells how much they vary, and 10 where each system ran only once)
    #[arg(long, value_name = "FACTOR", value_parser = factor)]
    margin: Option<f64>,
    /// Latencies that differ by less than this factor are left out
    #[arg(long, default_value = "2", value_name = "FACTOR", value_parser = factor)]
    latency_factor: f64,
    #[command(flatten)]
    outputs: OutputArgs,
    /// Print nothing
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Print also what is unchanged
    #[arg(short, long)]
    verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// What fails a run is new, or more frequent than before
    Regressed,
    /// What fails a run was never seen before
    New,
    /// Anything is worse, of whatever class, or fails a run with nothing to compare it with
    Any,
}

/// A file and what it is to be called.
struct Named {
    label: Option<String>,
    path: PathBuf,
}

impl Compare {
    pub(super) fn execute(self) -> Result<Exit, CliError> {
        let named =
            self.files.iter().map(|argument| named(argument)).collect::<Result<Vec<_>, _>>()?;
        refuse_twice(&named)?;
        let outputs = self.outputs(&named)?;
        let inputs = named.into_iter().map(input).collect::<Result<Vec<_>, _>>()?;
        let margins = self.margin.map(|factor| Margins { repeated: factor, single: factor });
        let options = Options {
            margins: margins.unwrap_or(Options::default().margins),
            latency_factor: self.latency_factor,
        };
        let comparison = compare(inputs, &options).map_err(CliError::usage)?;
        if !self.quiet && !outputs.use_stdout() {
            let page = text::comparison(&comparison, self.verbose, &TextOptions::for_stdout());
            print::out(&page);
        }
        self.outputs.github.unwrap_or(Github::Auto).tell(&comparison, outputs.use_stdout());
        outputs.write(&comparison).map_err(CliError::environment)?;
        self.exit(&comparison)
    }

    fn exit(&self, comparison: &Comparison) -> Result<Exit, CliError> {
        let on = match self.fail_on {
            FailOn::Regressed => compare::FailOn::Regressed,
            FailOn::New => compare::FailOn::New,
            FailOn::Any => compare::FailOn::Any,
        };
        if comparison.fails(on) {
            Ok(Exit::Regressed)
        } else if comparison.is_unlike() {
            Err(CliError::Usage(
                "these files have nothing in common that could be compared: run the same scenarios \
                 on the same filesystems (`-v` tells what each has)"
                    .to_owned(),
            ))
        } else if comparison.decides() {
            Ok(Exit::Clean)
        } else {
            Ok(Exit::Inconclusive)
        }
    }

    fn outputs(&self, inputs: &[Named]) -> Result<Outputs<Comparison>, CliError> {
        for (format, path) in self.outputs.files() {
            let is_input = |input: &&Named| !is_stdin(&input.path) && same_place(&input.path, path);
            if inputs.iter().any(|input| is_input(&input)) {
                return Err(CliError::Usage(format!(
                    "{} {} would overwrite what is compared: give it another name",
                    format.option(),
                    path.display()
                )));
            }
        }
        self.outputs.open()
    }
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// A factor from 1 up.
fn factor(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(factor) if factor.is_finite() && factor >= 1.0 => Ok(factor),
        _ => Err("write a number from 1 up, such as 1.5".to_owned()),
    }
}

/// `LABEL=FILE`, unless there is a file of that whole name.
fn named(argument: &Path) -> Result<Named, CliError> {
    let whole = || Named { label: None, path: argument.to_owned() };
    let Some((label, path)) = argument.to_str().and_then(|text| text.split_once('=')) else {
        return Ok(whole());
    };
    if argument.exists() {
        return Ok(whole());
    }
    if label.trim().is_empty() || path.is_empty() {
        let argument = argument.display();
        return Err(CliError::Usage(format!("`{argument}`: write LABEL=FILE, with both of them")));
    }
    Ok(Named { label: Some(label.trim().to_owned()), path: PathBuf::from(path) })
}

fn refuse_twice(named: &[Named]) -> Result<(), CliError> {
    if named.iter().filter(|one| is_stdin(&one.path)).count() > 1 {
        return Err(CliError::usage("standard input (`-`) can be read only once"));
    }
    Ok(())
}

fn input(named: Named) -> Result<Input, CliError> {
    let Named { label, path } = named;
    if is_stdin(&path) {
        let rows = read_csv_from(io::stdin().lock(), Path::new("-")).map_err(|e| refused(&e))?;
        return Ok(Input { label, file: "-".to_owned(), rows, latencies: Vec::new() });
    }
    let (file, latency) = files(&path)?;
    let rows = read_csv(&file).map_err(|error| refused(&error))?;
    let latencies = if latency.is_file() { latencies(&latency)? } else { Vec::new() };
    Ok(Input { label, file: path.display().to_string(), rows, latencies })
}

/// The results and the latencies: of a file, or of a run directory.
fn files(path: &Path) -> Result<(PathBuf, PathBuf), CliError> {
    let results = path.join("results.csv");
    if !path.is_dir() {
        let beside = latency_path(path);
        // A run directory calls them otherwise.
        let own = path.with_file_name("latency.csv");
        let in_run = path.file_name() == results.file_name();
        return Ok((path.to_owned(), if in_run && own.is_file() { own } else { beside }));
    }
    if results.is_file() {
        return Ok((results, path.join("latency.csv")));
    }
    let path = path.display();
    Err(CliError::Usage(format!(
        "{path} is a directory without results.csv: give a CSV file or a run directory"
    )))
}

fn latencies(path: &Path) -> Result<Vec<LatencyRow>, CliError> {
    read_latency_csv(path).map_err(|error| refused(&error))
}

/// What the system refuses is the environment's fault, all else that of the file.
fn refused(error: &ReadError) -> CliError {
    match &error.problem {
        ReadProblem::Io(why) => CliError::Environment(format!(
            "{}: cannot be read: {}; give the file that `fsrace run --csv` has written",
            error.path.display(),
            describe(why)
        )),
        _ => CliError::usage(error),
    }
}
