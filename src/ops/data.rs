//! Contents of files: bytes, offsets, sizes and syncing.

use super::{FieldKind, FieldSpec, OpKind, OpSpec};

pub(super) const SPECS: &[OpSpec] = &[
    OpSpec {
        kind: OpKind::Read,
        name: "read",
        about: "Reads at the offset of the descriptor and moves it.",
        fields: &[
            FieldSpec::required("fd", FieldKind::UseFd, "Descriptor to read from."),
            FieldSpec::required("len", FieldKind::Size, "How many bytes to ask for."),
        ],
    },
    OpSpec {
        kind: OpKind::Write,
        name: "write",
        about: "Writes at the offset of the descriptor and moves it.",
        fields: &[
            FieldSpec::required("fd", FieldKind::UseFd, "Descriptor to write to."),
            FieldSpec::one_of("content", FieldKind::Text, "Exactly this text."),
            FieldSpec::one_of(
                "size",
                FieldKind::Size,
                "This many bytes, tagged with writer and generation.",
            ),
        ],
    },
    OpSpec {
        kind: OpKind::Pread,
        name: "pread",
        about: "Reads at a position; the offset stays.",
        fields: &[
            FieldSpec::required("fd", FieldKind::UseFd, "Descriptor to read from."),
            FieldSpec::required("len", FieldKind::Size, "How many bytes to ask for."),
            FieldSpec::required("offset", FieldKind::Offset, "Where to read."),
        ],
    },
    OpSpec {
        kind: OpKind::Pwrite,
        name: "pwrite",
        about: "Writes at a position; the offset stays.",
        fields: &[
            FieldSpec::required("fd", FieldKind::UseFd, "Descriptor to write to."),
            FieldSpec::one_of("content", FieldKind::Text, "Exactly this text."),
            FieldSpec::one_of(
                "size",
                FieldKind::Size,
                "This many bytes, tagged with writer and generation.",
            ),
            FieldSpec::required("offset", FieldKind::Offset, "Where to write."),
        ],
    },
    OpSpec {
        kind: OpKind::Lseek,
        name: "lseek",
        about: "Moves the offset of the descriptor.",
        fields: &[
            FieldSpec::required("fd", FieldKind::UseFd, "Descriptor to move."),
            FieldSpec::required("offset", FieldKind::Offset, "How far; may be negative."),
            FieldSpec::optional(
                "whence",
                FieldKind::Whence,
                "What it counts from: `set` (the default), `cur` or `end`.",
            ),
        ],
    },
    OpSpec {
        kind: OpKind::Truncate,
        name: "truncate",
        about: "Sets the size of a file by path.",
        fields: &[
            FieldSpec::required("path", FieldKind::Path, "File to cut or extend."),
            FieldSpec::required("size", FieldKind::Size, "The new size."),
        ],
    },
    OpSpec {
        kind: OpKind::Ftruncate,
        name: "ftruncate",
        about: "Sets the size of an open file.",
        fields: &[
            FieldSpec::required(
                "fd",
                FieldKind::UseFd,
                "Descriptor of the file, open for writing.",
            ),
            FieldSpec::required("size", FieldKind::Size, "The new size."),
        ],
    },
    OpSpec {
        kind: OpKind::Fsync,
        name: "fsync",
        about: "Flushes data and metadata to the device.",
        fields: &[FieldSpec::required("fd", FieldKind::UseFd, "Descriptor to flush.")],
    },
    OpSpec {
        kind: OpKind::Fdatasync,
        name: "fdatasync",
        about: "Flushes data to the device.",
        fields: &[FieldSpec::required("fd", FieldKind::UseFd, "Descriptor to flush.")],
    },
];
