//! What one actor notes of one round: a cache line for every step it did, and the details of
//! reads, scans and links.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use super::board::Room;
use crate::ops::detail::Detail;
use crate::ops::observation::{Observation, flag};
use crate::outcome::Interval;
use crate::plan::StepId;

/// Words of one note: start, end, five of the observation, and the step with its details.
pub const NOTE_WORDS: usize = 8;
const OBSERVATION: usize = 2;
const META: usize = 7;
/// The step needed a descriptor that was not open.
const SKIPPED: u64 = 1 << 16;
/// Its details had no room.
const CUT: u64 = 1 << 17;
/// From here on, the number of bytes of its details.
const BYTES: u32 = 32;

/// The notes of one actor, mapped.
#[derive(Clone, Copy, Debug)]
pub struct Notes<'a> {
    notes: &'a [AtomicU64],
    details: &'a [AtomicU64],
    rooms: &'a [Room],
}

/// One step as it was noted.
#[derive(Clone, Copy, Debug)]
pub struct Note {
    /// When it ran; both ends the same if it was skipped.
    pub interval: Interval,
    /// Which step it was.
    pub step: StepId,
    /// What it returned, if it was called.
    pub observation: Option<Observation>,
    /// Bytes of its details; `None` if there were too many.
    pub detail_bytes: Option<usize>,
}

impl<'a> Notes<'a> {
    /// A view of the words.
    pub fn new(notes: &'a [AtomicU64], details: &'a [AtomicU64], rooms: &'a [Room]) -> Self {
        Self { notes, details, rooms }
    }

    /// Notes the `index`-th step of the round; `time` counts how often the same one was done
    /// before, in a row.
    #[inline]
    pub fn put(
        &self,
        index: usize,
        (step, time): (StepId, u32),
        interval: Interval,
        observation: Option<&Observation>,
        detail: Option<&Detail>,
    ) {
        let words = &self.notes[index * NOTE_WORDS..][..NOTE_WORDS];
        words[0].store(interval.start, Relaxed);
        words[1].store(interval.end, Relaxed);
        let mut meta = u64::from(step);
        match observation {
            Some(observation) => observation.store(&words[OBSERVATION..META]),
            None => meta |= SKIPPED,
        }
        if let Some(detail) = detail {
            meta |= self.put_detail(step, time, detail);
        }
        words[META].store(meta, Relaxed);
    }

    fn put_detail(&self, step: StepId, time: u32, detail: &Detail) -> u64 {
        let room = self.rooms[usize::from(step)];
        let Some(kept) = detail.kept().filter(|kept| kept.len() <= room.words * 8) else {
            return CUT;
        };
        let words = &self.details[room.start + time as usize * room.words..];
        for (word, chunk) in words.iter().zip(kept.chunks(8)) {
            let mut bytes = [0; 8];
            bytes[..chunk.len()].copy_from_slice(chunk);
            word.store(u64::from_le_bytes(bytes), Relaxed);
        }
        (kept.len() as u64) << BYTES
    }

    /// The `index`-th step of the round.
    pub fn get(&self, index: usize) -> Note {
        Note::load(&self.notes[index * NOTE_WORDS..][..NOTE_WORDS])
    }

    /// The words of the details of a step that was done `time` times before, in a row.
    pub fn detail(&self, note: &Note, time: u32) -> &'a [AtomicU64] {
        let words = note.detail_bytes.unwrap_or_default().div_ceil(8);
        let room = self.rooms[usize::from(note.step)];
        &self.details[room.start + time as usize * room.words..][..words]
    }
}

impl Note {
    /// Reads a note from shared memory.
    pub fn load(words: &[AtomicU64]) -> Self {
        let meta = words[META].load(Relaxed);
        Self {
            interval: Interval { start: words[0].load(Relaxed), end: words[1].load(Relaxed) },
            step: meta as StepId,
            observation: (meta & SKIPPED == 0)
                .then(|| Observation::load(&words[OBSERVATION..META])),
            detail_bytes: (meta & CUT == 0).then_some((meta >> BYTES) as usize),
        }
    }

    /// The words of the note, with another inode number.
    pub fn words(&self, ino: impl Fn(u64) -> u64) -> [u64; NOTE_WORDS] {
        let mut words = [0; NOTE_WORDS];
        (words[0], words[1]) = (self.interval.start, self.interval.end);
        let mut meta = u64::from(self.step);
        match self.observation {
            Some(mut seen) => {
                seen.ino = if seen.has(flag::STAT) { ino(seen.ino) } else { 0 };
                words[OBSERVATION..META].copy_from_slice(&seen.words());
            }
            None => meta |= SKIPPED,
        }
        meta |= self.detail_bytes.map_or(CUT, |bytes| (bytes as u64) << BYTES);
        words[META] = meta;
        words
    }
}
