//! Which processors a thread runs on.

/// The processors that this thread may use; none where the system does not tell.
#[cfg(target_os = "linux")]
pub fn allowed() -> Vec<usize> {
    use rustix::thread::{CpuSet, sched_getaffinity};
    let Ok(allowed) = sched_getaffinity(None) else { return Vec::new() };
    (0..CpuSet::MAX_CPU).filter(|&cpu| allowed.is_set(cpu)).collect()
}

/// The processors that this thread may use; none where the system does not tell.
#[cfg(not(target_os = "linux"))]
pub fn allowed() -> Vec<usize> {
    Vec::new()
}

/// Keeps the calling thread on one processor; returns whether that worked.
#[cfg(target_os = "linux")]
pub fn stay_on(cpu: usize) -> bool {
    use rustix::thread::{CpuSet, sched_setaffinity};
    let mut only = CpuSet::new();
    only.set(cpu);
    sched_setaffinity(None, &only).is_ok()
}

/// Keeps the calling thread on one processor; returns whether that worked.
#[cfg(not(target_os = "linux"))]
pub fn stay_on(_cpu: usize) -> bool {
    false
}
