//! What GitHub Actions is told, where it runs this command: annotations, and the summary of the step.

use std::env;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use clap::ValueEnum;

use crate::report::github::{commands, fitting};
use crate::report::{Format, Formats};
use crate::sys::errno::describe;
use crate::ui::print;

/// Bytes that the summary of a step may have.
const LARGEST_SUMMARY: u64 = 1024 * 1024;

/// Whether GitHub is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Github {
    /// Annotations where GITHUB_ACTIONS is true, a summary where GITHUB_STEP_SUMMARY names a file
    Auto,
    /// Neither
    Never,
}

impl Github {
    /// Tells what there is to tell. What cannot be told is no reason to fail: the results are
    /// elsewhere, too.
    pub(super) fn tell<R: Formats>(self, report: &R, data_on_stdout: bool) {
        if self == Self::Never {
            return;
        }
        if env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
            let workspace = env::var_os("GITHUB_WORKSPACE");
            let here = env::current_dir().unwrap_or_default();
            let commands =
                commands(&report.annotations(), workspace.as_deref().map(Path::new), &here);
            // A runner reads commands from both.
            if data_on_stdout { print::aside(&commands) } else { print::out(&commands) }
        }
        let summary = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
        if let Some(path) = summary {
            let path = Path::new(&path);
            if let Err(error) = append(report, path) {
                let path = path.display();
                print::aside(&format!("no step summary: {path}: {}\n", describe(&error)));
            }
        }
    }
}

/// Appends the results as Markdown; other commands of the step have written there before.
fn append(report: &impl Formats, path: &Path) -> std::io::Result<()> {
    let mut markdown = Vec::new();
    report.write_as(Format::Markdown, &mut markdown)?;
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    let left = LARGEST_SUMMARY.saturating_sub(file.metadata()?.len());
    let room = usize::try_from(left).unwrap_or(usize::MAX).saturating_sub(1);
    let mut text = fitting(&String::from_utf8_lossy(&markdown), room);
    // Apart from what the next command appends.
    text.push('\n');
    file.write_all(text.as_bytes())
}
