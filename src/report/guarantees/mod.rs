//! What `fsrace guarantees` came to, one file per format. They show what [`types`] holds.

pub mod csv;
mod formats;
pub mod html;
pub mod junit;
pub mod markdown;
pub mod text;
pub mod types;
mod words;

pub use types::*;
