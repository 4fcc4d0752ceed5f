//! Things that are met again and again, as small numbers.

use std::hash::{BuildHasher, Hash};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// Things by number, in the order in which they were met.
#[derive(Debug)]
pub(super) struct Numbered<T> {
    all: Vec<T>,
    numbers: HashTable<u32>,
    hasher: FixedState,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { all: Vec::new(), numbers: HashTable::new(), hasher: FixedState::default() }
    }
}

impl<T: Hash + Eq> Numbered<T> {
    /// The number of a thing.
    pub(super) fn number(&mut self, thing: T) -> u32 {
        let hash = self.hasher.hash_one(&thing);
        let known = self.numbers.find(hash, |&number| self.all[number as usize] == thing);
        if let Some(&number) = known {
            return number;
        }
        let number = self.all.len() as u32;
        self.all.push(thing);
        let (hasher, all) = (&self.hasher, &self.all);
        let rehash = |&number: &u32| hasher.hash_one(&all[number as usize]);
        self.numbers.insert_unique(hash, number, rehash);
        number
    }

    /// The thing of a number.
    pub(super) fn get(&self, number: u32) -> &T {
        &self.all[number as usize]
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }
}
