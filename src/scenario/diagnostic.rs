//! Mistakes in a scenario file, and how they are shown.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// More mistakes than this are counted, not drawn: nobody reads them.
const SHOWN: usize = 100;

/// One mistake, with its place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Byte range in the file.
    pub span: Range<usize>,
    /// What is wrong, in one line.
    pub message: String,
    /// What stands beside the caret; may be empty.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A mistake without label and help.
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Diagnostic { span, message: message.into(), label: String::new(), help: None }
    }

    /// Says something beside the caret.
    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Says what to do.
    pub(super) fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }
}

/// All mistakes of one file, in the order of their places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics {
    file: String,
    text: String,
    entries: Vec<Diagnostic>,
}

impl Diagnostics {
    /// The name that the file was given.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The mistakes, sorted by position. There is at least one.
    pub fn entries(&self) -> &[Diagnostic] {
        &self.entries
    }

    /// Draws every mistake the way rustc does, with file, line, column and caret. `color` adds
    /// ANSI escapes.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let mut out = String::new();
        for entry in self.entries.iter().take(SHOWN) {
            let mut annotation = AnnotationKind::Primary.span(self.visible(&entry.span));
            if !entry.label.is_empty() {
                annotation = annotation.label(entry.label.as_str());
            }
            let snippet =
                Snippet::source(self.text.as_str()).path(self.file.as_str()).annotation(annotation);
            let mut group = Level::ERROR.primary_title(entry.message.as_str()).element(snippet);
            if let Some(help) = &entry.help {
                group = group.element(Level::HELP.message(help.as_str()));
            }
            out.push_str(&renderer.render(&[group]));
            out.push_str("\n\n");
        }
        if self.entries.len() > SHOWN {
            out.push_str(&format!("... and {} more\n\n", self.entries.len() - SHOWN));
        }
        let plural = if self.entries.len() == 1 { "mistake" } else { "mistakes" };
        out.push_str(&format!("{}: {} {plural}\n", self.file, self.entries.len()));
        out
    }

    /// The span clamped to whole characters of the file, as the renderer needs it, and at least
    /// one of them wide within a line.
    fn visible(&self, span: &Range<usize>) -> Range<usize> {
        let floor = |mut at: usize| {
            at = at.min(self.text.len());
            while !self.text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let start = floor(span.start);
        let end = floor(span.end).max(start);
        match self.text[start..].chars().next() {
            Some(next) if start == end && !matches!(next, '\r' | '\n') => {
                start..start + next.len_utf8()
            }
            _ => start..end,
        }
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(false).trim_end())
    }
}

impl std::error::Error for Diagnostics {}

/// Collects mistakes while a file is read.
pub(super) struct Log<'a> {
    text: &'a str,
    entries: RefCell<Vec<Entry>>,
}

struct Entry {
    diagnostic: Diagnostic,
    /// Whether the mistake can be known from the text before it, so that a syntax error further
    /// down cannot have caused it.
    local: bool,
}

impl<'a> Log<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Log { text, entries: RefCell::new(Vec::new()) }
    }

    /// Records a mistake that stands where it is shown.
    pub(super) fn add(&self, diagnostic: Diagnostic) {
        self.entries.borrow_mut().push(Entry { diagnostic, local: true });
    }

    /// Records a mistake that depends on something that is absent, and so may only be the echo of
    /// a syntax error.
    pub(super) fn add_absence(&self, diagnostic: Diagnostic) {
        self.entries.borrow_mut().push(Entry { diagnostic, local: false });
    }

    /// The place of a part of a string, by the string's own place in the file. A string with
    /// escapes is shown as a whole.
    pub(super) fn inside(&self, text: &Text<'_>, part: Range<usize>) -> Range<usize> {
        let raw = self.text.get(text.span.clone()).unwrap_or_default();
        match raw.find(text.value) {
            Some(at) if !text.value.is_empty() => {
                let start = text.span.start + at;
                start + part.start..start + part.end
            }
            _ => text.span.clone(),
        }
    }

    /// How many mistakes there are so far.
    pub(super) fn len(&self) -> usize {
        self.entries.borrow().len()
    }

    /// Joins what was found in the values with the syntax errors. After a syntax error the parser
    /// guesses, so only what stands on the lines before the first one is kept.
    pub(super) fn finish(self, file: &str, mut syntax: Vec<Diagnostic>) -> Option<Diagnostics> {
        let mut entries: Vec<Diagnostic> = match syntax.iter().map(|d| d.span.start).min() {
            None => self.entries.into_inner().into_iter().map(|e| e.diagnostic).collect(),
            Some(first) => {
                let before = self.text.get(..first).unwrap_or_default();
                let line = before.rfind('\n').map_or(0, |at| at + 1);
                let sure = |entry: &Entry| entry.local && entry.diagnostic.span.end <= line;
                let values = self.entries.into_inner().into_iter().filter(sure);
                values.map(|entry| entry.diagnostic).collect()
            }
        };
        entries.append(&mut syntax);
        entries.sort_by_key(|entry| (entry.span.start, entry.span.end));
        entries.dedup();
        if entries.is_empty() {
            return None;
        }
        Some(Diagnostics { file: file.to_owned(), text: self.text.to_owned(), entries })
    }
}

/// A string of the file with its place.
#[derive(Clone, Debug)]
pub(super) struct Text<'a> {
    pub(super) value: &'a str,
    pub(super) span: Range<usize>,
}
