//! The result as CSV: one row per scenario, target and code, and one row with an empty code where
//! nothing was found.
//!
//! Every row carries the host, so that files from many machines can simply be concatenated.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use super::columns::{Fields, for_each_row};
use super::path_list;
use super::{
    Anomaly, Class, Host, LookedFor, ReadError, ReadProblem, Report, SCHEMA_VERSION,
    ScenarioResult, Target, Verdict,
};
use crate::scenario::Mode;
use crate::stats;

/// The columns, in the order they are written.
pub const COLUMNS: [&str; 37] = [
    "schema_version",
    "fsrace_version",
    "started",
    "os",
    "kernel",
    "arch",
    "cpus",
    "preemption",
    "scenario",
    "digest",
    "mode",
    "seed",
    "actors",
    "target",
    "fs_type",
    "mount_options",
    "verdict",
    "reason",
    "elapsed_s",
    "ops",
    "iterations",
    "rounds",
    "overlap",
    "coverage",
    "code",
    "class",
    "relaxations",
    "count",
    "trials",
    "rate",
    "rate_low",
    "rate_high",
    "clients",
    "looked_for",
    "accepted",
    "os_version",
    "os_build",
];

/// Without these a file is not a result of this kind. All others may be missing.
const REQUIRED: [&str; 9] = [
    "schema_version",
    "scenario",
    "digest",
    "mode",
    "fs_type",
    "verdict",
    "code",
    "count",
    "trials",
];

/// One row as it is read back. Text is empty and numbers are `None` where a file lacks the column.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Line in its file, from 1.
    pub line: u64,
    /// Version of fsrace that made it.
    pub fsrace_version: String,
    /// When the run began, RFC 3339, UTC.
    pub started: String,
    /// Where it ran; `cpus` is 0 when unknown.
    pub host: Host,
    /// Name of the scenario.
    pub scenario: String,
    /// Digest of what the scenario does.
    pub digest: String,
    /// Free or rounds.
    pub mode: Mode,
    /// Seed of every random choice.
    pub seed: Option<u64>,
    /// Number of actor instances.
    pub actors: Option<u32>,
    /// Where it ran.
    pub target: Target,
    /// What the scenario came to on this target.
    pub verdict: Verdict,
    /// Why the verdict is not simply pass or fail; empty without one.
    pub reason: String,
    /// Seconds between the common start and the last actor's end.
    pub elapsed_s: Option<f64>,
    /// System-call steps done by all actors.
    pub ops: Option<u64>,
    /// Iterations finished by all actors (free mode).
    pub iterations: Option<u64>,
    /// Rounds judged (rounds mode).
    pub rounds: Option<u64>,
    /// The smallest overlap of any two actors, 0 to 1.
    pub overlap: Option<f64>,
    /// Allowed outcomes seen / allowed outcomes (rounds mode).
    pub coverage: Option<f64>,
    /// What was found; `None` where the code is empty.
    pub found: Option<Found>,
    /// What was looked for, and how often each could have been seen (free mode).
    pub looked_for: Option<Vec<LookedFor>>,
    /// Relaxations that were taken as they are (rounds mode).
    pub accepted: Option<Vec<String>>,
}

/// The columns about one anomaly.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Stable code of the detector.
    pub code: String,
    /// How bad it is.
    pub class: Class,
    /// Smallest set of relaxations that explains it.
    pub relaxations: Vec<String>,
    /// How often it was seen.
    pub count: u64,
    /// How often it could have been seen.
    pub trials: u64,
    /// count / trials.
    pub rate: f64,
    /// Lower end of the 95 % interval of the rate.
    pub rate_low: f64,
    /// Upper end of the 95 % interval of the rate.
    pub rate_high: f64,
}

/// Writes the header and all rows of a report.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write(report: &Report, out: impl Write) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    for result in &report.results {
        if result.anomalies.is_empty() {
            writer.write_record(record(report, result, None))?;
        }
        for anomaly in &result.anomalies {
            writer.write_record(record(report, result, Some(anomaly)))?;
        }
    }
    writer.flush()
}

/// Reads one file, or several that were concatenated. Columns are found by name, may come in any
/// order, and unknown ones are passed over.
///
/// # Errors
///
/// [`ReadError`] with file, line and column: the file cannot be read, is of another kind or
/// schema version, is cut off, or a value is not what its column holds.
pub fn read_csv(path: &Path) -> Result<Vec<Row>, ReadError> {
    let file = File::open(path).map_err(|error| ReadError {
        path: path.to_owned(),
        line: None,
        problem: ReadProblem::Io(error),
    })?;
    read_csv_from(file, path)
}

/// [`read_csv`] of any input; `path` only names it in errors.
///
/// # Errors
///
/// As [`read_csv`].
pub fn read_csv_from(input: impl Read, path: &Path) -> Result<Vec<Row>, ReadError> {
    let mut rows = Vec::new();
    for_each_row(input, path, &REQUIRED, |fields| {
        rows.push(row(fields)?);
        Ok(())
    })?;
    Ok(rows)
}

