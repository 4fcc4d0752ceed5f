//! The result of a run, as the JSON contract has it (`schema_version` 1). Every other format is a
//! view of these types and computes nothing.

mod derived;
mod outcomes;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scenario::Mode;

pub use derived::Bound;
pub use outcomes::{NeverSeen, OutcomeCount, UnseenOutcome};

/// Version of the JSON and CSV formats. An older file stays readable.
pub const SCHEMA_VERSION: u32 = 1;

/// A whole run: one result per scenario and target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Version of this format.
    pub schema_version: u32,
    /// Version of fsrace that made it.
    pub fsrace_version: String,
    /// When the run began, RFC 3339, UTC.
    pub started: String,
    /// Where it ran.
    pub host: Host,
    /// One per scenario and target, in the order they ran.
    pub results: Vec<ScenarioResult>,
    /// What was planned and is still to be run, in that order: the run was stopped, or still goes on.
    /// What was interrupted has a result as well, of as far as it came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unfinished: Vec<Unfinished>,
}

/// A scenario on a target that has not run to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unfinished {
    /// Name of the scenario.
    pub scenario: String,
    /// The directory that it was to run in.
    pub target: String,
}

/// The machine and the system that ran the scenarios.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Host {
    /// Operating system, as `uname -s`.
    pub os: String,
    /// Kernel release, as `uname -r`.
    pub kernel: String,
    /// Machine architecture, as `uname -m`.
    pub arch: String,
    /// Processors that the run could use.
    pub cpus: u32,
    /// Preemption model of the kernel, or `unknown`.
    pub preemption: String,
    /// Name and version of the system, such as `macOS 12.2`; empty where it is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub os_version: String,
    /// Which build of it that is, such as `21D49`; on Linux, which build of the kernel (`uname -v`).
    /// Empty where it is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub os_build: String,
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { os, kernel, arch, cpus, .. } = self;
        write!(f, "{os} {kernel} {arch}, {cpus} processors")
    }
}

/// Where a scenario ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// The directory given, made absolute.
    pub path: String,
    /// Type of the filesystem, as the system names it.
    pub fs_type: String,
    /// Mount options, comma separated; empty when unknown.
    pub mount_options: String,
    /// Other mounts of its storage in which actors worked, too: `--client`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<String>,
}

/// The directory, and what is mounted there.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mount_options.as_str() {
            "" => write!(f, "{} ({})", self.path, self.fs_type),
            options => write!(f, "{} ({}, {options})", self.path, self.fs_type),
        }
    }
}

/// What a scenario's run comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It ran, the actors overlapped, nothing forbidden was seen.
    Pass,
    /// Something was seen that fails the run.
    Fail,
    /// It ran, but what was seen decides nothing.
    Inconclusive,
    /// It could not run here.
    Skipped,
}

impl Verdict {
    /// The word that every format uses for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
            Self::Skipped => "skipped",
        }
    }
}

/// How bad an anomaly is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// POSIX is silent or contested: reported, does not fail a run.
    Unspecified,
    /// A system documents the deviation.
    Documented,
    /// POSIX (or the scenario's `expect` or `forbid`) rules it out.
    Forbidden,
    /// Nothing explains it: the worst.
    Unexplained,
}

impl Class {
    /// The word that every format uses for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::Documented => "documented",
            Self::Forbidden => "forbidden",
            Self::Unexplained => "unexplained",
        }
    }
}

