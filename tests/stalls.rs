//! Calls that stand still half way are met in the middle by the others.

mod common;

use fsrace::engine::Engine;
use fsrace::engine::rounds::RoundsRecord;
use fsrace::outcome::Returned;
use fsrace::plan::{Settings, plan};
use fsrace::sys::stall::Stalls;

const TORN: &str = r#"
name = "torn"
[run]
mode = "rounds"
[fixture]
"f" = { size = 16384 }
[[actor]]
name = "writer"
steps = [
  { op = "open", path = "f", flags = ["wronly"], fd = "f" },
  { op = "pwrite", fd = "f", size = 16384, offset = 0 },
]
[[actor]]
name = "reader"
steps = [{ op = "open", path = "f", fd = "f" }, { op = "pread", fd = "f", len = 16384, offset = 0 }]
"#;

fn run(stalls: bool) -> RoundsRecord {
    let scenario = fsrace::scenario::parse(TORN, "torn").unwrap();
    let settings = Settings { rounds: Some(2000), stalls, seed: 5, ..Settings::default() };
    // Not where a filesystem may lock reads out, as XFS does.
    let shm = std::path::Path::new("/dev/shm");
    let here = if shm.is_dir() { shm.to_owned() } else { std::env::temp_dir() };
    let room = tempfile::tempdir_in(here).unwrap();
    let plan = plan(&scenario, &settings).unwrap();
    Engine::new(common::program()).run_rounds(&plan, room.path(), &mut |_| true).unwrap()
}

/// Share of the rounds in which the reader saw parts of both versions, and the longest it took, in ns.
fn torn(record: &RoundsRecord) -> (f64, f64) {
    let (mut mixed, mut longest) = (0, 0);
    for seen in &record.seen {
        let history = &seen.history;
        if let Returned::Read(runs) = &history.outcome.actors[1][1].returned {
            mixed += if runs.runs().len() > 1 { seen.count } else { 0 };
        }
        let times = history.times[1][1];
        longest = longest.max(times.end - times.start);
    }
    (mixed as f64 / record.rounds as f64, longest as f64 * record.ns_per_tick)
}

#[test]
fn a_read_that_stands_still_is_torn_more_often() {
    if let Err(error) = Stalls::start() {
        common::skip(&format!("userfaultfd: {error}"));
        return;
    }
    let mut tries = Vec::new();
    for _ in 0..5 {
        let records = [run(false), run(true)];
        for record in &records {
            assert_eq!((record.rounds, record.deaths.len(), record.hangs.len()), (2000, 0, 0));
            for seen in &record.seen {
                // Whatever waits, every byte is moved.
                assert!(matches!(
                    seen.history.outcome.actors[0][1].returned,
                    Returned::Wrote(16384)
                ));
            }
        }
        let [(plain, _), (stalled, longest)] = records.each_ref().map(torn);
        tries.push((plain, stalled, longest));
        // Of the rounds, one in six has a read that stands still, for as long as 80 µs.
        if stalled > plain + 0.02 && longest > 5_000.0 {
            return;
        }
    }
    panic!("reads are not held back: {tries:?}");
}
