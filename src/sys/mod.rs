//! The system: the only place with unsafe code.

pub mod affinity;
pub mod anew;
pub mod calls;
pub mod clock;
pub mod clock_error;
pub mod errno;
pub mod fsinfo;
pub mod heap;
pub mod host;
pub mod limits;
pub mod nap;
pub mod passing;
pub mod process;
pub mod shm;
pub mod signals;
pub mod stall;
pub mod task;
pub mod umask;
