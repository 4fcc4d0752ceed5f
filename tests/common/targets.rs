//! The filesystems on which the model is compared with what really happens.

use std::path::{Path, PathBuf};

use fsrace::engine::probe;
use fsrace::model::Rules;

use super::mounts::Mount;
use super::soak::{given_targets, usual_targets};

/// Directories to run in, and what must stay mounted meanwhile.
pub fn targets() -> (Vec<PathBuf>, Vec<Mount>) {
    if let Some(given) = given_targets() {
        return (given, Vec::new());
    }
    let mut targets = usual_targets();
    let mounts = [
        Mount::ext4(64),
        Mount::image(320, &["mkfs.xfs", "-qf"]),
        Mount::image(256, &["mkfs.btrfs", "-qf"]),
        Mount::overlay(),
        Mount::faulty("healthy"),
    ];
    let mounts: Vec<Mount> = mounts.into_iter().flatten().collect();
    targets.extend(mounts.iter().map(|mount| mount.path().to_owned()));
    (targets, mounts)
}

/// The rules that hold in a target.
pub fn rules(target: &Path) -> Rules {
    let probed = tempfile::tempdir_in(target).expect("a directory");
    probe::rules(probed.path()).expect("a look at the filesystem")
}
