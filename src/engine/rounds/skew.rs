//! When each actor of a round begins.
//!
//! Which outcomes a race can show depends on how far the actors are apart, so that is what a run
//! searches. In each round one actor, drawn at random, is the reference. Every other one begins
//! somewhere between so early that its whole program is over when the reference begins, and so
//! late that it begins when the reference is over. So all pairs sweep over each other, and the
//! programs' durations are measured as the run goes. A quarter of the rounds instead repeats the
//! offsets of a round that showed something rare, with some jitter.

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// One round in this many repeats offsets that were worth it.
const REPEAT_ONE_IN: u32 = 4;
/// Offsets that are remembered.
const REMEMBERED: usize = 16;
/// An outcome seen in less than one round in this many is rare.
const RARE_ONE_IN: u64 = 500;
/// Rounds in which all start together, to learn how long programs take.
const FIRST: u64 = 16;
/// Jitter of a repeated offset, as a part of the program's duration.
const JITTER_PART: u64 = 8;
/// A new duration counts as one in this many.
const WEIGHT: u64 = 8;

/// Draws the offsets of the rounds of one run. All numbers are fixed by its seed, but the durations
/// they are spread over are measured.
#[derive(Debug)]
pub struct Skew {
    rng: Xoshiro256PlusPlus,
    rounds: u64,
    /// Mean recent duration of each actor's program, in ticks times [`WEIGHT`].
    durations: Vec<u64>,
    /// Of this round.
    offsets: Vec<u64>,
    /// Offsets worth repeating, one row of all actors after the other.
    remembered: Vec<u64>,
    /// Rows remembered so far, those that were overwritten included.
    worth: usize,
}

impl Skew {
    /// For this many actors.
    pub fn new(actors: usize, seed: u64) -> Self {
        Self {
            rng: Xoshiro256PlusPlus::seed_from_u64(seed),
            rounds: 0,
            durations: vec![0; actors],
            offsets: vec![0; actors],
            remembered: vec![0; actors * REMEMBERED],
            worth: 0,
        }
    }

    /// Draws the offsets of the next round.
    pub fn draw(&mut self) {
        self.rounds += 1;
        if self.rounds <= FIRST {
            self.offsets.fill(0);
        } else if self.worth > 0 && self.rng.random_range(0..REPEAT_ONE_IN) == 0 {
            self.repeat();
        } else {
            self.sweep();
        }
        let earliest = self.offsets.iter().copied().min().unwrap_or_default();
        self.offsets.iter_mut().for_each(|offset| *offset -= earliest);
    }

    /// The offsets drawn last, in ticks; the earliest is 0.
    pub fn offsets(&self) -> &[u64] {
        &self.offsets
    }

    fn sweep(&mut self) {
        let longest = (0..self.durations.len()).map(|actor| self.duration(actor)).max();
        let longest = longest.unwrap_or_default();
        let reference = self.rng.random_range(0..self.offsets.len());
        for actor in 0..self.offsets.len() {
            // Counted from so early that even the longest program would be over.
            self.offsets[actor] = if actor == reference {
                longest
            } else {
                let own = self.duration(actor);
                longest - own + self.rng.random_range(0..=own + self.duration(reference))
            };
        }
    }

    fn repeat(&mut self) {
        let row = self.rng.random_range(0..self.worth.min(REMEMBERED)) * self.offsets.len();
        for actor in 0..self.offsets.len() {
            let jitter = self.duration(actor) / JITTER_PART;
            let jitter = self.rng.random_range(0..=2 * jitter);
            self.offsets[actor] = self.remembered[row + actor] + jitter;
        }
    }

    fn duration(&self, actor: usize) -> u64 {
        self.durations[actor] / WEIGHT
    }

    /// Takes in how long the programs of the actors took in this round, in ticks, and how often
    /// its outcome has been seen.
    pub fn learn(&mut self, durations: impl Iterator<Item = u64>, times: u64) {
        for (mean, duration) in self.durations.iter_mut().zip(durations) {
            // An actor that lost its processor for a while says nothing about its program.
            let usual = *mean / WEIGHT;
            let duration = if *mean == 0 { duration } else { duration.min(4 * usual + 1000) };
            *mean = if *mean == 0 { duration * WEIGHT } else { *mean - usual + duration };
        }
        if self.rounds > FIRST && times.saturating_mul(RARE_ONE_IN) < self.rounds + RARE_ONE_IN {
            let row = self.worth % REMEMBERED * self.offsets.len();
            self.remembered[row..row + self.offsets.len()].copy_from_slice(&self.offsets);
            self.worth += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_actors_sweep_over_each_other() {
        let mut skew = Skew::new(2, 7);
        let mut apart: Vec<i64> = Vec::new();
        for _ in 0..4000 {
            skew.draw();
            let offsets = skew.offsets();
            assert_eq!(offsets.iter().min(), Some(&0));
            apart.push(offsets[1] as i64 - offsets[0] as i64);
            // Seen often enough not to be rare.
            skew.learn([1000, 3000].into_iter(), 1_000_000);
        }
        assert!(apart[..16].iter().all(|&apart| apart == 0));
        let (least, most) = (apart.iter().min().unwrap(), apart.iter().max().unwrap());
        assert!((-3000..-2900).contains(least) && (900..=1000).contains(most), "{least} {most}");
        let late = apart.iter().filter(|&&apart| apart > -1000).count();
        assert!((1800..2200).contains(&late), "not uniform: {late}");
    }

    #[test]
    fn offsets_of_rare_rounds_come_back() {
        let mut skew = Skew::new(2, 7);
        for _ in 0..100 {
            skew.draw();
            skew.learn([1000, 1000].into_iter(), 1_000_000);
        }
        let rare = {
            skew.draw();
            skew.offsets.clone()
        };
        skew.learn([1000, 1000].into_iter(), 1);
        let apart = |offsets: &[u64]| offsets[1] as i64 - offsets[0] as i64;
        let near = (0..1000)
            .filter(|_| {
                skew.draw();
                let near = (apart(skew.offsets()) - apart(&rare)).abs() <= 250;
                skew.learn([1000, 1000].into_iter(), 1_000_000);
                near
            })
            .count();
        assert!(near > 350, "{near} of 1000 near the rare one");
    }

    #[test]
    fn a_seed_fixes_the_offsets() {
        let all = |seed| {
            let mut skew = Skew::new(3, seed);
            let mut all = Vec::new();
            for _ in 0..100 {
                skew.draw();
                all.extend_from_slice(skew.offsets());
                skew.learn([500, 700, 900].into_iter(), 3);
            }
            all
        };
        assert_eq!(all(1), all(1));
        assert_ne!(all(1), all(2));
    }
}
