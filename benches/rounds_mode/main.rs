//! Rounds mode against two threads by hand that race, look and reset with the same system calls,
//! in turns, in one process run.
//!
//! `cargo bench --bench rounds_mode` prints one line per program and filesystem: rounds per second
//! of both, their ratio, and the share of rounds in which the actors overlapped. Directories to
//! run in are taken from `FSRACE_BENCH_DIRS` (separated by `:`); by default the system's temporary
//! directory and, on Linux, `/dev/shm`.

#![allow(clippy::print_stdout, reason = "a benchmark prints its table itself")]

#[cfg(target_os = "linux")]
mod raw;
#[cfg(target_os = "linux")]
mod turns;

#[cfg(target_os = "linux")]
fn main() {
    turns::run();
}

/// The hand-written side scans and deals out processors with Linux's own calls.
#[cfg(not(target_os = "linux"))]
fn main() {
    println!("this comparison is for Linux");
}
