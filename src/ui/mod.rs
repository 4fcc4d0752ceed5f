//! What a person at a terminal sees: progress, styles and units.

pub mod clean;
pub mod print;
pub mod progress;
pub mod styles;
pub mod units;
