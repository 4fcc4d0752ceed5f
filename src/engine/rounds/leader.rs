//! The leader: actor 0, which also opens the rounds, first serial ones and then races, looks at what they left and resets the
//! fixture. The supervisor only watches.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use super::actor::Actor;
use super::arena::Arena;
use super::board::Board;
use super::codec;
use super::fingerprint::{Fingerprint, overlap};
use super::gate::Gate;
use super::histories::Histories;
use super::notes::Notes;
use super::restore::Restorer;
use super::shared::Opener;
use super::skew::Skew;
use super::tree::Tree;
use crate::engine::controls::{Controls, HOUSEKEEPING, Signal};
use crate::engine::fixture::Fixture;
use crate::engine::latency::LatenciesByOp;
use crate::engine::start;
use crate::plan::Plan;

/// No serial round begins later than this after the first one, however slow the target is.
const SERIAL_FOR: Duration = Duration::from_millis(250);

/// Of so many rounds, one is timed when it is recognised.
pub const TIMED_EVERY: u64 = 64;

/// The leader, ready for the rounds.
#[derive(Debug)]
pub struct Leader<'a> {
    actor: Actor<'a>,
    plan: &'a Plan,
    board: Board<'a>,
    controls: Controls<'a>,
    gate: Gate<'a>,
    /// Where each round has a directory of its own.
    arena: Option<Arena>,
    root: OwnedFd,
    clock_error: u64,
    shared: Opener,
    restorer: Restorer,
    tree: Tree,
    fingerprint: Fingerprint,
    histories: Histories<'a>,
    skew: Skew,
    /// Rounds opened so far, serial ones included.
    opened: u64,
}

impl<'a> Leader<'a> {
    /// Makes the leader of its first actor. `root` is the directory in which the fixture has been
    /// made, and the current one; where clients are raced, it is the one that holds those of the
    /// rounds, of which the first has been made. `shared` opens the shared descriptors.
    ///
    /// # Errors
    /// The errno of looking at the fixture, or of opening a shared descriptor.
    pub fn new(
        mut actor: Actor<'a>,
        plan: &'a Plan,
        board: Board<'a>,
        root: OwnedFd,
        clock_error: u64,
        shared: Opener,
    ) -> io::Result<Self> {
        let (arena, root) = if plan.is_spread() {
            let arena = Arena::new(root);
            let first = arena.open(1)?;
            (Some(arena), first)
        } else {
            (None, root)
        };
        let restorer = Restorer::new(Fixture::new(plan), root.as_fd())?;
        // Those of the first round: what cannot be opened shows before the start.
        shared.share(root.as_fd(), actor.caller())?;
        let actors = plan.actors.len();
        Ok(Self {
            actor,
            plan,
            board,
            controls: board.controls(),
            gate: board.gate(),
            tree: Tree::new(arena.is_some()),
            arena,
            root,
            clock_error,
            shared,
            restorer,
            fingerprint: Fingerprint::new(actors),
            histories: Histories::new(board),
            skew: Skew::new(actors, plan.seed),
            opened: 0,
        })
    }

    /// Waits for the start, then leads rounds until told to stop or all are done: if told so, the
    /// serial ones first, after which it waits for leave to go on. Returns the latencies of its own
    /// steps in ticks.
    ///
    /// # Errors
    /// The errno of what kept it from leading on: the tree cannot be read or the fixture not be
    /// made fresh.
    pub fn lead(mut self) -> io::Result<LatenciesByOp> {
        self.actor.wait_for_start();
        if self.controls.told() != Signal::Serial || self.lead_serial()? {
            self.lead_races()?;
        }
        self.gate.close();
        Ok(self.actor.finish())
    }

    /// Leads one round for each serial order; returns whether to go on.
    fn lead_serial(&mut self) -> io::Result<bool> {
        let (baton, since) = (self.board.baton(), Instant::now());
        let mut broken = false;
        for order in 0..baton.orders() {
            let late = order > 0 && since.elapsed() > SERIAL_FOR;
            if broken || late || self.controls.told() == Signal::Stop {
                break;
            }
            baton.begin(order);
            if !self.lead_one(true, |leader, round| {
                broken = baton.is_broken();
                leader.note_serial(round, broken)
            })? {
                return Ok(false);
            }
        }
        baton.end();
        self.histories.end_serial(broken);
        start::wait_on(&self.controls, Signal::Serial);
        Ok(true)
    }

