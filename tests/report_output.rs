//! Output files are opened before the run and replaced in one go after it.

mod report_sample;

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use fsrace::report::csv::read_csv;
use fsrace::report::json::read_json;
use fsrace::report::latency::read_latency_csv;
use fsrace::report::output::latency_path;
use fsrace::report::{Format, Outputs, Report};
use report_sample::*;

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

type Files = Vec<(Format, PathBuf)>;

fn csv_only(path: impl Into<PathBuf>) -> Files {
    vec![(Format::Csv, path.into())]
}

fn csv_and_json(csv: impl Into<PathBuf>, json: impl Into<PathBuf>) -> Files {
    vec![(Format::Csv, csv.into()), (Format::Json, json.into())]
}

fn open(files: &Files) -> Result<Outputs<Report>, fsrace::report::OutputError> {
    Outputs::open(files.iter().map(|(format, path)| (*format, path.as_path())))
}

fn refusal(files: &Files) -> String {
    open(files).unwrap_err().to_string()
}

#[test]
fn all_files_are_written_and_nothing_is_left_beside_them() {
    let dir = tempfile::tempdir().unwrap();
    let outputs = open(&csv_and_json(dir.path().join("r.csv"), dir.path().join("r.json"))).unwrap();
    assert!(!outputs.use_stdout());
    let written = outputs.write(&full()).unwrap();
    assert_eq!(names(dir.path()), ["r-latency.csv", "r.csv", "r.json"]);
    assert_eq!(written.len(), 3);
    assert_eq!(read_json(&dir.path().join("r.json")).unwrap(), full());
    assert_eq!(read_csv(&dir.path().join("r.csv")).unwrap().len(), 6);
    assert_eq!(read_latency_csv(&dir.path().join("r-latency.csv")).unwrap().len(), 4);
    let mode = fs::metadata(dir.path().join("r.csv")).unwrap().permissions().mode();
    fs::write(dir.path().join("plain"), "").unwrap();
    let plain = fs::metadata(dir.path().join("plain")).unwrap().permissions().mode();
    assert_eq!(mode, plain, "permissions are those of any new file");
}

#[test]
fn what_is_there_stays_until_there_is_a_result() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("r.csv");
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    drop(open(&csv_only(&path)).unwrap());
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(names(dir.path()), ["r.csv"]);

    open(&csv_only(&path)).unwrap().write(&full()).unwrap();
    assert_eq!(read_csv(&path).unwrap().len(), 6);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_symbolic_link_is_written_through() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("deep")).unwrap();
    fs::write(dir.path().join("deep/real.csv"), "old").unwrap();
    symlink("deep/real.csv", dir.path().join("r.csv")).unwrap();
    open(&csv_only(dir.path().join("r.csv"))).unwrap().write(&full()).unwrap();
    assert!(dir.path().join("r.csv").is_symlink());
    assert_eq!(read_csv(&dir.path().join("deep/real.csv")).unwrap().len(), 6);
}

#[test]
fn a_path_that_cannot_be_written_is_refused_with_advice() {
    let dir = tempfile::tempdir().unwrap();
    let missing = refusal(&csv_only(dir.path().join("no/r.csv")));
    assert!(
        missing.starts_with("--csv ") && missing.contains("no/r.csv: ENOENT: No such"),
        "{missing}"
    );
    assert!(missing.contains("create the directory"), "{missing}");

    let directory = refusal(&csv_only(dir.path()));
    assert!(
        directory.contains("EISDIR") && directory.contains("name of a file in it"),
        "{directory}"
    );

    fs::write(dir.path().join("file"), "").unwrap();
    let json = vec![(Format::Json, dir.path().join("file/r.json"))];
    let through_file = refusal(&json);
    assert!(through_file.contains("--json") && through_file.contains("ENOTDIR"), "{through_file}");

    // Root may write anything, so that this one says nothing for root.
    let read_only = dir.path().join("locked.csv");
    fs::write(&read_only, "").unwrap();
    fs::set_permissions(&read_only, fs::Permissions::from_mode(0o400)).unwrap();
    if fs::OpenOptions::new().append(true).open(&read_only).is_err() {
        assert!(refusal(&csv_only(&read_only)).contains("EACCES"));
    }
}

#[test]
fn two_outputs_in_one_place_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("r");
    let around = dir.path().join("../").join(dir.path().file_name().unwrap()).join("r");
    let both = csv_and_json(path, around);
    assert!(refusal(&both).contains("--csv and --json both write"));
    let stdout = csv_and_json("-", "-");
    assert!(refusal(&stdout).contains("both write -;"));
}

#[test]
fn devices_and_standard_output_get_no_file_beside_them() {
    let null = csv_and_json("/dev/null", "/dev/null");
    let written = open(&null).unwrap().write(&full()).unwrap();
    assert!(written.is_empty());
    assert!(open(&csv_only("-")).unwrap().use_stdout());
}

#[test]
fn the_latency_file_is_named_after_the_csv() {
    for (csv, latency) in [
        ("r.csv", "r-latency.csv"),
        ("a/r.CSV", "a/r-latency.csv"),
        ("r", "r-latency.csv"),
        ("r.v1.txt", "r.v1.txt-latency.csv"),
    ] {
        assert_eq!(latency_path(Path::new(csv)), Path::new(latency));
    }
}
