//! Results and trees in plain words.

use std::fmt::Write;

use super::{Done, Identity, Kind, Left, Returned, Stat};
use crate::content::{ContentItem, Run, Runs};
use crate::ops::call::{Call, SlotId};
use crate::ops::data::Read;
use crate::plan::{FixtureKindPlan, Plan, StepPlan};
use crate::sys::errno;

/// Texts up to this many bytes are shown in full.
const SHOWN: u64 = 64;
/// Runs of at least this many bytes are tagged data; shorter ones are letters of a text.
const TAGGED: u64 = 8;
/// Codes are counted along a ramp of this many bytes.
const PERIOD: u64 = 255;

/// Puts the results of a plan's steps into words.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    plan: &'a Plan,
    /// Entries of the fixture of which an inode number says whether a file is another one.
    stable: Vec<bool>,
}

impl<'a> Words<'a> {
    /// For this plan.
    pub fn new(plan: &'a Plan) -> Self {
        Self { plan, stable: vec![false; plan.fixture.len()] }
    }

    /// Says of a file that stands where an entry of the fixture stood that it is another one, for
    /// those entries of which one can tell.
    #[must_use]
    pub fn telling_apart(mut self, is_stable: impl Fn(u16) -> bool) -> Self {
        self.stable = (0..self.plan.fixture.len()).map(|entry| is_stable(entry as u16)).collect();
        self
    }

    /// What an actor's steps returned: `open ok; read "CONTENT"; close ok`.
    pub fn history(&self, actor: usize, history: &[Done]) -> String {
        let steps = (0..history.len()).map(|index| self.step(actor, history, index));
        let words = steps.collect::<Vec<_>>().join("; ");
        if words.is_empty() { "nothing".to_owned() } else { words }
    }

    /// What a step of an actor's history returned, with the name of its operation.
    pub fn step(&self, actor: usize, history: &[Done], index: usize) -> String {
        let done = &history[index];
        let plan = &self.plan.actors[actor].steps[usize::from(done.step)];
        let returned = match &done.returned {
            Returned::Read(runs) => {
                self.content(runs, offset_of(&self.plan.actors[actor].steps, history, index))
            }
            returned => self.returned(returned),
        };
        format!("{} {returned}", plan.op.name())
    }

    /// What a step returned.
    pub fn returned(&self, returned: &Returned) -> String {
        match returned {
            Returned::Failed(errno) => errno::name(i32::from(*errno)),
            Returned::Done => "ok".to_owned(),
            Returned::Offset(offset) => format!("to {offset}"),
            Returned::Wrote(count) => format!("{count} B"),
            Returned::Read(runs) => self.content(runs, None),
            Returned::Stat(stat) => self.stat(stat),
            Returned::Names(names) if names.is_empty() => "no names".to_owned(),
            Returned::Names(names) => names.join(", "),
            Returned::Text(text) => format!("{text:?}"),
            Returned::Skipped => "not called".to_owned(),
            Returned::TooMuch => "anything".to_owned(),
        }
    }

    /// What a stat said.
    pub fn stat(&self, stat: &Stat) -> String {
        let mut words = kind(stat.kind).to_owned();
        if let Some(size) = stat.size {
            let _ = write!(words, " of {size} B");
        }
        let links = if stat.nlink == 1 { "link" } else { "links" };
        let _ = write!(words, ", mode {:04o}, {} {links}", stat.mode, stat.nlink);
        match stat.identity {
            Identity::Fixture(entry) => {
                let _ = write!(words, ", {} of the fixture", self.entry(entry));
            }
            Identity::Other => {}
            Identity::Zero => words.push_str(", inode number 0"),
        }
        words
    }

    /// The names that are left, in one line.
    pub fn left(&self, left: &[Left]) -> String {
        let words: Vec<String> = left.iter().map(|one| self.name_left(one, left)).collect();
        if words.is_empty() { "nothing".to_owned() } else { words.join("; ") }
    }

