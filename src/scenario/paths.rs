//! Paths: relative, plain, short enough, and nothing that leads out of the run directory.

use std::ops::Range;

use super::check::{MAX_COMPONENT, MAX_NAME, MAX_PATH};
use super::diagnostic::{Diagnostic, Log, Text};
use super::suggest;
use super::template::{Piece, Template};

/// Which holes a path may have, and how long what fills them can get.
#[derive(Clone, Copy)]
pub(super) enum Holes {
    /// None: the path is the same everywhere.
    None,
    /// `{index}`, below this count.
    Fixture { count: u32 },
    /// `{actor}`, `{iteration}` and `{random:N}`, for an actor whose longest instance name has
    /// this many bytes.
    Step { actor: usize },
}

/// Reads a path and reports everything that is wrong with it.
pub(super) fn path(log: &Log<'_>, text: &Text<'_>, holes: Holes, what: &str) -> Option<Template> {
    let report = |part: Range<usize>, message: String, label: &str, help: Option<String>| {
        log.add(Diagnostic::new(log.inside(text, part), message).label(label).help(help));
    };
    let before = log.len();
    let value = text.value;
    if value.is_empty() {
        report(0..0, format!("{what} must not be empty"), "nothing here", None);
        return None;
    }
    if let Some(at) = value.find('\0') {
        report(at..at + 1, format!("{what} must not contain NUL"), "", None);
    }
    if value.starts_with('/') {
        let rest = value.trim_start_matches('/');
        let help = (!rest.is_empty()).then(|| format!("write \"{rest}\""));
        let label = "paths are relative to the run directory";
        report(0..1, format!("{what} must not be absolute"), label, help);
        return None;
    }
    let template = match value.parse::<Template>() {
        Ok(template) => template,
        Err(error) => {
            report(error.span, error.message, "", error.help);
            return None;
        }
    };
    check_holes(&template, holes, &report);
    let mut start = 0;
    let mut total = 0;
    for component in value.split('/') {
        let part = start..start + component.len();
        start = part.end + 1;
        match component {
            "" => {
                let around = part.start.saturating_sub(1)..part.end;
                let label = "nothing between or after the slashes";
                report(around, format!("{what} has an empty component"), label, None);
            }
            "." => {
                let help = "to use a whole directory, put one into the fixture and name it";
                let message = format!("{what} must not contain `.`");
                report(part.clone(), message, "leave it out", Some(help.to_owned()));
            }
            ".." => {
                let label = "nothing may lead out of the run directory";
                report(part.clone(), format!("{what} must not contain `..`"), label, None);
            }
            _ => {}
        }
        // No hole contains a slash, so a component is a template of its own.
        let length = component.parse::<Template>().map_or(0, |part| longest(&part, holes));
        if length > MAX_COMPONENT {
            let label = format!("up to {length} bytes, the limit is {MAX_COMPONENT}");
            report(part, format!("{what} has a component that is too long"), &label, None);
        }
        total += length + 1;
    }
    if total > MAX_PATH + 1 {
        let label = format!("up to {} bytes, the limit is {MAX_PATH}", total - 1);
        report(0..value.len(), format!("{what} is too long"), &label, None);
    }
    (log.len() == before).then_some(template)
}

/// Reads a path that has no holes, as text.
pub(super) fn plain_path(log: &Log<'_>, text: &Text<'_>, what: &str) -> Option<String> {
    let template = path(log, text, Holes::None, what)?;
    template.as_literal().map(str::to_owned)
}

fn check_holes(
    template: &Template,
    holes: Holes,
    report: &impl Fn(Range<usize>, String, &str, Option<String>),
) {
    let mut at = 0;
    for piece in &template.0 {
        let shown = piece.to_string();
        let part = at..at + shown.len();
        at = part.end;
        let problem = match (piece, holes) {
            (Piece::Text(_), _) => continue,
            (_, Holes::None) => "this path is the same for all actors, so it has no holes",
            (Piece::Index, Holes::Fixture { count }) if count > 1 => continue,
            (Piece::Index, Holes::Fixture { .. }) => "`{index}` needs `count` above 1",
            (_, Holes::Fixture { .. }) => "the fixture is made before any actor runs",
            (Piece::Index, Holes::Step { .. }) => {
                "`{index}` belongs to fixture entries with `count`"
            }
            (_, Holes::Step { .. }) => continue,
        };
        let help = match (piece, holes) {
            (Piece::Index, Holes::Step { .. }) => {
                Some("`{random:N}` names one of N entries".to_owned())
            }
            _ => None,
        };
        report(part, format!("`{shown}` cannot be used here"), problem, help);
    }
}

/// How many bytes a template can come to.
fn longest(template: &Template, holes: Holes) -> usize {
    let digits = |number: u64| number.to_string().len();
    let piece = |piece: &Piece| match (piece, holes) {
        (Piece::Text(text), _) => text.len(),
        (Piece::Actor, Holes::Step { actor }) => actor,
        (Piece::Actor, _) => MAX_NAME,
        (Piece::Iteration, _) => digits(u64::MAX),
        (Piece::Random { below, .. }, _) => digits(below - 1),
        (Piece::Index, Holes::Fixture { count }) => digits(u64::from(count.saturating_sub(1))),
        (Piece::Index, _) => digits(u64::from(u32::MAX)),
    };
    template.0.iter().map(piece).sum()
}

/// Checks the name of an actor, a branch, a descriptor or a process. Such names become parts of
/// paths and of rows in tables, so they are plain.
pub(super) fn name<'a>(log: &Log<'_>, text: &Text<'a>, what: &str) -> Option<&'a str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if text.value.is_empty() {
        log.add(Diagnostic::new(
            text.span.clone(),
            format!("the name of {what} must not be empty"),
        ));
        return None;
    }
    if let Some((at, wrong)) = text.value.char_indices().find(|(_, c)| !plain(*c)) {
        let place = log.inside(text, at..at + wrong.len_utf8());
        log.add(
            Diagnostic::new(place, format!("{wrong:?} cannot be in the name of {what}"))
                .label("names are made of letters, digits, `-` and `_`"),
        );
        return None;
    }
    if text.value.len() > MAX_NAME {
        let message = format!("the name of {what} is longer than {MAX_NAME} bytes");
        log.add(Diagnostic::new(text.span.clone(), message));
        return None;
    }
    Some(text.value)
}

/// Checks a name in kebab-case, as scenarios and tags have it.
pub(super) fn kebab<'a>(log: &Log<'_>, text: &Text<'a>, what: &str) -> Option<&'a str> {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    if text.value.len() <= MAX_NAME && text.value.split('-').all(word) {
        return Some(text.value);
    }
    let suggestion: Vec<String> = text
        .value
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let suggestion = suggestion.join("-");
    let fits = !suggestion.is_empty() && suggestion.len() <= MAX_NAME;
    let message = format!("{what} must be in kebab-case, of at most {MAX_NAME} bytes");
    log.add(
        Diagnostic::new(text.span.clone(), message)
            .label("use lower-case letters, digits and single `-`")
            .help(fits.then(|| format!("write {}", suggest::list([suggestion.as_str()], "and")))),
    );
    None
}
