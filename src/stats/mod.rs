//! Statistics on counts: how well `k` in `n` is known, and whether it has changed.

mod beta;
pub mod dispersion;
pub mod holm;
pub mod interval;
pub mod rates;
pub mod student;

pub use dispersion::{Dispersion, dispersion};
pub use holm::holm;
pub use interval::{Rate, rate};
