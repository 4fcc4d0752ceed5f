//! `nlink-high`: a link count that is read, and written back when it is no longer true.
//!
//! SeaweedFS kept the link count in the entry of every name. Two unlinks loaded the entry, took one
//! from the count that each had loaded, and wrote it back: of three links one was left, with a
//! count of 2. Curve had the same.
//!
//! The VFS lets only one call at a time change the links of a file, so that through one mount two
//! unlinks never overlap at the server. A look at the file does overlap with one: here it is that
//! which loads the entry and writes it back into the cache from which all others are answered.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::FileType;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "nlink-high",
    about: "a stat of a file with several links writes the link count that it has read back after \
            the window, over what an unlink has made of it meanwhile",
    source: "https://github.com/seaweedfs/seaweedfs/pull/9064",
    sight: Sight { code: "nlink-wrong", relaxations: &["nlink-stale"] },
    scenarios: &["unlink-vs-unlink-vs-stat-stat"],
    window: Duration::from_micros(500),
    one_in: 2,
    client: Client::HONEST,
    plant: |trigger| Box::new(NlinkHigh { trigger }),
};

struct NlinkHigh {
    trigger: Trigger,
}

impl Behaviour for NlinkHigh {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::GetAttr { ino } = *request else { return Turn::Healthy };
        let Some(loaded) = tree.attributes(ino) else { return Turn::Healthy };
        let several = loaded.kind == FileType::RegularFile && loaded.nlink > 1;
        if !several || !self.trigger.strikes() {
            return Turn::Healthy;
        }
        Turn::later(self.trigger.window(), move |tree| {
            // What has lost its last name is gone from the cache too.
            if tree.attributes(ino).is_some_and(|now| (1..loaded.nlink).contains(&now.nlink)) {
                tree.set_links(ino, loaded.nlink);
            }
            Turn::Healthy
        })
    }
}
