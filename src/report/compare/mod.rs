//! What `fsrace compare` has to say, one file per format. They compute nothing.

mod cell;
pub mod csv;
mod formats;
pub mod html;
pub mod junit;
pub mod markdown;
pub mod text;

use serde_json::Value;

use crate::compare::Comparison;

/// The JSON Schema of a comparison. `reports/compare.schema.json` is this, and a test keeps it so.
#[must_use]
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(Comparison);
    schema.insert("title".to_owned(), "Result of fsrace compare".into());
    schema.to_value()
}
