//! What becomes a finding, and what a finding is on disk.

mod report_sample;

use std::cmp::Ordering;
use std::fs;
use std::path::Path;

use fsrace::detect::Sighting;
use fsrace::export::ExportError;
use fsrace::fuzz::confirm::{Confirmed, InTurn, Unconfirmed, Witness, confirm, replay_of};
use fsrace::fuzz::finding::{self, Finding, FindingResult};
use fsrace::fuzz::minimize::{Best, Count, End, Minimized};
use fsrace::fuzz::signature::Signature;
use fsrace::fuzz::trial::{Tally, Unrunnable};
use fsrace::ops::OpKind;
use fsrace::report::{Class, Kind, Report, Verdict};
use fsrace::scenario::{Mode, Scenario, parse};
use report_sample::{anomaly, example, report, result};

const PROGRAM: &str = r#"
name = "whatever"
tags = ["fat"]
[fixture]
"f" = { content = "x" }
"t" = { content = "y" }
[run]
mode = "rounds"
seed = 9
rounds = 5
[[actor]]
name = "replacer"
steps = [{ op = "rename", path = "t", to = "f" }]
[[actor]]
name = "looker"
steps = [{ op = "stat", path = "f" }]
"#;

fn gap() -> Sighting {
    Sighting {
        code: "unexpected-errno",
        class: Class::Forbidden,
        relaxations: vec!["rename-gap"],
        seen_by: Some(OpKind::Stat),
        count: 1,
    }
}

fn best() -> Best {
    Best {
        scenario: parse(PROGRAM, "program").unwrap(),
        signature: Signature::from(&gap()),
        class: Class::Forbidden,
        tally: Tally { seen: 60, in_all: 200.0, seconds: 0.1 },
    }
}

fn kind(relaxations: &[&str], seen_by: &str, count: u64) -> Kind {
    let relaxations = relaxations.iter().map(|&name| name.to_owned()).collect();
    Kind { relaxations, seen_by: Some(seen_by.to_owned()), count }
}

fn replayed(code: &str, relaxations: &[&str], count: u64) -> Report {
    let mut one = result("replayed", Verdict::Fail);
    one.rounds = Some(1000);
    if count > 0 {
        let mut seen = anomaly(code, Class::Forbidden, relaxations, count, 1000);
        seen.example = Some(example());
        seen.kinds = vec![kind(relaxations, "stat", count)];
        one.anomalies = vec![seen];
    }
    report(vec![one])
}

/// Gives one report after the other, and shows this with one actor after the other.
struct Made {
    reports: Vec<Report>,
    in_turn: Vec<Sighting>,
    seeds: Vec<u64>,
    serial: u64,
    /// So many runs of the control come to nothing before each that comes to so many rounds.
    lazy: Option<(u64, u64)>,
    idle: u64,
}

impl Made {
    fn new(reports: Vec<Report>) -> Self {
        Self { reports, in_turn: Vec::new(), seeds: Vec::new(), serial: 0, lazy: None, idle: 0 }
    }
}

impl Witness for Made {
    fn replay(&mut self, scenario: &Scenario, seed: u64) -> Result<Report, Unrunnable> {
        assert_eq!(scenario.run.seed, None, "a seed of the file would win over the other one");
        self.seeds.push(seed);
        Ok(self.reports.remove(0))
    }

    fn in_turn(&mut self, scenario: &Scenario, _seed: u64) -> Result<InTurn, Unrunnable> {
        assert_eq!(scenario.run.mode, Mode::Rounds);
        let (idle, mut rounds) = self.lazy.unwrap_or((0, 12));
        if self.idle < idle {
            rounds = 0;
            self.idle += 1;
        } else {
            self.idle = 0;
        }
        self.serial += rounds;
        Ok(InTurn { rounds, sightings: self.in_turn.clone() })
    }
}

fn confirmed(witness: &mut Made) -> Result<Confirmed, Unconfirmed> {
    let best = best();
    confirm(&best, &replay_of(&best), witness, 77)
}

