//! The JSON Schema of the result.

use serde_json::Value;

use super::guarantees::GuaranteesReport;

/// The schema of [`GuaranteesReport`], which is that of a [`super::Report`] too. `reports/result.schema.json` is this, and a test keeps it so.
#[must_use]
pub fn result_schema() -> Value {
    let mut schema = schemars::schema_for!(GuaranteesReport);
    schema.insert("title".to_owned(), "Result of a run of fsrace".into());
    schema.to_value()
}
