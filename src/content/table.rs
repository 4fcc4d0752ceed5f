//! Writes and recognises the contents of one plan.

use super::{Class, ContentItem};

/// Length of the ramp's period: every byte value but zero.
const PERIOD: u64 = 255;
/// Bytes compared at a time when a run of one code is followed.
const STRIDE: usize = 64;
/// Marks a code that belongs to no item.
const NOBODY: u8 = u8::MAX;

/// The contents of a plan, ready to be written and recognised without allocation.
#[derive(Debug)]
pub struct ContentTable {
    items: Vec<ContentItem>,
    /// Item of each code; index 0 is unused.
    owner: [u8; 256],
    /// The ramp, long enough for the longest read or write from any phase.
    ramp: Vec<u8>,
}

impl ContentTable {
    /// Prepares `items` for reads and writes of up to `longest` bytes.
    pub fn new(items: &[ContentItem], longest: usize) -> Self {
        let mut owner = [NOBODY; 256];
        for (index, item) in items.iter().enumerate() {
            if let ContentItem::Tagged { first, codes, .. } = item {
                for code in *first..first.saturating_add(*codes) {
                    owner[usize::from(code)] = index as u8;
                }
            }
        }
        let longest = items.iter().map(|item| item.size() as usize).fold(longest, usize::max);
        let ramp = (0..longest as u64 + PERIOD).map(|i| 1 + (i % PERIOD) as u8).collect();
        Self { items: items.to_vec(), owner, ramp }
    }

    /// The bytes of an item, as its `generation`-th writing from `offset` on has them.
    pub fn bytes(&self, item: u8, generation: u64, offset: u64) -> &[u8] {
        match &self.items[usize::from(item)] {
            ContentItem::Text(text) => text.as_bytes(),
            ContentItem::Tagged { size, first, codes } => {
                let code = u64::from(*first) + generation % u64::from(*codes);
                self.window(code, offset, *size as usize)
            }
        }
    }

    fn window(&self, code: u64, offset: u64, length: usize) -> &[u8] {
        let phase = ((offset + code - 1) % PERIOD) as usize;
        &self.ramp[phase..phase + length]
    }

    /// What `read` says, when it was read at `offset` by a read of `asked` bytes. `hint` is the
    /// class that the same step saw last, which is tried first.
    pub fn classify(&self, read: &[u8], offset: u64, asked: usize, hint: Class) -> Class {
        if let Class::Whole(item) = hint {
            if self.is_whole(item, read, offset, asked) {
                return hint;
            }
        }
        for item in 0..self.items.len() as u8 {
            if self.is_whole(item, read, offset, asked) {
                return Class::Whole(item);
            }
        }
        for (index, item) in self.items.iter().enumerate() {
            if let ContentItem::Text(text) = item {
                let from = (offset as usize).min(text.len());
                if text.as_bytes()[from..].starts_with(read) {
                    return Class::Part(index as u8);
                }
            }
        }
        self.runs(read, offset)
    }

    fn is_whole(&self, index: u8, read: &[u8], offset: u64, asked: usize) -> bool {
        let item = &self.items[usize::from(index)];
        let ends = offset + read.len() as u64;
        if ends > item.size() || (read.len() < asked && ends < item.size()) || read.is_empty() {
            return false;
        }
        match item {
            ContentItem::Text(text) => text.as_bytes()[offset as usize..].starts_with(read),
            ContentItem::Tagged { .. } => {
                let code = code_of(read[0], offset);
                self.owner[usize::from(code)] == index
                    && read == self.window(u64::from(code), offset, read.len())
            }
        }
    }

    /// Splits the bytes into runs of one code each.
    fn runs(&self, read: &[u8], offset: u64) -> Class {
        let (mut position, mut zeros, mut runs, mut last) = (0, false, 0, NOBODY);
        while position < read.len() {
            if read[position] == 0 {
                zeros = true;
                position += read[position..].iter().take_while(|&&byte| byte == 0).count();
                continue;
            }
            let here = offset + position as u64;
            let code = code_of(read[position], here);
            last = self.owner[usize::from(code)];
            if last == NOBODY {
                if !self.some_text_has(read[position], here) {
                    return Class::Foreign;
                }
                // A text was tried as a whole and as a part before: here it can only be mixed.
                runs += 2;
                position += 1;
                continue;
            }
            runs += 1;
            position += self.run_length(&read[position..], code, here);
        }
        match (runs, zeros) {
            (0, true) => Class::Zeros,
            (_, true) => Class::WithZeros,
            (1, false) => Class::Part(last),
            _ => Class::Mixed,
        }
    }

