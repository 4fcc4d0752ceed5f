//! The detectors of rounds: each on a history made up for it. Their order matters: the first whose
//! shape an outcome has gives it its code.

mod common;

use std::time::Duration;

use common::cases::{Case, RULES};
use fsrace::content::Runs;
use fsrace::detect::{Accepted, RoundsJudgement, judge_rounds};
use fsrace::engine::record::Overlap;
use fsrace::engine::rounds::{HistorySeen, RoundsRecord, SerialRecord};
use fsrace::outcome::{History, Identity, Interval, Returned};
use fsrace::report::{Anomaly, Class, Verdict};
use libc::{EINVAL, ENOENT, ENOLINK};

/// What rounds that all showed this outcome come to. All steps ran at one time, unless `in_turn`
/// has those of the first actor end before those of the second begin.
fn judged(case: &Case, in_turn: bool) -> (Verdict, Vec<Anomaly>) {
    judged_at(case, |actor, step| {
        let first = if in_turn { 1000 * actor as u64 } else { 0 };
        Interval { start: first + step as u64, end: first + 500 }
    })
}

/// As [`judged`], with the time of each step of each actor.
fn judged_at(case: &Case, at: impl Fn(usize, usize) -> Interval) -> (Verdict, Vec<Anomaly>) {
    let judgement = rounds(case, at).judgement;
    (judgement.verdict, judgement.anomalies)
}

fn rounds(case: &Case, at: impl Fn(usize, usize) -> Interval) -> RoundsJudgement {
    let times = case.outcome.actors.iter().enumerate();
    let times = times.map(|(actor, done)| (0..done.len()).map(|step| at(actor, step)).collect());
    let history = History { outcome: case.outcome.clone(), times: times.collect() };
    let record = RoundsRecord {
        elapsed: Duration::from_secs(1),
        rounds: 100,
        seen: vec![HistorySeen { count: 100, first_round: 1, history }],
        ns_per_tick: 1.0,
        overlaps: vec![Overlap { a: 0, b: 1, together: 90, looked_at: 100 }],
        ..RoundsRecord::default()
    };
    judge_rounds(&case.plan, &record, RULES, &Accepted::default())
}

/// It is the one anomaly, with this code and class.
#[track_caller]
fn assert_seen(case: &Case, code: &str, class: Class) {
    let (_, anomalies) = judged(case, false);
    let found: Vec<_> = anomalies.iter().map(|one| (one.code.as_str(), one.class)).collect();
    assert_eq!(found, [(code, class)], "{anomalies:#?}");
    assert_eq!((anomalies[0].count, anomalies[0].trials), (100, 100));
}

fn failed(errno: i32) -> Returned {
    Returned::Failed(errno as u16)
}

const FILE: &str = "a = { content = \"ABCD\" }";
const UNLINK: &str = "op = \"unlink\", path = \"a\"";
const STAT: &str = "op = \"stat\", path = \"a\"";
const READ: [&str; 2] = [
    "op = \"open\", path = \"a\", flags = [\"rdonly\"], fd = \"f\"",
    "op = \"read\", fd = \"f\", len = 9",
];

fn write(flag: &str, content: &str) -> Vec<String> {
    vec![
        format!("op = \"open\", path = \"a\", flags = [\"wronly\"{flag}], fd = \"f\""),
        format!("op = \"write\", fd = \"f\", content = \"{content}\""),
    ]
}

fn two_writes(flag: &str, left: &str) -> Case {
    let (one, two) = (write(flag, "BBBB"), write(flag, "CCCC"));
    let one: Vec<&str> = one.iter().map(String::as_str).collect();
    let two: Vec<&str> = two.iter().map(String::as_str).collect();
    let case = Case::new("a = { content = \"\" }", &[&one, &two], &[0, 0, 1, 1]);
    case.left(|tree| {
        tree[0].content = Some(Runs::of(left.as_bytes()));
        tree[0].stat.size = Some(left.len() as u64);
    })
}

#[test]
fn what_is_allowed_passes() {
    let case = Case::new(FILE, &[&[UNLINK], &READ], &[1, 0, 1]);
    assert_eq!(judged(&case, false), (Verdict::Pass, Vec::new()));
}

