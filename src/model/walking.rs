//! Paths that are resolved component by component, each at a moment of its own.
//!
//! Linux resolves the paths of a call one after the other, and each from its first component to its
//! last. Then it acts: on the file that it has found, or, to make or remove a name, on the
//! directory, where it looks once more.

use super::path::{Name, Path};
use super::program::Who;
use super::state::{Id, Node, State};
use super::walk::{Found, LINKS, Walked};
use crate::ops::call::{ActsOn, Call, Lookup};

/// A call that has resolved some components of its paths.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Walking {
    /// How far its paths are, but for those that it has not begun.
    legs: Vec<Leg>,
}

/// How far one path is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Leg {
    /// Components are left.
    At {
        directory: Id,
        rest: Vec<Name>,
        /// Symbolic links that may still be followed.
        links: u32,
    },
    /// None is, and what the path leads to is settled.
    To(Found),
}

impl Walking {
    /// A call that resolves the next component at this moment. `None` where there is none, or where it
    /// is not there: the call acts then, or fails, at this moment.
    pub fn step(&self, call: &Call, who: &Who<'_>, state: &State) -> Option<Self> {
        let mut legs = self.legs.clone();
        for (place, lookup) in call.lookups().iter().enumerate() {
            if place == legs.len() {
                legs.push(Leg::begin(lookup, who, state)?);
            }
            if !legs[place].is_ready(lookup) {
                legs[place] = legs[place].step(lookup, who, state)?;
                return Some(Self { legs });
            }
        }
        None
    }

    /// Where the paths lead when the call acts at this moment. `None` while a descriptor that one is
    /// relative to is not open.
    pub fn leads_to(&self, call: &Call, who: &Who<'_>, state: &State) -> Option<Vec<Walked>> {
        let lookups = call.lookups();
        let ends = lookups.iter().enumerate().map(|(place, lookup)| {
            let leg = match self.legs.get(place) {
                Some(leg) => leg.clone(),
                None => Leg::begin(lookup, who, state)?,
            };
            Some(leg.end(lookup, who, state))
        });
        ends.collect()
    }

    /// The inodes that must stay in the state while the call is under way.
    pub fn held(&self) -> impl Iterator<Item = Id> {
        let held = self.legs.iter().flat_map(|leg| match *leg {
            Leg::At { directory, .. } | Leg::To(Found::Base(directory)) => [Some(directory), None],
            Leg::To(Found::Entry { parent, inode, .. }) => [Some(parent), inode],
        });
        held.flatten()
    }

    /// The same with other numbers for the inodes.
    pub fn renamed(&self, new: impl Fn(Id) -> Id) -> Self {
        let legs = self.legs.iter().map(|leg| match leg {
            Leg::At { directory, rest, links } => {
                Leg::At { directory: new(*directory), rest: rest.clone(), links: *links }
            }
            Leg::To(Found::Base(directory)) => Leg::To(Found::Base(new(*directory))),
            Leg::To(Found::Entry { parent, name, inode }) => {
                let (parent, inode) = (new(*parent), inode.map(&new));
                Leg::To(Found::Entry { parent, name: *name, inode })
            }
        });
        Self { legs: legs.collect() }
    }
}

impl Leg {
    fn begin(lookup: &Lookup, who: &Who<'_>, state: &State) -> Option<Self> {
        let directory = state.base(who, lookup.place.at)?;
        let rest = who.path(lookup.place.name).0.clone();
        Some(Self::of(directory, rest, LINKS))
    }

    fn of(directory: Id, rest: Vec<Name>, links: u32) -> Self {
        if rest.is_empty() {
            Self::To(Found::Base(directory))
        } else {
            Self::At { directory, rest, links }
        }
    }

    /// Whether the call goes on to its next path. Names that are made or removed are looked up when
    /// it acts.
    fn is_ready(&self, lookup: &Lookup) -> bool {
        match self {
            Self::At { rest, .. } => rest.len() == 1 && lookup.acts_on == ActsOn::Entry,
            Self::To(_) => true,
        }
    }

    fn step(&self, lookup: &Lookup, who: &Who<'_>, state: &State) -> Option<Self> {
        let Self::At { directory, rest, links } = self else { return None };
        let (&name, after) = rest.split_first()?;
        let inode = state.look_up(who, *directory, name).ok()??;
        match state.inode(inode).node {
            Node::Symlink(text) if lookup.follow || !after.is_empty() => {
                let links = links.checked_sub(1)?;
                let rest = [who.program.target(text).0.as_slice(), after].concat();
                Some(Self::of(*directory, rest, links))
            }
            _ if after.is_empty() => {
                Some(Self::To(Found::Entry { parent: *directory, name, inode: Some(inode) }))
            }
            _ => Some(Self::of(inode, after.to_vec(), *links)),
        }
    }

    fn end(self, lookup: &Lookup, who: &Who<'_>, state: &State) -> Walked {
        match self {
            Self::At { directory, rest, links } => {
                state.walk_on(who, directory, &Path(rest), lookup.follow, &mut { links })
            }
            Self::To(found) => Ok(found),
        }
    }
}
