//! `rename-busy`: a file cannot be renamed while somebody opens it.
//!
//! Windows refuses to rename what another has open, and so did the drives of Windows under WSL
//! (drvfs): programs that save by rename failed whenever an indexer or an editor looked at the file
//! at that moment.
//!
//! There it was so for as long as the file was open. Here only an open that is under way is in the
//! way, so that it takes a race.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::{Recent, Trigger};
use fuser::INodeNo;
use rustix::io::Errno;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "rename-busy",
    about: "open takes the window, and a rename of the file, or onto it, that comes meanwhile fails \
            with EACCES",
    source: "https://github.com/microsoft/WSL/issues/1529",
    sight: Sight { code: "unexpected-errno", relaxations: &["spurious-errno"] },
    scenarios: &["rename-replace-vs-open-read", "rename-vs-open-write"],
    window: Duration::from_micros(300),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(RenameBusy { opening: Recent::new(&trigger), trigger }),
};

struct RenameBusy {
    trigger: Trigger,
    opening: Recent<INodeNo>,
}

impl Behaviour for RenameBusy {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::Open { ino, .. } if self.trigger.strikes() => {
                self.opening.happens(ino, ());
                Turn::later(self.trigger.window(), |_| Turn::Healthy)
            }
            Request::Rename { from, to, .. } => {
                let files = [from, to].map(|place| tree.find(place.parent, place.name));
                let busy = files.iter().flatten().any(|ino| self.opening.just_now(ino).is_some());
                if busy { Turn::Answer(Err(Errno::ACCESS)) } else { Turn::Healthy }
            }
            _ => Turn::Healthy,
        }
    }
}
