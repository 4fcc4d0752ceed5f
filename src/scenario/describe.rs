//! A scenario in plain words, as `fsrace check` prints it.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::ops::OpKind;

use super::suggest;
use super::types::{
    Content, Expect, FixtureEntry, FixtureKind, Jump, LockMode, LockOwner, Mode, On, OnResult,
    OpenFlag, RenameFlag, Scenario, Step, Whence,
};
use super::values::{show_size, show_time};
use super::words::Word;

/// What the scenario does, line by line.
pub fn describe(scenario: &Scenario) -> String {
    let mut out = String::new();
    let about = if scenario.about.is_empty() { "" } else { ": " };
    let _ = writeln!(out, "{}{about}{}", scenario.name, scenario.about);
    let _ = writeln!(out, "{}.", summary(scenario));
    if !scenario.forbid.is_empty() {
        let codes = suggest::list(scenario.forbid.iter().map(String::as_str), "and");
        let _ = writeln!(out, "Forbidden in any case: {codes}.");
    }
    if !scenario.fixture.is_empty() {
        out.push_str("before the start\n");
        for entry in &scenario.fixture {
            let _ = writeln!(out, "  {}", fixture(entry));
        }
    }
    if !scenario.shared.is_empty() {
        out.push_str("shared by all actors\n");
        for shared in &scenario.shared {
            let flags = flags(&shared.flags);
            let _ = writeln!(out, "  open {} {flags} as {}", shared.path, shared.name);
        }
    }
    for actor in &scenario.actors {
        let count = if actor.count > 1 { format!(" x {}", actor.count) } else { String::new() };
        let process = match &actor.process {
            Some(process) => format!("process {process}"),
            None if actor.count > 1 => "a process each".to_owned(),
            None => "its own process".to_owned(),
        };
        let client = actor.client.map(|client| format!(" on client {client}")).unwrap_or_default();
        let _ = writeln!(out, "{}{count} ({process}{client})", actor.name);
        steps(&mut out, &actor.steps, "  ");
        for branch in &actor.branches {
            let _ = writeln!(out, "  {}, then the next iteration", branch.name);
            steps(&mut out, &branch.steps, "    ");
        }
    }
    out
}

fn summary(scenario: &Scenario) -> String {
    let instances: u32 = scenario.actors.iter().map(|actor| actor.count).sum();
    let named: BTreeSet<&String> =
        scenario.actors.iter().filter_map(|actor| actor.process.as_ref()).collect();
    let alone = scenario.actors.iter().filter(|actor| actor.process.is_none());
    let processes = named.len() as u64 + alone.map(|actor| u64::from(actor.count)).sum::<u64>();
    let run = &scenario.run;
    let order = match run.mode {
        Mode::Free => "every actor loops by itself",
        Mode::Rounds => "all actors start each round together",
    };
    let mut parts = vec![
        format!(
            "{} in {}",
            count(u64::from(instances), "actor", "actors"),
            count(processes, "process", "processes")
        ),
        format!("{} mode ({order})", run.mode.word()),
    ];
    parts.extend(run.duration.map(show_time));
    parts.extend(run.rounds.map(|rounds| count(rounds, "round", "rounds")));
    parts.extend(run.iterations.map(|n| format!("{} each", count(n, "iteration", "iterations"))));
    parts.push(format!("a call of more than {} is a hang", show_time(run.hang_after)));
    parts.extend(run.seed.map(|seed| format!("seed {seed}")));
    parts.join("; ")
}

fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn fixture(entry: &FixtureEntry) -> String {
    let path = &entry.path;
    let times = if entry.count > 1 { format!(" x {}", entry.count) } else { String::new() };
    match &entry.kind {
        FixtureKind::File(content) => format!("file {path}{times} with {}", shown(content)),
        FixtureKind::Directory => format!("directory {path}{times}"),
        FixtureKind::Symlink(target) => format!("symbolic link {path}{times} to {target}"),
        FixtureKind::HardLink(target) => format!("hard link {path}{times} to {target}"),
    }
}

/// Text in quotes when it is short, otherwise its size.
fn shown(content: &Content) -> String {
    match content {
        Content::Text(text) if text.chars().count() <= 40 => format!("{text:?}"),
        Content::Text(text) => format!("{} of text", show_size(text.len() as u64)),
        Content::Tagged(size) => format!("{} of tagged data", show_size(*size)),
    }
}

fn steps(out: &mut String, steps: &[Step], indent: &str) {
    for (at, step) in steps.iter().enumerate() {
        let _ = write!(out, "{indent}{}. {}", at + 1, action(step));
        if step.repeat > 1 {
            let _ = write!(out, ", {} times", step.repeat);
        }
        for on in &step.on {
            let result = match &on.result {
                OnResult::Ok => "success",
                OnResult::Error if step.on.iter().any(names_errno) => "any other error",
                OnResult::Error => "any error",
                OnResult::Errno(name) => name.as_str(),
            };
            let jump = match &on.jump {
                Jump::Again => "next iteration",
                Jump::Next => "next step",
                Jump::Branch(name) => name.as_str(),
            };
            let _ = write!(out, "; on {result}: {jump}");
        }
        if let Some(expect) = &step.expect {
            let _ = write!(out, "; expect {}", expected(expect));
        }
        out.push('\n');
    }
}

fn names_errno(on: &On) -> bool {
    matches!(on.result, OnResult::Errno(_))
}

