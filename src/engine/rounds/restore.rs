//! Makes the fixture fresh again, by undoing what the tree that is left shows.
//!
//! Entries that are as they were made stay; whatever else there is, is removed, and what is missing
//! is made again. Where a directory of the fixture has changed, everything goes.

use std::io;
use std::os::fd::BorrowedFd;
use std::path::Path;

use rustix::fs::AtFlags;
use rustix::io::Errno;

use super::tree::{Entry, Tree};
use crate::engine::controls::Status;
use crate::engine::fixture::{Fixture, Kind};
use crate::engine::sandbox::empty_directory;

/// What a stat of an entry says when it is fresh.
#[derive(Clone, Copy, Debug, Default)]
struct Fresh {
    ino: u64,
    mode: u16,
    nlink: u64,
    size: u64,
}

/// Keeps the fixture of one plan fresh.
#[derive(Debug)]
pub struct Restorer {
    fixture: Fixture,
    /// Places of the fixture's entries, sorted by their paths.
    by_path: Vec<usize>,
    fresh: Vec<Fresh>,
    /// Inode numbers of the fixture's entries, in its order.
    inodes: Vec<u64>,
    /// Per entry of the fixture, whether it is as it was made.
    same: Vec<bool>,
    /// Per name in the tree, its place in the fixture.
    places: Vec<Option<usize>>,
}

impl Restorer {
    /// For a fixture that has just been made beneath `root`.
    ///
    /// # Errors
    /// The errno of looking at it.
    pub fn new(fixture: Fixture, root: BorrowedFd<'_>) -> io::Result<Self> {
        let count = fixture.entries().len();
        let mut by_path: Vec<usize> = (0..count).collect();
        by_path.sort_unstable_by_key(|&place| fixture.entries()[place].path.as_bytes());
        let mut restorer = Self {
            fixture,
            by_path,
            fresh: vec![Fresh::default(); count],
            inodes: vec![0; count],
            same: vec![false; count],
            places: Vec::new(),
        };
        restorer.learn(root)?;
        Ok(restorer)
    }

    /// Makes all of the fixture in the empty directory of another round. The umask must be empty.
    ///
    /// # Errors
    /// The errno of what could not be made.
    pub fn make(&mut self, root: BorrowedFd<'_>) -> io::Result<()> {
        self.fixture.make(root).map_err(|failed| failed.error)?;
        self.learn(root)
    }

    /// Inode numbers of the fixture's entries in this round, in its order.
    pub fn inodes(&self) -> &[u64] {
        &self.inodes
    }

    /// Makes the fixture beneath `root` fresh, where `tree` is left. The current directory must be
    /// `root`, too, and the umask empty.
    ///
    /// # Errors
    /// The errno of what could not even be done from scratch.
    pub fn restore(
        &mut self,
        tree: &Tree,
        root: BorrowedFd<'_>,
        status: &Status<'_>,
    ) -> io::Result<()> {
        self.compare(tree);
        let entries = self.fixture.entries().iter().zip(&self.same);
        let mut directories = entries.filter(|(entry, _)| matches!(entry.kind, Kind::Directory));
        let undone = directories.all(|(_, &same)| same) && self.undo(tree, root, status).is_ok();
        if !undone {
            self.start_over(root)?;
        }
        if cfg!(debug_assertions) {
            self.check_fresh(root, status)?;
        }
        Ok(())
    }

    /// Finds out which entries are as they were made.
    fn compare(&mut self, tree: &Tree) {
        self.same.fill(false);
        self.places.clear();
        let mut wanted = self.by_path.iter().copied().peekable();
        for entry in tree.entries() {
            let path = tree.path(entry);
            let path_of = |place: usize| self.fixture.entries()[place].path.as_bytes();
            while wanted.next_if(|&place| path_of(place) < path).is_some() {}
            let place = wanted.next_if(|&place| path_of(place) == path);
            self.places.push(place);
            if let Some(place) = place {
                self.same[place] = self.is_fresh(place, tree, entry);
            }
        }
        // A name of a file that has been replaced must become a name of the new one. The fixture
        // has files before their further names.
        for (place, entry) in self.fixture.entries().iter().enumerate() {
            if let Kind::HardLink(to) = entry.kind {
                self.same[place] &= self.same[to];
            }
        }
    }

