//! Starts the workers, watches over them, and collects what they observed.

use std::fmt::Write as _;
use std::io::{self, Read, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam::channel::{self, Receiver, Sender};
use thiserror::Error;

use super::board::{Board, Layout, Signal};
use super::collect;
use super::fixture::{self, FixtureError};
use super::overlap::Overlaps;
use super::record::{Death, Hang, Record};
use super::watchdog::Watchdog;
use super::worker::{Job, WorkerReport};
use crate::plan::{ActorPlan, Plan};
use crate::sys::clock::Clock;
use crate::sys::process::{self, Inheritable, again};
use crate::sys::shm::SharedMemory;
use crate::sys::task;

/// How often the supervisor looks at the board.
const TICK: Duration = Duration::from_millis(25);
/// How often, until two actors have been seen to run at the same time. On a busy machine, waking
/// up displaces an actor, so that the first looks may find nothing.
const FIRST_TICKS: Duration = Duration::from_millis(3);
/// How long workers may take to get ready.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// How long a killed worker may take to die before it is left behind.
const DIE_WITHIN: Duration = Duration::from_secs(2);
/// Bytes of a worker's standard error that are kept.
const SAID: u64 = 4096;

/// Why a plan could not be run at all.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The fixture could not be made.
    #[error(transparent)]
    Fixture(#[from] FixtureError),
    /// A process, pipe or mapping could not be made.
    #[error("cannot {what}: {why}", why = crate::sys::errno::describe(error))]
    System {
        /// What was tried.
        what: &'static str,
        /// The errno.
        error: io::Error,
    },
    /// A worker gave up or died before the start.
    #[error("a worker did not get ready: {0}")]
    NotReady(String),
}

/// Where a run stands, for progress.
#[derive(Clone, Copy, Debug)]
pub struct Tick {
    /// Since the common start.
    pub elapsed: Duration,
    /// Steps done by all actors.
    pub ops: u64,
    /// Smallest share of any pair of actors, once it is known.
    pub overlap: Option<f64>,
}

/// A worker that has ended, and has not been waited for yet: its number is still its own.
struct Ended {
    process: usize,
    report: String,
    said: String,
}

struct Worker {
    child: Child,
    /// Its end tells the worker that nobody is listening any more.
    _stdin: Option<ChildStdin>,
    ended: bool,
}

impl Worker {
    /// Takes in that it has ended. Only from here on may the system give its number to another
    /// process, so that nobody else is ever killed in its place.
    fn bury(&mut self) -> io::Result<ExitStatus> {
        self.ended = true;
        self.child.wait()
    }
}

/// What every run of this process has in common.
#[derive(Clone, Debug)]
pub struct Engine {
    program: PathBuf,
    clock: Clock,
}

impl Engine {
    /// An engine whose workers are re-executions of `program`, an `fsrace`.
    pub fn new(program: PathBuf) -> Self {
        Self { program, clock: Clock::calibrate() }
    }

    /// The program that workers and janitors execute.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Runs a plan in the directory `room`. `tick` is called several times a second and says
    /// whether to go on.
    ///
    /// # Errors
    /// [`EngineError`], when nothing ran.
    pub fn run(
        &self,
        plan: &Plan,
        room: &Path,
        tick: &mut dyn FnMut(Tick) -> bool,
    ) -> Result<Record, EngineError> {
        let system = |what| move |error| EngineError::System { what, error };
        fixture::make(plan, room)?;
        let shared = fixture::open_shared(plan, room)?;
        let layout = Layout::of(plan);
        let memory = SharedMemory::create(layout.words).map_err(system("make shared memory"))?;
        let board = Board::new(memory.words(), &layout);
        let (sender, receiver) = channel::unbounded();
        let mut run = Run {
            engine: self,
            plan,
            board,
            receiver,
            workers: Vec::new(),
            record: Record::default(),
            reports: Vec::new(),
        };
        let started = run.start_workers(room, &memory, &shared, sender);
        // The workers hold their own copies from here on.
        drop(shared);
        if let Err(error) =
            started.map_err(system("start a worker")).and_then(|()| run.wait_ready(tick))
        {
            run.kill();
            return Err(error);
        }
        run.supervise(tick);
        Ok(run.finish())
    }
}

struct Run<'a> {
    engine: &'a Engine,
    plan: &'a Plan,
    board: Board<'a>,
    receiver: Receiver<Ended>,
    workers: Vec<Worker>,
    record: Record,
    reports: Vec<WorkerReport>,
}

