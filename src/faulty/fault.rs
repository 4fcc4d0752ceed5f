//! What a fault is: a description for people and a behaviour for the server.

use super::request::{Outcome, Request, Who};
use super::tree::Tree;
use super::trigger::Trigger;
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
    /// What it must be reported as.
    pub sight: Sight,
    /// Names of the built-in scenarios that show it, the best one first.
    pub scenarios: &'static [&'static str],
    /// For how long one strike of it lasts, or how long ago may be what it takes for just now. Zero
    /// if time plays no part in it.
    pub window: Duration,
    /// It strikes one time in so many when it could.
    pub one_in: u64,
    /// What the kernel may do by itself while the fault is armed.
    pub(super) client: Client,
    /// Makes the behaviour for one mount.
    pub(super) plant: fn(Trigger) -> Box<dyn Behaviour>,
}

/// What a report says about a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Code of the detector.
    pub code: &'static str,
    /// The relaxations that together explain it, in the order in which a report names them. None
    /// where nothing explains it, and in free mode, where none is named.
    pub relaxations: &'static [&'static str],
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault").field("name", &self.name).field("sight", &self.sight).finish()
    }
}

/// What the kernel's side of the filesystem may do by itself. The healthy filesystem lets it do
/// nothing: see `protocol`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Client {
    /// How long it may believe that a name leads where it led, or nowhere.
    pub(super) names: Duration,
    /// How long it may believe the attributes of a file.
    pub(super) attributes: Duration,
    /// Whether it keeps the content of open files.
    pub(super) content: bool,
    /// Whether byte-range locks are asked of the server, which otherwise hears nothing of them.
    pub(super) locks: bool,
    /// Whether it says when a descriptor is closed, as it must where the server keeps locks.
    pub(super) closes: bool,
}

impl Client {
    /// It remembers nothing.
    pub(super) const HONEST: Self = Self {
        names: Duration::ZERO,
        attributes: Duration::ZERO,
        content: false,
        locks: false,
        closes: false,
    };
}

/// What a mount can be told.
#[derive(Clone, Debug)]
pub struct Options {
    /// In place of the fault's own [`Fault::window`].
    pub window: Option<Duration>,
    /// In place of the fault's own [`Fault::one_in`].
    pub one_in: Option<u64>,
    /// Whether the fault strikes at all. Disarmed, it is its own healthy twin: the same code runs,
    /// and nothing comes of it.
    pub armed: bool,
    /// Seed of the generator behind every probability.
    pub seed: u64,
    /// Bytes of file content before writes fail with ENOSPC.
    pub capacity: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { window: None, one_in: None, armed: true, seed: 0, capacity: 1 << 30 }
    }
}

impl Fault {
    /// The behaviour on a mount with these options.
    pub(super) fn planted(&self, options: &Options) -> Box<dyn Behaviour> {
        (self.plant)(Trigger::new(
            options.armed,
            options.window.unwrap_or(self.window),
            options.one_in.unwrap_or(self.one_in),
            options.seed,
        ))
    }

    /// What the kernel may do on a mount with these options. Disarmed, it has nothing to remember;
    /// what it asks of the server stays the same.
    pub(super) fn client(&self, options: &Options) -> Client {
        let window = |given: Duration| match options.window {
            Some(window) if !given.is_zero() => window,
            _ => given,
        };
        match options.armed {
            true => Client {
                names: window(self.client.names),
                attributes: window(self.client.attributes),
                ..self.client
            },
            false => {
                let Client { locks, closes, .. } = self.client;
                Client { locks, closes, ..Client::HONEST }
            }
        }
    }
}

/// What is to become of a request.
pub(super) enum Turn<'r> {
    /// The healthy tree answers it.
    Healthy,
    /// This is the answer, and the tree does nothing.
    Answer(Outcome),
    /// So much has been done; after this long, in which other requests are served, it goes on.
    Later(Duration, Rest<'r>),
}

/// How a request goes on.
pub(super) type Rest<'r> = Box<dyn FnOnce(&mut Tree) -> Turn<'r> + Send + 'r>;

impl<'r> Turn<'r> {
    /// Goes on after `wait`.
    pub(super) fn later(
        wait: Duration,
        rest: impl FnOnce(&mut Tree) -> Turn<'r> + Send + 'r,
    ) -> Self {
        Self::Later(wait, Box::new(rest))
    }
}

/// How a fault acts: it sees every request before and after the healthy tree has answered it, in
/// the same critical section, and may answer instead, or let others in between two halves.
///
/// Two general hooks and not one for each thing that can go wrong, so that a new fault is a new
/// file and changes nothing else. The tree is there to look into and also to act on: a fault can
/// apply a request of its own, part of the one at hand, or the one before it once more.
pub(super) trait Behaviour: Send {
    /// Decides who answers.
    fn before<'r>(&mut self, _who: Who, _request: &'r Request<'r>, _tree: &mut Tree) -> Turn<'r> {
        Turn::Healthy
    }

    /// Changes the answer, whoever gave it; what the tree has done stays done.
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
