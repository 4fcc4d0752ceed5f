//! The worker process: maps the board, runs its actors as threads, reports their latencies.
//!
//! Standard input carries the jobs, one in each line, and stays open as long as the supervisor
//! lives: its end means that nobody is listening any more, and the worker exits at once. Every job
//! that is done is answered with one line, its report.

use std::cell::OnceCell;
use std::fs::File;
use std::io::{self, BufRead, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crossbeam::channel::{self, Receiver};
use rustix::fs::{Mode as Permissions, OFlags};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::actor::Actor;
use super::latency::LatenciesByOp;
use super::{board, rounds};
use crate::content::ContentTable;
use crate::ops::OpKind;
use crate::plan::Plan;
use crate::scenario::Mode;
use crate::sys::clock::Clock;
use crate::sys::process::{die_with_parent, inherited};
use crate::sys::shm::SharedMemory;
use crate::sys::signals::survive_file_size_limit;
use crate::sys::stall::Stalls;

/// Exit status of a worker of which an actor has panicked, as the standard library has it.
const PANICKED: i32 = 101;

/// Everything a worker is told.
#[derive(Debug, Serialize, Deserialize)]
pub struct Job {
    /// The plan of the run.
    pub plan: Plan,
    /// Which of its processes this worker is.
    pub process: usize,
    /// Number of the inherited descriptor of the board.
    pub board: i32,
    /// Numbers of the inherited directories that hold the one to run in: the same one, through each
    /// client of the target.
    pub homes: Vec<i32>,
    /// Name of the directory to run in.
    pub room: String,
    /// Numbers of the inherited shared descriptors, or in rounds mode of the ends of the lines
    /// they are passed through.
    pub shared: Vec<i32>,
    /// Whether the latencies are wanted.
    pub timed: bool,
    /// The common clock.
    pub clock: Clock,
    /// How far two readings on different processors may be off, in ticks (rounds mode).
    pub clock_error: u64,
}

/// What a worker reports at its end.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct WorkerReport {
    /// Per operation: (latency in nanoseconds, count) pairs.
    pub latencies: Vec<(OpKind, Vec<(u64, u64)>)>,
}

/// Why a worker could not do its job.
#[derive(Debug, Error)]
pub enum WorkerError {
    /// The job did not arrive whole.
    #[error("the job on standard input cannot be read: {0}; `worker` is started by `fsrace run`")]
    Job(String),
    /// Something the job names cannot be used.
    #[error("{what}: {why}", why = crate::sys::errno::describe(error))]
    Setup {
        /// What was being done.
        what: &'static str,
        /// The errno.
        error: io::Error,
    },
}

/// Does the jobs that arrive on standard input, until that ends.
///
/// # Errors
/// [`WorkerError`], before any actor of a job has started.
pub fn work() -> Result<(), WorkerError> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(|error| WorkerError::Job(error.to_string()))?;
    let first = job(&line)?;
    let further = listen().map_err(setup("a thread"))?;
    survive_file_size_limit().map_err(setup("the signals"))?;
    rustix::process::umask(rustix::fs::Mode::empty());
    // Those of the process: a job that stalls its calls finds them there.
    let stalls = OnceCell::new();
    answer(&first, &stalls)?;
    further.iter().try_for_each(|line| answer(&job(&line)?, &stalls))
}

fn job(line: &str) -> Result<Job, WorkerError> {
    serde_json::from_str(line).map_err(|error| WorkerError::Job(error.to_string()))
}

/// Does a job and reports.
fn answer(job: &Job, stalls: &OnceCell<Option<Stalls>>) -> Result<(), WorkerError> {
    // `truncate` has no form that takes a directory, so the room is the current one.
    let client = job.plan.client_of(job.process);
    let room = room(job, client)?;
    rustix::process::fchdir(room).map_err(|errno| setup("entering the sandbox")(errno.into()))?;
    let mut report = match job.plan.mode {
        Mode::Free => free(job),
        Mode::Rounds if job.plan.stalls => {
            rounds(job, stalls.get_or_init(|| Stalls::start().ok()).as_ref())
        }
        Mode::Rounds => rounds(job, None),
    }?;
    if !job.timed {
        report.latencies.clear();
    }
    let mut text =
        serde_json::to_string(&report).map_err(|error| WorkerError::Job(error.to_string()))?;
    text.push('\n');
    // A supervisor that has gone away needs no report.
    let _ = io::stdout().write_all(text.as_bytes());
    Ok(())
}

/// The directory to run in, through one of the clients.
fn room(job: &Job, client: usize) -> Result<OwnedFd, WorkerError> {
    let failed = setup("opening the sandbox");
    let number = job.homes.get(client).copied().unwrap_or(-1);
    let home = inherited(number).map_err(&failed)?;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    rustix::fs::openat(home, &job.room, flags, Permissions::empty())
        .map_err(|errno| failed(errno.into()))
}

/// An errno of setting something up.
fn setup(what: &'static str) -> impl Fn(io::Error) -> WorkerError {
    move |error| WorkerError::Setup { what, error }
}

/// Actors that loop by themselves.
fn free(job: &Job) -> Result<WorkerReport, WorkerError> {
    let layout = board::Layout::of(&job.plan);
    let memory = map_board(job, layout.words)?;
    let board = board::Board::new(memory.words(), &layout);
    let shared = job.shared.iter().map(|&number| inherited(number));
    let shared: Vec<OwnedFd> =
        shared.collect::<io::Result<_>>().map_err(setup("a shared descriptor"))?;
    let shared: Vec<BorrowedFd<'_>> = shared.iter().map(AsFd::as_fd).collect();
    let contents = contents(&job.plan);
    let mut tasks: Vec<Task<'_>> = Vec::new();
    for &index in &job.plan.processes[job.process] {
        let root = open_sandbox()?;
        let actor = Actor::new(index, &job.plan, board, root, &shared, &contents, job.clock)
            .map_err(setup("a shared descriptor"))?;
        tasks.push(Box::new(move || Ok(actor.run())));
    }
    Ok(work_on(tasks, &job.clock))
}

