//! The hidden commands that `run` executes itself with.

use super::exit::{CliError, Exit};
use crate::engine::{sandbox, worker};
use crate::sys::heap;
use crate::sys::process::call_myself;

pub(super) fn execute() -> Result<Exit, CliError> {
    heap::share();
    call_myself(c"fsrace-worker");
    worker::work().map(|()| Exit::Clean).map_err(CliError::environment)
}

pub(super) fn clean_up() -> Exit {
    call_myself(c"fsrace-janitor");
    sandbox::clean_up_after_others();
    Exit::Clean
}
