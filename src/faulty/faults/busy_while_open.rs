//! `busy-while-open`: a file that somebody has open can be neither renamed nor unlinked.
//!
//! Windows behaves so unless all who opened the file agreed to share it, and whatever shows Windows files to
//! Linux inherits it: DrvFs of WSL fails with EACCES, Docker for Windows with EBUSY. No race, but what
//! programs that replace files fall over there.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use rustix::io::Errno;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "busy-while-open",
    about: "rename and unlink of a file that is open fail with EACCES",
    source: "https://github.com/microsoft/WSL/issues/1529",
    sight: Sight { code: "semantic-difference", relaxations: &["spurious-errno"] },
    scenarios: &["rename-replace-vs-fstat-fstat", "unlink-vs-fstat-fstat"],
    window: Duration::ZERO,
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(BusyWhileOpen { trigger }),
};

struct BusyWhileOpen {
    trigger: Trigger,
}

impl Behaviour for BusyWhileOpen {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let files = match *request {
            Request::Unlink { parent, name } => [tree.find(parent, name), None],
            Request::Rename { from, to, .. } => {
                [tree.find(from.parent, from.name), tree.find(to.parent, to.name)]
            }
            _ => return Turn::Healthy,
        };
        let open = files.into_iter().flatten().any(|ino| tree.open_handles(ino) > 0);
        match open && self.trigger.strikes() {
            true => Turn::Answer(Err(Errno::ACCESS)),
            false => Turn::Healthy,
        }
    }
}
