//! The files that a run was asked to write.
//!
//! They are tried before the run, so that a path that cannot be written is told in the first
//! second and not after the last. What they hold from before stays until there is a new result.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Report;
use super::atomic::{Pending, directory_of, replace};
use super::format::{Beside, Format, Formats, Writer};
use crate::sys::errno::{describe, name_of};

/// An output that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The system refuses.
    #[error("{option} {}: {}; {}", path.display(), describe(source), advice(source, path))]
    Io {
        /// The option that asked for it.
        option: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Two outputs go to one place.
    #[error("{first} and {second} both write {}; give one of them another file", path.display())]
    SamePlace {
        /// One option.
        first: &'static str,
        /// The other.
        second: &'static str,
        /// The file, or `-`.
        path: PathBuf,
    },
}

/// Opened outputs for reports of one kind. Dropped without [`Outputs::write`], they leave every
/// file as it was.
pub struct Outputs<R = Report> {
    outputs: Vec<Output<R>>,
}

struct Output<R> {
    option: &'static str,
    path: PathBuf,
    write: Writer<R>,
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    Stdout,
    /// A pipe, a terminal or a device, which no file can be renamed onto.
    Stream(File),
    File,
}

impl<R: Formats> Outputs<R> {
    /// Opens a file of each format; `-` is standard output.
    ///
    /// # Errors
    ///
    /// [`OutputError`] when one of the files cannot be written, or two are the same.
    pub fn open<'p>(
        files: impl IntoIterator<Item = (Format, &'p Path)>,
    ) -> Result<Self, OutputError> {
        let mut this = Self::default();
        for (format, path) in files {
            let write: Writer<R> = Box::new(move |report, out| report.write_as(format, out));
            let is_file = this.add(format.option(), path, write)?;
            if let Some(Beside { path: beside, write }) = R::beside(format).filter(|_| is_file) {
                this.add(format.option(), &beside(path), write)?;
            }
        }
        Ok(this)
    }
}

impl<R> std::fmt::Debug for Outputs<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let outputs = self.outputs.iter().map(|output| (output.option, &output.path));
        f.debug_map().entries(outputs).finish()
    }
}

impl<R> Default for Outputs<R> {
    fn default() -> Self {
        Self { outputs: Vec::new() }
    }
}

impl<R> Outputs<R> {
    /// Whether a result goes to standard output, where nothing else should then be printed.
    #[must_use]
    pub fn use_stdout(&self) -> bool {
        self.outputs.iter().any(|o| matches!(o.sink, Sink::Stdout))
    }

    /// Writes all outputs and returns the files that were written. One that fails does not keep
    /// the others from being written; the first error is returned.
    ///
    /// # Errors
    ///
    /// [`OutputError::Io`], for example ENOSPC; the old file is then still there.
    pub fn write(self, report: &R) -> Result<Vec<PathBuf>, OutputError> {
        let mut written = Vec::new();
        let mut first_error = None;
        for Output { option, path, write, sink } in self.outputs {
            let is_file = matches!(sink, Sink::File);
            let done = match sink {
                Sink::Stdout => {
                    // Not through anstream: data is not for it to strip.
                    let mut out = io::stdout().lock();
                    write(report, &mut out).and_then(|()| out.flush())
                }
                Sink::Stream(mut file) => write(report, &mut file),
                Sink::File => replace(&path, |out| write(report, out)),
            };
            match done {
                // Whoever read it has seen enough.
                Err(error) if !is_file && error.kind() == io::ErrorKind::BrokenPipe => {}
                Ok(()) if is_file => written.push(path),
                Ok(()) => {}
                Err(source) => {
                    first_error.get_or_insert(OutputError::Io { option, path, source });
                }
            }
        }
        first_error.map_or(Ok(written), Err)
    }

    /// Opens one more output, asked for by `option`, and says whether it is a file.
    ///
    /// # Errors
    ///
    /// [`OutputError`] when it cannot be written, or another output goes there.
    pub fn add(
        &mut self,
        option: &'static str,
        path: &Path,
        write: Writer<R>,
    ) -> Result<bool, OutputError> {
        if let Some(other) = self.outputs.iter().find(|o| same_place(&o.path, path)) {
            let path = path.to_owned();
            return Err(OutputError::SamePlace { first: other.option, second: option, path });
        }
        let sink = Sink::open(path).map_err(|source| OutputError::Io {
            option,
            path: path.to_owned(),
            source,
        })?;
        let is_file = matches!(sink, Sink::File);
        self.outputs.push(Output { option, path: path.to_owned(), write, sink });
        Ok(is_file)
    }
}

impl Sink {
    fn open(path: &Path) -> io::Result<Self> {
        if path == Path::new("-") {
            return Ok(Self::Stdout);
        }
        match path.metadata() {
            Ok(found) if !found.is_file() && !found.is_dir() => {
                Ok(Self::Stream(OpenOptions::new().write(true).open(path)?))
            }
            _ => {
                // Only to see that it can be done: a run that is killed must leave nothing here.
                drop(Pending::create(path)?);
                Ok(Self::File)
            }
        }
    }
}

/// `NAME.csv` to `NAME-latency.csv`.
#[must_use]
pub fn latency_path(csv: &Path) -> PathBuf {
    let mut name = match csv.extension() {
        Some(extension) if extension.eq_ignore_ascii_case("csv") => csv.file_stem(),
        _ => csv.file_name(),
    }
    .map_or_else(OsString::new, OsString::from);
    name.push("-latency.csv");
    csv.with_file_name(name)
}

/// Compared by real directory and name, for the files may not exist yet. A device may be named
/// twice: writing to /dev/null loses nothing.
pub(crate) fn same_place(a: &Path, b: &Path) -> bool {
    let place = |path: &Path| {
        if path == Path::new("-") {
            return path.to_owned();
        }
        path.canonicalize().unwrap_or_else(|_| {
            let directory = directory_of(path).canonicalize();
            let name = path.file_name().unwrap_or_default();
            directory.map_or_else(|_| path.to_owned(), |d| d.join(name))
        })
    };
    let is_null = || a == Path::new("/dev/null");
    place(a) == place(b) && !is_null()
}

fn advice(error: &io::Error, path: &Path) -> String {
    match name_of(error).as_str() {
        "ENOENT" => format!("create the directory {} first", directory_of(path).display()),
        "EACCES" | "EPERM" => "choose a file that you may write".to_owned(),
        "EISDIR" => "give the name of a file in it".to_owned(),
        "ENOTDIR" => "a part of the path is not a directory".to_owned(),
        "EROFS" => "choose a place that is not mounted read-only".to_owned(),
        "ENOSPC" | "EDQUOT" => "free some space or choose another filesystem".to_owned(),
        _ => "choose another file".to_owned(),
    }
}
