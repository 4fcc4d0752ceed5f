//! What `fsrace minimize` says on its way.

use super::Target;
use crate::fuzz::confirm::Confirmed;
use crate::fuzz::minimize::{Best, Minimized, News};
use crate::fuzz::signature::Signature;
use crate::scenario::{Mode, Scenario};
use crate::ui::clean::clean;
use crate::ui::units;

/// What is going to be done, and where.
pub fn introduction(scenario: &str, target: &Target, seed: u64) -> String {
    let (version, target) = (env!("CARGO_PKG_VERSION"), target.to_string());
    format!("fsrace {version} minimizes {} on {}, seed {seed}\n", clean(scenario), clean(&target))
}

/// What is followed.
pub fn shows(best: &Best) -> String {
    format!("shows {}: {}, {}\n", best.signature, best.class.name(), tally(best))
}

/// The line that says how far it is.
pub fn news(news: &News<'_>) -> String {
    let count = news.count;
    format!(
        "{}: {} of {} others showed {}; {}; now: {}",
        size(&news.best.scenario),
        count.accepted,
        count.candidates,
        news.best.signature.code,
        tally(news.best),
        news.what
    )
}

/// How small it has become, and what that took.
pub fn minimized(from: &Scenario, minimized: &Minimized) -> String {
    let (best, count) = (&minimized.best, &minimized.count);
    format!(
        "from {} to {}: {}\n    {} smaller programs ({} showed it), {} rounds, {}; {}\n",
        size(from),
        size(&best.scenario),
        minimized.standing(),
        units::count(count.candidates),
        units::count(count.accepted),
        units::count(count.rounds),
        units::seconds(count.seconds),
        tally(best)
    )
}

/// What a fresh process and the negative control came to.
pub fn confirmed(signature: &Signature, confirmed: &Confirmed) -> String {
    let rate = confirmed.anomaly(signature).map_or(String::new(), |one| {
        units::k_in_n(one.count, one.trials, one.rate_low, one.rate_high)
    });
    format!(
        "confirmed: {rate} by a fresh process with seed {}, and 0 in {} with one actor after the \
         other\n",
        confirmed.seed,
        units::count(confirmed.control.rounds)
    )
}

/// `2 actors, 2 steps, 1 name`.
fn size(scenario: &Scenario) -> String {
    let Size { actors, steps, entries } = Size::of(scenario);
    let entries = match entries {
        1 => "1 fixture entry".to_owned(),
        n => format!("{n} fixture entries"),
    };
    format!("{}, {}, {entries}", units::counted(actors, "actor"), units::counted(steps, "step"))
}

/// How large a program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Actor instances.
    pub actors: u64,
    /// Steps of all actors, those of equal instances once.
    pub steps: u64,
    /// Entries of the fixture.
    pub entries: u64,
}

impl Size {
    /// The size of a program.
    pub fn of(scenario: &Scenario) -> Self {
        let actors = scenario.actors.iter();
        let steps = actors.clone().map(|actor| {
            let branches = actor.branches.iter().map(|branch| branch.steps.len());
            actor.steps.len() + branches.sum::<usize>()
        });
        Self {
            actors: actors.map(|actor| u64::from(actor.count)).sum(),
            steps: steps.sum::<usize>() as u64,
            entries: scenario.fixture.len() as u64,
        }
    }
}

fn tally(best: &Best) -> String {
    let tally = &best.tally;
    match best.scenario.run.mode {
        Mode::Rounds => format!(
            "seen {} times in {} rounds",
            units::count(tally.seen),
            units::count(tally.in_all as u64)
        ),
        Mode::Free => {
            format!("seen in {} runs of {} in all", tally.seen, units::seconds(tally.in_all))
        }
    }
}
