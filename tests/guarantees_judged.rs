//! From results to verdicts, on results that are made up.

mod report_sample;

use fsrace::guarantees::{self, Guarantee, Promise, Sign, Test, judge};
use fsrace::report::guarantees::{GuaranteesReport, OnTarget, Standing, Unit};
use fsrace::report::{Anomaly, Class, OutcomeCount, Report, ScenarioResult, Target, Verdict};
use fsrace::scenario::Mode;
use report_sample::*;

const SIGNS: &[Sign] = &[Sign::Code("unexpected-errno"), Sign::Relaxed("readdir-live")];
const TESTS: &[Test] = &[
    Test { scenario: "rounds", signs: SIGNS, looks_of: "" },
    Test { scenario: "free", signs: SIGNS, looks_of: "missing-name" },
];
const PROMISED: Guarantee = Guarantee {
    name: "made-up",
    sentence: "What is promised holds",
    promise: Promise::Posix,
    source: "https://example.org/",
    tests: TESTS,
    advice: "Nothing.",
};
const OPEN: Guarantee = Guarantee { promise: Promise::Nobody("nobody does"), ..PROMISED };
const WISH: Guarantee = Guarantee {
    tests: &[Test {
        scenario: "rounds",
        signs: &[Sign::Outcome(&[("reader", "read nothing"), ("saver", "write 3 B")])],
        looks_of: "",
    }],
    ..OPEN
};

/// A result in rounds mode.
fn rounds(verdict: Verdict, anomalies: Vec<Anomaly>) -> ScenarioResult {
    let mode = Mode::Rounds;
    let rounds = Some(20_000);
    ScenarioResult { mode, rounds, anomalies, looked_for: Vec::new(), ..result("rounds", verdict) }
}

/// A result in free mode, where a scan could be looked at 900 times.
fn free(verdict: Verdict, anomalies: Vec<Anomaly>) -> ScenarioResult {
    let looks = |code: &str, trials| fsrace::report::LookedFor { code: code.to_owned(), trials };
    let looked_for = vec![looks("zero-inode-fd", 70), looks("missing-name", 900)];
    ScenarioResult { anomalies, looked_for, ..result("free", verdict) }
}

fn errno(class: Class, relaxations: &[&str]) -> Anomaly {
    anomaly("unexpected-errno", class, relaxations, 276, 2_746)
}

fn judged_all(
    guarantee: &'static Guarantee,
    results: Vec<ScenarioResult>,
    targets: &[Target],
    accepted: &[&str],
) -> GuaranteesReport {
    let run = Report { results, ..minimal() };
    judge(run, &[("Topic", guarantee)], targets, accepted)
}

fn judged(guarantee: &'static Guarantee, results: Vec<ScenarioResult>) -> OnTarget {
    let target = rounds(Verdict::Pass, Vec::new()).target;
    let report = judged_all(guarantee, results, &[target], &[]);
    report.guarantees[0].targets[0].clone()
}

fn because(mut result: ScenarioResult, reason: &str) -> ScenarioResult {
    result.reason = Some(reason.to_owned());
    result
}

#[test]
fn what_is_promised_and_never_seen_broken_holds_by_the_weakest_evidence() {
    let on = judged(&PROMISED, vec![rounds(Verdict::Pass, vec![]), free(Verdict::Pass, vec![])]);
    assert_eq!((on.verdict, on.inconclusive, on.reason), (Standing::Holds, false, None));
    let [worst, other] = on.evidence.as_slice() else { panic!("{:#?}", on.evidence) };
    assert_eq!((worst.count, worst.trials, worst.unit), (0, 900, Unit::Calls));
    assert_eq!((other.count, other.trials, other.unit), (0, 20_000, Unit::Rounds));
    assert!((worst.rate_high - 3.0 / 900.0).abs() < 1e-12);
}

