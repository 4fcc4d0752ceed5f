//! `fsrace man`.

use clap::CommandFactory;

use super::Cli;
use super::exit::{CliError, Exit};
use crate::ui::print;

pub(super) fn execute() -> Result<Exit, CliError> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command())
        .render(&mut page)
        .map_err(|error| CliError::Internal(error.to_string()))?;
    print::out(&String::from_utf8_lossy(&page));
    Ok(Exit::Clean)
}
