//! A cursor over one TOML table: typed getters that record what is wrong, and a last look for
//! keys that nobody asked for.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::diagnostic::{Diagnostic, Log, Text};
use super::suggest;
use super::words::Word;

/// A table that is being read.
pub(super) struct Reader<'a> {
    pub(super) log: &'a Log<'a>,
    /// Where the table is, for what is missing in it.
    pub(super) span: Range<usize>,
    /// What the table is, in a sentence: "an actor".
    what: String,
    table: &'a DeTable<'a>,
    known: Vec<&'static str>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        log: &'a Log<'a>,
        table: &'a DeTable<'a>,
        span: Range<usize>,
        what: impl Into<String>,
    ) -> Self {
        Reader { log, span, what: what.into(), table, known: Vec::new() }
    }

    /// The value of a key that may be absent.
    pub(super) fn optional(&mut self, key: &'static str) -> Option<Item<'a>> {
        self.known.push(key);
        let (name, value) = self.table.get_key_value(key)?;
        Some(Item {
            log: self.log,
            key: name.span(),
            span: value.span(),
            name: format!("`{key}`"),
            value: value.get_ref(),
        })
    }

    /// The value of a key that must be there.
    pub(super) fn required(&mut self, key: &'static str) -> Option<Item<'a>> {
        let item = self.optional(key);
        if item.is_none() {
            let message = format!("{} needs `{key}`", self.what);
            let label = format!("`{key}` is missing");
            self.log.add_absence(Diagnostic::new(self.span.clone(), message).label(label));
        }
        item
    }

    /// Keys that were not asked for, in file order.
    pub(super) fn unknown(&self) -> Vec<Text<'a>> {
        let mut keys: Vec<Text<'a>> = self
            .table
            .keys()
            .filter(|key| !self.known.contains(&key.get_ref().as_ref()))
            .map(|key| Text { value: key.get_ref().as_ref(), span: key.span() })
            .collect();
        keys.sort_by_key(|key| key.span.start);
        keys
    }

    /// Reports keys that were not asked for.
    pub(super) fn finish(self) {
        for key in self.unknown() {
            let allowed = self.known.iter().copied();
            self.log.add(
                Diagnostic::new(key.span, format!("unknown key `{}` in {}", key.value, self.what))
                    .label(format!("allowed: {}", suggest::list(allowed.clone(), "and")))
                    .help(suggest::did_you_mean(key.value, allowed)),
            );
        }
    }

    /// All entries in file order, for a table whose keys the author chooses.
    pub(super) fn entries(&self) -> Vec<(Text<'a>, Item<'a>)> {
        let mut entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| {
                let name = key.get_ref().as_ref();
                let item = Item {
                    log: self.log,
                    key: key.span(),
                    span: value.span(),
                    name: format!("`{name}`"),
                    value: value.get_ref(),
                };
                (Text { value: name, span: key.span() }, item)
            })
            .collect();
        entries.sort_by_key(|(key, _)| key.span.start);
        entries
    }
}

/// A value, with what a message needs to speak about it.
#[derive(Clone)]
pub(super) struct Item<'a> {
    pub(super) log: &'a Log<'a>,
    /// Where its key is.
    pub(super) key: Range<usize>,
    /// Where the value is.
    pub(super) span: Range<usize>,
    /// What it is called, quoted.
    pub(super) name: String,
    pub(super) value: &'a DeValue<'a>,
}

impl<'a> Item<'a> {
    /// Records a mistake at the value.
    pub(super) fn wrong(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.span.clone(), message)
    }

    /// Records that the value is of the wrong type.
    pub(super) fn wrong_type(&self, wanted: &str) {
        let article = match self.value {
            DeValue::Integer(_) | DeValue::Array(_) => "an",
            _ => "a",
        };
        self.log.add(
            self.wrong(format!("{} must be {wanted}", self.name))
                .label(format!("this is {article} {}", self.value.type_str())),
        );
    }

    pub(super) fn text(&self) -> Option<Text<'a>> {
        match self.value {
            DeValue::String(value) => Some(Text { value: value.as_ref(), span: self.span.clone() }),
            _ => {
                self.wrong_type("a string");
                None
            }
        }
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        let value = self.value.as_bool();
        if value.is_none() {
            self.wrong_type("true or false");
        }
        value
    }

    /// A whole number within these bounds.
    pub(super) fn integer(&self, from: u64, to: u64) -> Option<u64> {
        let Some(integer) = self.value.as_integer() else {
            self.wrong_type("an integer");
            return None;
        };
        let value = i128::from_str_radix(integer.as_str(), integer.radix()).ok();
        match value.and_then(|value| u64::try_from(value).ok()) {
            Some(value) if (from..=to).contains(&value) => Some(value),
            _ => {
                let message = match to {
                    u64::MAX => format!("{} must be at least {from}", self.name),
                    _ => format!("{} must be from {from} to {to}", self.name),
                };
                self.log.add(self.wrong(message).label("out of range"));
                None
            }
        }
    }

    pub(super) fn integer_u32(&self, from: u32, to: u32) -> Option<u32> {
        self.integer(from.into(), to.into()).and_then(|value| u32::try_from(value).ok())
    }

    pub(super) fn table(&self, what: impl Into<String>) -> Option<Reader<'a>> {
        match self.value {
            DeValue::Table(table) => Some(Reader::new(self.log, table, self.span.clone(), what)),
            _ => {
                self.wrong_type("a table");
                None
            }
        }
    }

    pub(super) fn list(&self) -> Option<Vec<Item<'a>>> {
        match self.value {
            DeValue::Array(_) => Some(self.elements()),
            _ => {
                self.wrong_type("a list");
                None
            }
        }
    }

    /// A list, or one value that stands for a list of one.
    pub(super) fn one_or_more(&self) -> Vec<Item<'a>> {
        let elements = match self.value {
            DeValue::Array(_) => self.elements(),
            _ => return vec![self.clone()],
        };
        if elements.is_empty() {
            self.log.add(self.wrong(format!("{} must not be empty", self.name)));
        }
        elements
    }

    fn elements(&self) -> Vec<Item<'a>> {
        let DeValue::Array(array) = self.value else { return Vec::new() };
        array
            .iter()
            .map(|element| Item {
                log: self.log,
                key: element.span(),
                span: element.span(),
                name: match self.name.starts_with('`') {
                    true => format!("each entry of {}", self.name),
                    false => self.name.clone(),
                },
                value: element.get_ref(),
            })
            .collect()
    }

    /// One of a closed set of words.
    pub(super) fn word<W: Word>(&self) -> Option<W> {
        let text = self.text()?;
        let found = W::WORDS.iter().find(|(name, _)| *name == text.value);
        if found.is_none() {
            let names = W::WORDS.iter().map(|(name, _)| *name);
            self.log.add(
                self.wrong(format!("unknown {} `{}`", W::WHAT, text.value))
                    .label(format!("allowed: {}", suggest::list(names.clone(), "and")))
                    .help(suggest::did_you_mean(text.value, names)),
            );
        }
        found.map(|(_, word)| *word)
    }
}
