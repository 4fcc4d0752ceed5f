//! `--client`: further client directories of the one target, as the command line and the run
//! directory name them, and which scenarios can be run with them.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::exit::CliError;
use crate::engine::{ClientError, EngineError};
use crate::plan::Plan;
use crate::rundir::path_text;

/// Option of a run directory that holds them.
const CLIENTS: &str = "clients";

/// A path as the run directory keeps it.
#[derive(Serialize, Deserialize)]
struct Kept(#[serde(with = "path_text")] PathBuf);

/// The client directories that the arguments ask for, beside the only one of these targets.
///
/// # Errors
/// Usage: several targets, or a directory that is there twice.
pub(super) fn of(given: &[PathBuf], targets: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    if targets.len() > 1 && !given.is_empty() {
        return Err(CliError::Usage(
            "--client gives other mounts of the storage of one target: give one --target, and a \
             run for each"
                .to_owned(),
        ));
    }
    let mut clients: Vec<PathBuf> = Vec::new();
    for client in given {
        // One that is missing keeps its name, and is reported when it is to be used.
        let client = std::fs::canonicalize(client).unwrap_or_else(|_| client.clone());
        if targets.contains(&client) || clients.contains(&client) {
            let what = if targets.contains(&client) { "both target and client" } else { "twice" };
            return Err(CliError::Usage(format!(
                "{} is given {what}: a client is another mount of the same storage",
                client.display()
            )));
        }
        clients.push(client);
    }
    Ok(clients)
}

/// The client directories as an option of a run directory; none without them.
pub(super) fn keep(clients: &[PathBuf]) -> Option<(String, Value)> {
    let kept = clients.iter().map(|client| serde_json::to_value(Kept(client.clone())));
    // A path is always text or bytes.
    let kept: Vec<Value> = kept.filter_map(Result::ok).collect();
    (!kept.is_empty()).then(|| (CLIENTS.to_owned(), Value::from(kept)))
}

/// The client directories that a run directory names in its options.
pub(super) fn kept(options: &Map<String, Value>) -> Vec<PathBuf> {
    let kept = options.get(CLIENTS).cloned().unwrap_or_default();
    let kept: Vec<Kept> = serde_json::from_value(kept).unwrap_or_default();
    kept.into_iter().map(|Kept(path)| path).collect()
}

/// Why a plan cannot be run with so many client directories beside the target, or says nothing
/// about them.
pub(super) fn unfit(plan: &Plan, further: usize) -> Option<String> {
    let needed = plan.clients();
    if needed > 1 + further {
        return Some(EngineError::TooFewClients { needed }.to_string());
    }
    (further > 0 && !plan.races_clients()).then(|| {
        "all its actors work in one client directory, for they are threads of one process or bound \
         to it: no clients are raced; run it without --client"
            .to_owned()
    })
}

/// Two ways to give one directory twice are one mistake; a client that cannot be used is not.
pub(super) fn error(error: ClientError) -> CliError {
    match error {
        ClientError::TheSame { .. } => CliError::usage(error),
        _ => CliError::environment(error),
    }
}
