//! Reading CSV by the names in its header: columns may come in any order, unknown ones are passed
//! over, and files that were concatenated bring their headers along.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::whole_text::{self, WholeText};
use super::{ReadError, ReadProblem, SCHEMA_VERSION};

/// Calls `row` with every row of `input`, in order. `required` are the columns without which a
/// file is of another kind; `path` only names the input in errors.
pub(super) fn for_each_row(
    input: impl Read,
    path: &Path,
    required: &[&'static str],
    mut row: impl FnMut(&Fields) -> Result<(), ReadProblem>,
) -> Result<(), ReadError> {
    // Flexible, so that a second header with other columns gets this far; every row is held
    // against its own header below.
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(WholeText::new(input));
    let mut header: Option<Header> = None;
    let mut record = ::csv::StringRecord::new();
    let mut last = None;
    loop {
        let more = reader.read_record(&mut record).map_err(|e| from_csv(e, path))?;
        let line = record.position().map(::csv::Position::line);
        last = if more { line } else { last };
        let fail = |problem| ReadError { path: path.to_owned(), line, problem };
        if !more {
            let empty =
                || ReadError { path: path.to_owned(), line: None, problem: ReadProblem::Empty };
            header.ok_or_else(empty)?;
            return if reader.get_ref().is_whole() { Ok(()) } else { Err(cut(path, last)) };
        }
        match &header {
            Some(header) if !is_header(&record) => {
                let fields = Fields { header, record: &record, line: line.unwrap_or(0) };
                fields.check().and_then(|()| row(&fields)).map_err(fail)?;
            }
            _ => header = Some(Header::new(&record, required).map_err(fail)?),
        }
    }
}

/// Whether a record is a header in the middle of concatenated files. No value of a row looks like
/// this: names of scenarios have no underscore.
fn is_header(record: &::csv::StringRecord) -> bool {
    ["schema_version", "scenario"]
        .iter()
        .all(|name| record.iter().any(|field| field.trim() == *name))
}

struct Header {
    columns: HashMap<String, usize>,
    width: usize,
}

impl Header {
    fn new(record: &::csv::StringRecord, required: &[&'static str]) -> Result<Self, ReadProblem> {
        let columns: HashMap<_, _> =
            record.iter().enumerate().map(|(i, name)| (name.trim().to_owned(), i)).collect();
        match required.iter().find(|name| !columns.contains_key(**name)) {
            Some(missing) => Err(ReadProblem::MissingColumn(missing)),
            None => Ok(Self { columns, width: record.len() }),
        }
    }
}

/// One row, by column name.
pub(super) struct Fields<'a> {
    header: &'a Header,
    record: &'a ::csv::StringRecord,
    line: u64,
}

impl Fields<'_> {
    /// The schema version comes first: in another version nothing else need make sense.
    fn check(&self) -> Result<(), ReadProblem> {
        let found = self.text("schema_version");
        if self.header.width == self.record.len() && found.parse() != Ok(SCHEMA_VERSION) {
            let made_by = Some(self.text("fsrace_version")).filter(|v| !v.is_empty());
            return Err(ReadProblem::SchemaVersion {
                found: found.to_owned(),
                made_by: made_by.map(str::to_owned),
            });
        }
        if self.header.width != self.record.len() {
            return Err(ReadProblem::FieldCount {
                expected: self.header.width,
                found: self.record.len(),
            });
        }
        Ok(())
    }

    /// Line of the row in the file, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Whether the file has this column.
    pub fn has(&self, column: &str) -> bool {
        self.header.columns.contains_key(column)
    }

    /// The text of a column; empty where the column is not there.
    pub fn text(&self, column: &str) -> &str {
        self.header.columns.get(column).and_then(|i| self.record.get(*i)).unwrap_or_default()
    }

    /// A text that must not be empty.
    pub fn some_text(&self, column: &'static str) -> Result<String, ReadProblem> {
        match self.text(column) {
            "" => Err(self.bad(column, "a text")),
            text => Ok(text.to_owned()),
        }
    }

    /// A whole number.
    pub fn integer<T: FromStr>(&self, column: &'static str) -> Result<T, ReadProblem> {
        self.optional_integer(column)?.ok_or_else(|| self.bad(column, "a whole number"))
    }

    /// A whole number, or nothing where the field is empty or the column is not there.
    pub fn optional_integer<T: FromStr>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, ReadProblem> {
        match self.text(column) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| self.bad(column, "a whole number in range")),
        }
    }

    /// A finite number, or nothing where the field is empty or the column is not there.
    pub fn optional_number(&self, column: &'static str) -> Result<Option<f64>, ReadProblem> {
        match self.text(column) {
            "" => Ok(None),
            text => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(Some(number)),
                _ => Err(self.bad(column, "a number")),
            },
        }
    }

    /// One of the words of an enumeration, spelled as in the JSON.
    pub fn word<T: DeserializeOwned>(
        &self,
        column: &'static str,
        expected: &'static str,
    ) -> Result<T, ReadProblem> {
        serde_json::from_value(Value::String(self.text(column).to_owned()))
            .map_err(|_| self.bad(column, expected))
    }

    /// A value that is not what its column holds.
    pub fn bad(&self, column: &'static str, expected: &'static str) -> ReadProblem {
        ReadProblem::Value { column, value: self.text(column).to_owned(), expected }
    }
}

fn cut(path: &Path, line: Option<u64>) -> ReadError {
    ReadError { path: path.to_owned(), line, problem: ReadProblem::Cut }
}

fn from_csv(error: ::csv::Error, path: &Path) -> ReadError {
    let line = error.position().map(::csv::Position::line);
    let problem = match error.into_kind() {
        ::csv::ErrorKind::Io(error) => whole_text::problem(error),
        ::csv::ErrorKind::Utf8 { .. } => ReadProblem::Syntax("is not UTF-8 text".to_owned()),
        other => ReadProblem::Syntax(format!("is not CSV: {other:?}")),
    };
    ReadError { path: path.to_owned(), line, problem }
}
