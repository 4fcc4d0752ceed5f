//! What the search has seen the steps return, and what it has seen change.

use std::collections::{BTreeMap, BTreeSet};

use super::possible::{Changes, Possible, ReadAt};
use crate::content::{ContentItem, ContentTable, ItemSet};
use crate::model::{DirectoryLinks, Id, Name, Node, Program, State, Who};
use crate::ops::call::Call;
use crate::ops::data::Write;
use crate::ops::readdir::ScanOf;
use crate::outcome::{Kind, Returned};
use crate::plan::{Plan, StepId};

/// What the search has seen so far.
pub(super) struct Notes<'a> {
    plan: &'a Plan,
    program: &'a Program,
    contents: ContentTable,
    possible: Vec<Vec<Possible>>,
    /// Where each item was put.
    places: BTreeMap<u8, BTreeSet<u64>>,
    /// Items that were put at several places, so that a file can have parts of several writings.
    scattered: ItemSet,
    /// Whether tagged content was put at another place than its writer knew: then its bytes say
    /// nothing, and what they look like changes from one generation to the next.
    adrift: bool,
    /// Names that came, went or were replaced in some directory.
    touched: BTreeSet<Name>,
}

impl<'a> Notes<'a> {
    pub(super) fn new(plan: &'a Plan, program: &'a Program) -> Self {
        let longest = plan.actors.iter().map(|actor| actor.buffer).max().unwrap_or_default();
        Self {
            plan,
            program,
            contents: ContentTable::new(&plan.contents, longest),
            possible: Vec::new(),
            places: BTreeMap::new(),
            scattered: ItemSet::default(),
            adrift: false,
            touched: BTreeSet::new(),
        }
    }

    /// Nothing has been seen to be returned.
    pub(super) fn begin(&mut self) {
        let of = |actor| vec![Possible::default(); self.program.steps(actor).len()];
        self.possible = (0..self.program.actors()).map(of).collect();
    }

    /// Whether reads look different by what is known of the writes now.
    pub(super) fn look_again(&mut self) -> bool {
        let several = self.places.iter().filter(|(_, places)| places.len() > 1);
        let scattered: Vec<u8> = several.map(|(item, _)| *item).collect();
        let scattered = ItemSet::of(&scattered);
        let before = std::mem::replace(&mut self.scattered, scattered);
        before != scattered
    }

    /// What each step can show, per actor.
    pub(super) fn finish(mut self) -> Vec<Vec<Possible>> {
        for possible in self.possible.iter_mut().flatten() {
            if let Some(must) = &mut possible.must {
                must.retain(|name| !self.touched.contains(name));
            }
            if self.adrift {
                possible.bytes_say_nothing();
            }
        }
        self.possible
    }

    /// A step can look at a file while somebody else changes this about it.
    pub(super) fn meet(&mut self, actor: usize, step: StepId, what: Changes) {
        self.possible[actor][usize::from(step)].meanwhile.add(what);
    }

    /// A step led from one state to another.
    pub(super) fn changed(&mut self, before: &State, after: &State) {
        let entries = |state: &State| -> BTreeSet<(Id, Name, Id)> {
            let of = |id: Id| state.entries(id).iter().map(move |&(name, child)| (id, name, child));
            state.inodes.iter().flat_map(|inode| of(inode.id)).collect()
        };
        let (before, after) = (entries(before), entries(after));
        let differ = before.symmetric_difference(&after);
        self.touched.extend(differ.map(|&(_, name, _)| name));
    }

    /// A step in this state can return this.
    pub(super) fn returned(
        &mut self,
        who: &Who<'_>,
        state: &State,
        call: &Call,
        returned: &Returned,
    ) {
        let possible = &mut self.possible[who.actor][usize::from(who.step)];
        if let (Call::Read(call), Returned::Read(read)) = (call, returned) {
            let slot = state.slot(who.actor, call.slot.0).filter(|slot| slot.tracked);
            let position = slot.map(|slot| state.description(slot.description).offset);
            let at = ReadAt {
                offset: call.offset.or(position),
                asked: call.len as usize,
                contents: &self.contents,
                items: &self.plan.contents,
                scattered: self.scattered,
            };
            return possible.add_read(read, &at, &self.plan.sizes);
        }
        possible.add(returned, &self.plan.sizes);
        match (call, returned) {
            (Call::Write(call), Returned::Wrote(_)) => self.wrote(who, state, call),
            (Call::Readdir(call), Returned::Names(_)) => self.scanned(who, state, call.from),
            (_, Returned::Stat(stat)) => {
                let links = self.program.rules.directory_links;
                if stat.kind == Kind::Directory && links == DirectoryLinks::Unknown {
                    possible.links_are_unknown();
                }
            }
            _ => {}
        }
    }

    /// Notes where a write puts its item. As in the engine, a writer that does not know its offset
    /// tags as if it were 0.
    fn wrote(&mut self, who: &Who<'_>, state: &State, call: &Write) {
        let Some(slot) = state.slot(who.actor, call.slot.0) else { return };
        let open = state.description(slot.description);
        let end = match &state.inode(open.inode).node {
            Node::File(content) => content.len(),
            _ => 0,
        };
        let at = if open.append { end } else { call.offset.unwrap_or(open.offset) };
        let tagged_at = call.offset.unwrap_or(if slot.tracked { open.offset } else { 0 });
        let item = &self.plan.contents[usize::from(call.item)];
        self.adrift |= at != tagged_at && matches!(item, ContentItem::Tagged { .. });
        self.places.entry(call.item).or_default().insert(at);
    }

    fn scanned(&mut self, who: &Who<'_>, state: &State, from: ScanOf) {
        let directory = match from {
            ScanOf::Slot(slot) => state.opened(who.actor, slot.0).map(|open| open.inode),
            ScanOf::Place(place) => state.base(who, place.at).and_then(|base| {
                state.walk(who, base, who.path(place.name), true).ok()?.inode().ok()
            }),
        };
        let entries = directory.map_or(&[][..], |directory| state.entries(directory));
        let names: BTreeSet<Name> = entries.iter().map(|(name, _)| *name).collect();
        let must = &mut self.possible[who.actor][usize::from(who.step)].must;
        match must {
            Some(must) => must.retain(|name| names.contains(name)),
            None => *must = Some(names),
        }
    }
}
