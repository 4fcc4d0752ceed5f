//! Minimization against made-up sources of trials: what a program shows is a rule, and how often is
//! drawn, so that every claim about rates can be put to the test without a filesystem.

use std::time::Duration;

use fsrace::detect::Sighting;
use fsrace::fuzz::minimize::{Best, End, Looked, Minimized, Options, look, minimize};
use fsrace::fuzz::signature::{Signature, Wanted};
use fsrace::fuzz::trial::{Executor, Extent, Tally, Trial, Unrunnable};
use fsrace::ops::OpKind;
use fsrace::report::{Class, Verdict};
use fsrace::scenario::{Actor, Mode, Scenario, Step, digest, parse};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Four actors with six steps each at most; the race is between the rename of `t` and the stat of
/// `f`.
const FAT: &str = r#"
name = "fat"
[fixture]
"d/f" = { size = 8192 }
"d/t" = { size = 100 }
"d/u" = { content = "more" }
"e" = { dir = true }
[run]
mode = "rounds"
[[actor]]
name = "replacer"
steps = [
  { op = "access", path = "d/u" },
  { op = "open", path = "d/t", flags = ["rdwr", "append"], fd = "t" },
  { op = "write", fd = "t", size = 70000, repeat = 3 },
  { op = "close", fd = "t" },
  { op = "rename", path = "d/t", to = "d/f" },
]
[[actor]]
name = "looker"
count = 2
steps = [
  { op = "stat", path = "d/u", on = { ENOENT = "made" } },
  { op = "stat", path = "d/f" },
  { op = "access", path = "e" },
]
[actor.branch]
made = [{ op = "mkdir", path = "e/{random:5}" }]
[[actor]]
name = "bystander"
process = "b"
steps = [
  { op = "chmod", path = "d/u", mode = "0600" },
  { op = "readdir", path = "e" },
]
"#;

fn fat() -> Scenario {
    parse(FAT, "fat").unwrap()
}

/// What a program shows, and in how many of its rounds.
type Rule = Box<dyn Fn(&Scenario) -> Vec<(Sighting, f64)>>;

struct Source {
    rule: Rule,
    rng: Xoshiro256PlusPlus,
    runs: u64,
    /// What to do in place of a run, after so many.
    after: Option<(u64, Unrunnable)>,
    hangs: bool,
    /// Whether what a program shows is seen in the serial rounds before the race.
    serial: fn(&Scenario) -> bool,
}

impl Source {
    fn new(rule: impl Fn(&Scenario) -> Vec<(Sighting, f64)> + 'static) -> Self {
        let rng = Xoshiro256PlusPlus::seed_from_u64(5);
        Self { rule: Box::new(rule), rng, runs: 0, after: None, hangs: false, serial: |_| false }
    }
}

impl Executor for Source {
    fn execute(&mut self, one: &Scenario, extent: Extent<'_>, _: u64) -> Result<Trial, Unrunnable> {
        self.runs += 1;
        if let Some((runs, why)) = &self.after {
            if self.runs > *runs {
                return Err(why.clone());
            }
        }
        // A round takes 100 microseconds of made-up time.
        let in_time = extent.time.as_micros() as u64 / 100;
        let rounds = extent.rounds.unwrap_or(in_time).min(in_time).max(1);
        let mut sightings = Vec::new();
        let mut ran = rounds;
        for (mut sighting, rate) in (self.rule)(one) {
            if sighting.code == "semantic-difference" {
                ran = 0;
            }
            sighting.count = (0..rounds).filter(|_| self.rng.random_bool(rate)).count() as u64;
            sightings.extend((sighting.count > 0).then_some(sighting));
        }
        Ok(Trial {
            sightings,
            rounds: ran,
            raced: !(self.serial)(one),
            ran: Duration::from_micros(ran.saturating_mul(100)),
            verdict: Verdict::Pass,
            reason: None,
            hangs: self.hangs,
        })
    }
}

fn sighting(code: &'static str, relaxation: Option<&'static str>) -> Sighting {
    Sighting {
        code,
        class: Class::Forbidden,
        relaxations: relaxation.into_iter().collect(),
        seen_by: Some(OpKind::Stat),
        count: 1,
    }
}

fn gap() -> Sighting {
    sighting("unexpected-errno", Some("rename-gap"))
}

fn steps(scenario: &Scenario) -> impl Iterator<Item = (usize, &Step)> {
    let actors = scenario.actors.iter().enumerate();
    actors.flat_map(|(index, actor)| actor.steps.iter().map(move |step| (index, step)))
}

