//! Finds races that nobody wrote down, and turns an anomaly into a report that nobody can send back.
//!
//! ```text
//! skeletons -> sketch -> generate -+                        +-> candidates: what should not be
//!                                  +-> canonical -> sieve -> race, judge
//! pool -------> mutate ------------+     (supply)           +-> novelty -> pool
//!
//! scenario + anomaly --minimize--> the smallest program that shows it --confirm--> --finding--> files
//!                      trial: a run, and how often it showed the signature
//! ```
//!
//! A program is made of a skeleton, which says what actors are in conflict about, or of a program that
//! has shown something new. Only what is worth a race is raced, in workers that live on. What it shows
//! that none has shown before decides whether it stays in the pool.

pub mod candidate;
pub mod canonical;
pub mod confirm;
pub mod corpus;
mod draw;
pub mod finding;
pub mod fuzzer;
pub mod generate;
pub mod minimize;
pub mod mutate;
pub mod novelty;
pub mod parts;
pub mod pool;
pub mod shard;
pub mod sieve;
pub mod signature;
pub mod skeletons;
mod sketch;
mod steps;
pub mod supply;
pub mod trial;
pub mod unseen;
mod watch;

pub use draw::Draw;
