//! Pages in a real browser: `tools/check-html` finds nothing wrong with them.

use std::fs;
use std::path::Path;
use std::process::Command;

use fsrace::report::Format;

use super::report_sample::report;
use super::{common, everything, hostile, written};

/// As many scenarios as are built in.
const MANY: usize = 171;

#[test]
fn a_browser_shows_them_without_complaint() {
    let dir = tempfile::tempdir().unwrap();
    let many = report(everything().results.into_iter().cycle().take(MANY).collect());
    let pages = [("everything", everything()), ("hostile", hostile()), ("many", many)];
    let mut paths = Vec::new();
    for (name, page) in pages {
        let path = dir.path().join(format!("{name}.html"));
        fs::write(&path, written(&page, Format::Html)).unwrap();
        paths.push(path);
    }
    let size = fs::metadata(&paths[2]).unwrap().len();
    assert!(size < 4 << 20, "{MANY} scenarios with anomalies in {size} bytes");
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/check-html");
    let checked = Command::new(tool).args(&paths).output().unwrap();
    let (out, err) =
        (String::from_utf8_lossy(&checked.stdout), String::from_utf8_lossy(&checked.stderr));
    match checked.status.code() {
        Some(3) => common::skip(&err),
        code => assert_eq!(code, Some(0), "{out}{err}"),
    }
}
