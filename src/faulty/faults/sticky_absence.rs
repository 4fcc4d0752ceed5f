//! `sticky-absence`: a name that somebody looked up while it was replaced is absent for them from then on.
//!
//! Filestore of NBS, through virtiofs: the client that met the replacement got ENOENT, its cache kept
//! that answer, and the name stayed absent for it for up to 15 seconds, while all others saw the file.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::{Recent, Trigger};
use fuser::INodeNo;
use rustix::io::Errno;
use std::collections::HashMap;
use std::ffi::OsString;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "sticky-absence",
    about: "who looks a name up while a rename replaces it is told ENOENT, and goes on to be \
            told so for the window, or until the name changes again",
    source: "https://github.com/ydb-platform/nbs/issues/7151",
    sight: Sight { code: "unexpected-errno", relaxations: &["spurious-errno"] },
    scenarios: &["rename-replace-vs-stat-stat", "rename-replace-vs-open-read"],
    window: Duration::from_millis(10),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| {
        Box::new(StickyAbsence { absent: Recent::new(&trigger), trigger, replaced: HashMap::new() })
    },
};

/// Whose cache it is, and the name.
type Key = (u32, INodeNo, OsString);

struct StickyAbsence {
    trigger: Trigger,
    /// Names that are being replaced, with the file that will have them.
    replaced: HashMap<(INodeNo, OsString), INodeNo>,
    /// Names that are taken for absent, for as long as they lead to this file.
    absent: Recent<Key, INodeNo>,
}

impl Behaviour for StickyAbsence {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::Rename { from, to, .. } => {
                let (source, target) =
                    (tree.find(from.parent, from.name), tree.find(to.parent, to.name));
                if let (Some(source), Some(_), true) = (source, target, self.trigger.strikes()) {
                    self.replaced.insert((to.parent, to.name.to_owned()), source);
                    // A part of the window, in which others can meet it.
                    return Turn::later(self.trigger.window() / 32, |_| Turn::Healthy);
                }
            }
            Request::Lookup { parent, name } => {
                let place = (parent, name.to_owned());
                let key = (who.tid, parent, name.to_owned());
                if let Some(&source) = self.replaced.get(&place) {
                    self.absent.happens(key, source);
                    return Turn::Answer(Err(Errno::NOENT));
                }
                if let Some(&file) = self.absent.just_now(&key) {
                    if tree.find(parent, name) == Some(file) {
                        return Turn::Answer(Err(Errno::NOENT));
                    }
                }
            }
            _ => {}
        }
        Turn::Healthy
    }

    fn after(&mut self, _who: Who, request: &Request<'_>, _tree: &mut Tree, _: &mut Outcome) {
        if let Request::Rename { to, .. } = request {
            self.replaced.remove(&(to.parent, to.name.to_owned()));
        }
    }
}
