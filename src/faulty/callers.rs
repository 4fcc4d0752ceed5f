//! What each calling thread has just looked up.
//!
//! The kernel turns `stat(path)` into LOOKUP and GETATTR, `open` into LOOKUP and OPEN, and so on.
//! Between the two, another thread can unlink or rename the name, and the second request then acts
//! on a file that the call should no longer have found. Native Linux filesystems show the same: a
//! `stat` by path that reports a link count of 0, a file emptied by the `open(O_TRUNC)` of a name
//! that it had already lost. A healthy twin must not.
//!
//! A thread waits for its answers, so its requests arrive in order, and what it looked up since its
//! last other request belongs to the call it is in. If the name still leads to the inode, the call
//! happens now. If not:
//!
//! * GETATTR answers what LOOKUP saw, which makes the call happen at the LOOKUP, unless somebody has
//!   the file open, or closed it so lately that RELEASE is on its way: it may be an `fstat` then,
//!   which follows a call that failed for what its lookup had found (`mkdir` of a name that exists),
//!   and the kernel does not say which. What the tree has is right for that, and what Linux shows a
//!   `stat`, too;
//! * LINK links the file that the name leads to now, which the kernel takes from the answer;
//! * OPEN with O_TRUNC and truncate by path fail with ESTALE, on which the kernel walks the path
//!   again. It does that once. The second time in a row they go through, as they would on any Linux
//!   filesystem, instead of showing ESTALE to the caller (or ENOENT to one that would have made the
//!   file: the kernel does not pass O_CREAT on);
//! * OPEN without O_TRUNC just opens: an open descriptor of an unlinked file is what a call that
//!   happened at the LOOKUP returns.
//!
//! Two things stay as they are on Linux: a path of several components is not resolved at once, and
//! a chmod or utimens by path cannot be told from one by descriptor.

use super::request::{Answer, Outcome, Request, Who};
use super::tree::Tree;
use fuser::{FileAttr, INodeNo};
use rustix::io::Errno;
use std::collections::HashMap;
use std::ffi::OsString;

/// Threads come and go; past this many, their notes are dropped and start again.
const MOST_CALLERS: usize = 4096;
/// A call can look up more than one name, and a failed call may leave one behind.
const MOST_LOOKUPS: usize = 4;

#[derive(Default)]
pub(super) struct Callers(HashMap<u32, Caller>);

#[derive(Default)]
struct Caller {
    found: Vec<Found>,
    /// Its last lookup found nothing.
    missed: bool,
    told_stale: bool,
}

struct Found {
    parent: INodeNo,
    name: OsString,
    attr: FileAttr,
}

impl Found {
    fn still_there(&self, tree: &Tree) -> bool {
        tree.find(self.parent, &self.name) == Some(self.attr.ino)
    }
}

impl Callers {
    /// The answer to a request whose name was lost on the way, or nothing if the tree is to answer.
    pub(super) fn intercept(
        &self,
        who: Who,
        request: &Request<'_>,
        tree: &mut Tree,
    ) -> Option<Outcome> {
        let caller = self.0.get(&who.tid)?;
        let lost = |ino| {
            let found = caller.found.iter().rev().find(|found| found.attr.ino == ino)?;
            (!found.still_there(tree)).then_some(found)
        };
        let refused = |ino| lost(ino).filter(|_| !caller.told_stale).map(|_| Err(Errno::STALE));
        match *request {
            // Only right after the lookup: what lies between would have been another call.
            Request::GetAttr { ino } => {
                let by_path = !caller.missed && tree.open_handles(ino) == 0;
                (by_path && caller.found.last()?.attr.ino == ino).then_some(())?;
                Some(Ok(Answer::Attributes(lost(ino)?.attr)))
            }
            Request::Link { ino, parent, name } => {
                let found = lost(ino)?;
                let now = tree.find(found.parent, &found.name);
                let Some(ino) = now else { return Some(Err(Errno::NOENT)) };
                // The kernel takes no answer of another type than it asked about.
                if tree.attributes(ino)?.kind != found.attr.kind {
                    return Some(Err(Errno::STALE));
                }
                Some(tree.apply(who, &Request::Link { ino, parent, name }))
            }
            Request::Open { ino, flags } if flags & libc::O_TRUNC != 0 => refused(ino),
            Request::SetAttr { ino, change } if change.size.is_some() && !change.by_handle => {
                refused(ino)
            }
            _ => None,
        }
    }

