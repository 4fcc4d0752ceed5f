//! What differs without any concurrency is told as that, with the shortest prefix that shows it,
//! and is never blamed on a race.

mod common;

use std::path::Path;
use std::time::Duration;

use common::Place;
use common::cases::{Case, RULES};
use common::mounts::Mount;
use fsrace::detect::{Accepted, RoundsJudge, RoundsJudgement, judge_rounds};
use fsrace::engine::record::Overlap;
use fsrace::engine::rounds::{HistorySeen, RoundsRecord, SerialRecord};
use fsrace::outcome::{History, Identity, Interval, Returned};
use fsrace::report::{Anomaly, Class, Report, ScenarioResult, Verdict};
use libc::{EINVAL, ENOSPC, EOPNOTSUPP};

/// What the clocks of the made-up records can be wrong by.
const ERROR: u64 = 100;

const FILE: &str = "a = { content = \"ABCD\" }";
const STAT: &str = "op = \"stat\", path = \"a\"";
const UNLINK: &str = "op = \"unlink\", path = \"a\"";

/// The history of an outcome whose steps were made in this order, `apart` ticks between them.
fn history(case: &Case, order: &[usize], apart: u64) -> History {
    let mut times = vec![Vec::new(); case.outcome.actors.len()];
    for (place, &actor) in order.iter().enumerate() {
        let start = place as u64 * (10 + apart);
        times[actor].push(Interval { start, end: start + 10 });
    }
    History { outcome: case.outcome.clone(), times }
}

/// A record of these serial rounds, and of races that all showed the first of them.
fn record(histories: Vec<History>) -> RoundsRecord {
    let race = HistorySeen { count: 50, first_round: 1, history: histories[0].clone() };
    RoundsRecord {
        elapsed: Duration::from_secs(1),
        rounds: 50,
        serial: SerialRecord { histories, broken: false },
        seen: vec![race],
        clock_error: ERROR,
        ns_per_tick: 1.0,
        overlaps: vec![Overlap { a: 0, b: 1, together: 40, looked_at: 50 }],
        ..RoundsRecord::default()
    }
}

fn accepting(names: &[&str]) -> Accepted {
    let mut accepted = Accepted::default();
    names.iter().for_each(|name| accepted.add(name).unwrap());
    accepted
}

fn judged(case: &Case, histories: Vec<History>, accepted: &[&str]) -> RoundsJudgement {
    judge_rounds(&case.plan, &record(histories), RULES, &accepting(accepted))
}

/// The only anomaly, which is a semantic difference.
#[track_caller]
fn only(judged: &RoundsJudgement) -> &Anomaly {
    let [anomaly] = &judged.judgement.anomalies[..] else { panic!("{judged:#?}") };
    assert_eq!((anomaly.code.as_str(), anomaly.class), ("semantic-difference", Class::Forbidden));
    assert_eq!(judged.judgement.verdict, Verdict::Fail);
    anomaly
}

/// Two actors, of which the second looks at what the first changes.
fn program(order: &[usize]) -> Case {
    let chmod = "op = \"chmod\", path = \"a\", mode = \"0600\"";
    Case::new(FILE, &[&[chmod], &[STAT, STAT]], order)
}

/// The same, where one of the looks sees too many links.
fn case(order: &[usize], wrong: usize) -> Case {
    program(order).stat(1, wrong, |stat| stat.nlink = 5)
}

#[test]
fn the_shortest_prefix_of_all_orders_is_told() {
    let (late, early) = ([0, 1, 1], [1, 0, 1]);
    let histories = vec![
        history(&case(&late, 1), &late, 500),
        history(&case(&early, 0), &early, 500),
        history(&program(&late), &late, 500),
        history(&case(&late, 0), &late, 500),
    ];
    let judged = judged(&case(&late, 1), histories, &[]);
    let anomaly = only(&judged);
    assert_eq!((anomaly.count, anomaly.trials), (3, 4));
    let events = &anomaly.example.as_ref().unwrap().events;
    assert_eq!(events.len(), 1, "{events:#?}");
    assert!(events[0].anomalous && events[0].actor == "a1" && events[0].start_ns == 0);
    assert!(anomaly.seen.contains("5 links"), "{}", anomaly.seen);
    assert!(anomaly.seen.contains("the model has file of 4 B, mode 0644, 1 link"), "{anomaly:#?}");
    let reason = judged.judgement.reason.as_ref().unwrap();
    assert!(reason.contains("no race") && reason.contains("--accept semantic-difference"));
    // Races say nothing any more.
    assert!(judged.outcomes.is_empty() && judged.coverage.is_none());
}

