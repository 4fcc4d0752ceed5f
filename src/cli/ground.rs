//! Where plans run: a sandbox in each target, and what watches over them. What `run`, `guarantees`
//! and all others that run scenarios on a target share.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::clients;
use super::exit::CliError;
use super::interrupt::Interrupt;
use super::perform::{Performed, Stage};
use crate::detect::{Accepted, Effort};
use crate::engine::sandbox::{Janitor, Sandbox};
use crate::engine::{Engine, Rooms};
use crate::fuzz::fuzzer::Field;
use crate::plan::Plan;
use crate::report::Target;
use crate::sys::errno::describe;
use crate::sys::process::own_program;
use crate::sys::{fsinfo, limits};
use crate::ui::progress::{Progress, Tick};
use crate::ui::units;

/// A limit on file sizes from which on no scenario meets it.
const ENOUGH_FILE_SIZE: u64 = 4 << 30;

/// The directories that plans run in. Dropped, they are removed.
#[derive(Debug)]
pub(super) struct Ground {
    engine: Engine,
    /// The directory made in each target.
    sandboxes: HashMap<PathBuf, Sandbox>,
    targets: HashMap<PathBuf, Target>,
    /// Client directories beside the only target.
    clients: Vec<PathBuf>,
    janitor: Option<Janitor>,
    /// Some call hangs, so that waiting for anything on that target may never end.
    stuck: Vec<PathBuf>,
    /// Rooms that have been given names.
    rooms: u64,
}

impl Ground {
    /// Refuses to run under a small limit on file sizes: a write that it cuts short would be taken
    /// for a fault of the filesystem.
    ///
    /// # Errors
    /// Environment: EFBIG, and what to do.
    pub(super) fn check_limits() -> Result<(), CliError> {
        match limits::raise_file_size() {
            Some(limit) if limit < ENOUGH_FILE_SIZE => Err(CliError::Environment(format!(
                "EFBIG: files are limited to {} here; raise the limit (`ulimit -f unlimited`) and \
                 run again",
                units::bytes(limit)
            ))),
            _ => Ok(()),
        }
    }

    /// Checks the targets and makes a sandbox in each.
    ///
    /// # Errors
    /// Environment: what is wrong with a target, with nothing left behind in any.
    pub(super) fn prepare(paths: &[PathBuf]) -> Result<Self, CliError> {
        let program = own_program().map_err(|error| {
            CliError::Environment(format!("cannot find the program itself: {}", describe(&error)))
        })?;
        let mut janitor = Janitor::start(&program).map_err(|error| {
            let why = describe(&error);
            CliError::Environment(format!("cannot start the clean-up process: {why}"))
        })?;
        let mut sandboxes = HashMap::new();
        let mut targets = HashMap::new();
        for path in paths {
            let sandbox = Sandbox::create(path, &mut janitor).map_err(CliError::environment)?;
            let info = fsinfo::fs_info(path).map_err(|error| {
                CliError::Environment(format!("target {}: {}", path.display(), describe(&error)))
            })?;
            targets.insert(path.clone(), info.target(path));
            sandboxes.insert(path.clone(), sandbox);
        }
        let engine = Engine::new(program);
        let (clients, stuck) = (Vec::new(), Vec::new());
        Ok(Self { engine, sandboxes, targets, clients, janitor: Some(janitor), stuck, rooms: 0 })
    }

    /// Has plans run in these client directories as well, after seeing that they show what is made
    /// in the target.
    ///
    /// # Errors
    /// Usage or environment: what is wrong with one of them.
    pub(super) fn see_through(&mut self, further: &[PathBuf]) -> Result<(), CliError> {
        let Some(janitor) = &mut self.janitor else { return Ok(()) };
        for sandbox in self.sandboxes.values_mut() {
            sandbox.see_through(further, janitor).map_err(clients::error)?;
        }
        let shown = further.iter().map(|path| path.to_string_lossy().into_owned());
        let shown: Vec<String> = shown.collect();
        self.targets.values_mut().for_each(|target| target.clients.clone_from(&shown));
        self.clients = further.to_owned();
        Ok(())
    }

    /// A name for a room that no other has had: one that could not be removed may still be there.
    pub(super) fn next_room(&mut self) -> String {
        self.rooms += 1;
        format!("m{}", self.rooms)
    }

    /// The client directories beside the target.
    pub(super) fn clients(&self) -> &[PathBuf] {
        &self.clients
    }

