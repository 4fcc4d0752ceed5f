//! Paths that are resolved at one moment and acted on at a later one.
//!
//! Linux resolves a path component by component, looks up the last one, and then acts: on the file
//! that it has found, or, to make or remove a name, on the directory, where it looks again.

use super::path::Path;
use super::program::{Resolved, Who};
use super::state::{Id, State};
use super::walk::Found;
use crate::ops::call::{ActsOn, Call, Lookup};

/// A call whose paths are resolved.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Walking {
    /// Where each path led.
    pub found: Vec<Found>,
    /// Whether what the last components lead to is settled, too.
    pub looked_up: bool,
}

impl Walking {
    /// Resolves the paths up to their last components. `None` where one leads nowhere: the call
    /// fails then, at that moment.
    pub fn begin(call: &Call, who: &Who<'_>, state: &State) -> Option<Self> {
        let lookups = call.lookups();
        let resolve = |lookup: &Lookup| {
            let base = state.base(who, lookup.place.at)?;
            state.walk(who, base, who.path(lookup.place.name), lookup.follow).ok()
        };
        let found = lookups.iter().map(resolve).collect::<Option<Vec<_>>>()?;
        (!found.is_empty()).then_some(Self { found, looked_up: false })
    }

    /// Looks up the last components at this moment; `None` where there is nothing to settle.
    pub fn look_up(&self, call: &Call, state: &State) -> Option<Self> {
        let acts_on_names = call.lookups().iter().all(|lookup| lookup.acts_on == ActsOn::Entry);
        let found = self.found.iter().map(|&one| again(state, one)).collect();
        (!self.looked_up && !acts_on_names).then_some(Self { found, looked_up: true })
    }

    /// Where the paths lead when the call acts at this moment.
    pub fn leads_to(&self, call: &Call, state: &State) -> Vec<Found> {
        let lead = |(lookup, &then): (&Lookup, &Found)| {
            let there = !matches!(then, Found::Entry { inode: None, .. });
            let settled = self.looked_up
                && match lookup.acts_on {
                    ActsOn::Inode => true,
                    // Names that are made or removed are looked up once more.
                    ActsOn::Entry => false,
                    ActsOn::Either => there,
                };
            if settled { then } else { again(state, then) }
        };
        call.lookups().iter().zip(&self.found).map(lead).collect()
    }

    /// The inodes that must stay in the state while the call is under way.
    pub fn held(&self) -> impl Iterator<Item = Id> {
        self.found
            .iter()
            .flat_map(|found| match *found {
                Found::Base(directory) => [Some(directory), None],
                Found::Entry { parent, inode, .. } => [Some(parent), inode],
            })
            .flatten()
    }
}

/// The paths of a call as resolved to these places; `None` while a descriptor that one is relative
/// to is not open.
pub fn resolved<'a>(
    call: &Call,
    who: &Who<'a>,
    state: &State,
    found: &[Found],
) -> Option<Vec<Resolved<'a>>> {
    let resolve = |(lookup, &found): (&Lookup, &Found)| {
        let path: &'a Path = who.path(lookup.place.name);
        Some(Resolved { base: state.base(who, lookup.place.at)?, path, found })
    };
    call.lookups().iter().zip(found).map(resolve).collect()
}

/// Where a last component leads at this moment.
fn again(state: &State, found: Found) -> Found {
    match found {
        Found::Base(_) => found,
        Found::Entry { parent, name, .. } => {
            Found::Entry { parent, name, inode: state.entry(parent, name) }
        }
    }
}
