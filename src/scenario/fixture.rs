//! `[fixture]`: what exists before the actors start.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::check::{MAX_CONTENT, MAX_FIXTURE, MAX_FIXTURE_BYTES};
use super::diagnostic::{Diagnostic, Log, Text};
use super::paths::{self, Holes};
use super::reader::{Item, Reader};
use super::template::{Piece, Template};
use super::types::{Content, FixtureEntry, FixtureKind};
use super::values;

/// The keys that say what an entry is, with what they make.
pub(super) const KINDS: [(&str, &str); 5] = [
    ("content", "A file with exactly this text."),
    ("size", "A file of this many bytes, tagged so that a read shows where each byte came from."),
    ("dir", "A directory."),
    ("symlink", "A symbolic link with this target: relative, without `..`."),
    ("link", "A hard link to this other file of the fixture."),
];

/// An entry with the place of its path.
struct Located {
    entry: FixtureEntry,
    path: Range<usize>,
}

/// What a path of the fixture is, for the check of conflicts.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    File,
    Directory,
    Symlink,
    HardLink,
}

/// Reads the fixture. The result is complete (parents are listed) and sorted: directories first,
/// parents before children, hard links last.
pub(super) fn read(log: &Log<'_>, table: &Reader<'_>) -> Vec<FixtureEntry> {
    let before = log.len();
    let mut entries = Vec::new();
    for (path, item) in table.entries() {
        entries.extend(entry(log, &path, &item));
    }
    // An entry with a mistake is left out, so what it makes is not known to be missing.
    let sure = log.len() == before;
    let total: u64 = entries.iter().map(|located| u64::from(located.entry.count)).sum();
    if total > MAX_FIXTURE as u64 {
        let message = format!("the fixture has {total} entries, the limit is {MAX_FIXTURE}");
        log.add(Diagnostic::new(table.span.clone(), message));
        return Vec::new();
    }
    let bytes: u64 = entries.iter().map(|located| bytes(&located.entry)).sum();
    if bytes > MAX_FIXTURE_BYTES {
        let limit = values::show_size(MAX_FIXTURE_BYTES);
        let message = format!("the files of the fixture have {bytes} bytes, the limit is {limit}");
        log.add(Diagnostic::new(table.span.clone(), message));
    }
    complete(log, entries, sure)
}

fn bytes(entry: &FixtureEntry) -> u64 {
    let one = match &entry.kind {
        FixtureKind::File(Content::Text(text)) => text.len() as u64,
        FixtureKind::File(Content::Tagged(size)) => *size,
        _ => 0,
    };
    one * u64::from(entry.count)
}

fn entry(log: &Log<'_>, path: &Text<'_>, item: &Item<'_>) -> Option<Located> {
    let example = "write `{ content = \"text\" }`, `{ size = 4096 }`, `{ dir = true }`, \
                   `{ symlink = \"target\" }` or `{ link = \"other\" }`";
    let Some(table) = item.value.as_table() else {
        log.add(
            item.wrong(format!("the fixture entry `{}` must be a table", path.value))
                .label(format!("this is a {}", item.value.type_str()))
                .help(example.to_owned()),
        );
        return None;
    };
    let mut reader = Reader::new(log, table, path.span.clone(), "a fixture entry");
    let count = match reader.optional("count") {
        Some(item) => item.integer_u32(1, MAX_FIXTURE as u32).unwrap_or(1),
        None => 1,
    };
    let given: Vec<(&'static str, Item<'_>)> =
        KINDS.iter().filter_map(|(key, _)| Some((*key, reader.optional(key)?))).collect();
    let template = paths::path(log, path, Holes::Fixture { count }, "a fixture path");
    let nested = reader.unknown().into_iter().find(|_| given.is_empty());
    if let (Some(inner), false) = (&nested, path_is_quoted(item, path)) {
        // `DEST.txt = { ... }` without quotes is a table `DEST` with a key `txt`.
        log.add(
            Diagnostic::new(path.span.start..inner.span.end, "a path with a dot needs quotes")
                .label("TOML reads a dot outside quotes as a table in a table")
                .help(format!("write \"{}.{}\"", path.value, inner.value)),
        );
        return None;
    }
    reader.finish();
    let mut given = given.into_iter();
    let Some((key, value)) = given.next() else {
        if nested.is_none() {
            let message = format!("the fixture entry `{}` does not say what it is", path.value);
            log.add(Diagnostic::new(item.span.clone(), message).help(example.to_owned()));
        }
        return None;
    };
    for (second, item) in given {
        let message = format!("a fixture entry is one thing, not `{key}` and `{second}`");
        log.add(Diagnostic::new(item.key, message).label(format!("there is `{key}` already")));
    }
    let kind = kind(log, key, &value);
    let template = template?;
    if count > 1 && !template.has(|piece| *piece == Piece::Index) {
        log.add(
            Diagnostic::new(path.span.clone(), "with `count`, the path needs `{index}`")
                .label("every one of them would have the same name")
                .help(format!("write \"{}-{{index}}\"", path.value)),
        );
        return None;
    }
    let entry = FixtureEntry { path: template, count, kind: kind? };
    Some(Located { entry, path: path.span.clone() })
}

