//! The registry: one file and one line here for each fault.

mod busy_rename;
mod create_below_removed;
mod create_twice;
mod einval_write;
mod empty_read;
mod exist_without_excl;
mod lost_in_rename;
mod mkdir_then_absent;
mod mkdir_twice;
mod name_comes_back;
mod not_empty;
mod open_stale;
mod path_walk;
mod rename_fails_but_done;
mod rmdir_twice;
mod silly_rename;
mod stale_dentry;
mod stale_handle;
mod sticky_absence;
mod symlink_mixed;
mod unlink_twice;
mod zero_inode;

use super::fault::Fault;

static FAULTS: &[&Fault] = &[
    &zero_inode::FAULT,
    &empty_read::FAULT,
    &einval_write::FAULT,
    &open_stale::FAULT,
    &sticky_absence::FAULT,
    &rename_fails_but_done::FAULT,
    &rmdir_twice::FAULT,
    &unlink_twice::FAULT,
    &create_twice::FAULT,
    &mkdir_twice::FAULT,
    &exist_without_excl::FAULT,
    &mkdir_then_absent::FAULT,
    &name_comes_back::FAULT,
    &not_empty::FAULT,
    &silly_rename::FAULT,
    &stale_handle::FAULT,
    &stale_dentry::FAULT,
    &path_walk::FAULT,
    &busy_rename::FAULT,
    &create_below_removed::FAULT,
    &symlink_mixed::FAULT,
    &lost_in_rename::FAULT,
];

/// Every fault that can be planted.
pub fn faults() -> &'static [&'static Fault] {
    FAULTS
}

/// The fault of that name.
pub fn find(name: &str) -> Option<&'static Fault> {
    FAULTS.iter().copied().find(|fault| fault.name == name)
}