    fn name_left(&self, one: &Left, all: &[Left]) -> String {
        let Left { path, stat, .. } = one;
        let first = all.iter().find(|other| other.file == one.file).unwrap_or(one);
        if first.path != *path {
            return format!("{path} is {}", first.path);
        }
        let names = all.iter().filter(|other| other.file == one.file).count() as u32;
        let mut notes = Vec::new();
        let (mut words, mode) = match (stat.kind, &one.content, &one.text) {
            (Kind::Directory, ..) => {
                let beneath = format!("{path}/");
                let holds = |other: &&Left| {
                    other.stat.kind == Kind::Directory
                        && other.path.strip_prefix(&beneath).is_some_and(|rest| !rest.contains('/'))
                };
                let counted = 2 + all.iter().filter(holds).count() as u32;
                if ![0, 1, counted].contains(&stat.nlink) {
                    notes.push(format!("{} links", stat.nlink));
                }
                (beneath, 0o755)
            }
            (_, _, Some(text)) => (format!("{path} -> {text}"), 0o777),
            (_, Some(content), _) => {
                if stat.size.is_some_and(|size| size != content.len()) {
                    notes.push(format!("its size is said to be {} B", stat.size.unwrap_or(0)));
                }
                let empty = content.is_empty().then(|| "\"\"".to_owned());
                let content = empty.unwrap_or_else(|| self.content(content, Some(0)));
                (format!("{path} = {content}"), 0o644)
            }
            _ => (format!("{path}: {}", kind(stat.kind)), 0o644),
        };
        if stat.mode != mode {
            notes.push(format!("mode {:04o}", stat.mode));
        }
        if stat.kind != Kind::Directory && stat.nlink != names {
            notes.push(format!("{} links", stat.nlink));
        }
        notes.extend(self.origin(path, stat.identity));
        if !notes.is_empty() {
            let _ = write!(words, " ({})", notes.join(", "));
        }
        words
    }

    /// Which file it is, where that is not the one that was there at the start.
    fn origin(&self, path: &str, identity: Identity) -> Option<String> {
        let here = self.plan.fixture.iter().position(|entry| entry.path == path);
        match identity {
            Identity::Zero => Some("inode number 0".to_owned()),
            Identity::Fixture(entry) if self.file_of(here) == Some(usize::from(entry)) => None,
            Identity::Fixture(entry) => Some(format!("was {}", self.entry(entry))),
            Identity::Other => {
                let was = self.file_of(here)?;
                self.stable[was].then(|| "another file".to_owned())
            }
        }
    }

    /// The entry that stands for the file of an entry: of a hard link, that of its file.
    fn file_of(&self, entry: Option<usize>) -> Option<usize> {
        let fixture = &self.plan.fixture;
        match &fixture[entry?].kind {
            FixtureKindPlan::HardLink(to) => {
                self.file_of(fixture.iter().position(|other| other.path == *to))
            }
            _ => entry,
        }
    }

    fn entry(&self, entry: u16) -> &str {
        self.plan.fixture.get(usize::from(entry)).map_or("?", |entry| &entry.path)
    }

    /// Bytes that were read at an offset of a file, if that is known: the text, or who wrote them.
    pub fn content(&self, runs: &Runs, offset: Option<u64>) -> String {
        if runs.is_empty() {
            return "nothing".to_owned();
        }
        let text = runs.len() <= SHOWN && runs.runs().iter().all(|run| run.phase.is_some());
        if text {
            let bytes = runs.bytes();
            if bytes.iter().all(|byte| matches!(byte, b'\n' | b' '..=b'~')) {
                return format!("{:?}", String::from_utf8_lossy(&bytes));
            }
        }
        let mut parts = Vec::new();
        let mut at = 0;
        let mut letters = (0, 0);
        for run in runs.runs().iter().chain([&Run { len: 0, phase: None }]) {
            if run.phase.is_some() && run.len < TAGGED && !self.is_tagged(run, offset) {
                letters = (if letters.1 == 0 { at } else { letters.0 }, letters.1 + run.len);
            } else {
                if letters.1 > 0 {
                    let bytes = runs.slice(letters.0, letters.0 + letters.1).bytes();
                    parts.push(shown(&bytes));
                    letters = (0, 0);
                }
                match run.phase {
                    _ if run.len == 0 => {}
                    None => parts.push(format!("{} zero B", run.len)),
                    Some(phase) => parts.push(self.tagged(run.len, phase, offset)),
                }
            }
            at += run.len;
        }
        parts.join(" + ")
    }

