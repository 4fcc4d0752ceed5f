//! Short sleeps, for whoever has waited long enough to let others go first.

use std::time::Duration;

/// How long a nap is: waking up costs several microseconds, which shorter ones would take from whom they are for.
const NAP: Duration = Duration::from_micros(50);

/// Gives the processor away for some tens of microseconds.
///
/// Where many threads do nothing but yield, others can starve: on Linux 6.18, the actors of two runs that yielded a
/// million times a second kept the threads of a FUSE server, and of the kernel, off the processor for up to a
/// minute (docs/evidence.md). Who sleeps lets all go first.
pub fn nap() {
    std::thread::sleep(NAP);
}

/// Has the calling thread, and those that it starts, wake up when they asked to, and not as much later as the
/// kernel finds convenient (on Linux, 50 microseconds). Where it is not allowed, naps are longer.
pub fn wake_in_time() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1));
}
