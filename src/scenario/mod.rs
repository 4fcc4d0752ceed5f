//! TOML in: types, spans, semantic check, diagnostics.

pub mod template;
pub mod types;

pub use template::{Piece, Template};
pub use types::*;
