//! Locks on whole files and byte ranges.

use super::{FieldKind, FieldSpec, OpKind, OpSpec};

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
