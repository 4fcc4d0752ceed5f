//! An actor instance with its names resolved, before anything is known about the others.

use super::NamePiece;
use super::StepId;
use super::contents::{Contents, TooManyWriters};
use super::facts::{Placed, descriptor_paths};
use super::pattern::Pattern;
use crate::ops::OpKind;
use crate::ops::call::{NameId, SlotId};
use crate::scenario::{Actor, OpenFlag, Piece, Scenario, Step, Template};

/// One actor of the scenario, counted out.
pub(super) struct Instance<'a> {
    pub(super) actor: &'a Actor,
    name: String,
}

impl<'a> Instance<'a> {
    /// Every instance of every actor.
    pub(super) fn all(scenario: &'a Scenario) -> Vec<Self> {
        let name = |actor: &Actor, index| match actor.count {
            1 => actor.name.clone(),
            _ => format!("{}.{index}", actor.name),
        };
        let of = |actor: &'a Actor| {
            (0..actor.count).map(move |index| Self { actor, name: name(actor, index) })
        };
        scenario.actors.iter().flat_map(of).collect()
    }
}

/// Every step of an actor with the block it stands in: 0 for the main steps, then the branches.
pub(super) fn all_steps(actor: &Actor) -> impl Iterator<Item = (usize, &Step)> {
    let branches = actor.branches.iter().enumerate();
    let main = actor.steps.iter().map(|step| (0, step));
    main.chain(
        branches.flat_map(|(index, branch)| branch.steps.iter().map(move |step| (index + 1, step))),
    )
}

