//! The rounds engine on real directories: fresh fixtures, whole outcomes, honest counts.

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::mounts::Mount;
use fsrace::engine::controls::HOUSEKEEPING;
use fsrace::engine::rounds::{HistorySeen, RoundsRecord};
use fsrace::engine::{Engine, EngineError};
use fsrace::outcome::{Done, Identity, Kind, Outcome, Returned};
use fsrace::plan::{Plan, Settings, plan};

const ENOENT: u16 = rustix::io::Errno::NOENT.raw_os_error() as u16;

/// A plan in rounds mode. The scenario has no `[run]` of its own.
#[track_caller]
fn planned(scenario: &str, rounds: u64) -> Plan {
    let text = format!("name = \"test\"\n[run]\nmode = \"rounds\"\n{scenario}");
    let scenario = fsrace::scenario::parse(&text, "test").unwrap_or_else(|error| panic!("{error}"));
    let settings = Settings { rounds: Some(rounds), ..Settings::default() };
    plan(&scenario, &settings).unwrap()
}

fn engine() -> Engine {
    Engine::new(common::program())
}

#[track_caller]
fn run_in(target: &Path, plan: &Plan) -> RoundsRecord {
    let room = tempfile::tempdir_in(target).unwrap();
    let record = engine().run_rounds(plan, room.path(), &mut |_| true).unwrap();
    assert_consistent(&record, plan);
    record
}

/// What is true of every run: it ended well, counts add up, and no history stands twice.
#[track_caller]
fn assert_consistent(record: &RoundsRecord, plan: &Plan) {
    assert_eq!(record.deaths, [], "{:#?}", record.deaths);
    assert_eq!(record.hangs, []);
    let counted: u64 = record.seen.iter().map(|seen| seen.count).sum();
    assert_eq!(counted + record.unkept, record.rounds);
    assert!(record.clock_error > 0 && record.ns_per_tick > 0.0);
    let mut distinct = BTreeMap::new();
    for seen in &record.seen {
        assert!(seen.count > 0 && (1..=record.rounds).contains(&seen.first_round));
        let history = &seen.history;
        assert_eq!(history.outcome.actors.len(), plan.actors.len());
        let lengths: Vec<usize> = history.times.iter().map(Vec::len).collect();
        assert_eq!(lengths, history.outcome.actors.iter().map(Vec::len).collect::<Vec<_>>());
        for times in &history.times {
            assert!(times.iter().all(|time| time.start <= time.end));
            assert!(times.windows(2).all(|pair| pair[0].end <= pair[1].start));
        }
        let key = (history.outcome.clone(), order(seen, record.clock_error));
        assert_eq!(distinct.insert(key, ()), None, "twice: {seen:#?}");
    }
}

/// Which steps of different actors certainly came before which.
fn order(seen: &HistorySeen, error: u64) -> Vec<bool> {
    let mut order = Vec::new();
    let called = |actor: usize| {
        let steps = seen.history.outcome.actors[actor].iter().zip(&seen.history.times[actor]);
        steps.filter(|(done, _)| done.returned != Returned::Skipped).map(|(_, &time)| time)
    };
    for a in 0..seen.history.times.len() {
        for b in (0..seen.history.times.len()).filter(|&b| b != a) {
            for one in called(a) {
                order.extend(called(b).map(|two| fsrace::outcome::precedes(one, two, error)));
            }
        }
    }
    order
}

/// The different outcomes with how often they were seen.
fn outcomes(record: &RoundsRecord) -> BTreeMap<Outcome, u64> {
    let mut outcomes = BTreeMap::new();
    for seen in &record.seen {
        *outcomes.entry(seen.history.outcome.clone()).or_default() += seen.count;
    }
    outcomes
}

/// What a step of an actor returned, by the text of the step.
fn returned<'a>(
    plan: &Plan,
    outcome: &'a Outcome,
    actor: usize,
    step: u16,
) -> Option<&'a Returned> {
    assert!(usize::from(step) < plan.actors[actor].steps.len());
    let mut steps = outcome.actors[actor].iter();
    steps.find(|done: &&Done| done.step == step).map(|done| &done.returned)
}

