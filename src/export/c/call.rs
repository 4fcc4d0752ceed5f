//! One step as a call of C.

use libc::{
    O_APPEND, O_CREAT, O_DIRECTORY, O_DSYNC, O_EXCL, O_NOFOLLOW, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY,
};

use super::actor::Names;
use super::literal::string;
use super::parts::Needed;
use crate::content::ContentItem;
use crate::ops::call::{Call, Directory, Place};
use crate::ops::data::Write;
use crate::ops::pause::Pause;
use crate::ops::readdir::ScanOf;
use crate::plan::{Plan, StepPlan};
use crate::scenario::{AccessMode, LockMode, LockOwner, Mode, RenameFlag, Whence};

/// The expression that makes the call and gives its errno; of a pause, the statement without its
/// semicolon.
pub(super) fn expression(
    plan: &Plan,
    names: &Names,
    step: &StepPlan,
    needed: &mut Needed,
) -> String {
    let words = string(step.text.as_bytes());
    let file = |slot| names.file(slot);
    let at = |place: Place| match place.at {
        Directory::Sandbox => "me->root".to_owned(),
        Directory::Slot(slot) => format!("{}.fd", file(slot)),
    };
    let text = |place: Place| names.path(place.name);
    let place = |place: Place| format!("{}, {}", at(place), text(place));
    let (part, arguments) = match &step.call {
        Call::Open(call) => {
            let file = file(call.slot);
            let (part, flags) = match nameless(call.flags) {
                Some(others) => ("open_nameless", others),
                None => ("open", call.flags),
            };
            let (place, flags) = (place(call.place), open_flags(flags));
            (part, format!("&{file}, {place}, {flags}, {:04o}", call.mode))
        }
        Call::Close(slot) => ("close", format!("&{}", file(*slot))),
        Call::Dup(call) => ("dup", format!("&{}, &{}", file(call.from), file(call.to))),
        Call::Read(call) => match call.offset {
            None => ("read", format!("&{}, {}", file(call.slot), call.len)),
            Some(offset) => ("pread", format!("&{}, {}, {offset}", file(call.slot), call.len)),
        },
        Call::Write(call) => {
            let (bytes, len) = written(plan, names, call, needed);
            match call.offset {
                None => ("write", format!("&{}, {bytes}, {len}", file(call.slot))),
                Some(offset) => {
                    ("pwrite", format!("&{}, {bytes}, {len}, {offset}", file(call.slot)))
                }
            }
        }
        Call::Lseek(call) => {
            let whence = match call.whence {
                Whence::Set => "SEEK_SET",
                Whence::Cur => "SEEK_CUR",
                Whence::End => "SEEK_END",
            };
            ("lseek", format!("&{}, {}, {whence}", file(call.slot), call.offset))
        }
        Call::Truncate(call) => ("truncate", format!("{}, {}", names.path(call.name), call.size)),
        Call::Ftruncate(call) => ("ftruncate", format!("&{}, {}", file(call.slot), call.size)),
        Call::Fsync(call) if call.data => ("fdatasync", format!("&{}", file(call.slot))),
        Call::Fsync(call) => ("fsync", format!("&{}", file(call.slot))),
        Call::Stat(call) => {
            let flags = if call.follow { "0" } else { "AT_SYMLINK_NOFOLLOW" };
            ("stat", format!("{}, {flags}", place(call.place)))
        }
        Call::Fstat(slot) => ("fstat", format!("&{}", file(*slot))),
        Call::Access(call) => {
            let what = match call.access {
                AccessMode::Exists => "F_OK",
                AccessMode::Read => "R_OK",
                AccessMode::Write => "W_OK",
                AccessMode::Execute => "X_OK",
            };
            ("access", format!("{}, {what}", place(call.place)))
        }
        Call::Chmod(call) => ("chmod", format!("{}, {:04o}", place(call.place), call.mode)),
        Call::Fchmod(call) => ("fchmod", format!("&{}, {:04o}", file(call.slot), call.mode)),
        Call::Utimens(call) => ("utimens", place(call.place)),
        Call::Futimens(slot) => ("futimens", format!("&{}", file(*slot))),
        Call::Unlink(call) => {
            let flags = if call.directory { "AT_REMOVEDIR" } else { "0" };
            ("unlink", format!("{}, {flags}", place(call.place)))
        }
        Call::Mkdir(call) => ("mkdir", format!("{}, {:04o}", place(call.place), call.mode)),
        Call::Rename(call) => {
            let both = format!("{}, {}", place(call.from), text(call.to));
            match call.flag {
                None => ("rename", both),
                Some(RenameFlag::Noreplace) => ("rename_with", format!("{both}, RENAME_NOREPLACE")),
                Some(RenameFlag::Exchange) => ("rename_with", format!("{both}, RENAME_EXCHANGE")),
            }
        }
        Call::Link(call) => ("link", format!("{}, {}", place(call.from), text(call.to))),
        Call::Symlink(call) => {
            ("symlink", format!("{}, {}", names.path(call.target), place(call.place)))
        }
        Call::Readlink(call) => ("readlink", place(call.place)),
        Call::Readdir(call) => {
            let (whole, parts, what) = match call.from {
                ScanOf::Place(from) => ("readdir", "readdir_parts", place(from)),
                ScanOf::Slot(slot) => {
                    ("readdir_fd", "readdir_fd_parts", format!("&{}", file(slot)))
                }
            };
            if call.parts.are_plain() {
                (whole, what)
            } else {
                let (len, seek) = (call.parts.bytes(), u8::from(call.parts.seek));
                (parts, format!("{what}, {len}, {seek}"))
            }
        }
        Call::Flock(call) => {
            let operation = match call.mode {
                LockMode::Shared => "LOCK_SH",
                LockMode::Exclusive => "LOCK_EX",
                LockMode::Unlock => "LOCK_UN",
            };
            let wait = if call.wait || call.mode == LockMode::Unlock { "" } else { " | LOCK_NB" };
            ("flock", format!("&{}, {operation}{wait}", file(call.slot)))
        }
        Call::Lock(call) => {
            let command = match (call.owner, call.wait) {
                (LockOwner::Posix, false) => "F_SETLK",
                (LockOwner::Posix, true) => "F_SETLKW",
                (LockOwner::Ofd, false) => "F_OFD_SETLK",
                (LockOwner::Ofd, true) => "F_OFD_SETLKW",
            };
            let kind = match call.mode {
                LockMode::Shared => "F_RDLCK",
                LockMode::Exclusive => "F_WRLCK",
                LockMode::Unlock => "F_UNLCK",
            };
            let (start, len) = (call.start, call.len);
            ("lock", format!("&{}, {command}, {kind}, {start}, {len}", file(call.slot)))
        }
        Call::Pause(pause) => return paused(*pause, needed),
    };
    needed.add(part);
    format!("do_{part}(me, {words}, {arguments})")
}

