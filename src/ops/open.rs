//! Opening and closing descriptors.

use super::{FieldKind, FieldSpec, OpKind, OpSpec};

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
