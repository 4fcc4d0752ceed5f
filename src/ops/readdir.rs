//! readdir: one whole scan of a directory.

mod model;

use std::collections::HashMap;
use std::os::fd::BorrowedFd;

use rustix::fs::{Mode, OFlags};
use serde::{Deserialize, Serialize};

use super::call::{Place, SlotId};
use super::caller::Caller;
use super::detail::Detail;
use super::observation::{Observation, flag};
use super::{FieldKind, FieldSpec, OpKind, OpSpec};
use crate::sys;

/// Most bytes of entries that one call asks for, and what it asks for unless a step says otherwise.
pub const MOST_BYTES: u64 = 64 << 10;
/// Bytes of the smallest entry that Linux returns: that of a name of up to four bytes.
pub const LEAST_BYTES: u64 = 24;
/// Bytes of the largest: that of a name of 255 bytes.
pub const LARGEST_BYTES: usize = 280;

pub(super) const SPECS: &[OpSpec] = &[OpSpec {
    kind: OpKind::Readdir,
    name: "readdir",
    about: "Scans a whole directory: opens the path, or rewinds the descriptor. `len` and `seek`: on Linux only.",
    fields: &[
        FieldSpec::one_of("path", FieldKind::Path, "Directory to scan."),
        FieldSpec::one_of("fd", FieldKind::UseFd, "Descriptor of a directory to rewind and scan."),
        FieldSpec::optional("len", FieldKind::Size, "Bytes of entries that one call asks for."),
        FieldSpec::optional(
            "seek",
            FieldKind::Bool,
            "Whether it seeks to where it is before each further call, as file servers do.",
        ),
    ],
}];

/// A whole scan: every entry from the first to the last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readdir {
    /// What to scan.
    pub from: ScanOf,
    /// Names that no actor touches: a scan must report each exactly once. The value is the
    /// position of the name in the tally.
    pub stable: HashMap<String, u32>,
    /// The calls that it is made of.
    #[serde(default)]
    pub parts: Parts,
}

/// The calls that a scan is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// Bytes of entries that one call asks for; [`MOST_BYTES`] if nothing is said. An entry that is
    /// larger is asked for alone.
    pub len: Option<u32>,
    /// Whether it seeks to where it is before each further call, as file servers do.
    pub seek: bool,
}

impl Parts {
    /// Whether a scan is as it is without a word about it.
    pub fn are_plain(self) -> bool {
        self == Self::default()
    }

    /// Bytes of entries that one call asks for.
    pub fn bytes(self) -> usize {
        self.len.map_or(MOST_BYTES as usize, |len| len as usize)
    }
}

/// What a scan reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScanOf {
    /// A path, opened and closed by the step.
    Place(Place),
    /// An open descriptor, rewound first.
    Slot(SlotId),
}

impl Readdir {
    pub(super) fn execute(&self, caller: &mut Caller<'_>) -> Option<Observation> {
        match self.from {
            ScanOf::Place(place) => {
                let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
                let directory = caller.directory(place.at)?;
                let name = caller.name(place.name);
                Some(match rustix::fs::openat(directory, name, flags, Mode::empty()) {
                    Ok(fd) => {
                        use std::os::fd::AsFd;
                        self.scan(fd.as_fd(), &mut caller.buffer, caller.detail.as_mut())
                    }
                    Err(errno) => Observation::failed(errno),
                })
            }
            ScanOf::Slot(slot) => {
                let (fd, buffer, detail) = caller.fd_and_room(slot)?;
                let observation = match rustix::fs::seek(fd, rustix::fs::SeekFrom::Start(0)) {
                    Ok(_) => self.scan(fd, buffer, detail),
                    Err(errno) => Observation::failed(errno),
                };
                Some(observation.with(flag::ON_DESCRIPTOR))
            }
        }
    }

    /// The first part of `buffer` tallies the stable names, the rest holds the entries.
    fn scan(
        &self,
        fd: BorrowedFd<'_>,
        buffer: &mut [u8],
        mut detail: Option<&mut Detail>,
    ) -> Observation {
        let (tally, entries) = buffer.split_at_mut(self.stable.len());
        tally.fill(0);
        let mut count = 0;
        let result = sys::calls::scan(fd, entries, self.parts, &mut |name| {
            count += 1;
            if let Some(detail) = &mut detail {
                detail.keep_name(name);
            }
            if let Some(&place) =
                std::str::from_utf8(name).ok().and_then(|name| self.stable.get(name))
            {
                let times = &mut tally[place as usize];
                *times = times.saturating_add(1);
            }
        });
        if let Err(errno) = result {
            return Observation::failed(errno);
        }
        let mut observation = Observation::value(count);
        if tally.contains(&0) {
            observation = observation.with(flag::MISSING_NAME);
        }
        if tally.iter().any(|&times| times > 1) {
            observation = observation.with(flag::DOUBLED_NAME);
        }
        observation
    }
}
