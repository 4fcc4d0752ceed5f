//! How the command ends.

use std::process::ExitCode;

use thiserror::Error;

/// The exit codes, a contract: scripts and CI jobs rely on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Nothing was found.
    Clean = 0,
    /// An anomaly that fails the run was found.
    Anomaly = 1,
    /// Arguments or a scenario are wrong.
    Usage = 2,
    /// The environment cannot run it, or nothing ran.
    Environment = 3,
    /// It ran, but decides nothing.
    Inconclusive = 4,
    /// A comparison found a regression.
    Regressed = 5,
    /// A fault of fsrace itself.
    Internal = 70,
}

/// Why a command could not do its work. The message says what to do next.
#[derive(Debug, Error)]
pub enum CliError {
    /// Arguments or a scenario are wrong.
    #[error("{0}")]
    Usage(String),
    /// The environment does not allow it.
    #[error("{0}")]
    Environment(String),
    /// Not the user's fault.
    #[error("{0}\nThis is a fault of fsrace: please report it.")]
    Internal(String),
    /// A signal ended the run, after everything was put away.
    #[error("stopped by signal {0}")]
    Signal(i32),
}

impl CliError {
    /// Wraps an error of the arguments or a scenario.
    pub fn usage(error: impl std::fmt::Display) -> Self {
        Self::Usage(error.to_string())
    }

    /// Wraps an error of the environment.
    pub fn environment(error: impl std::fmt::Display) -> Self {
        Self::Environment(error.to_string())
    }

    fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::Usage,
            Self::Environment(_) => Exit::Environment,
            Self::Internal(_) | Self::Signal(_) => Exit::Internal,
        }
    }
}

/// Runs a command, prints its error, and turns what it came to into the process's exit code. After a
/// signal the process dies of it, so that the caller's shell knows.
pub fn of(command: impl FnOnce() -> Result<Exit, CliError>) -> ExitCode {
    let exit = match guarded(command) {
        Ok(exit) => exit,
        Err(CliError::Signal(signal)) => {
            let _ = signal_hook::low_level::emulate_default_handler(signal);
            Exit::Internal
        }
        Err(error) => {
            crate::ui::print::error(&error.to_string());
            error.exit()
        }
    };
    ExitCode::from(exit as u8)
}

/// A panic has told where and why, and everything has been put away on its way out; it is still our fault, and no
/// exit code of its own.
fn guarded(command: impl FnOnce() -> Result<Exit, CliError>) -> Result<Exit, CliError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(command))
        .unwrap_or_else(|_| Err(CliError::Internal("fsrace panicked, as said above.".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_fault_of_fsrace() {
        let ended = guarded(|| panic!("on purpose"));
        assert!(matches!(ended, Err(error) if error.exit() == Exit::Internal));
    }
}
