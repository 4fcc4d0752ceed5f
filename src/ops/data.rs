//! read, write, their positioned kin, sizes and syncing: what is in a file.

mod model;

use rustix::fs::SeekFrom;
use serde::{Deserialize, Serialize};

use super::call::{NameId, SlotId};
use super::caller::Caller;
use super::observation::{Observation, flag};
use super::{FieldKind, FieldSpec, OpKind, OpSpec};
use crate::content::ItemSet;
use crate::sys;

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

/// `read` and `pread`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// The descriptor.
    pub slot: SlotId,
    /// Bytes asked for.
    pub len: u32,
    /// Position of `pread`; `None` for `read`.
    pub offset: Option<u64>,
    /// What can be in the file, as far as that is known: bytes that could be from several items
    /// are taken to be from these.
    pub likely: ItemSet,
}

impl Read {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        let position = self.offset.or(caller.slot(self.slot).position);
        let (fd, buffer) = caller.fd_and_buffer(self.slot)?;
        let buffer = &mut buffer[..self.len as usize];
        let result = match self.offset {
            Some(offset) => rustix::io::pread(fd, buffer, offset),
            None => rustix::io::read(fd, buffer),
        };
        let observation = match result {
            Ok(count) => {
                if self.offset.is_none() {
                    advance(caller, self.slot, count);
                }
                match &mut caller.detail {
                    Some(detail) => {
                        detail.keep_read(&caller.buffer[..count]);
                        Observation::moved(count)
                    }
                    None => self.seen(caller, count, position),
                }
            }
            Err(errno) => Observation::failed(errno),
        };
        Some(observation.with(flag::ON_DESCRIPTOR))
    }

    fn seen(self, caller: &Caller<'_>, count: usize, position: Option<u64>) -> Observation {
        let observation = Observation::moved(count);
        let Some(position) = position else { return observation };
        if count == 0 {
            let empty = position == 0 && self.len > 0;
            return if empty { observation.with(flag::EMPTY) } else { observation };
        }
        let read = &caller.buffer[..count];
        let class = caller.contents.classify(read, position, self.len as usize, self.likely);
        observation.with_content(class)
    }
}

fn advance(caller: &mut Caller<'_>, slot: SlotId, count: usize) {
    if let Some(position) = &mut caller.slot(slot).position {
        *position += count as u64;
    }
}

/// `write` and `pwrite`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// The descriptor.
    pub slot: SlotId,
    /// Index into the plan's contents.
    pub item: u8,
    /// Position of `pwrite`; `None` for `write`.
    pub offset: Option<u64>,
}

impl Write {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        // A record whose place is not known (O_APPEND) is written as it would stand at 0.
        let at = self.offset.or(caller.slot(self.slot).position).unwrap_or(0);
        let bytes = caller.contents.bytes(self.item, caller.iteration, at);
        let fd = caller.fd(self.slot)?;
        let result = match self.offset {
            Some(offset) => rustix::io::pwrite(fd, bytes, offset),
            None => rustix::io::write(fd, bytes),
        };
        let observation = match result {
            Ok(count) => {
                let short = count < bytes.len();
                if self.offset.is_none() {
                    advance(caller, self.slot, count);
                }
                let observation = Observation::moved(count);
                if short { observation.with(fell_short(caller, self.slot)) } else { observation }
            }
            Err(errno) => Observation::failed(errno),
        };
        Some(observation.with(flag::ON_DESCRIPTOR))
    }
}

/// Free bytes below which a filesystem may have no room for a write: it keeps some for itself.
const NEARLY_FULL: u64 = 64 << 20;

/// The flags of a write that moved fewer bytes than it was asked for. The errno that says why comes
/// with the next write, which there may never be.
#[cold]
fn fell_short(caller: &Caller<'_>, slot: SlotId) -> u64 {
    use rustix::process::{Resource, getrlimit};
    let full = caller
        .fd(slot)
        .and_then(|fd| rustix::fs::fstatvfs(fd).ok())
        .is_none_or(|fs| fs.f_bavail.saturating_mul(fs.f_frsize) < NEARLY_FULL);
    let limited = getrlimit(Resource::Fsize).current.is_some();
    if full || limited { flag::SHORT | flag::NO_ROOM } else { flag::SHORT }
}

/// `lseek`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lseek {
    /// The descriptor.
    pub slot: SlotId,
    /// Distance.
    pub offset: i64,
    /// What it is counted from.
    pub whence: crate::scenario::Whence,
}

impl Lseek {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        use crate::scenario::Whence;
        let to = match self.whence {
            Whence::Set => SeekFrom::Start(self.offset.max(0) as u64),
            Whence::Cur => SeekFrom::Current(self.offset),
            Whence::End => SeekFrom::End(self.offset),
        };
        let observation = match rustix::fs::seek(caller.fd(self.slot)?, to) {
            Ok(position) => {
                if let Some(known) = &mut caller.slot(self.slot).position {
                    *known = position;
                }
                Observation::value(position as i64)
            }
            Err(errno) => Observation::failed(errno),
        };
        Some(observation.with(flag::ON_DESCRIPTOR))
    }
}

/// `truncate`, relative to the sandbox, which is the worker's current directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truncate {
    /// The file.
    pub name: NameId,
    /// New size.
    pub size: u64,
}

impl Truncate {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        Some(Observation::of(sys::calls::truncate(caller.name(self.name), self.size)))
    }
}

/// `ftruncate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ftruncate {
    /// The descriptor.
    pub slot: SlotId,
    /// New size.
    pub size: u64,
}

impl Ftruncate {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        let result = rustix::fs::ftruncate(caller.fd(self.slot)?, self.size);
        Some(Observation::of(result).with(flag::ON_DESCRIPTOR))
    }
}

/// `fsync` and `fdatasync`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fsync {
    /// The descriptor.
    pub slot: SlotId,
    /// Data only.
    pub data: bool,
}

impl Fsync {
    pub(super) fn execute(self, caller: &mut Caller<'_>) -> Option<Observation> {
        let fd = caller.fd(self.slot)?;
        let result = if self.data { sys::calls::fdatasync(fd) } else { rustix::fs::fsync(fd) };
        Some(Observation::of(result).with(flag::ON_DESCRIPTOR))
    }
}
