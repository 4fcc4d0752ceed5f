//! POSIX as a state machine: what each step of a program may return, in every order.
//!
//! ```text
//! plan -> Program -> World (positions + State) --steps--> next worlds, each with what was returned
//! ```
//!
//! Everything is deterministic but for what POSIX leaves open (several errnos that apply at once).
//! The transitions themselves stand with their operations, in `src/ops/*/model.rs`. The structure
//! follows SibylFS (Ridge et al., SOSP 2015): paths are resolved first, then each call looks at
//! what its paths lead to.

mod check;
mod explore;
pub mod free;
mod judge;
mod key;
mod lock;
mod moves;
mod next;
mod orders;
mod path;
mod program;
pub mod relax;
mod replay;
mod state;
mod terms;
mod walk;
mod walking;
mod world;

pub use check::{Checked, Stuck, Times, check};
pub use explore::{Explored, Limits, Stopped, TooLarge, at_most, explore};
pub use judge::{Coverage, Judge, Unseen, Verdict};
pub use key::{Astray, Key};
pub use lock::{Lock, Owner, replace as replace_locks};
pub use moves::{Move, Moves, StateId};
pub use next::{Next, Nexts};
pub use orders::{MOST_ORDERS, Order, in_turn, orders};
pub use path::{Name, Names, Path};
pub use program::{
    Changing, DirectoryLinks, FEW, FILE_MODE, Platform, Program, Rules, Unmodelled, Who,
};
pub use replay::{Departure, Instead, Replayed, replay};
pub use state::{Description, Id, Inode, Node, Slot, State};
pub use terms::Terms;
pub use walk::{Found, Walked};
pub use walking::Walking;
pub use world::{Position, World};
