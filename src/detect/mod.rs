//! Observations to anomalies: one file per detector.
//!
//! A detector reads a plan and a record and nothing else, so that an old run can be judged again.

mod dead_descriptor;
mod duplicate_name;
mod effort;
mod einval_write;
mod empty_read;
mod example;
mod exclusive_twice;
mod expectations;
mod forbidden_outcome;
mod ghost_name;
mod hang;
mod identity_changed;
mod judge;
mod lock_overlap;
mod lost_append;
mod lost_write;
mod missing_name;
mod nlink_wrong;
mod rounds;
mod semantic_difference;
mod short_write;
mod sighting;
mod stale_read;
mod torn_read;
mod torn_size;
mod unexpected_errno;
mod verdict;
mod words;
mod worker_died;
mod wrong_content;
mod zero_inode_fd;

pub use effort::Effort;
pub use expectations::Expectations;
pub(crate) use expectations::leaves_model;
pub(crate) use judge::one_result;
pub use judge::{Judgement, judge};
pub use rounds::{
    Accepted, ProfileError, RoundsJudge, RoundsJudgement, UnknownRelaxation, judge_rounds,
    shows_serially,
};
pub use sighting::Sighting;
pub(crate) use sighting::tell_kinds;

/// The code of what differs without any race.
pub const DIFFERENCE: &str = semantic_difference::DETECTOR.code;

use crate::engine::record::{Record, Seen};
use crate::model::free::{Changes, Possible};
use crate::model::relax::Relaxation;
use crate::ops::observation::{Observation, flag};
use crate::outcome::Returned;
use crate::plan::{Plan, StepPlan};
use crate::report::Class;

/// A named shape of anomaly.
#[derive(Debug)]
pub struct Detector {
    /// Stable, kebab-case.
    pub code: &'static str,
    /// One line: what was seen.
    pub summary: &'static str,
    /// What `fsrace explain` prints, in Markdown.
    pub page: &'static str,
    how: How,
    /// Whether an outcome of a round that no order explains looks like this.
    shows: fn(&Sight<'_>) -> bool,
}

/// How a detector looks at a run.
#[derive(Debug)]
enum How {
    /// At every different result of every step.
    Step {
        /// Whether the step could show the anomaly at all: its executions are the trials.
        applies: fn(&StepPlan, Option<&Possible>) -> bool,
        /// Whether this result is the anomaly, and how bad it is.
        sees: fn(&Look<'_>) -> Option<Class>,
        /// Whether a full disk or a quota brings the same result about, so that a run that met
        /// one says nothing.
        needs_room: bool,
    },
    /// At the run as a whole.
    Run(fn(&Plan, &Record) -> Vec<Incident>),
    /// At outcomes of rounds only.
    Rounds,
}

/// An outcome of a round that no order explains.
#[derive(Debug)]
struct Sight<'a> {
    /// The steps at which the explanation ends; none if it is the tree that is left.
    steps: Vec<(&'a StepPlan, &'a Returned)>,
    /// Whether anybody has written anything.
    writes: bool,
    /// Whether the tree lacks bytes that were written, and is right in all else.
    lost: bool,
    /// Whether a scan lists names that are never there together.
    apart: bool,
    /// What explains it.
    relaxed: &'a [&'static Relaxation],
}

impl Sight<'_> {
    fn any(&self, holds: impl Fn(&StepPlan, &Returned) -> bool) -> bool {
        self.steps.iter().any(|(step, returned)| holds(step, returned))
    }

    fn relaxed(&self, name: &str) -> bool {
        self.relaxed.iter().any(|one| one.name == name)
    }
}

/// One result of one step, with all that is known about it.
#[derive(Clone, Copy, Debug)]
struct Look<'a> {
    step: &'a StepPlan,
    seen: &'a Seen,
    /// What the model says that the step can show; `None` where it has nothing to say.
    possible: Option<&'a Possible>,
}

impl Look<'_> {
    fn observation(&self) -> &Observation {
        &self.seen.first.observation
    }

    fn errno(&self) -> i32 {
        i32::from(self.observation().errno())
    }

    fn has(&self, flag: u64) -> bool {
        self.observation().has(flag)
    }

    /// What the model says of a stat that succeeded; `None` where it says nothing, or where too
    /// little was kept of what was seen.
    fn of_stat(&self) -> Option<&Possible> {
        let seen = self.has(flag::STAT) && self.errno() == 0 && !self.seen.folded;
        self.possible.filter(|_| seen)
    }

    /// The class of the size, if it was kept.
    fn size_class(&self) -> Option<u8> {
        (!self.seen.folded).then_some(self.seen.size_class)
    }

    /// Whether the call succeeded where it cannot have.
    fn succeeded_wrongly(&self) -> bool {
        self.errno() == 0 && self.possible.is_some_and(|possible| !possible.succeeds())
    }

    /// The class of something that POSIX rules out, and that systems are known to show while the
    /// file is being changed.
    fn class_if(&self, changes: fn(Changes) -> bool) -> Class {
        let meanwhile = self.possible.is_some_and(|possible| changes(possible.meanwhile));
        if meanwhile { Class::Unspecified } else { Class::Forbidden }
    }
}

/// Something that happened to the run as a whole.
#[derive(Clone, Debug, PartialEq)]
struct Incident {
    class: Class,
    actor: usize,
    step: Option<u16>,
    seen: String,
}

/// All detectors, in the order in which `fsrace explain` lists them. An outcome of a round gets the
/// first code whose shape it has.
pub const DETECTORS: &[&Detector] = &[
    &zero_inode_fd::DETECTOR,
    &empty_read::DETECTOR,
    &einval_write::DETECTOR,
    &exclusive_twice::DETECTOR,
    &lost_append::DETECTOR,
    &stale_read::DETECTOR,
    &torn_read::DETECTOR,
    &torn_size::DETECTOR,
    &nlink_wrong::DETECTOR,
    &lost_write::DETECTOR,
    &duplicate_name::DETECTOR,
    &ghost_name::DETECTOR,
    &wrong_content::DETECTOR,
    &missing_name::DETECTOR,
    &lock_overlap::DETECTOR,
    &identity_changed::DETECTOR,
    &dead_descriptor::DETECTOR,
    &short_write::DETECTOR,
    &unexpected_errno::DETECTOR,
    &hang::DETECTOR,
    &worker_died::DETECTOR,
    &semantic_difference::DETECTOR,
    &forbidden_outcome::DETECTOR,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_can_forbid_exactly_the_codes_there_are() {
        let mut codes: Vec<_> = DETECTORS.iter().map(|detector| detector.code).collect();
        let mut allowed = crate::scenario::check::DETECTOR_CODES.to_vec();
        codes.sort_unstable();
        allowed.sort_unstable();
        assert_eq!(codes, allowed);
    }

    #[test]
    fn every_code_is_unique_kebab_case_and_has_a_page_that_opens_with_it() {
        for (index, detector) in DETECTORS.iter().enumerate() {
            let code = detector.code;
            assert!(code.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{code}");
            assert!(DETECTORS[..index].iter().all(|other| other.code != code), "{code} twice");
            assert!(detector.page.starts_with(&format!("# {code}\n")), "{code}: page title");
            for part in ["## What was seen", "## Why", "## Known", "## What to do"] {
                assert!(detector.page.contains(part), "{code}: page has no `{part}`");
            }
        }
    }
}
