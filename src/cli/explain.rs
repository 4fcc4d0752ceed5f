//! `fsrace explain CODE`.

use clap::Args;

use super::exit::{CliError, Exit};
use crate::detect::DETECTORS;
use crate::model::relax::RELAXATIONS;
use crate::ui::print;

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Code of a detector or name of a relaxation; without one, all are listed
    code: Option<String>,
}

/// Something that a report names and that has a page.
struct Entry {
    name: &'static str,
    summary: &'static str,
    page: &'static str,
}

impl Explain {
    pub(super) fn execute(self) -> Result<Exit, CliError> {
        let Some(code) = self.code else {
            list("What is seen (codes):", detectors());
            print::out("\n");
            list("What explains it (relaxations of the model):", relaxations());
            return Ok(Exit::Clean);
        };
        // A code and a relaxation of one name share their page.
        let known = || detectors().chain(relaxations());
        let Some(entry) = known().find(|entry| entry.name == code) else {
            let similar = |known: &Entry| strsim::jaro_winkler(known.name, &code);
            let near = known().max_by(|a, b| similar(a).total_cmp(&similar(b)));
            let hint = near.map(|near| format!("; did you mean `{}`?", near.name));
            let names = |entries: &mut dyn Iterator<Item = Entry>| {
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

fn detectors() -> impl Iterator<Item = Entry> {
    let entry = |name, summary, page| Entry { name, summary, page };
    DETECTORS.iter().map(move |one| entry(one.code, one.summary, one.page))
}

fn relaxations() -> impl Iterator<Item = Entry> {
    let entry = |name, summary, page| Entry { name, summary, page };
    RELAXATIONS.into_iter().map(move |one| entry(one.name, one.summary, one.page))
}

fn list(title: &str, entries: impl Iterator<Item = Entry>) {
    print::out(&format!("{title}\n"));
    for entry in entries {
        print::out(&format!("  {:<18} {}\n", entry.name, entry.summary));
    }
}
