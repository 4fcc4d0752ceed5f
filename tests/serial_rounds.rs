//! Serial rounds on real directories: one call after the other, in the orders that were asked for,
//! and never a run that does not end.

mod common;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::mounts::Mount;
use fsrace::engine::rounds::{RoundsRecord, Serial};
use fsrace::engine::{Engine, Tick};
use fsrace::model::Order;
use fsrace::outcome::{History, precedes};
use fsrace::plan::{Plan, Settings, plan};

/// A plan of one round. The scenario has no `[run]` of its own.
#[track_caller]
fn planned(scenario: &str) -> Plan {
    let text = format!("name = \"test\"\n[run]\nmode = \"rounds\"\n{scenario}");
    let scenario = fsrace::scenario::parse(&text, "test").unwrap_or_else(|error| panic!("{error}"));
    plan(&scenario, &Settings { rounds: Some(1), ..Settings::default() }).unwrap()
}

/// A fast filesystem where there is one.
fn fast() -> PathBuf {
    let shm = PathBuf::from("/dev/shm");
    if shm.is_dir() { shm } else { std::env::temp_dir() }
}

/// Runs serial rounds, and then the race if `race` says so.
fn run(
    target: &Path,
    plan: &Plan,
    orders: &[Order],
    race: bool,
    tick: &mut dyn FnMut(Tick) -> bool,
) -> RoundsRecord {
    let room = tempfile::tempdir_in(target).unwrap();
    run_in(room.path(), plan, orders, race, tick)
}

/// The same, until all orders were followed: an actor that a busy machine lets wait for its turn costs orders,
/// or breaks a round.
fn followed(plan: &Plan, orders: &[Order], race: bool) -> RoundsRecord {
    let is_whole = |record: &RoundsRecord| {
        !record.serial.broken && record.serial.histories.len() == orders.len()
    };
    let mut runs = (0..10).map(|_| run(&fast(), plan, orders, race, &mut |_| true));
    runs.find(is_whole).expect("the orders were never all followed")
}

fn run_in(
    room: &Path,
    plan: &Plan,
    orders: &[Order],
    race: bool,
    tick: &mut dyn FnMut(Tick) -> bool,
) -> RoundsRecord {
    let serial = Serial { orders, go_on: &mut |_| race };
    let engine = Engine::new(common::program());
    engine.run_serial_first(plan, room, serial, tick).unwrap()
}

/// The actors of the steps in the order in which they ran; they did not overlap.
#[track_caller]
fn order_of(history: &History, error: u64) -> Order {
    let steps = history.times.iter().enumerate();
    let mut steps: Vec<_> =
        steps.flat_map(|(actor, times)| times.iter().map(move |&time| (time, actor))).collect();
    steps.sort_by_key(|(time, _)| time.start);
    for pair in steps.windows(2) {
        let [(one, a), (two, b)] = pair else { continue };
        assert!(a == b || precedes(*one, *two, error), "not certainly in order: {pair:?}");
    }
    steps.into_iter().map(|(_, actor)| actor).collect()
}

/// What is true of every run of serial rounds that ended well.
#[track_caller]
fn assert_serial(record: &RoundsRecord, orders: usize) {
    assert!(record.deaths.is_empty() && record.hangs.is_empty(), "{record:#?}");
    assert!(record.lock_waits.is_empty() && !record.interrupted, "{record:#?}");
    assert_eq!((record.serial.histories.len(), record.serial.broken), (orders, false));
    let races: u64 = record.seen.iter().map(|seen| seen.count).sum();
    assert_eq!(races + record.unkept, record.rounds, "serial rounds are not counted as races");
}

/// Three actors in two processes, with branches, repeats, pauses and a shared descriptor.
const MANY: &str = r#"
[fixture]
"f" = { content = "CONTENT" }
[shared.log]
path = "log"
flags = ["wronly", "creat", "append"]
[[actor]]
name = "one"
process = "A"
steps = [
  { op = "stat", path = "absent", on = { ENOENT = "made" } },
  { op = "stat", path = "f" },
]
[actor.branch]
made = [
  { op = "creat", path = "n", fd = "n" },
  { op = "write", fd = "n", content = "NEW", repeat = 3 },
  { op = "write", fd = "log", content = "ONE" },
]
[[actor]]
name = "two"
process = "A"
steps = [
  { op = "sleep", time = "9s" },
  { op = "write", fd = "log", content = "TWO" },
  { op = "stat", path = "n" },
]
[[actor]]
name = "three"
process = "B"
steps = [
  { op = "write", fd = "log", content = "THREE" },
  { op = "unlink", path = "f" },
  { op = "stat", path = "f" },
]
"#;

