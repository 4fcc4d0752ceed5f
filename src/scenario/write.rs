//! A scenario written back as TOML, as its author would have: what is the default is left out.
//!
//! Reading the text again gives the same scenario, digest and all. Comments and the order of the
//! fixture are not kept, for a [`Scenario`] does not know them.

use std::fmt::Write;

use super::run;
use super::template::Template;
use super::types::{
    Actor, Content, Expect, FixtureEntry, FixtureKind, Jump, OnResult, OpenFlag, RunSettings,
    Scenario, SharedDescriptor, Step,
};
use super::values::{write_size, write_time};
use super::words::Word;
use crate::ops::{FieldKind, FieldSpec, OpKind};

/// The text of a scenario file.
pub fn to_toml(scenario: &Scenario) -> String {
    let mut out = String::new();
    key(&mut out, "name", &text(&scenario.name));
    if !scenario.about.is_empty() {
        key(&mut out, "about", &text(&scenario.about));
    }
    for (name, words) in
        [("tags", &scenario.tags), ("sources", &scenario.sources), ("forbid", &scenario.forbid)]
    {
        if !words.is_empty() {
            key(&mut out, name, &list(words.iter().map(|word| text(word))));
        }
    }
    if !scenario.fixture.is_empty() {
        out.push_str("\n[fixture]\n");
        let entries = scenario.fixture.iter();
        entries.filter(|entry| !is_implied(entry, &scenario.fixture)).for_each(|entry| {
            key(&mut out, &text(&entry.path.to_string()), &fixture(entry));
        });
    }
    if !scenario.shared.is_empty() {
        out.push_str("\n[shared]\n");
        scenario.shared.iter().for_each(|one| key(&mut out, &one.name, &shared(one)));
    }
    settings(&mut out, &scenario.run);
    scenario.actors.iter().for_each(|one| actor(&mut out, one));
    out
}

fn key(out: &mut String, key: &str, value: &str) {
    let _ = writeln!(out, "{key} = {value}");
}

