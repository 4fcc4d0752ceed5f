//! Where the entries of a fixture are in the tree that a round has left: in their places as they were
//! made, under other names, or nowhere.

use super::tree::{Entry, Tree};
use crate::engine::fixture::{Fixture, Kind};
use crate::model::relax::is_hidden;

/// What a stat of an entry says when it is fresh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fresh {
    pub ino: u64,
    pub mode: u16,
    pub nlink: u64,
    pub size: u64,
}

/// Where an entry of the fixture is that is as it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Found {
    #[default]
    Nowhere,
    InPlace,
    /// Under the name that the tree has at this place.
    Elsewhere(usize),
}

/// The whereabouts of all entries.
#[derive(Debug)]
pub struct Whereabouts {
    /// Places of the fixture's entries, sorted by their paths.
    by_path: Vec<usize>,
    /// Per entry of the fixture, the place of the directory that it is in, unless that is the root.
    parents: Vec<Option<usize>>,
    /// Per entry of the fixture, the place of the first name of its file.
    files: Vec<usize>,
    /// Per entry of the fixture.
    found: Vec<Found>,
    /// Per entry of the fixture, whether it is in its place but its file has another number of links.
    miscounted: Vec<bool>,
    /// Per entry of the fixture, whether its file is found under any name.
    kept: Vec<bool>,
    /// Per name in the tree, its place in the fixture.
    places: Vec<Option<usize>>,
    /// Per name in the tree, whether it stays, is moved or is replaced by one that is moved.
    spoken_for: Vec<bool>,
}

impl Whereabouts {
    /// Of the entries of this fixture, which have not been looked for.
    pub fn new(fixture: &Fixture) -> Self {
        let entries = fixture.entries();
        let path_of = |place: usize| entries[place].path.as_bytes();
        let count = entries.len();
        let mut by_path: Vec<usize> = (0..count).collect();
        by_path.sort_unstable_by_key(|&place| path_of(place));
        let parent = |place: usize| {
            let path = path_of(place);
            let end = path.iter().rposition(|&byte| byte == b'/')?;
            (0..count).find(|&other| path_of(other) == &path[..end])
        };
        let file = |place: usize| match entries[place].kind {
            Kind::HardLink(to) => to,
            _ => place,
        };
        Self {
            by_path,
            parents: (0..count).map(parent).collect(),
            files: (0..count).map(file).collect(),
            found: vec![Found::Nowhere; count],
            miscounted: vec![false; count],
            kept: vec![false; count],
            places: Vec::new(),
            spoken_for: Vec::new(),
        }
    }

    /// Looks for the entries, which are `fresh` when they are as they were made.
    pub fn look(&mut self, fixture: &Fixture, fresh: &[Fresh], tree: &Tree) {
        let intact = |place: usize, entry: &Entry| {
            is_intact(fixture, self.files[place], &fresh[place], tree, entry)
        };
        self.found.fill(Found::Nowhere);
        self.miscounted.fill(false);
        self.places.clear();
        let mut wanted = self.by_path.iter().copied().peekable();
        for entry in tree.entries() {
            let path = tree.path(entry);
            let path_of = |place: usize| fixture.entries()[place].path.as_bytes();
            while wanted.next_if(|&place| path_of(place) < path).is_some() {}
            let place = wanted.next_if(|&place| path_of(place) == path);
            self.places.push(place);
            if let Some(place) = place.filter(|&place| intact(place, entry)) {
                self.found[place] = Found::InPlace;
                // What is in a directory decides about its link count, and is looked at by itself.
                self.miscounted[place] = !entry.is_directory() && entry.nlink != fresh[place].nlink;
            }
        }
        // With a directory goes what is in it.
        for place in 0..self.found.len() {
            if !self.has_directory(place) {
                self.found[place] = Found::Nowhere;
            }
        }
        self.look_elsewhere(fixture, fresh, tree);
    }

