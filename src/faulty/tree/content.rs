//! The bytes of a file, sparse, because a fuzzer writes far beyond the end and truncates to sizes
//! that no memory holds.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

pub(super) const BLOCK: usize = 4096;

#[derive(Default)]
pub(super) struct Content {
    size: u64,
    blocks: BTreeMap<u64, Box<[u8; BLOCK]>>,
}

impl Content {
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn blocks(&self) -> u64 {
        self.blocks.len() as u64
    }

    pub(super) fn read(&self, offset: u64, len: usize) -> Vec<u8> {
        let len = (len as u64).min(self.size.saturating_sub(offset)) as usize;
        let mut data = vec![0; len];
        for piece in Pieces::new(offset, len) {
            if let Some(block) = self.blocks.get(&piece.block) {
                data[piece.at..piece.at + piece.len]
                    .copy_from_slice(&block[piece.from..piece.from + piece.len]);
            }
        }
        data
    }

    /// Writes as much as `budget` new blocks hold and returns how many bytes that was.
    pub(super) fn write(&mut self, offset: u64, data: &[u8], mut budget: u64) -> usize {
        let mut written = 0;
        for piece in Pieces::new(offset, data.len()) {
            let block = match self.blocks.entry(piece.block) {
                Entry::Occupied(block) => block.into_mut(),
                Entry::Vacant(_) if budget == 0 => break,
                Entry::Vacant(space) => {
                    budget -= 1;
                    space.insert(Box::new([0; BLOCK]))
                }
            };
            block[piece.from..piece.from + piece.len]
                .copy_from_slice(&data[piece.at..piece.at + piece.len]);
            written += piece.len;
        }
        if written > 0 {
            self.size = self.size.max(offset + written as u64);
        }
        written
    }

    pub(super) fn resize(&mut self, size: u64) {
        if size < self.size {
            let edge = size % BLOCK as u64;
            self.blocks.split_off(&size.div_ceil(BLOCK as u64));
            // What lies behind a new end must read as zeros if the file grows again.
            if let Some(block) = self.blocks.get_mut(&(size / BLOCK as u64)) {
                block[edge as usize..].fill(0);
            }
        }
        self.size = size;
    }
}

/// The part of a range that lies in one block.
struct Piece {
    block: u64,
    /// Where it starts in the block.
    from: usize,
    /// Where it starts in the caller's buffer.
    at: usize,
    len: usize,
}

struct Pieces {
    offset: u64,
    at: usize,
    left: usize,
}

impl Pieces {
    fn new(offset: u64, len: usize) -> Self {
        Self { offset, at: 0, left: len }
    }
}

impl Iterator for Pieces {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if self.left == 0 {
            return None;
        }
        let from = (self.offset % BLOCK as u64) as usize;
        let len = self.left.min(BLOCK - from);
        let piece = Piece { block: self.offset / BLOCK as u64, from, at: self.at, len };
        self.offset += len as u64;
        self.at += len;
        self.left -= len;
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shrunk_file_that_grows_again_reads_zeros_where_its_end_was() {
        let mut content = Content::default();
        assert_eq!(content.write(0, &[7; 5000], 9), 5000);
        content.resize(10);
        content.resize(6000);
        let data = content.read(0, 9000);
        assert_eq!(data.len(), 6000);
        assert!(data[..10].iter().all(|byte| *byte == 7));
        assert!(data[10..].iter().all(|byte| *byte == 0));
    }

    #[test]
    fn a_write_stops_where_the_budget_ends() {
        let mut content = Content::default();
        assert_eq!(content.write(4000, &[1; 9000], 2), 4192);
        assert_eq!(content.size(), 8192);
        assert_eq!(content.write(8192, &[1], 0), 0);
        assert_eq!(content.size(), 8192);
    }

    #[test]
    fn a_hole_costs_nothing() {
        let mut content = Content::default();
        content.write(1 << 40, b"end", 1);
        assert_eq!(content.blocks(), 1);
        assert_eq!(content.read((1 << 40) - 2, 100), b"\0\0end");
    }
}
