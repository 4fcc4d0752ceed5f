//! What one step can show.

use std::collections::{BTreeSet, HashSet};

use crate::content::{Class, ContentItem, ItemSet, Runs};
use crate::model::Name;
use crate::ops::observation::Observation;
use crate::outcome::{Kind, Returned, Stat};
use crate::plan::{OTHER_SIZE, size_class};

/// Bytes of a read below which the bytes of two writers can be the same by chance.
const CHANCE: u64 = 16;
/// Bits of the mode that are compared.
const PERMISSIONS: u16 = 0o777;
/// Link counts that are told apart.
const MOST_LINKS: u64 = 7;

/// What others can change about a file while a step looks at it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Its content or its size.
    pub content: bool,
    /// Its names.
    pub names: bool,
    /// Its permissions.
    pub mode: bool,
}

impl Changes {
    /// Adds what else can change.
    pub fn add(&mut self, other: Self) {
        self.content |= other.content;
        self.names |= other.names;
        self.mode |= other.mode;
    }
}

/// Everything that a step can show in any state that the program can reach.
#[derive(Clone, Debug, Default)]
pub struct Possible {
    /// What can change about the file while the step looks at it.
    pub meanwhile: Changes,
    succeeds: bool,
    anything: bool,
    errnos: BTreeSet<u16>,
    /// Reads that have been looked at, with their offsets.
    known: HashSet<(Runs, Option<u64>)>,
    /// Content and size class of the reads that returned something.
    reads: HashSet<(u16, u8)>,
    empty: bool,
    /// Some read is of bytes that can be those of several writings, or by chance those of another.
    loose: bool,
    /// What bytes look like says nothing.
    any_bytes: bool,
    /// Items that reads consist of.
    items: BTreeSet<u8>,
    /// Some read is a mixture.
    mixed: bool,
    /// Bits: classes of the sizes that a stat can show.
    sizes: u64,
    /// Bits: link counts.
    links: u8,
    modes: BTreeSet<u16>,
    /// Names that every scan must report.
    pub(super) must: Option<BTreeSet<Name>>,
}

/// What is known of a read beside what it returns.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReadAt<'a> {
    /// Offset, if the actor knows it.
    pub(super) offset: Option<u64>,
    /// Bytes asked for.
    pub(super) asked: usize,
    /// The contents of the plan.
    pub(super) contents: &'a crate::content::ContentTable,
    /// Its items.
    pub(super) items: &'a [ContentItem],
    /// Items of which a file can have parts of several writings.
    pub(super) scattered: ItemSet,
}

impl ReadAt<'_> {
    /// Whether the bytes are what some tagged write puts down, which in another generation puts
    /// down others.
    fn may_be_tagged(&self, bytes: &[u8]) -> bool {
        let offset = self.offset.unwrap_or_default();
        let tagged = |item: &ContentItem| matches!(item, ContentItem::Tagged { .. });
        let mut items = (0..).zip(self.items).filter(|(_, item)| tagged(item));
        items.any(|(index, _)| self.contents.bytes(index, 0, offset).starts_with(bytes))
    }
}

impl Possible {
    /// Adds what the model returns, but for reads.
    pub(super) fn add(&mut self, returned: &Returned, sizes: &[u64]) {
        match returned {
            Returned::Failed(errno) => {
                self.errnos.insert(*errno);
                return;
            }
            Returned::Skipped => return,
            Returned::TooMuch => self.anything = true,
            Returned::Stat(stat) => self.add_stat(stat, sizes),
            _ => {}
        }
        self.succeeds = true;
    }

    fn add_stat(&mut self, stat: &Stat, sizes: &[u64]) {
        let size = stat.size.map_or(OTHER_SIZE, |size| size_class(sizes, size));
        self.sizes |= 1 << size;
        self.links |= 1 << u64::from(stat.nlink).min(MOST_LINKS);
        self.modes.insert(mode(stat));
    }

    /// What the bytes of reads look like is left to chance.
    pub(super) fn bytes_say_nothing(&mut self) {
        self.any_bytes = true;
    }

    /// What a link count means is not known.
    pub(super) fn links_are_unknown(&mut self) {
        self.links = u8::MAX;
    }

    /// Adds a read.
    pub(super) fn add_read(&mut self, read: &Runs, at: &ReadAt<'_>, sizes: &[u64]) {
        self.succeeds = true;
        if read.is_empty() {
            self.empty = true;
            return;
        }
        // Recognising it takes time in proportion to its length.
        if !self.known.insert((read.clone(), at.offset)) {
            return;
        }
        let bytes = read.bytes();
        let class = at.offset.map_or(Class::Unknown, |offset| {
            at.contents.classify(&bytes, offset, at.asked, ItemSet::ALL)
        });
        let of = match class {
            Class::Whole(item) | Class::Part(item) => Some(item),
            _ => None,
        };
        let mut runs = read.runs().iter();
        let few = match of {
            Some(_) => read.len() < CHANCE && at.may_be_tagged(&bytes),
            None => runs.any(|run| run.len < CHANCE),
        };
        let scattered = of.is_some_and(|item| at.scattered.contains(item));
        self.loose |= few || scattered;
        self.items.extend(of);
        self.mixed |= of.is_none();
        self.reads.insert((class.pack(), size_class(sizes, read.len())));
    }

    /// Whether the step can succeed.
    pub fn succeeds(&self) -> bool {
        self.succeeds || self.anything
    }

    /// Whether the step can fail like this.
    pub fn fails(&self, errno: u16) -> bool {
        self.errnos.contains(&errno)
    }

    /// Whether a read can return nothing.
    pub fn is_empty(&self) -> bool {
        self.empty || self.anything
    }

    /// Whether a read can return this; `size` is `None` where it was not kept.
    pub fn reads(&self, class: Class, size: Option<u8>) -> bool {
        let known = |(one, other): &(u16, u8)| {
            *one == class.pack() && size.is_none_or(|size| *other == size)
        };
        let loosely = matches!(class, Class::Whole(_) | Class::Part(_) | Class::Mixed);
        self.anything || self.any_bytes || self.reads.iter().any(known) || self.loose && loosely
    }

    /// Items that a read can consist of; `None` where that is not known.
    pub fn items(&self) -> Option<ItemSet> {
        let known =
            !(self.anything || self.any_bytes || self.loose || self.mixed || self.items.is_empty());
        known.then(|| ItemSet::of(&self.items.iter().copied().collect::<Vec<_>>()))
    }

    /// Whether a stat can show a size of this class.
    pub fn has_size(&self, class: u8) -> bool {
        self.anything || self.sizes >> class & 1 == 1
    }

    /// Whether a stat can show this link count.
    pub fn has_links(&self, count: u64) -> bool {
        self.anything || self.links >> count.min(MOST_LINKS) & 1 == 1
    }

    /// Whether a stat can show this file type with these permissions.
    pub fn has_mode(&self, seen: &Observation) -> bool {
        let kind = seen.mode() & 0o170_000;
        self.anything || self.modes.contains(&(kind | seen.mode() & PERMISSIONS))
    }
}

fn mode(stat: &Stat) -> u16 {
    let kind = match stat.kind {
        Kind::File => 0o100_000,
        Kind::Directory => 0o040_000,
        Kind::Symlink => 0o120_000,
        Kind::Other => 0,
    };
    kind | stat.mode & PERMISSIONS
}
