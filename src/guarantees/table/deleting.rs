//! Deleting what others use.

use super::{ANY, Guarantee, Promise, Sign, Topic, free, rounds};

pub(super) const TOPIC: Topic = Topic {
    title: "Deleting what others use",
    guarantees: &[
        Guarantee {
            name: "unlink-while-open",
            sentence: "A file that is deleted while it is open goes on working for those who have it open",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/unlink.html",
            tests: &[
                rounds("unlink-vs-ftruncate-fstat", ANY),
                free("unlink-held", HELD, "dead-descriptor"),
            ],
            advice: "Delete a file when nobody has it open, or be ready for ESTALE and open it anew.",
        },
        Guarantee {
            name: "open-against-unlink",
            sentence: "An open that races with a delete gives the whole file or ENOENT",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/V2_chap02.html",
            tests: &[
                rounds("unlink-vs-open-read", ANY),
                free("open-while-unlinked-processes", HELD, "zero-inode-fd"),
                free("open-while-unlinked-threads", HELD, "zero-inode-fd"),
            ],
            advice: "After open, fstat: an inode of 0 or an empty file counts as ENOENT.",
        },
        Guarantee {
            name: "create-against-unlink",
            sentence: "open with O_CREAT gets a file that takes a write, even if its name is deleted meanwhile",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/write.html",
            tests: &[
                rounds("unlink-vs-open-creat-write", ANY),
                free("create-truncate-write-processes", HELD, "einval-write"),
            ],
            advice: "Open again after ENOENT from an open with O_CREAT, and after EINVAL from a write.",
        },
        Guarantee {
            name: "move-to-trash",
            sentence: "A file that is moved to a trash directory and deleted there is found whole, or not",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/rename.html",
            tests: &[free("move-to-trash-processes", HELD, "zero-inode-fd")],
            advice: "After open, fstat: an inode of 0 or an empty file counts as ENOENT.",
        },
        Guarantee {
            name: "deleted-stays-gone",
            sentence: "A name that was deleted stays away, however many scan and change its directory",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/unlink.html",
            tests: &[
                rounds("unlink-stat-vs-readdir", ANY),
                free("unlinked-stays-gone", GONE, "unexpected-errno"),
            ],
            advice: "Do not take a name that is found for a sign that somebody made it anew.",
        },
        Guarantee {
            name: "rmdir-only-empty",
            sentence: "rmdir never takes a file with it that is made or moved there at the same time",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/rmdir.html",
            tests: &[rounds("rmdir-vs-create-below", ANY), rounds("rmdir-vs-rename-into", ANY)],
            advice: "Never remove directories that others may use; or hold a lock for both.",
        },
    ],
};

/// What a descriptor must not show.
const HELD: &[Sign] = &[
    Sign::Code("zero-inode-fd"),
    Sign::Code("dead-descriptor"),
    Sign::Code("empty-read"),
    Sign::Code("einval-write"),
    Sign::Code("identity-changed"),
    Sign::Code("wrong-content"),
    Sign::Code("torn-read"),
    Sign::Code("torn-size"),
    Sign::Code("short-write"),
    Sign::Code("unexpected-errno"),
];

const GONE: &[Sign] = &[Sign::Code("unexpected-errno"), Sign::Code("ghost-name")];
