//! The JSON Schema and the check speak of the same language, and what is generated from the
//! tables is committed as it is generated. `FSRACE_BLESS=1` writes the generated parts.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use fsrace::scenario;
use proptest::prelude::*;
use serde_json::{Value, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn bless() -> bool {
    std::env::var_os("FSRACE_BLESS").is_some()
}

fn validator() -> jsonschema::Validator {
    jsonschema::draft7::new(&scenario::schema()).expect("the schema is a schema")
}

static VALIDATOR: LazyLock<jsonschema::Validator> = LazyLock::new(validator);

fn json_of(toml: &str) -> Value {
    toml::from_str(toml).expect("valid TOML")
}

/// All TOML files below a folder.
fn toml_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            toml_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
}

#[test]
fn the_committed_schema_is_the_generated_one() {
    let path = root().join("scenarios/scenario.schema.json");
    let generated = scenario::schema_text();
    if bless() {
        fs::write(&path, &generated).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "run the tests with FSRACE_BLESS=1 to write {path:?}");
}

#[test]
fn the_documented_operations_are_the_generated_ones() {
    let path = root().join("docs/scenarios.md");
    let text = fs::read_to_string(&path).unwrap();
    let start = text.find("<!-- operations").expect("the start is marked");
    let start = start + text[start..].find('\n').unwrap() + 1;
    let end = text.find("<!-- end of operations").expect("the end is marked");
    let table = format!("\n{}\n", scenario::operations_table());
    if bless() {
        fs::write(&path, format!("{}{table}{}", &text[..start], &text[end..])).unwrap();
    } else {
        assert!(text[start..end] == table, "run the tests with FSRACE_BLESS=1 to write {path:?}");
    }
}

#[test]
fn the_documented_example_is_a_scenario() {
    let text = fs::read_to_string(root().join("docs/scenarios.md")).unwrap();
    let start = text.find("```toml\n").unwrap() + "```toml\n".len();
    let end = start + text[start..].find("```").unwrap();
    if let Err(diagnostics) = scenario::parse(&text[start..end], "docs/scenarios.md") {
        panic!("{diagnostics}");
    }
}

#[test]
fn every_good_scenario_fits_the_schema_and_the_check() {
    let mut files = Vec::new();
    toml_files(&root().join("scenarios"), &mut files);
    toml_files(&root().join("tests/good-scenarios"), &mut files);
    assert!(!files.is_empty());
    let mut texts: Vec<(String, String)> = files
        .iter()
        .map(|path| (path.display().to_string(), fs::read_to_string(path).unwrap()))
        .collect();
    texts.push(("the starter".to_owned(), scenario::starter().to_owned()));
    let validator = &*VALIDATOR;
    for (name, text) in texts {
        if let Err(diagnostics) = scenario::parse(&text, &name) {
            panic!("{diagnostics}");
        }
        let errors: Vec<String> = validator
            .iter_errors(&json_of(&text))
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{name} does not fit the schema:\n{}", errors.join("\n"));
    }
}

#[test]
fn an_unknown_key_is_rejected_at_every_level() {
    let validator = &*VALIDATOR;
    let good = json!({
        "name": "a",
        "fixture": { "f": { "content": "x" } },
        "shared": { "s": { "path": "f" } },
        "run": { "mode": "free" },
        "actor": [{
            "name": "x",
            "steps": [{ "op": "stat", "path": "f", "on": { "ok": "b" }, "expect": { "size": 1 } }],
            "branch": { "b": [{ "op": "yield" }] },
        }],
    });
    assert!(validator.is_valid(&good));
    for level in [
        "",
        "/fixture/f",
        "/shared/s",
        "/run",
        "/actor/0",
        "/actor/0/steps/0",
        "/actor/0/steps/0/on",
        "/actor/0/steps/0/expect",
        "/actor/0/branch/b/0",
    ] {
        let mut bad = good.clone();
        let table = bad.pointer_mut(level).unwrap().as_object_mut().unwrap();
        table.insert("unknown".to_owned(), json!("x"));
        assert!(!validator.is_valid(&bad), "an unknown key is accepted in {level:?}");
    }
}

#[test]
fn the_schema_knows_which_fields_an_operation_takes() {
    let validator = &*VALIDATOR;
    let fits = |step: Value| {
        validator.is_valid(&json!({ "name": "a", "actor": [{ "name": "x", "steps": [step] }] }))
    };
    assert!(fits(json!({ "op": "read", "fd": "f", "len": "64KiB" })));
    assert!(!fits(json!({ "op": "read", "fd": "f" })));
    assert!(!fits(json!({ "op": "read", "fd": "f", "len": 1, "path": "x" })));
    assert!(!fits(json!({ "op": "read", "fd": "f", "len": "64KB" })));
    assert!(!fits(json!({ "op": "reed", "fd": "f", "len": 1 })));
    assert!(fits(json!({ "op": "write", "fd": "f", "content": "x" })));
    assert!(!fits(json!({ "op": "write", "fd": "f", "content": "x", "size": 1 })));
    assert!(!fits(json!({ "op": "yield", "on": { "ENOENT": "again" } })));
    assert!(!fits(json!({ "op": "stat", "path": "/etc/passwd" })));
    assert!(!fits(json!({ "op": "open", "path": "f", "fd": "f", "flags": ["O_CREAT"] })));
    assert!(!fits(json!({ "op": "unlink", "path": "f", "expect": { "size": 1 } })));
}

/// Values of every kind, good and bad, to put in the place of others.
const VALUES: [&str; 24] = [
    "0",
    "1",
    "-1",
    "3000000000",
    "1.5",
    "true",
    "false",
    "[]",
    "{}",
    "\"\"",
    "\"f\"",
    "\"a/b\"",
    "\"/a\"",
    "\"5ms\"",
    "\"64KiB\"",
    "\"0644\"",
    "0o644",
    "\"again\"",
    "\"read\"",
    "[\"rdwr\"]",
    "\"set\"",
    "\"stat\"",
    "\"shared\"",
    "[\"ok\", \"ENOENT\"]",
];

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        cases: 1000,
        ..ProptestConfig::default()
    })]

    /// An editor must never mark what `fsrace check` accepts.
    #[test]
    fn what_the_check_accepts_fits_the_schema(
        place in any::<prop::sample::Index>(),
        value in prop::sample::select(VALUES.to_vec()),
        addition in prop::option::of(prop::sample::select(vec![
            "repeat", "len", "offset", "whence", "mode", "flags", "at", "count", "size", "wait",
            "seed", "rounds", "tags", "expect", "access", "flag", "owner", "lock", "process",
        ])),
    ) {
        let text = scenario::starter();
        let places: Vec<usize> = text.match_indices(" = ").map(|(at, _)| at).collect();
        let at = places[place.index(places.len())];
        let changed = match addition {
            // Another key before this one.
            Some(key) => {
                let start = text[..at].rfind([' ', '\n']).map_or(0, |before| before + 1);
                let comma = if text[..start].ends_with('\n') { "\n" } else { ", " };
                format!("{}{key} = {value}{comma}{}", &text[..start], &text[start..])
            }
            None => {
                let rest = &text[at + 3..];
                let end = rest.find([',', '\n', ' ', '}']).unwrap_or(rest.len());
                format!("{} = {value}{}", &text[..at], &rest[end..])
            }
        };
        if scenario::parse(&changed, "changed.toml").is_ok() {
            let json = json_of(&changed);
            let errors: Vec<String> =
                VALIDATOR.iter_errors(&json).map(|error| error.to_string()).collect();
            prop_assert!(errors.is_empty(), "{changed}\n{}", errors.join("\n"));
        }
    }
}
