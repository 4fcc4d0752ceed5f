//! `silly-rename`: a file that is unlinked while it is open keeps a name of the system's.

use libc::{EBUSY, EEXIST, ENOTEMPTY};

use super::{Attempt, Move, Relaxation, ends};
use crate::ops::OpKind;
use crate::outcome::{Outcome, Returned};
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "silly-rename",
    summary: "A file that is unlinked while it is open keeps a hidden name, such as `.nfs...`.",
    page: include_str!("pages/silly-rename.md"),
    class: Class::Documented,
    accepted: false,
    looks_up: false,
    touches: |step| {
        matches!(
            step.op,
            OpKind::Unlink | OpKind::Rename | OpKind::Rmdir | OpKind::Readdir | OpKind::Fstat
        )
    },
    begin,
    go_on: ends,
};

/// How the hidden names of NFS and of libfuse begin.
const PREFIXES: [&str; 2] = [".nfs", ".fuse_hidden"];

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    match (attempt.step.op, attempt.seen) {
        // There must be a file that is open without a name.
        (OpKind::Rmdir, Returned::Failed(errno))
            if [EBUSY, EEXIST, ENOTEMPTY].contains(&i32::from(*errno))
                && attempt
                    .state
                    .inodes
                    .iter()
                    .any(|one| one.names == 0 && one.kind() == crate::outcome::Kind::File) =>
        {
            vec![Move::returns(None)]
        }
        // The hidden name counts.
        (OpKind::Fstat, Returned::Stat(seen)) if seen.nlink == 1 => {
            let crate::ops::call::Call::Fstat(slot) = &attempt.step.call else { return Vec::new() };
            let Some(open) = attempt.state.opened(attempt.who.actor, slot.0) else {
                return Vec::new();
            };
            let mut model = attempt.stat(open.inode);
            let gone = model.nlink == 0;
            model.nlink = 1;
            model.identity = seen.identity;
            if gone && model == *seen { vec![Move::returns(None)] } else { Vec::new() }
        }
        _ => Vec::new(),
    }
}

/// Whether a file is kept under this path only until it is closed.
pub fn is_hidden(path: &[u8]) -> bool {
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or(path);
    PREFIXES.iter().any(|prefix| name.starts_with(prefix.as_bytes()))
}

/// The outcome without hidden names.
pub(super) fn without_leftovers(outcome: &Outcome) -> Outcome {
    let mut tidy = outcome.clone();
    for done in tidy.actors.iter_mut().flatten() {
        if let Returned::Names(names) = &mut done.returned {
            names.retain(|name| !is_hidden(name.as_bytes()));
        }
    }
    tidy.left.retain(|left| !is_hidden(left.path.as_bytes()));
    let mut files = Vec::new();
    for left in &mut tidy.left {
        let known = files.iter().position(|&file| file == left.file);
        left.file = known.unwrap_or_else(|| {
            files.push(left.file);
            files.len() - 1
        }) as u16;
    }
    tidy
}
