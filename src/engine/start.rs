//! The common start: every actor says that it is ready and waits for the others.

use crossbeam::utils::Backoff;

use super::controls::{Controls, Signal, Status};
use crate::sys::{nap, task};

/// Says that the calling thread is the ready actor with this status, and waits for the start.
pub fn wait(controls: &Controls<'_>, status: &Status<'_>) {
    status.set_thread(task::current_thread());
    nap::wake_in_time();
    controls.ready();
    wait_on(controls, Signal::Wait);
}

/// Waits until something else than `told` is told.
pub fn wait_on(controls: &Controls<'_>, told: Signal) {
    let backoff = Backoff::new();
    while controls.told() == told {
        if backoff.is_completed() {
            nap::nap();
        } else {
            backoff.snooze();
        }
    }
}
