//! The memory that actors, workers and the supervisor share in free mode.
//!
//! Only atomics: each actor writes its own block and nobody waits for anybody. A reader copies
//! what it needs and drops what may have been overwritten meanwhile.
//!
//! ```text
//! controls | block of actor 0 | block of actor 1 | ...
//! block: counts | ring of the last events | result table per step | first event per result | examples
//! ```

use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicU64, fence};

use super::controls::{Controls, LINE, Status};
use super::event::{EVENT_WORDS, Event, Stamp};
use crate::ops::observation::Observation;
use crate::plan::Plan;

/// Events that an actor's ring holds: few enough that it does not push the kernel's data out of
/// the nearest cache.
pub const RING: usize = 128;
/// Different results that a step's table holds; beyond three quarters of it, keys are folded.
pub const RESULTS: usize = 64;
/// Examples that one actor keeps.
const EXAMPLES: usize = 256;
/// Events that an example keeps of each actor.
pub const EXAMPLE_DEPTH: usize = 12;
/// Actors that an example keeps at most.
const EXAMPLE_ACTORS: usize = 16;
/// Step and start of the call in flight, before the events.
const EXAMPLE_HEAD: usize = 8;

/// Where everything is: the same in every process that maps the board of one plan.
#[derive(Clone, Debug)]
pub struct Layout {
    actors: Vec<Block>,
    /// Size of the whole board in words.
    pub words: usize,
    example_words: usize,
    example_actors: usize,
}

#[derive(Clone, Copy, Debug)]
struct Block {
    counts: usize,
    ring: usize,
    tables: usize,
    firsts: usize,
    examples: usize,
}

impl Layout {
    /// The layout for a plan.
    pub fn of(plan: &Plan) -> Self {
        let example_actors = plan.actors.len().min(EXAMPLE_ACTORS);
        let example_words = example_actors * (EXAMPLE_HEAD + EXAMPLE_DEPTH * EVENT_WORDS);
        let mut next = Controls::size(plan.actors.len());
        let mut take = |words: usize| {
            let start = next;
            next += words.next_multiple_of(LINE);
            start
        };
        let block = |steps: usize, take: &mut dyn FnMut(usize) -> usize| Block {
            counts: take(LINE),
            ring: take(RING * EVENT_WORDS),
            tables: take(steps * RESULTS * 2),
            firsts: take(steps * RESULTS * (EVENT_WORDS + 1)),
            examples: take(EXAMPLES * example_words),
        };
        let actors = plan.actors.iter().map(|actor| block(actor.steps.len(), &mut take)).collect();
        Self { actors, words: next, example_words, example_actors }
    }
}

/// The board, mapped.
#[derive(Clone, Copy, Debug)]
pub struct Board<'a> {
    words: &'a [AtomicU64],
    layout: &'a Layout,
}

impl<'a> Board<'a> {
    /// A view of the shared words.
    pub fn new(words: &'a [AtomicU64], layout: &'a Layout) -> Self {
        assert!(words.len() >= layout.words, "the board is smaller than its layout");
        Self { words, layout }
    }

    /// What supervisor and actors tell each other.
    pub fn controls(&self) -> Controls<'a> {
        Controls::new(self.words, self.layout.actors.len())
    }

    /// The block of one actor.
    pub fn actor(&self, index: usize) -> ActorBoard<'a> {
        let block = &self.layout.actors[index];
        ActorBoard {
            status: self.controls().status(index),
            counts: self.array(block.counts),
            ring: self.array(block.ring),
            tables: &self.words[block.tables..block.firsts],
            firsts: &self.words[block.firsts..block.examples],
            examples: &self.words
                [block.examples..block.examples + EXAMPLES * self.layout.example_words],
        }
    }

    /// `N` words from `start` on, of which the compiler knows that there are so many.
    fn array<const N: usize>(&self, start: usize) -> &'a [AtomicU64; N] {
        self.words[start..start + N].try_into().expect("a slice of that length")
    }

    /// Copies what all actors did last into the next free example of `actor`; `None` when it has
    /// no room left. `now` is in ticks.
    pub fn keep_example(&self, actor: usize, now: u64) -> Option<usize> {
        let own = self.actor(actor);
        let index = own.counts[EXAMPLES_KEPT].load(Relaxed) as usize;
        if index >= EXAMPLES {
            return None;
        }
        let size = self.layout.example_words / self.layout.example_actors;
        for (place, other) in self.example_actors(actor).enumerate() {
            let start = index * self.layout.example_words + place * size;
            let target = &own.examples[start..start + size];
            let board = self.actor(other);
            let events = board.last_events(EXAMPLE_DEPTH, now);
            target[0].store(events.len() as u64, Relaxed);
            target[1].store(board.status.current().map_or(0, |step| u64::from(step) + 1), Relaxed);
            // The call in flight began after the last reading of the clock.
            let read = |event: &Event| if event.end == now { event.start } else { event.end };
            target[2].store(events.last().map_or(0, read), Relaxed);
            for (event, words) in events.iter().zip(target[EXAMPLE_HEAD..].chunks(EVENT_WORDS)) {
                event.store(words);
            }
        }
        own.counts[EXAMPLES_KEPT].store(index as u64 + 1, Release);
        Some(index)
    }

    /// What an example kept: for each actor its last events, oldest first, and the call that was
    /// in flight as (step, start).
    pub fn example(&self, actor: usize, index: usize) -> Vec<Glimpse> {
        let own = self.actor(actor);
        let size = self.layout.example_words / self.layout.example_actors;
        let glimpse = |(place, other): (usize, usize)| {
            let start = index * self.layout.example_words + place * size;
            let source = &own.examples[start..start + size];
            let count = (source[0].load(Relaxed) as usize).min(EXAMPLE_DEPTH);
            let events =
                source[EXAMPLE_HEAD..].chunks(EVENT_WORDS).take(count).map(Event::load).collect();
            let current = source[1].load(Relaxed);
            let start = source[2].load(Relaxed);
            let in_flight = (other != actor && current != 0).then(|| (current as u16 - 1, start));
            Glimpse { actor: other, events, in_flight }
        };
        self.example_actors(actor).enumerate().map(glimpse).collect()
    }

    /// The actor itself and as many others as an example has room for.
    fn example_actors(&self, actor: usize) -> impl Iterator<Item = usize> + use<> {
        let (all, room) = (self.layout.actors.len(), self.layout.example_actors);
        (0..all).map(move |distance| (actor + distance) % all).take(room)
    }
}

