//! Scenario plus seed gives a plan: names resolved to numbers, actors counted out, and what can be
//! known about each step before anything runs. Pure: a plan does no I/O.

mod build;
mod clients;
mod compile;
mod contents;
mod draft;
pub mod errnos;
mod facts;
mod fixture;
mod lacks;
pub(crate) mod pattern;
mod text;

pub use build::{PlanError, Settings, plan};

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::content::ContentItem;
use crate::ops::OpKind;
use crate::ops::call::Call;
use crate::report::Class;
use crate::scenario::Mode;
use crate::sys::errno::ErrnoSet;

/// Everything a run needs to know, the same in the supervisor and in its workers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Name of the scenario.
    pub scenario: String,
    /// What it asks.
    pub about: String,
    /// Its digest.
    pub digest: String,
    /// Fixes every random choice.
    pub seed: u64,
    /// Free or rounds.
    pub mode: Mode,
    /// Stop after this long.
    pub duration: Option<Duration>,
    /// Stop each actor after this many iterations.
    pub iterations: Option<u64>,
    /// Stop after this many rounds.
    pub rounds: Option<u64>,
    /// When a call that has not returned is a hang.
    pub hang_after: Duration,
    /// What exists before the start, in the order it is made.
    pub fixture: Vec<FixturePlan>,
    /// Descriptors that every actor inherits: slots 0.. of each.
    pub shared: Vec<SharedPlan>,
    /// Worker processes; each holds indices into `actors`.
    pub processes: Vec<Vec<usize>>,
    /// The actor instances.
    pub actors: Vec<ActorPlan>,
    /// Everything that is written, by the fixture or by a step.
    pub contents: Vec<ContentItem>,
    /// Sizes that a stat can be expected to show, at most 62; any other is "another size".
    pub sizes: Vec<u64>,
    /// Detector codes that fail the run even where POSIX leaves the result open.
    pub forbid: Vec<String>,
    /// Whether some calls of rounds stand still half way, where the system allows it.
    pub stalls: bool,
    /// Why it cannot be run on this system, if it cannot.
    pub lacks: Option<String>,
}

impl Plan {
    /// How bad an anomaly of this code and class is here.
    pub fn class_of(&self, code: &str, class: Class) -> Class {
        if self.forbid.iter().any(|one| one == code) { class.max(Class::Forbidden) } else { class }
    }

    /// Bytes that the target must have room for: the fixture, and each write once. Below that, a
    /// write that is cut short proves nothing.
    pub fn bytes_needed(&self) -> u64 {
        let size = |item: u8| self.contents.get(usize::from(item)).map_or(0, ContentItem::size);
        let fixture = self.fixture.iter().map(|entry| match entry.kind {
            FixtureKindPlan::File(item) => size(item),
            _ => 0,
        });
        let steps = self.actors.iter().flat_map(|actor| &actor.steps);
        let writes = steps.map(|step| match &step.call {
            Call::Write(write) => size(write.item),
            _ => 0,
        });
        fixture.chain(writes).fold(0, u64::saturating_add)
    }
}

/// One thing that exists before the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FixturePlan {
    /// Path beneath the sandbox.
    pub path: String,
    /// What it is.
    pub kind: FixtureKindPlan,
}

/// What a fixture entry is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FixtureKindPlan {
    /// A directory.
    Directory,
    /// A file with this item of the contents.
    File(u8),
    /// A symbolic link with this text.
    Symlink(String),
    /// A hard link to this path.
    HardLink(String),
}

/// A descriptor opened before the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SharedPlan {
    /// Its name.
    pub name: String,
    /// Path beneath the sandbox.
    pub path: String,
    /// Flags of this system.
    pub flags: u32,
}

