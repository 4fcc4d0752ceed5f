//! Makes and explores the next programs on a thread of its own, while one is being raced.

use std::collections::HashSet;
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam::channel::{Receiver, Sender, bounded};
use xxhash_rust::xxh3::xxh3_64;

use super::canonical::{canonical, has_form};
use super::draw::Draw;
use super::generate::fresh;
use super::mutate::mutate;
use super::shard::Shard;
use super::sieve::{Prepared, Rejected, sift};
use super::unseen::remove_unseen;
use crate::model::Rules;
use crate::plan::Settings;
use crate::scenario::{Scenario, parse};

/// Programs that are made at most until one is worth a race, for each of all shards.
const TRIES: usize = 400;
/// Children of one parent that are tried before a fresh program takes their place, for each of all shards.
const CHILDREN: usize = 20;
/// Digests that are remembered, twice over: for about half an hour. A program that comes again after
/// that meets other offsets.
const REMEMBERED: usize = 50_000;

/// What is wanted. Programs are given as files.
#[derive(Clone, Debug)]
pub enum Order {
    /// A program from nothing.
    Fresh,
    /// A child of this program, for which another may lend something.
    Child(Arc<str>, Option<Arc<str>>),
    /// The same program with other offsets between its actors.
    Again(Arc<str>),
}

/// What came of an order.
#[derive(Debug)]
pub struct Delivery {
    /// A program that is worth a race; none, if no further one was found.
    pub prepared: Option<Box<Prepared>>,
    /// Programs that were made for it and are not.
    pub rejected: u64,
}

/// What the thread works by.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Fixes every choice.
    pub seed: u64,
    /// Which of all programs are this one's.
    pub shard: Shard,
    /// What the model has to know of the target.
    pub rules: Rules,
    /// Rounds, time and clients.
    pub settings: Settings,
    /// Actors that a program has at most.
    pub actors: usize,
}

/// The thread. Dropped, it ends.
#[derive(Debug)]
pub struct Supply {
    orders: Option<Sender<Order>>,
    deliveries: Receiver<Delivery>,
    thread: Option<JoinHandle<()>>,
}

impl Supply {
    /// Starts it.
    ///
    /// # Errors
    /// The errno of starting a thread.
    pub fn start(terms: Terms) -> std::io::Result<Self> {
        let (orders, ordered) = bounded::<Order>(16);
        let (deliver, deliveries) = bounded(16);
        let work = move || {
            let mut maker = Maker::new(terms);
            for order in ordered {
                if deliver.send(maker.make(&order)).is_err() {
                    break;
                }
            }
        };
        let thread = std::thread::Builder::new().name("fsrace-supply".to_owned()).spawn(work)?;
        Ok(Self { orders: Some(orders), deliveries, thread: Some(thread) })
    }

    /// Orders one more.
    pub fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // Whoever is gone says so when the delivery is waited for.
            let _ = orders.send(order);
        }
    }

    /// Waits for what was ordered first.
    ///
    /// # Panics
    /// If the thread has: it ends in no other way as long as this is there.
    pub fn delivered(&mut self) -> Delivery {
        if let Ok(delivery) = self.deliveries.recv() {
            return delivery;
        }
        if let Some(Err(panic)) = self.thread.take().map(JoinHandle::join) {
            std::panic::resume_unwind(panic);
        }
        Delivery { prepared: None, rejected: 0 }
    }
}

impl Drop for Supply {
    fn drop(&mut self) {
        self.orders = None;
        // What is on its way is not wanted any more.
        while self.deliveries.recv().is_ok() {}
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Makes programs.
#[derive(Debug)]
pub struct Maker {
    terms: Terms,
    made: u64,
    /// Digests of what was made, the newest and those before them.
    known: [HashSet<u64>; 2],
}

impl Maker {
    /// Nothing made yet.
    pub fn new(terms: Terms) -> Self {
        // All at once, so that a long run takes no more than a short one.
        let known = [(); 2].map(|()| HashSet::with_capacity(REMEMBERED));
        Self { terms, made: 0, known }
    }

    /// Makes what was ordered.
    pub fn make(&mut self, order: &Order) -> Delivery {
        self.made += 1;
        let mut draw = Draw::new(self.terms.seed ^ self.terms.shard.salt(), self.made);
        let mut rejected = 0;
        let program = |text: &Arc<str>| parse(text, "corpus").ok();
        let again = match order {
            Order::Again(text) => program(text),
            _ => None,
        };
        if let Some(scenario) = again {
            let actors: u32 = scenario.actors.iter().map(|actor| actor.count).sum();
            if actors as usize <= self.terms.actors {
                let prepared = self.sifted(&mut draw, &scenario).ok();
                if prepared.is_some() {
                    return Delivery { prepared, rejected };
                }
                rejected += 1;
            }
        }
        let parents = match order {
            Order::Child(parent, other) => {
                let plain = |text| program(text).filter(has_form).map(|one| canonical(&one));
                plain(parent).map(|parent| (parent, other.as_ref().and_then(plain)))
            }
            _ => None,
        };
        for tried in 0..TRIES * self.terms.shard.of() {
            let mut made = match &parents {
                Some((parent, other)) if tried < CHILDREN * self.terms.shard.of() => {
                    mutate(&mut draw, parent, other.as_ref())
                }
                _ => fresh(&mut draw, self.terms.actors),
            };
            if made.actors.len() > self.terms.actors {
                continue;
            }
            remove_unseen(&mut made);
            let one = canonical(&made);
            if !self.terms.shard.has(&one.digest) || self.is_known(&one.digest) {
                continue;
            }
            match self.sifted(&mut draw, &one) {
                Ok(prepared) => return Delivery { prepared: Some(prepared), rejected },
                Err(_) => rejected += 1,
            }
        }
        Delivery { prepared: None, rejected }
    }

    fn sifted(&self, draw: &mut Draw, scenario: &Scenario) -> Result<Box<Prepared>, Rejected> {
        let settings = Settings { seed: draw.number(), ..self.terms.settings };
        let sifted = sift(scenario, self.terms.rules, &settings);
        debug_assert!(!matches!(sifted, Err(Rejected::Invalid(_))), "{sifted:?}");
        sifted.map(Box::new)
    }

    fn is_known(&mut self, digest: &str) -> bool {
        let digest = xxh3_64(digest.as_bytes());
        if self.known.iter().any(|known| known.contains(&digest)) {
            return true;
        }
        if self.known[0].len() >= REMEMBERED {
            self.known.swap(0, 1);
            self.known[0].clear();
        }
        self.known[0].insert(digest);
        false
    }
}
