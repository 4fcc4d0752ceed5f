//! Every file in `bad-scenarios` has mistakes, and the `.stderr` beside it shows how they are
//! told. `FSRACE_BLESS=1` writes what is shown now.

use std::fs;
use std::path::{Path, PathBuf};

use fsrace::scenario;

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files
}

#[test]
fn mistakes_are_shown_as_recorded() {
    let bless = std::env::var_os("FSRACE_BLESS").is_some();
    let mut different = Vec::new();
    for path in files("tests/bad-scenarios") {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let shown = match scenario::parse(&text, name) {
            Ok(_) => panic!("{name} has no mistake"),
            Err(diagnostics) => diagnostics.render(false),
        };
        let expected = path.with_extension("stderr");
        if bless {
            fs::write(&expected, &shown).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != shown {
            different.push(format!("--- {name}\n{shown}"));
        }
    }
    assert!(different.is_empty(), "not as recorded:\n{}", different.join("\n"));
}

#[test]
fn good_files_have_no_mistake() {
    for path in files("tests/good-scenarios") {
        let text = fs::read_to_string(&path).unwrap();
        if let Err(diagnostics) = scenario::parse(&text, path.to_str().unwrap()) {
            panic!("{diagnostics}");
        }
    }
    if let Err(diagnostics) = scenario::parse(scenario::starter(), "starter.toml") {
        panic!("{diagnostics}");
    }
}
