//! Random choices, all of them fixed by a seed.

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// A source of choices.
#[derive(Debug)]
pub struct Draw(Xoshiro256PlusPlus);

impl Draw {
    /// From this seed; with different `stream`s come different choices.
    pub fn new(seed: u64, stream: u64) -> Self {
        // An odd factor, so that no two streams of a seed meet.
        let mixed = seed ^ stream.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(Xoshiro256PlusPlus::seed_from_u64(mixed))
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0.random_range(0..bound)
    }

    /// True in `percent` of 100 times.
    pub fn in_100(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list.
    pub fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// The place of one of these weights, each as likely as it is heavy; `None` if all are nothing.
    pub fn weighed(&mut self, weights: impl Iterator<Item = f64> + Clone) -> Option<usize> {
        let total: f64 = weights.clone().sum();
        if total.is_nan() || total <= 0.0 {
            return None;
        }
        let mut left = self.0.random_range(0.0..total);
        let mut last = None;
        for (place, weight) in weights.enumerate() {
            if weight > 0.0 {
                last = Some(place);
                if left < weight {
                    break;
                }
                left -= weight;
            }
        }
        last
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0.random_range(0..=u64::MAX)
    }
}
