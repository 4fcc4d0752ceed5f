//! Finding and waiting for the processes of one run.

use std::fs;
use std::time::{Duration, Instant};

/// A process of a run, and which of its parts it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    pub id: i32,
    pub role: String,
}

/// The living processes with this tag in their environment.
pub fn of(tag: &str) -> Vec<Process> {
    let wanted = format!("FSRACE_TEST_TAG={tag}");
    let mut found = Vec::new();
    // A system without /proc shows nobody's environment: then nothing can be said.
    let Ok(entries) = fs::read_dir("/proc") else { return found };
    for entry in entries.flatten() {
        let Ok(id) = entry.file_name().to_string_lossy().parse::<i32>() else { continue };
        let Ok(environment) = fs::read(entry.path().join("environ")) else { continue };
        if !environment.split(|&byte| byte == 0).any(|one| one == wanted.as_bytes()) {
            continue;
        }
        let Ok(line) = fs::read(entry.path().join("cmdline")) else { continue };
        let role = line.split(|&byte| byte == 0).nth(1).unwrap_or_default();
        let role = String::from_utf8_lossy(role).into_owned();
        found.push(Process { id, role });
    }
    found
}

pub fn workers(tag: &str) -> Vec<i32> {
    of(tag).iter().filter(|process| process.role == "worker").map(|process| process.id).collect()
}

/// Waits until something holds, and says whether it did in time.
pub fn soon(limit: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let since = Instant::now();
    while since.elapsed() < limit {
        if holds() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    holds()
}

#[track_caller]
pub fn signal(id: i32, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(id).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}
