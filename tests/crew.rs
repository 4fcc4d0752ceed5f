//! Workers that run one plan after the other: nothing of one is left for the next.

mod common;

use std::path::Path;

use fsrace::engine::rounds::{Crew, RoundsRecord, Serial};
use fsrace::engine::{Engine, Rooms};
use fsrace::plan::{Plan, Settings, plan};

/// A plan in rounds mode of these parts.
fn planned(parts: &str, rounds: u64) -> Plan {
    let text = format!("name = \"test\"\n[run]\nmode = \"rounds\"\n{parts}");
    let scenario = fsrace::scenario::parse(&text, "test").unwrap_or_else(|error| panic!("{error}"));
    let settings = Settings { rounds: Some(rounds), ..Settings::default() };
    plan(&scenario, &settings).unwrap()
}

const SHARED: &str = r#"
[fixture]
"f" = { size = 100 }
[shared.s]
path = "f"
[[actor]]
name = "one"
steps = [{ op = "read", fd = "s", len = 10 }]
[[actor]]
name = "two"
steps = [{ op = "read", fd = "s", len = 10 }]
[[actor]]
name = "three"
process = "p"
steps = [{ op = "read", fd = "s", len = 10 }]
"#;

const NAMES: &str = r#"
[fixture]
"d/f" = { content = "TEXT" }
[[actor]]
name = "one"
process = "p"
steps = [{ op = "unlink", path = "d/f" }]
[[actor]]
name = "two"
process = "p"
steps = [{ op = "stat", path = "d/f" }, { op = "truncate", path = "d/f", size = 0 }]
"#;

fn run(crew: &mut Crew<'_>, home: &Path, name: &str, plan: &Plan) -> RoundsRecord {
    let room = home.join(name);
    std::fs::create_dir(&room).unwrap();
    let serial = Serial { orders: &[], go_on: &mut |_| true };
    crew.run(plan, name, Rooms::from(&room), serial, &mut |_| true).unwrap()
}

#[test]
fn plans_of_other_shapes_follow_each_other() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::new(common::program());
    let mut crew = engine.crew(Rooms::from(&home.path().to_owned())).unwrap();
    for number in 0..30 {
        let (plan, steps) = match number % 2 {
            0 => (planned(SHARED, 20 + number), vec![1, 1, 1]),
            _ => (planned(NAMES, 20 + number), vec![1, 2]),
        };
        let record = run(&mut crew, home.path(), &number.to_string(), &plan);
        assert_eq!(record.rounds, 20 + number, "{record:?}");
        assert!(record.deaths.is_empty() && record.hangs.is_empty(), "{record:?}");
        for seen in &record.seen {
            let actors = &seen.history.outcome.actors;
            let lengths: Vec<usize> = actors.iter().map(Vec::len).collect();
            assert_eq!(lengths, steps);
        }
        assert!(crew.is_whole());
    }
}

#[test]
fn a_run_that_time_ends_leaves_no_descriptor_for_the_next() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::new(common::program());
    let mut crew = engine.crew(Rooms::from(&home.path().to_owned())).unwrap();
    for number in 0..10 {
        let mut plan = planned(SHARED, u64::MAX);
        plan.duration = Some(std::time::Duration::from_millis(20));
        let record = run(&mut crew, home.path(), &number.to_string(), &plan);
        for seen in &record.seen {
            // All read through one offset: no byte is read twice, none left out. A descriptor of an
            // earlier run would begin anew.
            let left = format!("{:?}", seen.history.outcome.actors);
            assert!(left.contains("Read"), "{left}");
            let ends: std::collections::BTreeSet<String> = seen
                .history
                .outcome
                .actors
                .iter()
                .map(|done| format!("{:?}", done[0].returned))
                .collect();
            assert_eq!(ends.len(), 3, "{left}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_crew_whose_worker_was_killed_says_so() {
    let home = tempfile::tempdir().unwrap();
    let engine = Engine::new(common::program());
    let mut crew = engine.crew(Rooms::from(&home.path().to_owned())).unwrap();
    let mut plan = planned(NAMES, u64::MAX);
    plan.duration = Some(std::time::Duration::from_secs(30));
    let room = home.path().join("room");
    std::fs::create_dir(&room).unwrap();
    let serial = Serial { orders: &[], go_on: &mut |_| true };
    let mut killed = false;
    let record = crew.run(&plan, "room", Rooms::from(&room), serial, &mut |tick| {
        if tick.rounds > 5 && !killed {
            killed = true;
            kill_workers(home.path());
        }
        true
    });
    let record = record.unwrap();
    assert_eq!(record.deaths.len(), 1, "{record:?}");
    assert!(!crew.is_whole());
}

#[cfg(target_os = "linux")]
/// Kills the processes that work in this directory.
fn kill_workers(home: &Path) {
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let at = std::fs::read_link(entry.path().join("cwd"));
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else {
            continue;
        };
        if at.is_ok_and(|at| at.starts_with(home)) {
            common::processes::signal(id, rustix::process::Signal::KILL);
        }
    }
}
