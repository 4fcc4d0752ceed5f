//! What a fault is: a description for people and a behaviour for the server.

use super::request::{Outcome, Request, Who};
use super::tree::Tree;
use std::fmt;
use std::time::Duration;

/// A bug that can be planted in the faulty filesystem.
pub struct Fault {
    /// Kebab-case name, as on the command line.
    pub name: &'static str,
    /// What goes wrong and when, in one sentence.
    pub about: &'static str,
    /// Where the bug was seen on a real system.
    pub source: &'static str,
    /// Code of the detector that must report it.
    pub detector: &'static str,
    /// Makes the behaviour for one mount.
    pub(super) plant: fn(&Options) -> Box<dyn Behaviour>,
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault").field("name", &self.name).field("detector", &self.detector).finish()
    }
}

/// What a mount can be told.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long after a removal a fault still takes it for just now.
    pub window: Duration,
    /// Seed of the generator behind every probability.
    pub seed: u64,
    /// Bytes of file content before writes fail with ENOSPC.
    pub capacity: u64,
}

impl Default for Options {
    fn default() -> Self {
        // The window must cover a recreating reader: its open fails, it sleeps 1 us (which takes
        // 60 us), it creates; each step is a round trip to this server on a machine that is busy.
        Self { window: Duration::from_millis(10), seed: 0, capacity: 1 << 30 }
    }
}

/// How a fault acts: it sees every request before and after the healthy tree has answered it, in
/// the same critical section, and may answer instead.
///
/// Two general hooks and not one for each thing that can go wrong, so that a new fault is a new
/// file and changes nothing else. The tree is there to look into and also to act on: a fault can
/// apply a request of its own, part of the one at hand, or the one before it once more.
pub(super) trait Behaviour: Send {
    /// Answers in place of the tree, which then does nothing.
    fn before(&mut self, _who: Who, _request: &Request<'_>, _tree: &mut Tree) -> Option<Outcome> {
        None
    }

    /// Changes the answer that the tree has given; what the tree has done stays done.
    fn after(
        &mut self,
        _who: Who,
        _request: &Request<'_>,
        _tree: &mut Tree,
        _outcome: &mut Outcome,
    ) {
    }
}

/// No fault. The healthy filesystem runs the hooks too, so that it differs in nothing else.
pub(super) struct Healthy;

impl Behaviour for Healthy {}