/// Whether the value is written as a table of its own, so that its keys cannot come from a dot in
/// an unquoted path.
fn path_is_quoted(item: &Item<'_>, path: &Text<'_>) -> bool {
    // The parser gives a table that only a dotted key made the place of that key.
    item.span != path.span
}

fn kind(log: &Log<'_>, key: &str, item: &Item<'_>) -> Option<FixtureKind> {
    match key {
        "content" => content(item).map(FixtureKind::File),
        "size" => values::size(item, MAX_CONTENT).map(|n| FixtureKind::File(Content::Tagged(n))),
        "dir" => match item.boolean()? {
            true => Some(FixtureKind::Directory),
            false => {
                let label = "leave the entry out if there is no directory";
                log.add(item.wrong("`dir` can only be true").label(label));
                None
            }
        },
        "symlink" => {
            let target = paths::plain_path(log, &item.text()?, "the target of a symbolic link")?;
            Some(FixtureKind::Symlink(target))
        }
        _ => {
            let target = paths::plain_path(log, &item.text()?, "the target of a hard link")?;
            Some(FixtureKind::HardLink(target))
        }
    }
}

/// A text of bearable length.
pub(super) fn content(item: &Item<'_>) -> Option<Content> {
    let text = item.text()?;
    if text.value.len() as u64 > MAX_CONTENT {
        let limit = values::show_size(MAX_CONTENT);
        item.log.add(item.wrong(format!("{} is longer than {limit}", item.name)));
        return None;
    }
    Some(Content::Text(text.value.to_owned()))
}

/// Finds conflicts between the entries, adds the parents that nobody listed, and sorts.
fn complete(log: &Log<'_>, entries: Vec<Located>, sure: bool) -> Vec<FixtureEntry> {
    let shapes = shapes(log, &entries);
    let mut made: BTreeSet<String> = BTreeSet::new();
    let mut implied = Vec::new();
    for located in &entries {
        let FixtureEntry { path, count, kind } = &located.entry;
        if let FixtureKind::HardLink(target) = kind {
            check_hard_link(log, &shapes, located, target, sure);
        }
        for parent in parents(path) {
            let names: Vec<String> = expand(&parent, *count).collect();
            let blocked = names.iter().find_map(|name| match shapes.get(name) {
                Some((Shape::Directory, _)) | None => None,
                Some((shape, _)) => Some((name, *shape)),
            });
            if let Some((name, shape)) = blocked {
                let what = if shape == Shape::Symlink { "a symbolic link" } else { "a file" };
                log.add(
                    Diagnostic::new(located.path.clone(), format!("`{name}` is not a directory"))
                        .label(format!("the fixture makes `{name}` {what}")),
                );
                break;
            }
            let missing: Vec<&String> = names
                .iter()
                .filter(|name| !shapes.contains_key(*name) && made.insert((*name).clone()))
                .collect();
            if missing.len() == names.len() {
                implied.push(directory(parent, if names.len() > 1 { *count } else { 1 }));
            } else {
                let alone = |name: &String| directory(Template::literal(name.as_str()), 1);
                implied.extend(missing.into_iter().map(alone));
            }
        }
    }
    let mut all: Vec<FixtureEntry> = entries.into_iter().map(|located| located.entry).collect();
    all.append(&mut implied);
    sort_fixture(&mut all);
    all
}

