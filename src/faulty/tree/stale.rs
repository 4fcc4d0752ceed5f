//! What a server does to a tree that acts on what it looked up too early.

use super::Tree;
use crate::faulty::request::{Answer, Outcome, Place};
use fuser::{FileType, INodeNo};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};

impl Tree {
    /// The names in a directory; none if it is no directory.
    pub(in crate::faulty) fn names(&self, directory: INodeNo) -> Vec<OsString> {
        self.directory(directory)
            .map(|found| found.entries.keys().cloned().collect())
            .unwrap_or_default()
    }

    /// Removes a directory as if it were empty. What was in it loses its name with it.
    pub(in crate::faulty) fn remove_with_content(
        &mut self,
        parent: INodeNo,
        name: &OsStr,
    ) -> Outcome {
        let directory = self.find(parent, name).ok_or(Errno::NOENT)?;
        for inner in self.names(directory) {
            let Some(ino) = self.find(directory, &inner) else { continue };
            match self.attributes(ino).map(|attr| attr.kind) {
                Some(FileType::Directory) => drop(self.remove_with_content(directory, &inner)?),
                _ => {
                    self.take(directory, &inner)?;
                    self.drop_link(ino)?;
                }
            }
        }
        self.take(parent, name)?;
        self.drop_directory(parent, directory)?;
        Ok(Answer::Done)
    }

    /// Moves `source` to a name, though it is another file that has the old name by now, and loses
    /// it.
    pub(in crate::faulty) fn rename_stale(
        &mut self,
        from: Place<'_>,
        to: Place<'_>,
        source: INodeNo,
    ) -> Outcome {
        self.node_mut(source)?.attr.nlink += 1;
        for place in [from, to] {
            if let Some(ino) = self.find(place.parent, place.name) {
                self.take(place.parent, place.name)?;
                self.drop_link(ino)?;
            }
        }
        self.put(to.parent, to.name, source)?;
        Ok(Answer::Done)
    }
}
