//! One step: `{ op = "...", ... }`. The operation's table says which fields it takes.

use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use crate::ops::readdir::{LEAST_BYTES, MOST_BYTES};
use crate::ops::{self, FieldKind, FieldSpec, OpKind, OpSpec};

use super::check::{MAX_CONTENT, MAX_OFFSET, MAX_REPEAT};
use super::fields;
use super::fixture;
use super::flags;
use super::paths::{self, Holes};
use super::reader::{Item, Reader};
use super::results;
use super::suggest;
use super::types::{Content, On, Step};
use super::values;

/// The fields that every operation takes, with their meaning.
pub(super) const COMMON_FIELDS: [(&str, &str); 4] = [
    ("op", "The operation."),
    ("repeat", "How many times the step is done in a row (default 1)."),
    (
        "on",
        "Where to go, by result: errno names, `ok` or `error`, each to `again`, `next` or a \
            branch. No entry: the next step.",
    ),
    ("expect", "What the author allows the step to see, where a model cannot know it."),
];

/// A descriptor name with its place.
#[derive(Clone)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) span: Range<usize>,
}

/// A step with the places that the checks across steps point at.
pub(super) struct Located {
    /// `None` when the operation is unknown; other mistakes leave a gap in the step.
    pub(super) step: Option<Step>,
    /// The operation's name, or the whole step without one.
    pub(super) place: Range<usize>,
    pub(super) uses: Option<Named>,
    pub(super) at: Option<Named>,
    pub(super) defines: Option<Named>,
    /// The entries of the step's `on`, with the places of their targets.
    pub(super) on: Vec<(On, Range<usize>)>,
    /// The length of a pause.
    pub(super) pause: Option<(Duration, Range<usize>)>,
}

/// Reads one step.
pub(super) fn read(item: &Item<'_>, holes: Holes) -> Option<Located> {
    let mut reader = item.table("a step")?;
    let op = reader.required("op");
    let place = op.as_ref().map_or(item.span.clone(), |op| op.span.clone());
    let spec = op.as_ref().and_then(operation);
    let repeat = match reader.optional("repeat") {
        Some(item) => item.integer_u32(1, MAX_REPEAT).unwrap_or(1),
        None => 1,
    };
    let on = reader.optional("on").map(|item| results::on(&item, spec)).unwrap_or_default();
    let expect = reader.optional("expect").and_then(|item| results::expect(&item, spec));
    let mut located =
        Located { step: None, place, uses: None, at: None, defines: None, on, pause: None };
    let Some(spec) = spec else {
        located.defines = unknown_definition(&mut reader);
        return Some(located);
    };
    let on = located.on.iter().map(|(on, _)| on.clone()).collect();
    let mut step = Step { repeat, on, expect, ..Step::new(spec.kind) };
    let mut given = Vec::new();
    for field in spec.fields {
        let Some(item) = reader.optional(field.name) else { continue };
        given.push((field, item.clone()));
        fill(&mut step, &mut located, field, &item, holes);
    }
    fields::check_needs(item.log, spec, &given, &located.place);
    fields::report_strangers(&reader, spec);
    flags::check(&mut step, &given);
    located.step = Some(step);
    Some(located)
}

