//! Makes the fixture fresh again, by undoing what the tree that is left shows.
//!
//! Entries that are in their places as they were made stay. What is as it was made but has another
//! name is moved back, and gets the names back that it has lost. Whatever else there is, is removed,
//! and what is missing is made again. Where that does not lead to what there was before, everything
//! goes.

use std::io;
use std::os::fd::BorrowedFd;
use std::path::Path;

use rustix::fs::AtFlags;
use rustix::io::Errno;

use super::tree::Tree;
use super::whereabouts::{Found, Fresh, Whereabouts};
use crate::engine::controls::Status;
use crate::engine::fixture::Fixture;
use crate::engine::sandbox::empty_directory;

/// Keeps the fixture of one plan fresh.
#[derive(Debug)]
pub struct Restorer {
    fixture: Fixture,
    fresh: Vec<Fresh>,
    /// Inode numbers of the fixture's entries, in its order.
    inodes: Vec<u64>,
    whereabouts: Whereabouts,
}

impl Restorer {
    /// For a fixture that has just been made beneath `root`.
    ///
    /// # Errors
    /// The errno of looking at it.
    pub fn new(fixture: Fixture, root: BorrowedFd<'_>) -> io::Result<Self> {
        let count = fixture.entries().len();
        let mut restorer = Self {
            whereabouts: Whereabouts::new(&fixture),
            fixture,
            fresh: vec![Fresh::default(); count],
            inodes: vec![0; count],
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
        self.whereabouts.look(&self.fixture, &self.fresh, tree);
        if self.undo(tree, root, status).is_err() {
            self.start_over(root)?;
        }
        if cfg!(debug_assertions) {
            self.check_fresh(root, status)?;
        }
        Ok(())
    }

    /// Moves back what has moved, removes what does not belong there and makes what is missing.
    fn undo(
        &mut self,
        tree: &Tree,
        root: BorrowedFd<'_>,
        status: &Status<'_>,
    ) -> rustix::io::Result<()> {
        for (found, to) in self.whereabouts.found().iter().zip(self.fixture.entries()) {
            if let Found::Elsewhere(at) = *found {
                rustix::fs::renameat(root, tree.c_path(&tree.entries()[at]), root, &to.path)?;
                status.beat();
            }
        }
        // Backwards, what is in a directory comes before the directory.
        for entry in self.whereabouts.left_over(tree).rev() {
            let flags = if entry.is_directory() { AtFlags::REMOVEDIR } else { AtFlags::empty() };
            match rustix::fs::unlinkat(root, tree.c_path(entry), flags) {
                Ok(()) | Err(Errno::NOENT) => status.beat(),
                Err(errno) => return Err(errno),
            }
        }
        for place in 0..self.fresh.len() {
            if self.whereabouts.found()[place] == Found::Nowhere {
                self.make_again(place, root)?;
                status.beat();
            }
        }
        for place in 0..self.fresh.len() {
            if self.whereabouts.is_untouched(place) {
                continue;
            }
            let before = self.fresh[place];
            self.look_at(place, root)?;
            if self.whereabouts.is_kept(place) && self.fresh[place] != before {
                return Err(Errno::STALE);
            }
        }
        Ok(())
    }

    /// Makes an entry that is missing, as one more name of its file if that is there.
    fn make_again(&self, place: usize, root: BorrowedFd<'_>) -> rustix::io::Result<()> {
        let Some(other) = self.whereabouts.other_name(place) else {
            return self.fixture.make_entry(place, root);
        };
        let [from, to] = [other, place].map(|place| &self.fixture.entries()[place].path);
        rustix::fs::linkat(root, from, root, to, AtFlags::empty())
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
        self.whereabouts.look(&self.fixture, &self.fresh, &tree);
        match self.whereabouts.is_fresh(&tree) {
            true => Ok(()),
            false => Err(io::Error::from_raw_os_error(libc::ENOTRECOVERABLE)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File, Permissions};
    use std::os::fd::AsFd;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::sync::atomic::AtomicU64;

    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;
    use crate::engine::controls::Controls;
    use crate::plan::{Settings, plan};
    use crate::scenario::parse;

    const SCENARIO: &str = r#"
        name = "one"
        about = "A fixture of every kind."
        [fixture]
        "f" = { content = "CONTENT" }
        "h" = { link = "f" }
        "d" = { dir = true }
        "d/x" = { content = "OTHER" }
        "d/y" = { link = "f" }
        "s" = { symlink = "f" }
        [[actor]]
        name = "a"
        steps = [{ op = "stat", path = "f" }]
    "#;

    /// A directory with the fixture, and what keeps it fresh.
    struct Room {
        dir: tempfile::TempDir,
        root: File,
        restorer: Restorer,
        words: Vec<AtomicU64>,
    }

    impl Room {
        fn new() -> Self {
            let scenario = parse(SCENARIO, "one").unwrap();
            let plan = plan(&scenario, &Settings::default()).unwrap();
            let dir = tempfile::tempdir().unwrap();
            let root = File::open(dir.path()).unwrap();
            let fixture = Fixture::new(&plan);
            fixture.make(root.as_fd()).unwrap();
            let restorer = Restorer::new(fixture, root.as_fd()).unwrap();
            let words = (0..Controls::size(1)).map(|_| AtomicU64::new(0)).collect();
            Self { dir, root, restorer, words }
        }

        fn path(&self, name: &str) -> std::path::PathBuf {
            self.dir.path().join(name)
        }

        /// Undoes what has been done to the fixture, without starting over.
        fn undo(&mut self) -> rustix::io::Result<()> {
            let Self { root, restorer, words, .. } = self;
            let (root, status) = (root.as_fd(), Controls::new(words, 1).status(0));
            let mut tree = Tree::new(false);
            tree.read(root, &status)?;
            restorer.whereabouts.look(&restorer.fixture, &restorer.fresh, &tree);
            restorer.undo(&tree, root, &status)
        }

        fn check(&mut self) {
            let status = Controls::new(&self.words, 1).status(0);
            self.restorer.check_fresh(self.root.as_fd(), &status).expect("it is fresh");
            let read = |name: &str| fs::read_to_string(self.path(name)).unwrap();
            assert_eq!(
                ["f", "h", "d/x", "d/y", "s"].map(read).concat(),
                "CONTENTCONTENTOTHERCONTENTCONTENT"
            );
            assert_eq!(fs::metadata(self.path("f")).unwrap().nlink(), 3);
        }

        fn inode(&self, name: &str) -> u64 {
            fs::symlink_metadata(self.path(name)).unwrap().ino()
        }
    }

    /// Whether these keep their inodes when this is undone.
    fn kept(names: &[&str], change: impl FnOnce(&Room)) -> bool {
        let mut room = Room::new();
        let inodes = |room: &Room| names.iter().map(|name| room.inode(name)).collect::<Vec<_>>();
        let before = inodes(&room);
        // New files get other numbers as long as the old ones are there.
        let held: Vec<File> =
            names.iter().filter_map(|name| File::open(room.path(name)).ok()).collect();
        change(&room);
        room.undo().unwrap();
        room.check();
        drop(held);
        inodes(&room) == before
    }

    #[test]
    fn what_has_moved_is_moved_back() {
        let moved =
            |from, to| move |room: &Room| fs::rename(room.path(from), room.path(to)).unwrap();
        assert!(kept(&["f", "h"], moved("f", "g")));
        assert!(kept(&["f", "d/x"], moved("d/x", "x")));
        assert!(kept(&["s"], moved("s", "d/s")));
        assert!(
            kept(&["d/x"], |room| {
                fs::rename(room.path("d/x"), room.path("g")).unwrap();
                fs::write(room.path("d/x"), "ANOTHER").unwrap();
            }),
            "what is in its place makes way"
        );
    }

    #[test]
    fn a_file_gets_back_the_names_that_it_has_lost() {
        let removed = |name| move |room: &Room| fs::remove_file(room.path(name)).unwrap();
        assert!(kept(&["f", "h", "d/y"], removed("h")));
        assert!(kept(&["f", "h", "d/y"], removed("f")), "also its first one");
        assert!(kept(&["f"], |room| fs::hard_link(room.path("f"), room.path("d/g")).unwrap()));
        assert!(kept(&["f"], |room| {
            fs::remove_file(room.path("d/y")).unwrap();
            fs::hard_link(room.path("d/x"), room.path("d/y")).unwrap();
        }));
        assert!(kept(&["f"], |room| fs::remove_dir_all(room.path("d")).unwrap()));
    }

    #[test]
    fn what_has_changed_is_made_again() {
        assert!(!kept(&["f"], |room| fs::write(room.path("h"), "CHANGED").unwrap()));
        assert!(!kept(&["f"], |room| {
            fs::set_permissions(room.path("f"), Permissions::from_mode(0o600)).unwrap();
        }));
        let mut room = Room::new();
        fs::rename(room.path("d"), room.path("e")).unwrap();
        symlink("e", room.path("d")).unwrap();
        room.undo().unwrap();
        room.check();
    }

    #[test]
    fn a_name_under_which_an_open_file_hides_is_not_moved_back() {
        assert!(!kept(&["d/x"], |room| {
            fs::rename(room.path("d/x"), room.path("d/.fuse_hidden01")).unwrap();
        }));
    }

    #[test]
    fn a_name_that_is_listed_twice_stays() {
        for index in 0..6 {
            let mut room = Room::new();
            let Room { root, restorer, words, .. } = &mut room;
            let (root, status) = (root.as_fd(), Controls::new(words, 1).status(0));
            let mut tree = Tree::new(false);
            tree.read(root, &status).unwrap();
            tree.list_again(index);
            restorer.whereabouts.look(&restorer.fixture, &restorer.fresh, &tree);
            restorer.undo(&tree, root, &status).unwrap();
            room.check();
        }
    }

    #[test]
    fn whatever_has_been_done_is_undone() {
        const NAMES: [&str; 9] = ["f", "h", "d", "d/x", "d/y", "s", "g", "d/g", "g/g"];
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut room = Room::new();
        let mut undone = 0;
        for _ in 0..600 {
            for _ in 0..rng.random_range(1..8) {
                let [from, to] = [(); 2].map(|()| room.path(NAMES[rng.random_range(0..9)]));
                // Whether it can be done does not matter.
                let _ = match rng.random_range(0..9) {
                    0..=2 => fs::rename(from, to),
                    3 => fs::remove_file(from),
                    4 => fs::remove_dir(from),
                    5 => fs::create_dir(from),
                    6 => fs::hard_link(from, to),
                    7 => symlink("f", from),
                    _ => fs::write(from, ["CONTENT", "NEW"][rng.random_range(0..2)]),
                };
            }
            if room.undo().is_ok() {
                undone += 1;
                room.check();
            } else {
                room = Room::new();
            }
        }
        assert!(undone > 570, "only {undone} of 600 without starting over");
    }
}
