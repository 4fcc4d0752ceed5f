//! The options that say where results go, the same for every command that has results.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::exit::CliError;
use super::github::Github;
use crate::report::format::Writer;
use crate::report::{Format, Formats, Outputs};

/// Files, what is printed, and what GitHub is told.
#[derive(Debug, Args)]
pub(super) struct OutputArgs {
    /// What is printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Shown::Text)]
    format: Shown,
    /// Also write it as CSV; of a run, the latencies go to the same name with -latency.csv; `-` is
    /// standard output
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Also write it as JSON (`fsrace schema`); `-` is standard output
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Also write it as an HTML page that needs nothing else; `-` is standard output
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Also write it as Markdown; `-` is standard output
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Also write it as JUnit XML, for CI systems; `-` is standard output
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Whether GitHub Actions, where it runs this, gets annotations and a step summary (default: auto,
    /// of `report` never, since the run has told it already)
    #[arg(long, value_enum, value_name = "WHEN")]
    pub(super) github: Option<Github>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shown {
    /// For people
    Text,
    /// For issues and pages
    Markdown,
    /// Rows
    Csv,
    /// Everything
    Json,
    /// One page that needs nothing else
    Html,
    /// JUnit XML
    Junit,
}

impl Shown {
    /// What goes to standard output instead of text.
    fn format(self) -> Option<Format> {
        match self {
            Self::Text => None,
            Self::Markdown => Some(Format::Markdown),
            Self::Csv => Some(Format::Csv),
            Self::Json => Some(Format::Json),
            Self::Html => Some(Format::Html),
            Self::Junit => Some(Format::Junit),
        }
    }
}

impl OutputArgs {
    /// The files that are asked for.
    pub(super) fn files(&self) -> impl Iterator<Item = (Format, &Path)> {
        let all = [
            (Format::Csv, &self.csv),
            (Format::Json, &self.json),
            (Format::Html, &self.html),
            (Format::Markdown, &self.markdown),
            (Format::Junit, &self.junit),
        ];
        all.into_iter().filter_map(|(format, path)| Some((format, path.as_deref()?)))
    }

    /// Opens all that is asked for.
    ///
    /// # Errors
    /// Environment: what cannot be written, or is asked for twice.
    pub(super) fn open<R: Formats>(&self) -> Result<Outputs<R>, CliError> {
        let mut outputs = Outputs::open(self.files()).map_err(CliError::environment)?;
        if let Some(format) = self.format.format() {
            let write: Writer<R> = Box::new(move |report, out| report.write_as(format, out));
            outputs.add("--format", Path::new("-"), write).map_err(CliError::environment)?;
        }
        Ok(outputs)
    }
}
