//! The cases once more, by a process that is not root.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::families;

/// Tells the other process where to run them.
const ROOM: &str = "FSRACE_CASES_ROOM";
/// Begins the lines that are not of the test harness.
pub const OURS: &str = "not root, ";
/// The user and group of nobody.
const NOBODY: u32 = 65534;

/// Runs them in a target in a process of its own; `false` if one does not hold. Says why where they
/// cannot be run; without root they have been run already.
pub fn run(target: &Path) -> bool {
    if !rustix::process::geteuid().is_root() {
        return true;
    }
    let room = tempfile::tempdir_in(target).expect("a directory");
    if chown(room.path(), Some(NOBODY), Some(NOBODY)).is_err() {
        println!("{OURS}not run on this one: a directory cannot be given away");
        return true;
    }
    // By this path the program is found wherever it lies.
    let mut command = Command::new("/proc/self/exe");
    command.args(["ordinary::the_cases_hold_for_an_ordinary_user", "--exact"]);
    command.args(["--ignored", "--nocapture"]).env(ROOM, room.path());
    command.uid(NOBODY).gid(NOBODY).current_dir("/");
    let ended = command.output().expect("this program");
    let told = String::from_utf8_lossy(&ended.stdout);
    let ours = |line: &&str| line.starts_with(OURS) || !ended.status.success();
    told.lines().filter(ours).for_each(|line| println!("{line}"));
    ended.status.success()
}

#[test]
#[ignore = "the test of real filesystems starts it"]
fn the_cases_hold_for_an_ordinary_user() {
    let Some(room) = std::env::var_os(ROOM).map(PathBuf::from) else { return };
    if let Err(error) = tempfile::tempdir_in(&room) {
        println!("{OURS}not run on this one: {}", error.kind());
        return;
    }
    rustix::process::umask(rustix::fs::Mode::empty());
    assert_eq!(super::run(&families::all(), &room), 0);
    std::env::set_current_dir("/").expect("the root directory");
}
