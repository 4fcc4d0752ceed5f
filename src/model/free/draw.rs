//! Names that differ from iteration to iteration.
//!
//! What a drawn name stands for is one of a few cells, each an entry of its directory. A cell that
//! no actor's name stands for any more is given up: what is there goes to a pool, and whoever draws
//! a name next finds it free, or in it anything that was ever given up in its directory. Two names
//! that can be equal may be given one cell. That is more than can happen, never less: a number
//! that is drawn is one of somebody's current numbers, or one that stood for something before, or
//! a new one.

use std::collections::BTreeMap;

use super::Endless;
use crate::model::{Changing, FILE_MODE, Id, Name, Node, Path, State};
use crate::plan::pattern::Pattern;

/// A name that nobody has drawn.
const NONE: u8 = u8::MAX;
/// Names of a program that change.
pub(super) const MOST_NAMES: usize = 64;
/// Ways to draw the names of one actor, from which on there are too many.
const MOST_WAYS: usize = 10_000;

/// Which cell each changing name stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Drawn(Vec<u8>);

/// What was given up, by the first of the names that it can come to be under.
pub(super) type Pools = BTreeMap<usize, Vec<(Node, u16)>>;

/// The changing names of a program, and the cells for them.
#[derive(Debug)]
pub(super) struct Draw<'a> {
    names: &'a [Changing],
    /// For each name the first that it may be equal to, directly or by way of others.
    kin: Vec<usize>,
    /// One cell for each name: there is always a free one.
    cells: Vec<Name>,
    /// What is made out of a pool is named by this.
    site: u16,
}

impl<'a> Draw<'a> {
    pub(super) fn new(names: &'a [Changing], cells: Vec<Name>, site: u16) -> Self {
        let mut kin: Vec<usize> = (0..names.len()).collect();
        for (index, name) in names.iter().enumerate() {
            for other in 0..index {
                let few = name.few.is_some() || names[other].few.is_some();
                if !few && name.pattern.may_equal(&names[other].pattern) {
                    let (one, two) = (kin[index].min(kin[other]), kin[index].max(kin[other]));
                    kin.iter_mut().filter(|kin| **kin == two).for_each(|kin| *kin = one);
                }
            }
        }
        Self { names, kin, cells, site }
    }

