//! A mount of the faulty filesystem on which scenarios are run.

use std::time::Duration;

use tempfile::TempDir;

use super::exit::CliError;
use super::library::Loaded;
use super::perform::Stage;
use crate::detect::{Accepted, Effort};
use crate::engine::Engine;
use crate::engine::sandbox::{Janitor, Sandbox};
use crate::faulty::{self, Fault, Mounted, Options};
use crate::plan::{Settings, plan};
use crate::report::{Anomaly, ScenarioResult, Target};
use crate::sys::fsinfo::fs_info;

/// When a call on the mount is taken to hang. Its server answers within milliseconds, and a fault
/// that hangs does so for longer than this and then lets go, so that it can be unmounted.
pub(super) const HANG_AFTER: Duration = Duration::from_secs(4);

/// A mount of one fault, and a sandbox on it.
pub(super) struct Mount<'a> {
    // Fields drop in order: what is on the mount, the mount, its directory.
    sandbox: Sandbox,
    janitor: Janitor,
    mounted: Mounted,
    _directory: TempDir,
    stage: Stage<'a>,
    target: Target,
    seed: u64,
    rooms: u32,
    stuck: bool,
}

/// A scenario that has run on the mount.
pub(super) struct Ran(ScenarioResult);

impl<'a> Mount<'a> {
    /// Mounts the fault in a directory of its own.
    pub(super) fn of(
        fault: &'static Fault,
        options: &Options,
        engine: &'a Engine,
        accepted: &'a Accepted,
    ) -> Result<Self, CliError> {
        let directory = tempfile::tempdir().map_err(CliError::environment)?;
        let mounted =
            faulty::mount(Some(fault), directory.path(), options).map_err(CliError::environment)?;
        let info = fs_info(mounted.path()).map_err(CliError::environment)?;
        let target = info.target(mounted.path());
        let mut janitor = Janitor::start(engine.program()).map_err(CliError::environment)?;
        let sandbox =
            Sandbox::create(mounted.path(), &mut janitor).map_err(CliError::environment)?;
        Ok(Self {
            sandbox,
            janitor,
            mounted,
            _directory: directory,
            stage: Stage { engine, accepted, effort: Effort::Thorough },
            target,
            seed: options.seed,
            rooms: 0,
            stuck: false,
        })
    }

    /// Runs one scenario for this long, unless `go_on` says otherwise.
    pub(super) fn run(
        &mut self,
        loaded: &Loaded,
        time: Duration,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Ran, CliError> {
        let settings = Settings { duration: Some(time), seed: self.seed, ..Settings::default() };
        let mut plan = plan(&loaded.scenario, &settings).map_err(CliError::usage)?;
        plan.hang_after = HANG_AFTER;
        self.rooms += 1;
        let name = self.rooms.to_string();
        let room = self.sandbox.room(&name).map_err(CliError::environment)?;
        let performed = self
            .stage
            .perform(&plan, room.path(), &self.target, &mut |_| go_on())
            .map_err(CliError::Environment)?;
        if performed.observations.hangs() {
            self.sandbox.abandon();
            self.stuck = true;
        } else {
            room.remove().map_err(CliError::environment)?;
        }
        Ok(Ran(performed.result))
    }

    /// Whether some call has not returned, so that nothing more can be run.
    pub(super) fn is_stuck(&self) -> bool {
        self.stuck
    }

    /// Puts everything away, once calls that hang have returned.
    pub(super) fn unmount(self) -> Result<(), CliError> {
        let Self { sandbox, janitor, mounted, .. } = self;
        drop(sandbox);
        // It waits for the workers, and so for their calls.
        drop(janitor);
        mounted.unmount().map_err(CliError::environment)
    }
}

impl Ran {
    pub(super) fn scenario(&self) -> &str {
        &self.0.scenario
    }

    pub(super) fn anomalies(&self) -> impl Iterator<Item = &Anomaly> {
        self.0.anomalies.iter()
    }

    /// How long it took.
    pub(super) fn seconds(&self) -> f64 {
        self.0.elapsed_s
    }

    /// Rounds, or operations in free mode.
    pub(super) fn trials(&self) -> u64 {
        self.0.rounds.unwrap_or(self.0.ops)
    }
}