#[test]
fn allowed_outcomes_that_were_never_seen_are_listed() {
    let together = |_, step| Interval { start: step as u64, end: 500 };
    // The file is opened before it is deleted; it may also be gone by then.
    let judged = rounds(&Case::new(FILE, &[&[UNLINK], &READ], &[1, 0, 1]), together);
    assert_eq!((judged.coverage, judged.outcomes.len()), (Some(0.5), 1));
    let never = judged.never_seen.unwrap();
    assert_eq!((never.count, never.outcomes.len()), (1, 1));
    assert!(never.outcomes[0].interleavings > 0);
    let results = never.outcomes[0].results.join("\n");
    assert!(results.contains("open ENOENT") && !results.contains("ABCD"), "{results}");
    // Where only one is allowed, nothing is left.
    let judged = rounds(&Case::new(FILE, &[&[STAT], &READ], &[0, 1, 1]), together);
    assert_eq!((judged.coverage, judged.never_seen), (Some(1.0), None));
}

#[test]
fn zero_inode_fd() {
    let fstat = [READ[0], "op = \"fstat\", fd = \"f\""];
    let case = Case::new(FILE, &[&[UNLINK], &fstat], &[1, 0, 1]);
    let case = case.stat(1, 1, |stat| {
        (stat.identity, stat.size, stat.nlink) = (Identity::Zero, Some(0), 1);
    });
    assert_seen(&case, "zero-inode-fd", Class::Forbidden);
}

#[test]
fn einval_write() {
    let steps = write("", "B");
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    let case = Case::new(FILE, &[&[UNLINK], &steps], &[1, 0, 1]);
    let case = case.saw(1, 1, failed(EINVAL));
    assert_seen(&case, "einval-write", Class::Forbidden);
}

#[test]
fn empty_read() {
    let case = Case::new(FILE, &[&[STAT], &READ], &[0, 1, 1]);
    let case = case.saw(1, 1, Returned::Read(Runs::default()));
    assert_seen(&case, "empty-read", Class::Unexplained);
}

#[test]
fn exclusive_twice() {
    let mkdir = "op = \"mkdir\", path = \"d\"";
    let case = Case::new("", &[&[mkdir], &[mkdir]], &[0, 1]).saw(1, 0, Returned::Done);
    assert_seen(&case, "exclusive-twice", Class::Forbidden);
}

#[test]
fn lost_append() {
    assert_seen(&two_writes(", \"append\"", "CCCC"), "lost-append", Class::Forbidden);
}

#[test]
fn lost_write() {
    assert_seen(&two_writes("", "BBCC"), "lost-write", Class::Forbidden);
}

#[test]
fn a_write_that_undoes_what_is_written_beside_it_loses_a_write() {
    let open = "op = \"open\", path = \"a\", flags = [\"wronly\"], fd = \"f\"";
    let low = "op = \"pwrite\", fd = \"f\", offset = 0, content = \"XX\"";
    let high = "op = \"pwrite\", fd = \"f\", offset = 2, content = \"YY\"";
    let case = || Case::new(FILE, &[&[open, low], &[open, high]], &[0, 0, 1, 1]);
    let undone = case().left(|tree| tree[0].content = Some(Runs::of(b"ABYY")));
    assert_seen(&undone, "lost-write", Class::Unexplained);
    // Where all that was written is there, and something else is wrong, none is lost.
    let other = case().left(|tree| tree[0].stat.mode = 0o600);
    assert_seen(&other, "forbidden-outcome", Class::Unexplained);
}

#[test]
fn two_reads_of_one_offset_lose_no_write() {
    let fixture = format!("{FILE}\n[shared.f]\npath = \"a\"\nflags = [\"rdonly\"]");
    let read = "op = \"read\", fd = \"f\", len = 2";
    let case = Case::new(&fixture, &[&[read], &[read]], &[0, 1]);
    let twice = case.saw(1, 0, Returned::Read(Runs::of(b"AB")));
    assert_seen(&twice, "forbidden-outcome", Class::Forbidden);
}

#[test]
fn stale_read() {
    let mkdir = "op = \"mkdir\", path = \"d\"";
    let stat = "op = \"stat\", path = \"d\"";
    let case = Case::new("", &[&[mkdir], &[stat]], &[1, 0]);
    assert_eq!(judged(&case, false).0, Verdict::Pass);
    let (verdict, anomalies) = judged(&case, true);
    assert_eq!((verdict, anomalies[0].code.as_str()), (Verdict::Fail, "stale-read"));
    assert_eq!(anomalies[0].relaxations, ["no-realtime"]);
}

