//! What a round shows, in exactly the words that the exported program puts it into (`put_result` and
//! `put_left`, in `parts`): an outcome is allowed if its words are in the table.

use std::collections::HashMap;
use std::fmt::Write;

use crate::content::{ContentItem, Runs};
use crate::ops::call::{Call, SlotId};
use crate::outcome::{Done, Identity, Kind, Left, Outcome, Returned, Stat};
use crate::plan::{FixtureKindPlan, Plan, StepPlan};
use crate::sys::errno;

/// Runs of at least this many bytes are of one write, wherever they stand.
const TAGGED: usize = 8;
/// Codes are counted along a ramp of this many bytes.
const PERIOD: u64 = 255;

/// Puts outcomes of one plan into words.
#[derive(Debug)]
pub(super) struct Words<'a> {
    plan: &'a Plan,
    writers: Vec<(u8, String)>,
}

impl<'a> Words<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        Self { plan, writers: writers(plan) }
    }

    /// Whoever writes tagged data: the code, and the name of what is written with it.
    pub(super) fn writers(&self) -> &[(u8, String)] {
        &self.writers
    }

    /// One line for each actor, and one for the tree that is left.
    pub(super) fn lines(&self, outcome: &Outcome) -> Vec<String> {
        let actors = outcome.actors.iter().enumerate();
        let actors = actors.map(|(actor, history)| self.history(actor, history));
        actors.chain([self.left(&outcome.left)]).collect()
    }

    fn history(&self, actor: usize, history: &[Done]) -> String {
        let steps = &self.plan.actors[actor].steps;
        let mut offsets = Offsets::default();
        for shared in 0..self.plan.shared.len() {
            offsets.0.insert(shared as u8, None);
        }
        let words = history.iter().map(|done| {
            let step = &steps[usize::from(done.step)];
            let at = offsets.follow(&step.call, &done.returned);
            format!("{} {}", op(step), self.returned(&done.returned, at))
        });
        words.collect::<Vec<_>>().join("; ")
    }

    fn returned(&self, returned: &Returned, at: Option<u64>) -> String {
        match returned {
            Returned::Failed(errno) => errno::name(i32::from(*errno)),
            Returned::Done => "ok".to_owned(),
            Returned::Offset(offset) => format!("to {offset}"),
            Returned::Wrote(count) => format!("{count} B"),
            Returned::Read(runs) => self.content(runs, at),
            Returned::Stat(stat) => self.stat(stat),
            Returned::Names(names) if names.is_empty() => "no names".to_owned(),
            Returned::Names(names) => {
                names.iter().map(|name| escaped_name(name)).collect::<Vec<_>>().join(", ")
            }
            Returned::Text(text) => quoted(text.as_bytes()),
            Returned::Skipped => "not called".to_owned(),
            // Such outcomes are refused.
            Returned::TooMuch => String::new(),
        }
    }

    fn stat(&self, stat: &Stat) -> String {
        let mut words = match stat.kind {
            Kind::File => "file",
            Kind::Directory => "directory",
            Kind::Symlink => "symlink",
            Kind::Other => "something else",
        }
        .to_owned();
        if let Some(size) = stat.size {
            let _ = write!(words, " {size} B");
        }
        let _ = write!(words, " {:04o}", stat.mode);
        if stat.kind != Kind::Directory {
            let links = if stat.nlink == 1 { "link" } else { "links" };
            let _ = write!(words, " {} {links}", stat.nlink);
        }
        words + &self.identity(stat)
    }

    fn identity(&self, stat: &Stat) -> String {
        match stat.identity {
            Identity::Fixture(entry) => {
                format!(" [{}]", escaped_name(&self.plan.fixture[usize::from(entry)].path))
            }
            Identity::Zero => " inode 0".to_owned(),
            Identity::Other => String::new(),
        }
    }

    fn left(&self, left: &[Left]) -> String {
        let words: Vec<String> = left.iter().map(|one| self.name_left(one, left)).collect();
        if words.is_empty() { "nothing".to_owned() } else { words.join("; ") }
    }

    fn name_left(&self, one: &Left, all: &[Left]) -> String {
        let Left { path, stat, .. } = one;
        let first = all.iter().find(|other| other.file == one.file).unwrap_or(one);
        let name = escaped_name(path);
        if first.path != *path {
            return format!("{name} is {}", escaped_name(&first.path));
        }
        let (mut words, usual) = match (stat.kind, &one.text, &one.content) {
            (Kind::Directory, ..) => (format!("{name}/"), 0o755),
            (_, Some(text), _) => (format!("{name} -> {}", quoted(text.as_bytes())), 0o777),
            (_, _, content) => {
                let content = content.clone().unwrap_or_default();
                let mut words = format!("{name} = {}", self.content(&content, Some(0)));
                if let Some(size) = stat.size.filter(|size| *size != content.len()) {
                    let _ = write!(words, " size {size}");
                }
                (words, 0o644)
            }
        };
        if stat.mode != usual {
            let _ = write!(words, " mode {:04o}", stat.mode);
        }
        let names = all.iter().filter(|other| other.file == one.file).count();
        if stat.kind != Kind::Directory && stat.nlink as usize != names {
            let _ = write!(words, " {} links", stat.nlink);
        }
        words + &self.identity(stat)
    }

    /// Bytes that were read at an offset, if that is known.
    fn content(&self, runs: &Runs, at: Option<u64>) -> String {
        let bytes = runs.bytes();
        if bytes.is_empty() {
            return "nothing".to_owned();
        }
        let mut parts = Vec::new();
        let mut letters: Vec<u8> = Vec::new();
        let mut place = 0;
        while place < bytes.len() {
            let len = self.run(&bytes[place..]);
            let here = at.map(|at| at + place as u64);
            let first = bytes[place];
            if first != 0 && !self.is_tagged(first, len, here) {
                letters.extend(&bytes[place..place + len]);
            } else {
                if !letters.is_empty() {
                    parts.push(quoted(&std::mem::take(&mut letters)));
                }
                parts.push(match here {
                    _ if first == 0 => format!("{len} zero B"),
                    None => format!("{len} B that begin with {first}"),
                    Some(here) => match self.writer(code_of(first, here)) {
                        Some(writer) => format!("{len} B of {writer}"),
                        None => format!("{len} B of code {}", code_of(first, here)),
                    },
                });
            }
            place += len;
        }
        if !letters.is_empty() {
            parts.push(quoted(&letters));
        }
        parts.join(" + ")
    }

    /// How many bytes go on like the first: as zeros, or as one write where there is tagged data.
    fn run(&self, bytes: &[u8]) -> usize {
        let goes_on = |pair: &&[u8]| match pair[0] {
            0 => pair[1] == 0,
            byte => !self.writers.is_empty() && u16::from(pair[1]) == 1 + u16::from(byte) % 255,
        };
        1 + bytes.windows(2).take_while(goes_on).count()
    }

    fn is_tagged(&self, first: u8, len: usize, at: Option<u64>) -> bool {
        let known = |at| self.writer(code_of(first, at)).is_some();
        !self.writers.is_empty() && (len >= TAGGED || at.is_some_and(known))
    }

    fn writer(&self, code: u8) -> Option<&str> {
        let known = self.writers.iter().find(|(other, _)| *other == code);
        known.map(|(_, name)| name.as_str())
    }
}