    /// Leads one race after the other.
    fn lead_races(&mut self) -> io::Result<()> {
        let last = self.plan.rounds.unwrap_or(u64::MAX);
        let mut race = 0;
        while race < last && self.controls.told() != Signal::Stop {
            race += 1;
            self.skew.draw();
            if !self.lead_one(race < last, |leader, _| leader.note(race))? {
                break;
            }
        }
        Ok(())
    }

    /// Leads a round, lets `note` take in what it showed, and makes everything fresh. Returns
    /// whether there was a way to go on.
    fn lead_one(
        &mut self,
        next: bool,
        note: impl FnOnce(&mut Self, u64) -> io::Result<()>,
    ) -> io::Result<bool> {
        self.opened += 1;
        let (round, patience) = (self.opened, self.actor.patience());
        if self.arena.is_some() || self.gate.lacks_some() {
            self.gate.call(round, self.skew.offsets());
            self.actor.enter(round);
            if let Err(errno) = self.gate.start(round, &patience) {
                // Some client does not show what was made through another.
                self.histories.not_restored(errno);
                return Ok(false);
            }
        } else {
            self.gate.open(round, self.skew.offsets(), &patience);
        }
        self.actor.do_round(round);
        self.gate.gather(round, &patience);
        self.actor.status().set_current(HOUSEKEEPING);
        let housekept = note(self, round).and_then(|()| self.prepare(next));
        self.actor.status().set_idle();
        let Err(error) = housekept else { return Ok(true) };
        // What was seen up to here stands: be it that there is no room, or that this filesystem
        // shows names that are gone.
        self.histories.not_restored(error.raw_os_error().ok_or(error)?);
        Ok(false)
    }

    /// Makes everything fresh after a round, with shared descriptors if there is a `next` one.
    fn prepare(&mut self, next: bool) -> io::Result<()> {
        let status = self.actor.status();
        match &self.arena {
            None => self.restorer.restore(&self.tree, self.root.as_fd(), &status)?,
            Some(arena) => {
                arena.leave(self.opened, &self.tree, self.root.as_fd(), &status);
                if next {
                    self.root = arena.make(self.opened + 1)?;
                    self.restorer.make(self.root.as_fd())?;
                }
            }
        }
        if next {
            self.shared.share(self.root.as_fd(), self.actor.caller())?;
        }
        Ok(())
    }

    /// Takes in what a serial round showed; nothing if its order was given up.
    fn note_serial(&mut self, round: u64, broken: bool) -> io::Result<()> {
        self.tree.read(self.root.as_fd(), &self.actor.status())?;
        if !broken {
            let (board, tree, fixture) = (self.board, &self.tree, self.restorer.inodes());
            let encode =
                |words: &mut Vec<u64>| codec::encode(words, all_notes(board), tree, fixture);
            self.histories.keep_serial(round, encode);
        }
        Ok(())
    }

    /// Takes in what a race showed.
    fn note(&mut self, round: u64) -> io::Result<()> {
        self.tree.read(self.root.as_fd(), &self.actor.status())?;
        let (board, tree) = (self.board, &self.tree);
        let fixture = self.restorer.inodes();
        let timed = (round % TIMED_EVERY == 0).then(|| self.actor.clock().now());
        let keys =
            self.fingerprint.keys(self.plan, all_notes(board), tree, fixture, self.clock_error);
        let encode = |words: &mut Vec<u64>| codec::encode(words, all_notes(board), tree, fixture);
        let times = self.histories.count(keys, round, encode);
        if let Some(before) = timed {
            self.histories.took(self.actor.clock().now() - before);
        }
        let intervals = self.fingerprint.intervals();
        for (a, these) in intervals.iter().enumerate() {
            for (b, those) in intervals.iter().enumerate().skip(a + 1) {
                if overlap(these, those) {
                    Board::count(self.board.overlapped(a, b));
                }
            }
        }
        self.skew.learn(self.gate.durations(), times);
        self.gate.set_rounds(round);
        Ok(())
    }
}

/// The notes of every actor, and how many there are, of the round that all are done with.
fn all_notes<'a>(board: Board<'a>) -> impl Iterator<Item = (Notes<'a>, usize)> {
    let counts = board.gate().counts().enumerate();
    counts.map(move |(actor, count)| (board.notes(actor), count))
}
