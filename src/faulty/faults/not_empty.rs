//! `not-empty`: a directory whose last name has been removed is said not to be empty.
//!
//! CTE, the filesystem of clio-core: `rm -r` during a stress test removed every entry of a directory, each
//! with success, and then could not remove the directory. What it lists and what it thinks is in a
//! directory are kept apart, and an unlink had not come to both.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::{FileHandle, INodeNo};
use rustix::io::Errno;
use std::collections::HashMap;
use std::ffi::OsString;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "not-empty",
    about: "rmdir fails with ENOTEMPTY if a scan is under way that began before the last name was removed",
    source: "https://github.com/iowarp/clio-core/issues/1029",
    sight: Sight { code: "unexpected-errno", relaxations: &["silly-rename"] },
    scenarios: &["unlink-rmdir-vs-readdir"],
    window: Duration::from_micros(200),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(NotEmpty { trigger, scans: HashMap::new() }),
};

struct NotEmpty {
    trigger: Trigger,
    /// Scans that are under way: the directory, and the names that they have found.
    scans: HashMap<FileHandle, (INodeNo, Vec<OsString>)>,
}

impl Behaviour for NotEmpty {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::ReadDir { ino, handle, offset: 0 } => {
                self.scans.insert(handle, (ino, tree.names(ino)));
                if self.trigger.strikes() {
                    let outcome = tree.apply(who, request);
                    return Turn::later(self.trigger.window(), |_| Turn::Answer(outcome));
                }
            }
            Request::Release { handle } => drop(self.scans.remove(&handle)),
            Request::RmDir { parent, name } => {
                let directory = tree.find(parent, name);
                let counted = self
                    .scans
                    .values()
                    .any(|(scanned, names)| Some(*scanned) == directory && !names.is_empty());
                if counted && self.trigger.strikes() {
                    return Turn::Answer(Err(Errno::NOTEMPTY));
                }
            }
            _ => {}
        }
        Turn::Healthy
    }
}
