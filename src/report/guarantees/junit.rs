//! The table as JUnit's XML: a suite per target, a case per guarantee.
//!
//! What is broken is a failure, unless the run accepts it. What is promised and inconclusive is an
//! error; what cannot be tested here, and what nobody promises, is skipped.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Guaranteed, GuaranteesReport, OnTarget, Standing, words};
use crate::report::junit::{skipped, written, xml};

/// Writes it.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write(report: &GuaranteesReport, out: impl Write) -> io::Result<()> {
    let mut all = Report::new("fsrace guarantees");
    for (column, target) in words::targets(report).iter().enumerate() {
        let mut suite = TestSuite::new(xml(&format!("{} ({})", target.target, target.fs_type)));
        suite.add_property(Property::new("host", xml(&crate::report::words::host(&report.run))));
        for row in &report.guarantees {
            suite.add_test_cases(row.targets.get(column).map(|on| case(row, on)));
        }
        all.add_test_suite(suite);
    }
    written(&all, out)
}

fn case(row: &Guaranteed, on: &OnTarget) -> TestCase {
    let mut case = TestCase::new(row.name.as_str(), status(row, on));
    case.set_classname(xml(&format!("fsrace.guarantees.{}", on.fs_type)));
    case.add_property(Property::new("sentence", xml(&row.sentence)));
    case
}

fn status(row: &Guaranteed, on: &OnTarget) -> TestCaseStatus {
    let reason = on.reason.as_deref().unwrap_or(&row.because);
    let (kind, message) = match on.verdict {
        Standing::Holds => return TestCaseStatus::success(),
        Standing::Broken if !on.accepted => (NonSuccessKind::Failure, words::short(on)),
        Standing::NotTestable if on.inconclusive && row.promised => {
            (NonSuccessKind::Error, reason.to_owned())
        }
        _ => return skipped(&format!("{}: {reason}", words::verdict(on))),
    };
    let evidence = on.evidence.iter().map(words::long);
    let lines = [row.sentence.clone()].into_iter().chain(evidence).chain([row.advice.clone()]);
    let mut status = TestCaseStatus::non_success(kind);
    status
        .set_type(words::verdict(on))
        .set_message(xml(&message))
        .set_description(xml(&lines.collect::<Vec<_>>().join("\n")));
    status
}
