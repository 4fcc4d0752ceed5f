//! Inodes and open handles.

use super::content::{BLOCK, Content};
use crate::faulty::request::Listed;
use fuser::{FileAttr, FileType, INodeNo};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::Arc;
use std::time::SystemTime;

pub(super) struct Node {
    pub(super) attr: FileAttr,
    pub(super) body: Body,
    /// References that the kernel holds and gives back with FORGET.
    pub(super) lookups: u64,
    pub(super) handles: u64,
}

pub(super) enum Body {
    File(Content),
    Directory(Directory),
    Symlink(OsString),
    /// A fifo, socket or device, whose content the kernel keeps.
    Special,
}

pub(super) struct Directory {
    pub(super) parent: INodeNo,
    pub(super) entries: BTreeMap<OsString, INodeNo>,
}

pub(super) struct Handle {
    pub(super) ino: INodeNo,
    /// What a scan of a directory shows, fixed when it starts.
    pub(super) scan: Arc<[Listed]>,
}

impl Node {
    pub(super) fn is_directory(&self) -> bool {
        self.attr.kind == FileType::Directory
    }

    pub(super) fn blocks(&self) -> u64 {
        match &self.body {
            Body::File(content) => content.blocks(),
            _ => 0,
        }
    }

    /// Copies into the attributes what the body decides.
    pub(super) fn measure(&mut self) {
        match &self.body {
            Body::File(content) => {
                self.attr.size = content.size();
                self.attr.blocks = content.blocks() * (BLOCK as u64 / 512);
            }
            Body::Directory(_) => self.attr.size = BLOCK as u64,
            Body::Symlink(target) => self.attr.size = target.len() as u64,
            Body::Special => {}
        }
    }

    pub(super) fn modified(&mut self) {
        self.attr.mtime = SystemTime::now();
        self.attr.ctime = self.attr.mtime;
    }
}
