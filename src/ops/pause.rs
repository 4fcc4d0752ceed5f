//! Pauses: they touch no file, they only move the actors against each other.

use super::{FieldKind, FieldSpec, OpKind, OpSpec};

pub(super) const SPECS: &[OpSpec] = &[
    OpSpec {
        kind: OpKind::Sleep,
        name: "sleep",
        about: "Sleeps.",
        fields: &[FieldSpec::required("time", FieldKind::Time, "How long.")],
    },
    OpSpec {
        kind: OpKind::Yield,
        name: "yield",
        about: "Gives the processor to another thread.",
        fields: &[],
    },
    OpSpec {
        kind: OpKind::Spin,
        name: "spin",
        about: "Keeps the processor busy.",
        fields: &[FieldSpec::required("time", FieldKind::Time, "How long.")],
    },
];
