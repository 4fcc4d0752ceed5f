//! What a smaller program shows in place of what is followed.

use std::time::Duration;

use super::End;
use super::reduce::{Failed, Reducer};
use crate::detect::Effort;
use crate::fuzz::signature::Signature;
use crate::fuzz::trial::Trial;
use crate::report::Class;
use crate::scenario::Scenario;

impl Reducer<'_> {
    /// What stands for the signature that is followed (see [`Signature::kept`]) in what a program has shown.
    ///
    /// That nothing explains it, where something did, is taken only from a run that was looked at as the
    /// first one was: a moment is not long enough to know.
    pub(super) fn kept(
        &mut self,
        scenario: &Scenario,
        trial: &Trial,
    ) -> Result<Option<(Signature, Class)>, End> {
        let (followed, class) = (self.best.signature.clone(), self.best.class);
        let Some(kept) = followed.kept(class, &trial.sightings) else { return Ok(None) };
        if kept.0.is_explained() || !followed.is_explained() {
            return Ok(Some(kept));
        }
        if !self.thorough {
            return Ok(None);
        }
        let rounds = trial.rounds as f64;
        match self.judged(scenario, rounds, Duration::MAX, Effort::First) {
            Ok(again) => {
                Ok(followed.kept(class, &again.sightings).filter(|again| again.0 == kept.0))
            }
            Err(Failed::Program) => Ok(None),
            Err(Failed::End(end)) => Err(end),
        }
    }
}