/// The first word of a step, as it stands in the program.
fn op(step: &StepPlan) -> &str {
    step.text.split(' ').next().unwrap_or_default()
}

/// Whoever writes tagged data in a round, with its code.
fn writers(plan: &Plan) -> Vec<(u8, String)> {
    let mut writers = Vec::new();
    for (item, content) in plan.contents.iter().enumerate() {
        if let ContentItem::Tagged { first, .. } = content {
            writers.push((*first, name_of(plan, item as u8)));
        }
    }
    writers
}

/// What a content is called: by the text that it is, or by who writes it.
pub(super) fn name_of(plan: &Plan, item: u8) -> String {
    if let ContentItem::Text(text) = &plan.contents[usize::from(item)] {
        return quoted(text.as_bytes());
    }
    for actor in &plan.actors {
        let writes = |step: &StepPlan| matches!(&step.call, Call::Write(call) if call.item == item);
        if let Some(step) = actor.steps.iter().position(writes) {
            return format!("{} step {}", escaped_name(&actor.name), step + 1);
        }
    }
    let made = plan.fixture.iter().find(|entry| entry.kind == FixtureKindPlan::File(item));
    made.map_or_else(
        || format!("content {item}"),
        |entry| format!("the first {}", escaped_name(&entry.path)),
    )
}

/// The code that writes this byte at this offset.
fn code_of(byte: u8, at: u64) -> u8 {
    1 + ((u64::from(byte) + PERIOD - 1 - at % PERIOD) % PERIOD) as u8
}

fn escaped(bytes: &[u8], but: &[u8]) -> String {
    let mut words = String::new();
    for &byte in bytes {
        if !(b' '..=b'~').contains(&byte) || but.contains(&byte) {
            let _ = write!(words, "\\x{byte:02x}");
        } else {
            words.push(char::from(byte));
        }
    }
    words
}

pub(super) fn escaped_name(name: &str) -> String {
    escaped(name.as_bytes(), b"\"\\; ,=[]:")
}

fn quoted(bytes: &[u8]) -> String {
    format!("\"{}\"", escaped(bytes, b"\"\\;"))
}

/// Where the descriptors of an actor stand, as far as it knows.
#[derive(Debug, Default)]
struct Offsets(HashMap<u8, Option<u64>>);

impl Offsets {
    /// Takes in what a call returned; the offset at which a read began, if that is known.
    fn follow(&mut self, call: &Call, returned: &Returned) -> Option<u64> {
        let of = |slot: &SlotId| self.0.get(&slot.0).copied().flatten();
        match (call, returned) {
            (Call::Open(open), Returned::Done) => {
                self.0.insert(open.slot.0, (!open.append).then_some(0));
            }
            (Call::Dup(dup), Returned::Done) => {
                self.0.insert(dup.from.0, None);
                self.0.insert(dup.to.0, None);
            }
            (Call::Lseek(seek), Returned::Offset(to)) => {
                self.0.entry(seek.slot.0).and_modify(|at| *at = at.map(|_| *to));
            }
            (Call::Write(write), Returned::Wrote(count)) if write.offset.is_none() => {
                self.0.entry(write.slot.0).and_modify(|at| *at = at.map(|at| at + count));
            }
            (Call::Read(read), Returned::Read(runs)) => {
                let at = read.offset.or(of(&read.slot));
                if read.offset.is_none() {
                    let moved = runs.len();
                    self.0.entry(read.slot.0).and_modify(|at| *at = at.map(|at| at + moved));
                }
                return at;
            }
            _ => {}
        }
        None
    }
}
