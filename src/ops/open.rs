//! open, creat, close, dup: where descriptors begin and end.

mod model;

pub(super) use model::close as model_close;
pub(crate) use model::open_shared;

use rustix::fs::{Mode, OFlags};
use serde::{Deserialize, Serialize};

use super::call::{Place, SlotId};
use super::caller::Caller;
use super::observation::{Observation, flag};
use super::{FieldKind, FieldSpec, OpKind, OpSpec};
use crate::sys;

pub(super) const SPECS: &[OpSpec] = &[
    OpSpec {
        kind: OpKind::Open,
        name: "open",
        about: "Opens a path and names the descriptor.",
        fields: &[
            FieldSpec::required("path", FieldKind::Path, "What to open."),
            FieldSpec::required("fd", FieldKind::DefineFd, "Name for the new descriptor."),
            FieldSpec::optional(
                "flags",
                FieldKind::OpenFlags,
                "Access mode and flags; read-only when no access mode is given.",
            ),
            FieldSpec::optional(
                "mode",
                FieldKind::Mode,
                "Permission bits of a new file (with `creat` or `tmpfile`).",
            ),
            FieldSpec::optional(
                "at",
                FieldKind::UseFd,
                "Directory descriptor that `path` is relative to.",
            ),
        ],
    },
    OpSpec {
        kind: OpKind::Creat,
        name: "creat",
        about: "Creates or truncates a file and opens it for writing.",
        fields: &[
            FieldSpec::required("path", FieldKind::Path, "What to create."),
            FieldSpec::required("fd", FieldKind::DefineFd, "Name for the new descriptor."),
            FieldSpec::optional("mode", FieldKind::Mode, "Permission bits of a new file."),
            FieldSpec::optional(
                "at",
                FieldKind::UseFd,
                "Directory descriptor that `path` is relative to.",
            ),
        ],
    },
    OpSpec {
        kind: OpKind::Close,
        name: "close",
        about: "Closes a descriptor.",
        fields: &[FieldSpec::required(
            "fd",
            FieldKind::UseFd,
            "Descriptor to close; not a shared one.",
        )],
    },
    OpSpec {
        kind: OpKind::Dup,
        name: "dup",
        about: "Duplicates a descriptor: both share one offset.",
        fields: &[
            FieldSpec::required("fd", FieldKind::UseFd, "Descriptor to duplicate."),
            FieldSpec::required("new", FieldKind::DefineFd, "Name for the duplicate."),
        ],
    },
];

/// `open` and `creat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// What to open.
    pub place: Place,
    /// Flags of this system, `O_CLOEXEC` included.
    pub flags: u32,
    /// Permission bits of a new file.
    pub mode: u32,
    /// Where the descriptor goes.
    pub slot: SlotId,
    /// Whether writes go to the end.
    pub append: bool,
}

impl Open {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        let opened = rustix::fs::openat(
            caller.directory(self.place.at)?,
            caller.name(self.place.name),
            OFlags::from_bits_retain(self.flags),
            Mode::from_bits_retain(self.mode as _),
        );
        Some(match opened {
            Ok(fd) => {
                caller.put(self.slot, fd, (!self.append).then_some(0));
                Observation::value(0)
            }
            Err(errno) => Observation::failed(errno),
        })
    }
}

pub(super) fn close(slot: SlotId, caller: &mut Caller<'_>) -> Option<Observation> {
    let fd = caller.take(slot)?;
    Some(Observation::of(sys::calls::close(fd)).with(flag::ON_DESCRIPTOR))
}

/// `dup`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dup {
    /// What to duplicate.
    pub from: SlotId,
    /// Where the new descriptor goes.
    pub to: SlotId,
}

impl Dup {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        let duplicated = rustix::io::fcntl_dupfd_cloexec(caller.fd(self.from)?, 0);
        let observation = match duplicated {
            Ok(fd) => {
                // Both descriptors now move one offset, so neither slot can track it alone.
                caller.slot(self.from).position = None;
                caller.put(self.to, fd, None);
                Observation::value(0)
            }
            Err(errno) => Observation::failed(errno),
        };
        Some(observation.with(flag::ON_DESCRIPTOR))
    }
}
