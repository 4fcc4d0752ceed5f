//! `zero-inode`: the descriptor to nothing that started this project.
//!
//! macOS up to 10.15 could return, from an open that raced an unlink, a descriptor of a vnode that
//! had been reclaimed: inode 0, size 0, one link, no permission bits, no times, no content.
//!
//! The window is real and needs no help: the kernel has looked the name up, and the name goes away
//! before the open arrives. The kernel's client checks the file type of attributes and not their
//! inode number, so number 0 reaches `fstat` as it is.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::{FileAttr, INodeNo};
use std::collections::HashSet;
use std::time::{Duration, UNIX_EPOCH};

pub(super) static FAULT: Fault = Fault {
    name: "zero-inode",
    about: "an open that finds its file just unlinked gives a descriptor of inode 0, size 0 and \
            mode 0100000, that reads nothing",
    source: "https://github.com/python/cpython/issues/85463",
    sight: Sight { code: "zero-inode-fd", relaxations: &[] },
    scenarios: &["open-while-unlinked-processes"],
    window: Duration::ZERO,
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(ZeroInode { trigger, reclaimed: HashSet::new() }),
};

struct ZeroInode {
    trigger: Trigger,
    reclaimed: HashSet<INodeNo>,
}

impl Behaviour for ZeroInode {
    fn after(&mut self, _who: Who, request: &Request<'_>, tree: &mut Tree, outcome: &mut Outcome) {
        match (request, outcome) {
            (Request::Open { ino, .. }, Ok(Answer::Opened(_))) => {
                let unlinked = tree.attributes(*ino).is_some_and(|attr| attr.nlink == 0);
                // GETATTR does not say through which descriptor it comes. A file that someone has
                // opened in time must keep its attributes, so it stays whole for latecomers too.
                if unlinked && tree.open_handles(*ino) == 1 && self.trigger.strikes() {
                    self.reclaimed.retain(|ino| tree.attributes(*ino).is_some());
                    self.reclaimed.insert(*ino);
                }
            }
            (Request::GetAttr { ino }, Ok(Answer::Attributes(attr)))
                if self.reclaimed.contains(ino) =>
            {
                *attr = nothing(*attr);
            }
            (Request::Read { ino, .. }, Ok(Answer::Data(data))) if self.reclaimed.contains(ino) => {
                data.clear();
            }
            _ => {}
        }
    }
}

fn nothing(attr: FileAttr) -> FileAttr {
    FileAttr {
        ino: INodeNo(0),
        size: 0,
        blocks: 0,
        atime: UNIX_EPOCH,
        mtime: UNIX_EPOCH,
        ctime: UNIX_EPOCH,
        perm: 0,
        nlink: 1,
        uid: 0,
        gid: 0,
        ..attr
    }
}