fn temporary() -> PathBuf {
    std::env::temp_dir()
}

/// A fast filesystem where there is one.
fn fast() -> PathBuf {
    let shm = PathBuf::from("/dev/shm");
    if shm.is_dir() { shm } else { temporary() }
}

fn open_unlink(first: &str, second: &str) -> String {
    format!(
        r#"
[fixture]
"f" = {{ content = "CONTENT" }}
[[actor]]
name = "reader"
process = "{first}"
steps = [
  {{ op = "open", path = "f", fd = "f", on = {{ ENOENT = "again" }} }},
  {{ op = "fstat", fd = "f" }},
  {{ op = "read", fd = "f", len = 64 }},
]
[[actor]]
name = "remover"
process = "{second}"
steps = [
  {{ op = "unlink", path = "f" }},
  {{ op = "lstat", path = "f" }},
]
"#
    )
}

#[track_caller]
fn assert_open_unlink(target: &Path, first: &str, second: &str) {
    let plan = planned(&open_unlink(first, second), 20_000);
    let record = run_in(target, &plan);
    assert_eq!(record.rounds, 20_000);
    let outcomes = outcomes(&record);
    let (mut found, mut missed, mut held) = (0, 0, 0);
    for (outcome, count) in &outcomes {
        assert_eq!(outcome.left, [], "{outcome:#?}");
        assert_eq!(returned(&plan, outcome, 1, 0), Some(&Returned::Done));
        assert_eq!(returned(&plan, outcome, 1, 1), Some(&Returned::Failed(ENOENT)));
        match returned(&plan, outcome, 0, 0) {
            Some(Returned::Done) => {
                found += count;
                let Some(Returned::Stat(stat)) = returned(&plan, outcome, 0, 1) else {
                    panic!("{outcome:#?}")
                };
                assert_eq!((stat.kind, stat.mode, stat.size), (Kind::File, 0o644, Some(7)));
                assert_eq!(stat.identity, Identity::Fixture(0));
                assert!(stat.nlink <= 1);
                held += u64::from(stat.nlink == 0) * count;
                let Some(Returned::Read(read)) = returned(&plan, outcome, 0, 2) else {
                    panic!("{outcome:#?}")
                };
                assert_eq!(read.bytes(), b"CONTENT");
            }
            other => {
                assert_eq!(other, Some(&Returned::Failed(ENOENT)));
                assert_eq!(outcome.actors[0].len(), 1);
                missed += count;
            }
        }
    }
    // Both orders, and the file between its removal and its end.
    assert!(found > 100 && missed > 100 && held > 0, "{found} {missed} {held}");
    let overlap = &record.overlaps[0];
    assert!(overlap.looked_at == record.rounds && overlap.together > 1000, "{overlap:?}");
    assert!(record.latencies.iter().any(|(op, cells)| op.name() == "unlink" && !cells.is_empty()));
}

#[test]
fn an_open_races_an_unlink_between_processes() {
    assert_open_unlink(&fast(), "A", "B");
}

#[test]
fn an_open_races_an_unlink_between_threads() {
    assert_open_unlink(&fast(), "A", "A");
}

#[test]
fn an_open_races_an_unlink_on_ext4() {
    let Some(mount) = Mount::ext4(64) else { return };
    assert_open_unlink(mount.path(), "A", "B");
}

#[test]
fn exactly_as_many_rounds_are_done_as_asked_for() {
    for rounds in [1, 2, 17, 1000] {
        let plan = planned(&open_unlink("A", "A"), rounds);
        let record = run_in(&fast(), &plan);
        assert_eq!(record.rounds, rounds);
        assert!(!record.interrupted);
    }
}