    fn some_text_has(&self, byte: u8, offset: u64) -> bool {
        self.items.iter().any(|item| match item {
            ContentItem::Text(text) => text.as_bytes().get(offset as usize) == Some(&byte),
            ContentItem::Tagged { .. } => false,
        })
    }

    fn run_length(&self, read: &[u8], code: u8, offset: u64) -> usize {
        let expected = self.window(u64::from(code), offset, read.len());
        let equal = read
            .chunks(STRIDE)
            .zip(expected.chunks(STRIDE))
            .take_while(|(seen, wanted)| seen == wanted)
            .map(|(seen, _)| seen.len())
            .sum::<usize>();
        let rest = read[equal..].iter().zip(&expected[equal..]);
        equal + rest.take_while(|(seen, wanted)| seen == wanted).count()
    }
}

/// The code that writes this (non-zero) byte at this offset.
fn code_of(byte: u8, offset: u64) -> u8 {
    let ramp = u64::from(byte).wrapping_sub(1) + PERIOD;
    1 + ((ramp - offset % PERIOD) % PERIOD) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> ContentTable {
        let items = [
            ContentItem::Text("CONTENT".into()),
            ContentItem::Tagged { size: 1000, first: 1, codes: 3 },
            ContentItem::Tagged { size: 500, first: 4, codes: 2 },
        ];
        ContentTable::new(&items, 4096)
    }

    fn classify(read: &[u8], offset: u64) -> Class {
        table().classify(read, offset, 4096, Class::Unknown)
    }

    #[test]
    fn every_byte_tells_its_code_at_every_offset() {
        for code in 1..=255u8 {
            for offset in (0..600).chain([70_000, 16_777_216]) {
                let byte = 1 + ((offset + u64::from(code) - 1) % PERIOD) as u8;
                assert_ne!(byte, 0);
                assert_eq!(code_of(byte, offset), code, "offset {offset}");
            }
        }
    }

    #[test]
    fn whole_versions_are_recognised_in_every_generation() {
        let table = table();
        assert_eq!(classify(b"CONTENT", 0), Class::Whole(0));
        for generation in 0..7 {
            assert_eq!(classify(table.bytes(1, generation, 0), 0), Class::Whole(1));
            assert_eq!(classify(table.bytes(2, generation, 0), 0), Class::Whole(2));
        }
        assert_eq!(classify(&table.bytes(1, 2, 0)[300..], 300), Class::Whole(1));
        assert_eq!(classify(b"TENT", 3), Class::Whole(0));
    }

    #[test]
    fn a_read_that_got_all_it_asked_for_is_whole() {
        let table = table();
        let read = &table.bytes(1, 0, 0)[..100];
        assert_eq!(table.classify(read, 0, 100, Class::Unknown), Class::Whole(1));
        assert_eq!(table.classify(read, 0, 101, Class::Unknown), Class::Part(1));
        assert_eq!(table.classify(read, 0, 100, Class::Whole(0)), Class::Whole(1));
    }

    #[test]
    fn mixtures_holes_and_strangers_are_told_apart() {
        let table = table();
        let mut read = table.bytes(1, 0, 0).to_vec();
        read[500..].copy_from_slice(&table.bytes(1, 1, 0)[500..]);
        assert_eq!(classify(&read, 0), Class::Mixed);
        read[500] = 0;
        assert_eq!(classify(&read, 0), Class::WithZeros);
        assert_eq!(classify(&[0; 9], 0), Class::Zeros);
        assert_eq!(classify(b"CONTENX", 0), Class::Foreign);
        assert_eq!(classify(b"CONT", 0), Class::Part(0));
        assert_eq!(classify(b"CO\x03TENT", 0), Class::Mixed);
        let foreign = table.window(6, 0, 40);
        assert_eq!(classify(foreign, 0), Class::Foreign);
    }

    #[test]
    fn classes_survive_packing() {
        for class in [
            Class::Unknown,
            Class::Whole(200),
            Class::Part(0),
            Class::Mixed,
            Class::WithZeros,
            Class::Zeros,
            Class::Foreign,
        ] {
            assert_eq!(Class::unpack(class.pack()), class);
        }
    }
}
