//! Metadata: stat and its kin, permissions, times.

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
