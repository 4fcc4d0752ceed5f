//! Which client directory each process works in.
//!
//! A client stands for a machine, and a process is on one machine: its byte-range locks are its own
//! there, and what it has looked at is remembered there.

use super::draft::Instance;
use super::{ActorPlan, Plan};

/// The client of each process, where `given` client directories are there (the target is one).
///
/// A scenario that binds some of its actors means the others to be on the target. One that binds
/// none is dealt out, process by process, so that it is raced between all clients.
pub(super) fn deal(
    instances: &[Instance<'_>],
    processes: &[Vec<usize>],
    given: usize,
) -> Vec<usize> {
    let bound = |members: &Vec<usize>| {
        let mut clients = members.iter().filter_map(|&index| instances[index].actor.client);
        clients.next().map(|client| client as usize)
    };
    let bound: Vec<Option<usize>> = processes.iter().map(bound).collect();
    if bound.iter().any(Option::is_some) {
        return bound.into_iter().map(Option::unwrap_or_default).collect();
    }
    (0..processes.len()).map(|process| process % given.max(1)).collect()
}

impl Plan {
    /// How many client directories it needs, the target included.
    pub fn clients(&self) -> usize {
        self.actors.iter().map(|actor| actor.client + 1).max().unwrap_or(1)
    }

    /// Whether some actor works in another client directory than the target.
    pub fn is_spread(&self) -> bool {
        self.actors.iter().any(ActorPlan::is_elsewhere)
    }

    /// Whether its actors work in more than one client directory, so that clients are raced.
    pub fn races_clients(&self) -> bool {
        self.actors.iter().any(|actor| actor.client != self.actors[0].client)
    }

    /// The client directory that a process works in.
    pub fn client_of(&self, process: usize) -> usize {
        let first = self.processes[process].first();
        first.map_or(0, |&actor| self.actors[actor].client)
    }
}

impl ActorPlan {
    /// Whether it works in another client directory than the target.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.client > 0
    }
}
