//! What a step's result leads to (`on`) and what the author expects of it (`expect`).

use std::ops::Range;

use crate::ops::{OpKind, OpSpec};

use super::check::MAX_OFFSET;
use super::diagnostic::{Diagnostic, Log, Text};
use super::errno::ERRNO_NAMES;
use super::fixture;
use super::paths;
use super::reader::Item;
use super::suggest;
use super::types::{Content, Expect, Jump, On, OnResult};
use super::values;

/// The keys of `expect`, with their meaning.
pub(super) const EXPECT_KEYS: [(&str, &str); 4] = [
    ("content", "The texts that a read may return."),
    ("whole", "A read must return one whole version: all of one write or one fixture file."),
    ("size", "The file sizes (of stats) or byte counts (of reads and writes) that are allowed."),
    ("errno", "The results that are allowed, by errno name; `ok` is success."),
];

/// Whether the results of this operation have what this key of `expect` speaks about.
pub(super) fn can_expect(spec: &OpSpec, key: &str) -> bool {
    use OpKind::{Fstat, Lstat, Pread, Pwrite, Read, Stat, Write};
    match key {
        "content" | "whole" => matches!(spec.kind, Read | Pread),
        "size" => matches!(spec.kind, Stat | Lstat | Fstat | Read | Pread | Write | Pwrite),
        _ => spec.can_fail(),
    }
}

/// Reads `on`, in file order, with the place of each target.
pub(super) fn on(item: &Item<'_>, spec: Option<&OpSpec>) -> Vec<(On, Range<usize>)> {
    let Some(table) = item.table("`on`") else { return Vec::new() };
    let mut entries = Vec::new();
    for (key, value) in table.entries() {
        let result = on_result(item.log, &key, spec);
        let Some(target) = value.text() else { continue };
        let jump = match target.value {
            "again" => Some(Jump::Again),
            "next" => Some(Jump::Next),
            _ => paths::name(item.log, &target, "a branch").map(|n| Jump::Branch(n.to_owned())),
        };
        if let (Some(result), Some(jump)) = (result, jump) {
            entries.push((On { result, jump }, target.span));
        }
    }
    entries
}

fn on_result(log: &Log<'_>, key: &Text<'_>, spec: Option<&OpSpec>) -> Option<OnResult> {
    let result = match key.value {
        "ok" => return Some(OnResult::Ok),
        "error" => OnResult::Error,
        name => {
            if !ERRNO_NAMES.contains(&name) {
                let names = ERRNO_NAMES.iter().copied().chain(["ok", "error"]);
                log.add(unknown_errno(key, names, "`on` takes errno names, `ok` and `error`"));
                return None;
            }
            OnResult::Errno(name.to_owned())
        }
    };
    if let Some(spec) = spec.filter(|spec| !spec.can_fail()) {
        let message = format!("`{}` cannot fail", spec.name);
        log.add(Diagnostic::new(key.span.clone(), message).label("only `ok` can happen"));
        return None;
    }
    Some(result)
}

fn unknown_errno<'a>(
    text: &Text<'_>,
    names: impl Iterator<Item = &'a str>,
    label: &str,
) -> Diagnostic {
    Diagnostic::new(text.span.clone(), format!("unknown errno `{}`", text.value))
        .label(label)
        .help(suggest::did_you_mean(text.value, names))
}

/// Reads `expect`.
pub(super) fn expect(item: &Item<'_>, spec: Option<&OpSpec>) -> Option<Expect> {
    let mut reader = item.table("`expect`")?;
    let mut expect = Expect::default();
    let mut given = false;
    for (key, _) in EXPECT_KEYS {
        let Some(value) = reader.optional(key) else { continue };
        given = true;
        if let Some(spec) = spec.filter(|spec| !can_expect(spec, key)) {
            let able = crate::ops::specs().filter(|spec| can_expect(spec, key));
            item.log.add(
                Diagnostic::new(
                    value.key.clone(),
                    format!("`{}` has no result that `{key}` could be about", spec.name),
                )
                .label(able_label(able)),
            );
            continue;
        }
        match key {
            "content" => expect.content = Some(list(&value, text)),
            "whole" => expect.whole = value.boolean().unwrap_or(false),
            "size" => expect.size = Some(list(&value, |item| values::size(item, MAX_OFFSET))),
            _ => expect.errno = Some(list(&value, errno)),
        }
    }
    if !given && reader.unknown().is_empty() {
        item.log.add(
            item.wrong("`expect` says nothing").help(
                "give at least one of `content`, `whole`, `size` and `errno`, or leave it out"
                    .to_owned(),
            ),
        );
    }
    reader.finish();
    // `whole = false` alone expects nothing.
    (expect != Expect::default()).then_some(expect)
}

fn able_label(able: impl Iterator<Item = &'static OpSpec>) -> String {
    let names: Vec<&str> = able.map(|spec| spec.name).collect();
    match names.len() {
        0..=10 => format!("{} can have it", suggest::list(names, "and")),
        _ => "there is nothing to expect of it".to_owned(),
    }
}

fn list<T>(item: &Item<'_>, read: impl Fn(&Item<'_>) -> Option<T>) -> Vec<T> {
    item.one_or_more().iter().filter_map(read).collect()
}

fn text(item: &Item<'_>) -> Option<String> {
    match fixture::content(item)? {
        Content::Text(text) => Some(text),
        Content::Tagged(_) => None,
    }
}

fn errno(item: &Item<'_>) -> Option<String> {
    let text = item.text()?;
    if text.value == "ok" || ERRNO_NAMES.contains(&text.value) {
        return Some(text.value.to_owned());
    }
    let names = ERRNO_NAMES.iter().copied().chain(["ok"]);
    item.log.add(unknown_errno(&text, names, "`errno` takes errno names and `ok`"));
    None
}
