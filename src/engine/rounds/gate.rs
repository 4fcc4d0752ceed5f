//! Where the actors meet: the leader opens a round when all have arrived from the one before, and
//! every actor begins at a common moment plus an offset of its own.
//!
//! A barrier alone lets the actor that notices first win nearly always; the common moment lies
//! far enough ahead that all have noticed by then. Waiting is spinning at first (not where there are more
//! actors than processors), then yielding, and then naps.
//!
//! Whoever is not looking when a round is opened notices late, by a nap or by what another process does on its
//! processor. So an actor that is about to give its processor away while it waits for a round says so; then the
//! actors are called first, and the moment is set when each has answered. (One can still lose its processor after
//! that, or while it spins: such a round only shows less.)

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::time::Duration;

use crate::engine::controls::LINE;
use crate::sys::clock::Clock;
use crate::sys::nap::nap;

/// Between opening a round and its common moment: longer than the others need to notice.
const LEAD: Duration = Duration::from_micros(1);
/// The same where the others have to take shared descriptors meanwhile.
const LEAD_SHARED: Duration = Duration::from_micros(15);
/// How often a waiting actor looks before it gives its processor away.
const SPINS: u32 = 2000;
/// How often it yields before it naps.
const YIELDS: u32 = 300;
/// What is left of an offset is slept away as long as it is more than this.
const SLEEP_ABOVE: Duration = Duration::from_micros(300);
/// What of it is still spun: a sleep can take longer than it should.
const WAKE_BEFORE: Duration = Duration::from_micros(200);
/// Where there are more actors than processors, what is left is spun only if it is less than this:
/// whoever gives its processor away here gives its place in the race away.
const YIELD_ABOVE: Duration = Duration::from_micros(20);
/// In place of a round: there is no more.
const CLOSED: u64 = u64::MAX;
/// In place of a moment: it is set when all are there.
const CALLED: u64 = u64::MAX;

const ROUND: usize = 0;
const MOMENT: usize = 1;
const DONE: usize = 2;
const STARTED: usize = 3;
const OFFSETS: usize = 4;

/// Indices of an arrival.
const ARRIVED: usize = 0;
const COUNT: usize = 1;
const DURATION: usize = 2;
const PERFORMED: usize = 3;
const ENTERED: usize = 4;
const REFUSED: usize = 5;
const AWAY: usize = 6;

/// The gate, mapped.
#[derive(Clone, Copy, Debug)]
pub struct Gate<'a> {
    /// Written by the leader: the round that is open, its moment, its offsets.
    words: &'a [AtomicU64],
    /// One line per actor, written by that actor: the round that it has entered, performed and done, how many
    /// steps it noted and how long it took, and whether it is away.
    arrivals: &'a [AtomicU64],
}

/// How an actor waits.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    clock: Clock,
    /// More actors than processors.
    crowded: bool,
    lead: u64,
    sleep_above: u64,
    yield_above: u64,
}

impl Patience {
    /// For this many actors, which may share descriptors.
    pub fn new(clock: Clock, actors: usize, shared: bool) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            clock,
            crowded: actors > processors,
            lead: clock.ticks(if shared { LEAD_SHARED } else { LEAD }),
            sleep_above: clock.ticks(SLEEP_ABOVE),
            yield_above: clock.ticks(YIELD_ABOVE),
        }
    }

    /// Waits until something is there.
    fn until<T>(&self, mut there: impl FnMut() -> Option<T>) -> T {
        let mut looks = 0;
        loop {
            if let Some(found) = there() {
                return found;
            }
            self.rest(&mut looks);
        }
    }

    /// Passes a moment between two looks, of which there have been `looks`.
    pub fn rest(&self, looks: &mut u32) {
        match *looks {
            look if look < self.spins() => std::hint::spin_loop(),
            look if look < self.spins() + YIELDS => std::thread::yield_now(),
            _ => return nap(),
        }
        *looks += 1;
    }

    fn spins(&self) -> u32 {
        if self.crowded { 0 } else { SPINS }
    }

    /// Whether the next rest of who has looked so many times counts as being away: any yield or nap; where actors
    /// share processors, and yield to each other, only a nap.
    fn leaves(&self, looks: u32) -> bool {
        looks >= if self.crowded { YIELDS } else { SPINS }
    }

    /// Waits until a moment; returns when it was over.
    fn until_moment(&self, moment: u64) -> u64 {
        loop {
            let now = self.clock.now();
            if now >= moment {
                return now;
            }
            let left = moment - now;
            if left > self.sleep_above {
                let left = Duration::from_nanos(self.clock.ns(left));
                std::thread::sleep(left.saturating_sub(WAKE_BEFORE));
            } else if self.crowded && left > self.yield_above {
                std::thread::yield_now();
            } else {
                std::hint::spin_loop();
            }
        }
    }
}

impl<'a> Gate<'a> {
    /// Words that the leader's part takes.
    pub fn size(actors: usize) -> usize {
        OFFSETS + actors
    }

    /// A view of the words.
    pub fn new(words: &'a [AtomicU64], arrivals: &'a [AtomicU64]) -> Self {
        Self { words, arrivals }
    }

    /// Opens round number `round`, counted from 1, in which each actor starts with its offset in
    /// ticks.
    pub fn open(&self, round: u64, offsets: &[u64], patience: &Patience) {
        self.put(offsets);
        self.words[MOMENT].store(patience.clock.now() + patience.lead, Relaxed);
        self.words[ROUND].store(round, Release);
    }

