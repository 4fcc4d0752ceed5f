//! The memory that actors, workers and the supervisor share in rounds mode.
//!
//! ```text
//! controls | gate | arrivals | baton | totals | overlaps per pair | notes of actor 0 | ... | histories
//! notes:     one cache line per step done, in order | details per step of the program
//! ```
//!
//! The supervisor writes the signal and the orders of serial rounds; an actor its status, its arrival, its
//! notes and, in serial rounds, whose turn is next; the leader everything else. An actor's notes belong to
//! the actor until it arrives, then to the leader until it opens the next round.

use std::ops::Range;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::baton::Baton;
use super::gate::Gate;
use super::notes::{NOTE_WORDS, Notes};
use crate::engine::controls::{Controls, LINE};
use crate::ops::OpKind;
use crate::plan::{ActorPlan, Plan, StepPlan};

/// Steps that one actor may do in a round, repeats counted.
const MOST_STEPS: usize = 4096;
/// Bytes of details that all actors together may keep in a round.
const MOST_DETAILS: usize = 64 << 20;
/// Entries of a fixture that a stat can name.
const MOST_ENTRIES: usize = u16::MAX as usize;
/// Different histories that are kept.
pub const MOST_HISTORIES: usize = 4096;
/// Words in which the first of each history is kept. Pages that are not used cost nothing.
pub const HISTORY_WORDS: usize = (16 << 20) / 8;
/// Words of the entry of one history: count, first round, place and length.
pub const ENTRY_WORDS: usize = 4;
/// Runs that are kept of a read: more than a torn one has.
const MOST_RUNS: usize = 1024;
const RUN_BYTES: usize = 8;
/// Bytes that are kept of the names of a scan.
const SCAN_BYTES: usize = 4096;
/// Bytes that are kept of the text of a link: PATH_MAX of Linux.
const LINK_BYTES: usize = 4096;

/// Where everything is: the same in every process that maps the board of one plan.
#[derive(Clone, Debug)]
pub struct Layout {
    actors: Vec<Block>,
    gate: usize,
    arrivals: usize,
    baton: Range<usize>,
    totals: usize,
    pairs: usize,
    entries: usize,
    histories: usize,
    /// Words from the first on that must be zero before a run.
    pub fresh: usize,
    /// Size of the whole board in words.
    pub words: usize,
}

/// Where the notes of one actor are.
#[derive(Clone, Debug)]
struct Block {
    notes: usize,
    details: usize,
    /// Per step: where its details begin, and words for each time it is done.
    rooms: Vec<Room>,
    end: usize,
}

/// Where the details of one step are, in words from the first detail of its actor.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Of the first time it is done.
    pub start: usize,
    /// For each time.
    pub words: usize,
}

impl Layout {
    /// The layout for a plan.
    ///
    /// # Errors
    /// In words, what is too large about it.
    pub fn of(plan: &Plan) -> Result<Self, String> {
        check(plan)?;
        let count = plan.actors.len();
        let mut next = Controls::size(count);
        let mut take = |words: usize| {
            let start = next;
            next += words.next_multiple_of(LINE);
            start
        };
        let gate = take(Gate::size(count));
        let arrivals = take(count * LINE);
        let words = Baton::size(plan.actors.iter().map(most_steps).sum());
        let start = take(words);
        let baton = start..start + words;
        let totals = take(LINE);
        let pairs = take(count * count);
        let actors: Vec<Block> = plan
            .actors
            .iter()
            .map(|actor| {
                let notes = take(most_steps(actor) * NOTE_WORDS);
                let mut room = 0;
                let rooms = actor.steps.iter().map(|step| {
                    let words = detail_bytes(step).div_ceil(8);
                    let start = room;
                    room += words * step.repeat as usize;
                    Room { start, words }
                });
                let rooms = rooms.collect();
                let details = take(room);
                Block { notes, details, rooms, end: details + room }
            })
            .collect();
        let entries = take(MOST_HISTORIES * ENTRY_WORDS);
        let histories = take(HISTORY_WORDS);
        let (fresh, words) = (histories, next);
        Ok(Self { actors, gate, arrivals, baton, totals, pairs, entries, histories, fresh, words })
    }
}

