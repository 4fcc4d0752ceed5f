//! A plan as the model reads it.

use std::collections::HashMap;

use thiserror::Error;

use super::path::{Name, Names, Path};
use super::state::{Id, Node, Slot, State};
use super::walk::Found;
use crate::content::{ContentTable, Runs};
use crate::ops::call::{Call, NameId};
use crate::outcome::{Identity, Left, Stat};
use crate::plan::pattern::{Parent, Pattern};
use crate::plan::{FixtureKindPlan, NamePiece, Plan, StepId, StepPlan};
use crate::scenario::LockMode;

/// Mode of the sandbox: nobody else may look in.
const ROOT_MODE: u16 = 0o700;
/// Mode of the fixture's directories.
const DIRECTORY_MODE: u16 = 0o755;
/// Mode of the fixture's files.
pub const FILE_MODE: u16 = 0o644;
/// Mode of symbolic links.
pub const SYMLINK_MODE: u16 = 0o777;

/// Whose rules apply where systems differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Platform {
    /// Linux.
    #[default]
    Linux,
    /// macOS.
    Macos,
    /// FreeBSD.
    Freebsd,
}

impl Platform {
    /// The system that this was built for; Linux where that is none of them.
    pub fn here() -> Self {
        if cfg!(target_os = "macos") {
            Self::Macos
        } else if cfg!(target_os = "freebsd") {
            Self::Freebsd
        } else {
            Self::Linux
        }
    }
}

/// What a directory's link count counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DirectoryLinks {
    /// Its name, its `.`, and the `..` of every subdirectory: tradition.
    #[default]
    Counted,
    /// Nothing: it is always 1 (btrfs), and 0 when the directory is removed.
    One,
    /// Something else: it is not looked at.
    Unknown,
}

/// What the model needs to know of the system and the filesystem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Whose errnos.
    pub platform: Platform,
    /// Whether permission bits do not bind the caller (root).
    pub privileged: bool,
    /// What link counts of directories mean.
    pub directory_links: DirectoryLinks,
}

/// Why a plan has no model.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unmodelled {
    /// Names that differ from iteration to iteration.
    #[error("actor `{actor}` uses names that change (`{{iteration}}`, `{{random}}`)")]
    ChangingNames {
        /// Name of the actor.
        actor: String,
    },
    /// Names that a filesystem may take for one.
    #[error("a filesystem may take the names `{one}` and `{other}` for the same")]
    SimilarNames {
        /// One of them.
        one: String,
        /// The other.
        other: String,
    },
    /// A path that the model does not resolve.
    #[error("the path `{path}` has `..` or is absolute")]
    Path {
        /// The path.
        path: String,
    },
    /// A step that the model cannot follow.
    #[error("step `{step}` may change a lock that it holds and wait for it")]
    Step {
        /// The step in words.
        step: String,
    },
}

/// A plan, ready to be explored.
#[derive(Debug)]
pub struct Program {
    actors: Vec<ActorProgram>,
    /// All names.
    pub names: Names,
    links: Vec<(String, Path)>,
    link_ids: HashMap<String, u16>,
    contents: ContentTable,
    /// The fixture.
    pub initial: State,
    /// Which fixture entry an inode of the initial state is.
    fixture: HashMap<Id, u16>,
    /// System and filesystem.
    pub rules: Rules,
    /// Names that differ from iteration to iteration.
    pub changing: Vec<Changing>,
}

/// A name that differs from iteration to iteration: the last component of its path does.
#[derive(Debug)]
pub struct Changing {
    /// Index of the actor.
    pub actor: usize,
    /// Which of its names.
    pub name: NameId,
    /// The directory that holds it.
    pub parent: Path,
    /// What it looks like.
    pub pattern: Pattern,
    /// All that it can be, if that is not much.
    pub few: Option<Vec<Path>>,
}

/// Texts of a changing name that are few.
pub const FEW: usize = 8;

#[derive(Debug)]
struct ActorProgram {
    process: usize,
    steps: Vec<StepPlan>,
    paths: Vec<Path>,
    texts: Vec<String>,
    first_site: u16,
}

/// Who makes a step: the actor and the place in its program.
#[derive(Clone, Copy, Debug)]
pub struct Who<'a> {
    /// The program.
    pub program: &'a Program,
    /// Index of the actor.
    pub actor: usize,
    /// Position of the step.
    pub step: StepId,
    /// Where paths lead that were resolved at an earlier moment.
    pub resolved: &'a [Resolved<'a>],
    /// What the names that change stand for at this moment.
    pub drawn: &'a [(NameId, Path)],
}

/// A path that was resolved at an earlier moment than that of the call.
#[derive(Clone, Copy, Debug)]
pub struct Resolved<'a> {
    /// The directory that it is relative to.
    pub base: Id,
    /// The path.
    pub path: &'a Path,
    /// Where it led.
    pub found: Found,
}

impl<'a> Who<'a> {
    /// This step, with all paths resolved at the moment of the call.
    pub fn new(program: &'a Program, actor: usize, step: StepId) -> Self {
        Self { program, actor, step, resolved: &[], drawn: &[] }
    }

    /// Names what the step makes.
    pub fn site(&self) -> u16 {
        self.program.actors[self.actor].first_site + self.step
    }

