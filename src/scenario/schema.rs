//! The JSON Schema of scenario files, for editors. Made from the tables that the check uses, so
//! that both always speak of the same language.
//!
//! Draft 7, and `oneOf` rather than `if`/`then` for the operations: taplo and Even Better TOML
//! complete keys from the branches of `oneOf` and do not look into conditions.

use std::ops::RangeInclusive;

use serde_json::{Map, Value, json};

use crate::ops::{self, FieldKind, FieldSpec, Need, OpKind, OpSpec};

use super::check::{
    DETECTOR_CODES, MAX_CLIENT, MAX_CONTENT, MAX_FIXTURE, MAX_INSTANCES, MAX_NAME, MAX_OFFSET,
    MAX_REPEAT, MAX_STEPS,
};
use super::errno::ERRNO_NAMES;
use super::types::{AccessMode, LockMode, LockOwner, Mode, OpenFlag, RenameFlag, Whence};
use super::words::Word;
use super::{actor, document, fixture, results, step};

/// The JSON Schema of scenario files (draft 7).
pub fn schema() -> Value {
    let mut definitions = Map::new();
    definitions.insert(
        "step".to_owned(),
        json!({ "oneOf": ops::specs().map(operation).collect::<Vec<_>>() }),
    );
    definitions.insert("on".to_owned(), on(ERRNO_NAMES));
    definitions.insert("on-ok".to_owned(), on(&[]));
    for spec in ops::specs().filter(|spec| spec.can_fail()) {
        definitions.insert(expect_name(spec), expect(spec));
    }
    let schema = table(&document::KEYS, &["name", "actor"], |key| match key {
        "name" => kebab(),
        "about" => json!({ "type": "string" }),
        "tags" => list(kebab()),
        "sources" => list(json!({ "type": "string", "minLength": 1 })),
        "forbid" => list(json!({ "enum": DETECTOR_CODES })),
        "fixture" => json!({ "type": "object", "additionalProperties": fixture_entry() }),
        "shared" => json!({ "type": "object", "additionalProperties": shared() }),
        "run" => run(),
        _ => json!({ "type": "array", "minItems": 1, "items": one_actor() }),
    });
    let mut whole = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "fsrace scenario",
        "description": "What concurrent actors do to a filesystem.",
    });
    merge(&mut whole, schema);
    merge(&mut whole, json!({ "definitions": definitions }));
    whole
}

/// The schema as the file that is shipped beside the scenarios.
pub fn schema_text() -> String {
    let mut text = serde_json::to_string_pretty(&sorted(&schema())).expect("JSON is always text");
    text.push('\n');
    text
}

/// The same value with its keys in order, whatever order `serde_json` was built to keep.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| key.as_str());
            entries.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        scalar => scalar.clone(),
    }
}

fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

/// A value with a line that editors show.
fn described(mut value: Value, about: &str) -> Value {
    merge(&mut value, json!({ "description": about }));
    value
}

/// A table that takes these keys and no others.
fn table(keys: &[(&str, &str)], required: &[&str], value: impl Fn(&str) -> Value) -> Value {
    let properties: Map<String, Value> =
        keys.iter().map(|(key, about)| ((*key).to_owned(), described(value(key), about))).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "uniqueItems": true, "items": items })
}

fn words<W: Word>() -> Value {
    json!({ "enum": W::WORDS.iter().map(|(word, _)| *word).collect::<Vec<_>>() })
}

fn kebab() -> Value {
    json!({ "type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": MAX_NAME })
}

fn name() -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]+$", "maxLength": MAX_NAME })
}

fn path() -> Value {
    json!({ "type": "string", "pattern": "^[^/]" })
}

fn size(range: RangeInclusive<u64>) -> Value {
    json!({
        "type": ["integer", "string"],
        "minimum": range.start(),
        "maximum": range.end(),
        "pattern": "^[0-9]+([.][0-9]+)? *(B|KiB|MiB|GiB)$",
    })
}

fn time() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]+([.][0-9]+)? *(ns|us|µs|ms|s|m|h)$" })
}

fn permissions() -> Value {
    json!({
        "type": ["integer", "string"],
        "minimum": 0,
        "maximum": 0o7777,
        "pattern": "^(0o)?[0-7]+$",
    })
}

fn fixture_entry() -> Value {
    let about = [("count", "How many are made, with `{index}` in the path running from 0.")];
    let keys: Vec<(&str, &str)> = fixture::KINDS.into_iter().chain(about).collect();
    let mut entry = table(&keys, &[], |key| match key {
        "content" => json!({ "type": "string" }),
        "size" => size(0..=MAX_CONTENT),
        "dir" => json!({ "const": true }),
        "count" => json!({ "type": "integer", "minimum": 1, "maximum": MAX_FIXTURE }),
        _ => path(),
    });
    let kinds: Vec<Value> =
        fixture::KINDS.iter().map(|(key, _)| json!({ "required": [key] })).collect();
    merge(&mut entry, json!({ "oneOf": kinds }));
    entry
}

fn shared() -> Value {
    table(&super::shared::KEYS, &["path"], |key| match key {
        "path" => path(),
        _ => list(words::<OpenFlag>()),
    })
}

fn run() -> Value {
    table(&super::run::KEYS, &[], |key| match key {
        "mode" => words::<Mode>(),
        "duration" | "hang_after" => time(),
        "seed" => json!({ "type": "integer", "minimum": 0 }),
        _ => json!({ "type": "integer", "minimum": 1 }),
    })
}