#[test]
fn what_a_fresh_process_shows_and_no_order_of_the_actors_does_is_confirmed() {
    let mut witness = Made::new(vec![replayed("unexpected-errno", &["rename-gap"], 300)]);
    let confirmed = confirmed(&mut witness).unwrap();
    assert_eq!(witness.seeds, [77]);
    let anomaly = confirmed.anomaly(&best().signature).unwrap();
    assert_eq!((anomaly.count, anomaly.trials), (300, 1000));
    // At 60 in 200, some 13 rounds would show it with 95 %.
    assert_eq!(confirmed.control.rounds, witness.serial);
    assert!((12..=24).contains(&witness.serial), "{}", witness.serial);
}

#[test]
fn a_second_replay_is_tried_and_then_no_more() {
    let other = || replayed("torn-read", &["torn-read"], 10);
    let seen = replayed("unexpected-errno", &["rename-gap"], 1);
    let mut witness = Made::new(vec![other(), seen]);
    let second = confirmed(&mut witness).unwrap();
    assert_eq!((second.seed, second.unseen), (78, 1000));
    let mut witness = Made::new(vec![other(), replayed("unexpected-errno", &["open-stale"], 9)]);
    let why = confirmed(&mut witness).unwrap_err();
    assert!(matches!(why, Unconfirmed::NotSeen { trials: 2000, .. }), "{why:?}");
}

#[test]
fn it_is_confirmed_whatever_else_the_same_code_stands_for() {
    // Of what one code reports, the worst is named: here, something that nothing explains.
    let seen = |kinds: &[Kind]| {
        let mut report = replayed("unexpected-errno", &[], 40);
        report.results[0].anomalies[0].kinds = kinds.to_vec();
        confirmed(&mut Made::new(vec![report; 2]))
    };
    assert!(seen(&[kind(&[], "stat", 30), kind(&["rename-gap"], "stat", 10)]).is_ok());
    // What explains it says what is wrong, whichever operation shows it.
    assert!(seen(&[kind(&[], "stat", 30), kind(&["rename-gap"], "open", 10)]).is_ok());
    let other = seen(&[kind(&[], "stat", 30), kind(&["open-stale"], "stat", 10)]);
    assert!(matches!(other, Err(Unconfirmed::NotSeen { .. })), "{other:?}");
}

#[test]
fn fewer_relaxations_confirm_it_unless_they_are_milder() {
    let names = ["size-before-data", "torn-read"].map(str::to_owned).to_vec();
    let best = Best { signature: Signature { relaxations: names, ..best().signature }, ..best() };
    let confirmed = |relaxations: &[&str]| {
        let reports = vec![replayed("unexpected-errno", relaxations, 9); 2];
        confirm(&best, &replay_of(&best), &mut Made::new(reports), 77)
    };
    assert!(confirmed(&["size-before-data"]).is_ok());
    assert!(confirmed(&["size-before-data", "stat-torn", "torn-read"]).is_ok());
    for other in [&["torn-read"][..], &["spurious-errno"], &["rename-gap"], &[]] {
        let why = confirmed(other);
        assert!(matches!(why, Err(Unconfirmed::NotSeen { .. })), "{other:?}: {why:?}");
    }
}

#[test]
fn what_nothing_explains_is_not_confirmed_by_what_something_does() {
    let best =
        Best { signature: Signature { relaxations: Vec::new(), ..best().signature }, ..best() };
    let confirmed = |relaxations: &[&str]| {
        let reports = vec![replayed("unexpected-errno", relaxations, 9); 2];
        confirm(&best, &replay_of(&best), &mut Made::new(reports), 77)
    };
    assert!(matches!(confirmed(&["rename-gap"]), Err(Unconfirmed::NotSeen { .. })));
    assert!(confirmed(&[]).is_ok());
    // What nothing explains is something else where another operation shows it.
    let mut report = replayed("unexpected-errno", &[], 9);
    report.results[0].anomalies[0].kinds = vec![kind(&[], "open", 9)];
    let other = confirm(&best, &replay_of(&best), &mut Made::new(vec![report; 2]), 77);
    assert!(matches!(other, Err(Unconfirmed::NotSeen { .. })), "{other:?}");
}

