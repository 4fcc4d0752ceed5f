//! Tagged content: bytes that say which write they came from.
//!
//! Byte `i` of a file written by code `c` is `1 + (i + c - 1) mod 255`. Any two codes differ at
//! every offset, and no code ever writes a zero byte, so that a single byte at a known offset
//! tells its writer, and a hole is recognised as a hole. The content of every code is a window of
//! one endless ramp: writing formats nothing, and checking a read is a comparison of memory.

mod runs;
mod table;

pub use runs::{Run, Runs};
pub use table::ContentTable;

use serde::{Deserialize, Serialize};

/// Something that a scenario writes: an entry of [`crate::plan::Plan::contents`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContentItem {
    /// Exactly these bytes. Equal texts are one item, whoever writes them.
    Text(String),
    /// Bytes tagged with one of the codes `first .. first + codes`, one after the other.
    Tagged {
        /// Length in bytes.
        size: u64,
        /// First code, 1 to 254.
        first: u8,
        /// Number of codes: that many generations can be told apart.
        codes: u8,
    },
}

impl ContentItem {
    /// Length in bytes.
    pub fn size(&self) -> u64 {
        match self {
            Self::Text(text) => text.len() as u64,
            Self::Tagged { size, .. } => *size,
        }
    }
}

/// A set of items, small enough to copy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemSet([u64; 4]);

impl ItemSet {
    /// The set of these items.
    pub fn of(items: &[u8]) -> Self {
        let mut set = Self::default();
        for &item in items {
            set.0[usize::from(item >> 6)] |= 1 << (item & 63);
        }
        set
    }

    /// Every item there can be.
    pub const ALL: Self = Self([u64::MAX; 4]);

    /// Whether the item is in the set.
    #[inline]
    pub fn contains(self, item: u8) -> bool {
        self.0[usize::from(item >> 6)] >> (item & 63) & 1 == 1
    }
}

/// What a read returned, in terms of what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Not looked at, or not decidable (unknown file position).
    Unknown,
    /// As much of this item as the read asked for.
    Whole(u8),
    /// A part of this item: the read ended early.
    Part(u8),
    /// Bytes of several items or generations.
    Mixed,
    /// Bytes of known items, and zero bytes.
    WithZeros,
    /// Nothing but zero bytes.
    Zeros,
    /// A byte that nothing in the scenario wrote.
    Foreign,
}

impl Class {
    /// Packs the class into the 11 bits that an observation has for it.
    pub fn pack(self) -> u16 {
        match self {
            Self::Unknown => 0,
            Self::Whole(item) => 1 << 8 | u16::from(item),
            Self::Part(item) => 2 << 8 | u16::from(item),
            Self::Mixed => 3 << 8,
            Self::WithZeros => 4 << 8,
            Self::Zeros => 5 << 8,
            Self::Foreign => 6 << 8,
        }
    }

    /// The class that was packed.
    pub fn unpack(packed: u16) -> Self {
        let item = (packed & 0xff) as u8;
        match packed >> 8 {
            1 => Self::Whole(item),
            2 => Self::Part(item),
            3 => Self::Mixed,
            4 => Self::WithZeros,
            5 => Self::Zeros,
            6 => Self::Foreign,
            _ => Self::Unknown,
        }
    }
}
