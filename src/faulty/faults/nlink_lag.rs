//! `nlink-lag`: the link count falls before the name is gone.
//!
//! A name is in the directory, the count in the inode, and a stat takes neither's lock. So on every
//! Linux filesystem the two change at different moments of one unlink, some tens of nanoseconds
//! apart; on one whose directory and inode are on different servers, as in Curve, a round trip apart.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "nlink-lag",
    about: "unlink lowers the link count first and removes the name after the window",
    source: "https://github.com/opencurve/curve/issues/2998",
    sight: Sight { code: "nlink-wrong", relaxations: &["nlink-lag"] },
    scenarios: &["unlink-vs-stat-kept-stat-gone"],
    window: Duration::from_micros(300),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(NlinkLag { trigger }),
};

struct NlinkLag {
    trigger: Trigger,
}

impl Behaviour for NlinkLag {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::Unlink { parent, name } = *request else { return Turn::Healthy };
        let Some(ino) = tree.find(parent, name) else { return Turn::Healthy };
        let links = tree.attributes(ino).map_or(0, |attr| attr.nlink);
        if links < 2 || !self.trigger.strikes() {
            return Turn::Healthy;
        }
        tree.set_links(ino, links - 1);
        Turn::later(self.trigger.window(), move |tree| {
            // Nobody else changes it meanwhile: the kernel holds the lock of the file. The unlink
            // takes its link away itself.
            tree.set_links(ino, links);
            Turn::Healthy
        })
    }
}
