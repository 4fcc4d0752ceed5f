//! What becomes of a candidate at the end: the smallest program that shows the same, confirmed.

use std::cmp::Ordering;
use std::path::Path;

use super::{Fuzz, Session};
use crate::cli::acceptance::paths;
use crate::cli::exit::CliError;
use crate::cli::minimize::LOOK_PART;
use crate::cli::pursuit::Pursuit;
use crate::detect::DIFFERENCE;
use crate::fuzz::candidate::Candidate;
use crate::fuzz::confirm::{another, confirm, replay_of};
use crate::fuzz::finding;
use crate::fuzz::minimize::{Looked, News, Options, look, minimize};
use crate::fuzz::signature::Wanted;
use crate::report::minimize as text;
use crate::scenario::parse;

impl Session<'_> {
    /// Makes a finding of a candidate: the smallest program that shows the same, confirmed. Returns what
    /// came of it, in words.
    pub(super) fn finding(
        &mut self,
        candidate: &Candidate,
        path: &Path,
    ) -> Result<String, CliError> {
        if candidate.signature.code == DIFFERENCE {
            return Ok(
                "no finding: it is no race, for it shows one call after the other".to_owned()
            );
        }
        let scenario = parse(&candidate.scenario, "candidate")
            .map_err(|mistakes| CliError::Internal(mistakes.to_string()))?;
        let Fuzz { budget, clients, acceptance, .. } = self.fuzz;
        let replay = [paths("--client", clients), acceptance.arguments()].concat();
        let (ground, target) = (&mut self.ground, path.to_owned());
        let mut pursuit = Pursuit::new(ground, target, &self.accepted, &self.interrupt, replay);
        let wanted = Wanted::Kind(&candidate.signature);
        let best = match look(&scenario, wanted, *budget / LOOK_PART, &mut pursuit, self.seed) {
            Ok(Looked::Shows(best)) => *best,
            Ok(Looked::Nothing(_)) => return Ok("no finding: it did not show again".to_owned()),
            Err(why) => return Ok(format!("no finding: {why}")),
        };
        let progress = &mut self.progress;
        let options = Options { budget: *budget, seed: self.seed, clients: !clients.is_empty() };
        let mut news = |news: &News<'_>| progress.show(&text::news(news));
        let minimized = minimize(best, &mut pursuit, &options, &mut news);
        let scenario = replay_of(&minimized.best);
        let seed = another(self.seed);
        let confirmed = match confirm(&minimized.best, &scenario, &mut pursuit, seed) {
            Ok(confirmed) => confirmed,
            Err(why) => return Ok(format!("no finding: {why}")),
        };
        let mut finding = pursuit.finding(&minimized, &scenario, "fsrace fuzz", confirmed)?;
        let findings = self.kept.place().join("findings");
        finding::settle(&findings, &mut finding);
        // Two kinds may come to the same in the end.
        if let Some((known, Ordering::Less | Ordering::Equal)) = finding::known(&findings, &finding)
        {
            return Ok(format!("the same as {}", known.display()));
        }
        let place = finding::write(&findings, &finding);
        Ok(place.map_err(CliError::environment)?.display().to_string())
    }
}
