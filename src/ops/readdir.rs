//! Directory scans.

use super::{FieldKind, FieldSpec, OpKind, OpSpec};

pub(super) const SPECS: &[OpSpec] = &[OpSpec {
    kind: OpKind::Readdir,
    name: "readdir",
    about: "Scans a whole directory: opens the path, or rewinds the descriptor.",
    fields: &[
        FieldSpec::one_of("path", FieldKind::Path, "Directory to scan."),
        FieldSpec::one_of("fd", FieldKind::UseFd, "Descriptor of a directory to rewind and scan."),
    ],
}];
