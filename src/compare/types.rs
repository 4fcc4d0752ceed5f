//! What a comparison comes to. Every format is a view of these types and computes nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::report::Class;
use crate::scenario::Mode;

/// Results of two or more systems, held against those of the first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// Version of this format.
    pub schema_version: u32,
    /// Version of fsrace that made it.
    pub fsrace_version: String,
    /// By how much a rate must have changed.
    pub margins: Margins,
    /// Chance that any rate at all is called changed although none is.
    pub level: f64,
    /// Tests that were made together, and are corrected for it.
    pub tests: u64,
    /// The systems; all others are compared with the first.
    pub columns: Vec<Column>,
    /// What to keep in mind about all of it.
    pub notes: Vec<String>,
    /// One per scenario, filesystem and code, what matters most first.
    pub rows: Vec<Row>,
    /// Latencies.
    pub latencies: Latencies,
}

/// Rates that differ by no more than this factor, at least 1, count as equal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Margins {
    /// Where runs were repeated, so that it is known how much they vary.
    pub repeated: f64,
    /// Where each system ran only once.
    pub single: f64,
}

/// One system in one file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Column {
    /// What it is called here.
    pub label: String,
    /// The file it comes from.
    pub file: String,
    /// Operating system.
    pub os: String,
    /// Kernel release.
    pub kernel: String,
    /// Machine architecture.
    pub arch: String,
    /// Processors of the machines that ran it.
    pub cpus: Vec<u32>,
    /// Preemption models of their kernels.
    pub preemption: Vec<String>,
    /// Versions of fsrace that ran there.
    pub fsrace_versions: Vec<String>,
    /// When its runs began, RFC 3339, UTC, in order.
    pub started: Vec<String>,
}

/// One code of one scenario on one filesystem; without a code where none was found anywhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    /// Name of the scenario.
    pub scenario: String,
    /// Digest of what it does.
    pub digest: String,
    /// Free or rounds.
    #[schemars(with = "String", extend("enum" = ["free", "rounds"]))]
    pub mode: Mode,
    /// Type of the filesystem.
    pub fs_type: String,
    /// The directory, where there are several on that filesystem.
    pub target: Option<String>,
    /// Code of the detector; empty where nothing was found.
    pub code: String,
    /// The worst class that it was seen with; `None` where nothing was found.
    pub class: Option<Class>,
    /// One for each column.
    pub cells: Vec<Cell>,
}

/// What one system showed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cell {
    /// Whether the scenario ran there.
    pub state: State,
    /// Why it has nothing to say, if so.
    pub reason: Option<String>,
    /// How often the code was seen.
    pub count: u64,
    /// How often it could have been seen; `None` if that is not known.
    pub trials: Option<u64>,
    /// Whether the file does not say how often it could have been seen, so that this is estimated
    /// from the number of operations.
    pub estimated: bool,
    /// count / trials.
    pub rate: Option<f64>,
    /// Lower end of the 95 % interval of the rate.
    pub rate_low: Option<f64>,
    /// Upper end of the 95 % interval of the rate.
    pub rate_high: Option<f64>,
    /// Runs that these counts come from.
    pub runs: u64,
    /// The worst class that it was seen with here.
    pub class: Option<Class>,
    /// What explains it here.
    pub relaxations: Vec<String>,
    /// What has become of it since the first column; `None` in the first.
    pub change: Option<Change>,
}

/// Whether a scenario has something to say of a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It ran.
    Ran,
    /// It ran, but what it showed decides nothing.
    Inconclusive,
    /// It could not run there.
    Skipped,
    /// It is not in the file.
    Absent,
    /// What ran there is something else, though it has the same name.
    Unlike,
}

/// What has become of a code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// In one word.
    pub verdict: Verdict,
    /// In some more.
    pub words: String,
    /// The p-value of the hypothesis that the rates differ by no more than the margin; `None` where
    /// nothing was tested.
    pub p: Option<f64>,
    /// The same, corrected for all tests of this comparison (Holm).
    pub p_adjusted: Option<f64>,
    /// The new rate over the old one.
    pub ratio: Option<f64>,
    /// Lower end of its 95 % interval.
    pub ratio_low: Option<f64>,
    /// Upper end of its 95 % interval; `None` if there is none.
    pub ratio_high: Option<f64>,
    /// How many times more than chance repeated runs vary; `None` without repeated runs.
    pub dispersion: Option<f64>,
    /// The factor by which the rate must have changed; `None` where nothing was tested.
    pub margin: Option<f64>,
}

/// What has become of a code, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It was never seen before, and is now.
    New,
    /// It was seen before, and is more frequent now.
    Regressed,
    /// It was seen before, and is not any more, in so many trials that this means something.
    Fixed,
    /// It was seen before and is not any more, but there were too few trials to tell.
    GoneQuiet,
    /// It was seen before, and is rarer now.
    Improved,
    /// Nothing that chance or the margin do not explain.
    Unchanged,
    /// One side has nothing to say.
    NotComparable,
}

impl Verdict {
    /// The words that texts use for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Regressed => "regressed",
            Self::Fixed => "fixed",
            Self::GoneQuiet => "gone quiet",
            Self::Improved => "improved",
            Self::Unchanged => "unchanged",
            Self::NotComparable => "not comparable",
        }
    }

    /// The word that machines use for it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::GoneQuiet => "gone-quiet",
            Self::NotComparable => "not-comparable",
            other => other.name(),
        }
    }

    /// All of them, what matters most first.
    pub const ALL: [Self; 7] = [
        Self::New,
        Self::Regressed,
        Self::GoneQuiet,
        Self::Fixed,
        Self::Improved,
        Self::NotComparable,
        Self::Unchanged,
    ];
}

/// Latencies that have changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Latencies {
    /// Changes by less than this factor are left out.
    pub factor: f64,
    /// Operations that both sides have measured often enough.
    pub compared: u64,
    /// Those that have changed, the largest change first.
    pub changes: Vec<LatencyChange>,
}

/// One operation that has become slower or faster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LatencyChange {
    /// Name of the scenario.
    pub scenario: String,
    /// Digest of what it does.
    pub digest: String,
    /// Type of the filesystem.
    pub fs_type: String,
    /// The directory, where there are several on that filesystem.
    pub target: Option<String>,
    /// The operation.
    pub op: String,
    /// The column that is held against the first, from 0.
    pub column: usize,
    /// The percentile: `p50` or `p99`.
    pub percentile: String,
    /// Nanoseconds in the first column; of several runs their median.
    pub old_ns: u64,
    /// Nanoseconds in that column.
    pub new_ns: u64,
    /// new / old.
    pub ratio: f64,
}

impl Row {
    /// Whether it is of a class that fails a run.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.class.is_some_and(fails)
    }
}

/// Whether this class fails a run.
pub(super) fn fails(class: Class) -> bool {
    class > Class::Unspecified
}
