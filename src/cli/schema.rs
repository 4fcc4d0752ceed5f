//! `fsrace schema`.

use clap::{Args, ValueEnum};

use super::exit::Exit;
use crate::ui::print;

#[derive(Debug, Args)]
pub(super) struct Schema {
    /// What the schema describes
    #[arg(value_enum, default_value_t = Of::Scenario)]
    of: Of,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Of {
    /// Scenario files (TOML)
    Scenario,
    /// Results (JSON)
    Result,
    /// Comparisons (JSON)
    Compare,
}

impl Schema {
    pub(super) fn execute(self) -> Exit {
        let schema = match self.of {
            Of::Scenario => crate::scenario::schema(),
            Of::Compare => crate::report::compare::schema(),
            Of::Result => crate::report::schema::result_schema(),
        };
        print::out(&format!("{schema:#}\n"));
        Exit::Clean
    }
}
