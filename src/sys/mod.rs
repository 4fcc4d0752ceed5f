//! What the operating system tells: the machine and the filesystem below a path.

pub mod fsinfo;
pub mod host;
