//! Names: found, made, linked and removed.

use super::node::{Directory, Node};
use super::{Body, Tree, attributes, permission};
use crate::faulty::request::{Answer, Outcome, Who};
use fuser::{FileType, INodeNo};
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::ffi::OsStr;

const LONGEST_NAME: usize = 255;

impl Tree {
    pub(super) fn lookup(&self, who: Who, parent: INodeNo, name: &OsStr) -> Outcome {
        check_name(name)?;
        let directory = self.directory(parent)?;
        permission::check(who, &self.node(parent)?.attr, permission::SEARCH)?;
        let ino = directory.entries.get(name).ok_or(Errno::NOENT)?;
        Ok(Answer::Entry(self.node(*ino)?.attr))
    }

    pub(super) fn read_link(&self, ino: INodeNo) -> Outcome {
        match &self.node(ino)?.body {
            Body::Symlink(target) => Ok(Answer::Target(target.clone())),
            _ => Err(Errno::INVAL),
        }
    }

    pub(super) fn make_node(
        &mut self,
        who: Who,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        rdev: u32,
    ) -> Outcome {
        let body = match mode & libc::S_IFMT {
            libc::S_IFREG | 0 => Body::File(Default::default()),
            libc::S_IFIFO | libc::S_IFSOCK | libc::S_IFCHR | libc::S_IFBLK => Body::Special,
            _ => return Err(Errno::PERM),
        };
        let ino = self.add_file(who, parent, name, mode, body)?;
        self.node_mut(ino)?.attr.rdev = rdev;
        self.entry(ino)
    }

    pub(super) fn make_symlink(
        &mut self,
        who: Who,
        parent: INodeNo,
        name: &OsStr,
        target: &OsStr,
    ) -> Outcome {
        let mode = libc::S_IFLNK | 0o777;
        let ino = self.add_file(who, parent, name, mode, Body::Symlink(target.to_owned()))?;
        self.entry(ino)
    }

    pub(super) fn make_directory(
        &mut self,
        who: Who,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
    ) -> Outcome {
        let body = Body::Directory(Directory { parent, entries: BTreeMap::new() });
        let ino = self.add_file(who, parent, name, mode & 0o7777 | libc::S_IFDIR, body)?;
        self.node_mut(ino)?.attr.nlink = 2;
        self.node_mut(parent)?.attr.nlink += 1;
        self.entry(ino)
    }

    pub(super) fn link(
        &mut self,
        who: Who,
        ino: INodeNo,
        parent: INodeNo,
        name: &OsStr,
    ) -> Outcome {
        self.may_add(who, parent, name)?;
        let node = self.node_mut(ino)?;
        if node.is_directory() {
            return Err(Errno::PERM);
        }
        if node.attr.nlink == 0 {
            return Err(Errno::NOENT);
        }
        node.attr.nlink += 1;
        self.status_changed(ino);
        self.put(parent, name, ino)?;
        self.entry(ino)
    }

    pub(super) fn unlink(&mut self, who: Who, parent: INodeNo, name: &OsStr) -> Outcome {
        self.may_alter(who, parent)?;
        let ino = self.find(parent, name).ok_or(Errno::NOENT)?;
        if self.node(ino)?.is_directory() {
            return Err(Errno::ISDIR);
        }
        self.take(parent, name)?;
        self.drop_link(ino)?;
        Ok(Answer::Done)
    }

    pub(super) fn remove_directory(&mut self, who: Who, parent: INodeNo, name: &OsStr) -> Outcome {
        self.may_alter(who, parent)?;
        let ino = self.find(parent, name).ok_or(Errno::NOENT)?;
        if !self.directory(ino)?.entries.is_empty() {
            return Err(Errno::NOTEMPTY);
        }
        self.take(parent, name)?;
        self.drop_directory(parent, ino)?;
        Ok(Answer::Done)
    }

    /// Makes an inode with one name; the mode's type bits decide its kind.
    pub(super) fn add_file(
        &mut self,
        who: Who,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        body: Body,
    ) -> Result<INodeNo, Errno> {
        self.may_add(who, parent, name)?;
        if self.nodes.len() as u64 >= self.capacity {
            return Err(Errno::NOSPC);
        }
        self.last_ino += 1;
        let ino = INodeNo(self.last_ino);
        let mut attr = attributes::fresh(ino, kind_of(mode), (mode & 0o7777) as u16, who);
        let above = self.node(parent)?.attr;
        if above.perm & libc::S_ISGID as u16 != 0 {
            attr.gid = above.gid;
            if attr.kind == FileType::Directory {
                attr.perm |= libc::S_ISGID as u16;
            }
        }
        let mut node = Node { attr, body, lookups: 0, handles: 0 };
        node.measure();
        self.nodes.insert(ino, node);
        self.put(parent, name, ino)?;
        Ok(ino)
    }

    pub(super) fn may_alter(&self, who: Who, parent: INodeNo) -> Result<(), Errno> {
        self.directory(parent)?;
        let attr = &self.node(parent)?.attr;
        permission::check(who, attr, permission::WRITE | permission::SEARCH)
    }

    fn may_add(&self, who: Who, parent: INodeNo, name: &OsStr) -> Result<(), Errno> {
        check_name(name)?;
        if self.find(parent, name).is_some() {
            return Err(Errno::EXIST);
        }
        // A removed directory that is still open takes no new names.
        if self.node(parent)?.attr.nlink == 0 {
            return Err(Errno::NOENT);
        }
        self.may_alter(who, parent)
    }

    pub(super) fn put(&mut self, parent: INodeNo, name: &OsStr, ino: INodeNo) -> Result<(), Errno> {
        self.directory_mut(parent)?.entries.insert(name.to_owned(), ino);
        self.node_mut(parent)?.modified();
        Ok(())
    }

    pub(super) fn take(&mut self, parent: INodeNo, name: &OsStr) -> Result<(), Errno> {
        self.directory_mut(parent)?.entries.remove(name).ok_or(Errno::NOENT)?;
        self.node_mut(parent)?.modified();
        Ok(())
    }

    pub(super) fn drop_link(&mut self, ino: INodeNo) -> Result<(), Errno> {
        self.node_mut(ino)?.attr.nlink -= 1;
        self.status_changed(ino);
        self.reap(ino);
        Ok(())
    }

    /// Takes its links from a directory that has just lost its name in `parent`.
    pub(super) fn drop_directory(&mut self, parent: INodeNo, ino: INodeNo) -> Result<(), Errno> {
        self.node_mut(ino)?.attr.nlink = 0;
        self.node_mut(parent)?.attr.nlink -= 1;
        self.status_changed(ino);
        self.reap(ino);
        Ok(())
    }

    fn entry(&self, ino: INodeNo) -> Outcome {
        Ok(Answer::Entry(self.node(ino)?.attr))
    }
}

pub(super) fn check_name(name: &OsStr) -> Result<(), Errno> {
    if name.len() > LONGEST_NAME { Err(Errno::NAMETOOLONG) } else { Ok(()) }
}

fn kind_of(mode: u32) -> FileType {
    match mode & libc::S_IFMT {
        libc::S_IFDIR => FileType::Directory,
        libc::S_IFLNK => FileType::Symlink,
        libc::S_IFIFO => FileType::NamedPipe,
        libc::S_IFSOCK => FileType::Socket,
        libc::S_IFCHR => FileType::CharDevice,
        libc::S_IFBLK => FileType::BlockDevice,
        _ => FileType::RegularFile,
    }
}
