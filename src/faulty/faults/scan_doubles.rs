//! `scan-doubles`: two scans of one directory share what they show, and the second begins it anew.
//!
//! On macOS, opendirs of one directory became one for a FUSE server, even those of two processes. The
//! scan that began later filled the list afresh, and the other went on in the new list at its old
//! offset: entries that had come to stand before it were read twice, others never.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Listed, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::{FileHandle, INodeNo};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "scan-doubles",
    about: "a scan is answered one name at a time, from a list that all scans of the directory \
            share and that each of them makes anew when it begins",
    source: "https://github.com/macfuse/macfuse/issues/464",
    sight: Sight { code: "duplicate-name", relaxations: &[] },
    scenarios: &["create-vs-readdir-vs-readdir"],
    window: Duration::ZERO,
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(Doubles { trigger, shared: HashMap::new() }),
};

struct Doubles {
    trigger: Trigger,
    /// What a handle shows, and of which directory.
    shared: HashMap<FileHandle, (INodeNo, Arc<[Listed]>)>,
}

impl Behaviour for Doubles {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::ReadDir { ino, handle, offset } => {
                // Who begins while another shares its list does so too.
                let joins = self.shared.values().any(|(of, _)| *of == ino);
                if offset == 0 && (self.trigger.strikes() || joins) {
                    let list = tree.listing(ino);
                    self.shared.insert(handle, (ino, Arc::clone(&list)));
                    for (_, other) in self.shared.values_mut().filter(|(of, _)| *of == ino) {
                        *other = Arc::clone(&list);
                    }
                }
                let Some((_, list)) = self.shared.get(&handle) else { return Turn::Healthy };
                let shown = list.len().min(offset as usize + 1);
                Turn::Answer(Ok(Answer::Names(list[..shown].into())))
            }
            Request::Release { handle } => {
                self.shared.remove(&handle);
                Turn::Healthy
            }
            _ => Turn::Healthy,
        }
    }
}
