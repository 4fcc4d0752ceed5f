//! Open flags: which go together, and the access mode that is meant when none is given.

use std::ops::Range;

use crate::ops::{FieldSpec, OpKind};

use super::diagnostic::{Diagnostic, Log};
use super::reader::Item;
use super::types::{OpenFlag, Step};
use super::words::Word;

/// Reads a list of open flags: in the order of their table, with the access mode spelled out.
pub(super) fn read(item: &Item<'_>) -> Vec<OpenFlag> {
    let before = item.log.len();
    let mut flags: Vec<OpenFlag> = Vec::new();
    for element in item.list().unwrap_or_default() {
        let Some(flag) = element.word::<OpenFlag>() else { continue };
        if flags.contains(&flag) {
            item.log.add(element.wrong(format!("`{}` is there twice", flag.word())));
            continue;
        }
        flags.push(flag);
    }
    // A mistyped flag may be the one that makes the others fit.
    if item.log.len() == before {
        check_list(item.log, &flags, &item.span);
    }
    normal(&flags)
}

/// The flags in table order, with an access mode.
pub fn normal(flags: &[OpenFlag]) -> Vec<OpenFlag> {
    let access = [OpenFlag::Rdonly, OpenFlag::Wronly, OpenFlag::Rdwr];
    let plain = !flags.iter().any(|flag| access.contains(flag));
    let all = OpenFlag::WORDS.iter().map(|(_, flag)| *flag);
    all.filter(|flag| flags.contains(flag) || (plain && *flag == OpenFlag::Rdonly)).collect()
}

fn check_list(log: &Log<'_>, flags: &[OpenFlag], place: &Range<usize>) {
    use OpenFlag::{Creat, Directory, Excl, Rdonly, Rdwr, Tmpfile, Trunc, Wronly};
    let has = |flag: OpenFlag| flags.contains(&flag);
    let wrong = |message: &str, label: &str| {
        log.add(Diagnostic::new(place.clone(), message).label(label));
    };
    let modes = [Rdonly, Wronly, Rdwr].into_iter().filter(|flag| has(*flag)).count();
    let writable = has(Wronly) || has(Rdwr);
    if modes > 1 {
        wrong(
            "a descriptor has one access mode",
            "only one of `rdonly`, `wronly` and `rdwr` can be there",
        );
    }
    if has(Excl) && !has(Creat) && !has(Tmpfile) {
        wrong("`excl` means nothing without `creat`", "add `creat` or leave `excl` out");
    }
    if has(Trunc) && !writable {
        wrong("`trunc` needs `wronly` or `rdwr`", "POSIX leaves it undefined when read-only");
    }
    if has(Directory) && has(Creat) {
        wrong("`directory` and `creat` do not go together", "`mkdir` makes directories");
    }
    if has(Tmpfile) && !writable && modes <= 1 {
        wrong("`tmpfile` needs `wronly` or `rdwr`", "a file without a name is there to be written");
    }
    if has(Tmpfile) && has(Creat) {
        wrong("`tmpfile` and `creat` do not go together", "`tmpfile` makes a file without a name");
    }
}

/// Fills in the access mode of an `open` without flags, and checks that `mode` has a file to
/// apply to.
pub(super) fn check(step: &mut Step, given: &[(&FieldSpec, Item<'_>)]) {
    if step.op != OpKind::Open {
        return;
    }
    let item = |name: &str| given.iter().find(|(field, _)| field.name == name).map(|(_, i)| i);
    if item("flags").is_none() {
        step.flags = normal(&[]);
    }
    let makes = step.flags.iter().any(|f| matches!(f, OpenFlag::Creat | OpenFlag::Tmpfile));
    if let Some(mode) = item("mode").filter(|_| !makes && !item("flags").is_some_and(mistyped)) {
        mode.log.add(
            mode.wrong("`mode` means nothing without `creat` or `tmpfile`")
                .label("this `open` makes no file"),
        );
    }
}

/// Whether a list of flags has an unknown one, which may have been meant to be `creat`.
fn mistyped(item: &Item<'_>) -> bool {
    let known = |name: &str| OpenFlag::WORDS.iter().any(|(word, _)| *word == name);
    let Some(list) = item.value.as_array() else { return true };
    !list.iter().all(|element| element.get_ref().as_str().is_some_and(known))
}
