//! What a soak is told through the environment.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fsrace::sys::fsinfo::fs_info;

/// A number from this variable, or else this one.
pub fn number(variable: &str, otherwise: u64) -> u64 {
    let given = std::env::var(variable).ok();
    given.map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{variable}={text}")))
}

/// The directories that `FSRACE_SOAK_TARGETS` names (separated by `:`).
pub fn given_targets() -> Option<Vec<PathBuf>> {
    let given = std::env::var("FSRACE_SOAK_TARGETS").ok()?;
    Some(given.split(':').map(PathBuf::from).collect())
}

/// The directories that are there anyway.
pub fn usual_targets() -> Vec<PathBuf> {
    let usual = [std::env::temp_dir(), PathBuf::from("/dev/shm")];
    usual.into_iter().filter(|directory| directory.is_dir()).collect()
}

/// The command to run: that of this build, or the one given.
pub fn program() -> PathBuf {
    let given = std::env::var_os("FSRACE_SOAK_PROGRAM");
    given.map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_fsrace")), PathBuf::from)
}

/// Type of the filesystem of a target.
pub fn fs_of(target: &Path) -> String {
    fs_info(target).expect("a target").fs_type
}

/// Whether a scan of this scenario is known to lose its place there (see `fsrace explain scan-restart`): one of
/// several calls on tmpfs, or on an overlay, which may have its upper layer there.
pub fn loses_its_place(scenario: &str, target: &Path) -> bool {
    let in_parts = |line: &str| {
        line.contains("\"readdir\"") && (line.contains("len =") || line.contains("seek ="))
    };
    scenario.lines().any(in_parts) && ["tmpfs", "overlay"].contains(&fs_of(target).as_str())
}

/// A shipped profile.
pub fn profile(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles").join(name).with_extension("toml")
}

/// The directories to run in, with an empty tally for each.
pub fn tallied<T: Default>() -> Vec<(PathBuf, T)> {
    let targets = given_targets().unwrap_or_else(usual_targets);
    targets.into_iter().map(|target| (target, T::default())).collect()
}

/// Makes one program after the other and runs each on every target, for as many seconds as
/// `FSRACE_SOAK_SECONDS` says, or until `enough` have failed. What is wrong with one is printed with
/// it. Returns how many failed.
pub fn soak<T>(
    seconds: u64,
    enough: usize,
    targets: &mut [(PathBuf, T)],
    make: impl Fn(u64) -> String,
    mut run: impl FnMut(&str, &Path, &mut T) -> String,
) -> usize {
    let time = Duration::from_secs(number("FSRACE_SOAK_SECONDS", seconds));
    let mut next = number("FSRACE_SOAK_FROM", 0);
    let (mut failures, start) = (0, Instant::now());
    while start.elapsed() < time && failures < enough {
        let text = make(next);
        for (target, tally) in targets.iter_mut() {
            let wrong = run(&text, target, tally);
            if !wrong.is_empty() {
                failures += 1;
                println!("==== number {next} on {}\n{wrong}----\n{text}====", fs_of(target));
            }
        }
        next += 1;
    }
    failures
}
