//! Runs a plan in rounds mode: the supervisor's side.

use std::time::Duration;

use super::board::{Board, Layout};
use super::leader::TIMED_EVERY;
use super::record::RoundsRecord;
use super::shared::Lines;
use super::{arena, histories};
use crate::engine::error::EngineError;
use crate::engine::record::Overlap;
use crate::engine::rooms::Rooms;
use crate::engine::sandbox::make_directory;
use crate::engine::supervisor::{Engine, Gauge, Supervision, Tick};
use crate::engine::workers::{Equipment, Inheritance, Workers};
use crate::engine::{collect, fixture};
use crate::model::Order;
use crate::plan::Plan;
use crate::scenario::Mode;
use crate::sys::clock_error;
use crate::sys::shm::SharedMemory;

/// How long a run takes that says neither how long nor how many rounds.
const DEFAULT_DURATION: Duration = Duration::from_secs(3);

/// The serial rounds that come before the race.
pub struct Serial<'a> {
    /// An order for each; none at all: the race comes at once.
    pub orders: &'a [Order],
    /// Whether to race after what was seen in them: a record without a race.
    pub go_on: &'a mut dyn FnMut(&RoundsRecord) -> bool,
}

impl Engine {
    /// Runs a plan in rounds mode in the directory `room`, which must be empty: in each round all
    /// actors start together from a fresh fixture and run their steps once. `tick` is called
    /// several times a second and says whether to go on.
    ///
    /// It ends after `plan.rounds` rounds or `plan.duration`, whichever comes first, or after 3 s
    /// if the plan has neither.
    ///
    /// # Errors
    /// [`EngineError`], when nothing ran.
    pub fn run_rounds<'r>(
        &self,
        plan: &Plan,
        room: impl Into<Rooms<'r>>,
        tick: &mut dyn FnMut(Tick) -> bool,
    ) -> Result<RoundsRecord, EngineError> {
        let serial = Serial { orders: &[], go_on: &mut |_| true };
        self.run_serial_first(plan, room, serial, tick)
    }

    /// The same after `serial` rounds, which count neither as rounds nor in the duration.
    ///
    /// # Errors
    /// [`EngineError`], when nothing ran.
    pub fn run_serial_first<'r>(
        &self,
        plan: &Plan,
        room: impl Into<Rooms<'r>>,
        serial: Serial<'_>,
        tick: &mut dyn FnMut(Tick) -> bool,
    ) -> Result<RoundsRecord, EngineError> {
        let plan = &limited(plan);
        let layout = Layout::of(plan).map_err(EngineError::TooLarge)?;
        let rooms: Rooms<'_> = room.into();
        rooms.require(plan)?;
        make_fixture(plan, rooms)?;
        let memory = SharedMemory::create(layout.words)
            .map_err(EngineError::system("make shared memory"))?;
        let lines = Lines::new(plan).map_err(EngineError::system("make a socket"))?;
        let (homes, room) =
            rooms.open_above().map_err(EngineError::system("open the directory"))?;
        let inheritance = Inheritance::new(&memory, &homes, lines.ends());
        let inheritance = inheritance.map_err(EngineError::system("start a worker"))?;
        let equipment = Equipment {
            program: &self.program,
            inheritance: &inheritance,
            shared: inheritance.shared(),
            room,
            timed: true,
            clock: self.clock,
            clock_error: clock_error::measure(&self.clock),
        };
        let board = Board::new(memory.words(), &layout);
        race(plan, board, &mut Workers::new(), &equipment, serial, tick)
    }
}

/// Runs a plan, whose fixture has been made, on a fresh board.
pub(super) fn race(
    plan: &Plan,
    board: Board<'_>,
    workers: &mut Workers,
    equipment: &Equipment<'_>,
    serial: Serial<'_>,
    tick: &mut dyn FnMut(Tick) -> bool,
) -> Result<RoundsRecord, EngineError> {
    board.baton().put(serial.orders);
    let clock_error = equipment.clock_error;
    let ns_per_tick = equipment.clock.ns_per_tick();
    let mut run = Supervision::start(plan, board.controls(), workers, equipment, tick)?;
    let mut totals = Totals { board };
    let done = || histories::is_serial_done(&board);
    let so_far = || RoundsRecord {
        serial: histories::collect_serial(&board, plan),
        clock_error,
        ns_per_tick,
        ..RoundsRecord::default()
    };
    let go_on = serial.orders.is_empty()
        || run.supervise_serial(&done, &mut totals, tick) && (serial.go_on)(&so_far());
    if go_on {
        run.supervise(&mut totals, tick);
    } else {
        run.stop(&totals, tick);
    }
    let (seen, unkept) = histories::collect(&board, plan);
    let rounds = seen.iter().map(|seen| seen.count).sum::<u64>() + unkept;
    Ok(RoundsRecord {
        elapsed: run.ending.elapsed,
        rounds,
        serial: histories::collect_serial(&board, plan),
        seen,
        unkept,
        recognised_in_ns: {
            let timed = (rounds / TIMED_EVERY).max(1) as f64;
            histories::ticks_to_recognise(&board) as f64 * ns_per_tick / timed
        },
        not_restored: histories::not_restored(&board),
        clock_error,
        ns_per_tick,
        overlaps: overlaps(&board, rounds),
        latencies: collect::latencies(&run.workers.reports),
        deaths: std::mem::take(&mut run.workers.deaths),
        hangs: run.ending.hangs,
        lock_waits: run.ending.lock_waits,
        stopped: run.ending.stopped,
        interrupted: run.ending.interrupted,
    })
}

/// Makes the fixture of the first round. Where each round has a directory of its own, that is in the
/// first of them.
pub(super) fn make_fixture(plan: &Plan, rooms: Rooms<'_>) -> Result<(), EngineError> {
    if !plan.is_spread() {
        return Ok(fixture::make(plan, rooms.own())?);
    }
    let first = rooms.own().join(arena::name(1));
    make_directory(&first, 0o700).map_err(EngineError::system("make the directory of a round"))?;
    Ok(fixture::make(plan, &first)?)
}

pub(super) fn limited(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    plan.mode = Mode::Rounds;
    if plan.duration.is_none() && plan.rounds.is_none() {
        plan.duration = Some(DEFAULT_DURATION);
    }
    plan
}

fn overlaps(board: &Board<'_>, rounds: u64) -> Vec<Overlap> {
    let actors = 0..board.actors();
    let pairs = actors.clone().flat_map(|a| actors.clone().skip(a + 1).map(move |b| (a, b)));
    let overlap = |(a, b)| {
        let together = Board::published(board.overlapped(a, b));
        Overlap { a, b, together, looked_at: rounds }
    };
    if rounds == 0 { Vec::new() } else { pairs.map(overlap).collect() }
}

/// What the leader has counted so far.
struct Totals<'a> {
    board: Board<'a>,
}

impl Gauge for Totals<'_> {
    fn sample(&mut self, _now: u64) {}

    fn any_overlap(&self) -> bool {
        // Nothing is sampled, so there is no reason to look more often.
        true
    }

    fn overlap(&self) -> Option<f64> {
        let overlaps = overlaps(&self.board, self.rounds());
        let shares = overlaps.iter().map(|pair| pair.together as f64 / pair.looked_at as f64);
        shares.min_by(f64::total_cmp)
    }

    fn rounds(&self) -> u64 {
        self.board.rounds()
    }
}