    /// What is known about one of the targets.
    pub(super) fn target(&self, path: &Path) -> &Target {
        &self.targets[path]
    }

    /// Runs and judges a plan in a directory `name` of its own, and removes that, unless some call
    /// has not returned.
    ///
    /// # Errors
    /// Why it could not run there.
    pub(super) fn perform(
        &mut self,
        plan: &Plan,
        path: &Path,
        name: &str,
        accepted: &Accepted,
        progress: &mut Progress,
        interrupt: &Interrupt,
    ) -> Result<Performed, String> {
        let fs_type = &self.targets[path].fs_type;
        progress.scenario_started(&plan.scenario, fs_type, plan.duration);
        let judged = (accepted, Effort::Thorough);
        let performed = self.attempt(plan, path, name, judged, |stage, room, target| {
            let performed = stage.perform(plan, room, target, &mut |tick| {
                progress.tick(Tick { elapsed: tick.elapsed, ops: tick.ops, overlap: tick.overlap });
                interrupt.signal().is_none()
            })?;
            let hangs = performed.observations.hangs();
            Ok((performed, hangs))
        });
        performed.map(|(performed, left)| {
            left.iter().for_each(|why| progress.note(why));
            performed
        })
    }

    /// Has `work` done in a directory `name` of its own, and removes that, unless `work` says that
    /// some call has not returned. Returns what came of it, and a note on what could not be removed.
    ///
    /// # Errors
    /// Why it could not run there.
    pub(super) fn attempt<T>(
        &mut self,
        plan: &Plan,
        path: &Path,
        name: &str,
        (accepted, effort): (&Accepted, Effort<'_>),
        work: impl FnOnce(Stage<'_>, Rooms<'_>, &Target) -> Result<(T, bool), String>,
    ) -> Result<(T, Option<String>), String> {
        if self.is_stuck(path) {
            let reason = "a call on this target still hangs: restart the machine, or remount it";
            return Err(reason.to_owned());
        }
        if let Some(reason) = &plan.lacks {
            return Err(reason.clone());
        }
        if let Some(reason) = clients::unfit(plan, self.clients.len()) {
            return Err(reason);
        }
        check_room(plan, path)?;
        let sandbox = self.sandboxes.get_mut(path).ok_or("no sandbox")?;
        let room = sandbox.room(name).map_err(|error| describe(&error))?;
        let stage = Stage { engine: &self.engine, accepted, effort };
        let done = work(stage, room.rooms(), &self.targets[path]);
        let mut left = None;
        if done.as_ref().is_ok_and(|(_, hangs)| *hangs) {
            // Removing anything could hang as well: the janitor does it, if it can be done.
            sandbox.abandon();
            self.stuck.push(path.to_owned());
        } else if let Err(error) = room.remove() {
            let why = describe(&error);
            left = Some(format!(
                "cannot remove what a scenario left behind: {why}; it is tried again at the end, and \
                 for a minute after it\n"
            ));
        }
        done.map(|(done, _)| (done, left))
    }

    /// Whether some call on a target has not returned, so that nothing more is run there.
    pub(super) fn is_stuck(&self, path: &Path) -> bool {
        self.stuck.iter().any(|stuck| stuck == path)
    }

    /// The field on which programs are made up and run.
    pub(super) fn field(&mut self, path: &Path) -> Option<Field<'_>> {
        let sandbox = self.sandboxes.get_mut(path)?;
        Some(Field { engine: &self.engine, sandbox })
    }

    /// A call on this target has not returned, so that nothing there may be waited for.
    pub(super) fn gets_stuck(&mut self, path: &Path) {
        self.stuck.push(path.to_owned());
    }

    /// Removes the sandboxes, as far as nothing hangs in them.
    pub(super) fn clear(&mut self) {
        self.sandboxes.clear();
        if let Some(janitor) = self.janitor.take() {
            if !self.stuck.is_empty() {
                janitor.leave();
            }
        }
    }
}

/// Refuses a scenario that may not fit: what its writes then return proves nothing.
fn check_room(plan: &Plan, target: &Path) -> Result<(), String> {
    let free = fsinfo::fs_info(target).ok().and_then(|info| info.free_bytes);
    let needed = plan.bytes_needed();
    match free {
        Some(free) if free < needed => Err(format!(
            "ENOSPC: the target has {} free, the scenario needs {}; free some space",
            units::bytes(free),
            units::bytes(needed)
        )),
        _ => Ok(()),
    }
}
