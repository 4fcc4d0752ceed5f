//! flock and fcntl byte-range locks.

mod model;

use rustix::fs::FlockOperation;
use serde::{Deserialize, Serialize};

use super::call::SlotId;
use super::caller::Caller;
use super::observation::{Observation, flag};
use super::{FieldKind, FieldSpec, OpKind, OpSpec};
use crate::scenario::{LockMode, LockOwner};
use crate::sys;

pub(super) const SPECS: &[OpSpec] = &[
    OpSpec {
        kind: OpKind::Flock,
        name: "flock",
        about: "Locks or unlocks a whole file through its open file description.",
        fields: &[
            FieldSpec::required("fd", FieldKind::UseFd, "Descriptor of the file."),
            FieldSpec::required("lock", FieldKind::LockMode, "`shared`, `exclusive` or `unlock`."),
            FieldSpec::optional(
                "wait",
                FieldKind::Bool,
                "Whether to wait for the lock (default true).",
            ),
        ],
    },
    OpSpec {
        kind: OpKind::Lock,
        name: "lock",
        about: "Locks or unlocks a byte range (fcntl).",
        fields: &[
            FieldSpec::required("fd", FieldKind::UseFd, "Descriptor of the file."),
            FieldSpec::required("lock", FieldKind::LockMode, "`shared`, `exclusive` or `unlock`."),
            FieldSpec::optional(
                "owner",
                FieldKind::LockOwner,
                "`posix` (the process, the default) or `ofd` (the open file description).",
            ),
            FieldSpec::optional("offset", FieldKind::Offset, "Start of the range (default 0)."),
            FieldSpec::optional(
                "len",
                FieldKind::Size,
                "Length of the range; 0, the default, reaches to the end.",
            ),
            FieldSpec::optional(
                "wait",
                FieldKind::Bool,
                "Whether to wait for the lock (default true).",
            ),
        ],
    },
];

/// `flock`: a lock on a whole file, owned by the open file description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flock {
    /// The descriptor.
    pub slot: SlotId,
    /// Shared, exclusive or unlock.
    pub mode: LockMode,
    /// Wait until it can be had.
    pub wait: bool,
}

impl Flock {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        let operation = match (self.mode, self.wait) {
            (LockMode::Shared, true) => FlockOperation::LockShared,
            (LockMode::Shared, false) => FlockOperation::NonBlockingLockShared,
            (LockMode::Exclusive, true) => FlockOperation::LockExclusive,
            (LockMode::Exclusive, false) => FlockOperation::NonBlockingLockExclusive,
            (LockMode::Unlock, _) => FlockOperation::Unlock,
        };
        let result = rustix::fs::flock(caller.fd(self.slot)?, operation);
        Some(Observation::of(result).with(flag::ON_DESCRIPTOR))
    }
}

/// `lock`: a byte-range lock of fcntl.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// The descriptor.
    pub slot: SlotId,
    /// Shared, exclusive or unlock.
    pub mode: LockMode,
    /// The process or the open file description.
    pub owner: LockOwner,
    /// First byte.
    pub start: i64,
    /// Number of bytes; 0 reaches to the end, however far the file grows.
    pub len: i64,
    /// Wait until it can be had.
    pub wait: bool,
}

impl Lock {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        let result = sys::calls::range_lock(caller.fd(self.slot)?, &self);
        Some(Observation::of(result).with(flag::ON_DESCRIPTOR))
    }
}
