//! Rename, in one step: there is no moment in which a replaced name is absent.

use super::Tree;
use super::names::check_name;
use crate::faulty::request::{Answer, Outcome, Place, Who};
use fuser::{INodeNo, RenameFlags};
use rustix::io::Errno;

impl Tree {
    pub(super) fn rename(
        &mut self,
        who: Who,
        from: Place<'_>,
        to: Place<'_>,
        flags: RenameFlags,
    ) -> Outcome {
        check_name(to.name)?;
        self.may_alter(who, from.parent)?;
        self.may_alter(who, to.parent)?;
        let source = self.find(from.parent, from.name).ok_or(Errno::NOENT)?;
        let target = self.find(to.parent, to.name);
        if self.node(to.parent)?.attr.nlink == 0 {
            return Err(Errno::NOENT);
        }
        if self.is_within(to.parent, source)? {
            return Err(Errno::INVAL);
        }
        let exchange = flags.contains(RenameFlags::RENAME_EXCHANGE);
        match target {
            Some(_) if flags.contains(RenameFlags::RENAME_NOREPLACE) => return Err(Errno::EXIST),
            None if exchange => return Err(Errno::NOENT),
            Some(target) if self.is_within(from.parent, target)? => {
                return Err(if exchange { Errno::INVAL } else { Errno::NOTEMPTY });
            }
            // Two names of one file: nothing happens, and both names stay.
            Some(target) if target == source => return Ok(Answer::Done),
            Some(target) if exchange => self.exchange((from, source), (to, target))?,
            Some(target) => self.replace((from, source), (to, target))?,
            None => self.relocate(from, source, to)?,
        }
        Ok(Answer::Done)
    }

    fn replace(
        &mut self,
        (from, source): (Place<'_>, INodeNo),
        (to, target): (Place<'_>, INodeNo),
    ) -> Result<(), Errno> {
        match (self.node(source)?.is_directory(), self.node(target)?.is_directory()) {
            (true, false) => Err(Errno::NOTDIR),
            (false, true) => Err(Errno::ISDIR),
            (true, true) if !self.directory(target)?.entries.is_empty() => Err(Errno::NOTEMPTY),
            (true, true) => {
                self.relocate(from, source, to)?;
                self.drop_directory(to.parent, target)
            }
            (false, false) => {
                self.relocate(from, source, to)?;
                self.drop_link(target)
            }
        }
    }

    fn relocate(&mut self, from: Place<'_>, ino: INodeNo, to: Place<'_>) -> Result<(), Errno> {
        self.take(from.parent, from.name)?;
        self.put(to.parent, to.name, ino)?;
        self.reparent(ino, from.parent, to.parent)
    }

    fn exchange(
        &mut self,
        (from, source): (Place<'_>, INodeNo),
        (to, target): (Place<'_>, INodeNo),
    ) -> Result<(), Errno> {
        self.put(from.parent, from.name, target)?;
        self.put(to.parent, to.name, source)?;
        self.reparent(source, from.parent, to.parent)?;
        self.reparent(target, to.parent, from.parent)
    }

    pub(super) fn reparent(
        &mut self,
        ino: INodeNo,
        old: INodeNo,
        new: INodeNo,
    ) -> Result<(), Errno> {
        self.status_changed(ino);
        if old != new && self.node(ino)?.is_directory() {
            self.directory_mut(ino)?.parent = new;
            self.node_mut(old)?.attr.nlink -= 1;
            self.node_mut(new)?.attr.nlink += 1;
        }
        Ok(())
    }

    /// Whether a directory is `ancestor` or lies below it.
    pub(super) fn is_within(
        &self,
        mut directory: INodeNo,
        ancestor: INodeNo,
    ) -> Result<bool, Errno> {
        loop {
            if directory == ancestor {
                return Ok(true);
            }
            let parent = self.directory(directory)?.parent;
            if parent == directory {
                return Ok(false);
            }
            directory = parent;
        }
    }
}
