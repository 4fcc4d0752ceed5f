//! What `fsrace guarantees` came to, as the JSON contract has it: a run's report, and beside it one
//! row per guarantee. Every other format is a view of these types and computes nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::report::{Class, Report};

/// The report of the scenarios that were run, and what they say about each guarantee.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GuaranteesReport {
    /// As `fsrace run --json` has it.
    #[serde(flatten)]
    pub run: Report,
    /// One per guarantee (only from `fsrace guarantees`).
    #[serde(default)]
    pub guarantees: Vec<Guaranteed>,
    /// What fails a run and is the breach of none of these guarantees.
    #[serde(default)]
    pub also_found: Vec<AlsoFound>,
}

/// One guarantee on all targets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Guaranteed {
    /// Stable, kebab-case.
    pub name: String,
    /// What it is about: guarantees of one topic follow each other.
    pub topic: String,
    /// What an application would like to rely on.
    pub sentence: String,
    /// Whether somebody promises it: what is not promised cannot be broken.
    pub promised: bool,
    /// Who promises it, or why nobody does.
    pub because: String,
    /// Where that is written.
    pub source: String,
    /// The built-in scenarios that test it; none where that cannot be done.
    pub scenarios: Vec<String>,
    /// What to do instead, or beside.
    pub advice: String,
    /// One per target, in the order in which they were given.
    pub targets: Vec<OnTarget>,
}

/// A guarantee on one target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OnTarget {
    /// The directory, made absolute.
    pub target: String,
    /// Type of the filesystem, as the system names it.
    pub fs_type: String,
    /// What heads its column: the type, numbered where several targets have the same.
    pub label: String,
    /// The verdict.
    pub verdict: Standing,
    /// Broken, but only in ways that a system documents.
    pub documented: bool,
    /// Broken, but only in ways that this run was told to take as they are.
    pub accepted: bool,
    /// Not testable, but it may be another time: the scenario ran and decided nothing.
    pub inconclusive: bool,
    /// Why it is not testable.
    pub reason: Option<String>,
    /// One per scenario that tells something; the first decides.
    pub evidence: Vec<Evidence>,
    /// What limits the verdict, or was seen beside it.
    pub notes: Vec<String>,
}

/// Whether a guarantee can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Promised, tested, and never seen broken.
    Holds,
    /// Promised, and seen broken.
    Broken,
    /// Nobody promises it; the evidence says whether it was seen to fail here.
    NotPromised,
    /// Nothing could be found out.
    NotTestable,
}

impl Standing {
    /// The words that every format for people uses for it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Broken => "broken",
            Self::NotPromised => "not promised",
            Self::NotTestable => "not testable",
        }
    }

    /// The word that the formats for programs use for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Broken => "broken",
            Self::NotPromised => "not-promised",
            Self::NotTestable => "not-testable",
        }
    }
}

/// What counts as one trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// A run of all actors from a fresh fixture.
    Rounds,
    /// A call that could have shown it.
    Calls,
}

impl Unit {
    /// The word that every format uses for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rounds => "rounds",
            Self::Calls => "calls",
        }
    }
}

/// What one scenario tells about a guarantee.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Name of the scenario.
    pub scenario: String,
    /// What was seen: the code of a detector. `None` where nothing was, or where an outcome was that
    /// POSIX allows.
    pub code: Option<String>,
    /// How bad that is.
    pub class: Option<Class>,
    /// Smallest set of relaxations that explains it.
    pub relaxations: Vec<String>,
    /// What a trial is.
    pub unit: Unit,
    /// How often it was seen.
    pub count: u64,
    /// How often it could have been seen.
    pub trials: u64,
    /// count / trials.
    pub rate: f64,
    /// Lower end of the 95 % interval of the rate.
    pub rate_low: f64,
    /// Upper end of the 95 % interval of the rate; 3/n where nothing was seen.
    pub rate_high: f64,
    /// One sentence: who saw what, in which step.
    pub seen: Option<String>,
}

/// An anomaly that fails a run and is the breach of no guarantee.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlsoFound {
    /// The directory, made absolute.
    pub target: String,
    /// What heads the column of the target.
    pub label: String,
    /// Whether this run was told to take it as it is.
    pub accepted: bool,
    /// What was seen, where and how often.
    pub evidence: Evidence,
}