#[test]
fn the_steps_follow_each_other_in_the_order_that_was_asked_for() {
    let plan = planned(MANY);
    let orders: [Order; 3] = [
        vec![0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 2],
        vec![2, 1, 0, 2, 0, 0, 1, 0, 2, 0, 0],
        vec![1, 2, 0, 2, 0, 1, 0, 2, 0, 0, 0],
    ];
    let since = Instant::now();
    let record = followed(&plan, &orders, false);
    assert!(since.elapsed() < Duration::from_secs(9), "pauses are left out");
    assert_serial(&record, orders.len());
    assert_eq!((record.rounds, record.elapsed), (0, Duration::ZERO), "there was no race");
    assert!(record.latencies.iter().all(|(_, cells)| cells.is_empty()));
    for (history, order) in record.serial.histories.iter().zip(&orders) {
        assert_eq!(&order_of(history, record.clock_error), order);
        let log = history.outcome.left.iter().find(|left| left.path == "log").unwrap();
        let last = String::from_utf8(log.content.as_ref().unwrap().bytes()).unwrap();
        let mut first =
            order.iter().filter(|&&actor| actor != 0).map(|actor| ["TWO", "THREE"][actor - 1]);
        assert!(last.replace("ONE", "").starts_with(first.next().unwrap()), "{last}");
    }
}

#[test]
fn an_order_that_is_too_short_or_too_long_or_wrong_is_still_serial() {
    let plan = planned(MANY);
    let orders: [Order; 4] =
        [vec![], vec![2], [[0, 1, 2]; 20].concat(), [vec![1; 30], vec![0; 2]].concat()];
    let record = followed(&plan, &orders, false);
    assert_serial(&record, orders.len());
    for history in &record.serial.histories {
        assert_eq!(order_of(history, record.clock_error).len(), 11);
    }
    let whole = |index: usize| order_of(&record.serial.histories[index], record.clock_error);
    assert_eq!(whole(0), [0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 2]);
    assert_eq!(whole(1), [2, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2]);
    assert_eq!(whole(3), [1, 1, 0, 0, 0, 0, 0, 0, 2, 2, 2]);
}

#[test]
fn the_race_comes_after_and_counts_by_itself() {
    let mut plan = planned(&MANY.replace("9s", "1us"));
    let record = followed(&plan, &[vec![0, 1, 2]], true);
    assert_serial(&record, 1);
    assert_eq!((record.rounds, record.seen[0].first_round), (1, 1));
    assert!(record.elapsed > Duration::ZERO && !record.latencies.is_empty());
    (plan.rounds, plan.duration) = (None, Some(Duration::from_secs(1)));
    let record = followed(&plan, &[vec![0], vec![1]], true);
    assert_serial(&record, 2);
    assert!(record.elapsed >= Duration::from_millis(990) && record.rounds > 0, "{record:#?}");
    assert_eq!(record.overlaps.len(), 3);
    assert_eq!(record.overlaps[0].looked_at, record.rounds);
    let text = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<RoundsRecord>(&text).unwrap(), record);
}

const LOCK: &str = r#"
[fixture]
"f" = { content = "" }
[[actor]]
name = "holder"
count = 2
steps = [
  { op = "open", path = "f", flags = ["rdwr"], fd = "f" },
  { op = "flock", fd = "f", lock = "exclusive" },
  { op = "flock", fd = "f", lock = "unlock" },
]
"#;

#[test]
fn an_order_in_which_somebody_waits_for_a_lock_is_given_up() {
    let plan = planned(LOCK);
    let orders = [vec![0, 0, 0, 1, 1, 1], vec![0, 0, 1, 1, 0, 1], vec![1, 1, 1, 0, 0, 0]];
    let since = Instant::now();
    let record = run(&fast(), &plan, &orders, true, &mut |_| true);
    assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
    // What came before stands, what came after was not tried, and the race goes on.
    assert_eq!((record.serial.histories.len(), record.serial.broken), (1, true));
    assert_eq!(record.rounds, 1);
    assert!(record.deaths.is_empty() && record.hangs.is_empty() && record.lock_waits.is_empty());
}

