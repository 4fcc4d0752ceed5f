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
    /// Where to mount it; each directory is another client of one filesystem
    #[arg(required = true)]
    dir: Vec<PathBuf>,
    /// How long a strike of the fault lasts, or how long ago is still just now to it
    #[arg(long, value_name = "TIME", value_parser = values::duration)]
    window: Option<Duration>,
    /// It strikes one time in so many
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    one_in: Option<u64>,
    /// Mount it switched off: the healthy twin of that fault
    #[arg(long)]
    off: bool,
    /// Seed of every probability
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Bytes of file content before writes fail with ENOSPC
    #[arg(long, value_name = "BYTES")]
    capacity: Option<u64>,
}

impl Faulty {
    pub(super) fn execute(self) -> Result<Exit, CliError> {
        let fault = match self.fault.as_str() {
            HEALTHY => None,
            name => Some(fault(name)?),
        };
        let defaults = Options::default();
        let options = Options {
            window: self.window,
            one_in: self.one_in,
            armed: !self.off,
            seed: self.seed.unwrap_or(defaults.seed),
            capacity: self.capacity.unwrap_or(defaults.capacity),
        };
        let interrupt = Interrupt::listen()?;
        let listening = interrupt.clone();
        let served = faulty::serve(fault, &self.dir, &options, move |unmounters| {
            thread::spawn(move || {
                while listening.signal().is_none() {
                    thread::sleep(LOOK_EVERY);
                }
                for unmounter in unmounters {
                    // A mount that is busy is detached, and says so to nobody but its users.
                    let _ = unmounter.unmount();
                }
            });
        });
        served.map_err(CliError::environment)?;
        match interrupt.signal() {
            Some(signal) => Err(CliError::Signal(signal)),
            None => Ok(Exit::Clean),
        }
    }
}

/// The fault with this name.
pub(super) fn fault(name: &str) -> Result<&'static Fault, CliError> {
    faulty::find(name).ok_or_else(|| {
        let known: Vec<&str> = faulty::faults().iter().map(|fault| fault.name).collect();
        let known = known.join(", ");
        CliError::Usage(format!("there is no fault `{name}`\nThe faults are: {known}"))
    })
}
