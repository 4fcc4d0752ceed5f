//! Gives every writer its content item and every tagged writer its codes.

use crate::content::ContentItem;
use crate::scenario::Content;

/// Codes there are: a code is a number from 1 to this.
const CODES: usize = 254;
/// Items there can be: an observation has 8 bits for one.
const ITEMS: usize = 255;
/// Generations that one writer can need at most.
const GENERATIONS: usize = 64;

/// Collects the items of a plan. Codes are dealt out at the end, when it is known among how many
/// writers they must be shared.
#[derive(Debug, Default)]
pub(super) struct Contents {
    items: Vec<ContentItem>,
}

/// More writers than can be told apart.
#[derive(Debug)]
pub(super) struct TooManyWriters;

impl Contents {
    /// The item of one writer. Equal texts are one item.
    pub(super) fn item(&mut self, content: &Content) -> Result<u8, TooManyWriters> {
        let item = match content {
            Content::Text(text) => ContentItem::Text(text.clone()),
            Content::Tagged(size) => ContentItem::Tagged { size: *size, first: 0, codes: 0 },
        };
        if matches!(item, ContentItem::Text(_)) {
            if let Some(known) = self.items.iter().position(|known| *known == item) {
                return Ok(known as u8);
            }
        }
        if self.items.len() >= ITEMS {
            return Err(TooManyWriters);
        }
        self.items.push(item);
        Ok((self.items.len() - 1) as u8)
    }

    /// All items, each tagged one with its codes.
    pub(super) fn finish(mut self) -> Result<Vec<ContentItem>, TooManyWriters> {
        let tagged = |item: &&mut ContentItem| matches!(item, ContentItem::Tagged { .. });
        let writers = self.items.iter_mut().filter(tagged).count();
        if writers > CODES {
            return Err(TooManyWriters);
        }
        let share = (CODES / writers.max(1)).min(GENERATIONS) as u8;
        let mut next = 1;
        for item in &mut self.items {
            if let ContentItem::Tagged { first, codes, .. } = item {
                (*first, *codes) = (next, share);
                next += share;
            }
        }
        Ok(self.items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_shared_out_without_overlap() {
        for writers in [1, 2, 5, 100, 254] {
            let mut contents = Contents::default();
            for _ in 0..writers {
                contents.item(&Content::Tagged(10)).unwrap();
            }
            let mut used = [false; 256];
            for item in contents.finish().unwrap() {
                let ContentItem::Tagged { first, codes, .. } = item else { panic!("{item:?}") };
                assert!(first >= 1 && codes >= 1);
                for code in first..first + codes {
                    assert!(!std::mem::replace(&mut used[usize::from(code)], true));
                }
            }
        }
    }

    #[test]
    fn equal_texts_are_one_item_and_too_many_writers_an_error() {
        let mut contents = Contents::default();
        let text = Content::Text("X".into());
        assert_eq!(contents.item(&text).unwrap(), contents.item(&text).unwrap());
        for _ in 0..254 {
            contents.item(&Content::Tagged(1)).unwrap();
        }
        assert!(contents.item(&Content::Tagged(1)).is_err());
        assert!(contents.finish().is_ok());
    }
}