    /// What can be drawn at first: these files.
    pub(super) fn pools<'f>(&self, files: impl Iterator<Item = (&'f Pattern, Node)>) -> Pools {
        let mut pools = Pools::new();
        for (path, node) in files {
            let met = self.names.iter().zip(&self.kin);
            let meets = |name: &Changing| name.few.is_none() && name.pattern.may_equal(path);
            let mut kin = met.filter(|(name, _)| meets(name)).map(|(_, kin)| *kin);
            if let Some(kin) = kin.next() {
                let pool = pools.entry(kin).or_default();
                let file = (node, FILE_MODE);
                if !pool.contains(&file) {
                    pool.push(file);
                }
            }
        }
        pools
    }

    /// Nobody has drawn anything.
    pub(super) fn nothing(&self) -> Drawn {
        Drawn(vec![NONE; self.names.len()])
    }

    /// Whether an actor draws names.
    pub(super) fn is_for(&self, actor: usize) -> bool {
        self.names.iter().any(|name| name.actor == actor)
    }

    /// What an actor's changing names stand for.
    pub(super) fn paths(
        &self,
        actor: usize,
        drawn: &Drawn,
    ) -> Vec<(crate::ops::call::NameId, Path)> {
        let own = self
            .names
            .iter()
            .zip(&drawn.0)
            .filter(|&(name, &cell)| name.actor == actor && cell != NONE);
        let path = |(name, &cell): (&Changing, &u8)| {
            if let Some(few) = &name.few {
                return (name.name, few[usize::from(cell)].clone());
            }
            let mut path = name.parent.clone();
            path.0.push(self.cells[usize::from(cell)]);
            (name.name, path)
        };
        own.map(path).collect()
    }

    /// Everything that can be when an actor draws its names anew. What it gives up is added to
    /// `given`; what it finds is from `pools`.
    ///
    /// # Errors
    /// [`Endless::Kept`], [`Endless::Worlds`].
    pub(super) fn again(
        &self,
        actor: usize,
        drawn: &Drawn,
        state: &State,
        pools: &Pools,
        given: &mut Pools,
    ) -> Result<Vec<(Drawn, State)>, Endless> {
        let (mut drawn, mut state) = (drawn.clone(), state.clone());
        for index in self.own(actor).filter(|&index| self.names[index].few.is_none()) {
            let cell = std::mem::replace(&mut drawn.0[index], NONE);
            if cell != NONE && !self.is_taken(&drawn, cell) {
                self.give_up(index, cell, &mut state, given)?;
            }
        }
        let mut ways = vec![(drawn, state)];
        for index in self.own(actor) {
            let each = ways.iter().flat_map(|(drawn, state)| self.one(index, drawn, state, pools));
            ways = each.take(MOST_WAYS + 1).collect();
            if ways.len() > MOST_WAYS {
                return Err(Endless::Worlds(MOST_WAYS));
            }
        }
        Ok(ways)
    }

    /// Whether some name stands for a cell.
    fn is_taken(&self, drawn: &Drawn, cell: u8) -> bool {
        let mut names = self.names.iter().zip(&drawn.0);
        names.any(|(name, &other)| name.few.is_none() && other == cell)
    }

    fn own(&self, actor: usize) -> impl Iterator<Item = usize> + use<'_, 'a> {
        (0..self.names.len()).filter(move |&index| self.names[index].actor == actor)
    }

    /// Takes what a cell leads to out of the state.
    fn give_up(
        &self,
        index: usize,
        cell: u8,
        state: &mut State,
        given: &mut Pools,
    ) -> Result<(), Endless> {
        let name = self.cells[usize::from(cell)];
        let Some(directory) = directory(state, &self.names[index].parent) else { return Ok(()) };
        let Some(id) = state.entry(directory, name) else { return Ok(()) };
        let inode = state.inode(id);
        let open = state.descriptions.iter().any(|open| open.inode == id);
        if open || inode.names != 1 || inode.is_directory() {
            return Err(Endless::Kept);
        }
        let left = (inode.node.clone(), inode.mode);
        let pool = given.entry(self.kin[index]).or_default();
        if !pool.contains(&left) {
            pool.push(left);
        }
        state.remove(directory, name);
        Ok(())
    }

    /// Everything that drawing one name can come to.
    fn one(
        &self,
        index: usize,
        drawn: &Drawn,
        state: &State,
        pools: &Pools,
    ) -> Vec<(Drawn, State)> {
        let name = &self.names[index];
        let draws = |cell: u8| {
            let mut drawn = drawn.clone();
            drawn.0[index] = cell;
            drawn
        };
        if let Some(few) = &name.few {
            return (0..few.len() as u8).map(|cell| (draws(cell), state.clone())).collect();
        }
        let mut cells: Vec<u8> = Vec::new();
        for (other, &cell) in self.names.iter().zip(&drawn.0) {
            let meets = other.few.is_none() && name.pattern.may_equal(&other.pattern);
            if cell != NONE && !cells.contains(&cell) && meets {
                cells.push(cell);
            }
        }
        let mut ways: Vec<_> = cells.into_iter().map(|cell| (draws(cell), state.clone())).collect();
        let free = (0..self.cells.len() as u8).find(|&cell| !self.is_taken(drawn, cell));
        let Some(free) = free else { return ways };
        ways.push((draws(free), state.clone()));
        let Some(directory) = directory(state, &name.parent) else { return ways };
        for (node, mode) in pools.get(&self.kin[index]).into_iter().flatten() {
            let mut state = state.clone();
            let id = state.make(self.site, node.clone(), *mode);
            state.enter(directory, self.cells[usize::from(free)], id);
            ways.push((draws(free), state));
        }
        ways
    }
}

/// The directory at a path without symbolic links.
fn directory(state: &State, path: &Path) -> Option<Id> {
    let mut directory = Id::ROOT;
    for &name in &path.0 {
        directory = state.entry(directory, name)?;
    }
    state.inode(directory).is_directory().then_some(directory)
}
