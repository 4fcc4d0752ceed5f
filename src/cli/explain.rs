//! `fsrace explain CODE`.

use clap::Args;

use super::exit::{CliError, Exit};
use crate::explain::{Explained, detectors, find, relaxations};
use crate::ui::print;

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Code of a detector or name of a relaxation; without one, all are listed
    code: Option<String>,
}

impl Explain {
    pub(super) fn execute(self) -> Result<Exit, CliError> {
        let Some(code) = self.code else {
            list("What is seen (codes):", detectors());
            print::out("\n");
            list("What explains it (relaxations of the model):", relaxations());
            return Ok(Exit::Clean);
        };
        let Some(entry) = find(&code) else {
            let known = detectors().chain(relaxations());
            let similar = |known: &Explained| strsim::jaro_winkler(known.name, &code);
            let near = known.max_by(|a, b| similar(a).total_cmp(&similar(b)));
            let hint = near.map(|near| format!("; did you mean `{}`?", near.name));
            let names = |entries: &mut dyn Iterator<Item = Explained>| {
                entries.map(|entry| entry.name).collect::<Vec<_>>().join(", ")
            };
            return Err(CliError::Usage(format!(
                "there is no detector or relaxation `{code}`{}\nThe codes are: {}\n\
                 The relaxations are: {}",
                hint.unwrap_or_default(),
                names(&mut detectors()),
                names(&mut relaxations()),
            )));
        };
        print::out(entry.page);
        Ok(Exit::Clean)
    }
}

fn list(title: &str, entries: impl Iterator<Item = Explained>) {
    print::out(&format!("{title}\n"));
    for entry in entries {
        print::out(&format!("  {:<18} {}\n", entry.name, entry.summary));
    }
}
