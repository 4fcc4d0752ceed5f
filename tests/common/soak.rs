//! What a soak is told through the environment.

use std::path::PathBuf;

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
