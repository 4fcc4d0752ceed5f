//! Statistics on counts: how well `k` in `n` is known.

pub mod interval;

pub use interval::{Rate, rate};
