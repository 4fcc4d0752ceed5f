//! The worker processes of a run: started, listened to, buried.

use std::fmt::Write as _;
use std::io::{self, Read, Write as _};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam::channel::{self, Receiver, Sender};

use super::controls::Controls;
use super::record::Death;
use super::rooms::Rooms;
use super::worker::{Job, WorkerReport};
use crate::plan::Plan;
use crate::sys::clock::Clock;
use crate::sys::process::{self, Inheritable, again};
use crate::sys::shm::SharedMemory;

/// How long a killed worker may take to die before it is left behind.
pub const DIE_WITHIN: Duration = Duration::from_secs(2);
/// How often the end of a killed worker is looked for.
const TICK: Duration = Duration::from_millis(25);
/// Bytes of a worker's standard error that are kept.
const SAID: u64 = 4096;

/// A worker that has ended, and has not been waited for yet: its number is still its own.
#[derive(Debug)]
pub struct Ended {
    process: usize,
    report: String,
    said: String,
}

#[derive(Debug)]
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

/// The workers of one run.
#[derive(Debug)]
pub struct Workers {
    workers: Vec<Worker>,
    sender: Sender<Ended>,
    receiver: Receiver<Ended>,
    /// What those reported that ended well.
    pub reports: Vec<WorkerReport>,
    /// Those that did not.
    pub deaths: Vec<Death>,
}

/// What every worker is given.
#[derive(Debug)]
pub struct Equipment<'a> {
    /// The program to execute.
    pub program: &'a Path,
    /// The directory to run in.
    pub rooms: Rooms<'a>,
    /// See [`Job::arena`].
    pub arena: Option<BorrowedFd<'a>>,
    /// The board.
    pub memory: &'a SharedMemory,
    /// The shared descriptors, or in rounds mode the ends of the lines they are passed through.
    pub shared: &'a [OwnedFd],
    /// The common clock.
    pub clock: Clock,
    /// See [`Job::clock_error`].
    pub clock_error: u64,
}

impl Workers {
    /// None yet.
    pub fn new() -> Self {
        let (sender, receiver) = channel::unbounded();
        Self { workers: Vec::new(), sender, receiver, reports: Vec::new(), deaths: Vec::new() }
    }

    /// Starts one for each process of the plan.
    ///
    /// # Errors
    /// The errno of what could not be made; those started before then have to be killed.
    pub fn start(&mut self, plan: &Plan, equipment: &Equipment<'_>) -> io::Result<()> {
        let board = Inheritable::new(equipment.memory.as_fd())?;
        let shared: Vec<Inheritable> = equipment
            .shared
            .iter()
            .map(|fd| Inheritable::new(fd.as_fd()))
            .collect::<io::Result<_>>()?;
        let arena = equipment.arena.map(Inheritable::new).transpose()?;
        for process in 0..plan.processes.len() {
            let job = Job {
                plan: plan.clone(),
                process,
                board: board.number(),
                arena: arena.as_ref().map(Inheritable::number),
                shared: shared.iter().map(Inheritable::number).collect(),
                clock: equipment.clock,
                clock_error: equipment.clock_error,
            };
            let mut child = again(equipment.program)
                .arg("worker")
                // `truncate` has no form that takes a directory, so the sandbox is the current one.
                .current_dir(equipment.rooms.of(plan.client_of(process)))
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
            watch(process, id, stdout, stderr, self.sender.clone())?;
            let mut text = serde_json::to_string(&job).map_err(io::Error::other)?;
            text.push('\n');
            if let Some(stdin) = &mut self.workers[process]._stdin {
                // A worker that is dead already shows in its exit status.
                let _ = stdin.write_all(text.as_bytes());
            }
        }
        Ok(())
    }

    /// Waits for some worker to end, but no longer than this.
    pub fn wait(&self, limit: Duration) -> Option<Ended> {
        self.receiver.recv_timeout(limit).ok()
    }

    /// Takes in the end of a worker that never got ready; returns how it ended, in words.
    pub fn end_early(&mut self, ended: &Ended) -> String {
        let how = describe(&self.workers[ended.process].bury());
        format!("{how}: {}", ended.said.trim())
    }

    /// Takes in a worker's end; returns whether it died.
    pub fn end(&mut self, ended: &Ended, plan: &Plan, controls: &Controls<'_>) -> bool {
        let status = self.workers[ended.process].bury();
        if status.as_ref().is_ok_and(ExitStatus::success) {
            if let Ok(report) = serde_json::from_str(&ended.report) {
                self.reports.push(report);
                return false;
            }
        }
        let at = plan.processes[ended.process].iter();
        let at = at.filter_map(|&actor| Some((actor, controls.status(actor).current()?)));
        self.deaths.push(Death {
            process: ended.process,
            how: describe(&status),
            said: ended.said.trim().to_owned(),
            at: at.collect(),
        });
        true
    }

    /// Kills those that live, and waits for them a little.
    pub fn kill(&mut self) {
        for worker in self.workers.iter_mut().filter(|worker| !worker.ended) {
            let _ = worker.child.kill();
        }
        let since = Instant::now();
        while !self.all_ended() && since.elapsed() < DIE_WITHIN {
            if let Some(ended) = self.wait(TICK) {
                let _ = self.workers[ended.process].bury();
            }
        }
    }

    /// Whether none is left.
    pub fn all_ended(&self) -> bool {
        self.workers.iter().all(|worker| worker.ended)
    }

    /// Whether that of this process has ended.
    pub fn has_ended(&self, process: usize) -> bool {
        self.workers[process].ended
    }

    /// The system's numbers of the processes.
    pub fn ids(&self) -> Vec<u32> {
        self.workers.iter().map(|worker| worker.child.id()).collect()
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
