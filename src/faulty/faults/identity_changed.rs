//! `identity-changed`: a file gets another inode number when it is opened for writing.
//!
//! overlayfs copies a file of a lower layer up when it is first opened for writing, and where the
//! layers are not on one filesystem it shows the number of the copy from then on, also through
//! descriptors that were open before. It documents that; it broke what follows files by number, such
//! as `tail -f` in a container.
//!
//! Here any open for writing may copy the file up once more, because a scenario has few files.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::INodeNo;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "identity-changed",
    about: "1 open for writing in 4 copies the file up, which takes the window and gives it another \
            inode number",
    source: "https://github.com/moby/moby/issues/31587",
    sight: Sight { code: "identity-changed", relaxations: &[] },
    scenarios: &["fstat-while-written"],
    window: Duration::from_micros(200),
    one_in: 4,
    client: Client::HONEST,
    plant: |trigger| {
        let (copying, numbers) = (HashSet::new(), HashMap::new());
        Box::new(CopiedUp { trigger, copying, numbers, last: UPPER })
    },
};

/// Numbers of the upper layer begin here.
const UPPER: u64 = 1 << 40;

struct CopiedUp {
    trigger: Trigger,
    /// Threads that are copying a file up.
    copying: HashSet<u32>,
    numbers: HashMap<INodeNo, u64>,
    last: u64,
}

impl Behaviour for CopiedUp {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, _tree: &mut Tree) -> Turn<'r> {
        let Request::Open { flags, .. } = *request else { return Turn::Healthy };
        if flags & libc::O_ACCMODE == libc::O_RDONLY || !self.trigger.strikes() {
            return Turn::Healthy;
        }
        self.copying.insert(who.tid);
        Turn::later(self.trigger.window(), |_| Turn::Healthy)
    }

    fn after(&mut self, who: Who, request: &Request<'_>, tree: &mut Tree, outcome: &mut Outcome) {
        match (request, outcome) {
            (Request::Open { ino, .. }, Ok(_)) if self.copying.remove(&who.tid) => {
                self.last += 1;
                self.numbers.retain(|ino, _| tree.attributes(*ino).is_some());
                self.numbers.insert(*ino, self.last);
            }
            (Request::GetAttr { ino }, Ok(Answer::Attributes(attr))) => {
                if let Some(&number) = self.numbers.get(ino) {
                    attr.ino = INodeNo(number);
                }
            }
            _ => {}
        }
    }
}
