//! `silly-rename`: a file that is unlinked while somebody has it open gets a hidden name.
//!
//! NFS knows files by their handles and has no open files without a name (before version 4.1), so its
//! clients rename such a file to `.nfs...` and remove it when it is closed. Until then its directory is not
//! empty.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Outcome, Place, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::{INodeNo, RenameFlags};
use rustix::io::Errno;
use std::collections::HashMap;
use std::ffi::OsString;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "silly-rename",
    about: "unlink of a file that is open renames it to .nfsXXXX, which goes with the last close",
    source: "https://github.com/nfs-ganesha/nfs-ganesha/issues/1170",
    sight: Sight { code: "semantic-difference", relaxations: &["silly-rename"] },
    scenarios: &["unlink-vs-fstat-fstat", "unlink-vs-open-fstat"],
    window: Duration::ZERO,
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(SillyRename { trigger, hidden: HashMap::new() }),
};

/// The client itself, which may do what its user may not.
const CLIENT: Who = Who { tid: 0, uid: 0, gid: 0 };

struct SillyRename {
    trigger: Trigger,
    /// Files that are to be removed, and under which names they wait for it.
    hidden: HashMap<INodeNo, (INodeNo, OsString)>,
}

impl Behaviour for SillyRename {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::Unlink { parent, name } = *request else { return Turn::Healthy };
        let Some(ino) = tree.find(parent, name) else { return Turn::Healthy };
        let last = tree.attributes(ino).is_some_and(|attr| attr.nlink == 1);
        if self.hidden.contains_key(&ino) {
            return Turn::Answer(Err(Errno::BUSY));
        }
        if !last || tree.open_handles(ino) == 0 || !self.trigger.strikes() {
            return Turn::Healthy;
        }
        let hidden = OsString::from(format!(".nfs{:016x}", ino.0));
        let from = Place { parent, name };
        let to = Place { parent, name: &hidden };
        let outcome = tree.apply(who, &Request::Rename { from, to, flags: RenameFlags::empty() });
        if outcome.is_ok() {
            self.hidden.insert(ino, (parent, hidden));
        }
        Turn::Answer(outcome)
    }

    fn after(&mut self, _who: Who, request: &Request<'_>, tree: &mut Tree, _: &mut Outcome) {
        if let Request::Release { .. } = request {
            self.hidden.retain(|ino, (parent, name)| {
                let open = tree.open_handles(*ino) > 0;
                if !open {
                    // It may be gone with its directory.
                    let _ = tree.apply(CLIENT, &Request::Unlink { parent: *parent, name });
                }
                open
            });
        }
    }
}
