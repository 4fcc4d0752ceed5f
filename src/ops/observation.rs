//! What one step returned.

use serde::{Deserialize, Serialize};

/// The result of one call: value or errno, and for stats, reads and scans what was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// 0 for success.
    pub errno: u16,
    /// Properties of the result, as [`flag`] bits.
    pub flags: u16,
    /// What a read returned, as a [`crate::content::Class`].
    pub content: u16,
    /// Permission bits and type of a stat.
    pub mode: u16,
    /// Link count of a stat, capped at `u16::MAX`.
    pub nlink: u16,
    /// Byte count, new offset or number of entries; -1 where there is none.
    pub value: i64,
    /// Inode number of a stat.
    pub ino: u64,
    /// Size of a stat.
    pub size: u64,
}

/// Bits of [`Observation::flags`].
pub mod flag {
    /// A stat of a descriptor gave inode number 0.
    pub const ZERO_INODE: u16 = 1 << 0;
    /// A stat gave another inode, device or file type than the same descriptor gave before.
    pub const IDENTITY_CHANGED: u16 = 1 << 1;
    /// A read at the start of a file returned nothing.
    pub const EMPTY: u16 = 1 << 2;
    /// A read or write moved fewer bytes than it was asked for, but some.
    pub const SHORT: u16 = 1 << 3;
    /// A scan did not report a name that was there throughout.
    pub const MISSING_NAME: u16 = 1 << 4;
    /// A scan reported a name that was there throughout more than once.
    pub const DOUBLED_NAME: u16 = 1 << 5;
    /// The step used a descriptor, and that descriptor was open.
    pub const ON_DESCRIPTOR: u16 = 1 << 6;
    /// The observation carries the fields of a stat.
    pub const STAT: u16 = 1 << 7;
    /// The key was folded because the step had shown too many different results: mode, link
    /// count and size are left out of it.
    pub const FOLDED: u16 = 1 << 8;
}

impl Observation {
    /// Success with a value.
    pub fn value(value: i64) -> Self {
        Self { value, ..Self::default() }
    }

    /// A failed call.
    pub fn failed(errno: rustix::io::Errno) -> Self {
        Self { errno: errno.raw_os_error() as u16, value: -1, ..Self::default() }
    }

    /// The observation of a call that returns nothing but success or an errno.
    pub fn of(result: rustix::io::Result<()>) -> Self {
        result.map_or_else(Self::failed, |()| Self::value(0))
    }

    /// The same observation with one more flag.
    #[must_use]
    pub fn with(mut self, flag: u16) -> Self {
        self.flags |= flag;
        self
    }

    /// Whether a flag is set.
    pub fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    /// Everything a detector distinguishes, packed: two observations of one step with the same
    /// key are counted together. `size_class` stands for the size (see
    /// [`crate::plan::Plan::sizes`]). Bit 63 is always set, so that 0 can mean "no key".
    #[inline]
    pub fn key(&self, size_class: u8) -> u64 {
        1 << 63
            | u64::from(self.nlink.min(7)) << 60
            | u64::from(size_class & 0x3f) << 54
            | u64::from(self.flags & 0x1ff) << 45
            | u64::from(self.content & 0x7ff) << 32
            | u64::from(self.mode) << 16
            | u64::from(self.errno)
    }

    /// The key with the unbounded parts left out.
    pub fn folded_key(&self) -> u64 {
        Self { mode: 0, nlink: 0, ..*self }.with(flag::FOLDED).key(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_an_observation_has_its_own_bits_in_the_key() {
        let plain = Observation::default();
        let others = [
            plain.key(1),
            Observation { errno: 2, ..plain }.key(0),
            Observation { mode: 0x8000, ..plain }.key(0),
            Observation { nlink: 1, ..plain }.key(0),
            Observation { content: 0x7ff, ..plain }.key(0),
            plain.with(flag::ZERO_INODE).key(0),
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
}