    fn put(&self, offsets: &[u64]) {
        for (word, &offset) in self.words[OFFSETS..].iter().zip(offsets) {
            word.store(offset, Relaxed);
        }
    }

    /// Whether some actor may not be looking. One that leaves right after this is late for one round.
    pub fn lacks_some(&self) -> bool {
        self.arrivals.chunks_exact(LINE).any(|line| line[AWAY].load(Relaxed) > 0)
    }

    /// The first half of [`Gate::open`], where actors are away, or have something to do before the moment that
    /// may take long.
    pub fn call(&self, round: u64, offsets: &[u64]) {
        self.put(offsets);
        self.words[MOMENT].store(CALLED, Relaxed);
        self.words[ROUND].store(round, Release);
    }

    /// Whether the actors have been called to the round that is open, and are to enter: for one that has not
    /// entered yet.
    pub fn is_called(&self) -> bool {
        self.words[MOMENT].load(Relaxed) == CALLED
    }

    /// Says that `actor` is ready for the round that it was called to, or by this errno why it is
    /// not; 0 is none.
    pub fn enter(&self, round: u64, actor: usize, errno: i32) {
        let line = &self.arrivals[actor * LINE..][..LINE];
        line[REFUSED].store(u64::from(errno.unsigned_abs()), Relaxed);
        line[ENTERED].store(round, Release);
    }

    /// The second half of [`Gate::open`]: waits until all actors are ready, and sets the moment.
    ///
    /// # Errors
    /// The errno of one that is not.
    pub fn start(&self, round: u64, patience: &Patience) -> Result<(), i32> {
        let mut refused = 0;
        for line in self.arrivals.chunks_exact(LINE) {
            patience.until(|| (line[ENTERED].load(Acquire) >= round).then_some(()));
            refused = refused.max(line[REFUSED].load(Relaxed));
        }
        if refused > 0 {
            return Err(refused as i32);
        }
        self.words[MOMENT].store(patience.clock.now() + patience.lead, Relaxed);
        self.words[STARTED].store(round, Release);
        Ok(())
    }

    /// Waits until the moment of the round is set; returns whether there is such a round after all.
    pub fn wait_for_start(&self, round: u64, patience: &Patience) -> bool {
        let started = || Some(self.words[STARTED].load(Acquire)).filter(|&open| open >= round);
        patience.until(started) != CLOSED
    }

    /// Lets the actors go for good.
    pub fn close(&self) {
        self.words[STARTED].store(CLOSED, Release);
        self.words[ROUND].store(CLOSED, Release);
    }

    /// Waits until round `round` is open, and says meanwhile whether `actor` is away; returns whether there is such a
    /// round.
    pub fn wait(&self, round: u64, actor: usize, patience: &Patience) -> bool {
        let away = &self.arrivals[actor * LINE + AWAY];
        let mut looks = 0;
        let open = loop {
            match self.words[ROUND].load(Acquire) {
                CLOSED => break false,
                open if open == round => break true,
                _ => {}
            }
            if patience.leaves(looks) {
                away.store(1, Relaxed);
            }
            patience.rest(&mut looks);
        };
        // Only if it has to: a write takes time, right before the race.
        if away.load(Relaxed) > 0 {
            away.store(0, Relaxed);
        }
        open
    }

    /// Waits for the moment at which `actor` starts in the round that is open, and returns when
    /// that was.
    pub fn pass(&self, actor: usize, patience: &Patience) -> u64 {
        let moment = self.words[MOMENT].load(Relaxed) + self.words[OFFSETS + actor].load(Relaxed);
        patience.until_moment(moment)
    }

    /// Says that `actor` has done its steps, and waits until all have: until then it keeps its
    /// descriptors, and with them its locks.
    pub fn linger(&self, round: u64, actor: usize, patience: &Patience) {
        self.arrivals[actor * LINE + PERFORMED].store(round, Release);
        for line in self.arrivals.chunks_exact(LINE) {
            patience.until(|| (line[PERFORMED].load(Acquire) >= round).then_some(()));
        }
    }

    /// Says that `actor` is done with a round, in which it noted `count` steps and took `duration`
    /// ticks.
    pub fn arrive(&self, round: u64, actor: usize, count: usize, duration: u64) {
        let line = &self.arrivals[actor * LINE..][..LINE];
        line[COUNT].store(count as u64, Relaxed);
        line[DURATION].store(duration, Relaxed);
        line[ARRIVED].store(round, Release);
    }

    /// Waits until all actors are done with a round.
    pub fn gather(&self, round: u64, patience: &Patience) {
        for line in self.arrivals.chunks_exact(LINE) {
            patience.until(|| (line[ARRIVED].load(Acquire) == round).then_some(()));
        }
    }

    /// How many steps each actor noted in the round that all are done with.
    pub fn counts(&self) -> impl Iterator<Item = usize> + use<'a> {
        self.arrivals.chunks_exact(LINE).map(|line| line[COUNT].load(Relaxed) as usize)
    }

    /// How long each actor took in the round that all are done with, in ticks.
    pub fn durations(&self) -> impl Iterator<Item = u64> + use<'a> {
        self.arrivals.chunks_exact(LINE).map(|line| line[DURATION].load(Relaxed))
    }

    /// Says how many rounds have been done and noted.
    pub fn set_rounds(&self, rounds: u64) {
        self.words[DONE].store(rounds, Relaxed);
    }

    /// Rounds done and noted.
    pub fn rounds(&self) -> u64 {
        self.words[DONE].load(Relaxed)
    }
}
