//! TOML in: types, spans, semantic check, diagnostics.
//!
//! ```text
//! text -> toml -> document -+- fixture, shared, run
//!                           +- actor -+- step --- fields, flags, results
//!                           |         `- flow: reached steps, branches, descriptors
//!                           `- digest
//! ```
//!
//! Every level reads its table through a `reader::Reader`, which notes what is wrong and goes
//! on, so that one check shows all mistakes of a file.

mod actor;
pub mod check;
mod describe;
mod diagnostic;
mod digest;
mod document;
mod errno;
mod fields;
mod fixture;
mod flags;
mod flow;
mod paths;
mod reader;
mod reference;
mod results;
mod run;
mod schema;
mod shared;
mod step;
mod suggest;
pub mod template;
pub mod types;
mod values;
mod words;
mod write;

pub use describe::describe;
pub use diagnostic::{Diagnostic, Diagnostics};
pub use digest::digest;
pub use errno::ERRNO_NAMES;
pub use fixture::sort_fixture;
pub use flags::normal as normal_flags;
pub use reference::operations_table;
pub use run::HANG_AFTER;
pub use schema::{schema, schema_text};
pub use template::{Piece, Template, TemplateError};
pub use types::*;
pub use values::{NotATime, duration};
pub use words::Word;
pub use write::to_toml;

use diagnostic::Log;
use reader::Reader;
use toml::de::DeTable;

/// Bytes that a scenario file may have.
pub const LONGEST: u64 = 64 << 20;

/// Reads and checks a scenario. `file` is the name that mistakes are shown with.
///
/// # Errors
///
/// Every mistake in the text, sorted by position: of TOML's syntax, and of what the file says.
/// After a syntax error, mistakes of the second kind are only looked for on the lines before it.
pub fn parse(text: &str, file: &str) -> Result<Scenario, Diagnostics> {
    let log = Log::new(text);
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader::new(&log, root.get_ref(), 0..0, "a scenario");
    let scenario = document::read(&mut reader);
    reader.finish();
    if scenario.is_none() && log.len() == 0 && errors.is_empty() {
        log.add(Diagnostic::new(0..0, "this scenario cannot be understood"));
    }
    match (log.finish(file, syntax(text, &errors)), scenario) {
        (None, Some(scenario)) => Ok(scenario),
        (Some(diagnostics), _) => Err(diagnostics),
        (None, None) => unreachable!("a scenario that was not read has a diagnostic"),
    }
}

/// The syntax errors, without those that only follow from an earlier one: the second in a line,
/// and what is still open at the end of the file.
fn syntax(text: &str, errors: &[toml::de::Error]) -> Vec<Diagnostic> {
    let mut all: Vec<Diagnostic> = errors
        .iter()
        .map(|error| {
            let span = error.span().unwrap_or(0..0);
            Diagnostic::new(span, format!("not valid TOML: {}", error.message()))
        })
        .collect();
    all.sort_by_key(|diagnostic| diagnostic.span.start);
    let line = |at: usize| text.bytes().take(at).filter(|byte| *byte == b'\n').count();
    let end = text.trim_end().len();
    let mut last = None;
    all.retain(|diagnostic| {
        let this = Some(line(diagnostic.span.start));
        let echo = last == this || (last.is_some() && diagnostic.span.start >= end);
        last = this;
        !echo
    });
    all
}

/// The commented example that `fsrace init` writes: it shows each part of the language.
pub fn starter() -> &'static str {
    include_str!("starter.toml")
}