    pub(super) fn note(&mut self, tid: u32, request: &Request<'_>, outcome: &Outcome) {
        // FORGET and RELEASE come from the kernel itself, not from a thread in a call.
        if tid == 0 || matches!(request, Request::Forget { .. } | Request::Release { .. }) {
            return;
        }
        if self.0.len() > MOST_CALLERS {
            self.0.clear();
        }
        let caller = self.0.entry(tid).or_default();
        caller.missed = matches!((request, outcome), (Request::Lookup { .. }, Err(_)));
        match (request, outcome) {
            (Request::Lookup { parent, name }, Ok(Answer::Entry(attr))) => {
                if caller.found.len() == MOST_LOOKUPS {
                    caller.found.remove(0);
                }
                let found = Found { parent: *parent, name: (*name).to_owned(), attr: *attr };
                caller.found.push(found);
            }
            // A symbolic link is read on the way.
            (Request::Lookup { .. } | Request::ReadLink { .. }, _) => {}
            (_, outcome) => {
                caller.found.clear();
                caller.told_stale = matches!(outcome, Err(Errno::STALE));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::request::Change;
    use super::*;
    use std::ffi::OsStr;

    const ROOT: INodeNo = INodeNo::ROOT;
    const WHO: Who = Who { tid: 7, uid: 0, gid: 0 };

    /// A file `f` with one link that thread 7 has looked up and that is gone since.
    fn lost() -> (Callers, Tree, FileAttr) {
        let mut tree = Tree::new(WHO, 1 << 20);
        let name = OsStr::new("f");
        let made = tree.apply(WHO, &Request::MkNod { parent: ROOT, name, mode: 0o644, rdev: 0 });
        let Ok(Answer::Entry(attr)) = made else { panic!("{made:?}") };
        tree.remember(attr.ino);
        let mut callers = Callers::default();
        callers.note(7, &Request::Lookup { parent: ROOT, name }, &Ok(Answer::Entry(attr)));
        assert!(callers.intercept(WHO, &Request::GetAttr { ino: attr.ino }, &mut tree).is_none());
        tree.apply(WHO, &Request::Unlink { parent: ROOT, name }).unwrap();
        (callers, tree, attr)
    }

    #[test]
    fn a_stat_of_a_name_lost_on_the_way_shows_what_the_lookup_saw() {
        let (mut callers, mut tree, attr) = lost();
        let stat = Request::GetAttr { ino: attr.ino };
        let shown = callers.intercept(WHO, &stat, &mut tree);
        assert!(matches!(shown, Some(Ok(Answer::Attributes(attr))) if attr.nlink == 1));
        assert!(
            callers.intercept(Who { tid: 8, ..WHO }, &stat, &mut tree).is_none(),
            "another thread looked nothing up"
        );
        callers.note(7, &stat, &Ok(Answer::Attributes(attr)));
        assert!(callers.intercept(WHO, &stat, &mut tree).is_none(), "that call is over");
    }

    #[test]
    fn an_fstat_after_a_call_that_failed_for_what_it_found_shows_what_is() {
        let (callers, mut tree, attr) = lost();
        let stat = Request::GetAttr { ino: attr.ino };
        assert!(callers.intercept(WHO, &stat, &mut tree).is_some());
        tree.apply(WHO, &Request::Open { ino: attr.ino, flags: libc::O_RDONLY }).unwrap();
        assert!(callers.intercept(WHO, &stat, &mut tree).is_none());
    }

    #[test]
    fn an_fstat_after_a_path_that_leads_nowhere_shows_what_is() {
        let (mut callers, mut tree, attr) = lost();
        let gone = Request::Lookup { parent: attr.ino, name: OsStr::new("x") };
        callers.note(7, &gone, &Err(Errno::NOENT));
        assert!(callers.intercept(WHO, &Request::GetAttr { ino: attr.ino }, &mut tree).is_none());
    }

    #[test]
    fn a_change_of_a_file_lost_on_the_way_is_sent_back_once() {
        let (_, mut tree, attr) = lost();
        let ino = attr.ino;
        let size = Change { size: Some(0), ..Change::default() };
        for request in [
            Request::Open { ino, flags: libc::O_WRONLY | libc::O_TRUNC },
            Request::SetAttr { ino, change: size },
        ] {
            let (mut callers, ..) = lost();
            let refused = callers.intercept(WHO, &request, &mut tree).expect("a refusal");
            assert!(matches!(refused, Err(Errno::STALE)));
            callers.note(7, &request, &refused);
            let lookup = Request::Lookup { parent: ROOT, name: OsStr::new("f") };
            callers.note(7, &lookup, &Ok(Answer::Entry(attr)));
            assert!(callers.intercept(WHO, &request, &mut tree).is_none(), "{request:?} twice");
        }
    }

    #[test]
    fn a_call_that_was_sent_back_goes_through_by_way_of_a_symbolic_link() {
        let (mut callers, mut tree, attr) = lost();
        let cut = Change { size: Some(0), ..Change::default() };
        let request = Request::SetAttr { ino: attr.ino, change: cut };
        callers.note(7, &request, &Err(Errno::STALE));
        let name = OsStr::new("f");
        let symlink = FileAttr { ino: INodeNo(77), ..attr };
        callers.note(7, &Request::Lookup { parent: ROOT, name }, &Ok(Answer::Entry(symlink)));
        callers.note(7, &Request::ReadLink { ino: INodeNo(77) }, &Ok(Answer::Done));
        callers.note(7, &Request::Lookup { parent: ROOT, name }, &Ok(Answer::Entry(attr)));
        assert!(callers.intercept(WHO, &request, &mut tree).is_none());
    }

    #[test]
    fn a_link_is_made_to_what_the_name_leads_to_now() {
        let (callers, mut tree, attr) = lost();
        let link = Request::Link { ino: attr.ino, parent: ROOT, name: OsStr::new("g") };
        let gone = callers.intercept(WHO, &link, &mut tree);
        assert!(matches!(gone, Some(Err(Errno::NOENT))));
        let again = Request::MkNod { parent: ROOT, name: OsStr::new("f"), mode: 0o644, rdev: 0 };
        tree.apply(WHO, &again).unwrap();
        let linked = callers.intercept(WHO, &link, &mut tree);
        assert!(matches!(linked, Some(Ok(Answer::Entry(new))) if new.ino != attr.ino));
        assert_eq!(tree.find(ROOT, OsStr::new("g")), tree.find(ROOT, OsStr::new("f")));
    }

    #[test]
    fn what_goes_through_a_descriptor_is_left_alone() {
        let (callers, mut tree, attr) = lost();
        let size = Change { size: Some(0), by_handle: true, ..Change::default() };
        let ino = attr.ino;
        assert!(
            callers.intercept(WHO, &Request::SetAttr { ino, change: size }, &mut tree).is_none()
        );
        let open = Request::Open { ino, flags: libc::O_RDWR };
        assert!(
            callers.intercept(WHO, &open, &mut tree).is_none(),
            "a descriptor of an unlinked file"
        );
    }
}
