//! The registry: one file and one line here for each fault.

mod einval_write;
mod empty_read;
mod zero_inode;

use super::fault::Fault;

static FAULTS: &[&Fault] = &[&zero_inode::FAULT, &empty_read::FAULT, &einval_write::FAULT];

/// Every fault that can be planted.
pub fn faults() -> &'static [&'static Fault] {
    FAULTS
}

/// The fault of that name.
pub fn find(name: &str) -> Option<&'static Fault> {
    FAULTS.iter().copied().find(|fault| fault.name == name)
}
