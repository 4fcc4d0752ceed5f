//! How much two actors ran at the same time, estimated from samples of their rings.
//!
//! A step overlaps when its interval meets the interval of a step of the other actor; pauses do
//! not count on either side. Samples are taken as the run goes, so the estimate costs the actors
//! nothing.

use std::collections::HashMap;

use super::board::{Board, RING};
use super::event::Event;
use super::record::Overlap;
use crate::plan::Plan;

/// Pairs compared in one sample; with more actors the pairs take turns.
const PAIRS_A_SAMPLE: usize = 32;

/// Collects samples over a run.
#[derive(Debug, Default)]
pub struct Overlaps {
    pairs: Vec<(usize, usize)>,
    next: usize,
    counts: HashMap<(usize, usize), (u64, u64)>,
}

impl Overlaps {
    /// For all pairs of this many actors.
    pub fn new(actors: usize) -> Self {
        let pairs = (0..actors).flat_map(|a| (a + 1..actors).map(move |b| (a, b))).collect();
        Self { pairs, ..Self::default() }
    }

    /// Takes one sample; `now` is in ticks.
    pub fn sample(&mut self, board: &Board<'_>, plan: &Plan, now: u64) {
        let mut events: HashMap<usize, Vec<Event>> = HashMap::new();
        for _ in 0..self.pairs.len().min(PAIRS_A_SAMPLE) {
            let pair = self.pairs[self.next];
            self.next = (self.next + 1) % self.pairs.len();
            for actor in [pair.0, pair.1] {
                events.entry(actor).or_insert_with(|| working_events(board, plan, actor, now));
            }
            let (together, looked_at) = together(&events[&pair.0], &events[&pair.1]);
            let count = self.counts.entry(pair).or_default();
            count.0 += together;
            count.1 += looked_at;
        }
    }

    /// Whether two actors have been seen to run at the same time, or there are no two.
    pub fn any(&self) -> bool {
        self.pairs.is_empty() || self.counts.values().any(|(together, _)| *together > 0)
    }

    /// The smallest share of any pair so far.
    pub fn smallest(&self) -> Option<f64> {
        let sampled = self.counts.values().filter(|(_, looked_at)| *looked_at > 0);
        let shares = sampled.map(|&(together, looked_at)| together as f64 / looked_at as f64);
        shares.min_by(f64::total_cmp)
    }

    /// What the samples came to.
    pub fn finish(self) -> Vec<Overlap> {
        let count = |&(a, b): &(usize, usize)| {
            let (together, looked_at) = self.counts.get(&(a, b)).copied()?;
            (looked_at > 0).then_some(Overlap { a, b, together, looked_at })
        };
        self.pairs.iter().filter_map(count).collect()
    }
}

fn working_events(board: &Board<'_>, plan: &Plan, actor: usize, now: u64) -> Vec<Event> {
    let steps = &plan.actors[actor].steps;
    let works = |event: &Event| {
        steps.get(usize::from(event.step)).is_some_and(|step| !step.call.is_pause())
    };
    board.actor(actor).last_events(RING, now).into_iter().filter(works).collect()
}

/// Events of either list, within the time that both cover, that meet one of the other.
fn together(a: &[Event], b: &[Event]) -> (u64, u64) {
    let (Some(from), Some(to)) = (start_of(a).max(start_of(b)), end_of(a).min(end_of(b))) else {
        return (0, 0);
    };
    if from > to {
        // They took turns for longer than a ring remembers.
        return (0, (a.len() + b.len()) as u64);
    }
    let inside = |event: &&Event| event.end >= from && event.start <= to;
    let (a, b): (Vec<&Event>, Vec<&Event>) =
        (a.iter().filter(inside).collect(), b.iter().filter(inside).collect());
    let looked_at = a.len() + b.len();
    (meeting(&a, &b) + meeting(&b, &a), looked_at as u64)
}

fn start_of(events: &[Event]) -> Option<u64> {
    events.first().map(|event| event.start)
}

fn end_of(events: &[Event]) -> Option<u64> {
    events.last().map(|event| event.end)
}

/// How many of `these` meet one of `those`; both are in order of time.
fn meeting(these: &[&Event], those: &[&Event]) -> u64 {
    let mut position = 0;
    let mut met = 0;
    for event in these {
        while position < those.len() && those[position].end < event.start {
            position += 1;
        }
        met += u64::from(those.get(position).is_some_and(|other| other.start <= event.end));
    }
    met
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(intervals: &[(u64, u64)]) -> Vec<Event> {
        intervals.iter().map(|&(start, end)| Event { start, end, ..Event::default() }).collect()
    }

    #[test]
    fn steps_that_meet_count_and_others_do_not() {
        let a = events(&[(0, 10), (10, 20), (100, 110)]);
        assert_eq!(together(&a, &events(&[(5, 6), (50, 60), (105, 200)])), (4, 6));
        assert_eq!(together(&a, &events(&[(30, 40), (60, 70)])), (0, 2));
        assert_eq!(together(&a, &[]), (0, 0));
    }

    #[test]
    fn actors_that_took_turns_have_no_overlap() {
        let a = events(&[(0, 10), (1000, 1010)]);
        let b = events(&[(500, 510), (1500, 1510)]);
        assert_eq!(together(&a, &b).0, 0);
    }
}