    /// Index of the actor's process.
    pub fn process(&self) -> usize {
        self.program.actors[self.actor].process
    }

    /// A path of the actor.
    pub fn path(&self, name: NameId) -> &'a Path {
        let drawn = self.drawn.iter().find(|(changing, _)| *changing == name);
        if let Some((_, path)) = drawn {
            return path;
        }
        &self.program.actors[self.actor].paths[usize::from(name.0)]
    }

    /// Whether a file of these permission bits lets the caller, who owns it, do this.
    pub fn may(&self, mode: u16, bits: u16) -> bool {
        self.program.rules.privileged || mode & bits == bits
    }

    /// Index of the text of a symbolic link that the actor makes.
    pub fn link(&self, name: NameId) -> u16 {
        let text = &self.program.actors[self.actor].texts[usize::from(name.0)];
        self.program.link_ids[text]
    }

    /// What a write of an item puts down at an offset.
    pub fn content(&self, item: u8, at: u64) -> Runs {
        Runs::of(self.program.contents.bytes(item, 0, at))
    }
}

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
            links: Vec::new(),
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

    /// Number of actors.
    pub fn actors(&self) -> usize {
        self.actors.len()
    }

    /// A step of an actor.
    pub fn step(&self, actor: usize, step: StepId) -> &StepPlan {
        &self.actors[actor].steps[usize::from(step)]
    }

    /// All steps of an actor: main steps, then those of its branches.
    pub fn steps(&self, actor: usize) -> &[StepPlan] {
        &self.actors[actor].steps
    }

    /// The paths that a name of an actor can stand for, but for those that are too many.
    pub fn paths(&self, actor: usize, name: NameId) -> impl Iterator<Item = &Path> {
        let is_it = |one: &&Changing| one.actor == actor && one.name == name;
        let few = self.changing.iter().find(is_it).and_then(|one| one.few.as_ref());
        let own = std::slice::from_ref(&self.actors[actor].paths[usize::from(name.0)]);
        few.map_or(own, Vec::as_slice).iter()
    }

    /// The inodes of the fixture, each with the first entry of the plan's fixture that names it.
    pub fn fixture(&self) -> impl Iterator<Item = (Id, u16)> {
        self.fixture.iter().map(|(&id, &entry)| (id, entry))
    }

    /// Where the text of a symbolic link leads.
    pub fn target(&self, link: u16) -> &Path {
        &self.links[usize::from(link)].1
    }

    /// The text of a symbolic link.
    pub fn text(&self, link: u16) -> &str {
        &self.links[usize::from(link)].0
    }

    /// Which entry of the fixture an inode is.
    pub fn fixture_entry(&self, id: Id) -> Option<u16> {
        self.fixture.get(&id).copied()
    }

    /// What a stat of an inode says.
    pub fn stat(&self, state: &State, id: Id) -> Stat {
        let inode = state.inode(id);
        let nlink = match &inode.node {
            Node::Directory { removed: true, .. } => 0,
            Node::Directory { .. } => match self.rules.directory_links {
                DirectoryLinks::Counted => 2 + state.subdirectories(id),
                DirectoryLinks::One => 1,
                DirectoryLinks::Unknown => 0,
            },
            _ => inode.names,
        };
        Stat {
            kind: inode.kind(),
            mode: inode.mode,
            nlink,
            size: match &inode.node {
                Node::File(content) => Some(content.len()),
                Node::Directory { .. } => None,
                Node::Symlink(text) => Some(self.text(*text).len() as u64),
            },
            identity: self
                .fixture
                .get(&id)
                .map_or(Identity::Other, |&entry| Identity::Fixture(entry)),
        }
    }

    /// The tree that is left, sorted by path.
    pub fn left(&self, state: &State) -> Vec<Left> {
        let mut left = Vec::new();
        let mut files: Vec<Id> = Vec::new();
        let mut pending: Vec<(String, Id)> = vec![(String::new(), Id::ROOT)];
        while let Some((path, directory)) = pending.pop() {
            for &(name, id) in state.entries(directory) {
                let path = format!("{path}{}", self.names.text(name));
                if state.inode(id).is_directory() {
                    pending.push((format!("{path}/"), id));
                }
                left.push((path, id));
            }
        }
        left.sort_unstable();
        let entry = |(path, id): (String, Id)| {
            let known = files.iter().position(|&file| file == id);
            let file = known.unwrap_or_else(|| {
                files.push(id);
                files.len() - 1
            });
            let (content, text) = match &state.inode(id).node {
                Node::File(content) => (Some(content.clone()), None),
                Node::Symlink(text) => (None, Some(self.text(*text).to_owned())),
                Node::Directory { .. } => (None, None),
            };
            Left { path, file: file as u16, stat: self.stat(state, id), content, text }
        };
        left.into_iter().map(entry).collect()
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

    fn add_actor(
        &mut self,
        actor: &crate::plan::ActorPlan,
        first_site: u16,
    ) -> Result<(), Unmodelled> {
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
        self.actors.push(ActorProgram { process, steps, paths, texts, first_site });
        self.initial.slots.push(vec![None; actor.slots.len()]);
        Ok(())
    }

    fn add_changing(
        &mut self,
        actor: &crate::plan::ActorPlan,
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
