//! The hidden commands that `run` executes itself with.

use std::path::PathBuf;

use super::exit::{CliError, Exit};
use crate::engine::{sandbox, worker};

pub(super) fn execute() -> Result<Exit, CliError> {
    worker::work().map(|()| Exit::Clean).map_err(CliError::environment)
}

pub(super) fn clean_up(sandboxes: &[PathBuf]) -> Exit {
    sandbox::clean_up_after_others(sandboxes);
    Exit::Clean
}
