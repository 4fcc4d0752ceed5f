//! Free mode: every actor loops by itself, and the supervisor collects what they counted.

use super::board::{Board, Layout};
use super::error::EngineError;
use super::overlap::Overlaps;
use super::record::Record;
use super::rooms::Rooms;
use super::supervisor::{Engine, Gauge, Supervision, Tick};
use super::workers::{Equipment, Inheritance, Workers};
use super::{collect, fixture};
use crate::plan::Plan;
use crate::sys::shm::SharedMemory;

impl Engine {
    /// Runs a plan in free mode in the directory `room`. `tick` is called several times a second
    /// and says whether to go on.
    ///
    /// # Errors
    /// [`EngineError`], when nothing ran.
    pub fn run<'r>(
        &self,
        plan: &Plan,
        room: impl Into<Rooms<'r>>,
        tick: &mut dyn FnMut(Tick) -> bool,
    ) -> Result<Record, EngineError> {
        let rooms: Rooms<'_> = room.into();
        rooms.require(plan)?;
        fixture::make(plan, rooms.own())?;
        let shared = fixture::open_shared(plan, rooms.own())?;
        let layout = Layout::of(plan);
        let memory = SharedMemory::create(layout.words)
            .map_err(EngineError::system("make shared memory"))?;
        let board = Board::new(memory.words(), &layout);
        let (homes, room) =
            rooms.open_above().map_err(EngineError::system("open the directory"))?;
        let inheritance = Inheritance::new(&memory, &homes, &shared);
        let inheritance = inheritance.map_err(EngineError::system("start a worker"))?;
        let mut workers = Workers::new();
        let equipment = Equipment {
            program: &self.program,
            inheritance: &inheritance,
            shared: inheritance.shared(),
            room,
            timed: true,
            clock: self.clock,
            clock_error: 0,
        };
        let mut run = Supervision::start(plan, board.controls(), &mut workers, &equipment, tick)?;
        // The workers hold their own copies from here on.
        drop((shared, inheritance));
        let overlaps = Overlaps::new(plan.actors.len());
        let mut samples = Samples { overlaps, board, plan };
        run.supervise(&mut samples, tick);
        Ok(Record {
            elapsed: run.ending.elapsed,
            actors: collect::actors(plan, &board, &self.clock),
            latencies: collect::latencies(&run.workers.reports),
            overlaps: samples.overlaps.finish(),
            deaths: std::mem::take(&mut run.workers.deaths),
            hangs: run.ending.hangs,
            lock_waits: run.ending.lock_waits,
            stopped: run.ending.stopped,
            interrupted: run.ending.interrupted,
        })
    }
}

/// Samples of the rings.
struct Samples<'a> {
    overlaps: Overlaps,
    board: Board<'a>,
    plan: &'a Plan,
}

impl Gauge for Samples<'_> {
    fn sample(&mut self, now: u64) {
        self.overlaps.sample(&self.board, self.plan, now);
    }

    fn any_overlap(&self) -> bool {
        self.overlaps.any()
    }

    fn overlap(&self) -> Option<f64> {
        self.overlaps.smallest()
    }

    fn rounds(&self) -> u64 {
        0
    }
}