/// A basic string.
fn text(value: &str) -> String {
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

fn table(entries: &[(String, String)]) -> String {
    let entries: Vec<String> =
        entries.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    format!("{{ {} }}", entries.join(", "))
}

/// Whether a directory is there anyway, because something else is in it.
fn is_implied(entry: &FixtureEntry, all: &[FixtureEntry]) -> bool {
    let (FixtureKind::Directory, Some(path)) = (&entry.kind, entry.path.as_literal()) else {
        return false;
    };
    let below = |other: &FixtureEntry| {
        let rest = other.path.as_literal().and_then(|other| other.strip_prefix(path));
        rest.is_some_and(|rest| rest.starts_with('/'))
    };
    entry.count == 1 && all.iter().any(below)
}

fn fixture(entry: &FixtureEntry) -> String {
    let plain = |path: &str| text(&Template::literal(path).to_string());
    let kind = match &entry.kind {
        FixtureKind::File(Content::Text(content)) => ("content", text(content)),
        FixtureKind::File(Content::Tagged(size)) => ("size", write_size(*size)),
        FixtureKind::Directory => ("dir", "true".to_owned()),
        FixtureKind::Symlink(target) => ("symlink", plain(target)),
        FixtureKind::HardLink(target) => ("link", plain(target)),
    };
    let count = (entry.count > 1).then(|| ("count".to_owned(), entry.count.to_string()));
    let entries: Vec<_> = [(kind.0.to_owned(), kind.1)].into_iter().chain(count).collect();
    table(&entries)
}

fn shared(one: &SharedDescriptor) -> String {
    let path = text(&Template::literal(one.path.as_str()).to_string());
    let mut entries = vec![("path".to_owned(), path)];
    entries.extend(flags(&one.flags).map(|flags| ("flags".to_owned(), flags)));
    table(&entries)
}

/// Open flags; reading alone is what is meant without any.
fn flags(flags: &[OpenFlag]) -> Option<String> {
    let named = flags.iter().filter(|flag| **flag != OpenFlag::Rdonly);
    let words: Vec<String> = named.map(|flag| text(flag.word())).collect();
    (!words.is_empty()).then(|| list(words.into_iter()))
}

fn settings(out: &mut String, settings: &RunSettings) {
    let number = |value: Option<u64>| value.map(|value| value.to_string());
    let default = run::defaults();
    let hang_after = settings.hang_after;
    let entries = [
        ("mode", (settings.mode != default.mode).then(|| text(settings.mode.word()))),
        ("duration", settings.duration.map(write_time)),
        ("iterations", number(settings.iterations)),
        ("rounds", number(settings.rounds)),
        ("hang_after", (hang_after != default.hang_after).then(|| write_time(hang_after))),
        ("seed", number(settings.seed)),
    ];
    if entries.iter().any(|(_, value)| value.is_some()) {
        out.push_str("\n[run]\n");
        entries.iter().for_each(|(name, value)| {
            value.iter().for_each(|value| key(out, name, value));
        });
    }
}

fn actor(out: &mut String, actor: &Actor) {
    out.push_str("\n[[actor]]\n");
    key(out, "name", &text(&actor.name));
    if actor.count > 1 {
        key(out, "count", &actor.count.to_string());
    }
    if let Some(process) = &actor.process {
        key(out, "process", &text(process));
    }
    if let Some(client) = actor.client {
        key(out, "client", &client.to_string());
    }
    steps(out, "steps", &actor.steps);
    if !actor.branches.is_empty() {
        out.push_str("[actor.branch]\n");
        actor.branches.iter().for_each(|branch| steps(out, &branch.name, &branch.steps));
    }
}

fn steps(out: &mut String, name: &str, steps: &[Step]) {
    let _ = writeln!(out, "{name} = [");
    for one in steps {
        let _ = writeln!(out, "  {},", step(one));
    }
    out.push_str("]\n");
}

/// One step, with what it acts on before what it does there.
fn step(step: &Step) -> String {
    let mut entries = vec![("op".to_owned(), text(step.op.name()))];
    let mut fields: Vec<&FieldSpec> = step.op.spec().fields.iter().collect();
    // A step that opens something names the descriptor last: stable, the others stay in order.
    fields.sort_by_key(|field| field.kind == FieldKind::DefineFd);
    for spec in fields {
        entries.extend(field(step, spec).map(|value| (spec.name.to_owned(), value)));
    }
    if step.repeat > 1 {
        entries.push(("repeat".to_owned(), step.repeat.to_string()));
    }
    if !step.on.is_empty() {
        let on = step.on.iter().map(|on| {
            let result = match &on.result {
                OnResult::Ok => "ok",
                OnResult::Error => "error",
                OnResult::Errno(name) => name,
            };
            let jump = match &on.jump {
                Jump::Again => "again",
                Jump::Next => "next",
                Jump::Branch(name) => name,
            };
            (result.to_owned(), text(jump))
        });
        entries.push(("on".to_owned(), table(&on.collect::<Vec<_>>())));
    }
    entries.extend(step.expect.as_ref().map(|one| ("expect".to_owned(), expect(one))));
    table(&entries)
}

/// The value of one field, unless it is absent or what is meant without it.
fn field(step: &Step, field: &FieldSpec) -> Option<String> {
    let path = |path: &Option<Template>| path.as_ref().map(|path| text(&path.to_string()));
    let name = |name: &Option<String>| name.as_ref().map(|name| text(name));
    match (field.kind, field.name) {
        (FieldKind::Path, "to") => path(&step.to),
        (FieldKind::Path, _) => path(&step.path),
        (FieldKind::LinkTarget, _) => path(&step.target),
        (FieldKind::UseFd, "at") => name(&step.at),
        (FieldKind::DefineFd, "new") => name(&step.new),
        (FieldKind::UseFd | FieldKind::DefineFd, _) => name(&step.fd),
        (FieldKind::OpenFlags, _) => flags(&step.flags),
        (FieldKind::RenameFlag, _) => step.rename.map(|flag| text(flag.word())),
        (FieldKind::Mode, _) => step.mode.map(|mode| text(&format!("{mode:04o}"))),
        (FieldKind::AccessMode, _) => step.access.map(|access| text(access.word())),
        (FieldKind::Size, "len") => step.len.map(write_size),
        (FieldKind::Size, _) if matches!(step.op, OpKind::Write | OpKind::Pwrite) => {
            match step.content {
                Some(Content::Tagged(size)) => Some(write_size(size)),
                _ => None,
            }
        }
        (FieldKind::Size, _) => step.size.map(write_size),
        (FieldKind::Offset, _) => step.offset.map(|offset| match u64::try_from(offset) {
            Ok(offset) => write_size(offset),
            Err(_) => offset.to_string(),
        }),
        (FieldKind::Whence, _) => step.whence.map(|whence| text(whence.word())),
        (FieldKind::Text, _) => match &step.content {
            Some(Content::Text(content)) => Some(text(content)),
            _ => None,
        },
        (FieldKind::LockMode, _) => step.lock.map(|lock| text(lock.word())),
        (FieldKind::LockOwner, _) => step.owner.map(|owner| text(owner.word())),
        (FieldKind::Bool, "seek") => step.seek.then(|| "true".to_owned()),
        // A lock waits unless told otherwise.
        (FieldKind::Bool, _) => (!step.wait).then(|| "false".to_owned()),
        (FieldKind::Time, _) => step.time.map(write_time),
    }
}

fn expect(expect: &Expect) -> String {
    let texts = |texts: &Vec<String>| list(texts.iter().map(|one| text(one)));
    let sizes = |sizes: &Vec<u64>| list(sizes.iter().map(|size| write_size(*size)));
    let entries = [
        ("content", expect.content.as_ref().map(texts)),
        ("whole", expect.whole.then(|| "true".to_owned())),
        ("size", expect.size.as_ref().map(sizes)),
        ("errno", expect.errno.as_ref().map(texts)),
    ];
    let given = entries.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    table(&given.collect::<Vec<_>>())
}