fn check(plan: &Plan) -> Result<(), String> {
    for actor in &plan.actors {
        let steps = most_steps(actor);
        if steps > MOST_STEPS {
            return Err(format!(
                "`{}` can make {steps} steps in a round, the limit is {MOST_STEPS}; use a smaller \
                 `repeat`",
                actor.name
            ));
        }
    }
    let steps = plan.actors.iter().flat_map(|actor| &actor.steps);
    let details = steps.map(|step| detail_bytes(step) * step.repeat as usize).sum::<usize>();
    if details > MOST_DETAILS {
        return Err("it reads more than there is room for; use a smaller `repeat`".to_owned());
    }
    if plan.fixture.len() > MOST_ENTRIES {
        return Err(format!(
            "the fixture has {} entries, the limit is {MOST_ENTRIES}",
            plan.fixture.len()
        ));
    }
    Ok(())
}

/// How many steps an actor can do in one round. No branch leads back, so each is done once.
fn most_steps(actor: &ActorPlan) -> usize {
    actor.steps.iter().map(|step| step.repeat as usize).sum()
}

/// Bytes that the details of a step can take.
pub fn detail_bytes(step: &StepPlan) -> usize {
    use crate::ops::call::Call;
    match (&step.call, step.op) {
        (Call::Read(read), _) => (read.len as usize).min(MOST_RUNS) * RUN_BYTES,
        (_, OpKind::Readdir) => SCAN_BYTES,
        (_, OpKind::Readlink) => LINK_BYTES,
        _ => 0,
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

    /// How many actors there are.
    pub fn actors(&self) -> usize {
        self.layout.actors.len()
    }

    /// What supervisor and actors tell each other.
    pub fn controls(&self) -> Controls<'a> {
        Controls::new(self.words, self.actors())
    }

    /// Where the actors meet.
    pub fn gate(&self) -> Gate<'a> {
        Gate::new(
            &self.words[self.layout.gate..self.layout.arrivals],
            &self.words[self.layout.arrivals..self.layout.baton.start],
        )
    }

    /// Whose step comes next in serial rounds.
    pub fn baton(&self) -> Baton<'a> {
        Baton::new(&self.words[self.layout.baton.clone()])
    }

    /// What one actor notes.
    pub fn notes(&self, actor: usize) -> Notes<'a> {
        let block = &self.layout.actors[actor];
        Notes::new(
            &self.words[block.notes..block.details],
            &self.words[block.details..block.end],
            &block.rooms,
        )
    }

    /// Words of the totals, which [`super::histories`] keeps.
    pub fn totals(&self) -> &'a [AtomicU64; LINE] {
        let start = self.layout.totals;
        self.words[start..start + LINE].try_into().expect("a slice of that length")
    }

    /// In how many rounds two actors overlapped, `a` being the smaller index.
    pub fn overlapped(&self, a: usize, b: usize) -> &'a AtomicU64 {
        &self.words[self.layout.pairs + a * self.actors() + b]
    }

    /// The entry of one history.
    pub fn entry(&self, index: usize) -> &'a [AtomicU64; ENTRY_WORDS] {
        let start = self.layout.entries + index * ENTRY_WORDS;
        self.words[start..start + ENTRY_WORDS].try_into().expect("a slice of that length")
    }

    /// Where the histories are kept.
    pub fn histories(&self) -> &'a [AtomicU64] {
        &self.words[self.layout.histories..self.layout.histories + HISTORY_WORDS]
    }

    /// Rounds done so far.
    pub fn rounds(&self) -> u64 {
        self.gate().rounds()
    }

    /// Sets a word that only the leader writes.
    pub fn publish(word: &AtomicU64, value: u64) {
        word.store(value, Release);
    }

    /// Reads a word that the leader may be about to change.
    pub fn published(word: &AtomicU64) -> u64 {
        word.load(Acquire)
    }

    /// Adds one to a word that only the caller writes, without a locked instruction.
    pub fn count(word: &AtomicU64) {
        word.store(word.load(Relaxed) + 1, Release);
    }
}