    fn is_fresh(&self, place: usize, tree: &Tree, entry: &Entry) -> bool {
        let fresh = &self.fresh[place];
        if entry.ino != fresh.ino || entry.mode != fresh.mode {
            return false;
        }
        // What is in a directory decides about its link count and size, and is looked at by itself.
        let same_file = entry.nlink == fresh.nlink && entry.size == fresh.size;
        match &self.fixture.entries()[place].kind {
            Kind::Directory => true,
            Kind::File(item) => {
                same_file && entry.whole && tree.data(entry) == self.fixture.content(*item)
            }
            Kind::Symlink(target) => {
                same_file && entry.whole && tree.data(entry) == target.as_bytes()
            }
            // Its file is compared under the file's own name.
            Kind::HardLink(_) => same_file,
        }
    }

    /// Removes what is not fresh and makes what is missing.
    fn undo(
        &mut self,
        tree: &Tree,
        root: BorrowedFd<'_>,
        status: &Status<'_>,
    ) -> rustix::io::Result<()> {
        // Backwards, what is in a directory comes before the directory.
        for (entry, place) in tree.entries().iter().zip(&self.places).rev() {
            if place.is_some_and(|place| self.same[place]) {
                continue;
            }
            let flags = if entry.is_directory() { AtFlags::REMOVEDIR } else { AtFlags::empty() };
            match rustix::fs::unlinkat(root, tree.c_path(entry), flags) {
                Ok(()) | Err(Errno::NOENT) => status.beat(),
                Err(errno) => return Err(errno),
            }
        }
        for place in 0..self.same.len() {
            if !self.same[place] {
                self.fixture.make_entry(place, root)?;
                status.beat();
            }
        }
        for place in 0..self.same.len() {
            if !self.same[place] {
                self.look_at(place, root)?;
            }
        }
        Ok(())
    }

    /// Removes everything and makes the fixture anew.
    fn start_over(&mut self, root: BorrowedFd<'_>) -> io::Result<()> {
        empty_directory(Path::new("."))?;
        self.make(root)
    }

    fn learn(&mut self, root: BorrowedFd<'_>) -> io::Result<()> {
        (0..self.fresh.len()).try_for_each(|place| Ok(self.look_at(place, root)?))
    }

    /// Learns what a stat of a fresh entry says.
    // The widths of the fields of a stat differ between the supported systems.
    #[allow(clippy::unnecessary_cast)]
    fn look_at(&mut self, place: usize, root: BorrowedFd<'_>) -> rustix::io::Result<()> {
        let path = &self.fixture.entries()[place].path;
        let stat = rustix::fs::statat(root, path, AtFlags::SYMLINK_NOFOLLOW)?;
        self.inodes[place] = stat.st_ino as u64;
        self.fresh[place] = Fresh {
            ino: stat.st_ino as u64,
            mode: stat.st_mode as u16,
            nlink: stat.st_nlink as u64,
            size: stat.st_size as u64,
        };
        Ok(())
    }

    /// Reads the tree once more: it is the fixture and nothing else, or this filesystem does not show
    /// what is there.
    fn check_fresh(&mut self, root: BorrowedFd<'_>, status: &Status<'_>) -> io::Result<()> {
        let mut tree = Tree::new(false);
        tree.read(root, status)?;
        self.compare(&tree);
        // A name that leads nowhere cannot be removed either.
        let mut names = tree.entries().iter().zip(&self.places);
        let extra = names.any(|(entry, place)| place.is_none() && entry.ino != 0);
        match !extra && self.same.iter().all(|&same| same) {
            true => Ok(()),
            false => Err(io::Error::from_raw_os_error(libc::ENOTRECOVERABLE)),
        }
    }
}
