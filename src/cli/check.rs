//! `fsrace check SCENARIO...`.

use std::path::PathBuf;

use clap::Args;

use super::allowed::allowed;
use super::exit::{CliError, Exit};
use super::library::load;
use crate::plan::{Settings, plan};
use crate::scenario::describe;
use crate::ui::print;

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Scenario files, or directories of them (default: the built-in set)
    #[arg(value_name = "SCENARIO|DIR")]
    scenarios: Vec<PathBuf>,
    /// Only say whether they are valid
    #[arg(short, long)]
    quiet: bool,
    /// List all allowed outcomes, not only those that most interleavings lead to
    #[arg(short, long, conflicts_with = "quiet")]
    all: bool,
}

impl Check {
    pub(super) fn execute(self) -> Result<Exit, CliError> {
        let loaded = load(&self.scenarios)?;
        for (index, one) in loaded.iter().enumerate() {
            let plan = plan(&one.scenario, &Settings::default()).map_err(CliError::usage)?;
            if !self.quiet {
                let gap = if index == 0 { "" } else { "\n" };
                print::out(&format!("{gap}{}", describe(&one.scenario)));
                print::out(&allowed(&plan, self.all));
            }
        }
        let many = if loaded.len() == 1 { "scenario is" } else { "scenarios are" };
        print::out(&format!(
            "{}{} {many} valid\n",
            if self.quiet { "" } else { "\n" },
            loaded.len()
        ));
        Ok(Exit::Clean)
    }
}
