//! Signals that ask the command to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use super::exit::CliError;
use crate::sys::signals::{is_ignored, survive_file_size_limit};

/// Remembers the first signal that asked to stop. A second one kills at once, and the janitor
/// then cleans up.
#[derive(Clone, Debug)]
pub(super) struct Interrupt {
    signal: Arc<AtomicUsize>,
}

impl Interrupt {
    /// Starts to listen.
    pub(super) fn listen() -> Result<Self, CliError> {
        let signal = Arc::new(AtomicUsize::new(0));
        let again = Arc::new(AtomicBool::new(false));
        survive_file_size_limit()
            .map_err(|error| CliError::Internal(format!("cannot handle signals: {error}")))?;
        let wanted = |number: &i32| !is_ignored(*number);
        for number in [SIGINT, SIGTERM, SIGHUP].into_iter().filter(wanted) {
            let listen = signal_hook::flag::register_conditional_default(number, again.clone())
                .and_then(|_| signal_hook::flag::register(number, again.clone()))
                .and_then(|_| {
                    signal_hook::flag::register_usize(number, signal.clone(), number as usize)
                });
            listen
                .map_err(|error| CliError::Internal(format!("cannot handle signals: {error}")))?;
        }
        Ok(Self { signal })
    }

    /// The signal that asked to stop, if one did.
    pub(super) fn signal(&self) -> Option<i32> {
        match self.signal.load(Ordering::SeqCst) {
            0 => None,
            number => Some(number as i32),
        }
    }
}
