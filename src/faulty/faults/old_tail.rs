//! `old-tail`: a file that is cut and made longer again has its old bytes back.
//!
//! The SMB side of DittoFS set the size of a file and left the blocks behind its new end as they
//! were. Made longer again, the file should read as zeros there, and showed what it once held. It
//! takes no race; it is what the serial rounds before a race are for.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::{Recent, Trigger};
use fuser::{FileHandle, INodeNo};
use std::time::Duration;

/// Of longer files, the rest is freed.
const KEPT: u32 = 1 << 16;

pub(super) static FAULT: Fault = Fault {
    name: "old-tail",
    about: "a truncate that makes a file longer finds the bytes behind its end that one within the window \
            before it has cut off",
    source: "https://github.com/marmos91/dittofs/pull/1538",
    sight: Sight { code: "semantic-difference", relaxations: &[] },
    scenarios: &["truncate-vs-truncate"],
    // After that, the blocks have been collected.
    window: Duration::from_millis(20),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(OldTail { tails: Recent::new(&trigger), trigger }),
};

struct OldTail {
    trigger: Trigger,
    /// What was cut off from a file, and where it lay.
    tails: Recent<INodeNo, (u64, Vec<u8>)>,
}

/// The tree reads and writes by inode.
const HANDLE: FileHandle = FileHandle(0);

impl Behaviour for OldTail {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::SetAttr { ino, change } => {
                let size = tree.attributes(ino).map(|attr| attr.size);
                if let Some((offset, old)) = change.size.zip(size).filter(|(new, old)| new < old) {
                    let size = KEPT.min((old - offset) as u32);
                    let tail = Request::Read { ino, handle: HANDLE, offset, size };
                    if let Ok(Answer::Data(tail)) = tree.apply(who, &tail) {
                        self.tails.happens(ino, (offset, tail));
                    }
                }
            }
            // New blocks come to where the old ones were.
            Request::Write { ino, .. } | Request::Open { ino, .. } => {
                self.tails.forget(&ino);
            }
            _ => {}
        }
        Turn::Healthy
    }

    fn after(&mut self, who: Who, request: &Request<'_>, tree: &mut Tree, outcome: &mut Outcome) {
        let (Request::SetAttr { ino, .. }, Ok(Answer::Attributes(attr))) = (request, outcome)
        else {
            return;
        };
        let Some((at, tail)) = self.tails.just_now(ino) else { return };
        if attr.size <= *at || !self.trigger.strikes() {
            return;
        }
        let (ino, offset) = (*ino, *at);
        let data = &tail[..tail.len().min((attr.size - at) as usize)];
        let back = Request::Write { ino, handle: HANDLE, offset, data, append: false };
        // What is not there for lack of room is not there.
        let _ = tree.apply(who, &back);
    }
}
