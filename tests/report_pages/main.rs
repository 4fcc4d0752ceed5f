//! A run as HTML, SVG, JUnit and Markdown, on results that are made up.

#[path = "../common/mod.rs"]
mod common;
#[path = "../report_sample/mod.rs"]
mod report_sample;

mod browser;
mod html;
mod junit;
mod markdown;
mod svg;

use fsrace::report::*;
use report_sample::*;

/// Every kind of result, rounds with outcomes of every kind, a call that has not returned, and a run
/// that was stopped.
fn everything() -> Report {
    let mut report = full();
    let outcome = |count, class, accepted, line: &str| OutcomeCount {
        count,
        class,
        accepted,
        results: vec![format!("writer: {line}"), "left: f = \"NEW\" (was t)".into()],
    };
    let rounds = &mut report.results[2];
    rounds.outcomes = vec![
        outcome(90_000, None, false, "write ok"),
        outcome(20_000, Some(Class::Unspecified), false, "read torn"),
        outcome(9_000, None, true, "open ENOENT"),
    ];
    rounds.never_seen = Some(NeverSeen {
        count: 70,
        outcomes: vec![UnseenOutcome { interleavings: 12, results: vec!["writer: never".into()] }],
    });
    let mut hang = anomaly("hang", Class::Forbidden, &[], 1, 1);
    hang.example = Some(Example {
        events: vec![
            event("locker", "flock f exclusive", Some("ok"), -9_000, Some(-8_000)),
            event("waiter", "flock f exclusive", None, 0, None),
            event("locker", "sleep 5ms", None, 2_000, None),
        ],
    });
    report.results[3].anomalies = vec![hang];
    report.results[3].file = Some("races/lock.toml".into());
    report.unfinished =
        vec![Unfinished { scenario: "never-reached".into(), target: "/target".into() }];
    report
}

const HOSTILE: &str = "</title><script>alert(1)</script>&\"'\u{1b}[31m|`]]>\u{fffe}";

/// Markup wherever a result has foreign text.
fn hostile() -> Report {
    let mut report = everything();
    report.host.kernel = HOSTILE.into();
    report.unfinished[0].scenario = HOSTILE.into();
    for result in &mut report.results {
        result.scenario = HOSTILE.into();
        result.about = HOSTILE.into();
        result.file = Some(HOSTILE.into());
        result.reason = Some(HOSTILE.into());
        result.target.path = HOSTILE.into();
        result.target.fs_type = HOSTILE.into();
        result.target.mount_options = HOSTILE.into();
        result.target.clients = vec![HOSTILE.into()];
        result.accepted = vec![HOSTILE.into()];
        for pair in &mut result.overlaps {
            pair.a = HOSTILE.into();
        }
        for outcome in &mut result.outcomes {
            outcome.results = vec![HOSTILE.into()];
        }
        for never in result.never_seen.iter_mut().flat_map(|never| &mut never.outcomes) {
            never.results = vec![HOSTILE.into()];
        }
        for latency in &mut result.latencies {
            latency.op = HOSTILE.into();
        }
        for anomaly in &mut result.anomalies {
            anomaly.code = HOSTILE.into();
            anomaly.relaxations = vec![HOSTILE.into()];
            anomaly.seen = HOSTILE.into();
            for event in anomaly.example.iter_mut().flat_map(|example| &mut example.events) {
                event.actor = HOSTILE.into();
                event.call = format!("{HOSTILE} {HOSTILE}");
                event.result = event.result.as_ref().map(|_| HOSTILE.into());
            }
        }
    }
    report
}

fn written(report: &Report, format: Format) -> String {
    let mut out = Vec::new();
    report.write_as(format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
