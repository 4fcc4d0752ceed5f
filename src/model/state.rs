//! The state of a filesystem and of the descriptors that are open on it.

use super::lock::{Lock, Owner};
use super::path::Name;
use crate::content::Runs;
use crate::outcome::Kind;

/// Which inode or open file description something is: by the fixture entry or the step that made
/// it, so that the same thing has the same name in every interleaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id {
    /// 0 is the sandbox, then come the fixture's entries and then the steps that can make one.
    pub site: u16,
    /// Tells apart those that one step has made and that are still there.
    pub copy: u16,
}

impl Id {
    /// The sandbox itself.
    pub const ROOT: Self = Self { site: 0, copy: 0 };
}

/// What an inode is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// A regular file.
    File(Runs),
    /// A directory: where it is, and its entries sorted by name.
    Directory {
        /// The directory that holds it; itself for the sandbox.
        parent: Id,
        /// Its entries, sorted.
        entries: Vec<(Name, Id)>,
        /// Whether rmdir or rename has removed it.
        removed: bool,
    },
    /// A symbolic link: index into the program's link texts.
    Symlink(u16),
}

/// A file, directory or link.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Inode {
    /// Which one.
    pub id: Id,
    /// What it is.
    pub node: Node,
    /// Permission bits.
    pub mode: u16,
    /// Names that lead to it (of a directory, 1 until it is removed).
    pub names: u32,
}

impl Inode {
    /// Its file type.
    pub fn kind(&self) -> Kind {
        match self.node {
            Node::File(_) => Kind::File,
            Node::Directory { .. } => Kind::Directory,
            Node::Symlink(_) => Kind::Symlink,
        }
    }

    /// Whether it is a directory.
    pub fn is_directory(&self) -> bool {
        matches!(self.node, Node::Directory { .. })
    }
}

/// An open file description: what descriptors share after `dup`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Description {
    /// Which one.
    pub id: Id,
    /// What it is open on.
    pub inode: Id,
    /// File offset in bytes.
    pub offset: u64,
    /// Opened for reading.
    pub readable: bool,
    /// Opened for writing.
    pub writable: bool,
    /// Writes go to the end.
    pub append: bool,
}

/// A descriptor of an actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot {
    /// What it refers to.
    pub description: Id,
    /// Whether the actor knows the offset (not shared, duplicated or appending): then tagged
    /// content that it writes continues the ramp of the file, and otherwise begins anew.
    pub tracked: bool,
    /// Inherited: the actor does not close it by itself.
    pub shared: bool,
}

/// Everything that a call can depend on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// Sorted by id.
    pub inodes: Vec<Inode>,
    /// Sorted by id.
    pub descriptions: Vec<Description>,
    /// Per actor, its descriptors.
    pub slots: Vec<Vec<Option<Slot>>>,
    /// Locks that are held, sorted.
    pub locks: Vec<Lock>,
}

impl State {
    /// An inode that is there.
    ///
    /// # Panics
    /// If it is not: ids are only taken from the state itself.
    pub fn inode(&self, id: Id) -> &Inode {
        let place = self.inodes.binary_search_by_key(&id, |inode| inode.id);
        &self.inodes[place.expect("an inode of this state")]
    }

    /// As [`State::inode`], to change it.
    ///
    /// # Panics
    /// If it is not there.
    pub fn inode_mut(&mut self, id: Id) -> &mut Inode {
        let place = self.inodes.binary_search_by_key(&id, |inode| inode.id);
        &mut self.inodes[place.expect("an inode of this state")]
    }

    /// A description that is open.
    ///
    /// # Panics
    /// If it is not.
    pub fn description(&self, id: Id) -> &Description {
        let place = self.descriptions.binary_search_by_key(&id, |description| description.id);
        &self.descriptions[place.expect("an open description")]
    }

    /// As [`State::description`], to change it.
    ///
    /// # Panics
    /// If it is not open.
    pub fn description_mut(&mut self, id: Id) -> &mut Description {
        let place = self.descriptions.binary_search_by_key(&id, |description| description.id);
        &mut self.descriptions[place.expect("an open description")]
    }

    /// Makes an inode at a site, without a name.
    pub fn make(&mut self, site: u16, node: Node, mode: u16) -> Id {
        let taken = |id: Id| self.inodes.binary_search_by_key(&id, |inode| inode.id);
        let (id, place) = vacant(site, taken);
        self.inodes.insert(place, Inode { id, node, mode, names: 0 });
        id
    }

    /// Opens a description at a site.
    pub fn open(&mut self, site: u16, inode: Id) -> &mut Description {
        let taken = |id: Id| self.descriptions.binary_search_by_key(&id, |known| known.id);
        let (id, place) = vacant(site, taken);
        let description =
            Description { id, inode, offset: 0, readable: false, writable: false, append: false };
        self.descriptions.insert(place, description);
        &mut self.descriptions[place]
    }

    /// The entries of a directory; of anything else, none.
    pub fn entries(&self, directory: Id) -> &[(Name, Id)] {
        match &self.inode(directory).node {
            Node::Directory { entries, .. } => entries,
            _ => &[],
        }
    }

