//! When a fault strikes.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// Decides when a fault strikes, and for how long. Disarmed, never.
pub(super) struct Trigger {
    armed: bool,
    window: Duration,
    one_in: u64,
    /// A named generator, because what `StdRng` gives for a seed may change with its crate.
    chance: Xoshiro256PlusPlus,
}

impl Trigger {
    pub(super) fn new(armed: bool, window: Duration, one_in: u64, seed: u64) -> Self {
        let chance = Xoshiro256PlusPlus::seed_from_u64(seed);
        Self { armed, window, one_in: one_in.max(1), chance }
    }

    /// Whether it strikes this time.
    pub(super) fn strikes(&mut self) -> bool {
        // Drawn in any case, so that a disarmed fault does the same work.
        let drawn = self.chance.next_u64() % self.one_in == 0;
        drawn && self.armed
    }

    /// How long one strike lasts, or how long ago is still just now.
    pub(super) fn window(&self) -> Duration {
        self.window
    }
}

/// Things that have happened within the window.
pub(super) struct Recent<K, V = ()> {
    window: Duration,
    happened: HashMap<K, (Instant, V)>,
}

/// From so many on, those that are too old are thrown out.
const MANY: usize = 1024;

impl<K: Hash + Eq, V> Recent<K, V> {
    pub(super) fn new(trigger: &Trigger) -> Self {
        Self { window: trigger.window, happened: HashMap::new() }
    }

    /// It has happened just now.
    pub(super) fn happens(&mut self, what: K, detail: V) {
        if self.happened.len() >= MANY {
            let window = self.window;
            self.happened.retain(|_, (when, _)| when.elapsed() <= window);
        }
        self.happened.insert(what, (Instant::now(), detail));
    }

    /// What happened just now, if it did.
    pub(super) fn just_now(&self, what: &K) -> Option<&V> {
        let (when, detail) = self.happened.get(what)?;
        (when.elapsed() <= self.window).then_some(detail)
    }

    /// Forgets it.
    pub(super) fn forget(&mut self, what: &K) -> Option<V> {
        self.happened.remove(what).map(|(_, detail)| detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disarmed_fault_never_strikes_and_an_armed_one_by_its_chance() {
        let strikes = |armed, one_in| {
            let mut trigger = Trigger::new(armed, Duration::ZERO, one_in, 7);
            (0..1000).filter(|_| trigger.strikes()).count()
        };
        assert_eq!(strikes(false, 1), 0);
        assert_eq!(strikes(true, 1), 1000);
        assert!((50..200).contains(&strikes(true, 10)), "{}", strikes(true, 10));
    }

    #[test]
    fn what_happened_before_the_window_is_not_recent() {
        let mut recent = Recent::new(&Trigger::new(true, Duration::from_millis(20), 1, 0));
        recent.happens("a", 1);
        assert_eq!(recent.just_now(&"a"), Some(&1));
        assert_eq!(recent.just_now(&"b"), None);
        std::thread::sleep(Duration::from_millis(30));
        assert_eq!(recent.just_now(&"a"), None);
        assert_eq!(recent.forget(&"a"), Some(1));
    }
}
