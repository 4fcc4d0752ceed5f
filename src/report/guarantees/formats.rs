//! The table in every format.

use std::io::{self, Write};

use super::{Guaranteed, GuaranteesReport, OnTarget, Standing, csv, html, junit, markdown, words};
use crate::report::format::Formats;
use crate::report::github::{Annotation, Level};

impl Formats for GuaranteesReport {
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

    /// An error for what is broken and not accepted, a warning for what is promised and could not be
    /// decided.
    fn annotations(&self) -> Vec<Annotation> {
        let one = |row: &Guaranteed, on: &OnTarget| {
            let (level, message) = match on.verdict {
                Standing::Broken if !on.accepted => (Level::Error, words::short(on)),
                _ if on.inconclusive && row.promised => {
                    (Level::Warning, on.reason.clone().unwrap_or_default())
                }
                _ => return None,
            };
            let title = format!("{} on {}", row.name, on.label);
            let message = format!("{}: {message}", row.sentence);
            Some(Annotation { level, title, message, file: None })
        };
        let rows = self.guarantees.iter();
        let rows = rows.flat_map(|row| row.targets.iter().filter_map(move |on| one(row, on)));
        let also = self.also_found.iter().filter(|found| !found.accepted).map(|found| Annotation {
            level: Level::Error,
            title: format!("{} on {}", found.evidence.scenario, found.label),
            message: words::long(&found.evidence),
            file: None,
        });
        rows.chain(also).collect()
    }
}
