//! What a smaller program shows in place of what is followed.

use std::time::Duration;

use super::End;
use super::acceptance::enough;
use super::reduce::{Failed, Reducer};
use crate::detect::{Effort, Sighting};
use crate::fuzz::signature::Signature;
use crate::fuzz::trial::{Tally, Trial};
use crate::report::Class;
use crate::scenario::Scenario;

/// What one run of a smaller program came to.
pub(super) enum Shown {
    /// It shows this, of this class, so often.
    Kept(Signature, Class, Tally),
    /// It shows nothing that stands for what is followed.
    Nothing,
    /// It shows what nothing explains, where something explains what is followed: that is left for later.
    Doubtful,
}

impl Reducer<'_> {
    /// What stands for the signature that is followed (see [`Signature::kept`]) in what a program has shown.
    ///
    /// That nothing explains it, where something did, is taken only from a run that was looked at as the
    /// first one was, for a moment is not long enough to know; and only in the last pass, for that takes
    /// its time. That run is long enough for a sight to be missed with 5 %.
    pub(super) fn shown(&mut self, scenario: &Scenario, trial: &Trial) -> Result<Shown, End> {
        let (followed, class) = (self.best.signature.clone(), self.best.class);
        let mode = scenario.run.mode;
        let shown = |trial: &Trial, kept: Option<(Signature, Class)>| {
            let Some((signature, class)) = kept else { return Shown::Nothing };
            let mut tally = Tally::default();
            tally.add(mode, trial, &signature);
            Shown::Kept(signature, class, tally)
        };
        let doubts =
            |one: &&Sighting| followed.is_explained() && !Signature::from(*one).is_explained();
        let certain: Vec<Sighting> =
            trial.sightings.iter().filter(|one| !doubts(one)).cloned().collect();
        let kept = followed.kept(class, &certain);
        if kept.is_some() || followed.kept(class, &trial.sightings).is_none() {
            return Ok(shown(trial, kept));
        }
        if !self.thorough {
            return Ok(Shown::Doubtful);
        }
        let rounds = enough(&self.best.tally);
        match self.judged(scenario, rounds, Duration::MAX, Effort::First) {
            Ok(again) => Ok(shown(&again, followed.kept(class, &again.sightings))),
            Err(Failed::Program) => Ok(Shown::Nothing),
            Err(Failed::End(end)) => Err(end),
        }
    }
}