impl Run<'_> {
    fn start_workers(
        &mut self,
        room: &Path,
        memory: &SharedMemory,
        shared: &[OwnedFd],
        sender: Sender<Ended>,
    ) -> io::Result<()> {
        let board = Inheritable::new(memory.as_fd())?;
        let shared: Vec<Inheritable> =
            shared.iter().map(|fd| Inheritable::new(fd.as_fd())).collect::<io::Result<_>>()?;
        for process in 0..self.plan.processes.len() {
            let job = Job {
                plan: self.plan.clone(),
                process,
                board: board.number(),
                shared: shared.iter().map(Inheritable::number).collect(),
                clock: self.engine.clock,
            };
            let mut child = again(&self.engine.program)
                .arg("worker")
                // `truncate` has no form that takes a directory, so the sandbox is the current one.
                .current_dir(room)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                // Ctrl-C is for the supervisor, which then stops the workers in good order.
                .process_group(0)
                .spawn()?;
            let stdin = child.stdin.take();
            let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
            let id = child.id();
            self.workers.push(Worker { child, _stdin: stdin, ended: false });
            watch(process, id, stdout, stderr, sender.clone())?;
            let mut text = serde_json::to_string(&job).map_err(io::Error::other)?;
            text.push('\n');
            if let Some(stdin) = &mut self.workers[process]._stdin {
                // A worker that is dead already shows in its exit status.
                let _ = stdin.write_all(text.as_bytes());
            }
        }
        Ok(())
    }

    fn wait_ready(&mut self, tick: &mut dyn FnMut(Tick) -> bool) -> Result<(), EngineError> {
        let since = Instant::now();
        while self.board.ready_count() < self.plan.actors.len() {
            if let Ok(ended) = self.receiver.recv_timeout(Duration::from_millis(1)) {
                let how = describe(&self.workers[ended.process].bury());
                return Err(EngineError::NotReady(format!("{how}: {}", ended.said.trim())));
            }
            if !tick(Tick { elapsed: Duration::ZERO, ops: 0, overlap: None }) {
                // They are told to stop as soon as they are ready.
                self.record.interrupted = true;
                return Ok(());
            }
            if since.elapsed() > READY_WITHIN {
                let waited = format!("nothing happened for {} s", READY_WITHIN.as_secs());
                return Err(EngineError::NotReady(waited));
            }
        }
        Ok(())
    }

    /// From the common start until the actors have been told to stop or are done.
    fn supervise(&mut self, tick: &mut dyn FnMut(Tick) -> bool) {
        let start = Instant::now();
        let start_ticks = self.engine.clock.now();
        let mut overlaps = Overlaps::new(self.plan.actors.len());
        let mut watchdog = Watchdog::new(self.plan);
        self.board.signal(Signal::Go);
        loop {
            let left = self.plan.duration.map(|duration| duration.saturating_sub(start.elapsed()));
            let tick_time = if overlaps.any() { TICK } else { FIRST_TICKS };
            let wait = left.map_or(tick_time, |left| left.min(tick_time));
            let ended = self.receiver.recv_timeout(wait).ok();
            let died = ended.is_some_and(|ended| self.note_end(ended));
            overlaps.sample(&self.board, self.plan, self.engine.clock.now());
            let now =
                Tick { elapsed: start.elapsed(), ops: self.ops(), overlap: overlaps.smallest() };
            let go_on = tick(now);
            self.record.interrupted |= !go_on;
            self.record.hangs = watchdog.look(self.plan, &self.board, &self.process_ids());
            let over = self.plan.duration.is_some_and(|duration| start.elapsed() >= duration);
            let done = self.workers.iter().all(|worker| worker.ended);
            if over || done || died || !go_on || !self.record.hangs.is_empty() {
                break;
            }
        }
        self.board.signal(Signal::Stop);
        self.wait_stopped(&mut watchdog, tick);
        self.record.overlaps = overlaps.finish();
        let actors = 0..self.plan.actors.len();
        let last = actors.map(|index| self.board.actor(index).finished_at()).max();
        let end = last.filter(|&end| end > start_ticks).unwrap_or_else(|| self.engine.clock.now());
        self.record.elapsed = Duration::from_nanos(self.engine.clock.ns(end - start_ticks));
    }

    /// Waits for the workers to end by themselves, as long as their calls return.
    fn wait_stopped(&mut self, watchdog: &mut Watchdog, tick: &mut dyn FnMut(Tick) -> bool) {
        let since = Instant::now();
        while self.record.hangs.is_empty() && self.workers.iter().any(|worker| !worker.ended) {
            if let Ok(ended) = self.receiver.recv_timeout(TICK) {
                self.note_end(ended);
                continue;
            }
            self.record.hangs = watchdog.look(self.plan, &self.board, &self.process_ids());
            let waits = watchdog.lock_waits(self.plan, &self.board);
            // Whoever is left waits for a lock that nobody will give up any more.
            if !waits.is_empty() && since.elapsed() > DIE_WITHIN {
                self.record.lock_waits = waits;
                break;
            }
            if !self.record.deaths.is_empty() && since.elapsed() > self.plan.hang_after {
                break;
            }
            let stopped = watchdog.stopped(self.plan, &self.board, &self.process_ids());
            if !stopped.is_empty() && since.elapsed() > self.plan.hang_after {
                self.record.stopped = stopped;
                break;
            }
            if since.elapsed() > self.plan.hang_after.saturating_add(READY_WITHIN)
                && self.all_finished()
            {
                // They have observed all they should, and yet do not end.
                break;
            }
            let now = Tick { elapsed: self.record.elapsed, ops: self.ops(), overlap: None };
            self.record.interrupted |= !tick(now);
            if self.record.interrupted && since.elapsed() > DIE_WITHIN {
                break;
            }
        }
        self.kill();
        if self.record.hangs.is_empty() && self.workers.iter().any(|worker| !worker.ended) {
            self.record.hangs = self.immortal(since);
        }
    }

    fn all_finished(&self) -> bool {
        (0..self.plan.actors.len()).all(|index| self.board.actor(index).is_finished())
    }

    fn kill(&mut self) {
        for worker in self.workers.iter_mut().filter(|worker| !worker.ended) {
            let _ = worker.child.kill();
        }
        let since = Instant::now();
        while self.workers.iter().any(|worker| !worker.ended) && since.elapsed() < DIE_WITHIN {
            if let Ok(ended) = self.receiver.recv_timeout(TICK) {
                let _ = self.workers[ended.process].bury();
            }
        }
    }

    /// The calls that keep killed workers from dying.
    fn immortal(&self, since: Instant) -> Vec<Hang> {
        let actors = self.plan.actors.iter().enumerate();
        let left = actors.filter(|(_, actor)| !self.workers[actor.process].ended);
        let hang = |(index, actor): (usize, &ActorPlan)| {
            let own = self.board.actor(index);
            let step = own.current().filter(|_| !own.is_finished())?;
            let stack = task::kernel_stack(self.workers[actor.process].child.id(), own.thread());
            Some(Hang { actor: index, step, waited: since.elapsed(), stack })
        };
        left.filter_map(hang).collect()
    }

    /// Takes in a worker's end; returns whether it died.
    fn note_end(&mut self, ended: Ended) -> bool {
        let status = self.workers[ended.process].bury();
        if status.as_ref().is_ok_and(ExitStatus::success) {
            if let Ok(report) = serde_json::from_str(&ended.report) {
                self.reports.push(report);
                return false;
            }
        }
        let at = self.plan.processes[ended.process].iter();
        let at = at.filter_map(|&actor| Some((actor, self.board.actor(actor).current()?)));
        self.record.deaths.push(Death {
            process: ended.process,
            how: describe(&status),
            said: ended.said.trim().to_owned(),
            at: at.collect(),
        });
        true
    }

    fn process_ids(&self) -> Vec<u32> {
        self.workers.iter().map(|worker| worker.child.id()).collect()
    }

    fn ops(&self) -> u64 {
        (0..self.plan.actors.len()).map(|actor| self.board.actor(actor).head()).sum()
    }

    fn finish(mut self) -> Record {
        self.record.actors = collect::actors(self.plan, &self.board, &self.engine.clock);
        self.record.latencies = collect::latencies(&self.reports);
        self.record
    }
}

