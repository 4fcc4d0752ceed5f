//! `empty-link`: the text of a symbolic link is gone before its name is.
//!
//! A path walk that holds no reference can be reading the text of a link (ext4 in 2022, btrfs on Linux 6.18) that
//! loses its last name, and with it the text. What is left of the text is then followed: nothing, which leads to
//! the directory in which the link is.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::FileType;
use std::ffi::OsString;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "empty-link",
    about: "a symbolic link that unlink or rename removes has no text for the window before",
    source: "https://www.spinics.net/lists/linux-xfs/msg58079.html",
    sight: Sight { code: "forbidden-outcome", relaxations: &["empty-link"] },
    scenarios: &["rename-symlink-vs-readlink"],
    window: Duration::from_micros(300),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(EmptyLink { trigger }),
};

struct EmptyLink {
    trigger: Trigger,
}

impl Behaviour for EmptyLink {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let removed = match *request {
            Request::Unlink { parent, name } => tree.find(parent, name),
            Request::Rename { to, flags, .. } if flags.is_empty() => tree.find(to.parent, to.name),
            _ => None,
        };
        let attributes = removed.and_then(|ino| tree.attributes(ino));
        let link = attributes.filter(|attr| attr.kind == FileType::Symlink && attr.nlink == 1);
        let Some(link) = link.filter(|_| self.trigger.strikes()) else { return Turn::Healthy };
        let Some(text) = tree.swap_text(link.ino, OsString::new()) else { return Turn::Healthy };
        Turn::later(self.trigger.window(), move |tree| {
            let outcome = tree.apply(who, request);
            if outcome.is_err() {
                tree.swap_text(link.ino, text);
            }
            Turn::Answer(outcome)
        })
    }
}
