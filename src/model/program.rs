//! A plan as the model reads it.

mod build;

use std::collections::HashMap;

use thiserror::Error;

use super::path::{Names, Path};
use super::state::{Id, Node, State};
use super::walk::Walked;
use crate::content::{ContentTable, Runs};
use crate::ops::call::NameId;
use crate::outcome::{Identity, Left, Stat};
use crate::plan::pattern::Pattern;
use crate::plan::{StepId, StepPlan};

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
    /// Whether an inode number says which file it is, whoever looks: clients of one storage may
    /// have numbers of their own.
    pub identities: bool,
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
    /// Texts of symbolic links, and where they lead; the first is [`Program::EMPTY_LINK`].
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
    /// Whether some actor works in another client directory than the target.
    pub spread: bool,
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
    client: usize,
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
    /// Where its paths lead, if they were resolved at earlier moments.
    pub resolved: &'a [Walked],
    /// What the names that change stand for at this moment.
    pub drawn: &'a [(NameId, Path)],
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

    /// Which cache answers the actor: that of its client directory where there are several, and
    /// otherwise one that its process might have for itself.
    pub fn cache(&self) -> usize {
        self.program.cache_of(self.actor)
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
    /// Number of actors.
    pub fn actors(&self) -> usize {
        self.actors.len()
    }

    /// See [`Who::cache`].
    fn cache_of(&self, actor: usize) -> usize {
        let actor = &self.actors[actor];
        if self.spread { actor.client } else { actor.process }
    }

    /// All caches that answer actors, ascending.
    pub fn caches(&self) -> Vec<usize> {
        let mut caches: Vec<usize> = (0..self.actors.len()).map(|at| self.cache_of(at)).collect();
        caches.sort_unstable();
        caches.dedup();
        caches
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

    /// What a symbolic link without a text has for one: it leads to the directory in which it is.
    pub const EMPTY_LINK: u16 = 0;

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
}
