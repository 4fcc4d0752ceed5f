//! Where scenarios come from: the built-in ones, files and directories.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::exit::CliError;
use crate::scenario::{Diagnostics, LONGEST, Scenario, parse};
use crate::sys::errno;

/// The shipped scenarios, so that an installed `fsrace` needs no checkout.
static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// A scenario with the text it came from.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) scenario: Scenario,
    pub(super) text: String,
    /// The file, as messages call it.
    name: String,
    /// Group of a built-in scenario: its directory.
    pub(super) group: String,
}

impl Loaded {
    /// The file it came from, as it was given; `None` for a built-in one.
    pub(super) fn file(&self) -> Option<&str> {
        self.group.is_empty().then_some(self.name.as_str())
    }
}

/// A TOML text and what it is called in messages.
struct Source {
    name: String,
    group: String,
    text: String,
}

/// The scenarios in these files and directories; the built-in ones when there are none.
///
/// # Errors
/// Usage: all mistakes of all files at once. Environment: a file that cannot be read.
pub(super) fn load(paths: &[PathBuf]) -> Result<Vec<Loaded>, CliError> {
    let sources = if paths.is_empty() { built_in_sources() } else { read_all(paths)? };
    let mut loaded: Vec<Loaded> = Vec::new();
    let mut mistakes: Vec<Diagnostics> = Vec::new();
    for Source { name, group, text } in sources {
        match parse(&text, &name) {
            Ok(scenario) => loaded.push(Loaded { scenario, text, name, group }),
            Err(diagnostics) => mistakes.push(diagnostics),
        }
    }
    if !mistakes.is_empty() {
        let texts: Vec<String> = mistakes.iter().map(|mistakes| mistakes.render(true)).collect();
        let files = if mistakes.len() == 1 { "a scenario file" } else { "some scenario files" };
        return Err(CliError::Usage(format!("{files} cannot be used\n{}", texts.join("\n"))));
    }
    refuse_twins(&loaded)?;
    Ok(loaded)
}

/// The built-in scenarios.
///
/// # Errors
/// None in a released fsrace: a test checks every shipped scenario.
pub(super) fn built_in() -> Result<Vec<Loaded>, CliError> {
    load(&[])
}

fn refuse_twins(loaded: &[Loaded]) -> Result<(), CliError> {
    for (index, one) in loaded.iter().enumerate() {
        let twin = |other: &&Loaded| other.scenario.name == one.scenario.name;
        if let Some(other) = loaded[..index].iter().find(twin) {
            return Err(CliError::Usage(format!(
                "two scenarios are called `{}`, in {} and {}: rename one of them, or run them apart",
                one.scenario.name, other.name, one.name
            )));
        }
    }
    Ok(())
}

fn built_in_sources() -> Vec<Source> {
    let mut sources = Vec::new();
    let mut directories: Vec<&Dir<'_>> = BUILT_IN.dirs().collect();
    directories.sort_by_key(|directory| directory.path());
    for directory in directories {
        let mut files: Vec<_> = directory.files().collect();
        files.sort_by_key(|file| file.path());
        for file in files.into_iter().filter(|file| is_toml(file.path())) {
            sources.push(Source {
                name: format!("scenarios/{}", file.path().display()),
                group: directory.path().display().to_string(),
                text: file.contents_utf8().unwrap_or_default().to_owned(),
            });
        }
    }
    sources
}

fn read_all(paths: &[PathBuf]) -> Result<Vec<Source>, CliError> {
    let mut sources = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = sources.len();
            read_directory(path, &mut Vec::new(), &mut sources)?;
            if sources.len() == before {
                let path = path.display();
                return Err(CliError::Usage(format!("{path}: no scenario (*.toml) in it")));
            }
        } else {
            sources.push(read_file(path)?);
        }
    }
    Ok(sources)
}

/// Reads the scenarios in and below a directory. `above` are the directories it was reached
/// through: a symbolic link may lead back to one of them.
fn read_directory(
    path: &Path,
    above: &mut Vec<PathBuf>,
    sources: &mut Vec<Source>,
) -> Result<(), CliError> {
    let real = path.canonicalize().map_err(|error| unreadable(path, &error))?;
    if above.contains(&real) {
        return Ok(());
    }
    let entries = std::fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|error| unreadable(path, &error))?.path());
    }
    paths.sort();
    above.push(real);
    for path in paths {
        if path.is_dir() {
            read_directory(&path, above, sources)?;
        } else if is_toml(&path) {
            sources.push(read_file(&path)?);
        }
    }
    above.pop();
    Ok(())
}

/// Reads a scenario; from a pipe too, as a shell's `<(...)` is one.
fn read_file(path: &Path) -> Result<Source, CliError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(path, &error))?;
    let shown = path.display();
    if bytes.len() as u64 > LONGEST {
        let limit = LONGEST >> 20;
        return Err(CliError::Usage(format!(
            "{shown}: longer than {limit} MiB, so not a scenario"
        )));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        CliError::Usage(format!("{shown}: not UTF-8 text (byte {at})"))
    })?;
    Ok(Source { name: shown.to_string(), group: String::new(), text })
}

fn unreadable(path: &Path, error: &std::io::Error) -> CliError {
    let advice = match error.kind() {
        std::io::ErrorKind::NotFound => {
            "give a scenario file or a directory of them (`fsrace list` shows the built-in ones)"
        }
        _ => "give a file that you may read",
    };
    CliError::Usage(format!("{}: {}; {advice}", path.display(), errno::describe(error)))
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "toml")
}
