//! What the tests of the command have in common: a place to run in, mounts that always go away,
//! and a way to find the processes of one run.
#![allow(dead_code, reason = "every test file uses a part of it")]
#![allow(
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a skipped test says why, a soak what failed"
)]

pub mod cases;
pub mod errors;
pub mod mounts;
pub mod processes;
pub mod replay;
pub mod scenarios;
pub mod soak;
pub mod targets;
pub mod tree;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Says why a test does not run. Where everything is required, that is a failure.
pub fn skip(reason: &str) {
    assert!(std::env::var_os("FSRACE_REQUIRE_ALL").is_none(), "required, but {reason}");
    eprintln!("skipped: {reason}");
}

/// Whether the test runs as root; says so when it is skipped for want of it.
pub fn is_root() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        skip("it needs root");
    }
    root
}

/// A scenario that runs everywhere and finds nothing, by a single actor, so that it needs no luck.
pub fn plain(name: &str, duration: &str) -> String {
    readers(name, duration, 1)
}

/// The same with several actors, each a process of its own.
pub fn readers(name: &str, duration: &str, count: u32) -> String {
    format!(
        r#"name = "{name}"
[fixture]
"f" = {{ content = "CONTENT" }}
[run]
mode = "free"
duration = "{duration}"
[[actor]]
name = "reader"
count = {count}
steps = [
  {{ op = "open", path = "f", fd = "f" }},
  {{ op = "read", fd = "f", len = 16 }},
  {{ op = "close", fd = "f" }},
]
"#
    )
}

/// A private place: a working directory, a target, and scenario files beside them.
pub struct Place {
    dir: tempfile::TempDir,
    tag: String,
}

/// What a command came to.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Place {
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("fsrace test ").tempdir().unwrap();
        for name in ["cwd", "target", "scenarios", "tmp"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        let tag = format!("{}-{}", std::process::id(), dir.path().display());
        Self { dir, tag }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn cwd(&self) -> PathBuf {
        self.path("cwd")
    }

    pub fn target(&self) -> PathBuf {
        self.path("target")
    }

    /// The value that all processes of this place have in their environment.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// Lets everybody use it.
    pub fn open_up(&self) {
        for path in [self.dir.path().to_owned(), self.cwd(), self.target(), self.path("tmp")] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o777)).unwrap();
        }
    }

    pub fn scenario(&self, file: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path("scenarios").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// The command in this place, without arguments.
    pub fn command(&self) -> Command {
        let mut command = Command::new(program());
        self.settle(&mut command);
        command
    }

    pub fn settle(&self, command: &mut Command) {
        command
            .current_dir(self.cwd())
            .env("TMPDIR", self.path("tmp"))
            .env("FSRACE_TEST_TAG", self.tag())
            .env_remove("GITHUB_ACTIONS")
            .env_remove("GITHUB_STEP_SUMMARY")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
    }

    pub fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Outcome {
        outcome(self.command().args(args))
    }

    /// Runs a scenario file on the target, with more arguments.
    pub fn run_on_target(&self, scenario: &Path, args: &[&str]) -> Outcome {
        let mut command = self.command();
        command.arg("run").arg(scenario).arg("-t").arg(self.target()).args(args);
        outcome(&mut command)
    }

    /// Nothing is in the working directory and in the target.
    #[track_caller]
    pub fn assert_untouched(&self) {
        for place in [self.cwd(), self.target(), self.path("tmp")] {
            assert_eq!(names(&place), Vec::<String>::new(), "left in {}", place.display());
        }
    }

    /// Nothing of a run is in the target, and none of its processes lives.
    #[track_caller]
    pub fn assert_clean(&self) {
        assert_eq!(names(&self.target()), Vec::<String>::new(), "left in the target");
        assert_eq!(processes::of(self.tag()), Vec::new(), "processes that are left");
    }

    /// The run directory of the only run in the working directory.
    #[track_caller]
    pub fn run_dir(&self) -> PathBuf {
        let runs = self.cwd().join("fsrace-runs");
        let latest = fs::read_link(runs.join("latest")).unwrap();
        runs.join(latest)
    }
}

impl Outcome {
    #[track_caller]
    pub fn expect(&self, code: i32, words: &[&str]) -> &Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        for word in words {
            assert!(self.err.contains(word), "no {word:?} in {self:#?}");
        }
        self
    }
}

pub fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_fsrace"))
}

#[track_caller]
pub fn outcome(command: &mut Command) -> Outcome {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let outcome = Outcome {
        code: output.status.code(),
        out: text(&output.stdout),
        err: text(&output.stderr),
    };
    for text in [&outcome.out, &outcome.err] {
        assert!(!text.contains("panicked") && !text.contains("RUST_BACKTRACE"), "{outcome:#?}");
    }
    outcome
}

/// The names in a directory, in order.
#[track_caller]
pub fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The results that a JSON file holds, as (scenario, verdict, reason).
#[track_caller]
pub fn results(json: &Path) -> Vec<(String, String, String)> {
    let value: serde_json::Value = serde_json::from_slice(&fs::read(json).unwrap()).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let results = value["results"].as_array().unwrap().iter();
    results
        .map(|result| {
            (text(&result["scenario"]), text(&result["verdict"]), text(&result["reason"]))
        })
        .collect()
}