/// What an example holds of one actor.
#[derive(Clone, Debug, PartialEq)]
pub struct Glimpse {
    /// Index of the actor.
    pub actor: usize,
    /// Its last events, oldest first.
    pub events: Vec<Event>,
    /// Step and start of the call it had not returned from.
    pub in_flight: Option<(u16, u64)>,
}

const ITERATIONS: usize = 0;
const EXAMPLES_KEPT: usize = 1;

/// The block of one actor: written by the actor alone.
#[derive(Clone, Copy, Debug)]
pub struct ActorBoard<'a> {
    /// Where the actor stands.
    pub status: Status<'a>,
    counts: &'a [AtomicU64; LINE],
    ring: &'a [AtomicU64; RING * EVENT_WORDS],
    tables: &'a [AtomicU64],
    firsts: &'a [AtomicU64],
    examples: &'a [AtomicU64],
}

impl<'a> ActorBoard<'a> {
    /// Appends an event to the ring; `head` is how many came before.
    #[inline]
    pub fn push(&self, head: u64, stamp: Stamp, observation: &Observation) {
        let start = (head as usize % RING) * EVENT_WORDS;
        stamp.store(observation, &self.ring[start..start + EVENT_WORDS]);
        self.status.set_done(head + 1);
    }

    /// Iterations finished. Of an actor that was cut short, those before its last event.
    pub fn iterations(&self) -> u64 {
        if self.status.is_finished() {
            return self.counts[ITERATIONS].load(Relaxed);
        }
        self.last_events(1, 0).last().map_or(0, |event| event.iteration)
    }

    /// Says that the actor is done, with how many iterations, and when.
    pub fn finish(&self, iterations: u64, now: u64) {
        self.counts[ITERATIONS].store(iterations, Relaxed);
        self.status.finish(now);
    }

    /// The last `count` events, oldest first; fewer when some were overwritten while they were
    /// read. Those that the clock was not read for end with the next one that it was read for, or
    /// `now` (in ticks).
    pub fn last_events(&self, count: usize, now: u64) -> Vec<Event> {
        let head = self.status.done();
        let from = head.saturating_sub(count.min(RING) as u64);
        let copied: Vec<(u64, Event)> = (from..head)
            .map(|index| {
                let start = (index as usize % RING) * EVENT_WORDS;
                (index, Event::load(&self.ring[start..start + EVENT_WORDS]))
            })
            .collect();
        fence(Acquire);
        // The event numbered `overwritten + RING` may be half written over this one.
        let overwritten = self.status.done().checked_sub(RING as u64);
        let intact = |index: u64| overwritten.is_none_or(|last| index > last);
        let intact = copied.into_iter().filter(|(index, _)| intact(*index));
        let mut events: Vec<Event> = intact.map(|(_, event)| event).collect();
        let mut end = now;
        for event in events.iter_mut().rev() {
            *event = event.ended_by(end);
            end = event.end;
        }
        events
    }

    /// Key and count of one place in a step's table.
    #[inline]
    pub fn result(&self, step: u16, place: usize) -> (&'a AtomicU64, &'a AtomicU64) {
        let index = (usize::from(step) * RESULTS + place) * 2;
        (&self.tables[index], &self.tables[index + 1])
    }

    /// Keeps the first event of a result, and which example goes with it.
    pub fn set_first(&self, step: u16, place: usize, event: &Event, example: Option<usize>) {
        let index = (usize::from(step) * RESULTS + place) * (EVENT_WORDS + 1);
        let words = &self.firsts[index..=index + EVENT_WORDS];
        event.store(words);
        words[EVENT_WORDS].store(example.map_or(0, |example| example as u64 + 1), Relaxed);
    }

    /// The first event of a result and its example.
    pub fn first(&self, step: u16, place: usize) -> (Event, Option<usize>) {
        let index = (usize::from(step) * RESULTS + place) * (EVENT_WORDS + 1);
        let words = &self.firsts[index..=index + EVENT_WORDS];
        let example = words[EVENT_WORDS].load(Relaxed);
        (Event::load(words), (example as usize).checked_sub(1))
    }
}
