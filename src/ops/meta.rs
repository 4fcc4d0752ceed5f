//! stat and its kin, access, modes and times: what is said about a file.

mod model;

pub(super) use model::{fstat as model_fstat, futimens as model_futimens};

use rustix::fs::{AtFlags, Mode, Timespec, Timestamps, UTIME_NOW};
use serde::{Deserialize, Serialize};

use super::call::{Place, SlotId};
use super::caller::Caller;
use super::observation::{Observation, flag};
use super::{FieldKind, FieldSpec, OpKind, OpSpec};

pub(super) const SPECS: &[OpSpec] = &[
    OpSpec {
        kind: OpKind::Stat,
        name: "stat",
        about: "Reads the metadata of a path, following symbolic links.",
        fields: &[
            FieldSpec::required("path", FieldKind::Path, "What to look at."),
            FieldSpec::optional(
                "at",
                FieldKind::UseFd,
                "Directory descriptor that `path` is relative to.",
            ),
        ],
    },
    OpSpec {
        kind: OpKind::Lstat,
        name: "lstat",
        about: "Reads the metadata of a path, of a symbolic link itself.",
        fields: &[
            FieldSpec::required("path", FieldKind::Path, "What to look at."),
            FieldSpec::optional(
                "at",
                FieldKind::UseFd,
                "Directory descriptor that `path` is relative to.",
            ),
        ],
    },
    OpSpec {
        kind: OpKind::Fstat,
        name: "fstat",
        about: "Reads the metadata of an open file.",
        fields: &[FieldSpec::required("fd", FieldKind::UseFd, "Descriptor to look at.")],
    },
    OpSpec {
        kind: OpKind::Access,
        name: "access",
        about: "Asks whether a path exists or permits something.",
        fields: &[
            FieldSpec::required("path", FieldKind::Path, "What to ask about."),
            FieldSpec::optional(
                "access",
                FieldKind::AccessMode,
                "What to ask: `exists` (the default), `read`, `write` or `execute`.",
            ),
            FieldSpec::optional(
                "at",
                FieldKind::UseFd,
                "Directory descriptor that `path` is relative to.",
            ),
        ],
    },
    OpSpec {
        kind: OpKind::Chmod,
        name: "chmod",
        about: "Sets permission bits by path.",
        fields: &[
            FieldSpec::required("path", FieldKind::Path, "What to change."),
            FieldSpec::required("mode", FieldKind::Mode, "The new permission bits."),
            FieldSpec::optional(
                "at",
                FieldKind::UseFd,
                "Directory descriptor that `path` is relative to.",
            ),
        ],
    },
    OpSpec {
        kind: OpKind::Fchmod,
        name: "fchmod",
        about: "Sets permission bits of an open file.",
        fields: &[
            FieldSpec::required("fd", FieldKind::UseFd, "Descriptor of the file."),
            FieldSpec::required("mode", FieldKind::Mode, "The new permission bits."),
        ],
    },
    OpSpec {
        kind: OpKind::Utimens,
        name: "utimens",
        about: "Sets access and modification times to now, by path.",
        fields: &[
            FieldSpec::required("path", FieldKind::Path, "What to touch."),
            FieldSpec::optional(
                "at",
                FieldKind::UseFd,
                "Directory descriptor that `path` is relative to.",
            ),
        ],
    },
    OpSpec {
        kind: OpKind::Futimens,
        name: "futimens",
        about: "Sets access and modification times of an open file to now.",
        fields: &[FieldSpec::required("fd", FieldKind::UseFd, "Descriptor of the file.")],
    },
];

/// `stat` and `lstat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stat {
    /// The file.
    pub place: Place,
    /// Whether a symbolic link at the end is followed.
    pub follow: bool,
}

impl Stat {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        let flags = if self.follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
        let directory = caller.directory(self.place.at)?;
        Some(match rustix::fs::statat(directory, caller.name(self.place.name), flags) {
            Ok(stat) => seen(&stat),
            Err(errno) => Observation::failed(errno),
        })
    }
}

pub(super) fn fstat(slot: SlotId, caller: &mut Caller<'_>) -> Option<Observation> {
    let stat = match rustix::fs::fstat(caller.fd(slot)?) {
        Ok(stat) => stat,
        Err(errno) => return Some(Observation::failed(errno).with(flag::ON_DESCRIPTOR)),
    };
    let mut observation = seen(&stat).with(flag::ON_DESCRIPTOR);
    if observation.ino == 0 {
        observation = observation.with(flag::ZERO_INODE);
    }
    let identity = (stat.st_dev as u64, observation.ino, u32::from(observation.mode()) & 0o170_000);
    let first = *caller.slot(slot).identity.get_or_insert(identity);
    if first != identity {
        observation = observation.with(flag::IDENTITY_CHANGED);
    }
    Some(observation)
}

// The widths of these fields differ between the supported systems.
#[allow(clippy::unnecessary_cast)]
fn seen(stat: &rustix::fs::Stat) -> Observation {
    Observation::stat(
        stat.st_ino as u64,
        stat.st_size as u64,
        stat.st_mode as u16,
        stat.st_nlink as u64,
    )
}

/// `access`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The file.
    pub place: Place,
    /// What is asked for.
    pub access: crate::scenario::AccessMode,
}

impl Access {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        use crate::scenario::AccessMode;
        let access = match self.access {
            AccessMode::Exists => rustix::fs::Access::EXISTS,
            AccessMode::Read => rustix::fs::Access::READ_OK,
            AccessMode::Write => rustix::fs::Access::WRITE_OK,
            AccessMode::Execute => rustix::fs::Access::EXEC_OK,
        };
        let directory = caller.directory(self.place.at)?;
        let name = caller.name(self.place.name);
        Some(Observation::of(rustix::fs::accessat(directory, name, access, AtFlags::empty())))
    }
}

/// `chmod`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chmod {
    /// The file.
    pub place: Place,
    /// New permission bits.
    pub mode: u32,
}

impl Chmod {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        let directory = caller.directory(self.place.at)?;
        let mode = Mode::from_bits_retain(self.mode as _);
        let name = caller.name(self.place.name);
        Some(Observation::of(rustix::fs::chmodat(directory, name, mode, AtFlags::empty())))
    }
}

/// `fchmod`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fchmod {
    /// The descriptor.
    pub slot: SlotId,
    /// New permission bits.
    pub mode: u32,
}

impl Fchmod {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        let mode = Mode::from_bits_retain(self.mode as _);
        let result = rustix::fs::fchmod(caller.fd(self.slot)?, mode);
        Some(Observation::of(result).with(flag::ON_DESCRIPTOR))
    }
}

/// Both times set to now.
const NOW: Timestamps = Timestamps {
    last_access: Timespec { tv_sec: 0, tv_nsec: UTIME_NOW as _ },
    last_modification: Timespec { tv_sec: 0, tv_nsec: UTIME_NOW as _ },
};

/// `utimens`: sets both times to now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Utimens {
    /// The file.
    pub place: Place,
}

impl Utimens {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        let directory = caller.directory(self.place.at)?;
        let name = caller.name(self.place.name);
        Some(Observation::of(rustix::fs::utimensat(directory, name, &NOW, AtFlags::empty())))
    }
}

pub(super) fn futimens(slot: SlotId, caller: &mut Caller<'_>) -> Option<Observation> {
    let result = rustix::fs::futimens(caller.fd(slot)?, &NOW);
    Some(Observation::of(result).with(flag::ON_DESCRIPTOR))
}
