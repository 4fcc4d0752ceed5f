//! Writes and recognises the contents of one plan.

use std::time::Duration;

use super::{Class, ContentItem, ItemSet};
use crate::sys::stall::{Constant, Stalls};

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
    ramp: Constant,
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
        Self { items: items.to_vec(), owner, ramp: Constant::new(ramp) }
    }

    /// The same, where a write can be held back half way.
    #[must_use]
    pub fn late(self, stalls: &Stalls) -> Self {
        Self { ramp: self.ramp.late(stalls), ..self }
    }

    /// Has the next write of more than `at` tagged bytes stand still for about this long when it comes to
    /// the page of the ramp that has its byte `at`, or one less than a period before it.
    pub fn hold_back(&self, at: usize, time: Duration) {
        self.ramp.hold_back(at, time);
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

    /// What `read` says, when it was read at `offset` by a read of `asked` bytes.
    ///
    /// The same bytes can be parts of several items. Whatever can come from the `likely` ones is
    /// taken to come from them, byte by byte; only what cannot is looked for among all.
    pub fn classify(&self, read: &[u8], offset: u64, asked: usize, likely: ItemSet) -> Class {
        match self.classify_within(read, offset, asked, likely) {
            Class::Foreign => self.classify_within(read, offset, asked, ItemSet::ALL),
            class => class,
        }
    }

    fn classify_within(&self, read: &[u8], offset: u64, asked: usize, items: ItemSet) -> Class {
        let all = 0..self.items.len() as u8;
        let mut among = all.filter(|&item| items.contains(item));
        if let Some(item) = among.clone().find(|&item| self.is_whole(item, read, offset, asked)) {
            return Class::Whole(item);
        }
        let starts = |&item: &u8| match &self.items[usize::from(item)] {
            ContentItem::Text(text) => {
                let from = (offset as usize).min(text.len());
                text.as_bytes()[from..].starts_with(read)
            }
            ContentItem::Tagged { .. } => false,
        };
        match among.find(starts) {
            Some(item) => Class::Part(item),
            None => self.runs(read, offset, items),
        }
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

    /// Splits the bytes into runs of one code each; what none of the items has is foreign.
    fn runs(&self, read: &[u8], offset: u64, items: ItemSet) -> Class {
        let (mut position, mut zeros, mut runs, mut last) = (0, false, 0, NOBODY);
        while position < read.len() {
            if read[position] == 0 {
                zeros = true;
                position += read[position..].iter().take_while(|&&byte| byte == 0).count();
                continue;
            }
            let here = offset + position as u64;
            let code = code_of(read[position], here);
            let owner = self.owner[usize::from(code)];
            if owner == NOBODY || !items.contains(owner) {
                if !self.some_text_has(read[position], here, items) {
                    return Class::Foreign;
                }
                // A text was tried as a whole and as a part before: here it can only be mixed.
                runs += 2;
                position += 1;
                continue;
            }
            last = owner;
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

    fn some_text_has(&self, byte: u8, offset: u64, items: ItemSet) -> bool {
        self.items.iter().zip(0..).any(|(item, index)| match item {
            ContentItem::Text(text) if items.contains(index) => {
                text.as_bytes().get(offset as usize) == Some(&byte)
            }
            _ => false,
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

/// The code that writes this byte at this offset. None writes a zero: its answer then matches nothing.
fn code_of(byte: u8, offset: u64) -> u8 {
    let ramp = u64::from(byte) + PERIOD - 1;
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
        table().classify(read, offset, 4096, ItemSet::ALL)
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
        assert_eq!(table.classify(read, 0, 100, ItemSet::ALL), Class::Whole(1));
        assert_eq!(table.classify(read, 0, 101, ItemSet::ALL), Class::Part(1));
        assert_eq!(table.classify(read, 0, 100, ItemSet::of(&[0])), Class::Whole(1));
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
    fn what_can_come_from_a_likely_item_comes_from_it() {
        let items = [
            ContentItem::Text("CON".into()),
            ContentItem::Text("CONTENT".into()),
            // 'A' is 65: what code 65 writes at 0, and "AB" goes on as that code does.
            ContentItem::Tagged { size: 2, first: 60, codes: 10 },
            ContentItem::Text("AB".into()),
            ContentItem::Text("AX".into()),
        ];
        let table = ContentTable::new(&items, 100);
        let seen =
            |read: &[u8], asked, likely: &[u8]| table.classify(read, 0, asked, ItemSet::of(likely));
        assert_eq!(seen(b"CON", 3, &[1]), Class::Whole(1));
        assert_eq!(seen(b"CON", 100, &[1]), Class::Part(1));
        assert_eq!(seen(b"CON", 100, &[0, 1]), Class::Whole(0));
        assert_eq!(seen(b"AB", 100, &[3]), Class::Whole(3));
        assert_eq!(seen(b"AB", 100, &[2]), Class::Whole(2));
        assert_eq!(seen(b"A", 1, &[4]), Class::Whole(4));
        // A mixture of likely items is one, even where it is all of another.
        assert_eq!(seen(b"CONTENT", 100, &[4]), Class::Whole(1));
        assert_eq!(seen(b"AXNTENT", 100, &[1, 4]), Class::Mixed);
        assert_eq!(seen(b"AQ", 100, &[3, 4]), Class::Foreign);
        assert_eq!(seen(b"C\0N", 3, &[1]), Class::WithZeros);
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
