//! The worker processes: started, given their jobs, listened to, buried.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam::channel::{self, Receiver, Sender};

use super::controls::Controls;
use super::record::Death;
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

/// What a worker has to say.
#[derive(Debug)]
pub struct News {
    process: usize,
    what: What,
}

#[derive(Debug)]
enum What {
    /// It has done its job; its report.
    Done(String),
    /// It has ended, and has not been waited for yet: its number is still its own. What it said on
    /// standard error.
    Ended(String),
}

#[derive(Debug)]
struct Worker {
    child: Child,
    /// Its end tells the worker that nobody is listening any more.
    stdin: Option<ChildStdin>,
    /// Whether it has a job to do.
    busy: bool,
    ended: bool,
}

impl Worker {
    /// Takes in that it has ended. Only from here on may the system give its number to another
    /// process, so that nobody else is ever killed in its place.
    fn bury(&mut self) -> io::Result<ExitStatus> {
        (self.ended, self.busy) = (true, false);
        self.child.wait()
    }
}

/// Worker processes, which do one job after the other. Dropped, they are killed.
#[derive(Debug)]
pub struct Workers {
    workers: Vec<Worker>,
    sender: Sender<News>,
    receiver: Receiver<News>,
    /// Some could not be killed.
    left_behind: bool,
    /// What those reported that have done the present job.
    pub reports: Vec<WorkerReport>,
    /// Those that ended before they should.
    pub deaths: Vec<Death>,
}

/// What the workers of a run inherit. They find it under the same numbers.
#[derive(Debug)]
pub struct Inheritance {
    board: Inheritable,
    homes: Vec<Inheritable>,
    shared: Vec<Inheritable>,
}

impl Inheritance {
    /// For workers that are started while it lives: the board, the directories that hold those to
    /// run in (one for each client), and the shared descriptors or the ends of the lines that they
    /// are passed through.
    ///
    /// # Errors
    /// The errno of duplicating a descriptor.
    pub fn new(memory: &SharedMemory, homes: &[OwnedFd], shared: &[OwnedFd]) -> io::Result<Self> {
        let all = |fds: &[OwnedFd]| {
            fds.iter().map(|fd| Inheritable::new(fd.as_fd())).collect::<io::Result<Vec<_>>>()
        };
        let board = Inheritable::new(memory.as_fd())?;
        Ok(Self { board, homes: all(homes)?, shared: all(shared)? })
    }

    /// The numbers of the shared descriptors or ends.
    pub fn shared(&self) -> Vec<i32> {
        self.shared.iter().map(Inheritable::number).collect()
    }
}

/// What every worker is told beside its plan.
#[derive(Debug)]
pub struct Equipment<'a> {
    /// The program to execute.
    pub program: &'a Path,
    /// What it inherits.
    pub inheritance: &'a Inheritance,
    /// Those of the shared descriptors or ends that this plan uses.
    pub shared: Vec<i32>,
    /// See [`Job::room`].
    pub room: &'a str,
    /// See [`Job::timed`].
    pub timed: bool,
    /// The common clock.
    pub clock: Clock,
    /// See [`Job::clock_error`].
    pub clock_error: u64,
}

impl Workers {
    /// None yet.
    pub fn new() -> Self {
        let (sender, receiver) = channel::unbounded();
        let (workers, reports, deaths) = (Vec::new(), Vec::new(), Vec::new());
        Self { workers, sender, receiver, left_behind: false, reports, deaths }
    }

    /// Gives each process of the plan its job, and starts workers for those that have none.
    ///
    /// # Errors
    /// The errno of what could not be made; those started before then have to be killed.
    pub fn start(&mut self, plan: &Plan, equipment: &Equipment<'_>) -> io::Result<()> {
        self.reports.clear();
        self.deaths.clear();
        let inherited = equipment.inheritance;
        let mut job = Job {
            plan: plan.clone(),
            process: 0,
            board: inherited.board.number(),
            homes: inherited.homes.iter().map(Inheritable::number).collect(),
            room: equipment.room.to_owned(),
            shared: equipment.shared.clone(),
            timed: equipment.timed,
            clock: equipment.clock,
            clock_error: equipment.clock_error,
        };
        for process in 0..plan.processes.len() {
            if process == self.workers.len() {
                self.hire(equipment.program)?;
            }
            job.process = process;
            let mut text = serde_json::to_string(&job).map_err(io::Error::other)?;
            text.push('\n');
            let worker = &mut self.workers[process];
            worker.busy = true;
            if let Some(stdin) = &mut worker.stdin {
                // A worker that is dead already shows in its exit status.
                let _ = stdin.write_all(text.as_bytes());
            }
        }
        Ok(())
    }

