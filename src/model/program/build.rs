//! How a program is made of a plan.

use std::collections::HashMap;

use super::{ActorProgram, Changing, FEW, FILE_MODE, Program, Rules, SYMLINK_MODE, Unmodelled};
use crate::content::{ContentTable, Runs};
use crate::model::path::{Name, Names, Path};
use crate::model::state::{Id, Node, Slot, State};
use crate::ops::call::{Call, NameId};
use crate::plan::pattern::{Parent, Pattern};
use crate::plan::{ActorPlan, FixtureKindPlan, NamePiece, Plan};
use crate::scenario::LockMode;

/// Mode of the sandbox: nobody else may look in.
const ROOT_MODE: u16 = 0o700;
/// Mode of the fixture's directories.
const DIRECTORY_MODE: u16 = 0o755;

impl Program {
    /// The program of a plan whose names stay the same: each actor makes its steps once.
    ///
    /// # Errors
    /// [`Unmodelled`], if it does something that the model does not know.
    pub fn new(plan: &Plan, rules: Rules) -> Result<Self, Unmodelled> {
        let program = Self::looping(plan, rules)?;
        match program.changing.first() {
            None => Ok(program),
            Some(changing) => {
                let actor = plan.actors[changing.actor].name.clone();
                Err(Unmodelled::ChangingNames { actor })
            }
        }
    }

    /// The program of a plan whose names may be others in each iteration.
    ///
    /// # Errors
    /// [`Unmodelled`], if it does something that the model does not know.
    pub fn looping(plan: &Plan, rules: Rules) -> Result<Self, Unmodelled> {
        let longest = plan.actors.iter().map(|actor| actor.buffer).max().unwrap_or_default();
        let mut program = Self {
            actors: Vec::new(),
            names: Names::default(),
            links: vec![(String::new(), Path::default())],
            link_ids: HashMap::new(),
            contents: ContentTable::new(&plan.contents, longest),
            initial: State {
                inodes: Vec::new(),
                descriptions: Vec::new(),
                slots: Vec::new(),
                locks: Vec::new(),
            },
            fixture: HashMap::new(),
            rules,
            changing: Vec::new(),
            spread: plan.is_spread(),
        };
        program.make_fixture(plan)?;
        let mut site = 1 + plan.fixture.len() as u16 + plan.shared.len() as u16;
        for actor in &plan.actors {
            program.add_actor(actor, site)?;
            site += actor.steps.len() as u16;
        }
        program.open_shared(plan)?;
        Ok(program)
    }

    fn make_fixture(&mut self, plan: &Plan) -> Result<(), Unmodelled> {
        self.initial.make(0, directory(Id::ROOT), ROOT_MODE);
        for (index, entry) in plan.fixture.iter().enumerate() {
            let (parent, name) = self.fixture_name(&entry.path)?;
            let site = 1 + index as u16;
            let id = match &entry.kind {
                FixtureKindPlan::Directory => {
                    self.initial.make(site, directory(parent), DIRECTORY_MODE)
                }
                FixtureKindPlan::File(item) => {
                    let content = Runs::of(self.contents.bytes(*item, 0, 0));
                    self.initial.make(site, Node::File(content), FILE_MODE)
                }
                FixtureKindPlan::Symlink(target) => {
                    let link = self.add_link(target)?;
                    self.initial.make(site, Node::Symlink(link), SYMLINK_MODE)
                }
                FixtureKindPlan::HardLink(to) => {
                    let (parent, name) = self.fixture_name(to)?;
                    let there = self.initial.entry(parent, name);
                    there.ok_or_else(|| Unmodelled::Path { path: to.clone() })?
                }
            };
            self.initial.enter(parent, name, id);
            self.fixture.entry(id).or_insert(index as u16);
        }
        Ok(())
    }

    /// The directory and the last component of a path of the fixture, which has no links on the
    /// way.
    fn fixture_name(&mut self, text: &str) -> Result<(Id, Name), Unmodelled> {
        let unknown = || Unmodelled::Path { path: text.to_owned() };
        let path = self.names.path(text).ok_or_else(unknown)?;
        let (&name, before) = path.0.split_last().ok_or_else(unknown)?;
        let mut directory = Id::ROOT;
        for &part in before {
            directory = self.initial.entry(directory, part).ok_or_else(unknown)?;
        }
        Ok((directory, name))
    }

