//! Results as JUnit's XML, which CI systems show: a suite per target, a case per scenario.
//!
//! What fails a run is a failure. What is inconclusive is an error, as the exit code 4 is one:
//! nothing was proven, and nobody should take it for a pass. What was skipped or has not run is
//! skipped, with the reason.

use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, TestCase, TestCaseStatus, TestSuite};

use super::text::{self, TextOptions};
use super::{Class, Report, ScenarioResult, Target, Unfinished, Verdict, words};

/// Writes it.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write(report: &Report, out: impl Write) -> io::Result<()> {
    let mut all = quick_junit::Report::new("fsrace");
    all.set_time(seconds(report.elapsed_s()));
    let mut targets: Vec<&str> = Vec::new();
    let ran = report.results.iter().map(|result| result.target.path.as_str());
    for path in ran.chain(report.not_begun().map(|one| one.target.as_str())) {
        if !targets.contains(&path) {
            targets.push(path);
        }
    }
    all.add_test_suites(targets.into_iter().map(|path| suite(report, path)));
    written(&all, out)
}

/// Writes any report in this format.
pub(super) fn written(report: &quick_junit::Report, mut out: impl Write) -> io::Result<()> {
    report.serialize(&mut out).map_err(io::Error::other)?;
    out.flush()
}

fn suite(report: &Report, path: &str) -> TestSuite {
    let results: Vec<&ScenarioResult> =
        report.results.iter().filter(|result| result.target.path == path).collect();
    let target = results.first().map(|result| &result.target);
    let mut suite = TestSuite::new(match target {
        Some(target) => xml(&format!("{path} ({})", target.fs_type)),
        None => xml(path),
    });
    suite.add_properties(properties(report, target));
    let elapsed = results.iter().map(|result| result.elapsed_s).sum();
    suite.set_time(seconds(elapsed));
    suite.add_test_cases(results.into_iter().map(case));
    let missing = report.not_begun().filter(|one| one.target == path);
    suite.add_test_cases(missing.map(|one| not_run(one, target)));
    suite
}

fn properties(report: &Report, target: Option<&Target>) -> Vec<Property> {
    let host = &report.host;
    let mut facts = vec![
        ("fsrace", report.fsrace_version.clone()),
        ("started", report.started.clone()),
        ("os", host.os.clone()),
        ("kernel", host.kernel.clone()),
        ("arch", host.arch.clone()),
        ("cpus", host.cpus.to_string()),
        ("preemption", host.preemption.clone()),
    ];
    facts.extend(target.map(|target| ("fs_type", target.fs_type.clone())));
    facts.extend(target.map(|target| ("mount_options", target.mount_options.clone())));
    facts.into_iter().map(|(name, value)| Property::new(name, xml(&value))).collect()
}

fn case(result: &ScenarioResult) -> TestCase {
    let mut case = TestCase::new(xml(&result.scenario), status(result));
    case.set_classname(class(Some(&result.target)));
    case.set_time(seconds(result.elapsed_s));
    let facts = [
        ("about", Some(result.about.clone())),
        ("digest", Some(result.digest.clone())),
        ("seed", Some(result.seed.to_string())),
        ("ops", Some(result.ops.to_string())),
        ("rounds", result.rounds.map(|rounds| rounds.to_string())),
        ("overlap", result.overlap.map(|overlap| overlap.to_string())),
        ("coverage", result.coverage.map(|coverage| coverage.to_string())),
    ];
    let known =
        facts.into_iter().filter_map(|(name, value)| Some(Property::new(name, xml(&value?))));
    case.add_properties(known);
    if let Some(file) = &result.file {
        case.extra.insert("file".into(), xml(file).into());
    }
    if result.verdict == Verdict::Pass && !result.anomalies.is_empty() {
        // It passes, and has something to tell.
        case.set_system_out(block(result));
    }
    case
}

fn status(result: &ScenarioResult) -> TestCaseStatus {
    let reason = result.reason.as_deref().unwrap_or("no reason was noted");
    let (kind, code, message) = match result.verdict {
        Verdict::Pass => return TestCaseStatus::success(),
        Verdict::Skipped => return skipped(reason),
        Verdict::Inconclusive => (NonSuccessKind::Error, "inconclusive", reason.to_owned()),
        Verdict::Fail => {
            let failing: Vec<_> =
                result.anomalies.iter().filter(|one| one.class > Class::Unspecified).collect();
            let code = failing.first().map_or("fail", |one| one.code.as_str());
            let each = failing
                .iter()
                .map(|one| format!("{}: {}", words::anomaly(one), words::k_in_n(one)));
            (NonSuccessKind::Failure, code, each.collect::<Vec<_>>().join("; "))
        }
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(xml(code)).set_message(xml(&message)).set_description(block(result));
    status
}

fn not_run(one: &Unfinished, target: Option<&Target>) -> TestCase {
    let status = skipped("it has not run: the run was stopped before");
    let mut case = TestCase::new(xml(&one.scenario), status);
    case.set_classname(class(target));
    case
}

/// XML has no room for these two, however they are written; the crate sees to all others.
pub(super) fn xml(text: &str) -> String {
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

/// A case that was left out, and why.
pub(super) fn skipped(reason: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(xml(reason));
    status
}

/// CI systems group by it, so that one scenario on two filesystems stays two.
fn class(target: Option<&Target>) -> String {
    xml(&format!("fsrace.{}", target.map_or("unknown", |target| target.fs_type.as_str())))
}

/// What is printed of it, timelines and all.
fn block(result: &ScenarioResult) -> String {
    xml(&format!("\n{}", text::scenario(result, &TextOptions::plain())))
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
