//! Latency percentiles as a CSV of their own: one row per scenario, target and operation.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use super::columns::for_each_row;
use super::{Latency, ReadError, ReadProblem, Report, SCHEMA_VERSION};

/// The columns, in the order they are written. Times are in nanoseconds.
pub const COLUMNS: [&str; 17] = [
    "schema_version",
    "os",
    "kernel",
    "arch",
    "cpus",
    "scenario",
    "digest",
    "target",
    "fs_type",
    "op",
    "count",
    "min_ns",
    "p50_ns",
    "p90_ns",
    "p99_ns",
    "p999_ns",
    "max_ns",
];

const REQUIRED: [&str; 11] = [
    "schema_version",
    "scenario",
    "digest",
    "op",
    "count",
    "min_ns",
    "p50_ns",
    "p90_ns",
    "p99_ns",
    "p999_ns",
    "max_ns",
];

/// One row as it is read back. Text is empty where a file lacks the column.
#[derive(Clone, Debug, PartialEq)]
pub struct LatencyRow {
    /// Operating system.
    pub os: String,
    /// Kernel release.
    pub kernel: String,
    /// Machine architecture.
    pub arch: String,
    /// Processors that the run could use; 0 when unknown.
    pub cpus: u32,
    /// Name of the scenario.
    pub scenario: String,
    /// Digest of what the scenario does.
    pub digest: String,
    /// The directory it ran in.
    pub target: String,
    /// Type of its filesystem.
    pub fs_type: String,
    /// The operation and its distribution.
    pub latency: Latency,
}

/// Writes the header and all rows of a report.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write(report: &Report, out: impl Write) -> io::Result<()> {
    let host = &report.host;
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    for result in &report.results {
        for latency in &result.latencies {
            writer.write_record([
                SCHEMA_VERSION.to_string(),
                host.os.clone(),
                host.kernel.clone(),
                host.arch.clone(),
                host.cpus.to_string(),
                result.scenario.clone(),
                result.digest.clone(),
                result.target.path.clone(),
                result.target.fs_type.clone(),
                latency.op.clone(),
                latency.count.to_string(),
                latency.min_ns.to_string(),
                latency.p50_ns.to_string(),
                latency.p90_ns.to_string(),
                latency.p99_ns.to_string(),
                latency.p999_ns.to_string(),
                latency.max_ns.to_string(),
            ])?;
        }
    }
    writer.flush()
}

/// Reads one file, or several that were concatenated.
///
/// # Errors
///
/// As [`super::csv::read_csv`].
pub fn read_latency_csv(path: &Path) -> Result<Vec<LatencyRow>, ReadError> {
    let file = File::open(path).map_err(|error| ReadError {
        path: path.to_owned(),
        line: None,
        problem: ReadProblem::Io(error),
    })?;
    read_latency_csv_from(file, path)
}

/// [`read_latency_csv`] of any input; `path` only names it in errors.
///
/// # Errors
///
/// As [`read_latency_csv`].
pub fn read_latency_csv_from(input: impl Read, path: &Path) -> Result<Vec<LatencyRow>, ReadError> {
    let mut rows = Vec::new();
    for_each_row(input, path, &REQUIRED, |fields| {
        rows.push(LatencyRow {
            os: fields.text("os").to_owned(),
            kernel: fields.text("kernel").to_owned(),
            arch: fields.text("arch").to_owned(),
            cpus: fields.optional_integer("cpus")?.unwrap_or(0),
            scenario: fields.some_text("scenario")?,
            digest: fields.some_text("digest")?,
            target: fields.text("target").to_owned(),
            fs_type: fields.text("fs_type").to_owned(),
            latency: Latency {
                op: fields.some_text("op")?,
                count: fields.integer("count")?,
                min_ns: fields.integer("min_ns")?,
                p50_ns: fields.integer("p50_ns")?,
                p90_ns: fields.integer("p90_ns")?,
                p99_ns: fields.integer("p99_ns")?,
                p999_ns: fields.integer("p999_ns")?,
                max_ns: fields.integer("max_ns")?,
            },
        });
        Ok(())
    })?;
    Ok(rows)
}
