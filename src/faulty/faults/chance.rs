//! Probabilities that a seed fixes.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// A named generator, because what `StdRng` gives for a seed may change with its crate.
pub(super) struct Chance(Xoshiro256PlusPlus);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    pub(super) fn one_in(&mut self, n: u64) -> bool {
        self.0.next_u64() % n == 0
    }
}