#[test]
fn torn_read_and_torn_size() {
    let steps = write("", "XXXX");
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    let case = Case::new(FILE, &[&steps, &READ], &[0, 0, 1, 1]);
    let case = case.saw(1, 1, Returned::Read(Runs::of(b"XXCD")));
    assert_seen(&case, "torn-read", Class::Unspecified);
    let case = Case::new("a = { content = \"\" }", &[&steps, &[STAT]], &[0, 0, 1]);
    let case = case.stat(1, 0, |stat| stat.size = Some(2));
    assert_seen(&case, "torn-size", Class::Unspecified);
    assert_eq!(judged(&case, false).0, Verdict::Pass);
}

#[test]
fn nlink_wrong() {
    let case = Case::new(FILE, &[&[STAT], &[STAT]], &[0, 1]);
    let case = case.stat(1, 0, |stat| stat.nlink = 5);
    assert_seen(&case, "nlink-wrong", Class::Forbidden);
    // While a call that changes it is under way, it is what Linux does.
    let link = "op = \"link\", path = \"a\", to = \"b\"";
    let stats = [STAT, "op = \"stat\", path = \"b\""];
    let case = Case::new(FILE, &[&[link], &stats], &[1, 1, 0]);
    assert_seen(&case.stat(1, 0, |stat| stat.nlink = 2), "nlink-wrong", Class::Unspecified);
}

#[test]
fn ghost_name() {
    let rename = "op = \"rename\", path = \"a\", to = \"b\"";
    let stats = ["op = \"stat\", path = \"b\"", STAT];
    let case = Case::new(FILE, &[&[rename], &stats], &[1, 1, 0]);
    let Returned::Stat(mut there) = case.outcome.actors[1][1].returned.clone() else { panic!() };
    // The file is never gone, so that its inode number means something.
    (there.nlink, there.identity) = (2, Identity::Fixture(0));
    let twice = || Returned::Stat(there.clone());
    let case = case.saw(1, 0, twice()).saw(1, 1, twice());
    assert_seen(&case, "ghost-name", Class::Forbidden);
}

#[test]
fn names_that_are_never_there_together_are_ghosts_in_a_scan() {
    let rename = "op = \"rename\", path = \"d/a\", to = \"d/b\"";
    let scan = "op = \"readdir\", path = \"d\"";
    let names = |names: &[&str]| {
        let fixture = "\"d/a\" = { content = \"\" }\n\"d/s\" = { content = \"\" }";
        let case = Case::new(fixture, &[&[rename], &[scan, scan]], &[0, 1, 1]);
        case.saw(1, 0, Returned::Names(names.iter().map(|&name| name.to_owned()).collect()))
    };
    // What a scan may show of names that change is accepted; with a name that never was, it is not.
    assert_seen(&names(&["a", "b", "c", "s"]), "ghost-name", Class::Unexplained);
    // A scan that has lost its place can leave names out.
    assert_seen(&names(&["a", "b"]), "ghost-name", Class::Forbidden);
    // Each of these was there with others that are left out.
    assert_seen(&names(&["a"]), "missing-name", Class::Forbidden);
    assert_seen(&names(&[]), "missing-name", Class::Forbidden);
}

#[test]
fn wrong_content() {
    let case = Case::new(FILE, &[&[STAT], &READ], &[0, 1, 1]);
    let case = case.saw(1, 1, Returned::Read(Runs::of(b"OOPS")));
    assert_seen(&case, "wrong-content", Class::Unexplained);
}

#[test]
fn missing_name_and_duplicate_name() {
    let scan = "op = \"readdir\", path = \"d\"";
    let fixture = "\"d/a\" = { content = \"\" }";
    let names = |names: &[&str]| {
        let case = Case::new(fixture, &[&[scan], &[scan]], &[0, 1]);
        case.saw(1, 0, Returned::Names(names.iter().map(|&name| name.to_owned()).collect()))
    };
    assert_seen(&names(&[]), "missing-name", Class::Unexplained);
    assert_seen(&names(&["a", "a"]), "duplicate-name", Class::Unexplained);
}