#[test]
fn a_prefix_ends_where_no_continuation_is_left() {
    let order = [1, 0, 1];
    let case = case(&order, 1);
    let judged = judged(&case, vec![history(&case, &order, 500)], &[]);
    let events = &only(&judged).example.as_ref().unwrap().events;
    let actors: Vec<&str> = events.iter().map(|event| event.actor.as_str()).collect();
    assert_eq!(actors, ["a1", "a0", "a1"]);
    assert_eq!(
        events.iter().map(|event| event.anomalous).collect::<Vec<_>>(),
        [false, false, true]
    );
    // The change that came between shows in what the model has.
    assert!(only(&judged).seen.contains("the model has file of 4 B, mode 0600, 1 link"));
}

#[test]
fn the_tree_that_is_left_comes_after_the_last_step() {
    let case = Case::new(FILE, &[&[UNLINK], &[STAT]], &[1, 0]);
    let left = Case::new(FILE, &[&[STAT], &[STAT]], &[1, 0]).outcome.left;
    let case = case.left(|tree| *tree = left);
    let judged = judged(&case, vec![history(&case, &[1, 0], 500)], &[]);
    let anomaly = only(&judged);
    assert!(anomaly.seen.contains("what is left is a = \"ABCD\"; the model has nothing"));
    let events = &anomaly.example.as_ref().unwrap().events;
    assert!(events.len() == 2 && events.iter().all(|event| !event.anomalous));
}

#[test]
fn serial_rounds_that_agree_leave_the_verdict_to_the_race() {
    let case = Case::new(FILE, &[&[UNLINK], &[STAT]], &[1, 0]);
    let judged = judged(&case, vec![history(&case, &[1, 0], 500)], &[]);
    assert_eq!(judged.judgement.verdict, Verdict::Pass, "{judged:#?}");
    assert_eq!(judged.ops, 100, "of the race alone");
    // Another order of the same is a difference.
    let judged = self::judged(&case, vec![history(&case, &[0, 1], 500)], &[]);
    assert_eq!(only(&judged).count, 1);
    // But not if the clock cannot tell.
    let judged = self::judged(&case, vec![history(&case, &[0, 1], ERROR)], &[]);
    assert_eq!(judged.judgement.verdict, Verdict::Pass, "{judged:#?}");
}

#[test]
fn a_difference_that_is_accepted_skips_the_scenario() {
    let case = case(&[0, 1, 1], 1);
    let judged = judged(&case, vec![history(&case, &[0, 1, 1], 500)], &["semantic-difference"]);
    assert_eq!(judged.judgement.verdict, Verdict::Skipped);
    assert_eq!(judged.judgement.anomalies, []);
    let reason = judged.judgement.reason.unwrap();
    assert!(
        reason.contains("one call follows the other") && reason.contains("5 links"),
        "{reason}"
    );
}

#[test]
fn what_an_accepted_relaxation_explains_is_no_difference() {
    let open = "op = \"open\", path = \"d/a\", fd = \"f\"";
    let steps = ["op = \"unlink\", path = \"d/a\"", "op = \"readdir\", path = \"d\""];
    let fixture = "\"d/a\" = { content = \"\" }";
    let case = Case::new(fixture, &[&[open], &steps], &[0, 1, 1]);
    let case = case.saw(1, 1, Returned::Names(vec![".nfs0001".into()]));
    let histories = || vec![history(&case, &[0, 1, 1], 500)];
    let judged = judged(&case, histories(), &[]);
    assert_eq!(only(&judged).relaxations, ["silly-rename"]);
    assert!(judged.judgement.reason.unwrap().contains("`--accept silly-rename` takes it"));
    let judged = self::judged(&case, histories(), &["silly-rename"]);
    assert_eq!(judged.judgement.verdict, Verdict::Pass, "{:#?}", judged.judgement);
    let accepted = accepting(&["silly-rename"]);
    assert!(RoundsJudge::new(&case.plan, RULES, &accepted).agrees(&record(histories())));
}

