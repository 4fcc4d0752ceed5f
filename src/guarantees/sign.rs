//! What in a result means that a guarantee did not hold.

use crate::report::{Anomaly, ScenarioResult};

/// Codes which say that there was no race to look at, or that it could not go on.
const NO_RACE: [&str; 3] = ["semantic-difference", "hang", "worker-died"];

/// Something in a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// An anomaly with the code of this detector.
    Code(&'static str),
    /// An anomaly that this relaxation explains.
    Relaxed(&'static str),
    /// Any anomaly of the race itself: for scenarios that do nothing else than to test the guarantee.
    Any,
    /// An outcome of rounds that POSIX allows, and that an application would rather not meet: all of
    /// these actors have all of these words in their results.
    Outcome(&'static [(&'static str, &'static str)]),
}

impl Sign {
    /// Whether an anomaly is this.
    pub(super) fn is(self, anomaly: &Anomaly) -> bool {
        let code = anomaly.code.as_str();
        let no_race = NO_RACE.contains(&code);
        match self {
            Self::Code(wanted) => code == wanted,
            Self::Relaxed(wanted) => {
                !no_race && anomaly.relaxations.iter().any(|relaxation| relaxation == wanted)
            }
            Self::Any => !no_race,
            Self::Outcome(_) => false,
        }
    }

    /// Rounds whose outcome is this.
    pub(super) fn rounds(self, result: &ScenarioResult) -> u64 {
        let Self::Outcome(wanted) = self else { return 0 };
        let has = |lines: &[String], actor: &str, words: &str| {
            let of_actor =
                |line: &&String| line.split_once(": ").is_some_and(|(who, _)| who == actor);
            lines.iter().filter(of_actor).any(|line| line.contains(words))
        };
        let outcomes = result.outcomes.iter().filter(|outcome| {
            wanted.iter().all(|(actor, words)| has(&outcome.results, actor, words))
        });
        outcomes.map(|outcome| outcome.count).sum()
    }
}