#[test]
fn lock_overlap() {
    let steps = [
        "op = \"open\", path = \"a\", flags = [\"rdwr\"], fd = \"f\"",
        "op = \"flock\", fd = \"f\", lock = \"exclusive\", wait = false",
    ];
    let case = Case::new(FILE, &[&steps, &steps], &[0, 0, 1, 1]).saw(1, 1, Returned::Done);
    assert_seen(&case, "lock-overlap", Class::Unexplained);
}

#[test]
fn two_locks_that_were_held_at_one_time_are_no_stale_read() {
    let steps = [
        "op = \"open\", path = \"a\", flags = [\"rdwr\"], fd = \"f\"",
        "op = \"lock\", fd = \"f\", lock = \"exclusive\", wait = false",
        "op = \"pread\", fd = \"f\", offset = 0, len = 4",
        "op = \"lock\", fd = \"f\", lock = \"unlock\"",
    ];
    let case = Case::new(FILE, &[&steps, &steps], &[0, 0, 0, 0, 1, 1, 1, 1]);
    let at = |_, step| Interval { start: 100 * step as u64, end: 100 * step as u64 + 50 };
    let (_, anomalies) = judged_at(&case, at);
    let codes: Vec<_> = anomalies.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes, ["lock-overlap"]);
    assert_eq!(anomalies[0].relaxations, ["no-realtime"], "one holder after the other");
}

#[test]
fn dead_descriptor_and_unexpected_errno() {
    let case = Case::new(FILE, &[&[UNLINK], &READ], &[1, 0, 1]).saw(1, 1, failed(ENOENT));
    assert_seen(&case, "dead-descriptor", Class::Forbidden);
    let case = Case::new(FILE, &[&[STAT], &[STAT]], &[0, 1]).saw(1, 0, failed(ENOLINK));
    assert_seen(&case, "unexpected-errno", Class::Forbidden);
}

#[test]
fn forbidden_outcome() {
    let case = Case::new(FILE, &[&[STAT], &[STAT]], &[0, 1]);
    let case = case.left(|left| left[0].path = "elsewhere".into());
    assert_seen(&case, "forbidden-outcome", Class::Unexplained);
}

#[test]
fn semantic_difference() {
    let case = Case::new(FILE, &[&[STAT], &[STAT]], &[0, 1]).stat(1, 0, |stat| stat.nlink = 5);
    let interval = |start: u64| vec![Interval { start, end: start + 10 }];
    let times = vec![interval(0), interval(100)];
    let history = History { outcome: case.outcome.clone(), times };
    let serial = SerialRecord { histories: vec![history], broken: false };
    let record = RoundsRecord { serial, clock_error: 1, ..RoundsRecord::default() };
    let judged = judge_rounds(&case.plan, &record, RULES, &Accepted::default()).judgement;
    assert_eq!(
        (judged.verdict, judged.anomalies[0].code.as_str()),
        (Verdict::Fail, "semantic-difference")
    );
}

#[test]
fn a_program_that_the_model_cannot_follow_is_not_judged() {
    let lock = |mode: &str| format!("{{ op = \"flock\", fd = \"f\", lock = \"{mode}\" }}");
    let text = format!(
        "name = \"s\"\nabout = \"A case.\"\n[fixture]\n{FILE}\n[run]\nmode = \"rounds\"\n\
         [[actor]]\nname = \"a\"\nsteps = [{{ {} }}, {}, {}]\n",
        READ[0],
        lock("shared"),
        lock("exclusive")
    );
    let scenario = fsrace::scenario::parse(&text, "s").unwrap_or_else(|error| panic!("{error}"));
    let plan = fsrace::plan::plan(&scenario, &fsrace::plan::Settings::default()).unwrap();
    let record = RoundsRecord { rounds: 1, ..RoundsRecord::default() };
    let judged = judge_rounds(&plan, &record, RULES, &Accepted::default());
    assert_eq!(judged.judgement.verdict, Verdict::Inconclusive);
    assert!(judged.judgement.anomalies.is_empty() && judged.coverage.is_none());
}

#[test]
fn a_target_that_runs_short_accuses_nobody() {
    let steps = write("", "B");
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    let case = Case::new(FILE, &[&steps, &READ], &[1, 1, 0, 0]);
    let (verdict, anomalies) = judged(&case.saw(0, 1, failed(libc::ENOSPC)), false);
    assert_eq!((verdict, anomalies), (Verdict::Inconclusive, Vec::new()));
}
