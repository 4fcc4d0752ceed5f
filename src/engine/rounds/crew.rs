//! Workers that run one plan after the other: starting processes takes longer than a few hundred
//! rounds.
//!
//! Board, lines and directories are made once and inherited by all workers; which of them a plan uses
//! comes with its job. Each plan has a directory of its own, so that nothing of one is left for the
//! next.

use std::sync::atomic::Ordering::Relaxed;

use super::board::{Board, HISTORY_WORDS, Layout};
use super::record::RoundsRecord;
use super::run::{Serial, limited, make_fixture, race};
use super::shared::Lines;
use crate::engine::error::EngineError;
use crate::engine::rooms::Rooms;
use crate::engine::supervisor::{Engine, Tick};
use crate::engine::workers::{Equipment, Inheritance, Workers};
use crate::plan::Plan;
use crate::sys::clock_error;
use crate::sys::shm::SharedMemory;

/// Actors that a plan may have.
pub const MOST_ACTORS: usize = 8;
/// Words of the board: the histories, and 4 MiB for all the rest.
const WORDS: usize = HISTORY_WORDS + (4 << 20) / 8;

/// The workers, and what they share. To be used by the thread that made it, for workers end with the
/// thread that started them.
#[derive(Debug)]
pub struct Crew<'e> {
    engine: &'e Engine,
    memory: SharedMemory,
    inheritance: Inheritance,
    workers: Workers,
    clock_error: u64,
}

impl Engine {
    /// A crew for plans that run in directories which `home` holds.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn crew(&self, home: Rooms<'_>) -> Result<Crew<'_>, EngineError> {
        let memory =
            SharedMemory::create(WORDS).map_err(EngineError::system("make shared memory"))?;
        let lines = Lines::among(MOST_ACTORS).map_err(EngineError::system("make a socket"))?;
        let homes = home.open().map_err(EngineError::system("open the directory"))?;
        let inheritance = Inheritance::new(&memory, &homes, lines.ends())
            .map_err(EngineError::system("start a worker"))?;
        let clock_error = clock_error::measure(&self.clock);
        Ok(Crew { engine: self, memory, inheritance, workers: Workers::new(), clock_error })
    }
}

impl Crew<'_> {
    /// As [`Engine::run_serial_first`], but without latencies, in the directory `room` of the crew's home, which must be
    /// empty and is `rooms`.
    ///
    /// # Errors
    /// [`EngineError`], when nothing ran.
    pub fn run(
        &mut self,
        plan: &Plan,
        room: &str,
        rooms: Rooms<'_>,
        serial: Serial<'_>,
        tick: &mut dyn FnMut(Tick) -> bool,
    ) -> Result<RoundsRecord, EngineError> {
        let plan = &limited(plan);
        let layout = Layout::of(plan).map_err(EngineError::TooLarge)?;
        if layout.words > WORDS || plan.actors.len() > MOST_ACTORS {
            return Err(EngineError::TooLarge("it has too many steps or actors".to_owned()));
        }
        rooms.require(plan)?;
        make_fixture(plan, rooms)?;
        // Nobody works on it any more: each has reported.
        self.memory.words()[..layout.fresh].iter().for_each(|word| word.store(0, Relaxed));
        let equipment = Equipment {
            program: self.engine.program(),
            inheritance: &self.inheritance,
            shared: Lines::needed(&self.inheritance.shared(), plan),
            room,
            timed: false,
            clock: self.engine.clock,
            clock_error: self.clock_error,
        };
        let board = Board::new(self.memory.words(), &layout);
        race(plan, board, &mut self.workers, &equipment, serial, tick)
    }

    /// Whether it can run another plan: none of its workers has ended.
    pub fn is_whole(&self) -> bool {
        !self.workers.any_ended()
    }
}