/// Reads a worker's output to its end in threads of their own, so that nothing ever waits for a
/// worker that cannot end.
fn watch(
    process: usize,
    id: u32,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    sender: Sender<Ended>,
) -> io::Result<()> {
    let listen = move || stderr.map(listen).unwrap_or_default();
    let listening = thread::Builder::new().spawn(listen)?;
    thread::Builder::new().spawn(move || {
        let mut report = String::new();
        if let Some(mut stdout) = stdout {
            let _ = stdout.read_to_string(&mut report);
        }
        let said = listening.join().unwrap_or_default();
        process::wait_until_dead(id);
        // The run may be over: then nobody needs to know.
        let _ = sender.send(Ended { process, report, said });
    })?;
    Ok(())
}

fn listen(mut stderr: ChildStderr) -> String {
    let mut kept = Vec::new();
    let _ = stderr.by_ref().take(SAID).read_to_end(&mut kept);
    let _ = io::copy(&mut stderr, &mut io::sink());
    String::from_utf8_lossy(&kept).into_owned()
}

fn describe(status: &io::Result<ExitStatus>) -> String {
    let mut text = String::new();
    let _ = match status {
        Ok(status) => match (status.signal(), status.code()) {
            (Some(signal), _) => write!(text, "killed by signal {signal}"),
            (None, Some(0)) => write!(text, "ended without a report"),
            (None, Some(code)) => write!(text, "exit status {code}"),
            (None, None) => write!(text, "{status}"),
        },
        Err(error) => write!(text, "cannot be waited for: {error}"),
    };
    text
}
