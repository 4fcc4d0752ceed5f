//! The formats that results are written in, the same for every command that has results.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::github::Annotation;
use super::json;

/// A format for files and pipes; text for people is printed instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Tables, for issues and step summaries.
    Markdown,
    /// Rows, to be concatenated and compared.
    Csv,
    /// Everything there is.
    Json,
    /// One page that needs nothing else.
    Html,
    /// JUnit's XML, for CI systems.
    Junit,
}

impl Format {
    /// The option that asks for a file of this format.
    #[must_use]
    pub fn option(self) -> &'static str {
        match self {
            Self::Markdown => "--markdown",
            Self::Csv => "--csv",
            Self::Json => "--json",
            Self::Html => "--html",
            Self::Junit => "--junit",
        }
    }
}

/// Writes results in one format.
pub type Writer<R> = Box<dyn Fn(&R, &mut dyn Write) -> io::Result<()>>;

/// A file that belongs to another one: where it goes, and what is in it.
pub struct Beside<R> {
    /// From the path of the other one.
    pub path: fn(&Path) -> PathBuf,
    /// What writes it.
    pub write: Writer<R>,
}

/// Results that can be written in every [`Format`]. Each of the writers returns whatever `out` does.
#[expect(missing_docs, reason = "one writer for each format")]
pub trait Formats: Serialize + Sized + 'static {
    fn markdown(&self, out: &mut dyn Write) -> io::Result<()>;
    fn csv(&self, out: &mut dyn Write) -> io::Result<()>;
    fn html(&self, out: &mut dyn Write) -> io::Result<()>;
    fn junit(&self, out: &mut dyn Write) -> io::Result<()>;

    /// Writes them in one of the formats.
    ///
    /// # Errors
    ///
    /// Whatever `out` returns.
    fn write_as(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Markdown => self.markdown(out),
            Format::Csv => self.csv(out),
            Format::Json => json::write(self, out),
            Format::Html => self.html(out),
            Format::Junit => self.junit(out),
        }
    }

    /// A second file that comes with one of this format.
    #[must_use]
    fn beside(_format: Format) -> Option<Beside<Self>> {
        None
    }

    /// What is worth a line beside a change, the worst first.
    fn annotations(&self) -> Vec<Annotation>;
}
