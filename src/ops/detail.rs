//! What an observation has no room for: the bytes of a read, the names of a scan, the text of a
//! link. Rounds keep it; free mode does not.

use crate::content::{Run, Runs};

/// Room for the details of one step, allocated before the start.
#[derive(Debug)]
pub struct Detail {
    bytes: Vec<u8>,
    cut: bool,
}

/// Bytes that one run takes.
const RUN_BYTES: usize = 8;
/// Bits of an encoded run that hold the phase, 0 for zero bytes.
const PHASE_BITS: u32 = 9;

impl Detail {
    /// Room for `limit` bytes.
    pub fn with_room(limit: usize) -> Self {
        Self { bytes: Vec::with_capacity(limit), cut: false }
    }

    /// Forgets what is in it.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.cut = false;
    }

    /// What has been kept since it was cleared; `None` if there was not room for all of it.
    pub fn kept(&self) -> Option<&[u8]> {
        (!self.cut).then_some(&self.bytes)
    }

    /// Keeps what a read returned.
    pub fn keep_read(&mut self, read: &[u8]) {
        Runs::each(read, |run| self.push(&word_of(run).to_le_bytes()));
    }

    /// Keeps one name of a scan.
    pub fn keep_name(&mut self, name: &[u8]) {
        self.push(name);
        self.push(b"\0");
    }

    /// Keeps the text of a symbolic link.
    pub fn keep_text(&mut self, text: &[u8]) {
        self.push(text);
    }

    fn push(&mut self, bytes: &[u8]) {
        if self.bytes.len() + bytes.len() > self.bytes.capacity() {
            self.cut = true;
        } else {
            self.bytes.extend_from_slice(bytes);
        }
    }
}

/// The runs that [`Detail::keep_read`] kept.
pub fn runs(kept: &[u8]) -> Runs {
    let word = |chunk: &[u8]| chunk.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
    Runs::join(kept.chunks_exact(RUN_BYTES).map(|chunk| run_of(word(chunk))))
}

/// A run in one word.
pub fn word_of(run: Run) -> u64 {
    run.len << PHASE_BITS | run.phase.map_or(0, |phase| u64::from(phase) + 1)
}

/// The run that [`word_of`] put into a word.
pub fn run_of(word: u64) -> Run {
    let phase = (word & ((1 << PHASE_BITS) - 1)).checked_sub(1).map(|phase| phase as u8);
    Run { len: word >> PHASE_BITS, phase }
}

/// The names that [`Detail::keep_name`] kept, sorted.
pub fn names(kept: &[u8]) -> Vec<String> {
    let names = kept.split(|&byte| byte == 0).filter(|name| !name.is_empty());
    let mut names: Vec<String> =
        names.map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_come_back() {
        let mut detail = Detail::with_room(64);
        detail.keep_read(b"CC\0\0x");
        assert_eq!(runs(detail.kept().unwrap()).bytes(), b"CC\0\0x");
        detail.clear();
        detail.keep_name(b"b");
        detail.keep_name(b"a");
        assert_eq!(names(detail.kept().unwrap()), ["a", "b"]);
    }

    #[test]
    fn what_has_no_room_is_not_kept_in_part() {
        let mut detail = Detail::with_room(8);
        detail.keep_text(b"123456789");
        assert_eq!(detail.kept(), None);
        detail.clear();
        detail.keep_text(b"12345678");
        assert_eq!(detail.kept(), Some(&b"12345678"[..]));
    }
}
