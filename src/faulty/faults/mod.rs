//! The registry: one file and one line here for each fault.

mod append_split;
mod attribute_overwrite;
mod einval_write;
mod empty_read;
mod late_write;
mod lost_write;
mod mixed_write;
mod offset_race;
mod old_tail;
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
];

/// Every fault that can be planted.
pub fn faults() -> &'static [&'static Fault] {
    FAULTS
}

/// The fault of that name.
pub fn find(name: &str) -> Option<&'static Fault> {
    FAULTS.iter().copied().find(|fault| fault.name == name)
}
