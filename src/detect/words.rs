//! A result in words: `7 bytes, all of one version`, `ENOENT`, `inode 0, mode 0100000, ...`.

use crate::content::Class;
use crate::ops::call::Call;
use crate::ops::observation::{Observation, flag};
use crate::plan::{Plan, StepPlan};
use crate::sys::errno;

/// What the step returned, for a reader who knows POSIX.
pub(super) fn result(plan: &Plan, step: &StepPlan, seen: &Observation) -> String {
    if seen.errno() != 0 {
        return errno::name(i32::from(seen.errno()));
    }
    if seen.has(flag::STAT) {
        return stat(seen);
    }
    match &step.call {
        Call::Read(_) if seen.value == 0 => "0 bytes".to_owned(),
        Call::Read(_) => format!("{} bytes{}", seen.value, content(plan, seen)),
        Call::Write(_) => format!("{} bytes", seen.value),
        Call::Lseek(_) => format!("offset {}", seen.value),
        Call::Readlink(_) => format!("{} bytes", seen.value),
        Call::Readdir(_) => format!("{} names", seen.value),
        _ => "ok".to_owned(),
    }
}

fn stat(seen: &Observation) -> String {
    let kind = match u32::from(seen.mode()) & 0o170_000 {
        0o100_000 => "file",
        0o040_000 => "directory",
        0o120_000 => "symbolic link",
        _ => "no known type",
    };
    let permissions = seen.mode() & 0o7777;
    let links = seen.nlink;
    format!("inode {}, {kind}, mode {permissions:04o}, nlink {links}, size {}", seen.ino, seen.size)
}

fn content(plan: &Plan, seen: &Observation) -> String {
    let name = |item: u8| match plan.contents.get(usize::from(item)) {
        Some(crate::content::ContentItem::Text(text)) if text.chars().count() <= 32 => {
            format!("{text:?}")
        }
        _ => "one version".to_owned(),
    };
    match seen.content() {
        Class::Unknown => String::new(),
        Class::Whole(item) => format!(", {}", name(item)),
        Class::Part(item) => format!(", only a part of {}", name(item)),
        Class::Mixed => ", a mixture of versions".to_owned(),
        Class::WithZeros => ", partly zeros".to_owned(),
        Class::Zeros => ", all zeros".to_owned(),
        Class::Foreign => ", bytes that nobody wrote".to_owned(),
    }
}
