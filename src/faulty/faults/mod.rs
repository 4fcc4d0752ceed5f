//! The registry: one file and one line here for each fault.

mod append_split;
mod attribute_overwrite;
mod deadlock_alarm;
mod einval_write;
mod empty_read;
mod gone_when_unlinked;
mod hang;
mod identity_changed;
mod late_write;
mod links_differ;
mod lock_twice;
mod lost_write;
mod mixed_write;
mod mode_lost;
mod nlink_high;
mod nlink_lag;
mod offset_race;
mod old_tail;
mod oops;
mod rename_busy;
mod replaced_still_linked;
mod scan_by_position;
mod scan_doubles;
mod scan_fails;
mod scan_live;
mod scan_not_rewound;
mod short_write;
mod size_before_data;
mod size_lag;
mod stale_content;
mod stale_size;
mod stat_torn;
mod torn_read;
mod torn_size;
mod truncate_zeros;
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
    &identity_changed::FAULT,
    &scan_by_position::FAULT,
    &scan_doubles::FAULT,
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
];

/// Every fault that can be planted.
pub fn faults() -> &'static [&'static Fault] {
    FAULTS
}

/// The fault of that name.
pub fn find(name: &str) -> Option<&'static Fault> {
    FAULTS.iter().copied().find(|fault| fault.name == name)
}