fn path(step: &Step) -> String {
    step.path.as_ref().map(ToString::to_string).unwrap_or_default()
}

/// Whether one actor replaces a name that another one looks at.
fn races(scenario: &Scenario) -> bool {
    let mut renames = steps(scenario).filter(|(_, step)| step.op == OpKind::Rename);
    renames.any(|(actor, rename)| {
        let to = rename.to.as_ref().map(ToString::to_string).unwrap_or_default();
        let replaces =
            |name: &str| scenario.fixture.iter().any(|entry| entry.path.to_string() == name);
        let looks = |(other, step): (usize, &Step)| {
            other != actor && step.op == OpKind::Stat && path(step) == to
        };
        path(rename) != to && replaces(&to) && replaces(&path(rename)) && steps(scenario).any(looks)
    })
}

fn has(scenario: &Scenario, op: OpKind) -> bool {
    steps(scenario).any(|(_, step)| step.op == op)
}

fn reduce_for(scenario: &Scenario, source: &mut Source, budget: Duration) -> Minimized {
    let looked = look(scenario, Wanted::Any, Duration::from_millis(200), source, 1).unwrap();
    let Looked::Shows(best) = looked else { panic!("{looked:?}") };
    minimize(*best, source, &Options { budget, seed: 1, clients: false }, &mut |_| {})
}

fn reduce(source: &mut Source) -> Minimized {
    reduce_for(&fat(), source, Duration::from_secs(60))
}

/// Two actors with one step each, on two empty files, as threads.
#[track_caller]
fn assert_smallest(minimized: &Minimized) {
    let scenario = &minimized.best.scenario;
    let steps: Vec<_> = steps(scenario).map(|(actor, step)| (actor, step.op)).collect();
    assert_eq!(minimized.end, End::Minimal, "{minimized:#?}");
    assert_eq!(steps, [(0, OpKind::Rename), (1, OpKind::Stat)], "{minimized:#?}");
    assert_eq!(scenario.fixture.len(), 2, "{:#?}", scenario.fixture);
    let text = fsrace::scenario::to_toml(scenario);
    assert!(text.contains("size = 0 }") && !text.contains('/'), "{text}");
    assert!(scenario.actors.iter().all(|actor| actor.count == 1 && actor.branches.is_empty()));
    assert_eq!(scenario.actors[0].process, scenario.actors[1].process);
    assert!(scenario.actors[0].process.is_some());
}

#[test]
fn all_that_plays_no_part_is_removed() {
    for rate in [1.0, 0.3, 0.01] {
        let mut source = Source::new(move |one| vec![(gap(), if races(one) { rate } else { 0.0 })]);
        let minimized = reduce(&mut source);
        assert_smallest(&minimized);
        assert_eq!(minimized.best.signature, Signature::from(&gap()));
        assert!(minimized.count.accepted < minimized.count.candidates);
        assert_eq!(minimized.standing(), "1-minimal at 95 %");
    }
}

#[test]
fn a_rate_that_falls_by_less_than_the_factor_does_not_stop_it() {
    let rule = |one: &Scenario| {
        let rate = if has(one, OpKind::Readdir) { 0.2 } else { 0.08 };
        vec![(gap(), if races(one) { rate } else { 0.0 })]
    };
    assert_smallest(&reduce(&mut Source::new(rule)));
}

#[test]
fn what_makes_the_race_likely_stays() {
    let rule = |one: &Scenario| {
        let rate = if has(one, OpKind::Readdir) { 0.2 } else { 0.000_02 };
        vec![(gap(), if races(one) { rate } else { 0.0 })]
    };
    let minimized = reduce(&mut Source::new(rule));
    assert_eq!(minimized.end, End::Minimal);
    assert!(has(&minimized.best.scenario, OpKind::Readdir), "{:#?}", minimized.best);
    assert!(minimized.best.tally.rate() > 0.1, "{:?}", minimized.best.tally);
}

#[test]
fn a_step_that_makes_the_race_likely_goes_last() {
    let rule = |one: &Scenario| {
        let rate = if has(one, OpKind::Readdir) { 0.6 } else { 0.02 };
        vec![(gap(), if races(one) { rate } else { 0.0 })]
    };
    let mut source = Source::new(rule);
    let looked = look(&fat(), Wanted::Any, Duration::from_millis(200), &mut source, 1).unwrap();
    let Looked::Shows(best) = looked else { panic!("{looked:?}") };
    let options = Options { budget: Duration::from_secs(60), seed: 1, clients: false };
    let mut smallest_likely = usize::MAX;
    let minimized = minimize(*best, &mut source, &options, &mut |news| {
        let scenario = &news.best.scenario;
        // While it is being measured, the rarer one is the best.
        if has(scenario, OpKind::Readdir) {
            smallest_likely = smallest_likely.min(steps(scenario).count());
        }
    });
    assert_smallest(&minimized);
    assert_eq!(smallest_likely, 3, "the others go first");
}

