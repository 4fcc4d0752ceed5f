//! Names: making, moving and removing directory entries.

use super::{FieldKind, FieldSpec, OpKind, OpSpec};

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
