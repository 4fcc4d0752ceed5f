//! The directory of a finding: whole, or not there.

use std::cmp::Ordering;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{Finding, FindingResult, page};
use crate::report::atomic::{TEMPORARY_SUFFIX, sync_directory};
use crate::scenario::{Actor, Scenario, parse, to_toml};
use crate::sys::errno::describe;

/// The program.
const SCENARIO: &str = "scenario.toml";
/// What makes a directory a finding.
const RESULT: &str = "result.json";

/// Why a finding cannot be kept or read.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The system does not let it be written.
    #[error("{path}: {why}; give a directory that you may write to")]
    Write {
        /// The file or directory.
        path: String,
        /// The errno.
        why: String,
    },
    /// There is something else of that name.
    #[error("{path}: something that is no finding is there already; give another directory")]
    Taken {
        /// The directory.
        path: String,
    },
    /// It cannot be read.
    #[error("{path}: {why}; give the directory of a finding")]
    Read {
        /// The file.
        path: String,
        /// What is wrong.
        why: String,
    },
}

/// Whether a directory holds a finding.
pub fn is_finding(directory: &Path) -> bool {
    directory.join(RESULT).is_file() && directory.join(SCENARIO).is_file()
}

/// The path of the program of a finding, and its result.
///
/// # Errors
/// [`StoreError::Read`].
pub fn read(directory: &Path) -> Result<(PathBuf, FindingResult), StoreError> {
    let path = directory.join(RESULT);
    let fail = |why: String| StoreError::Read { path: path.display().to_string(), why };
    let bytes = fs::read(&path).map_err(|error| fail(describe(&error)))?;
    let result = serde_json::from_slice(&bytes).map_err(|error| fail(error.to_string()))?;
    Ok((directory.join(SCENARIO), result))
}

/// Looks ahead, without leaving anything, whether a finding can be written below `findings`.
///
/// # Errors
/// [`StoreError::Write`].
pub fn check(findings: &Path) -> Result<(), StoreError> {
    let exists = |path: &&Path| path.symlink_metadata().is_ok();
    let there = findings.ancestors().find(exists).unwrap_or(Path::new("."));
    tempfile::tempfile_in(there).map_err(|error| StoreError::Write {
        path: findings.display().to_string(),
        why: describe(&error),
    })?;
    Ok(())
}

/// Gives a finding another name, with its filesystem, where one of another filesystem has its own below `findings`.
pub fn settle(findings: &Path, finding: &mut Finding) {
    let on = |result: &FindingResult| result.confirmed.result().target.fs_type.clone();
    let here = on(&finding.result);
    if read(&findings.join(&finding.result.name)).is_ok_and(|(_, known)| on(&known) != here) {
        finding.result.name = format!("{}-on-{here}", finding.result.name);
    }
}

/// The finding of the same name below `findings`, and how it compares: what is less is better, which is one that is
/// 1-minimal before one that is not, and then the one with fewer steps.
pub fn known(findings: &Path, finding: &Finding) -> Option<(PathBuf, Ordering)> {
    let place = findings.join(&finding.result.name);
    let (program, result) = read(&place).ok()?;
    let known = parse(&fs::read_to_string(program).ok()?, &result.name).ok()?;
    let size = |minimal: bool, scenario: &Scenario| {
        let steps = |actor: &Actor| {
            let branches = actor.branches.iter().map(|branch| branch.steps.len());
            actor.count as usize * (actor.steps.len() + branches.sum::<usize>())
        };
        (!minimal, scenario.actors.iter().map(steps).sum::<usize>())
    };
    let known = size(result.minimal, &known);
    Some((place, known.cmp(&size(finding.result.minimal, &finding.scenario))))
}

/// Writes a finding below `findings`, in a directory of its name. One that is there already shows the
/// same in the same way, and is replaced.
///
/// # Errors
/// [`StoreError`]; what was there is then still there.
pub fn write(findings: &Path, finding: &Finding) -> Result<PathBuf, StoreError> {
    let fail = |path: &Path| {
        let path = path.display().to_string();
        move |error: io::Error| StoreError::Write { path, why: describe(&error) }
    };
    fs::create_dir_all(findings).map_err(fail(findings))?;
    let place = findings.join(&finding.result.name);
    if place.symlink_metadata().is_ok() && !is_finding(&place) {
        return Err(StoreError::Taken { path: place.display().to_string() });
    }
    let new = beside(findings, &finding.result.name).map_err(fail(findings))?;
    fill(new.path(), finding).map_err(fail(new.path()))?;
    let old = match place.symlink_metadata() {
        Ok(_) => {
            let old = beside(findings, &finding.result.name).map_err(fail(findings))?;
            // A directory takes the place of an empty one.
            fs::rename(&place, old.path()).map_err(fail(&place))?;
            Some(old)
        }
        Err(_) => None,
    };
    if let Err(error) = fs::rename(new.path(), &place) {
        if let Some(old) = &old {
            let _ = fs::rename(old.path(), &place);
        }
        return Err(fail(&place)(error));
    }
    sync_directory(findings).map_err(fail(findings))?;
    Ok(place)
}

/// An empty directory beside the one that is to be. Dropped, it is removed, if it is still there.
fn beside(findings: &Path, name: &str) -> io::Result<tempfile::TempDir> {
    let prefix = format!(".{name}.");
    tempfile::Builder::new().prefix(&prefix).suffix(TEMPORARY_SUFFIX).tempdir_in(findings)
}

fn fill(directory: &Path, finding: &Finding) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut json = serde_json::to_vec_pretty(&finding.result)?;
    json.push(b'\n');
    put(directory, SCENARIO, to_toml(&finding.scenario).as_bytes())?;
    put(directory, RESULT, &json)?;
    put(directory, "report.md", page(finding).as_bytes())?;
    if let Ok(repro) = &finding.repro {
        put(directory, "repro.c", repro.as_bytes())?;
    }
    // Temporary directories are for their maker alone; a finding is there to be handed on.
    fs::set_permissions(directory, fs::Permissions::from_mode(0o755))?;
    sync_directory(directory)
}

fn put(directory: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create_new(directory.join(name))?;
    file.write_all(bytes)?;
    file.sync_all()
}