#[test]
fn processes_stay_where_threads_show_it_rarely() {
    let apart = |one: &Scenario| one.actors.iter().all(|actor| actor.process.is_none());
    let rule = move |one: &Scenario| {
        let rate = if apart(one) { 0.5 } else { 0.01 };
        vec![(gap(), if races(one) { rate } else { 0.0 })]
    };
    // Drawn as threads, it is made likelier first.
    let mut threads = fat();
    threads.actors.iter_mut().for_each(|actor| actor.process = Some("p".to_owned()));
    threads.digest = digest(&threads);
    for from in [fat(), threads] {
        let minimized = reduce_for(&from, &mut Source::new(rule), Duration::from_secs(60));
        assert_eq!(minimized.end, End::Minimal, "{minimized:#?}");
        assert_eq!(steps(&minimized.best.scenario).count(), 2, "{minimized:#?}");
        assert!(apart(&minimized.best.scenario), "{minimized:#?}");
    }
}

#[test]
fn another_signature_is_another_anomaly_however_often_it_shows() {
    let rule = |one: &Scenario| {
        if !races(one) {
            return vec![];
        }
        // Smaller, it is worse, and explained by something else.
        let other = sighting("unexpected-errno", Some("open-stale"));
        let small = steps(one).count() < 4;
        vec![(gap(), if small { 0.0 } else { 0.3 }), (other, if small { 1.0 } else { 0.0 })]
    };
    let minimized = reduce(&mut Source::new(rule));
    assert_eq!(minimized.best.signature, Signature::from(&gap()));
    assert_eq!(steps(&minimized.best.scenario).count(), 4, "{minimized:#?}");
}

#[test]
fn what_is_explained_is_the_same_whichever_operation_shows_it() {
    let rule = |one: &Scenario| {
        let seen_by = if has(one, OpKind::Chmod) { OpKind::Chmod } else { OpKind::Stat };
        let seen = Sighting { seen_by: Some(seen_by), ..gap() };
        vec![(seen, if races(one) { 0.3 } else { 0.0 })]
    };
    let minimized = reduce(&mut Source::new(rule));
    assert_smallest(&minimized);
    assert_eq!(minimized.best.signature, Signature::from(&gap()));
    // What nothing explains is told by who sees it.
    let rule = move |one: &Scenario| {
        let unexplained = |(seen, rate)| (Sighting { relaxations: Vec::new(), ..seen }, rate);
        rule(one).into_iter().map(unexplained).collect()
    };
    let minimized = reduce(&mut Source::new(rule));
    assert!(has(&minimized.best.scenario, OpKind::Chmod), "{minimized:#?}");
}

#[test]
fn two_steps_that_only_go_together_go() {
    let text = r#"
name = "undone"
[fixture]
"a" = { size = 0 }
"b" = { size = 0 }
"e" = { dir = true }
[run]
mode = "rounds"
[[actor]]
name = "replacer"
steps = [
  { op = "rename", path = "a", to = "b" },
  { op = "rmdir", path = "e" },
  { op = "mkdir", path = "e" },
]
[[actor]]
name = "looker"
steps = [{ op = "stat", path = "b" }]
"#;
    // One undoes the other, and what is done by half keeps the race from happening.
    let rule = |one: &Scenario| {
        let halved = has(one, OpKind::Rmdir) != has(one, OpKind::Mkdir);
        vec![(gap(), if races(one) && !halved { 0.3 } else { 0.0 })]
    };
    let undone = parse(text, "undone").unwrap();
    assert_smallest(&reduce_for(&undone, &mut Source::new(rule), Duration::from_secs(60)));
}

