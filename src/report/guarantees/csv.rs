//! The result as CSV: one row per guarantee and target. Every row carries the host, so that files from
//! many machines can simply be concatenated.

use std::io::{self, Write};

use super::{Evidence, Guaranteed, GuaranteesReport, OnTarget};
use crate::report::{Class, SCHEMA_VERSION};

/// The columns, in the order they are written.
pub const COLUMNS: [&str; 33] = [
    "schema_version",
    "fsrace_version",
    "started",
    "os",
    "kernel",
    "arch",
    "cpus",
    "preemption",
    "guarantee",
    "topic",
    "sentence",
    "promised",
    "source",
    "target",
    "fs_type",
    "mount_options",
    "verdict",
    "documented",
    "accepted",
    "inconclusive",
    "reason",
    "scenario",
    "code",
    "class",
    "relaxations",
    "unit",
    "count",
    "trials",
    "rate",
    "rate_low",
    "rate_high",
    "scenarios",
    "advice",
];

/// Writes the header and all rows. The columns from `scenario` to `rate_high` hold the evidence that
/// decides; the JSON has all of it.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write(report: &GuaranteesReport, out: impl Write) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    for row in &report.guarantees {
        for on in &row.targets {
            writer.write_record(record(report, row, on))?;
        }
    }
    writer.flush()
}

fn record(report: &GuaranteesReport, row: &Guaranteed, on: &OnTarget) -> [String; 33] {
    let (run, host) = (&report.run, &report.run.host);
    let evidence = on.evidence.first();
    fn text<T: ToString>(
        evidence: Option<&Evidence>,
        of: impl Fn(&Evidence) -> Option<T>,
    ) -> String {
        evidence.and_then(of).map(|value| value.to_string()).unwrap_or_default()
    }
    let mut results = run.results.iter();
    let result = results.find(|result| result.target.path == on.target);
    [
        SCHEMA_VERSION.to_string(),
        run.fsrace_version.clone(),
        run.started.clone(),
        host.os.clone(),
        host.kernel.clone(),
        host.arch.clone(),
        host.cpus.to_string(),
        host.preemption.clone(),
        row.name.clone(),
        row.topic.clone(),
        row.sentence.clone(),
        row.promised.to_string(),
        row.source.clone(),
        on.target.clone(),
        on.fs_type.clone(),
        result.map(|result| result.target.mount_options.clone()).unwrap_or_default(),
        on.verdict.name().to_owned(),
        on.documented.to_string(),
        on.accepted.to_string(),
        on.inconclusive.to_string(),
        on.reason.clone().unwrap_or_default(),
        text(evidence, |one| Some(one.scenario.clone())),
        text(evidence, |one| one.code.clone()),
        text(evidence, |one| one.class.map(Class::name)),
        text(evidence, |one| Some(one.relaxations.join("+"))),
        text(evidence, |one| Some(one.unit.name())),
        text(evidence, |one| Some(one.count)),
        text(evidence, |one| Some(one.trials)),
        text(evidence, |one| Some(one.rate)),
        text(evidence, |one| Some(one.rate_low)),
        text(evidence, |one| Some(one.rate_high)),
        row.scenarios.join("+"),
        row.advice.clone(),
    ]
}