#[test]
fn what_needs_no_model_keeps_its_name() {
    let write = [
        "op = \"open\", path = \"a\", flags = [\"wronly\"], fd = \"f\"",
        "op = \"write\", fd = \"f\", content = \"B\"",
    ];
    let case = Case::new(FILE, &[&[STAT], &write], &[0, 1, 1]);
    let case = case.saw(1, 1, Returned::Failed(EINVAL as u16));
    let judged = judged(&case, vec![history(&case, &[0, 1, 1], 500)], &["semantic-difference"]);
    let codes: Vec<&str> = judged.judgement.anomalies.iter().map(|one| one.code.as_str()).collect();
    assert_eq!((codes, judged.judgement.verdict), (vec!["einval-write"], Verdict::Fail));
    let case = Case::new(FILE, &[&[STAT], &[STAT]], &[0, 1]);
    let case = case.stat(1, 0, |stat| stat.identity = Identity::Zero);
    let judged = self::judged(&case, vec![history(&case, &[0, 1], 500)], &[]);
    assert_eq!(judged.judgement.anomalies[0].code, "zero-inode-fd");
    assert!(judged.judgement.reason.unwrap().contains("no race"));
}

#[test]
fn a_target_that_runs_short_and_an_operation_that_it_lacks_are_no_difference() {
    let write = [
        "op = \"open\", path = \"a\", flags = [\"wronly\"], fd = \"f\"",
        "op = \"write\", fd = \"f\", content = \"B\"",
    ];
    let case = Case::new(FILE, &[&[STAT], &write], &[0, 1, 1]);
    let case = case.saw(1, 1, Returned::Failed(ENOSPC as u16));
    let judged = judged(&case, vec![history(&case, &[0, 1, 1], 500)], &[]);
    assert_eq!(judged.judgement.verdict, Verdict::Inconclusive, "{judged:#?}");
    assert_eq!(judged.judgement.anomalies, []);
    let tmpfile = "op = \"open\", path = \"d\", flags = [\"rdwr\", \"tmpfile\"], fd = \"t\"";
    let fixture = "a = { content = \"ABCD\" }\nd = { dir = true }";
    let case = Case::new(fixture, &[&[STAT], &[tmpfile]], &[0, 1]);
    let case = case.saw(1, 0, Returned::Failed(EOPNOTSUPP as u16));
    let judged = self::judged(&case, vec![history(&case, &[0, 1], 500)], &[]);
    assert_eq!(judged.judgement.verdict, Verdict::Skipped, "{judged:#?}");
    assert!(judged.judgement.reason.unwrap().contains("does not have it"));
    // Another errno in another order, as the kernel found the name before it asked the filesystem.
    let rename = "op = \"rename\", path = \"a\", to = \"c\", flag = \"noreplace\"";
    let mkdir = "op = \"mkdir\", path = \"c\"";
    let made = |order: &[usize]| Case::new(FILE, &[&[rename], &[mkdir]], order);
    let refused = made(&[0, 1]).saw(0, 0, Returned::Failed(EINVAL as u16));
    let histories = vec![history(&refused, &[0, 1], 500), history(&made(&[1, 0]), &[1, 0], 500)];
    let judged = self::judged(&refused, histories, &[]);
    assert_eq!(judged.judgement.verdict, Verdict::Skipped, "{judged:#?}");
    assert!(judged.judgement.reason.unwrap().contains("noreplace` gives EINVAL"));
}

/// Runs a scenario on a directory and returns the exit code and the result.
#[track_caller]
fn run(text: &str, target: &Path, options: &[&str]) -> (Option<i32>, ScenarioResult) {
    let place = Place::new();
    let scenario = place.scenario("s.toml", text);
    let json = place.path("result.json");
    let mut command = place.command();
    command.arg("run").arg(scenario).arg("-t").arg(target).args(options);
    let outcome = common::outcome(command.arg("--json").arg(&json));
    let text = std::fs::read_to_string(&json).unwrap_or_else(|error| panic!("{error} {outcome:?}"));
    let mut report: Report = serde_json::from_str(&text).unwrap();
    (outcome.code, report.results.remove(0))
}