/// An actor instance with its names resolved.
pub(super) struct Draft<'a> {
    pub(super) name: String,
    pub(super) steps: Vec<(usize, &'a Step)>,
    /// Step position of each block's first step.
    pub(super) blocks: Vec<StepId>,
    pub(super) actor: &'a Actor,
    pub(super) slots: Vec<String>,
    pub(super) names: Vec<(Template, Vec<NamePiece>)>,
    pub(super) randoms: Vec<(u64, String)>,
    /// Item that each step writes.
    pub(super) writes: Vec<Option<u8>>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        scenario: &'a Scenario,
        instance: &Instance<'a>,
        contents: &mut Contents,
    ) -> Result<Self, TooManyWriters> {
        let steps: Vec<(usize, &Step)> = all_steps(instance.actor).collect();
        let blocks = (0..=instance.actor.branches.len())
            .map(|block| steps.iter().take_while(|(other, _)| *other < block).count() as StepId)
            .collect();
        let mut slots: Vec<String> =
            scenario.shared.iter().map(|shared| shared.name.clone()).collect();
        for (_, step) in &steps {
            for name in [&step.fd, &step.new, &step.at].into_iter().flatten() {
                if !slots.contains(name) {
                    slots.push(name.clone());
                }
            }
        }
        let writes = steps
            .iter()
            .map(|(_, step)| {
                step.content.as_ref().map(|content| contents.item(content)).transpose()
            })
            .collect::<Result<_, _>>()?;
        let mut draft = Self {
            name: instance.name.clone(),
            steps,
            blocks,
            actor: instance.actor,
            slots,
            names: Vec::new(),
            randoms: Vec::new(),
            writes,
        };
        let steps = draft.steps.clone();
        for (_, step) in steps {
            for template in [&step.path, &step.to, &step.target].into_iter().flatten() {
                draft.add_name(template);
            }
        }
        Ok(draft)
    }

    /// Resolves a template, unless an earlier step has the same one.
    fn add_name(&mut self, template: &Template) {
        if self.names.iter().any(|(known, _)| known == template) {
            return;
        }
        let mut pieces: Vec<NamePiece> = Vec::new();
        for piece in &template.0 {
            let piece = match piece {
                Piece::Text(text) => NamePiece::Text(text.clone()),
                Piece::Actor => NamePiece::Text(self.name.clone()),
                Piece::Iteration => NamePiece::Iteration,
                // Only a fixture has an index, and the scenario check sees to it.
                Piece::Index => NamePiece::Text(String::new()),
                Piece::Random { below, label } => NamePiece::Random(self.random(*below, label)),
            };
            match (pieces.last_mut(), piece) {
                (Some(NamePiece::Text(before)), NamePiece::Text(text)) => before.push_str(&text),
                (_, piece) => pieces.push(piece),
            }
        }
        self.names.push((template.clone(), pieces));
    }

    fn random(&mut self, below: u64, label: &str) -> usize {
        let known = self.randoms.iter().position(|(b, l)| *b == below && l == label);
        known.unwrap_or_else(|| {
            self.randoms.push((below, label.to_owned()));
            self.randoms.len() - 1
        })
    }

    pub(super) fn name(&self, template: Option<&Template>) -> NameId {
        let known = self.names.iter().position(|(known, _)| Some(known) == template);
        NameId(known.unwrap_or_default() as u16)
    }

    fn pattern(&self, template: &Template) -> Option<Pattern> {
        let (_, pieces) = self.names.iter().find(|(known, _)| known == template)?;
        Some(Pattern::of(pieces))
    }

    pub(super) fn slot(&self, name: Option<&String>) -> SlotId {
        let position = name.and_then(|name| self.slots.iter().position(|slot| slot == name));
        SlotId(position.unwrap_or_default() as u8)
    }

    /// Descriptors that are not simply opened at a path: beneath another descriptor, or without
    /// a name at all.
    fn unclear_descriptors(&self) -> Vec<String> {
        let steps = || self.steps.iter().map(|(_, step)| *step);
        let opened = |step: &&Step| step.at.is_some() || step.flags.contains(&OpenFlag::Tmpfile);
        let mut unclear: Vec<String> = steps()
            .filter(|step| matches!(step.op, OpKind::Open | OpKind::Creat))
            .filter(opened)
            .filter_map(|step| step.fd.clone())
            .collect();
        for _ in 0..self.steps.len() {
            for step in steps().filter(|step| step.op == OpKind::Dup) {
                if let (Some(from), Some(new)) = (&step.fd, &step.new) {
                    if unclear.contains(from) && !unclear.contains(new) {
                        unclear.push(new.clone());
                    }
                }
            }
        }
        unclear
    }

    /// The steps with the names they can touch.
    pub(super) fn placed(&self, actor: usize, scenario: &Scenario) -> Vec<Placed<'a>> {
        let own = |template: &Option<Template>| self.pattern(template.as_ref()?);
        let shared: Vec<(String, Pattern)> = scenario
            .shared
            .iter()
            .map(|shared| (shared.name.clone(), Pattern::literal(&shared.path)))
            .collect();
        let plain: Vec<_> = self.steps.iter().map(|(_, step)| (own(&step.path), *step)).collect();
        let directories = descriptor_paths(&plain, &shared);
        let unclear = self.unclear_descriptors();
        // A path relative to a descriptor stands beneath wherever that was opened. Where that is
        // several places or none, `Facts::undecided` keeps anybody from relying on it.
        let beneath = |path: Option<Pattern>, step: &Step| match (&step.at, path) {
            (Some(at), Some(path)) => match directories.get(at).map(Vec::as_slice) {
                Some([directory]) => Some(path.beneath(directory)),
                _ => Some(path),
            },
            (_, path) => path,
        };
        let resolved: Vec<_> =
            self.steps.iter().map(|(_, step)| (beneath(own(&step.path), step), *step)).collect();
        let opened = descriptor_paths(&resolved, &shared);
        let place = |(_, step): &(usize, &'a Step)| Placed {
            actor,
            step,
            path: beneath(own(&step.path), step),
            to: own(&step.to),
            at_is_known: step.at.as_ref().is_none_or(|at| {
                let once = directories.get(at).is_some_and(|places| places.len() == 1);
                once && !unclear.contains(at)
            }),
            opened_at: step.fd.as_ref().and_then(|fd| opened.get(fd)).cloned().unwrap_or_default(),
        };
        self.steps.iter().map(place).collect()
    }
}