    fn is_tagged(&self, run: &Run, offset: Option<u64>) -> bool {
        let code = run.phase.zip(offset).map(|(phase, offset)| code(phase, offset));
        code.is_some_and(|code| self.writer(code).is_some())
    }

    fn tagged(&self, len: u64, phase: u8, offset: Option<u64>) -> String {
        let Some(offset) = offset else { return format!("{len} B from byte {phase} of the ramp") };
        let code = code(phase, offset);
        match self.writer(code) {
            Some((writer, 0)) => format!("{len} B of {writer}"),
            Some((writer, generation)) => format!("{len} B of {writer}, version {generation}"),
            None => format!("{len} B of code {code}"),
        }
    }

    /// Who writes tagged data of this code, and which version it is, counted from 0.
    fn writer(&self, code: u8) -> Option<(String, u8)> {
        let items = self.plan.contents.iter().enumerate();
        let mut items = items.filter_map(|(item, content)| match content {
            ContentItem::Tagged { first, codes, .. } => {
                let generation = code.checked_sub(*first).filter(|number| number < codes)?;
                Some((item as u8, generation))
            }
            ContentItem::Text(_) => None,
        });
        let (item, generation) = items.next()?;
        Some((self.writer_of(item)?, generation))
    }

    fn writer_of(&self, item: u8) -> Option<String> {
        let is_written =
            |step: &StepPlan| matches!(&step.call, Call::Write(call) if call.item == item);
        for actor in &self.plan.actors {
            if let Some(step) = actor.steps.iter().position(is_written) {
                return Some(format!("{}'s step {}", actor.name, step + 1));
            }
        }
        let is_made =
            |kind: &FixtureKindPlan| matches!(kind, FixtureKindPlan::File(made) if *made == item);
        let entry = self.plan.fixture.iter().find(|entry| is_made(&entry.kind))?;
        Some(format!("the first {}", entry.path))
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::File => "file",
        Kind::Directory => "directory",
        Kind::Symlink => "symbolic link",
        Kind::Other => "something else",
    }
}

fn shown(bytes: &[u8]) -> String {
    format!("\"{}\"", bytes.escape_ascii())
}

/// The code of the writer of a run that was read at this offset.
fn code(phase: u8, offset: u64) -> u8 {
    ((u64::from(phase) + PERIOD - offset % PERIOD) % PERIOD) as u8 + 1
}

/// The offset at which a read of a history began; `None` if others could have moved it.
fn offset_of(steps: &[StepPlan], history: &[Done], index: usize) -> Option<u64> {
    let call = |done: &Done| &steps[usize::from(done.step)].call;
    let Call::Read(Read { slot, offset, .. }) = call(&history[index]) else { return None };
    if offset.is_some() {
        return *offset;
    }
    let mut moved = 0;
    for done in history[..index].iter().rev() {
        match (call(done), &done.returned) {
            (Call::Open(open), Returned::Done) if open.slot == *slot => return Some(moved),
            (Call::Lseek(seek), Returned::Offset(to)) if seek.slot == *slot => {
                return Some(to + moved);
            }
            (Call::Dup(dup), _) if dup.from == *slot || dup.to == *slot => return None,
            (call, Returned::Read(runs)) if moves(call, *slot) => moved += runs.len(),
            (call, Returned::Wrote(count)) if moves(call, *slot) => moved += count,
            _ => {}
        }
    }
    None
}

/// Whether a call moves the offset of a descriptor by what it reads or writes.
fn moves(call: &Call, slot: SlotId) -> bool {
    match call {
        Call::Read(read) => read.slot == slot && read.offset.is_none(),
        Call::Write(write) => write.slot == slot && write.offset.is_none(),
        _ => false,
    }
}
