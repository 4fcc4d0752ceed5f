//! The hidden `fsrace faulty FAULT DIR`: one mount of the faulty filesystem, for tests.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::Args;

use super::exit::{CliError, Exit};
use super::interrupt::Interrupt;
use super::values;
use crate::faulty::{self, Fault, HEALTHY, Options};

/// How soon a signal is noticed.
const LOOK_EVERY: Duration = Duration::from_millis(50);

#[derive(Debug, Args)]
pub(super) struct Faulty {
    /// Name of the fault, or `healthy`
    fault: String,
    /// Where to mount it
    dir: PathBuf,
    /// How long after a removal a fault still takes it for just now
    #[arg(long, value_name = "TIME", value_parser = values::duration)]
    window: Option<Duration>,
    /// Seed of every probability
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Bytes of file content before writes fail with ENOSPC
    #[arg(long, value_name = "BYTES")]
    capacity: Option<u64>,
}

impl Faulty {
    pub(super) fn execute(self) -> Result<Exit, CliError> {
        let fault = named(&self.fault)?;
        let defaults = Options::default();
        let options = Options {
            window: self.window.unwrap_or(defaults.window),
            seed: self.seed.unwrap_or(defaults.seed),
            capacity: self.capacity.unwrap_or(defaults.capacity),
        };
        let interrupt = Interrupt::listen()?;
        let listening = interrupt.clone();
        let served = faulty::serve(fault, &self.dir, &options, move |unmounter| {
            thread::spawn(move || {
                while listening.signal().is_none() {
                    thread::sleep(LOOK_EVERY);
                }
                // A mount that is busy is detached, and says so to nobody but its users.
                let _ = unmounter.unmount();
            });
        });
        served.map_err(CliError::environment)?;
        match interrupt.signal() {
            Some(signal) => Err(CliError::Signal(signal)),
            None => Ok(Exit::Clean),
        }
    }
}

/// The fault with this name; `None` for the healthy filesystem.
fn named(name: &str) -> Result<Option<&'static Fault>, CliError> {
    if name == HEALTHY {
        return Ok(None);
    }
    faulty::find(name).map(Some).ok_or_else(|| {
        let known: Vec<&str> = faulty::faults().iter().map(|fault| fault.name).collect();
        let known = known.join(", ");
        CliError::Usage(format!("there is no fault `{name}`\nThe faults are: {HEALTHY}, {known}"))
    })
}