    /// Looks under other names for what is not in its place. Directories are not moved.
    fn look_elsewhere(&mut self, fixture: &Fixture, fresh: &[Fresh], tree: &Tree) {
        let names = tree.entries();
        self.spoken_for.clear();
        for at in 0..names.len() {
            let stays = self.places[at].is_some_and(|place| self.is_in_place(place));
            // Listed twice, it would be removed from where it belongs.
            let again = at > 0 && tree.path(&names[at - 1]) == tree.path(&names[at]);
            self.spoken_for.push(stays || again);
        }
        for place in 0..self.found.len() {
            let is_directory = matches!(fixture.entries()[place].kind, Kind::Directory);
            if is_directory || self.is_in_place(place) || !self.has_directory(place) {
                continue;
            }
            let there = self.places.iter().position(|&of| of == Some(place));
            if there.is_some_and(|there| names[there].is_directory()) {
                continue;
            }
            let is_it = |at: &usize| {
                let (file, fresh) = (self.files[place], &fresh[place]);
                // What moves a hidden name may come before the close that ends it, which then
                // removes what has been moved.
                !self.spoken_for[*at]
                    && !is_hidden(tree.path(&names[*at]))
                    && is_intact(fixture, file, fresh, tree, &names[*at])
            };
            if let Some(at) = (0..names.len()).find(is_it) {
                self.found[place] = Found::Elsewhere(at);
                // What is at its place makes way.
                [Some(at), there].into_iter().flatten().for_each(|at| self.spoken_for[at] = true);
            }
        }
        self.kept.fill(false);
        for (found, &file) in self.found.iter().zip(&self.files) {
            self.kept[file] |= *found != Found::Nowhere;
        }
        for place in 0..self.kept.len() {
            self.kept[place] = self.kept[self.files[place]];
        }
    }

    fn is_in_place(&self, place: usize) -> bool {
        self.found[place] == Found::InPlace
    }

    /// Whether the directory that an entry belongs into is in its place.
    fn has_directory(&self, place: usize) -> bool {
        self.parents[place].is_none_or(|parent| self.is_in_place(parent))
    }

    /// Where each entry is.
    pub fn found(&self) -> &[Found] {
        &self.found
    }

    /// Whether an entry is in its place, with as many links as it had.
    pub fn is_untouched(&self, place: usize) -> bool {
        self.is_in_place(place) && !self.miscounted[place]
    }

    /// Whether the file that an entry is a name of is kept, under this name or another.
    pub fn is_kept(&self, place: usize) -> bool {
        self.kept[place]
    }

    /// Another name of the same file, which that has when what is elsewhere has been moved.
    pub fn other_name(&self, place: usize) -> Option<usize> {
        let names = 0..self.found.len();
        let mut others = names.filter(|&name| self.files[name] == self.files[place]);
        others.find(|&name| self.found[name] != Found::Nowhere)
    }

    /// The names in the tree that are to be removed.
    pub fn left_over<'t>(
        &self,
        tree: &'t Tree,
    ) -> impl DoubleEndedIterator<Item = &'t Entry> + use<'t, '_> {
        let names = tree.entries().iter().zip(&self.spoken_for);
        names.filter(|(_, spoken_for)| !**spoken_for).map(|(entry, _)| entry)
    }

    /// Whether the tree is the fixture and nothing else, as it was made. A name that leads nowhere
    /// does not count: it cannot be removed either.
    pub fn is_fresh(&self, tree: &Tree) -> bool {
        let extra = self.left_over(tree).any(|entry| entry.ino != 0);
        !extra && (0..self.found.len()).all(|place| self.is_untouched(place))
    }
}

/// Whether this name leads to what was made, of which the first name is at `file` in the fixture.
fn is_intact(fixture: &Fixture, file: usize, fresh: &Fresh, tree: &Tree, entry: &Entry) -> bool {
    if entry.ino != fresh.ino || entry.mode != fresh.mode {
        return false;
    }
    let made = match &fixture.entries()[file].kind {
        Kind::Directory => return true,
        Kind::Symlink(target) => target.as_bytes(),
        Kind::File(item) => fixture.content(*item),
        // A link to a link is one to its file.
        Kind::HardLink(_) => return false,
    };
    entry.size == fresh.size && entry.whole && tree.data(entry) == made
}