/// Serial rounds that take a while.
const LONG: &str = r#"
hang_after = "1s"
[fixture]
"f" = { content = "" }
[[actor]]
name = "a"
count = 2
steps = [{ op = "stat", path = "f", repeat = 4000 }]
"#;

/// They change hands at every step.
fn long_orders() -> Vec<Order> {
    vec![[[0, 1]; 4000].concat(); 12]
}

#[test]
fn serial_rounds_can_be_interrupted() {
    let plan = planned(LONG);
    let since = Instant::now();
    let record = run(&fast(), &plan, &long_orders(), true, &mut |tick| tick.ops == 0);
    assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
    assert!(record.interrupted && record.rounds == 0, "{record:?}");
    assert!(record.serial.histories.len() < 12 && !record.serial.broken);
}

#[test]
fn a_slow_target_does_not_make_them_endless() {
    let Some(mount) = Mount::fuse() else { return };
    let plan = planned(LONG);
    let since = Instant::now();
    let record = run(mount.path(), &plan, &long_orders(), false, &mut |_| true);
    assert!(since.elapsed() < Duration::from_secs(20), "{:?}", since.elapsed());
    assert!(!record.serial.histories.is_empty() && record.hangs.is_empty(), "{record:?}");
}

/// Runs long serial rounds, in the first of which one worker gets a signal.
#[cfg(target_os = "linux")]
fn run_with_signal(signal: rustix::process::Signal) -> RoundsRecord {
    let before = children();
    let mut sent = false;
    let since = Instant::now();
    let record = run(&fast(), &planned(LONG), &long_orders(), true, &mut |tick| {
        if tick.ops > 0 && !sent {
            sent = true;
            let worker = children().into_iter().find(|id| !before.contains(id)).unwrap();
            common::processes::signal(worker, signal);
        }
        true
    });
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
    assert!(children().iter().all(|id| before.contains(id)), "a worker is left");
    assert_eq!(record.rounds, 0);
    record
}

#[test]
#[cfg(target_os = "linux")]
fn an_actor_that_dies_in_a_serial_round_is_noticed() {
    let record = run_with_signal(rustix::process::Signal::KILL);
    assert_eq!(record.deaths.len(), 1, "{record:?}");
    assert_eq!(record.deaths[0].how, "killed by signal 9");
}

#[test]
#[cfg(target_os = "linux")]
fn an_actor_that_somebody_stops_in_a_serial_round_is_noticed() {
    let record = run_with_signal(rustix::process::Signal::STOP);
    assert!(!record.stopped.is_empty() && record.hangs.is_empty(), "{record:?}");
}

/// The processes that this thread has started: the workers of its test.
#[cfg(target_os = "linux")]
fn children() -> Vec<i32> {
    let thread = rustix::thread::gettid().as_raw_nonzero();
    let own = format!("/proc/self/task/{thread}/children");
    let ids = std::fs::read_to_string(own).unwrap_or_default();
    ids.split_whitespace().filter_map(|id| id.parse().ok()).collect()
}

#[test]
fn a_call_that_hangs_in_a_serial_round_is_noticed() {
    let Some(mount) = Mount::fuse() else { return };
    // What is opened anew is asked of the server each time.
    let open = "{ op = \"open\", path = \"f\", fd = \"f\", repeat = 1000 }";
    let stat = "{ op = \"stat\", path = \"f\", repeat = 4000 }";
    let plan = planned(&LONG.replace(stat, open));
    let mut stopped = false;
    // Removed when the server goes on.
    let room = tempfile::tempdir_in(mount.path()).unwrap();
    let record = run_in(room.path(), &plan, &long_orders(), true, &mut |tick| {
        if tick.ops > 0 && !stopped {
            stopped = true;
            common::processes::signal(mount.server(), rustix::process::Signal::STOP);
        }
        true
    });
    common::processes::signal(mount.server(), rustix::process::Signal::CONT);
    assert!(!record.hangs.is_empty() && record.rounds == 0, "{record:?}");
    assert!(record.hangs[0].waited >= Duration::from_secs(1));
}
