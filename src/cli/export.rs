//! `fsrace export SCENARIO`.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::exit::{CliError, Exit};
use super::library::load;
use crate::export::c;
use crate::plan::{Settings, plan};
use crate::report::atomic::replace;
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
                write(path, text.as_bytes()).map_err(|error| {
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

/// Writes a file that is whole or as it was; what no file can be renamed onto, such as a pipe, as it comes.
fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|about| !about.is_file()) {
        File::create(path)?.write_all(text)
    } else {
        replace(path, |out| out.write_all(text))
    }
}
