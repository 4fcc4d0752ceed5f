//! What one step returned.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use serde::{Deserialize, Serialize};

use crate::content::Class;

/// The result of one call: value or errno, and for stats, reads and scans what was seen.
///
/// The small parts share one word, because the hot path copies and compares observations all the
/// time, and a processor that reads a word just after its parts were written separately stalls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// errno: bits 0..16, mode: 16..32, content class: 32..43, flags: 44..54.
    small: u64,
    /// Byte count, new offset or number of entries; -1 where there is none.
    pub value: i64,
    /// Inode number of a stat.
    pub ino: u64,
    /// Size of a stat; byte count of a read or write.
    pub size: u64,
    /// Link count of a stat.
    pub nlink: u64,
}

const MODE: u32 = 16;
const CONTENT: u32 = 32;
const SIZE_CLASS: u32 = 54;
const NLINK: u32 = 60;
/// Always set in a key, so that 0 can mean "no key".
const KEY: u64 = 1 << 63;

/// A property of a result, as a bit of the small parts.
pub mod flag {
    /// A short write where there may have been no room for more: the filesystem was nearly full,
    /// or the process may not make a file larger than that.
    pub const NO_ROOM: u64 = 1 << 44;
    /// A stat of a descriptor gave inode number 0.
    pub const ZERO_INODE: u64 = 1 << 45;
    /// A stat gave another inode, device or file type than the same descriptor gave before.
    pub const IDENTITY_CHANGED: u64 = 1 << 46;
    /// A read at the start of a file returned nothing.
    pub const EMPTY: u64 = 1 << 47;
    /// A write moved fewer bytes than it was asked for.
    pub const SHORT: u64 = 1 << 48;
    /// A scan did not report a name that was there throughout.
    pub const MISSING_NAME: u64 = 1 << 49;
    /// A scan reported a name that was there throughout more than once.
    pub const DOUBLED_NAME: u64 = 1 << 50;
    /// The step used a descriptor, and that descriptor was open.
    pub const ON_DESCRIPTOR: u64 = 1 << 51;
    /// The observation carries the fields of a stat.
    pub const STAT: u64 = 1 << 52;
    /// The key was folded because the step had shown too many different results: mode, link
    /// count and size are left out of it.
    pub const FOLDED: u64 = 1 << 53;
}

impl Observation {
    /// Success with a value.
    #[inline]
    pub fn value(value: i64) -> Self {
        Self { value, ..Self::default() }
    }

    /// Success of a call that moved this many bytes. The count is a size too: `expect` can name
    /// the ones that are allowed.
    #[inline]
    pub fn moved(count: usize) -> Self {
        Self { value: count as i64, size: count as u64, ..Self::default() }
    }

    /// A failed call.
    #[inline]
    pub fn failed(errno: rustix::io::Errno) -> Self {
        Self { small: u64::from(errno.raw_os_error() as u16), value: -1, ..Self::default() }
    }

    /// The observation of a call that returns nothing but success or an errno.
    #[inline]
    pub fn of(result: rustix::io::Result<()>) -> Self {
        match result {
            Ok(()) => Self::default(),
            Err(errno) => Self::failed(errno),
        }
    }

    /// What a stat said.
    #[inline]
    pub fn stat(ino: u64, size: u64, mode: u16, nlink: u64) -> Self {
        Self { small: flag::STAT | u64::from(mode) << MODE, value: 0, ino, size, nlink }
    }

    /// The same observation with one more flag.
    #[must_use]
    #[inline]
    pub fn with(mut self, flag: u64) -> Self {
        self.small |= flag;
        self
    }

    /// The same observation with what a read returned.
    #[must_use]
    #[inline]
    pub fn with_content(mut self, class: Class) -> Self {
        self.small |= u64::from(class.pack()) << CONTENT;
        self
    }

    /// Whether a flag is set.
    #[inline]
    pub fn has(&self, flag: u64) -> bool {
        self.small & flag != 0
    }

