//! What an actor carries from step to step: its descriptors, names and buffers.

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::call::{Directory, NameId, SlotId};
use super::detail::Detail;
use crate::content::ContentTable;
use crate::plan::{ActorPlan, NamePiece};
use crate::sys::stall::{Room, Stalls};

/// The state of one actor between its steps. Everything is allocated before the start.
#[derive(Debug)]
pub struct Caller<'a> {
    root: OwnedFd,
    slots: Vec<Slot>,
    open: usize,
    names: Vec<Name>,
    /// Indices of the names that every iteration fills in.
    with_holes: Vec<usize>,
    randoms: Vec<(u64, u64)>,
    rng: Xoshiro256PlusPlus,
    /// Iterations begun so far, less one.
    pub iteration: u64,
    /// Where reads and scans put their bytes.
    pub buffer: Room,
    /// Writes and recognises contents.
    pub contents: &'a ContentTable,
    /// Where the details of a step go; `None` where nobody wants them.
    pub detail: Option<Detail>,
}

/// One named descriptor of an actor.
#[derive(Debug, Default)]
pub struct Slot {
    fd: Option<OwnedFd>,
    /// Inherited: never closed by the actor.
    shared: bool,
    /// Device, inode and file type that the first fstat gave.
    pub identity: Option<(u64, u64, u32)>,
    /// File offset; `None` where this actor cannot know it (O_APPEND, shared, duplicated).
    pub position: Option<u64>,
}

#[derive(Debug)]
struct Name {
    text: CString,
    /// Empty for a name without holes.
    pieces: Vec<NamePiece>,
}

impl<'a> Caller<'a> {
    /// Prepares an actor that works beneath `root`; `shared` are the descriptors that its plan
    /// inherits, `seed` fixes its random names.
    ///
    /// # Errors
    /// A shared descriptor that cannot be duplicated.
    pub fn new(
        plan: &ActorPlan,
        root: OwnedFd,
        shared: &[BorrowedFd<'_>],
        contents: &'a ContentTable,
        seed: u64,
    ) -> io::Result<Self> {
        let mut slots: Vec<Slot> = (0..plan.slots.len()).map(|_| Slot::default()).collect();
        for (slot, fd) in slots.iter_mut().zip(shared) {
            // One descriptor for each actor, all on the one open file description.
            *slot = Slot { fd: Some(fd.try_clone_to_owned()?), shared: true, ..Slot::default() };
        }
        let names: Vec<Name> = plan.names.iter().map(|pieces| Name::new(pieces)).collect();
        let holes = names.iter().enumerate().filter(|(_, name)| !name.pieces.is_empty());
        Ok(Self {
            root,
            slots,
            open: 0,
            with_holes: holes.map(|(index, _)| index).collect(),
            names,
            randoms: plan.randoms.iter().map(|&below| (below, 0)).collect(),
            rng: Xoshiro256PlusPlus::seed_from_u64(seed),
            iteration: 0,
            buffer: Room::new(plan.buffer),
            contents,
            detail: None,
        })
    }

    /// Has its buffer in memory of which pages can be held back.
    pub fn stall_by(&mut self, stalls: &Stalls) {
        self.buffer = Room::late(self.buffer.len(), stalls);
    }

    /// Works beneath another directory from now on.
    pub fn move_to(&mut self, root: OwnedFd) {
        self.root = root;
    }

    /// Draws the random numbers of an iteration and fills in every name that has holes.
    #[inline]
    pub fn begin_iteration(&mut self, iteration: u64) {
        self.iteration = iteration;
        for (below, drawn) in &mut self.randoms {
            *drawn = self.rng.random_range(0..*below);
        }
        for &index in &self.with_holes {
            self.names[index].fill(iteration, &self.randoms);
        }
    }

    /// Closes what an iteration left open; returns whether there was anything.
    pub fn end_iteration(&mut self) -> bool {
        if self.open == 0 {
            return false;
        }
        for slot in self.slots.iter_mut().filter(|slot| !slot.shared) {
            slot.fd = None;
        }
        self.open = 0;
        true
    }

    /// Puts a shared descriptor into a slot: it stays open until [`Caller::unshare`].
    pub fn share(&mut self, index: usize, fd: OwnedFd) {
        if let Some(slot) = self.slots.get_mut(index) {
            *slot = Slot { fd: Some(fd), shared: true, ..Slot::default() };
        }
    }

    /// Closes this actor's descriptors of all that is shared.
    pub fn unshare(&mut self) {
        for slot in self.slots.iter_mut().filter(|slot| slot.shared) {
            slot.fd = None;
        }
    }

    /// A name as it stands in this iteration.
    pub fn name(&self, id: NameId) -> &CStr {
        &self.names[usize::from(id.0)].text
    }

    /// The directory that a path is relative to; `None` while that descriptor is not open.
    pub fn directory(&self, directory: Directory) -> Option<BorrowedFd<'_>> {
        use std::os::fd::AsFd;
        match directory {
            Directory::Sandbox => Some(self.root.as_fd()),
            Directory::Slot(slot) => self.fd(slot),
        }
    }