/// Actors that do one round after the other; the first of all leads. With `stalls`, some of their calls
/// stand still half way.
fn rounds(job: &Job, stalls: Option<&Stalls>) -> Result<WorkerReport, WorkerError> {
    let layout = rounds::Layout::of(&job.plan).map_err(WorkerError::Job)?;
    let memory = map_board(job, layout.words)?;
    let board = rounds::Board::new(memory.words(), &layout);
    let contents = contents(&job.plan);
    let contents = match stalls {
        Some(stalls) => contents.late(stalls),
        None => contents,
    };
    let clock = (job.clock, job.clock_error);
    let mut tasks: Vec<Task<'_>> = Vec::new();
    for &index in &job.plan.processes[job.process] {
        let root = open_sandbox()?;
        let actor = rounds::Actor::new(index, &job.plan, board, root, &contents, clock)
            .map_err(setup("a shared descriptor"))?;
        let actor = match stalls {
            Some(stalls) => actor.stalled(&job.plan, stalls),
            None => actor,
        };
        let actor = if job.plan.is_spread() {
            actor.on(rounds::Arena::new(open_sandbox()?))
        } else {
            actor
        };
        let line = |place: usize| inherited(job.shared[place]);
        let lines = job.shared.len();
        if index == 0 {
            let lines = rounds::Lines::of_leader(lines).map(line).collect::<io::Result<_>>();
            let lines = lines.map_err(setup("the lines for shared descriptors"))?;
            let shared = rounds::Opener::new(&job.plan, lines);
            // The fixture is made through the target, whichever client the leader works in.
            let root = if job.plan.is_spread() { room(job, 0) } else { open_sandbox() }?;
            let error = job.clock_error;
            let leader = rounds::Leader::new(actor, &job.plan, board, root, error, shared)
                .map_err(setup("looking at the fixture"))?;
            let failed = setup("going on to the next round");
            tasks.push(Box::new(move || leader.lead().map_err(failed)));
        } else {
            let line = rounds::Lines::of_actor(lines, index).map(line).transpose();
            let line = line.map_err(setup("the line for shared descriptors"))?;
            let shared = rounds::Taker::new(&job.plan, line);
            let failed = setup("going on to the next round");
            tasks.push(Box::new(move || actor.follow(&shared).map_err(failed)));
        }
    }
    Ok(work_on(tasks, &job.clock))
}

fn map_board(job: &Job, words: usize) -> Result<SharedMemory, WorkerError> {
    let file = inherited(job.board).map_err(setup("the board"))?;
    SharedMemory::open(file, words).map_err(setup("mapping the board"))
}

fn contents(plan: &Plan) -> ContentTable {
    let longest = plan.actors.iter().map(|actor| actor.buffer).max().unwrap_or_default();
    ContentTable::new(&plan.contents, longest)
}

/// Each actor opens the sandbox itself: on one open file description, the actors would race for
/// its reference count instead of for the filesystem.
fn open_sandbox() -> Result<OwnedFd, WorkerError> {
    Ok(File::open(".").map_err(setup("opening the sandbox"))?.into())
}

/// What the thread of one actor does.
type Task<'a> = Box<dyn FnOnce() -> Result<LatenciesByOp, WorkerError> + Send + 'a>;

/// Does each task in a thread of its own.
fn work_on(tasks: Vec<Task<'_>>, clock: &Clock) -> WorkerReport {
    let mut report = WorkerReport::default();
    std::thread::scope(|scope| {
        let mut threads = Vec::new();
        for task in tasks {
            // The others wait for one that cannot start or go on, and would wait for ever. So an
            // actor that fails or panics takes the worker down: the supervisor reports its death.
            let work = move || match catch_unwind(AssertUnwindSafe(task)) {
                Ok(done) => done.unwrap_or_else(|error| give_up(&error)),
                Err(_) => std::process::exit(PANICKED),
            };
            match std::thread::Builder::new().spawn_scoped(scope, work) {
                Ok(thread) => threads.push(thread),
                Err(error) => give_up(&setup("a thread")(error)),
            }
        }
        for thread in threads {
            let latencies = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            report.latencies.extend(latencies.all().map(|(op, histogram)| {
                let cells = histogram.recorded();
                (op, cells.map(|(ticks, count)| (clock.ns(ticks), count)).collect())
            }));
        }
    });
    report
}

/// Passes on the further lines of standard input, and ends this process when the supervisor's end
/// of it is gone.
fn listen() -> io::Result<Receiver<String>> {
    // Where the system does it, even for a worker that somebody has stopped.
    die_with_parent();
    let (sender, receiver) = channel::unbounded();
    let listen = move || {
        loop {
            let mut line = String::new();
            match io::stdin().lock().read_line(&mut line) {
                Ok(0) | Err(_) => std::process::exit(0),
                // Whoever does the jobs is only gone when the process is about to end.
                Ok(_) => drop(sender.send(line)),
            }
        }
    };
    std::thread::Builder::new().spawn(listen)?;
    Ok(receiver)
}

fn give_up(error: &WorkerError) -> ! {
    let _ = writeln!(io::stderr(), "{error}");
    std::process::exit(1)
}