#[test]
fn what_shows_with_one_actor_after_the_other_is_no_race() {
    for in_turn in [gap(), Sighting { code: "semantic-difference", ..gap() }] {
        let mut witness = Made::new(vec![replayed("unexpected-errno", &["rename-gap"], 300)]);
        witness.in_turn = vec![in_turn];
        let why = confirmed(&mut witness).unwrap_err();
        assert!(matches!(why, Unconfirmed::NoRace { .. }), "{why:?}");
        assert!(why.to_string().contains("semantic difference"), "{why}");
        assert!(witness.seeds.is_empty(), "it is not even replayed");
    }
    // The serial rounds of the replay itself.
    let mut witness = Made::new(vec![replayed("semantic-difference", &[], 2)]);
    assert!(matches!(confirmed(&mut witness), Err(Unconfirmed::NoRace { .. })));
}

#[test]
fn what_the_serial_rounds_of_a_replay_show_under_its_own_name_is_no_race() {
    let seen = Sighting { code: "zero-inode-fd", relaxations: Vec::new(), ..gap() };
    let best = Best { signature: Signature::from(&seen), ..best() };
    let confirmed = |raced: u64| {
        let mut report = replayed("zero-inode-fd", &[], 2);
        report.results[0].rounds = Some(raced);
        confirm(&best, &replay_of(&best), &mut Made::new(vec![report]), 77)
    };
    assert!(matches!(confirmed(0), Err(Unconfirmed::NoRace { .. })));
    assert!(confirmed(1000).is_ok());
}

#[test]
fn a_control_that_comes_to_nothing_now_and_then_goes_on() {
    let best = best();
    let mut witness = Made::new(vec![replayed("unexpected-errno", &["rename-gap"], 300)]);
    // One round for each run, which most of them do not come to.
    witness.lazy = Some((4, 1));
    assert!(confirm(&best, &replay_of(&best), &mut witness, 77).is_ok());
    let mut witness = Made::new(vec![replayed("unexpected-errno", &["rename-gap"], 300)]);
    witness.lazy = Some((u64::MAX, 1));
    let why = confirm(&best, &replay_of(&best), &mut witness, 77).unwrap_err();
    assert!(matches!(why, Unconfirmed::NoControl(_)), "{why:?}");
}

fn finding() -> Finding {
    let best = best();
    let scenario = replay_of(&best);
    let mut witness = Made::new(vec![replayed("unexpected-errno", &["rename-gap"], 300)]);
    let confirmed = confirm(&best, &scenario, &mut witness, 77).unwrap();
    let count = Count { candidates: 40, accepted: 9, runs: 60, rounds: 7000, ..Count::default() };
    let minimized = Minimized { best, end: End::Minimal, count };
    let replay = "fsrace run scenario.toml -t /target --seed 77".to_owned();
    let result = FindingResult::new(&minimized, &scenario, "fat", confirmed, replay);
    let allowed = "2 outcomes are allowed\n".to_owned();
    Finding { result, scenario, clients: 1, allowed, repro: Ok("int main(void);\n".to_owned()) }
}