    /// The descriptor in a slot; `None` while it is not open.
    pub fn fd(&self, id: SlotId) -> Option<BorrowedFd<'_>> {
        use std::os::fd::AsFd;
        self.slots[usize::from(id.0)].fd.as_ref().map(AsFd::as_fd)
    }

    /// The descriptor in a slot together with the read buffer.
    pub fn fd_and_buffer(&mut self, id: SlotId) -> Option<(BorrowedFd<'_>, &mut [u8])> {
        use std::os::fd::AsFd;
        let fd = self.slots[usize::from(id.0)].fd.as_ref()?.as_fd();
        Some((fd, &mut self.buffer))
    }

    /// As [`Caller::fd_and_buffer`], with the room for details.
    pub fn fd_and_room(
        &mut self,
        id: SlotId,
    ) -> Option<(BorrowedFd<'_>, &mut [u8], Option<&mut Detail>)> {
        use std::os::fd::AsFd;
        let fd = self.slots[usize::from(id.0)].fd.as_ref()?.as_fd();
        Some((fd, &mut self.buffer, self.detail.as_mut()))
    }

    /// The slot itself.
    pub fn slot(&mut self, id: SlotId) -> &mut Slot {
        &mut self.slots[usize::from(id.0)]
    }

    /// Puts a new descriptor into a slot, closing what was in it.
    pub fn put(&mut self, id: SlotId, fd: OwnedFd, position: Option<u64>) {
        let slot = &mut self.slots[usize::from(id.0)];
        let before = slot.fd.replace(fd);
        self.open += usize::from(before.is_none());
        slot.identity = None;
        slot.position = position;
    }

    /// Takes the descriptor out of a slot, to close it.
    pub fn take(&mut self, id: SlotId) -> Option<OwnedFd> {
        let fd = self.slots[usize::from(id.0)].fd.take()?;
        self.open -= 1;
        Some(fd)
    }
}

impl Name {
    fn new(pieces: &[NamePiece]) -> Self {
        if let [NamePiece::Text(text)] = pieces {
            let text = CString::new(text.as_str()).unwrap_or_default();
            return Self { text, pieces: Vec::new() };
        }
        Self { text: CString::default(), pieces: pieces.to_vec() }
    }

    fn fill(&mut self, iteration: u64, randoms: &[(u64, u64)]) {
        let mut bytes = std::mem::take(&mut self.text).into_bytes();
        bytes.clear();
        for piece in &self.pieces {
            match piece {
                NamePiece::Text(text) => bytes.extend_from_slice(text.as_bytes()),
                NamePiece::Iteration => push_decimal(&mut bytes, iteration),
                NamePiece::Random(index) => push_decimal(&mut bytes, randoms[*index].1),
            }
        }
        // The scenario check has ruled NUL out; an impossible one would end in an empty name,
        // which every call refuses.
        self.text = CString::new(bytes).unwrap_or_default();
    }
}

fn push_decimal(bytes: &mut Vec<u8>, mut number: u64) {
    let start = bytes.len();
    loop {
        bytes.push(b'0' + (number % 10) as u8);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    bytes[start..].reverse();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_filled_anew_in_every_iteration() {
        let pieces = [NamePiece::Text("a-".into()), NamePiece::Iteration, NamePiece::Random(0)];
        let mut name = Name::new(&pieces);
        name.fill(120, &[(10, 7)]);
        assert_eq!(name.text.to_str(), Ok("a-1207"));
        name.fill(0, &[(10, 0)]);
        assert_eq!(name.text.to_str(), Ok("a-00"));
    }
}
