//! The memory of a run: small, and the same however long it takes.
//!
//! The short form always runs. The long one takes ten minutes:
//! `cargo test --release --test memory -- --ignored --nocapture`
#![cfg(target_os = "linux")]
#![allow(clippy::print_stderr, reason = "the figures are the point")]

mod common;

use std::fs;
use std::time::{Duration, Instant};

use common::processes::{self, signal};
use common::{Place, readers};
use rustix::process::Signal;

/// KiB that the whole process tree may have.
const LIMIT: u64 = 64 << 10;
/// KiB that it may grow by: room for what the allocator and the kernel do, not for a leak.
const GROWTH: u64 = 1 << 10;

/// What all processes of a run have in memory, in KiB; every shared page counts once. The program's own pages
/// do not count: how much of them is a run's depends on who else runs it at this moment.
fn memory(tag: &str) -> u64 {
    let of = |id: i32| {
        let text = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
        let size = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim().strip_suffix(" kB")?.parse::<u64>().ok()
        };
        ["Pss_Anon:", "Pss_Shmem:"].into_iter().filter_map(size).sum::<u64>()
    };
    processes::of(tag).iter().map(|process| of(process.id)).sum()
}

fn measure(early: Duration, late: Duration) {
    let place = Place::new();
    // Two actors with many different results: names that change, and many errors.
    let busy = r#"name = "busy"
[fixture]
"f" = { content = "CONTENT" }
[run]
mode = "free"
duration = "1h"
[[actor]]
name = "actor"
count = 2
steps = [
  { op = "open", path = "n{random:8}", flags = ["rdwr", "creat"], fd = "f", on = { error = "again" } },
  { op = "write", fd = "f", size = "4KiB" },
  { op = "pread", fd = "f", len = "8KiB", offset = 0 },
  { op = "fstat", fd = "f" },
  { op = "close", fd = "f" },
  { op = "rename", path = "n{random:8}", to = "m{random:8:other}" },
  { op = "unlink", path = "m{random:8}" },
]
"#;
    for (name, text) in [("busy", busy.to_owned()), ("plain", readers("plain", "1h", 2))] {
        let file = place.scenario(&format!("{name}.toml"), text);
        let mut command = place.command();
        command.arg("run").arg(file).arg("-t").arg(place.target());
        let mut child = command.spawn().unwrap();
        let since = Instant::now();
        let mut at = |when: Duration| {
            std::thread::sleep(when.saturating_sub(since.elapsed()));
            assert!(matches!(child.try_wait(), Ok(None)), "{name} ended");
            memory(place.tag())
        };
        let (first, second) = (at(early), at(late));
        signal(child.id() as i32, Signal::INT);
        child.wait().unwrap();
        eprintln!("{name}: {first} KiB after {early:?}, {second} KiB after {late:?}");
        assert!(first > 0 && first < LIMIT && second < LIMIT, "{name}: {first}, then {second} KiB");
        assert!(second < first + GROWTH, "{name} grew from {first} to {second} KiB");
        place.assert_clean();
    }
}

/// KiB that the fuzzer may have.
const FUZZ_LIMIT: u64 = 256 << 10;
/// KiB that it may grow by while its pool fills up.
const FILLING: u64 = 8 << 10;
/// KiB that it may grow by with a full pool: what a program has shown becomes more with each of its runs.
const FULL: u64 = 2 << 10;

/// The memory of the fuzzer at two moments, and what it may grow by in between.
fn measure_fuzz(early: Duration, late: Duration, growth: u64) {
    let place = Place::new();
    let mut command = place.command();
    command.arg("fuzz").arg(place.target()).args(["-d", "1h", "--seed", "1", "-q"]);
    let mut child = command.spawn().unwrap();
    let since = Instant::now();
    let mut at = |when: Duration| {
        std::thread::sleep(when.saturating_sub(since.elapsed()));
        assert!(matches!(child.try_wait(), Ok(None)), "it ended");
        memory(place.tag())
    };
    let (first, second) = (at(early), at(late));
    signal(child.id() as i32, Signal::INT);
    child.wait().unwrap();
    eprintln!("fuzz: {first} KiB after {early:?}, {second} KiB after {late:?}");
    assert!(first > 0 && first < FUZZ_LIMIT && second < FUZZ_LIMIT, "{first}, then {second} KiB");
    assert!(second < first + growth, "it grew from {first} to {second} KiB");
    place.assert_clean();
}

#[test]
fn the_memory_of_the_fuzzer_is_bounded() {
    measure_fuzz(Duration::from_secs(8), Duration::from_secs(24), FILLING);
}

#[test]
#[ignore = "takes twenty minutes"]
fn the_memory_of_the_fuzzer_is_the_same_after_twenty_minutes_as_after_two() {
    measure_fuzz(Duration::from_secs(120), Duration::from_secs(1200), FULL);
}

#[test]
fn the_memory_of_two_actors_is_small_and_stays() {
    measure(Duration::from_secs(8), Duration::from_secs(24));
}

#[test]
#[ignore = "takes twenty minutes"]
fn the_memory_of_two_actors_is_the_same_after_ten_minutes_as_after_one() {
    measure(Duration::from_secs(60), Duration::from_secs(600));
}
