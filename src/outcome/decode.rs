//! From what an actor noted to what a step returned.

use super::{Identity, Kind, Returned, Stat};
use crate::ops::observation::{Observation, flag};
use crate::ops::{OpKind, detail};
use crate::plan::StepPlan;

/// Permission bits, with set-user-id and its kin.
const PERMISSIONS: u16 = 0o7777;

/// What a step returned: `kept` are the details that its actor kept (`None` if there were too
/// many), `fixture` the inode numbers of the plan's fixture in this round.
pub fn decode(
    step: &StepPlan,
    observation: &Observation,
    kept: Option<&[u8]>,
    fixture: &[u64],
) -> Returned {
    if observation.errno() != 0 {
        return Returned::Failed(observation.errno());
    }
    if observation.has(flag::NO_ROOM) {
        // Cut short where there may have been no room for more: as the next write would say.
        return Returned::Failed(libc::ENOSPC as u16);
    }
    let with = |make: fn(&[u8]) -> Returned| kept.map_or(Returned::TooMuch, make);
    match step.op {
        OpKind::Read | OpKind::Pread => with(|kept| Returned::Read(detail::runs(kept))),
        OpKind::Write | OpKind::Pwrite => Returned::Wrote(observation.size),
        OpKind::Lseek => Returned::Offset(observation.value.max(0) as u64),
        OpKind::Readdir => with(|kept| Returned::Names(detail::names(kept))),
        OpKind::Readlink => with(|kept| Returned::Text(String::from_utf8_lossy(kept).into_owned())),
        _ if observation.has(flag::STAT) => Returned::Stat(stat(observation, fixture)),
        _ => Returned::Done,
    }
}

/// What a stat says, in terms of the fixture.
pub fn stat(observation: &Observation, fixture: &[u64]) -> Stat {
    let kind = match u32::from(observation.mode()) & 0o170_000 {
        0o100_000 => Kind::File,
        0o040_000 => Kind::Directory,
        0o120_000 => Kind::Symlink,
        _ => Kind::Other,
    };
    let known = fixture.iter().position(|&ino| ino == observation.ino);
    Stat {
        kind,
        mode: observation.mode() & PERMISSIONS,
        nlink: u32::try_from(observation.nlink).unwrap_or(u32::MAX),
        size: (kind != Kind::Directory).then_some(observation.size),
        identity: match known {
            _ if observation.ino == 0 => Identity::Zero,
            // Hard links have one number: the first entry with it is the file.
            Some(index) => Identity::Fixture(index as u16),
            None => Identity::Other,
        },
    }
}