/// What a step does, without its results.
fn action(step: &Step) -> String {
    let name = step.op.name();
    let path = step.path.as_ref().map(ToString::to_string).unwrap_or_default();
    let path = match &step.at {
        Some(at) => format!("{path} below {at}"),
        None => path,
    };
    let fd = step.fd.as_deref().unwrap_or_default();
    let to = step.to.as_ref().map(ToString::to_string).unwrap_or_default();
    let len = || show_size(step.len.unwrap_or_default());
    let size = || show_size(step.size.unwrap_or_default());
    let offset = step.offset.unwrap_or_default();
    let content = || step.content.as_ref().map(shown).unwrap_or_default();
    let time = || step.time.map(show_time).unwrap_or_default();
    let bits = step.mode.map(|mode| format!(" with mode {mode:04o}")).unwrap_or_default();
    match step.op {
        OpKind::Open => format!("open {path} {}{bits} as {fd}", flags(&step.flags)),
        OpKind::Creat => format!("creat {path}{bits} as {fd}"),
        OpKind::Dup => format!("dup {fd} as {}", step.new.as_deref().unwrap_or_default()),
        OpKind::Read => format!("read {} from {fd}", len()),
        OpKind::Pread => format!("pread {} from {fd} at {offset}", len()),
        OpKind::Write => format!("write {} to {fd}", content()),
        OpKind::Pwrite => format!("pwrite {} to {fd} at {offset}", content()),
        OpKind::Lseek => {
            let from = match step.whence.unwrap_or(Whence::Set) {
                Whence::Set => "from the start",
                Whence::Cur => "from the offset",
                Whence::End => "from the end",
            };
            format!("lseek {fd} to {offset} {from}")
        }
        OpKind::Truncate => format!("truncate {path} to {}", size()),
        OpKind::Ftruncate => format!("ftruncate {fd} to {}", size()),
        OpKind::Mkdir | OpKind::Chmod => format!("{name} {path}{bits}"),
        OpKind::Fchmod => format!("fchmod {fd}{bits}"),
        OpKind::Rename => {
            let how = match step.rename {
                None => "",
                Some(RenameFlag::Noreplace) => ", replacing nothing",
                Some(RenameFlag::Exchange) => ", exchanging the two",
            };
            format!("rename {path} to {to}{how}")
        }
        OpKind::Link => format!("link {path} as {to}"),
        OpKind::Symlink => {
            let target = step.target.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("symlink {path} to {target}")
        }
        OpKind::Access => match step.access {
            Some(access) => format!("access {path} ({})", access.word()),
            None => format!("access {path}"),
        },
        OpKind::Readdir => {
            let what = if step.fd.is_some() { fd } else { path.as_str() };
            let len = step.len.map(|len| format!(", {} at a time", show_size(len)));
            let seek = if step.seek { ", seeking before each" } else { "" };
            format!("readdir {what}{}{seek}", len.unwrap_or_default())
        }
        OpKind::Flock | OpKind::Lock => format!("{name} {fd} {}", lock(step)),
        OpKind::Sleep | OpKind::Spin => format!("{name} {}", time()),
        OpKind::Yield => name.to_owned(),
        OpKind::Close | OpKind::Fsync | OpKind::Fdatasync | OpKind::Fstat | OpKind::Futimens => {
            format!("{name} {fd}")
        }
        OpKind::Unlink
        | OpKind::Rmdir
        | OpKind::Readlink
        | OpKind::Stat
        | OpKind::Lstat
        | OpKind::Utimens => format!("{name} {path}"),
    }
}

fn lock(step: &Step) -> String {
    let mode = step.lock.unwrap_or(LockMode::Unlock);
    let mut text = mode.word().to_owned();
    if step.op == OpKind::Lock {
        let start = step.offset.unwrap_or_default();
        match step.len.unwrap_or_default() {
            0 => text.push_str(&format!(" from {start} to the end")),
            len => text.push_str(&format!(" from {start} for {}", show_size(len))),
        }
        if step.owner == Some(LockOwner::Ofd) {
            text.push_str(", owned by the open file description");
        }
    }
    if !step.wait && mode != LockMode::Unlock {
        text.push_str(", without waiting");
    }
    text
}

/// Open flags in words.
fn flags(flags: &[OpenFlag]) -> String {
    let word = |flag: &OpenFlag| match flag {
        OpenFlag::Rdonly => "read-only",
        OpenFlag::Wronly => "write-only",
        OpenFlag::Rdwr => "read-write",
        OpenFlag::Creat => "create",
        OpenFlag::Excl => "exclusive",
        OpenFlag::Trunc => "truncate",
        OpenFlag::Append => "append",
        OpenFlag::Directory => "directory",
        OpenFlag::Nofollow => "no symbolic link",
        OpenFlag::Tmpfile => "nameless",
        OpenFlag::Sync => "synchronous",
        OpenFlag::Dsync => "data-synchronous",
    };
    flags.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn expected(expect: &Expect) -> String {
    let mut parts = Vec::new();
    if let Some(texts) = &expect.content {
        let texts: Vec<String> = texts.iter().map(|text| format!("{text:?}")).collect();
        parts.push(texts.join(" or "));
    }
    if expect.whole {
        parts.push("one whole version".to_owned());
    }
    if let Some(sizes) = &expect.size {
        let sizes: Vec<String> = sizes.iter().map(|size| show_size(*size)).collect();
        parts.push(sizes.join(" or "));
    }
    if let Some(errnos) = &expect.errno {
        parts.push(errnos.join(" or "));
    }
    parts.join(", ")
}
