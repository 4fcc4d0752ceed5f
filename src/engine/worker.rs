//! The worker process: maps the board, runs its actors as threads, reports their latencies.
//!
//! Standard input carries the job and stays open as long as the supervisor lives: its end means
//! that nobody is listening any more, and the worker exits at once.

use std::fs::File;
use std::io::{self, BufRead, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::actor::Actor;
use super::board::{Board, Layout};
use crate::content::ContentTable;
use crate::ops::OpKind;
use crate::plan::Plan;
use crate::sys::clock::Clock;
use crate::sys::process::{die_with_parent, inherited};
use crate::sys::shm::SharedMemory;
use crate::sys::signals::survive_file_size_limit;

/// Everything a worker is told.
#[derive(Debug, Serialize, Deserialize)]
pub struct Job {
    /// The plan of the run.
    pub plan: Plan,
    /// Which of its processes this worker is.
    pub process: usize,
    /// Number of the inherited descriptor of the board.
    pub board: i32,
    /// Numbers of the inherited shared descriptors.
    pub shared: Vec<i32>,
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

/// Does the job that arrives on standard input.
///
/// # Errors
/// [`WorkerError`], before any actor has started.
pub fn work() -> Result<(), WorkerError> {
    let setup = |what| move |error| WorkerError::Setup { what, error };
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(|error| WorkerError::Job(error.to_string()))?;
    let job: Job =
        serde_json::from_str(&line).map_err(|error| WorkerError::Job(error.to_string()))?;
    exit_with_supervisor().map_err(setup("a thread"))?;
    survive_file_size_limit().map_err(setup("the signals"))?;

    let layout = Layout::of(&job.plan);
    let memory =
        SharedMemory::open(inherited(job.board).map_err(setup("the board"))?, layout.words)
            .map_err(setup("mapping the board"))?;
    let board = Board::new(memory.words(), &layout);
    let shared: Vec<OwnedFd> = job
        .shared
        .iter()
        .map(|&number| inherited(number))
        .collect::<io::Result<_>>()
        .map_err(setup("a shared descriptor"))?;
    let shared: Vec<BorrowedFd<'_>> = shared.iter().map(AsFd::as_fd).collect();
    rustix::process::umask(rustix::fs::Mode::empty());

    let longest = job.plan.actors.iter().map(|actor| actor.buffer).max().unwrap_or_default();
    let contents = ContentTable::new(&job.plan.contents, longest);
    let mut actors = Vec::new();
    for &index in &job.plan.processes[job.process] {
        // Each actor opens the sandbox itself: on one open file description, the actors would
        // race for its reference count instead of for the filesystem.
        let root = File::open(".").map_err(setup("opening the sandbox"))?;
        let actor = Actor::new(index, &job.plan, board, root.into(), &shared, &contents, job.clock);
        actors.push(actor.map_err(setup("a shared descriptor"))?);
    }
    let mut report = WorkerReport::default();
    std::thread::scope(|scope| {
        let mut threads = Vec::new();
        for actor in actors {
            match std::thread::Builder::new().spawn_scoped(scope, move || actor.run()) {
                Ok(thread) => threads.push(thread),
                // Those that have started wait for this one, and would wait for ever.
                Err(error) => give_up(&WorkerError::Setup { what: "a thread", error }),
            }
        }
        for thread in threads {
            // An actor that panics takes the worker down: the supervisor reports its death.
            let latencies = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            report.latencies.extend(latencies.into_iter().map(|(op, histogram)| {
                let cells = histogram.recorded();
                (op, cells.map(|(ticks, count)| (job.clock.ns(ticks), count)).collect())
            }));
        }
    });
    let text =
        serde_json::to_string(&report).map_err(|error| WorkerError::Job(error.to_string()))?;
    // A supervisor that has gone away needs no report.
    let _ = io::stdout().write_all(text.as_bytes());
    Ok(())
}

/// Ends this process when the supervisor's end of standard input is gone.
fn exit_with_supervisor() -> io::Result<()> {
    // Where the system does it, even for a worker that somebody has stopped.
    die_with_parent();
    let listen = || {
        let mut rest = [0; 64];
        loop {
            match io::stdin().read(&mut rest) {
                Ok(0) => std::process::exit(0),
                Err(error) if error.kind() != io::ErrorKind::Interrupted => std::process::exit(0),
                _ => {}
            }
        }
    };
    std::thread::Builder::new().spawn(listen).map(drop)
}

fn give_up(error: &WorkerError) -> ! {
    let _ = writeln!(io::stderr(), "{error}");
    std::process::exit(1)
}
