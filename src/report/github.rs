//! What GitHub Actions shows of results: annotations (workflow commands on standard output) and the
//! summary of a step (Markdown that is appended to a file).

use std::path::{Path, PathBuf};

/// What ends a summary that was cut.
const NOTE: &str = "\n_The rest has no room here: see the files of the run._\n";

/// Annotations of one kind that GitHub shows of a step; it drops the rest without a word.
const SHOWN: usize = 10;

/// Something worth a line beside a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// How bad it is.
    pub level: Level,
    /// What it is about, in a few words.
    pub title: String,
    /// What is to be said; may have several lines.
    pub message: String,
    /// The scenario's file, where it is known, absolute or from the current directory.
    pub file: Option<PathBuf>,
}

/// How bad an annotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It fails the run.
    Error,
    /// It decides nothing, and somebody should know.
    Warning,
}

impl Level {
    fn command(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// The workflow commands for annotations, one a line. Of each level there are no more than GitHub
/// shows; the last of them then says how many there are beside. A file is named if it lies in
/// `workspace`, which is what GitHub knows the files of; `here` is the current directory.
#[must_use]
pub fn commands(annotations: &[Annotation], workspace: Option<&Path>, here: &Path) -> String {
    let mut out = String::new();
    for level in [Level::Error, Level::Warning] {
        let of_level: Vec<_> = annotations.iter().filter(|one| one.level == level).collect();
        let shown = if of_level.len() > SHOWN { SHOWN - 1 } else { of_level.len() };
        for one in &of_level[..shown] {
            let file = one.file.as_deref().and_then(|file| in_workspace(file, workspace?, here));
            let file = file.map(|file| format!("file={},", property(&file.to_string_lossy())));
            out += &format!(
                "::{} {}title={}::{}\n",
                level.command(),
                file.unwrap_or_default(),
                property(&one.title),
                message(&one.message)
            );
        }
        if of_level.len() > shown {
            let more = of_level.len() - shown;
            out += &format!(
                "::{} title=fsrace::and {more} more of these, which GitHub would not show: see the \
                 step summary\n",
                level.command()
            );
        }
    }
    out
}

/// The path that GitHub knows a file by.
fn in_workspace(file: &Path, workspace: &Path, here: &Path) -> Option<PathBuf> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let file = real(&here.join(file));
    file.strip_prefix(real(workspace)).ok().map(Path::to_owned)
}

/// The text of a command: a line break would end it.
fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a command: colons and commas separate them.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

/// As much of a summary as there is room for, in bytes; GitHub drops the summary of a step that is
/// longer than 1 MiB. It is cut between two paragraphs, outside of blocks of code.
#[must_use]
pub fn fitting(markdown: &str, room: usize) -> String {
    if markdown.len() <= room {
        return markdown.to_owned();
    }
    let room = room.saturating_sub(NOTE.len());
    let (mut end, mut kept, mut in_code) = (0, 0, false);
    for line in markdown.split_inclusive('\n') {
        if end + line.len() > room {
            break;
        }
        end += line.len();
        if line.starts_with("```") {
            in_code = !in_code;
        }
        if line.trim().is_empty() && !in_code {
            kept = end;
        }
    }
    format!("{}{NOTE}", &markdown[..kept])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(level: Level, title: &str, message: &str) -> Annotation {
        Annotation { level, title: title.to_owned(), message: message.to_owned(), file: None }
    }

    #[test]
    fn what_separates_is_escaped() {
        let hostile = one(Level::Error, "a:b,c%d\n::error::e", "100 %, a: b\r\n::error::no");
        let text = commands(&[hostile], None, Path::new("/"));
        assert_eq!(
            text,
            "::error title=a%3Ab%2Cc%25d%0A%3A%3Aerror%3A%3Ae::100 %25, a: b%0D%0A::error::no\n"
        );
    }

    #[test]
    fn no_more_are_printed_than_are_shown() {
        let errors = (0..25).map(|n| one(Level::Error, &format!("e{n}"), "m"));
        let warnings = (0..10).map(|n| one(Level::Warning, &format!("w{n}"), "m"));
        let text = commands(&errors.chain(warnings).collect::<Vec<_>>(), None, Path::new("/"));
        let count = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
        assert_eq!((count("::error "), count("::warning ")), (10, 10));
        assert!(text.contains("::error title=e8::m\n::error title=fsrace::and 16 more"), "{text}");
    }

    #[test]
    fn files_are_named_as_the_repository_knows_them() {
        let at = |file: &str, workspace, here: &str| {
            let file = Some(PathBuf::from(file));
            let one = Annotation { file, ..one(Level::Error, "t", "m") };
            commands(&[one], workspace, Path::new(here))
        };
        let workspace = Some(Path::new("/none/repo"));
        assert_eq!(
            at("a,b.toml", workspace, "/none/repo/sub"),
            "::error file=sub/a%2Cb.toml,title=t::m\n"
        );
        assert_eq!(at("/elsewhere/a.toml", workspace, "/none/repo"), "::error title=t::m\n");
        assert_eq!(at("a.toml", None, "/none/repo"), "::error title=t::m\n");
    }

    #[test]
    fn a_summary_is_cut_between_paragraphs_and_not_in_code() {
        let code = "```text\nline\n\nline\n```\n";
        let text = format!("# Title\n\nfirst\n\n{code}\n{}", "last\n".repeat(100));
        assert_eq!(fitting(&text, 1_000), text);
        // Up to here, the empty line within the code would fit.
        let room = text.find("\nline\n```").unwrap() + NOTE.len();
        let cut = fitting(&text, room);
        assert_eq!(cut, format!("# Title\n\nfirst\n\n{NOTE}"));
        assert!(cut.len() <= room);
    }
}
