//! A scenario as a program of its own, for a bug report: one file in C, without dependencies, that does
//! what the actors do and judges what they see. What may be seen is in it, in words: the model is asked
//! when the file is written.

pub mod c;
mod error;

pub use error::ExportError;