    fn hire(&mut self, program: &Path) -> io::Result<()> {
        let mut child = again(program)
            .arg("worker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C is for the supervisor, which then stops the workers in good order.
            .process_group(0)
            .spawn()?;
        let stdin = child.stdin.take();
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (process, id) = (self.workers.len(), child.id());
        self.workers.push(Worker { child, stdin, busy: false, ended: false });
        watch(process, id, stdout, stderr, self.sender.clone())
    }

    /// Waits for news of some worker, but no longer than this.
    pub fn wait(&self, limit: Duration) -> Option<News> {
        self.receiver.recv_timeout(limit).ok()
    }

    /// Takes in news of a worker before all were ready; returns how it ended, in words.
    pub fn end_early(&mut self, news: &News) -> String {
        let worker = &mut self.workers[news.process];
        match &news.what {
            What::Done(_) => "it had nothing to do".to_owned(),
            What::Ended(said) => format!("{}: {}", describe(&worker.bury()), said.trim()),
        }
    }

    /// Takes in news of a worker; returns whether it died.
    pub fn take_in(&mut self, news: &News, plan: &Plan, controls: &Controls<'_>) -> bool {
        let worker = &mut self.workers[news.process];
        let said = match &news.what {
            What::Done(report) => {
                match serde_json::from_str(report) {
                    Ok(report) => {
                        worker.busy = false;
                        self.reports.push(report);
                    }
                    // Its death is told when it has come about.
                    Err(_) => drop(worker.child.kill()),
                }
                return false;
            }
            What::Ended(said) => said,
        };
        let was_busy = worker.busy;
        let status = worker.bury();
        if was_busy {
            let at = plan.processes[news.process].iter();
            let at = at.filter_map(|&actor| Some((actor, controls.status(actor).current()?)));
            self.deaths.push(Death {
                process: news.process,
                how: describe(&status),
                said: said.trim().to_owned(),
                at: at.collect(),
            });
        }
        was_busy
    }

    /// Kills those that live, and waits for them a little.
    pub fn kill(&mut self) {
        for worker in self.workers.iter_mut().filter(|worker| !worker.ended) {
            let _ = worker.child.kill();
        }
        let since = Instant::now();
        while !self.all_ended() && since.elapsed() < DIE_WITHIN {
            if let Some(News { process, what: What::Ended(_) }) = self.wait(TICK) {
                let _ = self.workers[process].bury();
            }
        }
        self.left_behind = !self.all_ended();
    }

    /// Whether none has anything to do any more.
    pub fn all_done(&self) -> bool {
        self.workers.iter().all(|worker| !worker.busy)
    }

    /// Whether none is left.
    pub fn all_ended(&self) -> bool {
        self.workers.iter().all(|worker| worker.ended)
    }

    /// Whether some have ended, so that no further plan can be run.
    pub fn any_ended(&self) -> bool {
        self.workers.iter().any(|worker| worker.ended)
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

impl Drop for Workers {
    fn drop(&mut self) {
        if !self.left_behind {
            self.kill();
        }
    }
}

/// Reads a worker's output to its end in threads of their own, so that nothing ever waits for a
/// worker that cannot end.
fn watch(
    process: usize,
    id: u32,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    sender: Sender<News>,
) -> io::Result<()> {
    let listen = move || stderr.map(listen).unwrap_or_default();
    let listening = thread::Builder::new().spawn(listen)?;
    thread::Builder::new().spawn(move || {
        // The run may be over: then nobody needs to know.
        let tell = |what| drop(sender.send(News { process, what }));
        if let Some(stdout) = stdout {
            for report in BufReader::new(stdout).lines().map_while(Result::ok) {
                tell(What::Done(report));
            }
        }
        let said = listening.join().unwrap_or_default();
        process::wait_until_dead(id);
        tell(What::Ended(said));
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