    /// What a name in a directory leads to.
    pub fn entry(&self, directory: Id, name: Name) -> Option<Id> {
        let entries = self.entries(directory);
        let place = entries.binary_search_by_key(&name, |entry| entry.0).ok()?;
        Some(entries[place].1)
    }

    /// Whether a directory has been removed while somebody held it.
    pub fn is_removed(&self, directory: Id) -> bool {
        matches!(self.inode(directory).node, Node::Directory { removed: true, .. })
    }

    /// Gives `child` a name in `directory`; a directory moves there.
    pub fn enter(&mut self, directory: Id, name: Name, child: Id) {
        if let Node::Directory { entries, .. } = &mut self.inode_mut(directory).node {
            match entries.binary_search_by_key(&name, |entry| entry.0) {
                Ok(place) => entries[place].1 = child,
                Err(place) => entries.insert(place, (name, child)),
            }
        }
        let inode = self.inode_mut(child);
        inode.names += 1;
        if let Node::Directory { parent, .. } = &mut inode.node {
            *parent = directory;
        }
    }

    /// Takes a name out of a directory; what it led to stays until [`State::forget`].
    pub fn leave(&mut self, directory: Id, name: Name) -> Option<Id> {
        let Node::Directory { entries, .. } = &mut self.inode_mut(directory).node else {
            return None;
        };
        let place = entries.binary_search_by_key(&name, |entry| entry.0).ok()?;
        let child = entries.remove(place).1;
        self.inode_mut(child).names -= 1;
        Some(child)
    }

    /// Takes a name out of a directory for good, with what it led to if that was all that led
    /// there.
    pub fn remove(&mut self, directory: Id, name: Name) {
        if let Some(child) = self.leave(directory, name) {
            if let Node::Directory { removed, .. } = &mut self.inode_mut(child).node {
                *removed = true;
            }
            self.forget(child);
        }
    }

    /// Drops an inode that has no name and is not open.
    pub fn forget(&mut self, id: Id) {
        let open = self.descriptions.iter().any(|description| description.inode == id);
        if id != Id::ROOT && !open && self.inode(id).names == 0 {
            self.inodes.retain(|inode| inode.id != id);
        }
    }

    /// Whether `directory` is `above` or somewhere beneath it.
    pub fn is_beneath(&self, mut directory: Id, above: Id) -> bool {
        loop {
            if directory == above {
                return true;
            }
            let Node::Directory { parent, .. } = self.inode(directory).node else { return false };
            // Of a removed directory the parent may be gone too.
            if parent == directory || self.is_removed(directory) {
                return false;
            }
            directory = parent;
        }
    }

    /// Subdirectories of a directory.
    pub fn subdirectories(&self, directory: Id) -> u32 {
        let entries = self.entries(directory).iter();
        let lives = |id: Id| self.inode(id).is_directory() && !self.is_removed(id);
        entries.filter(|(_, child)| lives(*child)).count() as u32
    }

    /// The descriptor of an actor.
    pub fn slot(&self, actor: usize, slot: u8) -> Option<Slot> {
        self.slots[actor][usize::from(slot)]
    }

    /// The description behind a descriptor of an actor.
    pub fn opened(&self, actor: usize, slot: u8) -> Option<&Description> {
        self.slot(actor, slot).map(|slot| self.description(slot.description))
    }

    /// Closes a descriptor; the last one of a description closes that. `process` is the actor's.
    pub fn close(&mut self, actor: usize, slot: u8, process: usize) {
        let Some(closed) = self.slots[actor][usize::from(slot)].take() else { return };
        let inode = self.description(closed.description).inode;
        // Closing any descriptor of a file gives up all locks of the process on it.
        self.locks.retain(|lock| lock.inode != inode || lock.owner != Owner::Process(process));
        let mut left = self.slots.iter().flatten().flatten();
        if left.any(|slot| slot.description == closed.description) {
            return;
        }
        self.locks.retain(|lock| !lock.owner.is_description(closed.description));
        self.descriptions.retain(|description| description.id != closed.description);
        self.forget(inode);
    }
}

impl State {
    /// Keeps an inode in the state on behalf of a call under way, as long as `site` holds it.
    pub fn hold(&mut self, site: u16, inode: Id) {
        self.open(site, inode);
    }

    /// Lets go of everything that `site` holds.
    pub fn release(&mut self, site: u16) {
        self.hold_only(site, []);
    }

    /// Has `site` hold these inodes, and nothing else.
    pub fn hold_only(&mut self, site: u16, inodes: impl IntoIterator<Item = Id>) {
        let held = |description: &Description| description.id.site == site;
        let mut before: Vec<Id> =
            self.descriptions.iter().filter(|one| held(one)).map(|one| one.inode).collect();
        self.descriptions.retain(|description| !held(description));
        for inode in inodes {
            self.open(site, inode);
        }
        // The same inode may have been held twice.
        before.sort_unstable();
        before.dedup();
        before.into_iter().for_each(|inode| self.forget(inode));
    }
}

/// The first copy of a site that is not taken, and where it belongs.
fn vacant(site: u16, taken: impl Fn(Id) -> Result<usize, usize>) -> (Id, usize) {
    let mut id = Id { site, copy: 0 };
    loop {
        match taken(id) {
            Ok(_) => id.copy += 1,
            Err(place) => return (id, place),
        }
    }
}
