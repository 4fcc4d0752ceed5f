//! A filesystem in memory with one planted bug, or with none.
//!
//! A detector that has never fired proves nothing, and the bugs that `fsrace` looks for cannot be
//! ordered from a kernel. This FUSE filesystem has them on demand: each [`Fault`] is a bug that a
//! real system had, and `healthy` is the same code with no fault, on which no detector may fire.
//!
//! The healthy filesystem is linearizable: every request is one step under one lock. What the
//! kernel's FUSE client adds around a request is the harder part; `protocol` and `callers` say what
//! it would break and how that is prevented.
//!
//! What it does not promise: a path of several components is resolved one at a time, as everywhere on
//! Linux; files cannot be mapped shared; the supplementary groups of a caller are not known; the
//! space of an unlinked file comes back a moment after its last close.
//!
//! ```text
//! kernel -> protocol -> server -> [fault.before] -> callers -> tree -> [fault.after] -> reply
//! ```

mod callers;
mod fault;
mod faults;
mod mount;
mod protocol;
mod request;
mod server;
mod tree;
mod trigger;
mod waiting;
mod walks;

pub use fault::{Fault, Options, Sight};
pub use faults::{faults, find};
pub use mount::{Filesystem, HEALTHY, MountError, Mounted, Unmounter, available, mount, serve};