#[test]
fn a_scan_by_a_descriptor_becomes_one_by_path() {
    let text = r#"
name = "scans"
[fixture]
"e" = { dir = true }
[run]
mode = "rounds"
[[actor]]
name = "maker"
steps = [{ op = "mkdir", path = "e/d" }]
[[actor]]
name = "looker"
count = 2
steps = [{ op = "open", path = "e", fd = "f" }, { op = "readdir", fd = "f" }]
"#;
    // The two who scan race each other, beside somebody who changes something.
    let rule = |one: &Scenario| {
        let scan = |actor: &&Actor| actor.steps.iter().any(|step| step.op == OpKind::Readdir);
        let scans: u32 = one.actors.iter().filter(scan).map(|actor| actor.count).sum();
        vec![(gap(), if scans > 1 && has(one, OpKind::Mkdir) { 0.3 } else { 0.0 })]
    };
    let scans = parse(text, "scans").unwrap();
    let minimized = reduce_for(&scans, &mut Source::new(rule), Duration::from_secs(60));
    let steps: Vec<_> =
        steps(&minimized.best.scenario).map(|(actor, step)| (actor, step.op)).collect();
    let (make, scan) = (OpKind::Mkdir, OpKind::Readdir);
    assert_eq!(steps, [(0, make), (0, scan), (1, scan)], "{minimized:#?}");
}

#[test]
fn a_scan_in_parts_becomes_as_plain_as_the_race_lets_it() {
    let text = |parts: &str| {
        let text = format!(
            "name = \"scans\"\n[fixture]\nd = {{ dir = true }}\n[run]\nmode = \"rounds\"\n\
             [[actor]]\nname = \"maker\"\nsteps = [{{ op = \"mkdir\", path = \"d/a\" }}]\n\
             [[actor]]\nname = \"looker\"\nsteps = [{{ op = \"readdir\", path = \"d\"{parts} }}]\n"
        );
        parse(&text, "scans").unwrap()
    };
    let seeking = ", len = 72, seek = true";
    // Whether the race needs parts, and seeks; and what is left of them.
    for (parts, seeks, left) in
        [(false, false, ""), (true, false, ", len = 72"), (true, true, seeking)]
    {
        let needs = move |scan: &Step| (scan.len.is_some() || !parts) && (scan.seek || !seeks);
        let rule = move |one: &Scenario| {
            let mut scans = steps(one).filter(|(_, step)| step.op == OpKind::Readdir);
            let shows = scans.any(|(_, scan)| needs(scan)) && has(one, OpKind::Mkdir);
            vec![(gap(), if shows { 0.3 } else { 0.0 })]
        };
        let parted = text(seeking);
        let minimized = reduce_for(&parted, &mut Source::new(rule), Duration::from_secs(60));
        let scan = |scenario: &Scenario| {
            let found = steps(scenario).find(|(_, step)| step.op == OpKind::Readdir);
            found.map(|(_, step)| (step.len, step.seek)).unwrap()
        };
        assert_eq!(scan(&minimized.best.scenario), scan(&text(left)), "{minimized:#?}");
    }
}

#[test]
fn less_to_explain_the_same_is_taken() {
    let shows = |one: &Scenario, without: Sighting| {
        let seen = if has(one, OpKind::Chmod) { gap() } else { without };
        vec![(seen, if races(one) { 0.3 } else { 0.0 })]
    };
    let unexplained =
        || Sighting { class: Class::Unexplained, ..sighting("unexpected-errno", None) };
    let rule = move |one: &Scenario| shows(one, unexplained());
    let minimized = reduce(&mut Source::new(rule));
    assert_smallest(&minimized);
    let best = &minimized.best;
    let expected = (Signature::from(&unexplained()), Class::Unexplained);
    assert_eq!((&best.signature, best.class), (&expected.0, expected.1));
}

#[test]
fn what_is_milder_is_not_taken() {
    let rule = |one: &Scenario| {
        let class = if has(one, OpKind::Chmod) { Class::Forbidden } else { Class::Documented };
        vec![(Sighting { class, ..gap() }, if races(one) { 0.3 } else { 0.0 })]
    };
    let minimized = reduce(&mut Source::new(rule));
    assert!(has(&minimized.best.scenario, OpKind::Chmod), "{minimized:#?}");
    assert_eq!(minimized.best.class, Class::Forbidden);
}

#[test]
fn what_shows_without_a_race_is_rejected_at_once() {
    let rule = |one: &Scenario| {
        let difference = (sighting("semantic-difference", None), 1.0);
        match (races(one), has(one, OpKind::Chmod)) {
            (true, true) => vec![(gap(), 0.05)],
            (true, false) => vec![difference],
            (false, _) => vec![],
        }
    };
    let mut source = Source::new(rule);
    let minimized = reduce(&mut source);
    assert!(has(&minimized.best.scenario, OpKind::Chmod), "{minimized:#?}");
    assert_eq!(minimized.best.signature, Signature::from(&gap()));
}