#[test]
fn what_is_seen_broken_is_broken_and_the_worst_comes_first() {
    let rare = anomaly("unexpected-errno", Class::Forbidden, &["rename-gap"], 1, 900);
    let on = judged(
        &PROMISED,
        vec![
            free(Verdict::Fail, vec![rare]),
            rounds(Verdict::Fail, vec![errno(Class::Unexplained, &[])]),
        ],
    );
    assert_eq!(on.verdict, Standing::Broken);
    assert!(!on.documented && !on.accepted);
    assert_eq!(on.evidence[0].count, 276);
    assert_eq!(on.evidence[0].code.as_deref(), Some("unexpected-errno"));
    assert_eq!(on.evidence[1].relaxations, ["rename-gap"]);
}

#[test]
fn a_deviation_that_a_system_documents_is_broken_and_marked() {
    let anomalies = vec![errno(Class::Documented, &["close-to-open"])];
    let on = judged(&PROMISED, vec![rounds(Verdict::Fail, anomalies), free(Verdict::Pass, vec![])]);
    assert_eq!((on.verdict, on.documented, on.accepted), (Standing::Broken, true, false));
}

#[test]
fn what_is_accepted_is_broken_all_the_same_and_marked() {
    let target = rounds(Verdict::Pass, vec![]).target;
    let with = |anomalies: Vec<Anomaly>| {
        let results = vec![rounds(Verdict::Fail, anomalies), free(Verdict::Pass, vec![])];
        let report = judged_all(&PROMISED, results, std::slice::from_ref(&target), &["rename-gap"]);
        report.guarantees[0].targets[0].clone()
    };
    let on = with(vec![errno(Class::Forbidden, &["rename-gap"])]);
    assert_eq!((on.verdict, on.accepted), (Standing::Broken, true));
    let on = with(vec![errno(Class::Forbidden, &["rename-gap", "open-stale"])]);
    assert_eq!((on.verdict, on.accepted), (Standing::Broken, false));
    // What nothing explains, nothing accepts.
    let on = with(vec![errno(Class::Unexplained, &[])]);
    assert_eq!((on.verdict, on.accepted), (Standing::Broken, false));
}

#[test]
fn what_posix_leaves_open_breaks_no_promise_and_is_noted() {
    let anomalies = vec![anomaly("missing-name", Class::Unspecified, &["readdir-live"], 4, 20_000)];
    let on = judged(&PROMISED, vec![rounds(Verdict::Pass, anomalies), free(Verdict::Pass, vec![])]);
    assert_eq!(on.verdict, Standing::Holds);
    let words = ["missing-name", "readdir-live", "4 in 20000", "leaves that open"];
    assert!(words.iter().all(|word| on.notes[0].contains(word)), "{:?}", on.notes);
}

#[test]
fn what_nobody_promises_says_whether_it_was_seen() {
    let clean = vec![rounds(Verdict::Pass, vec![]), free(Verdict::Pass, vec![])];
    let on = judged(&OPEN, clean);
    assert_eq!((on.verdict, on.evidence[0].count), (Standing::NotPromised, 0));

    let anomalies = vec![anomaly("missing-name", Class::Unspecified, &["readdir-live"], 4, 20_000)];
    let seen = vec![rounds(Verdict::Pass, anomalies), free(Verdict::Pass, vec![])];
    let on = judged(&OPEN, seen);
    assert_eq!((on.verdict, on.evidence[0].count), (Standing::NotPromised, 4));
}

#[test]
fn an_outcome_that_posix_allows_can_be_what_is_looked_for() {
    let outcome = |count, saver: &str, reader: &str| OutcomeCount {
        count,
        class: None,
        accepted: false,
        results: vec![format!("saver: {saver}"), format!("reader: {reader}"), "left: f".into()],
    };
    let mut result = rounds(Verdict::Pass, vec![]);
    result.outcomes = vec![
        outcome(15_000, "open ok; write 3 B", "open ok; read \"NEW\""),
        outcome(3_000, "open ok; write 3 B", "open ok; read nothing"),
        outcome(2_000, "open EIO; not called", "open ok; read nothing"),
    ];
    let on = judged(&WISH, vec![result]);
    let first = &on.evidence[0];
    assert_eq!((on.verdict, first.count, first.trials), (Standing::NotPromised, 3_000, 20_000));
    assert_eq!((first.code.as_ref(), first.class), (None, None));
}

