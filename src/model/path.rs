//! Names as small numbers, and paths as lists of them.

use std::collections::HashMap;

/// A name of a directory entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(pub u16);

/// A relative path without `.` and `..`; an empty one is the directory that it is relative to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path(pub Vec<Name>);

/// All names of a program.
#[derive(Clone, Debug, Default)]
pub struct Names {
    texts: Vec<String>,
    known: HashMap<String, Name>,
}

impl Names {
    /// The number of a name.
    pub fn intern(&mut self, text: &str) -> Name {
        if let Some(&name) = self.known.get(text) {
            return name;
        }
        let name = Name(self.texts.len() as u16);
        self.texts.push(text.to_owned());
        self.known.insert(text.to_owned(), name);
        name
    }

    /// The path that a text spells; `None` if it has components that the model does not know
    /// (`..`, an absolute path).
    pub fn path(&mut self, text: &str) -> Option<Path> {
        if text.starts_with('/') || text.split('/').any(|part| part == "..") {
            return None;
        }
        let parts = text.split('/').filter(|part| !part.is_empty() && *part != ".");
        Some(Path(parts.map(|part| self.intern(part)).collect()))
    }

    /// The text of a name.
    pub fn text(&self, name: Name) -> &str {
        &self.texts[usize::from(name.0)]
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}
