//! Finds races that nobody wrote down.
//!
//! ```text
//! skeletons -> sketch -> generate -+                        +-> candidates: what should not be
//!                                  +-> canonical -> sieve -> race, judge
//! pool -------> mutate ------------+     (supply)           +-> novelty -> pool
//! ```
//!
//! A program is made of a skeleton, which says what actors are in conflict about, or of a program that
//! has shown something new. Only what is worth a race is raced, in workers that live on. What it shows
//! that none has shown before decides whether it stays in the pool.

pub mod candidate;
pub mod canonical;
pub mod corpus;
mod draw;
pub mod fuzzer;
pub mod generate;
pub mod mutate;
pub mod novelty;
pub mod pool;
pub mod shard;
pub mod sieve;
pub mod skeletons;
mod sketch;
mod steps;
pub mod supply;
mod watch;

pub use draw::Draw;
