//! The operations: one file per family holds its fields, its system calls and the errnos that
//! POSIX lets it return.

pub mod call;
pub mod caller;
pub mod data;
pub mod detail;
pub mod locks;
pub mod meta;
pub mod names;
pub mod observation;
pub mod open;
pub mod pause;
pub mod readdir;

use serde::{Deserialize, Serialize};

/// The tables of all families, in the order in which the documentation shows them.
const FAMILIES: [&[OpSpec]; 7] = [
    open::SPECS,
    data::SPECS,
    names::SPECS,
    meta::SPECS,
    readdir::SPECS,
    locks::SPECS,
    pause::SPECS,
];

/// All operations, family by family.
pub fn specs() -> impl Iterator<Item = &'static OpSpec> + Clone {
    FAMILIES.into_iter().flatten()
}

/// Which operation a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is the system call of its name; OpSpec::about describes it")]
pub enum OpKind {
    Open,
    Creat,
    Close,
    Dup,
    Read,
    Write,
    Pread,
    Pwrite,
    Lseek,
    Truncate,
    Ftruncate,
    Fsync,
    Fdatasync,
    Stat,
    Lstat,
    Fstat,
    Access,
    Chmod,
    Fchmod,
    Utimens,
    Futimens,
    Unlink,
    Rmdir,
    Mkdir,
    Rename,
    Link,
    Symlink,
    Readlink,
    Readdir,
    Flock,
    Lock,
    Sleep,
    Yield,
    Spin,
}

impl OpKind {
    /// Its entry in the table.
    pub fn spec(self) -> &'static OpSpec {
        specs().find(|spec| spec.kind == self).expect("a test checks that each kind has a spec")
    }

    /// Its name in TOML.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// The operation of this name.
    pub fn from_name(name: &str) -> Option<OpKind> {
        specs().find(|spec| spec.name == name).map(|spec| spec.kind)
    }
}

/// What an operation is called, takes and does: the one table behind the parser, the JSON Schema
/// and the documentation.
#[derive(Debug)]
pub struct OpSpec {
    /// The operation.
    pub kind: OpKind,
    /// Its name in TOML.
    pub name: &'static str,
    /// One line on what it does.
    pub about: &'static str,
    /// The fields it takes besides `op`, `repeat`, `on` and `expect`.
    pub fields: &'static [FieldSpec],
}

impl OpSpec {
    /// Its field of this name, if it has one.
    pub fn field(&self, name: &str) -> Option<&'static FieldSpec> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Whether it can fail at all: pauses cannot.
    pub fn can_fail(&self) -> bool {
        !matches!(self.kind, OpKind::Sleep | OpKind::Yield | OpKind::Spin)
    }
}

/// One field of an operation.
#[derive(Debug)]
pub struct FieldSpec {
    /// Key in TOML.
    pub name: &'static str,
    /// What values it takes.
    pub kind: FieldKind,
    /// Whether the operation needs it.
    pub need: Need,
    /// One line on its meaning.
    pub about: &'static str,
}

impl FieldSpec {
    const fn required(name: &'static str, kind: FieldKind, about: &'static str) -> Self {
        FieldSpec { name, kind, need: Need::Required, about }
    }

    const fn optional(name: &'static str, kind: FieldKind, about: &'static str) -> Self {
        FieldSpec { name, kind, need: Need::Optional, about }
    }

    const fn one_of(name: &'static str, kind: FieldKind, about: &'static str) -> Self {
        FieldSpec { name, kind, need: Need::OneOf, about }
    }
}

/// Whether a field must be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must be there.
    Required,
    /// It may be left out.
    Optional,
    /// Exactly one of the operation's fields marked so must be there.
    OneOf,
}

/// What values a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A relative path, holes allowed.
    Path,
    /// The text of a symbolic link: relative, without `..`, holes allowed.
    LinkTarget,
    /// The name of a descriptor that an earlier step (or `shared`) opens.
    UseFd,
    /// The name of a descriptor that this step opens.
    DefineFd,
    /// A list of open flags.
    OpenFlags,
    /// A rename flag.
    RenameFlag,
    /// Permission bits: an octal text such as "0644" or an integer.
    Mode,
    /// What `access` asks for.
    AccessMode,
    /// A byte count: an integer or a text such as "64KiB".
    Size,
    /// A byte position: an integer (may be negative for `lseek`) or a text such as "64KiB".
    Offset,
    /// What `lseek` counts from.
    Whence,
    /// Text to write.
    Text,
    /// A lock mode.
    LockMode,
    /// Owner of a byte-range lock.
    LockOwner,
    /// true or false.
    Bool,
    /// A time such as "1us", "5ms" or "2s".
    Time,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_has_exactly_one_spec_and_the_name_that_serde_writes() {
        let kinds: BTreeSet<OpKind> = specs().map(|spec| spec.kind).collect();
        assert_eq!(kinds.len(), specs().count(), "a kind has two specs");
        // `Spin` is the last variant, so the count shows a kind that has no spec.
        assert_eq!(kinds.len(), OpKind::Spin as usize + 1);
        for spec in specs() {
            assert_eq!(serde_json::to_value(spec.kind).unwrap(), spec.name);
            assert_eq!(OpKind::from_name(spec.name), Some(spec.kind));
            assert_eq!(spec.kind.name(), spec.name);
        }
    }

    #[test]
    fn a_field_name_always_has_one_kind_per_operation() {
        for spec in specs() {
            let names: BTreeSet<&str> = spec.fields.iter().map(|field| field.name).collect();
            assert_eq!(names.len(), spec.fields.len(), "{} names a field twice", spec.name);
        }
    }
}