/// One actor instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActorPlan {
    /// Name of the instance.
    pub name: String,
    /// Index into [`Plan::processes`].
    pub process: usize,
    /// Number of the client directory that it works in; 0 is the target.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub client: usize,
    /// Main steps, then those of the branches.
    pub steps: Vec<StepPlan>,
    /// Names of the descriptors; the shared ones come first.
    pub slots: Vec<String>,
    /// Paths and link texts.
    pub names: Vec<Vec<NamePiece>>,
    /// Exclusive upper bounds of the numbers drawn in each iteration.
    pub randoms: Vec<u64>,
    /// Bytes that the longest read or scan needs.
    pub buffer: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl ActorPlan {
    /// Everything that one of the names can be, if that is not more than `most` texts.
    pub fn texts(&self, name: usize, most: usize) -> Option<Vec<String>> {
        let mut texts = vec![String::new()];
        for piece in &self.names[name] {
            let endings = match piece {
                NamePiece::Text(text) => vec![text.clone()],
                NamePiece::Iteration => return None,
                NamePiece::Random(index) => {
                    let below = usize::try_from(self.randoms[*index]).ok()?;
                    (below <= most)
                        .then(|| (0..below).map(|number| number.to_string()).collect())?
                }
            };
            let longer = texts
                .iter()
                .flat_map(|text| endings.iter().map(move |ending| format!("{text}{ending}")));
            texts = longer.collect();
            if texts.len() > most {
                return None;
            }
        }
        Some(texts)
    }
}

/// A part of a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NamePiece {
    /// Text as it stands.
    Text(String),
    /// The number of the iteration.
    Iteration,
    /// A number drawn in each iteration: index into [`ActorPlan::randoms`].
    Random(usize),
}

/// Position of a step in its actor, or [`AGAIN`].
pub type StepId = u16;

/// The next iteration.
pub const AGAIN: StepId = StepId::MAX;

/// One step of an actor instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepPlan {
    /// What to call.
    pub call: Call,
    /// Which operation it is.
    pub op: OpKind,
    /// The step in words, for reports.
    pub text: String,
    /// How many times in a row.
    pub repeat: u32,
    /// Where to go when `on` says nothing.
    pub next: StepId,
    /// Where to go, by result.
    pub on: OnPlan,
    /// Errnos that POSIX lets the step return in this scenario.
    pub allowed: ErrnoSet,
    /// Errnos that mean the system or the filesystem does not have the operation.
    pub unsupported: ErrnoSet,
    /// What the author of the scenario allows.
    pub expect: Option<ExpectPlan>,
}

/// Where a step leads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OnPlan {
    /// After success.
    pub ok: Option<StepId>,
    /// After these errnos.
    pub errno: Vec<(u16, StepId)>,
    /// After any other errno.
    pub error: Option<StepId>,
}

impl OnPlan {
    /// Where a result leads; `None` goes on with the next step.
    #[inline]
    pub fn jump(&self, errno: u16) -> Option<StepId> {
        if errno == 0 {
            return self.ok;
        }
        let named = self.errno.iter().find(|(known, _)| *known == errno);
        named.map(|&(_, to)| to).or(self.error)
    }
}

/// What the author allows a step to see; `None` allows everything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExpectPlan {
    /// Items of the contents that a read may return as a whole.
    pub content: Option<Vec<u8>>,
    /// Whether a read may return nothing at all (an allowed empty text).
    pub empty: bool,
    /// A read must return one whole version.
    pub whole: bool,
    /// Indices into [`Plan::sizes`].
    pub size: Option<Vec<u8>>,
    /// Allowed errnos; 0 is success.
    pub errno: Option<ErrnoSet>,
}

impl Plan {
    /// The class of a size for [`crate::ops::observation::Observation::key`].
    #[inline]
    pub fn size_class(&self, size: u64) -> u8 {
        size_class(&self.sizes, size)
    }
}

/// Class of a size that none of the known ones equals.
pub const OTHER_SIZE: u8 = 63;

/// The class of a size among the known ones.
#[inline]
pub fn size_class(sizes: &[u64], size: u64) -> u8 {
    sizes.iter().position(|&known| known == size).map_or(OTHER_SIZE, |index| index as u8)
}
