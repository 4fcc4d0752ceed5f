//! Attributes: the first ones of a new inode, and changes to them.

use super::{Body, Tree, permission};
use crate::faulty::request::{Answer, Change, Outcome, Who};
use fuser::{FileAttr, FileType, INodeNo, TimeOrNow};
use rustix::io::Errno;
use std::time::SystemTime;

pub(super) fn fresh(ino: INodeNo, kind: FileType, perm: u16, who: Who) -> FileAttr {
    let now = SystemTime::now();
    FileAttr {
        ino,
        size: 0,
        blocks: 0,
        atime: now,
        mtime: now,
        ctime: now,
        crtime: now,
        kind,
        perm,
        nlink: 1,
        uid: who.uid,
        gid: who.gid,
        rdev: 0,
        blksize: super::BLOCK as u32,
        flags: 0,
    }
}

impl Tree {
    pub(super) fn set_attributes(&mut self, who: Who, ino: INodeNo, change: Change) -> Outcome {
        self.may_change(who, &self.node(ino)?.attr, &change)?;
        if let Some(size) = change.size {
            self.resize(ino, size)?;
        }
        let now = SystemTime::now();
        let at = |time| match time {
            TimeOrNow::SpecificTime(time) => time,
            TimeOrNow::Now => now,
        };
        let attr = &mut self.node_mut(ino)?.attr;
        attr.perm = change.mode.map_or(attr.perm, |mode| mode as u16 & 0o7777);
        attr.uid = change.uid.unwrap_or(attr.uid);
        attr.gid = change.gid.unwrap_or(attr.gid);
        attr.atime = change.atime.map_or(attr.atime, at);
        attr.mtime = change.mtime.map_or(attr.mtime, at);
        attr.ctime = now;
        Ok(Answer::Attributes(*attr))
    }

    fn may_change(&self, who: Who, attr: &FileAttr, change: &Change) -> Result<(), Errno> {
        if change.mode.is_some() {
            permission::check_owner(who, attr)?;
        }
        let gives_away = change.uid.is_some_and(|uid| uid != attr.uid);
        let regroups = change.gid.is_some_and(|gid| gid != attr.gid && gid != who.gid);
        if who.uid != 0 && (gives_away || regroups) {
            return Err(Errno::PERM);
        }
        if change.size.is_some() && !change.by_handle {
            permission::check(who, attr, permission::WRITE)?;
        }
        let explicit = |time| matches!(time, Some(TimeOrNow::SpecificTime(_)));
        if explicit(change.atime) || explicit(change.mtime) {
            permission::check_owner(who, attr)?;
        } else if change.size.is_none() && (change.atime.is_some() || change.mtime.is_some()) {
            permission::check_owner(who, attr)
                .or_else(|_| permission::check(who, attr, permission::WRITE))?;
        }
        Ok(())
    }

    pub(super) fn resize(&mut self, ino: INodeNo, size: u64) -> Result<(), Errno> {
        let node = self.node_mut(ino)?;
        let before = node.blocks();
        match &mut node.body {
            Body::File(content) => content.resize(size),
            Body::Directory(_) => return Err(Errno::ISDIR),
            _ => return Err(Errno::INVAL),
        }
        node.modified();
        node.measure();
        self.used -= before - self.node(ino)?.blocks();
        Ok(())
    }
}