#[test]
fn what_serial_rounds_show_under_its_own_name_is_rejected_as_well() {
    let inode = || sighting("zero-inode-fd", None);
    let rule = move |one: &Scenario| match (races(one), has(one, OpKind::Chmod)) {
        (true, true) => vec![(inode(), 0.05)],
        (true, false) => vec![(inode(), 1.0)],
        (false, _) => vec![],
    };
    let mut source = Source::new(rule);
    source.serial = |one| !has(one, OpKind::Chmod);
    let minimized = reduce(&mut source);
    assert!(has(&minimized.best.scenario, OpKind::Chmod), "{minimized:#?}");
}

#[test]
fn what_never_comes_back_is_not_called_minimal() {
    let times = std::cell::Cell::new(0);
    let rule = move |one: &Scenario| {
        times.set(times.get() + 1);
        let shows = times.get() == 1 && races(one);
        vec![(gap(), if shows { 0.3 } else { 0.0 })]
    };
    let minimized = reduce(&mut Source::new(rule));
    assert_eq!(minimized.end, End::Faded);
    assert_eq!(minimized.best.scenario.digest, fat().digest);
    assert!(minimized.standing().starts_with("not proven minimal"), "{}", minimized.standing());
}

#[test]
fn a_race_that_is_too_rare_for_the_budget_is_not_called_minimal_either() {
    let mut source = Source::new(|one| vec![(gap(), if races(one) { 0.000_001 } else { 0.0 })]);
    let best = Best {
        scenario: fat(),
        signature: Signature::from(&gap()),
        class: Class::Forbidden,
        tally: Tally { seen: 1, in_all: 1_000_000.0, seconds: 100.0 },
    };
    let options = Options { budget: Duration::from_millis(20), seed: 1, clients: false };
    let minimized = minimize(best, &mut source, &options, &mut |_| {});
    assert_eq!(minimized.end, End::Budget, "{minimized:#?}");
    assert!(minimized.standing().contains("--budget"), "{}", minimized.standing());
    assert!(races(&minimized.best.scenario));
}

#[test]
fn interrupted_it_gives_the_smallest_so_far() {
    let mut source = Source::new(|one| vec![(gap(), if races(one) { 0.5 } else { 0.0 })]);
    source.after = Some((12, Unrunnable::Interrupted));
    let minimized = reduce(&mut source);
    assert_eq!(minimized.end, End::Interrupted);
    assert!(races(&minimized.best.scenario));
    assert!(minimized.count.accepted > 0, "{minimized:#?}");
    assert!(steps(&minimized.best.scenario).count() < steps(&fat()).count());
}

#[test]
fn a_call_that_hangs_ends_it_and_says_so() {
    let mut source = Source::new(|one| vec![(gap(), if races(one) { 0.5 } else { 0.0 })]);
    let looked = look(&fat(), Wanted::Any, Duration::from_millis(200), &mut source, 1).unwrap();
    let Looked::Shows(best) = looked else { panic!("{looked:?}") };
    source.rule = Box::new(|_| vec![]);
    source.hangs = true;
    let options = Options { budget: Duration::from_secs(60), seed: 1, clients: false };
    let minimized = minimize(*best, &mut source, &options, &mut |_| {});
    assert!(matches!(minimized.end, End::Stuck(_)), "{minimized:#?}");
    assert_eq!(source.runs, 2 + u64::from(minimized.best.tally.seen < 4));
}

#[test]
fn a_program_that_cannot_run_is_not_taken() {
    struct Refusing(Source);
    impl Executor for Refusing {
        fn execute(
            &mut self,
            one: &Scenario,
            extent: Extent<'_>,
            seed: u64,
        ) -> Result<Trial, Unrunnable> {
            if has(one, OpKind::Access) {
                self.0.execute(one, extent, seed)
            } else {
                Err(Unrunnable::Program("not here".to_owned()))
            }
        }
    }
    let source = Source::new(|one| vec![(gap(), if races(one) { 0.5 } else { 0.0 })]);
    let mut refusing = Refusing(source);
    let looked = look(&fat(), Wanted::Any, Duration::from_millis(200), &mut refusing, 1).unwrap();
    let Looked::Shows(best) = looked else { panic!("{looked:?}") };
    let options = Options { budget: Duration::from_secs(60), seed: 1, clients: false };
    let minimized = minimize(*best, &mut refusing, &options, &mut |_| {});
    assert_eq!(minimized.end, End::Minimal);
    assert_eq!(steps(&minimized.best.scenario).count(), 3, "{minimized:#?}");
}