    fn add_link(&mut self, text: &str) -> Result<u16, Unmodelled> {
        if let Some(&known) = self.link_ids.get(text) {
            return Ok(known);
        }
        let path = self.names.path(text);
        let path = path.ok_or_else(|| Unmodelled::Path { path: text.to_owned() })?;
        let link = self.links.len() as u16;
        self.links.push((text.to_owned(), path));
        self.link_ids.insert(text.to_owned(), link);
        Ok(link)
    }

    fn add_actor(&mut self, actor: &ActorPlan, first_site: u16) -> Result<(), Unmodelled> {
        let index = self.actors.len();
        let (mut texts, mut paths) = (Vec::new(), Vec::new());
        for (name, pieces) in actor.names.iter().enumerate() {
            let text = match pieces.as_slice() {
                [] => String::new(),
                [NamePiece::Text(text)] => text.clone(),
                _ => {
                    self.add_changing(actor, index, name)?;
                    String::new()
                }
            };
            let path = self.names.path(&text);
            paths.push(path.ok_or_else(|| Unmodelled::Path { path: text.clone() })?);
            texts.push(text);
        }
        for step in &actor.steps {
            if let Call::Symlink(call) = &step.call {
                if self.changing.iter().any(|one| one.actor == index && one.name == call.target) {
                    return Err(Unmodelled::ChangingNames { actor: actor.name.clone() });
                }
                self.add_link(&texts[usize::from(call.target.0)].clone())?;
            }
            // flock gives up the lock that is held and then waits: a call that has an effect before
            // it returns, which transitions do not have.
            if actor.steps.iter().any(|other| changes_lock(&other.call, &step.call)) {
                return Err(Unmodelled::Step { step: step.text.clone() });
            }
        }
        let steps = actor.steps.clone();
        let process = actor.process;
        self.actors.push(ActorProgram {
            process,
            client: actor.client,
            steps,
            paths,
            texts,
            first_site,
        });
        self.initial.slots.push(vec![None; actor.slots.len()]);
        Ok(())
    }

    fn add_changing(
        &mut self,
        actor: &ActorPlan,
        index: usize,
        name: usize,
    ) -> Result<(), Unmodelled> {
        let unknown = || Unmodelled::ChangingNames { actor: actor.name.clone() };
        let pattern = Pattern::of(&actor.names[name]);
        let texts = actor.texts(name, FEW);
        let few = texts.map(|texts| {
            let path = |text: String| self.names.path(&text).ok_or_else(unknown);
            texts.into_iter().map(path).collect::<Result<Vec<_>, _>>()
        });
        let few = few.transpose()?;
        let parent = match pattern.parent() {
            Parent::Top => Path::default(),
            Parent::Literal(parent) => self.names.path(parent).ok_or_else(unknown)?,
            Parent::Unknown if few.is_some() => Path::default(),
            Parent::Unknown => return Err(unknown()),
        };
        let name = NameId(name as u16);
        self.changing.push(Changing { actor: index, name, parent, pattern, few });
        Ok(())
    }

    fn open_shared(&mut self, plan: &Plan) -> Result<(), Unmodelled> {
        for (index, shared) in plan.shared.iter().enumerate() {
            let unknown = || Unmodelled::Path { path: shared.path.clone() };
            let site = 1 + (plan.fixture.len() + index) as u16;
            let opened = crate::ops::open::open_shared(self, shared, site).ok_or_else(unknown)?;
            for slots in &mut self.initial.slots {
                slots[index] = Some(Slot { description: opened, tracked: false, shared: true });
            }
        }
        Ok(())
    }
}

/// Whether `then` may wait for another kind of lock than `first` took through the same descriptor.
fn changes_lock(first: &Call, then: &Call) -> bool {
    match (first, then) {
        (Call::Flock(first), Call::Flock(then)) => {
            let takes = first.mode != LockMode::Unlock && then.mode != LockMode::Unlock;
            then.wait && takes && first.slot == then.slot && first.mode != then.mode
        }
        _ => false,
    }
}

fn directory(parent: Id) -> Node {
    Node::Directory { parent, entries: Vec::new(), removed: false }
}