fn record(report: &Report, result: &ScenarioResult, anomaly: Option<&Anomaly>) -> [String; 37] {
    fn text<T: ToString>(value: Option<T>) -> String {
        value.map(|v| v.to_string()).unwrap_or_default()
    }
    let host = &report.host;
    [
        SCHEMA_VERSION.to_string(),
        report.fsrace_version.clone(),
        report.started.clone(),
        host.os.clone(),
        host.kernel.clone(),
        host.arch.clone(),
        host.cpus.to_string(),
        host.preemption.clone(),
        result.scenario.clone(),
        result.digest.clone(),
        match result.mode {
            Mode::Free => "free".to_owned(),
            Mode::Rounds => "rounds".to_owned(),
        },
        result.seed.to_string(),
        result.actors.to_string(),
        result.target.path.clone(),
        result.target.fs_type.clone(),
        result.target.mount_options.clone(),
        result.verdict.name().to_owned(),
        result.reason.clone().unwrap_or_default(),
        result.elapsed_s.to_string(),
        result.ops.to_string(),
        result.iterations.to_string(),
        text(result.rounds),
        text(result.overlap),
        text(result.coverage),
        text(anomaly.map(|a| &a.code)),
        text(anomaly.map(|a| a.class.name())),
        text(anomaly.map(|a| a.relaxations.join("+"))),
        text(anomaly.map(|a| a.count)),
        text(anomaly.map(|a| a.trials)),
        text(anomaly.map(|a| a.rate)),
        text(anomaly.map(|a| a.rate_low)),
        text(anomaly.map(|a| a.rate_high)),
        path_list::join(&result.target.clients),
        looked_for_text(&result.looked_for),
        result.accepted.join("+"),
        host.os_version.clone(),
        host.os_build.clone(),
    ]
}

/// `code=trials`, separated by spaces.
fn looked_for_text(codes: &[LookedFor]) -> String {
    let codes: Vec<_> = codes.iter().map(|one| format!("{}={}", one.code, one.trials)).collect();
    codes.join(" ")
}

fn looked_for(fields: &Fields) -> Result<Option<Vec<LookedFor>>, ReadProblem> {
    const COLUMN: &str = "looked_for";
    let one = |text: &str| {
        let (code, trials) = text.split_once('=')?;
        Some(LookedFor { code: code.to_owned(), trials: trials.parse().ok()? })
    };
    let all = || fields.text(COLUMN).split_whitespace().map(one).collect::<Option<Vec<_>>>();
    let bad = || fields.bad(COLUMN, "codes with their trials, such as `empty-read=120 hang=1`");
    fields.has(COLUMN).then(|| all().ok_or_else(bad)).transpose()
}

fn names(text: &str) -> Vec<String> {
    text.split('+').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn row(fields: &Fields) -> Result<Row, ReadProblem> {
    Ok(Row {
        line: fields.line(),
        fsrace_version: fields.text("fsrace_version").to_owned(),
        started: fields.text("started").to_owned(),
        host: Host {
            os: fields.text("os").to_owned(),
            kernel: fields.text("kernel").to_owned(),
            arch: fields.text("arch").to_owned(),
            cpus: fields.optional_integer("cpus")?.unwrap_or(0),
            preemption: fields.text("preemption").to_owned(),
            os_version: fields.text("os_version").to_owned(),
            os_build: fields.text("os_build").to_owned(),
        },
        scenario: fields.some_text("scenario")?,
        digest: fields.some_text("digest")?,
        mode: fields.word("mode", "`free` or `rounds`")?,
        seed: fields.optional_integer("seed")?,
        actors: fields.optional_integer("actors")?,
        target: Target {
            path: fields.text("target").to_owned(),
            fs_type: fields.text("fs_type").to_owned(),
            mount_options: fields.text("mount_options").to_owned(),
            clients: path_list::split(fields.text("clients")),
        },
        verdict: fields.word("verdict", "`pass`, `fail`, `inconclusive` or `skipped`")?,
        reason: fields.text("reason").to_owned(),
        elapsed_s: fields.optional_number("elapsed_s")?,
        ops: fields.optional_integer("ops")?,
        iterations: fields.optional_integer("iterations")?,
        rounds: fields.optional_integer("rounds")?,
        overlap: fields.optional_number("overlap")?,
        coverage: fields.optional_number("coverage")?,
        found: if fields.text("code").is_empty() { None } else { Some(found(fields)?) },
        looked_for: looked_for(fields)?,
        accepted: fields.has("accepted").then(|| names(fields.text("accepted"))),
    })
}

fn found(fields: &Fields) -> Result<Found, ReadProblem> {
    let (count, trials) = (fields.integer("count")?, fields.integer("trials")?);
    // The rates follow from the counts, so that a file made by hand can do without them.
    let rate = stats::rate(count, trials);
    Ok(Found {
        code: fields.text("code").to_owned(),
        class: fields.word("class", "`unspecified`, `documented`, `forbidden` or `unexplained`")?,
        relaxations: names(fields.text("relaxations")),
        count,
        trials,
        rate: fields.optional_number("rate")?.unwrap_or(rate.value),
        rate_low: fields.optional_number("rate_low")?.unwrap_or(rate.low),
        rate_high: fields.optional_number("rate_high")?.unwrap_or(rate.high),
    })
}
