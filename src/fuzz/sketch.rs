//! A program in the making: the names that its actors meet at, and what is there before they start.

use super::draw::Draw;
use super::steps::truncate;
use crate::scenario::{
    Content, FixtureEntry, FixtureKind, OpenFlag, SharedDescriptor, Step, Template, normal_flags,
};

/// Sizes of small pieces of content.
const SMALL: [u64; 5] = [1, 2, 3, 10, 20];
/// Sizes at the boundaries of sectors, blocks and pages.
const EDGES: [u64; 9] = [511, 512, 1024, 4095, 4096, 4097, 8192, 8193, 12288];
/// Sizes that a filesystem moves piece by piece.
const LARGE: [u64; 5] = [16384, 65535, 65536, 65537, 131_072];
/// Letters of the descriptors of one actor.
const DESCRIPTORS: [&str; 6] = ["f", "g", "h", "i", "j", "k"];
/// The descriptor that all actors share.
pub const SHARED: &str = "s";

/// A program in the making.
#[derive(Debug)]
pub struct Sketch<'d> {
    /// Its choices.
    pub draw: &'d mut Draw,
    /// The name that all actors meet at.
    pub name: String,
    /// A second name.
    pub other: String,
    /// A name that nothing has at the start.
    pub free: String,
    /// The directory that they meet in, if not the topmost.
    pub dir: Option<String>,
    /// The fixture.
    pub fixture: Vec<FixtureEntry>,
    /// A descriptor that all actors share.
    pub shared: Option<SharedDescriptor>,
    sizes: &'static [u64],
    actor: usize,
    opened: usize,
}

impl<'d> Sketch<'d> {
    /// Nothing but names: a directory one time in three, and all names in it.
    pub fn new(draw: &'d mut Draw) -> Self {
        let sizes: &[u64] = match draw.below(10) {
            0..=5 => &SMALL,
            6..=8 => &EDGES,
            _ => &LARGE,
        };
        let mut sketch = Self {
            name: "a".to_owned(),
            other: "b".to_owned(),
            free: "c".to_owned(),
            dir: None,
            fixture: Vec::new(),
            shared: None,
            sizes,
            actor: 0,
            opened: 0,
            draw,
        };
        if sketch.draw.in_100(33) {
            sketch.move_below("d");
        }
        sketch
    }

    /// Moves all names into a directory.
    pub fn move_below(&mut self, dir: &str) {
        let below = |name: &str| format!("{dir}/{}", name.rsplit('/').next().unwrap_or(name));
        (self.name, self.other, self.free) =
            (below(&self.name), below(&self.other), below(&self.free));
        self.has_dir(dir);
        self.dir = Some(dir.to_owned());
    }

    /// The next actor's steps come.
    pub fn begin_actor(&mut self, actor: usize) {
        (self.actor, self.opened) = (actor, 0);
    }

    /// A descriptor that the actor has not opened yet.
    pub fn fd(&mut self) -> &'static str {
        self.opened += 1;
        DESCRIPTORS[(self.opened - 1) % DESCRIPTORS.len()]
    }

    /// A size of something that is written.
    pub fn size(&mut self) -> u64 {
        self.draw.of(self.sizes)
    }

    /// A place in a file.
    pub fn offset(&mut self) -> u64 {
        let size = self.size();
        match self.draw.below(8) {
            0..=4 => 0,
            5 => size / 2,
            6 => size - 1,
            _ => size,
        }
    }

    /// A length for a read: mostly all that can be there.
    pub fn length(&mut self) -> u64 {
        let most = self.sizes[self.sizes.len() - 1];
        if self.draw.in_100(80) { 2 * most } else { self.size() }
    }

    /// Sets the size of what all meet at.
    pub fn cut(&mut self) -> Step {
        let size = self.offset();
        truncate(&self.name, size)
    }

    /// A name of the actor's own, beside the one that all meet at.
    pub fn own(&self) -> String {
        let letter = ["t", "u", "v", "w"][self.actor % 4];
        match &self.dir {
            Some(dir) => format!("{dir}/{letter}"),
            None => letter.to_owned(),
        }
    }

    /// Either of the two names.
    pub fn either(&mut self) -> String {
        if self.draw.in_100(65) { self.name.clone() } else { self.other.clone() }
    }

    /// Puts something into the fixture.
    pub fn has(&mut self, path: &str, kind: FixtureKind) {
        let path = Template::literal(path);
        if self.fixture.iter().all(|entry| entry.path != path) {
            self.fixture.push(FixtureEntry { path, count: 1, kind });
        }
    }

    /// Puts a file into the fixture.
    pub fn has_file(&mut self, path: &str) {
        let size = self.size();
        self.has(path, FixtureKind::File(Content::Tagged(size)));
    }

    /// Puts a directory into the fixture.
    pub fn has_dir(&mut self, path: &str) {
        self.has(path, FixtureKind::Directory);
    }

    /// Has all actors share a descriptor of a file of the fixture.
    pub fn shares(&mut self, path: &str, flags: &[OpenFlag]) {
        let (name, path) = (SHARED.to_owned(), path.to_owned());
        self.shared = Some(SharedDescriptor { name, path, flags: normal_flags(flags) });
    }
}

/// Steps in the making.
pub type Steps = Vec<Step>;
