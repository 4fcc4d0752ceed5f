//! `hang`: who looks a name up while it is being removed does not come back.
//!
//! On an NFS mount of macOS, programs that open, unlink and create the same few names stopped in
//! calls that never returned: each waited for something that only another could release.
//!
//! Here the call comes back after twelve seconds, so that the filesystem can be unmounted, and only
//! one hangs at a time, so that others are served.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::{Recent, Trigger};
use fuser::INodeNo;
use std::ffi::OsString;
use std::time::{Duration, Instant};

pub(super) static FAULT: Fault = Fault {
    name: "hang",
    about: "unlink takes the window, and a lookup of the name that comes meanwhile does not return \
            for 12 s",
    source: "https://github.com/macos-fuse-t/fuse-t/issues/112",
    sight: Sight { code: "hang", relaxations: &[] },
    scenarios: &["five-names"],
    window: Duration::from_micros(200),
    one_in: 4,
    client: Client::HONEST,
    plant: |trigger| {
        Box::new(Hang { removed: Recent::new(&trigger), trigger, hanging_since: None })
    },
};

/// Longer than a call may take before it counts as one that hangs.
const FOR_EVER: Duration = Duration::from_secs(12);

struct Hang {
    trigger: Trigger,
    removed: Recent<(INodeNo, OsString)>,
    hanging_since: Option<Instant>,
}

impl Behaviour for Hang {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, _tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::Unlink { parent, name } if self.trigger.strikes() => {
                self.removed.happens((parent, name.to_owned()), ());
                Turn::later(self.trigger.window(), |_| Turn::Healthy)
            }
            Request::Lookup { parent, name } => {
                let hangs = self.hanging_since.is_some_and(|since| since.elapsed() < FOR_EVER);
                if hangs || self.removed.just_now(&(parent, name.to_owned())).is_none() {
                    return Turn::Healthy;
                }
                self.hanging_since = Some(Instant::now());
                Turn::later(FOR_EVER, |_| Turn::Healthy)
            }
            _ => Turn::Healthy,
        }
    }
}
