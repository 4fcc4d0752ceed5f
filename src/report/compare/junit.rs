//! A comparison as JUnit's XML: a suite per system that is held against the first, a case per row.
//!
//! What fails a run and is new or more frequent is a failure; what cannot be compared is skipped.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::cell::{changes, code, counts, place, system};
use crate::compare::{Change, Comparison, Row, Verdict};
use crate::report::junit::{skipped, written, xml};

/// Writes it.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write(comparison: &Comparison, out: impl Write) -> io::Result<()> {
    let mut all = Report::new("fsrace compare");
    let first = &comparison.columns[0];
    for (index, column) in comparison.columns.iter().enumerate().skip(1) {
        let name = format!("{} compared with {}", column.label, first.label);
        let mut suite = TestSuite::new(xml(&name));
        suite.add_property(Property::new("old", xml(&system(first))));
        suite.add_property(Property::new("new", xml(&system(column))));
        for row in &comparison.rows {
            let change = changes(row).find(|(of, _)| *of == index);
            suite.add_test_cases(change.map(|(_, change)| case(row, index, change)));
        }
        all.add_test_suite(suite);
    }
    written(&all, out)
}

fn case(row: &Row, column: usize, change: &Change) -> TestCase {
    let name = format!("{}: {}", row.scenario, code(row));
    let mut case = TestCase::new(xml(&name), status(row, column, change));
    case.set_classname(xml(&format!("fsrace.{}", place(&row.fs_type, row.target.as_deref()))));
    case.add_property(Property::new("change", change.verdict.code()));
    case
}

fn status(row: &Row, column: usize, change: &Change) -> TestCaseStatus {
    match change.verdict {
        Verdict::New | Verdict::Regressed if row.fails() => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let (old, new) = (counts(&row.cells[0]), counts(&row.cells[column]));
            status
                .set_type(change.verdict.code())
                .set_message(xml(&change.words))
                .set_description(xml(&format!("{}\nold: {old}\nnew: {new}", change.words)));
            status
        }
        Verdict::NotComparable => skipped(&change.words),
        _ => TestCaseStatus::success(),
    }
}
