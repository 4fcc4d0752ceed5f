//! What the system tells about a thread.

/// The system's number of the calling thread; 0 where threads have none that others can use.
pub fn current_thread() -> u64 {
    #[cfg(target_os = "linux")]
    return rustix::thread::gettid().as_raw_nonzero().get() as u64;
    #[cfg(not(target_os = "linux"))]
    0
}

/// Whether the thread has been stopped by a signal or a debugger: then it does not hang, it waits
/// for somebody. `false` when that cannot be told.
pub fn is_stopped(process: u32, thread: u64) -> bool {
    matches!(state(process, thread), Some('T' | 't'))
}

/// Whether the thread waits in the kernel and no signal ends that: for a device, for a lock of the
/// kernel, but not for a FUSE server. `false` when that cannot be told.
pub fn is_uninterruptible(process: u32, thread: u64) -> bool {
    state(process, thread) == Some('D')
}

/// Whether a thread of any process has been killed and only waits to die. `false` when that cannot be
/// told.
pub fn is_killed(thread: u32) -> bool {
    const KILL: u64 = 1 << (libc::SIGKILL - 1);
    let status = std::fs::read_to_string(format!("/proc/{thread}/status")).unwrap_or_default();
    let pending = status.lines().filter_map(|line| {
        let mask = line.strip_prefix("SigPnd:").or_else(|| line.strip_prefix("ShdPnd:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    });
    pending.fold(0, |all, mask| all | mask) & KILL != 0
}

fn state(process: u32, thread: u64) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/task/{thread}/stat")).ok()?;
    // The command name before it is in parentheses and may hold anything.
    stat.rsplit_once(") ")?.1.chars().next()
}

/// The kernel stack of a thread, where the system shows it (Linux, as root); otherwise the kernel
/// function it waits in, or nothing.
pub fn kernel_stack(process: u32, thread: u64) -> Option<String> {
    let read = |file: &str| {
        let text = std::fs::read_to_string(format!("/proc/{process}/task/{thread}/{file}")).ok()?;
        let text = text.trim().to_owned();
        (!text.is_empty() && text != "0").then_some(text)
    };
    read("stack").or_else(|| read("wchan"))
}
