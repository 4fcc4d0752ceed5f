//! From an anomaly to a report that nobody can send back.
//!
//! ```text
//! scenario + anomaly --minimize--> the smallest program that shows it --confirm--> --finding--> files
//!                      trial: a run, and how often it showed the signature
//! ```

pub mod confirm;
pub mod finding;
pub mod minimize;
pub mod signature;
pub mod trial;
