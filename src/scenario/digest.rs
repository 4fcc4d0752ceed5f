//! The digest of a scenario: equal for two files exactly when their results can be compared.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::types::{Actor, FixtureEntry, Mode, Scenario, SharedDescriptor};

/// Changes when the same file has to get another digest.
const VERSION: &str = "fsrace scenario 1\n";

/// What makes two runs comparable: what the actors do, on what, in which mode, and what counts as
/// an anomaly.
#[derive(Serialize)]
struct Essence<'a> {
    mode: Mode,
    forbid: Vec<&'a String>,
    fixture: &'a [FixtureEntry],
    shared: &'a [SharedDescriptor],
    actors: &'a [Actor],
}

/// The first 16 hexadecimal digits of the SHA-256 of the essence of a scenario.
pub fn digest(scenario: &Scenario) -> String {
    let mut forbid: Vec<&String> = scenario.forbid.iter().collect();
    forbid.sort();
    let essence = Essence {
        mode: scenario.run.mode,
        forbid,
        fixture: &scenario.fixture,
        shared: &scenario.shared,
        actors: &scenario.actors,
    };
    let mut text = VERSION.to_owned();
    let value = serde_json::to_value(&essence).expect("plain data is always JSON");
    canonical(&value, &mut text);
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Writes JSON with sorted keys and without what is absent, so that a field added to the language
/// later leaves the digests of files that do not use it alone.
fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut fields: Vec<_> = map.iter().filter(|(_, value)| !is_absent(value)).collect();
            fields.sort_by_key(|(key, _)| key.as_str());
            out.push('{');
            for (key, value) in fields {
                out.push_str(key);
                out.push(':');
                canonical(value, out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(list) => {
            out.push('[');
            for value in list {
                canonical(value, out);
                out.push(',');
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}