/// Two names of one file, whose inode numbers differ on bindfs.
const TWO_NAMES: &str = r#"
name = "two-names"
[fixture]
"a" = { content = "FILE" }
[run]
mode = "rounds"
duration = "10s"
[[actor]]
name = "linker"
steps = [{ op = "link", path = "a", to = "b" }]
[[actor]]
name = "counter"
steps = [{ op = "stat", path = "b" }, { op = "stat", path = "a" }]
"#;

#[test]
fn the_hard_links_of_bindfs_are_a_semantic_difference() {
    let Some(mount) = Mount::bindfs() else { return };
    let (code, result) = run(TWO_NAMES, mount.path(), &[]);
    assert_eq!((code, result.verdict), (Some(1), Verdict::Fail), "{result:#?}");
    let [anomaly] = &result.anomalies[..] else { panic!("{result:#?}") };
    assert_eq!(anomaly.code, "semantic-difference");
    assert!(anomaly.trials <= 12 && anomaly.count <= anomaly.trials, "{anomaly:#?}");
    assert!(anomaly.example.as_ref().unwrap().events.len() <= 3, "{anomaly:#?}");
    // No race was run, which costs nothing.
    assert_eq!((result.rounds, result.ops, result.elapsed_s), (Some(0), 0, 0.0));

    let (code, result) = run(TWO_NAMES, mount.path(), &["--accept", "semantic-difference"]);
    assert_eq!((code, result.verdict), (Some(3), Verdict::Skipped), "{result:#?}");
    assert!(result.reason.unwrap().contains("the model has") && result.anomalies.is_empty());
}

#[test]
fn a_profile_can_accept_it_and_a_resumed_run_keeps_that() {
    let place = Place::new();
    let scenario = place.scenario("s.toml", TWO_NAMES.replace("10s", "100ms"));
    let profile = place.path("profile.toml");
    std::fs::write(&profile, "[accept]\nsemantic-difference = \"https://example.org/\"\n").unwrap();
    let options = ["--profile", profile.to_str().unwrap()];
    place.run_on_target(&scenario, &options);
    let manifest = std::fs::read_to_string(place.run_dir().join("run.json")).unwrap();
    assert!(manifest.contains("semantic-difference"), "{manifest}");
}

/// One in four writes to a file that takes the place of one just unlinked fails with EINVAL.
#[test]
fn a_fault_that_shows_without_concurrency_is_told_from_a_race() {
    let Some(mount) = Mount::faulty("einval-write") else { return };
    let creat = r#"{ op = "creat", path = "a", fd = "f" }, { op = "write", fd = "f", content = "B" },
        { op = "unlink", path = "a" }"#;
    let steps = [creat; 6].join(", ");
    let text = format!(
        "name = \"s\"\n[run]\nmode = \"rounds\"\n[[actor]]\nname = \"a\"\nsteps = [{steps}]\n\
         [[actor]]\nname = \"b\"\nsteps = [{{ op = \"stat\", path = \"c\" }}]\n"
    );
    let (code, result) = run(&text, mount.path(), &[]);
    assert_eq!((code, result.rounds), (Some(1), Some(0)), "{result:#?}");
    let codes: Vec<&str> = result.anomalies.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes, ["einval-write"]);
    assert!(result.reason.unwrap().contains("no race"));
}

/// It takes an unlink between the lookup and the open of another process.
#[test]
fn a_fault_that_shows_in_a_race_only_is_found_as_that() {
    let Some(mount) = Mount::faulty("zero-inode") else { return };
    let text = "name = \"s\"\n[fixture]\na = { content = \"A\" }\n[run]\nmode = \"rounds\"\n\
                duration = \"3s\"\n[[actor]]\nname = \"remover\"\nsteps = [\
                { op = \"unlink\", path = \"a\" }]\n[[actor]]\nname = \"opener\"\nsteps = [\
                { op = \"open\", path = \"a\", fd = \"f\" }, { op = \"fstat\", fd = \"f\" }]\n";
    let (code, result) = run(text, mount.path(), &[]);
    assert_eq!(code, Some(1), "{result:#?}");
    assert_eq!(result.anomalies[0].code, "zero-inode-fd", "{result:#?}");
    assert!(result.rounds > Some(0) && result.anomalies[0].trials > 12, "{result:#?}");
}
