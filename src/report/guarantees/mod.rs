//! What `fsrace guarantees` came to, one file per format. They show what [`types`] holds.

pub mod csv;
pub mod html;
pub mod json;
pub mod markdown;
pub mod text;
pub mod types;
mod words;

pub use types::*;
