//! Access checks, made here and not by the kernel (`default_permissions`).
//!
//! With attributes that are never cached the kernel would ask for them before every check, one more
//! request for each path component and each open, and the check would not be atomic with what it
//! permits. The price: only the caller's own group is known, not its supplementary groups.

use crate::faulty::request::Who;
use fuser::FileAttr;
use rustix::io::Errno;

pub(super) const READ: i32 = libc::R_OK;
pub(super) const WRITE: i32 = libc::W_OK;
pub(super) const SEARCH: i32 = libc::X_OK;

pub(super) fn check(who: Who, attr: &FileAttr, mask: i32) -> Result<(), Errno> {
    let perm = i32::from(attr.perm);
    let granted = if who.uid == 0 {
        let directory = attr.kind == fuser::FileType::Directory;
        READ | WRITE | if directory || perm & 0o111 != 0 { SEARCH } else { 0 }
    } else if who.uid == attr.uid {
        perm >> 6
    } else if who.gid == attr.gid {
        perm >> 3
    } else {
        perm
    };
    if mask & !granted & 0o7 == 0 { Ok(()) } else { Err(Errno::ACCESS) }
}

pub(super) fn check_owner(who: Who, attr: &FileAttr) -> Result<(), Errno> {
    if who.uid == 0 || who.uid == attr.uid { Ok(()) } else { Err(Errno::PERM) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faulty::tree::attributes::fresh;
    use fuser::{FileType, INodeNo};

    #[test]
    fn the_first_class_that_fits_decides() {
        let owner = Who { tid: 0, uid: 1, gid: 10 };
        let attr = fresh(INodeNo(2), FileType::RegularFile, 0o046, owner);
        let may = |uid, gid, mask| check(Who { tid: 0, uid, gid }, &attr, mask).is_ok();
        assert!(!may(1, 10, READ), "the owner has less than its group");
        assert!(may(2, 10, READ) && !may(2, 10, WRITE));
        assert!(may(2, 20, READ | WRITE));
        assert!(may(0, 0, READ | WRITE) && !may(0, 0, SEARCH));
        assert_eq!(check_owner(Who { tid: 0, uid: 2, gid: 10 }, &attr), Err(Errno::PERM));
    }
}