/// Puts entries into the order in which they can be made.
pub fn sort_fixture(entries: &mut [FixtureEntry]) {
    entries.sort_by_cached_key(|entry| {
        let rank = match entry.kind {
            FixtureKind::Directory => 0,
            FixtureKind::File(_) => 1,
            FixtureKind::Symlink(_) => 2,
            FixtureKind::HardLink(_) => 3,
        };
        let text = entry.path.to_string();
        (rank, text.matches('/').count(), text)
    });
}

fn directory(path: Template, count: u32) -> FixtureEntry {
    FixtureEntry { path, count, kind: FixtureKind::Directory }
}

/// What every path is, each counted out; two entries for one path are a mistake.
fn shapes(log: &Log<'_>, entries: &[Located]) -> BTreeMap<String, (Shape, Range<usize>)> {
    let mut shapes: BTreeMap<String, (Shape, Range<usize>)> = BTreeMap::new();
    for located in entries {
        let shape = match located.entry.kind {
            FixtureKind::Directory => Shape::Directory,
            FixtureKind::Symlink(_) => Shape::Symlink,
            FixtureKind::File(_) => Shape::File,
            FixtureKind::HardLink(_) => Shape::HardLink,
        };
        let mut clash = None;
        for name in expand(&located.entry.path, located.entry.count) {
            match shapes.entry(name) {
                Entry::Occupied(taken) => {
                    clash.get_or_insert(taken.key().clone());
                }
                Entry::Vacant(free) => {
                    free.insert((shape, located.path.clone()));
                }
            }
        }
        if let Some(name) = clash {
            let message = format!("the fixture makes `{name}` twice");
            log.add(Diagnostic::new(located.path.clone(), message));
        }
    }
    shapes
}

fn check_hard_link(
    log: &Log<'_>,
    shapes: &BTreeMap<String, (Shape, Range<usize>)>,
    located: &Located,
    target: &str,
    sure: bool,
) {
    let problem = match shapes.get(target) {
        Some((_, place)) if *place == located.path => "a hard link cannot be its own target",
        Some((Shape::File, _)) => return,
        Some((Shape::Directory, _)) => "a directory cannot have a hard link",
        // Links to links would need an order, and could go round in a circle.
        Some((Shape::HardLink, _)) => "that is a hard link itself: name the file",
        Some((Shape::Symlink, _)) => "systems differ on hard links to symbolic links",
        None if !sure => return,
        None => "the fixture does not make that file",
    };
    let message = format!("there can be no hard link to `{target}`");
    log.add_absence(Diagnostic::new(located.path.clone(), message).label(problem));
}

/// Every path of an entry.
fn expand(path: &Template, count: u32) -> impl Iterator<Item = String> {
    let count = if path.has(|piece| *piece == Piece::Index) { count } else { 1 };
    (0..count).map(|index| match path.as_literal() {
        Some(text) => text.to_owned(),
        None => path.at_index(index),
    })
}

/// The directories above a path, outermost first.
fn parents(path: &Template) -> Vec<Template> {
    let mut parents = Vec::new();
    let mut above: Vec<Piece> = Vec::new();
    for piece in &path.0 {
        let Piece::Text(text) = piece else {
            above.push(piece.clone());
            continue;
        };
        for (at, _) in text.match_indices('/') {
            let mut parent = above.clone();
            if at > 0 {
                parent.push(Piece::Text(text[..at].to_owned()));
            }
            parents.push(Template(parent));
        }
        above.push(piece.clone());
    }
    parents
}

/// Whether a complete fixture has this path.
pub(super) fn makes(entries: &[FixtureEntry], path: &str) -> bool {
    entries.iter().any(|entry| expand(&entry.path, entry.count).any(|name| name == path))
}
