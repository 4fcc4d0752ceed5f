//! Which processor each actor runs on.
//!
//! Two actors on one processor never overlap, as each gives it away only when its part of the round
//! is over; and on a busy machine the scheduler likes to put them there. So actors are dealt out
//! evenly, and where there are more actors than processors they are dealt out anew now and then, so
//! that every pair gets its share of rounds.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::plan::Plan;
use crate::sys::affinity;

/// Rounds between two deals.
const DEAL_EVERY: u64 = 64;

/// Where one actor runs.
#[derive(Debug)]
pub struct Seat {
    actor: usize,
    processors: Vec<usize>,
    /// Where the deal begins: two commands that run at the same time are not to use the same
    /// processors, while others are idle.
    first: usize,
    /// The actors in the order in which they are dealt out.
    order: Vec<usize>,
    seed: u64,
}

impl Seat {
    /// For an actor of a plan. Actors of all workers of a run agree on the deals.
    pub fn new(actor: usize, plan: &Plan) -> Self {
        let parent = rustix::process::getppid().map_or(0, |id| id.as_raw_nonzero().get());
        Self {
            actor,
            processors: affinity::allowed(),
            first: usize::try_from(parent).unwrap_or_default(),
            order: (0..plan.actors.len()).collect(),
            seed: plan.seed,
        }
    }

    /// Moves the calling thread to where its actor runs from round `round` on, counted from 1.
    pub fn take(&mut self, round: u64) {
        let crowded = self.order.len() > self.processors.len();
        let deal = (round - 1) / DEAL_EVERY;
        let due = round == 1 || (crowded && (round - 1) % DEAL_EVERY == 0);
        if self.processors.is_empty() || !due {
            return;
        }
        if crowded {
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(self.seed.wrapping_add(deal));
            // From the same order each time, so that it depends on nothing but the deal.
            self.order.sort_unstable();
            self.order.shuffle(&mut rng);
        }
        let place = self.order.iter().position(|&actor| actor == self.actor).unwrap_or_default();
        // Where that is refused, the scheduler decides.
        affinity::stay_on(self.processors[(self.first + place) % self.processors.len()]);
    }
}
