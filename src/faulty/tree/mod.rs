//! The healthy filesystem: a state machine that answers one request at a time.
//!
//! Inode numbers count up and are never used twice, so the kernel needs no generations, and an
//! observer may take equal numbers for the same file. An inode lives until it has no name, no open
//! handle and no reference in the kernel.

mod attributes;
mod content;
mod cut;
mod faults;
mod file;
mod links;
mod locks;
mod names;
mod node;
mod permission;
mod rename;
mod scan;
mod scans;
mod stale;

use super::request::{Answer, Outcome, Request, Who};
use content::BLOCK;
use fuser::{FileAttr, FileHandle, FileType, INodeNo};
use node::{Body, Directory, Handle, Node};
use rustix::io::Errno;
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::time::SystemTime;

pub(super) struct Tree {
    nodes: HashMap<INodeNo, Node>,
    handles: HashMap<FileHandle, Handle>,
    last_ino: u64,
    last_handle: u64,
    locks: locks::Locks,
    /// In blocks, of content; also the most inodes there can be.
    capacity: u64,
    used: u64,
}

impl Tree {
    /// An empty tree whose root belongs to `who`.
    pub(super) fn new(who: Who, capacity: u64) -> Self {
        let root = INodeNo::ROOT;
        let body = Body::Directory(Directory { parent: root, entries: BTreeMap::new() });
        let mut attr = attributes::fresh(root, FileType::Directory, 0o755, who);
        attr.nlink = 2;
        let mut node = Node { attr, body, lookups: 1, handles: 0 };
        node.measure();
        Self {
            nodes: HashMap::from([(root, node)]),
            handles: HashMap::new(),
            last_ino: root.0,
            last_handle: 0,
            locks: locks::Locks::default(),
            capacity: capacity / BLOCK as u64,
            used: 0,
        }
    }

    pub(super) fn apply(&mut self, who: Who, request: &Request<'_>) -> Outcome {
        match *request {
            Request::Lookup { parent, name } => self.lookup(who, parent, name),
            Request::Forget { ino, count } => self.forget(ino, count),
            Request::GetAttr { ino } => Ok(Answer::Attributes(self.node(ino)?.attr)),
            Request::SetAttr { ino, change } => self.set_attributes(who, ino, change),
            Request::Access { ino, mask } => {
                permission::check(who, &self.node(ino)?.attr, mask).map(|()| Answer::Done)
            }
            Request::ReadLink { ino } => self.read_link(ino),
            Request::MkNod { parent, name, mode, rdev } => {
                self.make_node(who, parent, name, mode, rdev)
            }
            Request::MkDir { parent, name, mode } => self.make_directory(who, parent, name, mode),
            Request::Symlink { parent, name, target } => {
                self.make_symlink(who, parent, name, target)
            }
            Request::Link { ino, parent, name } => self.link(who, ino, parent, name),
            Request::Unlink { parent, name } => self.unlink(who, parent, name),
            Request::RmDir { parent, name } => self.remove_directory(who, parent, name),
            Request::Rename { from, to, flags } => self.rename(who, from, to, flags),
            Request::Open { ino, flags } => self.open(who, ino, flags),
            Request::Create { parent, name, mode, flags } => {
                self.create(who, parent, name, mode, flags)
            }
            Request::Read { ino, offset, size, .. } => self.read(ino, offset, size),
            Request::Write { ino, offset, data, append, .. } => {
                self.write(ino, offset, data, append)
            }
            Request::Release { handle } => self.release(handle),
            Request::OpenDir { ino } => self.open_directory(who, ino),
            Request::ReadDir { ino, handle, offset } => self.read_directory(ino, handle, offset),
            Request::SetLock { lock, wait } => self.set_lock(lock, wait),
            Request::GetLock { lock } => self.get_lock(lock),
            Request::Flush { ino, owner } => self.flush(ino, owner),
            Request::StatFs => Ok(Answer::Space {
                blocks: self.capacity,
                free: self.capacity - self.used,
                files: self.capacity,
                files_free: self.capacity.saturating_sub(self.nodes.len() as u64),
            }),
        }
    }

    /// The inode that a name leads to now.
    pub(super) fn find(&self, parent: INodeNo, name: &OsStr) -> Option<INodeNo> {
        self.directory(parent).ok()?.entries.get(name).copied()
    }

    /// The attributes of an inode that still exists.
    pub(super) fn attributes(&self, ino: INodeNo) -> Option<FileAttr> {
        self.nodes.get(&ino).map(|node| node.attr)
    }

    /// How many handles are open on an inode.
    pub(super) fn open_handles(&self, ino: INodeNo) -> u64 {
        self.nodes.get(&ino).map_or(0, |node| node.handles)
    }

    /// Counts one more reference in the kernel.
    pub(super) fn remember(&mut self, ino: INodeNo) {
        if let Some(node) = self.nodes.get_mut(&ino) {
            node.lookups += 1;
        }
    }

    fn forget(&mut self, ino: INodeNo, count: u64) -> Outcome {
        let node = self.node_mut(ino)?;
        node.lookups = node.lookups.saturating_sub(count);
        self.reap(ino);
        Ok(Answer::Done)
    }

    fn reap(&mut self, ino: INodeNo) {
        let dead = |node: &Node| node.attr.nlink == 0 && node.lookups == 0 && node.handles == 0;
        if self.nodes.get(&ino).is_some_and(dead) {
            self.used -= self.nodes.remove(&ino).map_or(0, |node| node.blocks());
        }
    }

    fn open_handle(&mut self, ino: INodeNo, handle: Handle) -> Result<FileHandle, Errno> {
        self.node_mut(ino)?.handles += 1;
        self.last_handle += 1;
        let number = FileHandle(self.last_handle);
        self.handles.insert(number, handle);
        Ok(number)
    }

    fn release(&mut self, handle: FileHandle) -> Outcome {
        let ino = self.handles.remove(&handle).ok_or(Errno::BADF)?.ino;
        self.node_mut(ino)?.handles -= 1;
        self.locks.forget(handle);
        self.reap(ino);
        Ok(Answer::Done)
    }

    fn node(&self, ino: INodeNo) -> Result<&Node, Errno> {
        self.nodes.get(&ino).ok_or(Errno::STALE)
    }

    fn node_mut(&mut self, ino: INodeNo) -> Result<&mut Node, Errno> {
        self.nodes.get_mut(&ino).ok_or(Errno::STALE)
    }

    fn directory(&self, ino: INodeNo) -> Result<&Directory, Errno> {
        match &self.node(ino)?.body {
            Body::Directory(directory) => Ok(directory),
            _ => Err(Errno::NOTDIR),
        }
    }

    fn directory_mut(&mut self, ino: INodeNo) -> Result<&mut Directory, Errno> {
        match &mut self.node_mut(ino)?.body {
            Body::Directory(directory) => Ok(directory),
            _ => Err(Errno::NOTDIR),
        }
    }

    fn status_changed(&mut self, ino: INodeNo) {
        if let Some(node) = self.nodes.get_mut(&ino) {
            node.attr.ctime = SystemTime::now();
        }
    }
}
