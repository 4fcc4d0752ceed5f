//! Reports that the tests of the formats share.
#![allow(dead_code, reason = "each test file uses its part")]

use fsrace::report::*;
use fsrace::scenario::Mode;

pub fn host() -> Host {
    Host {
        os: "Linux".into(),
        kernel: "6.18.0".into(),
        arch: "x86_64".into(),
        cpus: 2,
        preemption: "full".into(),
        os_version: "Debian GNU/Linux 13 (trixie)".into(),
        os_build: "#1 SMP PREEMPT_DYNAMIC Debian 6.18.0-1".into(),
    }
}

pub fn result(name: &str, verdict: Verdict) -> ScenarioResult {
    ScenarioResult {
        scenario: name.into(),
        about: "A reader must never get a descriptor to nothing while its file is being deleted."
            .into(),
        file: None,
        digest: "0123456789abcdef".into(),
        mode: Mode::Free,
        seed: 7,
        actors: 2,
        target: Target {
            path: "/target".into(),
            fs_type: "ext4".into(),
            mount_options: "rw,relatime".into(),
            clients: Vec::new(),
        },
        verdict,
        reason: None,
        elapsed_s: 3.0,
        ops: 3_600_000,
        iterations: 2_100_000,
        rounds: None,
        overlap: Some(0.43),
        overlaps: vec![PairOverlap { a: "deleter".into(), b: "reader".into(), share: 0.43 }],
        coverage: None,
        outcomes: Vec::new(),
        never_seen: None,
        anomalies: Vec::new(),
        looked_for: Vec::new(),
        accepted: Vec::new(),
        latencies: vec![Latency {
            op: "unlink".into(),
            count: 1_000,
            min_ns: 900,
            p50_ns: 1_500,
            p90_ns: 2_500,
            p99_ns: 9_000,
            p999_ns: 40_000,
            max_ns: 1_200_000,
        }],
    }
}

pub fn anomaly(code: &str, class: Class, relaxations: &[&str], count: u64, trials: u64) -> Anomaly {
    let rate = fsrace::stats::rate(count, trials);
    Anomaly {
        code: code.into(),
        class,
        relaxations: relaxations.iter().map(|r| (*r).into()).collect(),
        count,
        trials,
        rate: rate.value,
        rate_low: rate.low,
        rate_high: rate.high,
        seen: "reader saw inode 0 from fstat of a descriptor that it had just opened".into(),
        example: None,
        kinds: Vec::new(),
    }
}

pub fn looked_for(codes: &[(&str, u64)]) -> Vec<LookedFor> {
    codes.iter().map(|&(code, trials)| LookedFor { code: code.into(), trials }).collect()
}

pub fn event(
    actor: &str,
    call: &str,
    result: Option<&str>,
    from: i64,
    to: Option<i64>,
) -> ExampleEvent {
    ExampleEvent {
        actor: actor.into(),
        call: call.into(),
        result: result.map(Into::into),
        start_ns: from,
        end_ns: to,
        anomalous: from == 0,
    }
}

/// Two actors, the deleter inside its unlink while the reader opens and looks.
pub fn example() -> Example {
    Example {
        events: vec![
            event("deleter", "access(\"DEST.txt\", exists)", Some("0"), -4_210, Some(-3_300)),
            event("deleter", "unlink(\"DEST.txt\")", Some("0"), -3_200, Some(130)),
            event("reader", "open(\"DEST.txt\", rdonly)", Some("f"), -2_040, Some(-90)),
            event("reader", "fstat(f)", Some("inode 0"), 0, Some(412)),
            event("deleter", "access(\"DEST.txt\", exists)", Some("ENOENT"), 500, None),
        ],
    }
}

/// One result of every kind, with every field used.
pub fn full() -> Report {
    let mut fail = result("open-while-unlinked", Verdict::Fail);
    let mut first = anomaly("zero-inode-fd", Class::Unexplained, &[], 276, 2_746);
    first.example = Some(example());
    let mut second =
        anomaly("empty-read", Class::Forbidden, &["gone-when-unlinked", "stat-torn"], 3, 2_100_000);
    second.seen = "reader read \"\", expected \"CONTENT\", a comma and a \"quote\"".into();
    fail.anomalies = vec![first, second];
    fail.looked_for = looked_for(&[("zero-inode-fd", 2_746), ("empty-read", 2_100_000)]);
    let pass = result("rename-into-place", Verdict::Pass);
    let mut noted = result("pread-pwrite", Verdict::Pass);
    noted.mode = Mode::Rounds;
    noted.rounds = Some(120_000);
    noted.accepted = vec!["path-walk".into(), "readdir-live".into()];
    noted.iterations = 0;
    noted.coverage = Some(0.75);
    noted.anomalies =
        vec![anomaly("torn-read", Class::Unspecified, &["torn-read"], 90_000, 120_000)];
    let mut idle = result("lock-overlap", Verdict::Inconclusive);
    idle.overlap = Some(0.0);
    idle.reason =
        Some("the actors never overlapped: run it longer, or on more than one processor".into());
    let mut skipped = result("tmpfile-link", Verdict::Skipped);
    skipped.reason = Some("O_TMPFILE is not supported\nhere".into());
    (skipped.ops, skipped.iterations, skipped.elapsed_s) = (0, 0, 0.0);
    (skipped.overlap, skipped.overlaps, skipped.latencies) = (None, Vec::new(), Vec::new());
    report(vec![fail, pass, noted, idle, skipped])
}

/// Nothing that can be left out.
pub fn minimal() -> Report {
    let mut one = result("x", Verdict::Skipped);
    one.overlap = None;
    one.overlaps.clear();
    one.latencies.clear();
    report(vec![one])
}

pub fn report(results: Vec<ScenarioResult>) -> Report {
    Report {
        schema_version: SCHEMA_VERSION,
        fsrace_version: "0.1.0".into(),
        started: "2026-01-31T09:30:00Z".into(),
        host: host(),
        results,
        unfinished: Vec::new(),
    }
}