#[test]
fn a_duration_ends_a_run() {
    let mut plan = planned(&open_unlink("A", "A"), 1);
    (plan.rounds, plan.duration) = (None, Some(Duration::from_secs(2)));
    let record = run_in(&fast(), &plan);
    assert!(record.rounds > 10, "{}", record.rounds);
    let elapsed = record.elapsed.as_secs_f64();
    assert!((1.9..10.0).contains(&elapsed), "{elapsed}");
}

#[test]
fn a_run_that_is_interrupted_keeps_what_it_has() {
    let plan = planned(&open_unlink("A", "B"), 1_000_000_000);
    let room = tempfile::tempdir_in(fast()).unwrap();
    let record = engine().run_rounds(&plan, room.path(), &mut |tick| tick.rounds < 500).unwrap();
    assert!(record.interrupted && record.rounds >= 500, "{}", record.rounds);
    assert_consistent(&record, &plan);
}

/// Everything that an actor can do to a tree.
const NASTY: &str = r#"
[fixture]
"f" = { content = "CONTENT" }
"tagged" = { size = "10KiB" }
"hard" = { link = "f" }
"s" = { symlink = "f" }
"d" = { dir = true }
"d/e" = { dir = true }
"d/e/g" = { content = "DEEP" }
"q" = { dir = true }
[[actor]]
name = "maker"
steps = [
  { op = "mkdir", path = "n{random:2}" },
  { op = "mkdir", path = "n0/m", mode = "0000" },
  { op = "creat", path = "n0/file", fd = "n", mode = "0000" },
  { op = "write", fd = "n", content = "NEW" },
  { op = "link", path = "f", to = "q/another" },
  { op = "symlink", path = "q/sym", target = "nowhere" },
  { op = "chmod", path = "tagged", mode = "0000" },
  { op = "rename", path = "d/e", to = "q/e", on = { ok = "deep" } },
]
[actor.branch]
deep = [
  { op = "chmod", path = "q/e", mode = "0000" },
  { op = "mkdir", path = "d/e" },
]
[[actor]]
name = "breaker"
steps = [
  { op = "unlink", path = "hard" },
  { op = "open", path = "f", flags = ["rdwr", "append"], fd = "f", on = { ENOENT = "next" } },
  { op = "write", fd = "f", content = "MORE" },
  { op = "rename", path = "s", to = "hard" },
  { op = "rename", path = "f", to = "d", flag = "exchange" },
  { op = "truncate", path = "tagged", size = 5 },
  { op = "rename", path = "q", to = "d/q" },
  { op = "rmdir", path = "d" },
  { op = "chmod", path = "d", mode = "0700" },
]
"#;

#[test]
fn a_fixture_is_fresh_after_whatever_was_done_to_it() {
    // A debug build compares the tree with the fixture after every reset, and its worker dies of
    // any difference.
    let mounts = [Mount::ext4(64), Mount::overlay(), Mount::fuse()];
    let mounts: Vec<Mount> = mounts.into_iter().flatten().collect();
    let targets = mounts.iter().map(|mount| mount.path().to_owned());
    for target in targets.chain([fast()]) {
        let plan = planned(NASTY, 700);
        let record = run_in(&target, &plan);
        assert_eq!(record.rounds, 700);
        assert!(outcomes(&record).len() > 1);
        for seen in &record.seen {
            // The fixture is there when a round begins.
            let first = returned(&plan, &seen.history.outcome, 1, 0);
            assert_eq!(first, Some(&Returned::Done), "{seen:#?}");
            let paths = seen.history.outcome.left.iter().map(|left| &left.path);
            assert!(paths.is_sorted());
        }
    }
}

