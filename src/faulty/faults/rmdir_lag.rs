//! `rmdir-lag`: a directory is dead before its name is gone.
//!
//! Linux marks the inode as dead, and takes the name out of the cache afterwards, so that a call which
//! could make nothing in the directory is followed by one that finds it: some tens of nanoseconds on a
//! filesystem of the kernel, a round trip on one whose names and inodes are on different servers.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "rmdir-lag",
    about: "rmdir lets nothing be made in the directory any more, and removes its name after the window",
    source: "https://github.com/ocaml-multicore/multicoretests/pull/294",
    sight: Sight { code: "forbidden-outcome", relaxations: &["rmdir-lag"] },
    scenarios: &["rmdir-vs-create-below-stat"],
    window: Duration::from_micros(300),
    one_in: 1,
    client: Client { apart: true, ..Client::HONEST },
    plant: |trigger| Box::new(RmdirLag { trigger }),
};

struct RmdirLag {
    trigger: Trigger,
}

impl Behaviour for RmdirLag {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::RmDir { parent, name } = *request else { return Turn::Healthy };
        let Some(directory) = tree.find(parent, name) else { return Turn::Healthy };
        let links = |ino| tree.attributes(ino).map_or(0, |attr| attr.nlink);
        let (own, above) = (links(directory), links(parent));
        if own != 2 || !tree.names(directory).is_empty() || !self.trigger.strikes() {
            return Turn::Healthy;
        }
        tree.set_links(directory, 0);
        tree.set_links(parent, above - 1);
        Turn::later(self.trigger.window(), move |tree| {
            // The rmdir takes them away itself; but others have gone on meanwhile, and may have removed it.
            let now = tree.attributes(parent).map_or(0, |attr| attr.nlink);
            tree.set_links(parent, now + 1);
            if tree.find(parent, name) == Some(directory) {
                tree.set_links(directory, own);
            }
            Turn::Healthy
        })
    }
}
