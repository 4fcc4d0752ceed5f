//! A comparison in every format.

use std::io::{self, Write};

use super::cell::{changes, code, place};
use super::{csv, html, junit, markdown};
use crate::compare::{Change, Comparison, Row, Verdict};
use crate::report::format::Formats;
use crate::report::github::{Annotation, Level};

impl Formats for Comparison {
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

    /// An error for what fails a run and is new or more frequent, a warning for what has gone quiet.
    fn annotations(&self) -> Vec<Annotation> {
        let one = |row: &Row, column: usize, change: &Change| {
            let level = match change.verdict {
                Verdict::New | Verdict::Regressed if row.fails() => Level::Error,
                Verdict::GoneQuiet if row.fails() => Level::Warning,
                _ => return None,
            };
            let (verdict, label) = (change.verdict.name(), &self.columns[column].label);
            let on = place(&row.fs_type, row.target.as_deref());
            let title = format!("{verdict} in {label}: {} on {on}", row.scenario);
            let message = format!("{}: {}", code(row), change.words);
            Some(Annotation { level, title, message, file: None })
        };
        let each = |row| changes(row).filter_map(move |(column, change)| one(row, column, change));
        self.rows.iter().flat_map(each).collect()
    }
}
