//! What a person at a terminal sees: progress, styles and units.

pub mod styles;
pub mod units;
