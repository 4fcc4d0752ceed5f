//! Programs on disk: for each, the scenario as `DIGEST.toml` and what its runs have come to as
//! `DIGEST.json`.
//!
//! Every file is whole or not there. A directory may hold scenarios of other names and without
//! statistics as well: they are run, and stay.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::pool::{Entry, Statistics};
use crate::report::atomic::replace;
use crate::scenario::{LONGEST, Mode, parse};
use crate::sys::errno::describe;

/// A corpus that cannot be used.
#[derive(Debug, Error)]
pub enum CorpusError {
    /// Reading or writing failed.
    #[error(
        "corpus {path}: {why}; give a directory that you may read and write",
        path = path.display(),
        why = describe(source)
    )]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The errno.
        source: io::Error,
    },
    /// A scenario in it is none.
    #[error("{0}")]
    Scenario(String),
    /// Statistics that cannot be read.
    #[error("corpus {path}: {why}; remove the file to go on without them", path = path.display())]
    Statistics {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

fn at(path: &Path) -> impl Fn(io::Error) -> CorpusError {
    move |source| CorpusError::Io { path: path.to_owned(), source }
}

/// The programs of these directories, each once; what is known about one in several directories is
/// merged. A scenario in free mode is left out.
///
/// # Errors
/// [`CorpusError`], for the first file that is not what it should be.
pub fn load(directories: &[PathBuf]) -> Result<Vec<Entry>, CorpusError> {
    let mut all: BTreeMap<String, Entry> = BTreeMap::new();
    for directory in directories {
        let mut paths = Vec::new();
        for entry in fs::read_dir(directory).map_err(at(directory))? {
            let path = entry.map_err(at(directory))?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                paths.push(path);
            }
        }
        paths.sort();
        for path in paths {
            let text = read(&path).map_err(|unread| match unread {
                Unread::System(error) => error,
                Unread::Odd(why) => CorpusError::Scenario(format!("{}: {why}", path.display())),
            })?;
            let Some(text) = text else { continue };
            let scenario = parse(&text, &path.display().to_string())
                .map_err(|mistakes| CorpusError::Scenario(mistakes.to_string()))?;
            if scenario.run.mode != Mode::Rounds {
                continue;
            }
            let statistics = statistics(&path.with_extension("json"))?;
            let digest = scenario.digest.clone();
            match all.get_mut(&digest) {
                Some(known) => known.statistics.merge(&statistics),
                None => {
                    let entry = Entry { digest: digest.clone(), text: text.into(), statistics };
                    all.insert(digest, entry);
                }
            }
        }
    }
    Ok(all.into_values().collect())
}

fn statistics(path: &Path) -> Result<Statistics, CorpusError> {
    let fail = |why| CorpusError::Statistics { path: path.to_owned(), why };
    match read(path) {
        Ok(None) => Ok(Statistics::default()),
        Ok(Some(text)) => serde_json::from_str(&text).map_err(|error| fail(error.to_string())),
        Err(Unread::System(error)) => Err(error),
        Err(Unread::Odd(why)) => Err(fail(why)),
    }
}

/// Why a file cannot be read.
enum Unread {
    /// The system does not let it.
    System(CorpusError),
    /// It is nothing that fsrace has written, in words.
    Odd(String),
}

/// The text of a file; `None` if there is none, be it that another job has just removed it.
fn read(path: &Path) -> Result<Option<String>, Unread> {
    let is_gone = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    let fail = |error| Err(Unread::System(at(path)(error)));
    match fs::metadata(path) {
        Err(error) if is_gone(&error) => return Ok(None),
        Err(error) => return fail(error),
        // Opening a pipe would wait for a writer.
        Ok(about) if !about.is_file() => return Ok(None),
        Ok(about) if about.len() > LONGEST => {
            return Err(Unread::Odd(format!("longer than {} MiB", LONGEST >> 20)));
        }
        Ok(_) => {}
    }
    match fs::read(path) {
        Err(error) if is_gone(&error) => Ok(None),
        Err(error) => fail(error),
        Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            Unread::Odd(format!("not UTF-8 text (byte {at})"))
        }),
    }
}

/// A directory that programs are written to.
#[derive(Debug)]
pub struct Corpus {
    directory: PathBuf,
    /// Runs of each program when it was written last, by digest.
    written: BTreeMap<String, u64>,
    /// Digests of the programs in it that were loaded or written here.
    held: BTreeSet<String>,
}

impl Corpus {
    /// The corpus in this directory, which is made if it is not there, and from which these have been
    /// loaded, or from others.
    ///
    /// # Errors
    /// [`CorpusError`], if that fails.
    pub fn open(directory: &Path, loaded: &[Entry]) -> Result<Self, CorpusError> {
        fs::create_dir_all(directory).map_err(at(directory))?;
        // Whether it can be written to, and not only at the end.
        tempfile::tempfile_in(directory).map_err(at(directory))?;
        let digests = loaded.iter().map(|entry| entry.digest.clone());
        let held = digests.filter(|digest| directory.join(format!("{digest}.toml")).exists());
        let held = held.collect();
        Ok(Self { directory: directory.to_owned(), written: BTreeMap::new(), held })
    }

    /// Writes the programs that are new or have been run since they were written, and removes those
    /// that have made room for others. What another job has written stays.
    ///
    /// # Errors
    /// [`CorpusError`], for the first that could not be written or removed.
    pub fn save(&mut self, entries: &[Entry]) -> Result<(), CorpusError> {
        let kept: BTreeSet<&str> = entries.iter().map(|entry| entry.digest.as_str()).collect();
        let gone: Vec<String> =
            self.held.iter().filter(|digest| !kept.contains(digest.as_str())).cloned().collect();
        for digest in gone {
            remove(&self.directory.join(format!("{digest}.toml")))?;
            remove(&self.directory.join(format!("{digest}.json")))?;
            self.written.remove(&digest);
            self.held.remove(&digest);
        }
        for entry in entries {
            let digest = &entry.digest;
            let runs = entry.statistics.runs;
            if self.written.get(digest) == Some(&runs) {
                continue;
            }
            let scenario = self.directory.join(format!("{digest}.toml"));
            if !scenario.exists() {
                write(&scenario, entry.text.as_bytes())?;
            }
            let statistics = serde_json::to_vec(&entry.statistics).unwrap_or_default();
            write(&scenario.with_extension("json"), &statistics)?;
            self.written.insert(digest.clone(), runs);
            self.held.insert(digest.clone());
        }
        Ok(())
    }
}

/// Removes a file that another job may have removed already.
fn remove(path: &Path) -> Result<(), CorpusError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

/// Writes a file that is whole or not there.
///
/// # Errors
/// [`CorpusError`].
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), CorpusError> {
    replace(path, |out| out.write_all(bytes)).map_err(at(path))
}
