//! `fsrace init`.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::exit::{CliError, Exit};
use crate::sys::errno;
use crate::ui::print;

#[derive(Debug, Args)]
pub(super) struct Init {
    /// File to write; an existing one is never overwritten
    #[arg(default_value = "scenario.toml")]
    file: PathBuf,
}

impl Init {
    pub(super) fn execute(self) -> Result<Exit, CliError> {
        let path = self.file.display();
        let written = File::create_new(&self.file)
            .and_then(|mut file| file.write_all(crate::scenario::starter().as_bytes()));
        written.map_err(|error| {
            let advice = match error.kind() {
                std::io::ErrorKind::AlreadyExists => "give another name: it is not overwritten",
                _ => "give a file in a directory that exists and that you may write to",
            };
            CliError::Environment(format!("{path}: {}; {advice}", errno::describe(&error)))
        })?;
        print::out(&format!(
            "Wrote {path}. Next: `fsrace check {path}` says what it does, `fsrace run {path}` runs \
             it.\n"
        ));
        Ok(Exit::Clean)
    }
}