/// The result of one scenario on one target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioResult {
    /// Name of the scenario.
    pub scenario: String,
    /// What it asks.
    pub about: String,
    /// The file it came from, as it was given; `None` for a built-in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Digest of what the scenario does.
    pub digest: String,
    /// Free or rounds.
    #[schemars(with = "String", extend("enum" = ["free", "rounds"]))]
    pub mode: Mode,
    /// Seed of every random choice.
    pub seed: u64,
    /// Number of actor instances.
    pub actors: u32,
    /// Where it ran.
    pub target: Target,
    /// What it comes to.
    pub verdict: Verdict,
    /// Why the verdict is not simply pass or fail, and what to do next.
    pub reason: Option<String>,
    /// Seconds between the common start and the last actor's end.
    pub elapsed_s: f64,
    /// System-call steps done by all actors.
    pub ops: u64,
    /// Iterations finished by all actors (free mode).
    pub iterations: u64,
    /// Rounds judged (rounds mode).
    pub rounds: Option<u64>,
    /// The smallest share of any pair in `overlaps`; `None` with a single actor.
    pub overlap: Option<f64>,
    /// Estimated share of steps that ran while the other actor was inside a step, per pair.
    pub overlaps: Vec<PairOverlap>,
    /// Allowed outcomes seen / allowed outcomes (rounds mode).
    pub coverage: Option<f64>,
    /// One entry per code, worst first.
    pub anomalies: Vec<Anomaly>,
    /// What was looked for, and how often each could have been seen (free mode). In rounds mode
    /// everything could have been seen in every round.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looked_for: Vec<LookedFor>,
    /// Relaxations that were taken as they are, so that what they explain is no anomaly (rounds
    /// mode).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<String>,
    /// The different outcomes of the rounds, the most frequent first (rounds mode).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<OutcomeCount>,
    /// The allowed outcomes that no round had (rounds mode, where all that are allowed are known).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub never_seen: Option<NeverSeen>,
    /// Latency of each operation, over all actors.
    pub latencies: Vec<Latency>,
}

/// Overlap of two actor instances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PairOverlap {
    /// One actor instance.
    pub a: String,
    /// The other.
    pub b: String,
    /// Share of their steps that ran while the other was inside a step, 0 to 1.
    pub share: f64,
}

/// Something that was seen and is not allowed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Anomaly {
    /// Stable code of the detector.
    pub code: String,
    /// How bad it is.
    pub class: Class,
    /// Smallest set of relaxations that explains it.
    pub relaxations: Vec<String>,
    /// How often it was seen.
    pub count: u64,
    /// How often it could have been seen.
    pub trials: u64,
    /// count / trials.
    pub rate: f64,
    /// Lower end of the 95 % interval of the rate.
    pub rate_low: f64,
    /// Upper end of the 95 % interval of the rate.
    pub rate_high: f64,
    /// One sentence: who saw what, in which step.
    pub seen: String,
    /// The history that shows it, when one was kept.
    pub example: Option<Example>,
    /// What it puts together, the most frequent first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Kind>,
}

/// Sights of one anomaly that the same relaxations explain and the same operation had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Kind {
    /// The relaxations that explain it.
    pub relaxations: Vec<String>,
    /// The operation that shows it; none where it is the tree that is left, or no step at all.
    pub seen_by: Option<String>,
    /// How often it was seen.
    pub count: u64,
}

/// A code that was looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LookedFor {
    /// Stable code of the detector.
    pub code: String,
    /// How often it could have been seen.
    pub trials: u64,
}

/// The last steps of every actor around an anomaly, ordered by their start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Example {
    /// The steps.
    pub events: Vec<ExampleEvent>,
}

/// One step of an [`Example`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExampleEvent {
    /// Actor instance.
    pub actor: String,
    /// The call, with its arguments.
    pub call: String,
    /// What it returned; `None` while it had not returned yet.
    pub result: Option<String>,
    /// Start in nanoseconds, relative to the start of the anomalous step.
    pub start_ns: i64,
    /// End in nanoseconds, on the same scale; `None` while it had not returned yet.
    pub end_ns: Option<i64>,
    /// Whether this is the step that shows the anomaly.
    pub anomalous: bool,
}

/// Latency distribution of one operation in nanoseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Latency {
    /// Name of the operation.
    pub op: String,
    /// Calls measured.
    pub count: u64,
    /// Smallest.
    pub min_ns: u64,
    /// Median.
    pub p50_ns: u64,
    /// 90th percentile.
    pub p90_ns: u64,
    /// 99th percentile.
    pub p99_ns: u64,
    /// 99.9th percentile.
    pub p999_ns: u64,
    /// Largest.
    pub max_ns: u64,
}
