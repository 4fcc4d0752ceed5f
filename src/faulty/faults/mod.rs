//! The registry: one file and one line here for each fault.

mod einval_write;
mod empty_read;
mod zero_inode;

mod deadlock_alarm;
mod gone_when_unlinked;
mod hang;
mod identity_changed;
mod links_differ;
mod lock_twice;
mod mode_lost;
mod nlink_high;
mod nlink_lag;
mod oops;
mod rename_busy;
mod replaced_still_linked;
mod scan_by_position;
mod scan_doubles;
mod scan_fails;
mod scan_live;
mod scan_not_rewound;

use super::fault::Fault;

static FAULTS: &[&Fault] = &[
    &zero_inode::FAULT,
    &empty_read::FAULT,
    &einval_write::FAULT,
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
