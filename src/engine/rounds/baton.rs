//! Serial rounds: a baton goes from actor to actor, in a given order, and only who has it makes a
//! step.
//!
//! ```text
//! controls of the round | number of orders | length, actor, actor, ... | length, actor, ...
//! ```
//!
//! Behind the turns of an order every actor has one more, in which it does whatever is left of its
//! program: a result that nobody foresaw may have led it elsewhere. The turns of one whose program
//! is over are left out. So everybody gets through, one by one, whatever is returned.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::time::Duration;

use super::gate::Patience;
use crate::engine::controls::LINE;
use crate::model::{MOST_ORDERS, Order};
use crate::sys::clock::Clock;

/// How long a turn may take, if no call counts as a hang before.
const TURN_WITHIN: Duration = Duration::from_secs(1);

/// Indices of the controls.
const ORDER: usize = 0;
const TURN: usize = 1;
const BROKEN: usize = 2;
const LEFT: usize = 3;

/// In place of an order: all run at once.
const RACE: u64 = 0;

/// The baton and the orders, mapped.
#[derive(Clone, Copy, Debug)]
pub struct Baton<'a> {
    /// Which order it is, counted from 1, which turn in it, whether it was given up, and whose
    /// program is over.
    controls: &'a [AtomicU64],
    count: &'a AtomicU64,
    orders: &'a [AtomicU64],
}

impl<'a> Baton<'a> {
    /// Words that baton and orders take in a round of at most so many steps.
    pub fn size(steps: usize) -> usize {
        2 * LINE + MOST_ORDERS * (1 + steps)
    }

    /// A view of the words.
    pub fn new(words: &'a [AtomicU64]) -> Self {
        Self { controls: &words[..LINE], count: &words[LINE], orders: &words[2 * LINE..] }
    }

    /// Puts the orders down, before the workers start.
    pub fn put(&self, orders: &[Order]) {
        let rows = self.orders.chunks_exact(self.orders.len() / MOST_ORDERS);
        for (row, order) in rows.zip(orders) {
            // One that is too long is cut: everybody has a last turn of its own.
            let length = order.len().min(row.len() - 1);
            row[0].store(length as u64, Relaxed);
            for (word, &actor) in row[1..].iter().zip(&order[..length]) {
                word.store(actor as u64, Relaxed);
            }
        }
        self.count.store(orders.len().min(MOST_ORDERS) as u64, Release);
    }

    /// How many orders there are.
    pub fn orders(&self) -> usize {
        self.count.load(Acquire) as usize
    }

    /// Says that the round that is opened next follows this order, counted from 0.
    pub fn begin(&self, order: usize) {
        self.controls[TURN].store(0, Relaxed);
        self.controls[BROKEN].store(0, Relaxed);
        self.controls[LEFT].store(0, Relaxed);
        self.controls[ORDER].store(order as u64 + 1, Release);
    }

    /// Says that the rounds that are opened from now on are races.
    pub fn end(&self) {
        self.controls[ORDER].store(RACE, Release);
    }

    /// Whether the order of the round was given up, so that all went on at once.
    pub fn is_broken(&self) -> bool {
        self.controls[BROKEN].load(Acquire) != 0
    }

    /// The turns of the round that is open, if it is a serial one.
    pub fn turns(&self) -> Option<&'a [AtomicU64]> {
        let order = (self.controls[ORDER].load(Acquire) as usize).checked_sub(1)?;
        let width = self.orders.len() / MOST_ORDERS;
        let row = &self.orders[order * width..][..width];
        Some(&row[1..][..row[0].load(Relaxed) as usize])
    }
}

/// How long actors wait for their turns, and how far apart their steps are.
#[derive(Clone, Copy, Debug)]
pub struct Manners {
    patience: Patience,
    clock: Clock,
    /// Ticks that a turn may take.
    within: u64,
    /// Ticks between the end of a step and the next turn.
    gap: u64,
}

impl Manners {
    /// `error` is that of the clock, in ticks; a call of `hang_after` hangs.
    pub fn new(patience: Patience, clock: Clock, error: u64, hang_after: Duration) -> Self {
        let within = clock.ticks(TURN_WITHIN.min(hang_after / 2));
        // On both sides the clock may be off, and still one step has to be seen before the other.
        Self { patience, clock, within, gap: 2 * error + 1 }
    }
}

/// One actor's part in a serial round.
#[derive(Debug)]
pub struct Turns<'a> {
    baton: Baton<'a>,
    turns: &'a [AtomicU64],
    actor: usize,
    manners: Manners,
    /// The turn for which the actor has the baton.
    has: Option<usize>,
}

impl<'a> Turns<'a> {
    /// Of an actor, in the round that is open; `None` if that is a race.
    pub fn of(baton: Baton<'a>, actor: usize, manners: Manners) -> Option<Self> {
        Some(Self { baton, turns: baton.turns()?, actor, manners, has: None })
    }

    /// Passes the baton on if the actor has it, and waits until it is the actor's turn (again), or
    /// until the order is given up.
    pub fn next(&mut self) {
        match self.has {
            // The last turn is for all that is left of the program.
            Some(turn) if turn >= self.turns.len() => return,
            Some(turn) => self.pass_on(turn),
            None => {}
        }
        if self.has.is_none() {
            self.wait();
        }
    }

    /// Says that the program is over: all turns that are left are passed on.
    pub fn leave(mut self) {
        if self.has.is_none() {
            self.wait();
        }
        if let Some(turn) = self.has {
            // Only who has the baton writes.
            let left = &self.baton.controls[LEFT];
            left.store(left.load(Relaxed) | bit(self.actor), Relaxed);
            self.pass_on(turn);
        }
    }

    fn wait(&mut self) {
        let turn = &self.baton.controls[TURN];
        let (mut seen, mut since) = (u64::MAX, 0);
        let mut looks = 0;
        while !self.baton.is_broken() {
            let now = turn.load(Acquire);
            if self.owner(now as usize) == self.actor {
                self.has = Some(now as usize);
                return;
            }
            let moment = self.manners.clock.now();
            if now != seen {
                (seen, since) = (now, moment);
            } else if moment.saturating_sub(since) > self.manners.within {
                self.baton.controls[BROKEN].store(1, Release);
            }
            self.manners.patience.rest(&mut looks);
        }
    }

    /// Gives the baton to whose turn is next among those whose program is not over.
    fn pass_on(&mut self, turn: usize) {
        let left = self.baton.controls[LEFT].load(Relaxed);
        let gone = |turn: &usize| left & bit(self.owner(*turn)) != 0;
        // Behind everybody's last turn there is nobody, who has not left.
        let next = (turn + 1..).find(|turn| !gone(turn)).unwrap_or(turn);
        if self.owner(next) == self.actor {
            self.has = Some(next);
        } else {
            self.has = None;
            let until = self.manners.clock.now() + self.manners.gap;
            while self.manners.clock.now() < until {
                std::hint::spin_loop();
            }
        }
        self.baton.controls[TURN].store(next as u64, Release);
    }

    fn owner(&self, turn: usize) -> usize {
        match self.turns.get(turn) {
            Some(actor) => actor.load(Relaxed) as usize,
            None => turn - self.turns.len(),
        }
    }
}

/// A bit for each actor, of which a scenario has no more than there are bits.
fn bit(actor: usize) -> u64 {
    1_u64.checked_shl(actor as u32).unwrap_or_default()
}
