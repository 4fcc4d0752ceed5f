//! Builds the plan of a scenario.

use std::collections::HashMap;
use std::time::Duration;

use thiserror::Error;

use super::clients;
use super::compile::{Compile, open_flags};
use super::contents::{Contents, TooManyWriters};
use super::draft::{Draft, Instance, all_steps};
use super::facts::{Facts, Placed};
use super::fixture::{place_fixture, plan_fixture};
use super::lacks::lacks;
use super::pattern::Pattern;
use super::{Plan, SharedPlan};
use crate::content::ContentItem;
use crate::scenario::{Content, Mode, Scenario};

/// How long a scenario runs that says nothing about it.
const DEFAULT_DURATION: Duration = Duration::from_secs(3);
/// Sizes that can be told apart.
const SIZES: usize = 62;

/// What the command line decides about a run; `None` leaves it to the scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Settings {
    /// Stop after this long.
    pub duration: Option<Duration>,
    /// Stop after this many rounds (rounds mode).
    pub rounds: Option<u64>,
    /// Seed for a scenario that fixes none.
    pub seed: u64,
    /// Client directories beside the target.
    pub further_clients: usize,
    /// Have some calls of rounds stand still half way, where the system allows it.
    pub stalls: bool,
}

/// A scenario that is well formed but that no plan can be made of.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlanError {
    /// More writers than tags.
    #[error(
        "scenario `{scenario}` has more tagged writers and texts than can be told apart \
         (254 and 255): use fewer actors or write the same text in several steps"
    )]
    TooManyWriters {
        /// Name of the scenario.
        scenario: String,
    },
}

/// The plan of a scenario under these settings.
///
/// # Errors
/// [`PlanError`], when no plan can be made of it.
pub fn plan(scenario: &Scenario, settings: &Settings) -> Result<Plan, PlanError> {
    let too_many =
        |_: TooManyWriters| PlanError::TooManyWriters { scenario: scenario.name.clone() };
    let mut contents = Contents::default();
    let fixture = plan_fixture(scenario, &mut contents).map_err(too_many)?;
    let instances = Instance::all(scenario);
    let drafts: Vec<Draft<'_>> = instances
        .iter()
        .map(|instance| Draft::new(scenario, instance, &mut contents))
        .collect::<Result<_, _>>()
        .map_err(too_many)?;
    let expected = expected_texts(scenario, &mut contents).map_err(too_many)?;
    let contents = contents.finish().map_err(too_many)?;
    let sizes = known_sizes(scenario, &contents);

    let placed: Vec<Placed<'_>> = drafts
        .iter()
        .enumerate()
        .flat_map(|(actor, draft)| draft.placed(actor, scenario))
        .collect();
    let placed_fixture = place_fixture(&fixture);
    let facts = Facts {
        steps: &placed,
        fixture: &placed_fixture,
        shared: scenario.shared.iter().map(|shared| Pattern::literal(&shared.path)).collect(),
    };
    let processes = processes(&instances);
    let clients = clients::deal(&instances, &processes, settings.further_clients + 1);
    let mut actors = Vec::new();
    for (index, draft) in drafts.iter().enumerate() {
        let process = processes.iter().position(|members| members.contains(&index));
        let process = process.unwrap_or_default();
        let compile = Compile {
            draft,
            placed: placed.iter().filter(|placed| placed.actor == index).collect(),
            facts: &facts,
            sizes: &sizes,
            expected: &expected,
            scenario,
        };
        actors.push(compile.actor(process, clients[process]));
    }
    let shared = scenario.shared.iter().map(|shared| {
        let flags = open_flags(&shared.flags);
        SharedPlan { name: shared.name.clone(), path: shared.path.clone(), flags }
    });
    let run = &scenario.run;
    let unlimited = run.duration.is_none() && run.iterations.is_none();
    Ok(Plan {
        scenario: scenario.name.clone(),
        about: scenario.about.clone(),
        digest: scenario.digest.clone(),
        seed: run.seed.unwrap_or(settings.seed),
        mode: run.mode,
        duration: settings
            .duration
            .or(run.duration)
            .or((unlimited && run.mode == Mode::Free).then_some(DEFAULT_DURATION)),
        iterations: run.iterations,
        rounds: settings.rounds.or(run.rounds),
        hang_after: run.hang_after,
        fixture,
        shared: shared.collect(),
        processes,
        actors,
        contents,
        sizes,
        forbid: scenario.forbid.clone(),
        stalls: settings.stalls,
        lacks: lacks(scenario),
    })
}

fn processes(instances: &[Instance<'_>]) -> Vec<Vec<usize>> {
    let mut processes: Vec<Vec<usize>> = Vec::new();
    let mut named: HashMap<&str, usize> = HashMap::new();
    for (index, instance) in instances.iter().enumerate() {
        let known = instance.actor.process.as_deref().and_then(|name| named.get(name).copied());
        match known {
            Some(process) => processes[process].push(index),
            None => {
                if let Some(name) = &instance.actor.process {
                    named.insert(name, processes.len());
                }
                processes.push(vec![index]);
            }
        }
    }
    processes
}

/// Items of the texts that `expect` clauses name.
fn expected_texts(
    scenario: &Scenario,
    contents: &mut Contents,
) -> Result<HashMap<String, u8>, TooManyWriters> {
    let mut items = HashMap::new();
    let steps = scenario.actors.iter().flat_map(all_steps).map(|(_, step)| step);
    for text in steps.filter_map(|step| step.expect.as_ref()?.content.as_ref()).flatten() {
        items.insert(text.clone(), contents.item(&Content::Text(text.clone()))?);
    }
    Ok(items)
}

fn known_sizes(scenario: &Scenario, contents: &[ContentItem]) -> Vec<u64> {
    let steps = || scenario.actors.iter().flat_map(all_steps).map(|(_, step)| step);
    // Expected sizes come first: they are the ones that must not fall to "another size".
    let expected =
        steps().filter_map(|step| step.expect.as_ref()?.size.as_ref()).flatten().copied();
    let truncated = steps().filter_map(|step| step.size);
    let written = contents.iter().map(ContentItem::size);
    let mut sizes = Vec::new();
    for size in expected.chain([0]).chain(truncated).chain(written) {
        if !sizes.contains(&size) && sizes.len() < SIZES {
            sizes.push(size);
        }
    }
    sizes
}
