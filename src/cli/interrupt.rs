//! Signals that ask the command to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use super::exit::CliError;

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
        for number in [SIGINT, SIGTERM, SIGHUP] {
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
