//! unlink, mkdir, rename, link and their kin: which names there are.

mod model;

use rustix::fs::{AtFlags, Mode};
use serde::{Deserialize, Serialize};

use super::call::{NameId, Place};
use super::caller::Caller;
use super::observation::Observation;
use super::{FieldKind, FieldSpec, OpKind, OpSpec};
use crate::scenario::RenameFlag;
use crate::sys;

pub(super) const SPECS: &[OpSpec] = &[
    OpSpec {
        kind: OpKind::Unlink,
        name: "unlink",
        about: "Removes the name of a file.",
        fields: &[
            FieldSpec::required("path", FieldKind::Path, "Name to remove."),
            FieldSpec::optional(
                "at",
                FieldKind::UseFd,
                "Directory descriptor that `path` is relative to.",
            ),
        ],
    },
    OpSpec {
        kind: OpKind::Rmdir,
        name: "rmdir",
        about: "Removes an empty directory.",
        fields: &[
            FieldSpec::required("path", FieldKind::Path, "Directory to remove."),
            FieldSpec::optional(
                "at",
                FieldKind::UseFd,
                "Directory descriptor that `path` is relative to.",
            ),
        ],
    },
    OpSpec {
        kind: OpKind::Mkdir,
        name: "mkdir",
        about: "Makes a directory.",
        fields: &[
            FieldSpec::required("path", FieldKind::Path, "Directory to make."),
            FieldSpec::optional("mode", FieldKind::Mode, "Permission bits of a new directory."),
            FieldSpec::optional(
                "at",
                FieldKind::UseFd,
                "Directory descriptor that `path` is relative to.",
            ),
        ],
    },
    OpSpec {
        kind: OpKind::Rename,
        name: "rename",
        about: "Moves a name, replacing what the new name stood for.",
        fields: &[
            FieldSpec::required("path", FieldKind::Path, "Old name."),
            FieldSpec::required("to", FieldKind::Path, "New name, relative to the run directory."),
            FieldSpec::optional(
                "flag",
                FieldKind::RenameFlag,
                "`noreplace` or `exchange`, where the system has them.",
            ),
            FieldSpec::optional(
                "at",
                FieldKind::UseFd,
                "Directory descriptor that `path` is relative to.",
            ),
        ],
    },
    OpSpec {
        kind: OpKind::Link,
        name: "link",
        about: "Gives a file a second name.",
        fields: &[
            FieldSpec::required("path", FieldKind::Path, "Existing name."),
            FieldSpec::required(
                "to",
                FieldKind::Path,
                "Additional name, relative to the run directory.",
            ),
            FieldSpec::optional(
                "at",
                FieldKind::UseFd,
                "Directory descriptor that `path` is relative to.",
            ),
        ],
    },
    OpSpec {
        kind: OpKind::Symlink,
        name: "symlink",
        about: "Makes a symbolic link.",
        fields: &[
            FieldSpec::required("path", FieldKind::Path, "Name of the link."),
            FieldSpec::required("target", FieldKind::LinkTarget, "Text of the link."),
            FieldSpec::optional(
                "at",
                FieldKind::UseFd,
                "Directory descriptor that `path` is relative to.",
            ),
        ],
    },
    OpSpec {
        kind: OpKind::Readlink,
        name: "readlink",
        about: "Reads the text of a symbolic link.",
        fields: &[
            FieldSpec::required("path", FieldKind::Path, "The link."),
            FieldSpec::optional(
                "at",
                FieldKind::UseFd,
                "Directory descriptor that `path` is relative to.",
            ),
        ],
    },
];

/// `unlink` and `rmdir`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unlink {
    /// The name.
    pub place: Place,
    /// Whether a directory is meant.
    pub directory: bool,
}

impl Unlink {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        let flags = if self.directory { AtFlags::REMOVEDIR } else { AtFlags::empty() };
        let directory = caller.directory(self.place.at)?;
        let name = caller.name(self.place.name);
        Some(Observation::of(rustix::fs::unlinkat(directory, name, flags)))
    }
}

/// `mkdir`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mkdir {
    /// The name.
    pub place: Place,
    /// Permission bits.
    pub mode: u32,
}

impl Mkdir {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        let directory = caller.directory(self.place.at)?;
        let mode = Mode::from_bits_retain(self.mode as _);
        Some(Observation::of(rustix::fs::mkdirat(directory, caller.name(self.place.name), mode)))
    }
}

/// `rename`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rename {
    /// Old name.
    pub from: Place,
    /// New name.
    pub to: Place,
    /// Noreplace, exchange or neither.
    pub flag: Option<RenameFlag>,
}

impl Rename {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        let (old, new) = (caller.directory(self.from.at)?, caller.directory(self.to.at)?);
        let (from, to) = (caller.name(self.from.name), caller.name(self.to.name));
        Some(Observation::of(match self.flag {
            None => rustix::fs::renameat(old, from, new, to),
            Some(flag) => sys::calls::rename_with(old, from, new, to, flag),
        }))
    }
}

/// `link`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Existing name.
    pub from: Place,
    /// New name.
    pub to: Place,
}

impl Link {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        let (old, new) = (caller.directory(self.from.at)?, caller.directory(self.to.at)?);
        let (from, to) = (caller.name(self.from.name), caller.name(self.to.name));
        Some(Observation::of(rustix::fs::linkat(old, from, new, to, AtFlags::empty())))
    }
}

/// `symlink`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symlink {
    /// Text of the link.
    pub target: NameId,
    /// The name.
    pub place: Place,
}

impl Symlink {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        let directory = caller.directory(self.place.at)?;
        let (target, name) = (caller.name(self.target), caller.name(self.place.name));
        Some(Observation::of(rustix::fs::symlinkat(target, directory, name)))
    }
}

/// `readlink`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readlink {
    /// The name.
    pub place: Place,
}

impl Readlink {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        let directory = caller.directory(self.place.at)?;
        let mut target = [0_u8; libc::PATH_MAX as usize];
        let name = caller.name(self.place.name);
        Some(match rustix::fs::readlinkat_raw(directory, name, &mut target[..]) {
            Ok(length) => {
                if let Some(detail) = &mut caller.detail {
                    detail.keep_text(&target[..length]);
                }
                Observation::value(length as i64)
            }
            Err(errno) => Observation::failed(errno),
        })
    }
}
