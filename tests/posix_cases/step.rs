//! Steps: the name of the operation, its usual fields in a fixed order, and the others by name.
//!
//! ```text
//! open a f flags=rdwr,creat mode=0600
//! pread f 10 2
//! rename a b flag=noreplace
//! ```

use fsrace::ops::{FieldKind, OpKind, OpSpec};

use super::notation::{unquote, words};

/// The fields that are written without their names.
fn usual(op: OpKind) -> &'static [&'static str] {
    match op {
        OpKind::Open | OpKind::Creat => &["path", "fd"],
        OpKind::Dup => &["fd", "new"],
        OpKind::Read => &["fd", "len"],
        OpKind::Pread => &["fd", "len", "offset"],
        OpKind::Write => &["fd", "content"],
        OpKind::Pwrite => &["fd", "content", "offset"],
        OpKind::Lseek => &["fd", "offset", "whence"],
        OpKind::Truncate => &["path", "size"],
        OpKind::Ftruncate => &["fd", "size"],
        OpKind::Rename | OpKind::Link => &["path", "to"],
        OpKind::Symlink => &["path", "target"],
        OpKind::Access => &["path", "access"],
        OpKind::Chmod => &["path", "mode"],
        OpKind::Fchmod => &["fd", "mode"],
        OpKind::Flock | OpKind::Lock => &["fd", "lock"],
        OpKind::Close | OpKind::Fsync | OpKind::Fdatasync | OpKind::Fstat | OpKind::Futimens => {
            &["fd"]
        }
        _ => &["path"],
    }
}

/// A step as it is written in a scenario. Locks do not wait.
///
/// # Panics
/// If it is not written as it should be.
pub fn toml(text: &'static str) -> String {
    let words = words(text);
    let op = OpKind::from_name(words[0]).unwrap_or_else(|| panic!("no operation: {text}"));
    let spec = op.spec();
    let mut toml = format!("{{ op = \"{}\"", spec.name);
    let mut usual = usual(op).iter();
    for word in &words[1..] {
        let named = word.split_once('=').filter(|(key, _)| spec.field(key).is_some());
        let (key, value) = named.unwrap_or_else(|| {
            let key = usual.next().unwrap_or_else(|| panic!("{word} is too much: {text}"));
            (key, word)
        });
        toml += &format!(", {key} = {}", written(spec, key, value));
    }
    if matches!(op, OpKind::Flock | OpKind::Lock) {
        toml += ", wait = false";
    }
    toml + " }"
}

fn written(spec: &OpSpec, key: &str, value: &str) -> String {
    match spec.field(key).unwrap_or_else(|| panic!("{} has no {key}", spec.name)).kind {
        FieldKind::OpenFlags => format!("{:?}", value.split(',').collect::<Vec<_>>()),
        FieldKind::Size | FieldKind::Offset | FieldKind::Bool => value.to_owned(),
        FieldKind::Text => format!("{:?}", unquote(value)),
        _ => format!("\"{value}\""),
    }
}
