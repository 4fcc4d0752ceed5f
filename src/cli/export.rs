//! `fsrace export SCENARIO`.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::exit::{CliError, Exit};
use super::library::load;
use crate::export::c;
use crate::plan::{Settings, plan};
use crate::sys::errno;
use crate::ui::print;

#[derive(Debug, Args)]
pub(super) struct Export {
    /// Scenario file
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// Language of the program
    #[arg(long, value_enum, default_value_t = Language::C)]
    lang: Language,
    /// Report this all the same, of what POSIX leaves open and is accepted otherwise (rounds mode; can be
    /// given several times): `readdir-live`, `path-walk`
    #[arg(long, value_name = "NAME")]
    refuse: Vec<String>,
    /// File to write (default: standard output)
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Languages that a scenario can be exported to.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Language {
    /// C99, with what POSIX.1-2008 has.
    C,
}

impl Export {
    pub(super) fn execute(self) -> Result<Exit, CliError> {
        let loaded = load(std::slice::from_ref(&self.scenario))?;
        let [one] = loaded.as_slice() else {
            return Err(CliError::Usage(format!(
                "{}: {} scenarios in it; give one of them",
                self.scenario.display(),
                loaded.len()
            )));
        };
        let plan = plan(&one.scenario, &Settings::default()).map_err(CliError::usage)?;
        let options = self.options()?;
        let text = match self.lang {
            Language::C => c::source(&plan, &options),
        };
        let text = text.map_err(|why| {
            CliError::Usage(format!("scenario `{}` cannot be exported: {why}", plan.scenario))
        })?;
        match &self.output {
            None => print::whole(&text).map_err(|error| {
                let why = errno::describe(&error);
                CliError::Environment(format!("standard output: {why}; give a file with -o"))
            })?,
            Some(path) => {
                let written =
                    File::create(path).and_then(|mut file| file.write_all(text.as_bytes()));
                written.map_err(|error| {
                    CliError::Environment(format!(
                        "{}: {}; give a file in a directory that exists and that you may write to",
                        path.display(),
                        errno::describe(&error)
                    ))
                })?;
            }
        }
        Ok(Exit::Clean)
    }

    /// How it is exported: with what is accepted anyway, without what is refused.
    fn options(&self) -> Result<c::Options, CliError> {
        let mut options = c::Options::default();
        let names: Vec<&str> = options.accepted.iter().map(|one| one.name).collect();
        if let Some(name) = self.refuse.iter().find(|name| !names.contains(&name.as_str())) {
            let names = names.join(", ");
            return Err(CliError::Usage(format!(
                "`{name}` is not accepted anyway; what is: {names}"
            )));
        }
        options.accepted.retain(|one| self.refuse.iter().all(|name| name != one.name));
        Ok(options)
    }
}