#[test]
fn what_is_left_is_described_in_full() {
    let plan = planned(
        r#"
[fixture]
"f" = { content = "AAAA" }
"d" = { dir = true }
"s" = { symlink = "f" }
[[actor]]
name = "one"
steps = [
  { op = "link", path = "f", to = "d/g" },
  { op = "open", path = "f", flags = ["wronly", "append"], fd = "f" },
  { op = "write", fd = "f", size = 10 },
  { op = "readlink", path = "s" },
  { op = "lseek", fd = "f", offset = 3 },
  { op = "readdir", path = "d" },
  { op = "readdir", fd = "absent" },
  { op = "sleep", time = "1us" },
]
"#
        .replace("  { op = \"readdir\", fd = \"absent\" },\n", "")
        .as_str(),
        50,
    );
    let record = run_in(&temporary(), &plan);
    let [seen] = &record.seen[..] else { panic!("{:#?}", record.seen) };
    assert_eq!((seen.count, seen.first_round), (50, 1));
    let outcome = &seen.history.outcome;
    let results: Vec<&Returned> = outcome.actors[0].iter().map(|done| &done.returned).collect();
    let names = Returned::Names(vec!["g".into()]);
    let text = Returned::Text("f".into());
    let expected = [
        &Returned::Done,
        &Returned::Done,
        &Returned::Wrote(10),
        &text,
        &Returned::Offset(3),
        &names,
    ];
    assert_eq!(results, expected, "the pause is left out");
    let left: Vec<(&str, u16, Kind, u32, Identity)> = outcome
        .left
        .iter()
        .map(|left| (&*left.path, left.file, left.stat.kind, left.stat.nlink, left.stat.identity))
        .collect();
    let place = |path: &str| {
        let place = plan.fixture.iter().position(|entry| entry.path == path).unwrap();
        Identity::Fixture(place as u16)
    };
    assert_eq!(left[0].0, "d");
    assert_eq!((left[0].1, left[0].2, left[0].4), (0, Kind::Directory, place("d")));
    assert_eq!(left[1], ("d/g", 1, Kind::File, 2, place("f")));
    assert_eq!(left[2], ("f", 1, Kind::File, 2, place("f")));
    assert_eq!(left[3], ("s", 2, Kind::Symlink, 1, place("s")));
    let content = outcome.left[1].content.as_ref().unwrap();
    assert_eq!((content.len(), &content.bytes()[..4]), (14, &b"AAAA"[..]));
    assert_eq!(outcome.left[2].content.as_ref(), Some(content));
    assert_eq!(outcome.left[3].text.as_deref(), Some("f"));
    assert_eq!(outcome.left[0].stat.size, None);
}

