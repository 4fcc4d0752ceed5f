//! The registry: one file and one line here for each fault.

mod append_split;
mod attribute_overwrite;
mod busy_while_open;
mod create_below_removed;
mod create_twice;
mod deadlock_alarm;
mod einval_write;
mod empty_link;
mod empty_read;
mod exist_without_excl;
mod gone_when_unlinked;
mod hang;
mod identity_changed;
mod late_write;
mod links_differ;
mod listed_twice;
mod lock_twice;
mod lost_in_rename;
mod lost_write;
mod mixed_write;
mod mkdir_then_absent;
mod mkdir_twice;
mod mode_lost;
mod name_comes_back;
mod nlink_high;
mod nlink_lag;
mod not_empty;
mod offset_race;
mod old_tail;
mod oops;
mod open_stale;
mod orphan_cycle;
mod path_walk;
mod rename_both;
mod rename_busy;
mod rename_fails_but_done;
mod rename_gap;
mod replaced_still_linked;
mod rmdir_lag;
mod rmdir_twice;
mod scan_by_position;
mod scan_doubles;
mod scan_fails;
mod scan_live;
mod scan_not_rewound;
mod short_write;
mod silly_rename;
mod size_before_data;
mod size_lag;
mod stale_content;
mod stale_dentry;
mod stale_handle;
mod stale_size;
mod stat_torn;
mod sticky_absence;
mod symlink_mixed;
mod torn_read;
mod torn_size;
mod torn_write;
mod truncate_zeros;
mod unlink_twice;
mod wrong_content;
mod zero_inode;

use super::fault::Fault;

static FAULTS: &[&Fault] = &[
    &zero_inode::FAULT,
    &empty_read::FAULT,
    &einval_write::FAULT,
    &torn_read::FAULT,
    &mixed_write::FAULT,
    &torn_size::FAULT,
    &torn_write::FAULT,
    &size_before_data::FAULT,
    &truncate_zeros::FAULT,
    &append_split::FAULT,
    &offset_race::FAULT,
    &size_lag::FAULT,
    &lost_write::FAULT,
    &short_write::FAULT,
    &wrong_content::FAULT,
    &stale_content::FAULT,
    &stat_torn::FAULT,
    &late_write::FAULT,
    &attribute_overwrite::FAULT,
    &stale_size::FAULT,
    &old_tail::FAULT,
    &gone_when_unlinked::FAULT,
    &replaced_still_linked::FAULT,
    &nlink_high::FAULT,
    &nlink_lag::FAULT,
    &rmdir_lag::FAULT,
    &identity_changed::FAULT,
    &scan_by_position::FAULT,
    &scan_doubles::FAULT,
    &listed_twice::FAULT,
    &scan_fails::FAULT,
    &scan_not_rewound::FAULT,
    &scan_live::FAULT,
    &hang::FAULT,
    &oops::FAULT,
    &links_differ::FAULT,
    &lock_twice::FAULT,
    &deadlock_alarm::FAULT,
    &mode_lost::FAULT,
    &rename_busy::FAULT,
    &rename_gap::FAULT,
    &rename_both::FAULT,
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
    &busy_while_open::FAULT,
    &create_below_removed::FAULT,
    &symlink_mixed::FAULT,
    &empty_link::FAULT,
    &lost_in_rename::FAULT,
    &orphan_cycle::FAULT,
];

/// Every fault that can be planted.
pub fn faults() -> &'static [&'static Fault] {
    FAULTS
}

/// The fault of that name.
pub fn find(name: &str) -> Option<&'static Fault> {
    FAULTS.iter().copied().find(|fault| fault.name == name)
}