fn files(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_finding_is_a_directory_with_all_that_somebody_else_needs() {
    let dir = tempfile::tempdir().unwrap();
    let findings = dir.path().join("findings");
    let finding = finding();
    let place = finding::write(&findings, &finding).unwrap();
    assert_eq!(place, findings.join("unexpected-errno-rename-gap-stat-vs-rename"));
    assert_eq!(files(&findings), ["unexpected-errno-rename-gap-stat-vs-rename"]);
    assert_eq!(files(&place), ["report.md", "repro.c", "result.json", "scenario.toml"]);

    let text = fs::read_to_string(place.join("scenario.toml")).unwrap();
    let scenario = parse(&text, "scenario.toml").unwrap();
    assert_eq!(scenario, finding.scenario);
    assert_eq!(scenario.run.duration.unwrap().as_secs(), 1);
    assert_eq!((scenario.run.rounds, scenario.run.seed), (None, None));

    let page = fs::read_to_string(place.join("report.md")).unwrap();
    for part in [
        "# unexpected-errno-rename-gap-stat-vs-rename\n",
        "fsrace run scenario.toml -t /target --seed 77",
        "300 in 1,000 (27.2 % .. 32.9 %)",
        "op = \"rename\", path = \"t\", to = \"f\"",
        "2 outcomes are allowed",
        "negative control",
        "1-minimal at 95 %, after 40 smaller programs (9 showed it too), 7,000 rounds",
        "/target (ext4, rw,relatime), Linux 6.18.0 x86_64, 2 processors",
        "## rename-gap",
        "> shows it",
        "cc -std=c99 repro.c",
    ] {
        assert!(page.contains(part), "no {part:?} in\n{page}");
    }

    let (path, read) = finding::read(&place).unwrap();
    assert_eq!((path, read), (place.join("scenario.toml"), finding.result));
}

#[test]
fn a_program_for_clients_is_given_them() {
    let dir = tempfile::tempdir().unwrap();
    let place = finding::write(dir.path(), &Finding { clients: 2, ..finding() }).unwrap();
    let page = fs::read_to_string(place.join("report.md")).unwrap();
    assert!(page.contains("./repro DIR CLIENT_DIR`"), "{page}");
}

#[test]
fn a_finding_is_known_by_its_name_and_size() {
    let dir = tempfile::tempdir().unwrap();
    let known = finding();
    assert_eq!(finding::known(dir.path(), &known), None);
    let place = finding::write(dir.path(), &known).unwrap();
    let compared = |finding: &Finding| {
        let (known, order) = finding::known(dir.path(), finding).unwrap();
        assert_eq!(known, place);
        order
    };
    assert_eq!(compared(&known), Ordering::Equal);
    let mut larger = known.clone();
    larger.scenario.actors[0].count = 2;
    assert_eq!(compared(&larger), Ordering::Less);
    let mut smaller = known.clone();
    smaller.scenario.actors.pop();
    assert_eq!(compared(&smaller), Ordering::Greater);
    // One that may have reductions left stands behind one that has none.
    smaller.result.minimal = false;
    assert!(known.result.minimal && compared(&smaller) == Ordering::Less);
}

#[test]
fn the_same_on_another_filesystem_is_another_finding() {
    let dir = tempfile::tempdir().unwrap();
    let mut one = finding();
    finding::settle(dir.path(), &mut one);
    let place = finding::write(dir.path(), &one).unwrap();
    let mut again = finding();
    finding::settle(dir.path(), &mut again);
    assert_eq!(again.result.name, one.result.name);
    let mut other = finding();
    other.result.confirmed.report.results[0].target.fs_type = "xfs".to_owned();
    finding::settle(dir.path(), &mut other);
    let beside = finding::write(dir.path(), &other).unwrap();
    assert_eq!(beside, dir.path().join("unexpected-errno-rename-gap-stat-vs-rename-on-xfs"));
    assert_eq!(finding::read(&place).unwrap().1, one.result);
    assert_eq!(finding::read(&beside).unwrap().1.name, other.result.name);
}

#[test]
fn whether_findings_can_be_written_is_known_before() {
    let dir = tempfile::tempdir().unwrap();
    finding::check(&dir.path().join("not/there/yet")).unwrap();
    assert_eq!(files(dir.path()), Vec::<String>::new());
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = finding::check(&file.join("findings")).unwrap_err().to_string();
    assert!(error.contains("file/findings: ENOTDIR"), "{error}");
}

#[test]
fn a_finding_that_is_there_is_replaced_and_nothing_else_is() {
    let dir = tempfile::tempdir().unwrap();
    let mut finding = finding();
    let place = finding::write(dir.path(), &finding).unwrap();
    finding.repro = Err(ExportError::Actors(27));
    finding.result.found_in = "another".to_owned();
    assert_eq!(finding::write(dir.path(), &finding).unwrap(), place);
    assert_eq!(files(&place), ["report.md", "result.json", "scenario.toml"]);
    let page = fs::read_to_string(place.join("report.md")).unwrap();
    assert!(page.contains("cannot be given as a program in C: 27 actors"), "{page}");
    assert_eq!(finding::read(&place).unwrap().1.found_in, "another");
    assert_eq!(files(dir.path()).len(), 1, "{:?}", files(dir.path()));

    fs::remove_file(place.join("result.json")).unwrap();
    let error = finding::write(dir.path(), &finding).unwrap_err().to_string();
    assert!(
        error.contains("something that is no finding") && error.contains("stat-vs-rename"),
        "{error}"
    );
    assert_eq!(files(&place), ["report.md", "scenario.toml"]);

    let error = finding::read(dir.path()).unwrap_err().to_string();
    assert!(error.contains("result.json: ENOENT"), "{error}");
    let under_a_file = place.join("report.md/findings");
    let error = finding::write(&under_a_file, &finding).unwrap_err().to_string();
    assert!(error.contains("ENOTDIR"), "{error}");
}