fn paused(pause: Pause, needed: &mut Needed) -> String {
    match pause {
        Pause::Sleep(time) => format!("do_sleep({})", time.as_nanos()),
        Pause::Yield => "sched_yield()".to_owned(),
        Pause::Spin(time) => {
            needed.add("spin");
            format!("do_spin({})", time.as_nanos())
        }
    }
}

/// The bytes that a write writes, and how many.
fn written(plan: &Plan, names: &Names, call: &Write, needed: &mut Needed) -> (String, u64) {
    match &plan.contents[usize::from(call.item)] {
        ContentItem::Text(text) => (string(text.as_bytes()), text.len() as u64),
        ContentItem::Tagged { size, first, codes } => {
            needed.add("ramp");
            let code = match plan.mode {
                Mode::Free => format!("{first} + me->iteration % {codes}"),
                Mode::Rounds => first.to_string(),
            };
            let at = match call.offset {
                Some(offset) => offset.to_string(),
                None => format!("{}.at", names.file(call.slot)),
            };
            (format!("tagged({code}, {at})"), *size)
        }
    }
}

/// The flag of a file without a name, where there is one. It contains that of directories.
#[cfg(target_os = "linux")]
const NAMELESS: Option<u32> = Some(libc::O_TMPFILE as u32);
#[cfg(not(target_os = "linux"))]
const NAMELESS: Option<u32> = None;

/// The other flags of those that make a file without a name; `None` of any that do not.
fn nameless(flags: u32) -> Option<u32> {
    NAMELESS.filter(|flag| flags & flag == *flag).map(|flag| flags & !flag)
}

/// The flags by their names.
pub(super) fn open_flags(flags: u32) -> String {
    let has = |flag: i32| flags & flag as u32 == flag as u32;
    let mut names = vec![if has(O_RDWR) {
        "O_RDWR"
    } else if has(O_WRONLY) {
        "O_WRONLY"
    } else {
        "O_RDONLY"
    }];
    for (flag, name) in [
        (O_CREAT, "O_CREAT"),
        (O_EXCL, "O_EXCL"),
        (O_TRUNC, "O_TRUNC"),
        (O_APPEND, "O_APPEND"),
        (O_NOFOLLOW, "O_NOFOLLOW"),
    ] {
        if has(flag) {
            names.push(name);
        }
    }
    // One contains the other.
    if nameless(flags).is_some() {
        names.push("O_TMPFILE");
    } else if has(O_DIRECTORY) {
        names.push("O_DIRECTORY");
    }
    if has(O_SYNC) {
        names.push("O_SYNC");
    } else if has(O_DSYNC) {
        names.push("O_DSYNC");
    }
    names.join(" | ")
}