#[test]
fn what_is_inconclusive_never_holds() {
    let undecided = because(rounds(Verdict::Inconclusive, vec![]), "the actors never met");
    let on = judged(&PROMISED, vec![undecided, free(Verdict::Pass, vec![])]);
    assert_eq!((on.verdict, on.inconclusive), (Standing::NotTestable, true));
    assert_eq!(on.reason.as_deref(), Some("rounds: the actors never met"));
    // But what was seen broken is.
    let undecided = because(rounds(Verdict::Inconclusive, vec![]), "the actors never met");
    let broken = free(Verdict::Fail, vec![errno(Class::Forbidden, &[])]);
    let on = judged(&PROMISED, vec![undecided, broken]);
    assert_eq!((on.verdict, on.inconclusive), (Standing::Broken, false));
    assert_eq!(on.notes, ["rounds: the actors never met"]);
}

#[test]
fn what_cannot_be_done_here_is_not_testable_and_not_inconclusive() {
    let skipped = |result| because(result, "this filesystem does not have it");
    let one = skipped(rounds(Verdict::Skipped, vec![]));
    let other = skipped(free(Verdict::Skipped, vec![]));
    let on = judged(&PROMISED, vec![one.clone(), other]);
    assert_eq!((on.verdict, on.inconclusive), (Standing::NotTestable, false));
    // One that ran is enough, and the other is noted.
    let on = judged(&PROMISED, vec![one, free(Verdict::Pass, vec![])]);
    assert_eq!((on.verdict, on.evidence.len()), (Standing::Holds, 1));
    assert_eq!(on.notes, ["rounds: this filesystem does not have it"]);
}

#[test]
fn a_scenario_that_was_not_reached_decides_nothing() {
    let on = judged(&PROMISED, vec![rounds(Verdict::Pass, vec![])]);
    assert_eq!((on.verdict, on.inconclusive), (Standing::NotTestable, true));
    assert!(on.reason.unwrap().contains("free was not run"));
}

#[test]
fn nothing_done_is_nothing_proven() {
    let mut idle = free(Verdict::Pass, vec![]);
    idle.looked_for.clear();
    let on = judged(&PROMISED, vec![rounds(Verdict::Pass, vec![]), idle]);
    assert_eq!((on.verdict, on.inconclusive), (Standing::NotTestable, true));
}

#[test]
fn a_run_that_hung_or_was_no_race_does_not_hold() {
    let hang = anomaly("hang", Class::Forbidden, &[], 1, 1);
    let on =
        judged(&PROMISED, vec![rounds(Verdict::Fail, vec![hang]), free(Verdict::Pass, vec![])]);
    // The other one still tells something.
    assert_eq!((on.verdict, on.evidence.len()), (Standing::Holds, 1));
    let differs = anomaly("semantic-difference", Class::Forbidden, &["readdir-live"], 2, 3);
    let differs = because(rounds(Verdict::Fail, vec![differs]), "this is no race");
    let on = judged(&WISH, vec![differs]);
    assert_eq!((on.verdict, on.inconclusive), (Standing::NotTestable, false));
}

