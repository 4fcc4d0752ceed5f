//! The operations: one file per family holds its fields, its system calls and the errnos that
//! POSIX lets it return.

use serde::{Deserialize, Serialize};

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
