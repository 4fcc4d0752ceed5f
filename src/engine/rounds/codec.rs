//! A history as words in shared memory, and back.
//!
//! ```text
//! per actor:  number of notes, then per note: its words (the inode number as a symbol), details
//! tree:       number of names, then per name: head, path, data
//! ```

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use super::fingerprint::Repeats;
use super::identity::{symbol, symbols};
use super::notes::{NOTE_WORDS, Note, Notes};
use super::tree::{Entry, Tree};
use crate::content::Runs;
use crate::ops::detail;
use crate::ops::observation::Observation;
use crate::outcome::{Done, History, Left, Returned, decode, stat};
use crate::plan::{Plan, StepPlan};

/// What stands behind the path of a name.
const NOTHING: u64 = 0;
const CONTENT: u64 = 1;
const TEXT: u64 = 2;

/// Puts a round into words, which are added to `words`.
pub fn encode<'a>(
    words: &mut Vec<u64>,
    notes: impl Iterator<Item = (Notes<'a>, usize)>,
    tree: &Tree,
    fixture: &[u64],
) {
    for (notes, count) in notes {
        words.push(count as u64);
        let mut times = Repeats::default();
        for index in 0..count {
            let note = notes.get(index);
            let time = times.next(note.step);
            words.extend(note.words(|ino| symbol(ino, fixture)));
            words.extend(notes.detail(&note, time).iter().map(|word| word.load(Relaxed)));
        }
    }
    words.push(tree.entries().len() as u64);
    for entry in tree.entries() {
        encode_entry(words, entry, tree, fixture);
    }
}

fn encode_entry(words: &mut Vec<u64>, entry: &Entry, tree: &Tree, fixture: &[u64]) {
    let behind = match entry {
        _ if !entry.whole => NOTHING,
        _ if entry.is_symlink() => TEXT,
        _ => CONTENT,
    };
    let identity = symbol(entry.ino, fixture);
    let head = [u64::from(entry.file), entry.mode.into(), entry.nlink, entry.size, identity];
    words.extend(head);
    put_bytes(words, tree.path(entry));
    words.push(behind);
    match behind {
        TEXT => put_bytes(words, tree.data(entry)),
        CONTENT => {
            let length = words.len();
            words.push(0);
            Runs::each(tree.data(entry), |run| words.push(detail::word_of(run)));
            words[length] = (words.len() - length - 1) as u64;
        }
        _ => {}
    }
}

fn put_bytes(words: &mut Vec<u64>, bytes: &[u8]) {
    words.push(bytes.len() as u64);
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        words.push(u64::from_le_bytes(word));
    }
}

/// The history that [`encode`] put into these words.
pub fn history(plan: &Plan, words: &[AtomicU64]) -> History {
    let mut words = Words { words };
    let fixture = symbols(plan.fixture.len());
    let mut history = History::default();
    for actor in &plan.actors {
        let (mut done, mut times) = (Vec::new(), Vec::new());
        for _ in 0..words.next() {
            let note = Note::load(words.take(NOTE_WORDS));
            let bytes = note.detail_bytes.map(|bytes| words.bytes(bytes));
            let Some(step) = actor.steps.get(usize::from(note.step)) else { continue };
            done.push(Done {
                step: note.step,
                returned: returned(step, &note, bytes.as_deref(), &fixture),
            });
            times.push(note.interval);
        }
        history.outcome.actors.push(done);
        history.times.push(times);
    }
    let left = (0..words.next()).map(|_| name(&mut words, &fixture));
    history.outcome.left = left.collect();
    history
}

fn returned(step: &StepPlan, note: &Note, kept: Option<&[u8]>, fixture: &[u64]) -> Returned {
    let decoded = |seen: &Observation| decode(step, seen, kept, fixture);
    note.observation.as_ref().map_or(Returned::Skipped, decoded)
}

fn name(words: &mut Words<'_>, fixture: &[u64]) -> Left {
    let (file, mode) = (words.next() as u16, words.next() as u16);
    let (nlink, size, identity) = (words.next(), words.next(), words.next());
    let length = words.next() as usize;
    let path = String::from_utf8_lossy(&words.bytes(length)).into_owned();
    let (mut content, mut text) = (None, None);
    match words.next() {
        CONTENT => {
            let runs = words.next() as usize;
            let runs = words.take(runs).iter().map(|word| detail::run_of(word.load(Relaxed)));
            content = Some(Runs::join(runs));
        }
        TEXT => {
            let length = words.next() as usize;
            text = Some(String::from_utf8_lossy(&words.bytes(length)).into_owned());
        }
        _ => {}
    }
    let stat = stat(&Observation::stat(identity, size, mode, nlink), fixture);
    Left { path, file, stat, content, text }
}

/// Words yet to be read. Reading beyond the end gives zeros.
struct Words<'a> {
    words: &'a [AtomicU64],
}

impl<'a> Words<'a> {
    fn take(&mut self, count: usize) -> &'a [AtomicU64] {
        let (taken, rest) = self.words.split_at(count.min(self.words.len()));
        self.words = rest;
        taken
    }

    fn next(&mut self) -> u64 {
        self.take(1).first().map_or(0, |word| word.load(Relaxed))
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let words = self.take(length.div_ceil(8)).iter();
        let mut bytes: Vec<u8> = words.flat_map(|word| word.load(Relaxed).to_le_bytes()).collect();
        bytes.truncate(length);
        bytes
    }
}
