//! `fsrace list`.

use clap::Args;

use super::exit::{CliError, Exit};
use super::library::built_in;
use crate::ui::print;

#[derive(Debug, Args)]
pub(super) struct List {
    /// Print the TOML text of one built-in scenario instead
    #[arg(long, value_name = "NAME")]
    show: Option<String>,
}

impl List {
    pub(super) fn execute(self) -> Result<Exit, CliError> {
        let loaded = built_in()?;
        if let Some(name) = self.show {
            let found = loaded.iter().find(|loaded| loaded.scenario.name == name);
            let found = found.ok_or_else(|| {
                CliError::Usage(format!(
                    "no built-in scenario is called `{name}`: see `fsrace list`"
                ))
            })?;
            print::out(&found.text);
            return Ok(Exit::Clean);
        }
        let mut group = "";
        for one in &loaded {
            if one.group != group {
                let gap = if group.is_empty() { "" } else { "\n" };
                print::out(&format!("{gap}{}:\n", one.group));
                group = &one.group;
            }
            let clients = one.scenario.clients();
            let needs = match clients {
                1 => String::new(),
                _ => format!(" (needs {clients} client directories: --client)"),
            };
            print::out(&format!("  {:<34} {}{needs}\n", one.scenario.name, one.scenario.about));
        }
        Ok(Exit::Clean)
    }
}
