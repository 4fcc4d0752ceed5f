//! `fsrace compare` as a command: exit codes, outputs, misuse, and real runs.

mod common;
mod compare_sample;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

#[cfg(target_os = "linux")]
use common::mounts::Mount;
use common::{Outcome, Place, names};
use compare_sample::{NEW, RUN, Run, text};

const SEEN: &[(&str, &str, &str, u64, u64)] = &[("zero-inode-fd", "forbidden", "", 90, 10_000)];

struct Files {
    place: Place,
}

impl Files {
    /// `clean.csv` and `worse.csv`, and whatever is added.
    fn new() -> Self {
        let files = Self { place: Place::new() };
        files.add("clean.csv", text(&[RUN], true));
        files.add("worse.csv", text(&[NEW.found(SEEN)], true));
        files
    }

    fn add(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.place.cwd().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn compare(&self, args: &[&str]) -> Outcome {
        self.place.run(["compare"].iter().chain(args))
    }
}

#[test]
fn the_exit_code_says_what_has_changed() {
    let files = Files::new();
    let quiet = files.compare(&["-q", "clean.csv", "worse.csv"]);
    assert_eq!((quiet.code, quiet.out.as_str()), (Some(5), ""));
    let worse = files.compare(&["clean.csv", "worse.csv"]);
    worse.expect(5, &[]);
    assert!(worse.out.contains("new             rename-vs-open  ext4  zero-inode-fd, forbidden"));
    files.compare(&["worse.csv", "clean.csv"]).expect(0, &[]);
    files.compare(&["clean.csv", "clean.csv"]).expect(0, &[]);
    files.compare(&["clean.csv", "worse.csv", "--fail-on", "new"]).expect(5, &[]);
    files.add(
        "often.csv",
        text(&[NEW.found(&[("zero-inode-fd", "forbidden", "", 2_000, 10_000)])], true),
    );
    files.compare(&["worse.csv", "often.csv"]).expect(5, &[]);
    files.compare(&["worse.csv", "often.csv", "--margin", "30"]).expect(0, &[]);
    files.compare(&["worse.csv", "often.csv", "--fail-on", "new"]).expect(0, &[]);
    // Whether it was ever fixed cannot be told.
    files.add("short.csv", text(&[NEW.of_rounds("5")], true));
    files.compare(&["worse.csv", "short.csv"]).expect(4, &[]);
    files.add("other.csv", text(&[Run { digest: "ff", ..NEW }], true));
    let other = files.compare(&["clean.csv", "other.csv"]);
    other.expect(2, &["these files have nothing in common"]);
    assert!(other.out.contains("the scenario has changed"), "{other:?}");
    assert!(files.compare(&["--help"]).out.contains("5 something is worse"));
}

#[test]
fn what_cannot_be_read_says_where_and_why() {
    let files = Files::new();
    let clean = fs::read_to_string(files.place.cwd().join("clean.csv")).unwrap();
    files.add("cut.csv", &clean[..clean.len() - 3]);
    files.add("empty.csv", "");
    files.add("newer.csv", clean.replacen("\n1,0.1.0", "\n9,4.0.0", 1));
    files.add("columns.csv", clean.replace("trials", "tries"));
    files.add("latin.csv", [clean.as_bytes(), b"\xe9\n"].concat());
    files.add("wide.csv", clean.bytes().flat_map(|byte| [byte, 0]).collect::<Vec<u8>>());
    files.add("json.csv", "{\"schema_version\": 1}\n");
    files.add("twice.csv", format!("{clean}{clean}"));
    fs::create_dir(files.place.cwd().join("dir")).unwrap();
    for (file, code, words) in [
        ("cut.csv", 2, "cut.csv:2: the last line has no end: the file is cut off"),
        ("empty.csv", 2, "empty.csv: is empty"),
        ("newer.csv", 2, "newer.csv:2: has schema version 9"),
        ("newer.csv", 2, "it was made by a newer fsrace"),
        ("columns.csv", 2, "columns.csv:1: the header has no column `trials`"),
        ("latin.csv", 2, "latin.csv:3: is not UTF-8 text"),
        ("wide.csv", 2, "if it is UTF-16, save it as UTF-8"),
        ("json.csv", 2, "json.csv:1: the header has no column `schema_version`"),
        ("twice.csv", 2, "twice.csv:4: `rename-vs-open` on /target"),
        ("dir", 2, "dir is a directory without results.csv"),
        ("absent.csv", 3, "absent.csv: cannot be read: ENOENT"),
        ("/dev/zero", 2, "it has a zero byte"),
        ("=x", 2, "write LABEL=FILE"),
    ] {
        files.compare(&["clean.csv", file]).expect(code, &[words]);
        files.compare(&[file, "clean.csv"]).expect(code, &[words]);
    }
    files.compare(&["clean.csv"]).expect(2, &["give a second file"]);
    files.compare(&["-", "-"]).expect(2, &["can be read only once"]);
    files.compare(&[]).expect(2, &["required"]);
    files.compare(&["clean.csv", "worse.csv", "--margin", "0.5"]).expect(2, &["from 1 up"]);
}

#[test]
fn outputs_are_written_and_never_over_what_is_compared() {
    let files = Files::new();
    let all = ["--csv", "c.csv", "--json", "c.json", "--markdown", "c.md", "--html", "c.html"];
    files.compare(&[&["clean.csv", "worse.csv"][..], &all[..]].concat()).expect(5, &[]);
    assert_eq!(
        names(&files.place.cwd()),
        ["c.csv", "c.html", "c.json", "c.md", "clean.csv", "worse.csv"]
    );
    let json = files.compare(&["clean.csv", "worse.csv", "--json", "-"]);
    json.expect(5, &[]);
    let value: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(value["rows"][0]["cells"][1]["change"]["verdict"], "new");
    let over = files.compare(&["clean.csv", "worse.csv", "--csv", "./worse.csv"]);
    over.expect(2, &["--csv ./worse.csv would overwrite what is compared"]);
    files.compare(&["clean.csv", "worse.csv", "--csv", "absent/c.csv"]).expect(3, &["ENOENT"]);
}

#[test]
fn columns_can_be_named_and_standard_input_be_one() {
    let files = Files::new();
    let named = files.compare(&["-v", "before=clean.csv", "after=worse.csv"]);
    assert!(named.out.starts_with("before  clean.csv  Linux 6.1.0 x86_64"), "{named:?}");
    // A file that is called so is meant.
    files.add("x=y.csv", text(&[NEW], true));
    assert!(files.compare(&["clean.csv", "x=y.csv"]).expect(0, &[]).out.contains("x=y.csv"));
    let mut command = files.place.command();
    let mut child =
        command.args(["compare", "clean.csv", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text(&[NEW.found(SEEN)], true).as_bytes()).unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(5));
}

/// Runs scenarios once on a directory; the results are kept in a run directory.
fn run(place: &Place, target: &Path, name: &str, scenarios: &[&str], duration: &str) {
    let mut command = place.command();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    command.arg("run").args(scenarios.iter().map(|name| shipped.join(name)));
    command.arg("-t").arg(target).args(["-q", "--no-progress", "-d", duration, "--out", name]);
    let outcome = common::outcome(&mut command);
    // Inconclusive, on a busy machine, is a result as well.
    assert!(matches!(outcome.code, Some(0 | 1 | 4)), "{outcome:#?}");
}

#[test]
fn two_runs_of_one_machine_show_no_regression() {
    let place = Place::new();
    let scenarios =
        ["seed/progress-in-place-threads.toml", "differences/two-pwrites-vs-pread.toml"];
    for name in ["one", "two"] {
        run(&place, &place.target(), name, &scenarios, "500ms");
    }
    let same = place.run(["compare", "one", "two", "-v"]);
    same.expect(0, &[]);
    assert!(same.out.contains("latencies: "), "{same:#?}");
    // What is added up is still one system.
    let read = |name: &str| fs::read_to_string(place.cwd().join(name).join("results.csv")).unwrap();
    fs::write(place.cwd().join("both.csv"), read("one") + &read("two")).unwrap();
    let both = place.run(["compare", "one", "both.csv"]);
    both.expect(0, &[]);
    assert!(both.out.contains("have runs in common"), "{both:#?}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_planted_fault_is_a_regression_and_its_absence_a_fix() {
    let (Some(sick), Some(well)) = (Mount::faulty("zero-inode"), Mount::fuse()) else { return };
    let place = Place::new();
    let scenarios = ["seed/open-while-unlinked-processes.toml"];
    run(&place, sick.path(), "sick", &scenarios, "2s");
    run(&place, well.path(), "well", &scenarios, "2s");
    let worse = place.run(["compare", "well", "sick"]);
    worse.expect(5, &[]);
    assert!(worse.out.contains("zero-inode-fd, forbidden"), "{worse:#?}");
    let better = place.run(["compare", "sick", "well"]);
    better.expect(0, &[]);
    assert!(better.out.contains("fixed "), "{better:#?}");
}
