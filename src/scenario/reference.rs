//! The table of operations in `docs/scenarios.md`.

use std::fmt::Write;

use crate::ops::{self, FieldKind, FieldSpec, Need, OpSpec};

use super::types::{AccessMode, LockMode, LockOwner, OpenFlag, RenameFlag, Whence};
use super::words::Word;

/// All operations with their fields, as Markdown.
pub fn operations_table() -> String {
    let mut out = String::from("| operation | what it does | fields |\n|---|---|---|\n");
    for spec in ops::specs() {
        let _ = writeln!(out, "| `{}` | {} | {} |", spec.name, spec.about, fields(spec));
    }
    out.push_str("\n| value | what may be written |\n|---|---|\n");
    for (name, kind) in [
        ("open flags", FieldKind::OpenFlags),
        ("`flag` of `rename`", FieldKind::RenameFlag),
        ("`access`", FieldKind::AccessMode),
        ("`whence`", FieldKind::Whence),
        ("`lock`", FieldKind::LockMode),
        ("`owner`", FieldKind::LockOwner),
    ] {
        let _ = writeln!(out, "| {name} | {} |", words_of(kind));
    }
    out
}

fn fields(spec: &OpSpec) -> String {
    let required = spec.fields.iter().filter(|field| field.need == Need::Required);
    let either: Vec<String> = spec
        .fields
        .iter()
        .filter(|field| field.need == Need::OneOf)
        .map(|field| format!("`{}`", field.name))
        .collect();
    let optional = spec.fields.iter().filter(|field| field.need == Need::Optional);
    let mut parts: Vec<String> = required.map(|field| format!("`{}`", field.name)).collect();
    if !either.is_empty() {
        parts.push(either.join(" or "));
    }
    parts.extend(optional.map(|field: &FieldSpec| format!("[`{}`]", field.name)));
    parts.join(", ")
}

fn words_of(kind: FieldKind) -> String {
    match kind {
        FieldKind::OpenFlags => words::<OpenFlag>(),
        FieldKind::RenameFlag => words::<RenameFlag>(),
        FieldKind::AccessMode => words::<AccessMode>(),
        FieldKind::Whence => words::<Whence>(),
        FieldKind::LockMode => words::<LockMode>(),
        FieldKind::LockOwner => words::<LockOwner>(),
        _ => String::new(),
    }
}

fn words<W: Word>() -> String {
    let words: Vec<String> = W::WORDS.iter().map(|(word, _)| format!("`{word}`")).collect();
    words.join(", ")
}
