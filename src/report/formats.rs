//! A run in every format.

use std::io::{self, Write};

use super::format::{Beside, Format, Formats};
use super::github::{Annotation, Level};
use super::{Report, ScenarioResult, Verdict, csv, html, junit, latency, markdown, output, words};

impl Formats for Report {
    fn markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        markdown::write(self, out)
    }

    fn csv(&self, out: &mut dyn Write) -> io::Result<()> {
        csv::write(self, out)
    }

    fn html(&self, out: &mut dyn Write) -> io::Result<()> {
        html::write(self, out)
    }

    fn junit(&self, out: &mut dyn Write) -> io::Result<()> {
        junit::write(self, out)
    }

    fn beside(format: Format) -> Option<Beside<Self>> {
        (format == Format::Csv).then(|| Beside {
            path: output::latency_path,
            write: Box::new(|report, out| latency::write(report, out)),
        })
    }

    /// An error for what failed, a warning for what is inconclusive.
    fn annotations(&self) -> Vec<Annotation> {
        let one = |result: &ScenarioResult| {
            let level = match result.verdict {
                Verdict::Fail => Level::Error,
                Verdict::Inconclusive => Level::Warning,
                Verdict::Pass | Verdict::Skipped => return None,
            };
            let found = result.anomalies.iter().map(|anomaly| {
                let (what, rate) = (words::anomaly(anomaly), words::k_in_n(anomaly));
                format!("{what}: {rate}; {}", anomaly.seen)
            });
            let lines: Vec<String> = found.chain(result.reason.clone()).collect();
            Some(Annotation {
                level,
                title: format!("{} on {}", result.scenario, result.target.fs_type),
                message: lines.join("\n"),
                file: result.file.as_ref().map(Into::into),
            })
        };
        self.results.iter().filter_map(one).collect()
    }
}