fn operation(item: &Item<'_>) -> Option<&'static OpSpec> {
    let name = item.text()?;
    let found = ops::specs().find(|spec| spec.name == name.value);
    if found.is_none() {
        let names = ops::specs().map(|spec| spec.name);
        let help = match suggest::nearest(name.value, names.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the operations are {}", suggest::list(names, "and")),
        };
        item.log.add(
            item.wrong(format!("unknown operation `{}`", name.value))
                .label("not an operation")
                .help(help),
        );
    }
    found
}

/// The descriptor that a step with a mistyped operation may have been meant to open: later steps
/// that use it are not to blame.
fn unknown_definition(reader: &mut Reader<'_>) -> Option<Named> {
    let item = reader.optional("new").or_else(|| reader.optional("fd"))?;
    let name = item.value.as_str()?.to_owned();
    Some(Named { name, span: item.span })
}

/// Reads one field into the place where the step keeps it.
fn fill(step: &mut Step, located: &mut Located, field: &FieldSpec, item: &Item<'_>, holes: Holes) {
    let log = item.log;
    match field.kind {
        FieldKind::Path => {
            let what = format!("`{}`", field.name);
            let path = item.text().and_then(|text| paths::path(log, &text, holes, &what));
            if field.name == "to" {
                step.to = path;
            } else {
                step.path = path;
            }
        }
        FieldKind::LinkTarget => {
            let what = "the target of a symbolic link";
            step.target = item.text().and_then(|text| paths::path(log, &text, holes, what));
        }
        FieldKind::UseFd => {
            let named = descriptor(item);
            let name = named.as_ref().map(|named| named.name.clone());
            if field.name == "at" {
                step.at = name;
                located.at = named;
            } else {
                step.fd = name;
                located.uses = named;
            }
        }
        FieldKind::DefineFd => {
            let named = descriptor(item);
            let name = named.as_ref().map(|named| named.name.clone());
            if field.name == "new" {
                step.new = name;
            } else {
                step.fd = name;
            }
            located.defines = named;
        }
        FieldKind::OpenFlags => step.flags = flags::read(item),
        FieldKind::RenameFlag => step.rename = item.word(),
        FieldKind::Mode => step.mode = values::mode(item),
        FieldKind::AccessMode => step.access = item.word(),
        FieldKind::Size => fill_size(step, field.name, item),
        FieldKind::Offset => step.offset = offset(step.op, item),
        FieldKind::Whence => step.whence = item.word(),
        FieldKind::Text => step.content = fixture::content(item),
        FieldKind::LockMode => step.lock = item.word(),
        FieldKind::LockOwner => step.owner = item.word(),
        FieldKind::Bool if field.name == "seek" => {
            step.seek = item.boolean().unwrap_or(step.seek);
        }
        FieldKind::Bool => step.wait = item.boolean().unwrap_or(step.wait),
        FieldKind::Time => {
            step.time = values::positive_time(item);
            located.pause = step.time.map(|time| (time, item.span.clone()));
        }
    }
}

fn fill_size(step: &mut Step, name: &str, item: &Item<'_>) {
    let range = size_range(step.op, name);
    let size = values::size(item, *range.end());
    if size.is_some_and(|size| size < *range.start()) {
        let label = format!("it must be at least {}", values::show_size(*range.start()));
        item.log.add(item.wrong(format!("{} is too small", item.name)).label(label));
        return;
    }
    match (name, step.op) {
        ("len", _) => step.len = size,
        (_, OpKind::Write | OpKind::Pwrite) => step.content = size.map(Content::Tagged),
        _ => step.size = size,
    }
}

/// How small and how large a size may be: what has to fit into a buffer is limited more than what does not.
pub(super) fn size_range(op: OpKind, field: &str) -> RangeInclusive<u64> {
    match (field, op) {
        ("len", OpKind::Readdir) => LEAST_BYTES..=MOST_BYTES,
        ("len", OpKind::Lock) | ("size", OpKind::Truncate | OpKind::Ftruncate) => 0..=MAX_OFFSET,
        _ => 0..=MAX_CONTENT,
    }
}

fn offset(op: OpKind, item: &Item<'_>) -> Option<i64> {
    let value = match op {
        OpKind::Lseek => values::offset(item)?,
        _ => i64::try_from(values::size(item, MAX_OFFSET)?).ok()?,
    };
    if value.unsigned_abs() > MAX_OFFSET {
        let label = format!("the limit is {}", values::show_size(MAX_OFFSET));
        item.log.add(item.wrong(format!("{} is too large", item.name)).label(label));
        return None;
    }
    Some(value)
}

fn descriptor(item: &Item<'_>) -> Option<Named> {
    let text = item.text()?;
    let name = paths::name(item.log, &text, "a descriptor")?;
    Some(Named { name: name.to_owned(), span: item.span.clone() })
}

/// Reads a list of steps.
pub(super) fn read_all(item: &Item<'_>, holes: Holes) -> Vec<Located> {
    let Some(items) = item.list() else { return Vec::new() };
    items
        .into_iter()
        .filter_map(|mut item| {
            item.name = "a step".to_owned();
            read(&item, holes)
        })
        .collect()
}