fn one_actor() -> Value {
    let steps = json!({
        "type": "array",
        "minItems": 1,
        "maxItems": MAX_STEPS,
        "items": { "$ref": "#/definitions/step" },
    });
    table(&actor::KEYS, &["name", "steps"], |key| match key {
        "count" => json!({ "type": "integer", "minimum": 1, "maximum": MAX_INSTANCES }),
        "client" => json!({ "type": "integer", "minimum": 0, "maximum": MAX_CLIENT }),
        "steps" => steps.clone(),
        "branch" => json!({
            "type": "object",
            "propertyNames": { "not": { "enum": ["again", "next"] } },
            "additionalProperties": steps,
        }),
        _ => name(),
    })
}

/// A step with this operation.
fn operation(spec: &OpSpec) -> Value {
    let common = step::COMMON_FIELDS.into_iter();
    // A step that cannot fail has nothing to expect.
    let common = common.filter(|(key, _)| *key != "expect" || spec.can_fail());
    let fields = spec.fields.iter().map(|field| (field.name, field.about));
    let keys: Vec<(&str, &str)> = common.chain(fields).collect();
    let required: Vec<&str> = std::iter::once("op")
        .chain(spec.fields.iter().filter(|f| f.need == Need::Required).map(|f| f.name))
        .collect();
    let mut step = table(&keys, &required, |key| match (key, spec.field(key)) {
        (_, Some(field)) => value(spec.kind, field),
        ("op", None) => json!({ "enum": [spec.name] }),
        ("repeat", None) => json!({ "type": "integer", "minimum": 1, "maximum": MAX_REPEAT }),
        ("on", None) => {
            let name = if spec.can_fail() { "on" } else { "on-ok" };
            json!({ "allOf": [{ "$ref": format!("#/definitions/{name}") }] })
        }
        _ => json!({ "allOf": [{ "$ref": format!("#/definitions/{}", expect_name(spec)) }] }),
    });
    if let Some(Value::Object(op)) = step.pointer_mut("/properties/op") {
        op.insert("description".to_owned(), json!(spec.about));
    }
    let choices: Vec<Value> = spec
        .fields
        .iter()
        .filter(|field| field.need == Need::OneOf)
        .map(|field| json!({ "required": [field.name] }))
        .collect();
    if !choices.is_empty() {
        merge(&mut step, json!({ "oneOf": choices }));
    }
    merge(&mut step, json!({ "title": spec.name, "description": spec.about }));
    step
}

/// The values of one field of an operation.
fn value(op: OpKind, field: &FieldSpec) -> Value {
    match field.kind {
        FieldKind::Path | FieldKind::LinkTarget => path(),
        FieldKind::UseFd | FieldKind::DefineFd => name(),
        FieldKind::OpenFlags => list(words::<OpenFlag>()),
        FieldKind::RenameFlag => words::<RenameFlag>(),
        FieldKind::Mode => permissions(),
        FieldKind::AccessMode => words::<AccessMode>(),
        FieldKind::Size => size(step::size_range(op, field.name)),
        FieldKind::Offset if op == OpKind::Lseek => json!({
            "type": ["integer", "string"],
            "pattern": "^-?[0-9]+([.][0-9]+)? *(B|KiB|MiB|GiB)$",
        }),
        FieldKind::Offset => size(0..=MAX_OFFSET),
        FieldKind::Whence => words::<Whence>(),
        FieldKind::Text => json!({ "type": "string" }),
        FieldKind::LockMode => words::<LockMode>(),
        FieldKind::LockOwner => words::<LockOwner>(),
        FieldKind::Bool => json!({ "type": "boolean" }),
        FieldKind::Time => time(),
    }
}

fn on(errnos: &[&str]) -> Value {
    let target = described(name(), "`again`, `next` or the name of a branch.");
    let error = (!errnos.is_empty()).then_some("error");
    let results = std::iter::once("ok").chain(error).chain(errnos.iter().copied());
    let properties: Map<String, Value> =
        results.map(|result| (result.to_owned(), target.clone())).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// What an operation's `expect` is called: operations with the same keys share one.
fn expect_name(spec: &OpSpec) -> String {
    let keys = results::EXPECT_KEYS.iter().map(|(key, _)| *key);
    let keys: Vec<&str> = keys.filter(|key| results::can_expect(spec, key)).collect();
    format!("expect-{}", keys.join("-"))
}

fn expect(spec: &OpSpec) -> Value {
    let keys: Vec<(&str, &str)> = results::EXPECT_KEYS
        .into_iter()
        .filter(|(key, _)| results::can_expect(spec, key))
        .collect();
    let one_or_more =
        |item: Value| json!({ "anyOf": [item, { "type": "array", "minItems": 1, "items": item }] });
    let mut schema = table(&keys, &[], |key| match key {
        "content" => one_or_more(json!({ "type": "string" })),
        "whole" => json!({ "type": "boolean" }),
        "size" => one_or_more(size(0..=MAX_OFFSET)),
        _ => {
            let names: Vec<&str> =
                std::iter::once("ok").chain(ERRNO_NAMES.iter().copied()).collect();
            one_or_more(json!({ "enum": names }))
        }
    });
    merge(&mut schema, json!({ "minProperties": 1 }));
    schema
}