#[test]
fn what_breaks_no_guarantee_is_found_all_the_same() {
    let other = anomaly("zero-inode-fd", Class::Forbidden, &[], 3, 70);
    let open = anomaly("torn-read", Class::Unspecified, &["torn-read"], 3, 70);
    let results = vec![
        free(Verdict::Fail, vec![other, errno(Class::Forbidden, &[]), open]),
        rounds(Verdict::Pass, vec![]),
    ];
    let target = results[0].target.clone();
    let report = judged_all(&PROMISED, results, &[target], &[]);
    let codes: Vec<_> = report.also_found.iter().map(|one| one.evidence.code.as_deref()).collect();
    assert_eq!(codes, [Some("zero-inode-fd")]);
    // Ruled out by POSIX, so more than what nobody promises.
    let results = vec![rounds(Verdict::Fail, vec![errno(Class::Forbidden, &[])])];
    let target = results[0].target.clone();
    let report = judged_all(&OPEN, results, &[target], &[]);
    let on = &report.guarantees[0].targets[0];
    assert_eq!((on.verdict, on.evidence[0].count), (Standing::NotPromised, 276));
    assert_eq!(report.also_found.len(), 1);
}

#[test]
fn targets_of_one_type_are_numbered_and_judged_apart() {
    let at = |path: &str, fs_type: &str| Target {
        path: path.into(),
        fs_type: fs_type.into(),
        mount_options: String::new(),
        clients: Vec::new(),
    };
    let targets = [at("/a", "ext4"), at("/b", "xfs"), at("/c", "ext4")];
    let on = |target: &Target, mut result: ScenarioResult| {
        result.target = target.clone();
        result
    };
    let mut results = Vec::new();
    for target in &targets {
        let anomalies = match target.path.as_str() {
            "/c" => vec![errno(Class::Forbidden, &[])],
            _ => Vec::new(),
        };
        let verdict = if anomalies.is_empty() { Verdict::Pass } else { Verdict::Fail };
        results.push(on(target, rounds(verdict, anomalies)));
        results.push(on(target, free(Verdict::Pass, vec![])));
    }
    let report = judged_all(&PROMISED, results, &targets, &[]);
    let columns = report.guarantees[0].targets.iter();
    let columns: Vec<_> = columns.map(|on| (on.label.as_str(), on.verdict)).collect();
    let expected =
        [("ext4 1", Standing::Holds), ("xfs", Standing::Holds), ("ext4 2", Standing::Broken)];
    assert_eq!(columns, expected);
}

/// The patterns that applications rely on, as the catalogue of races ends with, and the guarantees
/// that are about them.
const PATTERNS: [(&str, &[&str]); 17] = [
    ("replace by rename", &["replace-by-rename", "replace-by-rename-whole"]),
    ("exclusive create as a lock", &["exclusive-create"]),
    ("mkdir as a lock", &["mkdir-lock"]),
    ("link as a lock", &["link-lock"]),
    ("append to a shared log", &["append", "append-read-whole", "shared-descriptor"]),
    ("unlink while open", &["unlink-while-open", "open-against-unlink"]),
    (
        "read a file that is rewritten in place",
        &["truncate-and-write", "small-write-whole", "large-write-whole"],
    ),
    ("scan a directory that changes", &["scan-unchanged-names", "scan-renamed-name"]),
    ("save progress while others write, in place", &["save-in-place"]),
    ("save progress while others write, by rename", &["save-by-rename"]),
    ("move to a trash directory, then delete", &["move-to-trash"]),
    ("write then rename with no fsync", &["content-before-name", "survives-power-cut"]),
    (
        "read your own write through another descriptor, thread or process",
        &["own-write-other-descriptor", "own-write-other-thread", "own-write-other-process"],
    ),
    ("byte-range locks", &["fcntl-lock", "ofd-lock"]),
    ("whole-file locks", &["flock"]),
    ("hard-link counts", &["link-count"]),
    ("replace a symlink to switch versions", &["switch-symlink", "switch-symlink-two-files"]),
];

#[test]
fn every_pattern_of_the_catalogue_has_a_row() {
    let names: Vec<&str> = guarantees::guarantees().map(|one| one.name).collect();
    for (pattern, rows) in PATTERNS {
        for row in rows {
            assert!(names.contains(row), "{pattern}: {row}");
        }
    }
}