#[test]
fn repeats_jumps_and_skipped_steps_are_noted_as_they_are() {
    let plan = planned(
        r#"
[fixture]
"f" = { content = "0123456789" }
[[actor]]
name = "one"
steps = [
  { op = "open", path = "absent", fd = "a", on = { ENOENT = "other" } },
  { op = "close", fd = "a" },
]
[actor.branch]
other = [
  { op = "open", path = "f", fd = "f", on = { ok = "rest" } },
  { op = "open", path = "f", fd = "g" },
]
rest = [
  { op = "read", fd = "f", len = 3, repeat = 3 },
  { op = "unlink", path = "f", repeat = 5, on = { ENOENT = "last" } },
]
last = [
  { op = "fstat", fd = "f" },
  { op = "open", path = "f", fd = "h", on = { ENOENT = "next" } },
  { op = "read", fd = "h", len = 3, repeat = 4 },
  { op = "stat", path = "g" },
]
"#,
        20,
    );
    let record = run_in(&temporary(), &plan);
    let [seen] = &record.seen[..] else { panic!("{:#?}", record.seen) };
    let steps = &seen.history.outcome.actors[0];
    let words: Vec<String> = steps
        .iter()
        .map(|done| {
            let what = match &done.returned {
                Returned::Read(runs) => String::from_utf8(runs.bytes()).unwrap(),
                Returned::Failed(errno) => format!("E{errno}"),
                Returned::Stat(stat) => format!("nlink {}", stat.nlink),
                other => format!("{other:?}"),
            };
            format!("{} {what}", plan.actors[0].steps[usize::from(done.step)].op.name())
        })
        .collect();
    assert_eq!(
        words,
        [
            "open E2",
            "open Done",
            "read 012",
            "read 345",
            "read 678",
            "unlink Done",
            "unlink E2",
            "fstat nlink 0",
            "open E2",
            "read Skipped",
            "stat E2",
        ]
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_killed_worker_is_reported_at_once() {
    for victim in [0, 1] {
        let plan = planned(&open_unlink("A", "B"), 1_000_000_000);
        let room = tempfile::tempdir_in(fast()).unwrap();
        let before = children();
        let mut killed = None;
        let record = engine().run_rounds(&plan, room.path(), &mut |tick| {
            if tick.rounds > 100 && killed.is_none() {
                killed = Some(Instant::now());
                let mut workers: Vec<i32> =
                    children().into_iter().filter(|id| !before.contains(id)).collect();
                workers.sort_unstable();
                common::processes::signal(workers[victim], rustix::process::Signal::KILL);
            }
            true
        });
        let record = record.unwrap();
        let since = killed.expect("it was killed").elapsed();
        assert!(since < Duration::from_secs(5), "{since:?}");
        let [death] = &record.deaths[..] else { panic!("{:#?}", record.deaths) };
        assert_eq!(death.how, "killed by signal 9");
        assert!(record.rounds > 100 && record.hangs.is_empty());
        assert!(children().iter().all(|id| before.contains(id)), "a worker is left");
    }
}

/// The processes that this thread has started: the workers of its test.
#[cfg(target_os = "linux")]
fn children() -> Vec<i32> {
    let thread = rustix::thread::gettid().as_raw_nonzero();
    let own = format!("/proc/self/task/{thread}/children");
    let ids = std::fs::read_to_string(own).unwrap_or_default();
    ids.split_whitespace().filter_map(|id| id.parse().ok()).collect()
}

/// Proportional set size of this process's workers in KiB, where every shared page counts once.
#[cfg(target_os = "linux")]
fn memory() -> u64 {
    let of = |id: i32| {
        let text = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
        line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok()).unwrap_or(0)
    };
    children().into_iter().map(of).sum()
}

#[test]
#[cfg(target_os = "linux")]
fn the_memory_of_the_workers_is_small_and_stays() {
    let text = r#"
[fixture]
"f" = { size = "8KiB" }
[[actor]]
name = "actor"
count = 2
steps = [
  { op = "open", path = "f", flags = ["rdwr", "creat"], fd = "f" },
  { op = "pwrite", fd = "f", size = "8KiB", offset = 0 },
  { op = "pread", fd = "f", len = "16KiB", offset = 0 },
  { op = "rename", path = "f", to = "n{random:8}" },
  { op = "stat", path = "n{random:8}" },
]
"#;
    let plan = planned(text, 12_000);
    let room = tempfile::tempdir_in(fast()).unwrap();
    let (mut early, mut late) = (0, 0);
    let record = engine().run_rounds(&plan, room.path(), &mut |tick| {
        match tick.rounds {
            4000..8000 if early == 0 => early = memory(),
            8000.. => late = late.max(memory()),
            _ => {}
        }
        true
    });
    assert_consistent(&record.unwrap(), &plan);
    assert!(early > 0 && early < 32 << 10 && late < 32 << 10, "{early}, then {late} KiB");
    // What grows is the table, which is of a fixed size.
    assert!(late < early + (16 << 10), "grew from {early} to {late} KiB");
}

#[test]
fn a_call_that_hangs_is_reported_with_its_step() {
    let Some(mount) = Mount::fuse() else { return };
    let text = open_unlink("A", "B").replace("[fixture]", "hang_after = \"1s\"\n[fixture]");
    let plan = planned(&text, 1_000_000_000);
    let room = tempfile::tempdir_in(mount.path()).unwrap();
    let mut stopped = false;
    let record = engine().run_rounds(&plan, room.path(), &mut |tick| {
        if tick.rounds > 100 && !stopped {
            stopped = true;
            common::processes::signal(mount.server(), rustix::process::Signal::STOP);
        }
        true
    });
    common::processes::signal(mount.server(), rustix::process::Signal::CONT);
    let record = record.unwrap();
    let hang = record.hangs.first().unwrap_or_else(|| panic!("{record:#?}"));
    assert!(record.rounds > 100 && hang.waited >= Duration::from_secs(1));
    assert!(hang.step < 3 || hang.step == HOUSEKEEPING, "{hang:?}");
}

#[test]
fn actors_that_wait_for_each_others_locks_end_the_run() {
    let text = r#"
hang_after = "1s"
[fixture]
"a" = { content = "A" }
"b" = { content = "B" }
[[actor]]
name = "one"
steps = [
  { op = "open", path = "a", flags = ["rdwr"], fd = "a" },
  { op = "open", path = "b", flags = ["rdwr"], fd = "b" },
  { op = "flock", fd = "a", lock = "exclusive" },
  { op = "sleep", time = "1ms" },
  { op = "flock", fd = "b", lock = "exclusive" },
  { op = "close", fd = "b" },
  { op = "close", fd = "a" },
]
[[actor]]
name = "two"
steps = [
  { op = "open", path = "a", flags = ["rdwr"], fd = "a" },
  { op = "open", path = "b", flags = ["rdwr"], fd = "b" },
  { op = "flock", fd = "b", lock = "exclusive" },
  { op = "sleep", time = "1ms" },
  { op = "flock", fd = "a", lock = "exclusive" },
  { op = "close", fd = "a" },
  { op = "close", fd = "b" },
]
"#;
    // Whoever comes late lets the other have both locks, and give them up: that round ends.
    let plan = planned(text, 1_000_000);
    let room = tempfile::tempdir_in(fast()).unwrap();
    let since = Instant::now();
    let record = engine().run_rounds(&plan, room.path(), &mut |_| true).unwrap();
    assert!(since.elapsed() < Duration::from_secs(20));
    assert_eq!(record.lock_waits.len(), 2, "{record:#?}");
    assert!(record.hangs.is_empty() && record.deaths.is_empty());
}

#[test]
fn more_actors_than_processors_get_on() {
    let text = r#"
[fixture]
"f" = { content = "CONTENT" }
[[actor]]
name = "actor"
count = 5
steps = [
  { op = "open", path = "f", flags = ["wronly", "creat", "excl"], fd = "f" },
  { op = "unlink", path = "f" },
  { op = "close", fd = "f" },
]
"#;
    let plan = planned(text, 2000);
    let record = run_in(&fast(), &plan);
    assert_eq!(record.overlaps.len(), 10);
    // Whoever shares a processor in one deal does not in another.
    assert!(record.overlaps.iter().all(|pair| pair.together > 0), "{:?}", record.overlaps);
    for outcome in outcomes(&record).keys() {
        let steps = outcome.actors.iter().flatten();
        let unlinked =
            steps.clone().filter(|done| done.step == 1 && done.returned == Returned::Done);
        let made = steps.filter(|done| done.step == 0 && done.returned == Returned::Done).count();
        // One file was there before, and each that was made or there is left or removed once.
        assert_eq!(unlinked.count() + outcome.left.len(), made + 1, "{outcome:#?}");
    }
}

/// Looking at so many files takes so long that the other actor sleeps meanwhile, and by far longer than the race takes.
#[test]
fn actors_that_sleep_between_rounds_meet_all_the_same() {
    let files: String = (0..200).map(|file| format!("\"x{file}\" = {{ dir = true }}\n")).collect();
    let text = format!(
        r#"
[fixture]
"f" = {{ content = "0" }}
{files}
[[actor]]
name = "actor"
count = 2
steps = [
  {{ op = "open", path = "f", flags = ["wronly", "append"], fd = "f" }},
  {{ op = "write", fd = "f", content = "A" }},
]
"#
    );
    let plan = planned(&text, 300);
    // In half of the rounds at least, of which they missed two in three when they came as they woke up. A machine that
    // is busy with other tests gets another chance.
    let meet = || {
        let pair = &run_in(&fast(), &plan).overlaps[0];
        pair.together > pair.looked_at / 2
    };
    assert!((0..4).any(|_| meet()));
}

#[test]
fn names_with_holes_are_whole_from_the_first_round_on() {
    let text = "[[actor]]\nname = \"a\"\nsteps = [\
                { op = \"mkdir\", path = \"n{random:3}-{iteration}\" },\
                { op = \"rmdir\", path = \"n{random:3}-{iteration}\" }]\n";
    let plan = planned(text, 100);
    let record = run_in(&fast(), &plan);
    let [seen] = &record.seen[..] else { panic!("{:#?}", record.seen) };
    let steps = seen.history.outcome.actors[0].iter();
    assert!(steps.map(|done| &done.returned).all(|returned| *returned == Returned::Done));
}

#[test]
fn a_round_that_is_too_long_is_refused() {
    let text =
        "[[actor]]\nname = \"a\"\nsteps = [{ op = \"stat\", path = \"f\", repeat = 5000 }]\n";
    let plan = planned(text, 1);
    let room = tempfile::tempdir().unwrap();
    let refused = engine().run_rounds(&plan, room.path(), &mut |_| true);
    assert!(matches!(&refused, Err(EngineError::TooLarge(_))), "{refused:?}");
    assert!(common::names(room.path()).is_empty());
}

#[test]
fn a_shared_descriptor_is_one_open_file_between_threads_and_processes() {
    let text = r#"
[fixture]
"f" = { content = "" }
[shared.log]
path = "f"
flags = ["rdwr"]
[[actor]]
name = "thread"
count = 2
process = "A"
steps = [
  { op = "write", fd = "log", content = "AA" },
  { op = "lseek", fd = "log", offset = 0, whence = "cur" },
]
[[actor]]
name = "process"
steps = [
  { op = "write", fd = "log", content = "BBBB" },
  { op = "lseek", fd = "log", offset = 0, whence = "cur" },
]
"#;
    let plan = planned(text, 2000);
    let record = run_in(&fast(), &plan);
    assert_eq!(record.rounds, 2000);
    let mut ends = BTreeMap::new();
    for (outcome, count) in outcomes(&record) {
        // Each write begins where the one before ended, and every round begins at 0.
        let [left] = &outcome.left[..] else { panic!("{outcome:#?}") };
        assert_eq!(left.stat.size, Some(8), "{outcome:#?}");
        let last = (0..3).map(|actor| match returned(&plan, &outcome, actor, 1) {
            Some(Returned::Offset(offset)) => *offset,
            other => panic!("{other:?}"),
        });
        assert_eq!(last.max(), Some(8), "{outcome:#?}");
        *ends.entry(left.content.as_ref().unwrap().bytes()).or_insert(0) += count;
    }
    assert!(ends.len() > 1, "{ends:?}");
}

#[test]
fn a_shared_descriptor_that_cannot_be_opened_is_told() {
    let text = "[fixture]\n\"d\" = { dir = true }\n[shared.d]\npath = \"d\"\nflags = [\"wronly\"]\n\
                [[actor]]\nname = \"a\"\nsteps = [{ op = \"fstat\", fd = \"d\" }]\n";
    let plan = planned(text, 1);
    let room = tempfile::tempdir().unwrap();
    let refused = engine().run_rounds(&plan, room.path(), &mut |_| true);
    let Err(EngineError::NotReady(reason)) = refused else { panic!("{refused:?}") };
    assert!(reason.contains("EISDIR"), "{reason}");
}

#[test]
fn a_record_survives_json() {
    let plan = planned(&open_unlink("A", "A"), 100);
    let record = run_in(&temporary(), &plan);
    let text = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<RoundsRecord>(&text).unwrap(), record);
}
