//! What `fsrace selftest` has to say: every planted fault, what it was caught as, and whether its
//! healthy twin was left in peace.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::types::{Class, Host};
use crate::ui::units;

/// The whole selftest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SelftestReport {
    /// Version of this format.
    pub schema_version: u32,
    /// Version of fsrace that made it.
    pub fsrace_version: String,
    /// Where it ran.
    pub host: Host,
    /// By how much the windows of the faults were narrowed.
    pub narrow: u32,
    /// How long all of it took.
    pub elapsed_s: f64,
    /// One per fault, in the order they were planted.
    pub faults: Vec<FaultRow>,
}

/// What became of one fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FaultRow {
    /// Its name.
    pub fault: String,
    /// What goes wrong, in one sentence.
    pub about: String,
    /// Where it was seen on a real system.
    pub source: String,
    /// Code that must report it.
    pub code: String,
    /// Relaxations that must explain it; none where none does.
    pub relaxations: Vec<String>,
    /// Where it was caught, if it was.
    pub caught: Option<Catch>,
    /// Everything else that was reported on its mount.
    pub others: Vec<Sighting>,
    /// The same scenarios on the same mount with the fault switched off.
    pub twin: Twin,
}

/// How a fault was caught.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Catch {
    /// The scenario that showed it.
    pub scenario: String,
    /// How often it was seen.
    pub count: u64,
    /// In so many rounds, or operations that could have shown it.
    pub trials: u64,
    /// Share of them.
    pub rate: f64,
    /// Lower end of the 95 % interval.
    pub rate_low: f64,
    /// Upper end of the 95 % interval.
    pub rate_high: f64,
    /// How long scenarios had run on its mount by then.
    pub seconds: f64,
}

/// Something that was reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sighting {
    /// The scenario.
    pub scenario: String,
    /// The detector.
    pub code: String,
    /// How bad it is.
    pub class: Class,
    /// What explains it.
    pub relaxations: Vec<String>,
}

/// The healthy twin of a fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Twin {
    /// How long scenarios ran on it.
    pub seconds: f64,
    /// Rounds, or operations in free mode.
    pub trials: u64,
    /// What it was accused of: nothing, or fsrace is wrong.
    pub accused: Vec<Sighting>,
}

impl SelftestReport {
    /// How many faults went unseen.
    #[must_use]
    pub fn missed(&self) -> usize {
        self.faults.iter().filter(|row| row.caught.is_none()).count()
    }

    /// How many twins were accused.
    #[must_use]
    pub fn accused(&self) -> usize {
        self.faults.iter().filter(|row| !row.twin.accused.is_empty()).count()
    }
}

/// Width of the column of faults; the longest name fits.
const FAULT: usize = 26;
/// Width of the column of what they were caught as.
const SIGHT: usize = 42;

/// The heading of the table.
#[must_use]
pub fn heading() -> String {
    format!("{:<FAULT$}{:<SIGHT$}{:>24}{:>9}  twin\n", "fault", "caught as", "seen", "after")
}

/// One row of the table, with a line below it for whatever is wrong.
#[must_use]
pub fn row(row: &FaultRow) -> String {
    let sight = sight(&row.code, &row.relaxations);
    let twin = if row.twin.accused.is_empty() { "silent" } else { "ACCUSED" };
    let (seen, after) = match &row.caught {
        Some(catch) => {
            let (count, trials) = (units::count(catch.count), units::count(catch.trials));
            (format!("{count} in {trials}"), units::seconds(catch.seconds))
        }
        None => ("MISSED".to_owned(), "-".to_owned()),
    };
    let mut text = format!("{:<FAULT$}{sight:<SIGHT$}{seen:>24}{after:>9}  {twin}\n", row.fault);
    if row.caught.is_none() {
        for other in &row.others {
            text += &told("  instead", other);
        }
    }
    for accused in &row.twin.accused {
        text += &told("  the twin", accused);
    }
    text
}

fn told(who: &str, sighting: &Sighting) -> String {
    let class = format!("{:?}", sighting.class).to_lowercase();
    let sight = sight(&sighting.code, &sighting.relaxations);
    format!("{who}: {sight}, {class}, in {}\n", sighting.scenario)
}

fn sight(code: &str, relaxations: &[String]) -> String {
    if relaxations.is_empty() {
        code.to_owned()
    } else {
        format!("{code} ({})", relaxations.join(", "))
    }
}

/// The last lines.
#[must_use]
pub fn summary(report: &SelftestReport) -> String {
    let faults = units::counted(report.faults.len() as u64, "fault");
    let took = units::seconds(report.elapsed_s);
    let mut text = String::new();
    let _ = match (report.missed(), report.accused()) {
        (0, 0) => writeln!(
            text,
            "Every fault was caught as what it is, and no healthy twin was accused: {faults} in \
             {took}."
        ),
        (missed, accused) => writeln!(
            text,
            "{missed} of {faults} went unseen, {} accused, in {took}: what fsrace says on this \
             machine cannot be relied on.",
            units::counted(accused as u64, "healthy twin")
        ),
    };
    text
}
