//! The JSON Schema of the result.

use serde_json::Value;

use super::Report;

/// The schema of [`Report`]. `reports/result.schema.json` is this, and a test keeps it so.
#[must_use]
pub fn result_schema() -> Value {
    let mut schema = schemars::schema_for!(Report);
    schema.insert("title".to_owned(), "Result of a run of fsrace".into());
    schema.to_value()
}