#[test]
fn loops_become_rounds_if_the_race_shows_there_too() {
    let mut looping = fat();
    looping.run.mode = Mode::Free;
    for shows_in_rounds in [true, false] {
        let rule = move |one: &Scenario| match one.run.mode {
            // Free mode names no relaxations.
            Mode::Free => {
                vec![(sighting("unexpected-errno", None), if races(one) { 0.01 } else { 0.0 })]
            }
            Mode::Rounds => vec![(gap(), if races(one) && shows_in_rounds { 0.3 } else { 0.0 })],
        };
        let budget = Duration::from_secs(20);
        let minimized = reduce_for(&looping, &mut Source::new(rule), budget);
        let best = &minimized.best;
        assert_eq!(best.scenario.run.mode == Mode::Rounds, shows_in_rounds, "{best:#?}");
        assert_eq!(best.signature.relaxations.is_empty(), !shows_in_rounds);
        assert_eq!(steps(&best.scenario).count(), 2, "{best:#?}");
    }
}

/// A run of loops counts once, however often it shows the race.
#[test]
fn loops_that_show_it_seem_no_rarer_the_longer_they_are_looked_at() {
    let mut looping = fat();
    looping.run.mode = Mode::Free;
    // About 50 a second.
    let rule = |one: &Scenario| {
        let shows = races(one) && one.run.mode == Mode::Free;
        vec![(sighting("unexpected-errno", None), if shows { 0.005 } else { 0.0 })]
    };
    let minimized = reduce_for(&looping, &mut Source::new(rule), Duration::from_secs(60));
    assert_eq!(minimized.end, End::Minimal, "{minimized:#?}");
    assert_smallest(&minimized);
    // In 50 ms, nine in ten runs show it: the rate that is measured is about 18 a second.
    let rate = minimized.best.tally.rate();
    assert!((10.0..40.0).contains(&rate), "{rate}: {minimized:#?}");
}

#[test]
fn a_rare_race_gets_more_actors_and_gives_them_back_when_they_are_not_needed() {
    let mut lone = fat();
    lone.actors[1].count = 1;
    lone.digest = digest(&lone);
    let rule = |one: &Scenario| {
        let lookers: u32 =
            one.actors.iter().filter(|it| it.name == "looker").map(|it| it.count).sum();
        let rate = 0.000_5 * f64::from(lookers * lookers * lookers);
        vec![(gap(), if races(one) { rate } else { 0.0 })]
    };
    let mut counts = Vec::new();
    let mut source = Source::new(rule);
    let looked = look(&lone, Wanted::Any, Duration::from_secs(2), &mut source, 1).unwrap();
    let Looked::Shows(best) = looked else { panic!("{looked:?}") };
    let options = Options { budget: Duration::from_secs(60), seed: 1, clients: false };
    let minimized = minimize(*best, &mut source, &options, &mut |news| {
        counts.push(news.best.scenario.actors.iter().map(|actor| actor.count).max());
    });
    assert!(counts.contains(&Some(2)), "{counts:?}");
    assert!(races(&minimized.best.scenario));
}

#[test]
fn a_program_that_shows_nothing_leaves_nothing_to_minimize() {
    let mut source = Source::new(|_| vec![]);
    let looked = look(&fat(), Wanted::Any, Duration::from_millis(20), &mut source, 1).unwrap();
    assert!(matches!(looked, Looked::Nothing(_)), "{looked:?}");
    let mut source = Source::new(|_| vec![(gap(), 1.0)]);
    let time = Duration::from_millis(20);
    let looked = look(&fat(), Wanted::Code("torn-read"), time, &mut source, 1).unwrap();
    assert!(matches!(looked, Looked::Nothing(_)), "{looked:?}");
}

#[test]
fn a_signature_that_the_fuzzer_knows_can_be_followed_without_a_look() {
    let mut source = Source::new(|one| vec![(gap(), if races(one) { 0.4 } else { 0.0 })]);
    let best = Best {
        scenario: fat(),
        signature: Signature::from(&gap()),
        class: Class::Forbidden,
        tally: Tally { seen: 1, in_all: 10.0, seconds: 0.001 },
    };
    let options = Options { budget: Duration::from_secs(60), seed: 1, clients: false };
    assert_smallest(&minimize(best, &mut source, &options, &mut |_| {}));
}