    /// 0 for success.
    #[inline]
    pub fn errno(&self) -> u16 {
        self.small as u16
    }

    /// Permission bits and type of a stat.
    #[inline]
    pub fn mode(&self) -> u16 {
        (self.small >> MODE) as u16
    }

    /// What a read returned.
    pub fn content(&self) -> Class {
        Class::unpack((self.small >> CONTENT) as u16 & 0x7ff)
    }

    /// Everything a detector distinguishes: two observations of one step with the same key are
    /// counted together. `size_class` stands for the size (see [`crate::plan::Plan::sizes`]).
    #[inline]
    pub fn key(&self, size_class: u8) -> u64 {
        KEY | self.small | u64::from(size_class) << SIZE_CLASS | self.nlink.min(7) << NLINK
    }

    /// Whether the two are certain to have the same key, without working it out.
    #[inline]
    pub fn has_key_of(&self, other: &Self) -> bool {
        self.small == other.small && self.size == other.size && self.nlink == other.nlink
    }

    /// The key with the unbounded parts left out.
    pub fn folded_key(&self) -> u64 {
        KEY | flag::FOLDED | self.small & !(0xffff << MODE)
    }

    /// Whether a key was folded.
    pub fn is_folded(key: u64) -> bool {
        key & flag::FOLDED != 0
    }

    /// The observation in five words.
    pub fn words(&self) -> [u64; 5] {
        [self.small, self.value as u64, self.ino, self.size, self.nlink]
    }

    /// Writes the observation to five words of shared memory.
    #[inline]
    pub fn store(&self, words: &[AtomicU64]) {
        let words = &words[..5];
        words[0].store(self.small, Relaxed);
        words[1].store(self.value as u64, Relaxed);
        words[2].store(self.ino, Relaxed);
        words[3].store(self.size, Relaxed);
        words[4].store(self.nlink, Relaxed);
    }

    /// Reads an observation from five words of shared memory.
    pub fn load(words: &[AtomicU64]) -> Self {
        let word = |index: usize| words[index].load(Relaxed);
        Self { small: word(0), value: word(1) as i64, ino: word(2), size: word(3), nlink: word(4) }
    }
}

// The flags stand between the content class and the size class.
const _: () = assert!(flag::NO_ROOM > 0x7ff << CONTENT && flag::FOLDED < 1 << SIZE_CLASS);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_an_observation_has_its_own_bits_in_the_key() {
        let plain = Observation::default();
        let others = [
            plain.key(63),
            Observation::failed(rustix::io::Errno::from_raw_os_error(133)).key(0),
            Observation::stat(0, 0, 0o107_777, 0).key(0) & !flag::STAT,
            Observation { nlink: 1000, ..plain }.key(0),
            plain.with_content(Class::Whole(255)).key(0),
            plain.with(flag::NO_ROOM).key(0),
            plain.with(flag::ZERO_INODE).key(0),
            plain.with(flag::STAT).key(0),
            plain.with(flag::FOLDED).key(0),
        ];
        let mut bits = 0;
        for key in others {
            let differs = key ^ plain.key(0);
            assert_ne!(differs, 0);
            assert_eq!(bits & differs, 0, "parts share bits");
            bits |= differs;
        }
    }

    #[test]
    fn parts_come_back_as_they_were_put_in() {
        let seen = Observation::stat(7, 9, 0o100_644, 2).with(flag::IDENTITY_CHANGED);
        assert_eq!((seen.mode(), seen.errno()), (0o100_644, 0));
        assert!(seen.has(flag::STAT) && seen.has(flag::IDENTITY_CHANGED));
        let words: Vec<AtomicU64> = (0..5).map(|_| AtomicU64::new(0)).collect();
        seen.store(&words);
        assert_eq!(Observation::load(&words), seen);
        let read = Observation::moved(3).with_content(Class::Part(9)).with(flag::ON_DESCRIPTOR);
        assert_eq!((read.content(), read.size), (Class::Part(9), 3));
    }
}
