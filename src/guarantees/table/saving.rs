//! Saving a file as a whole.

use super::{ANY, BAD_ERRNO, BAD_READ, Guarantee, Promise, Sign, Topic, free, rounds};

pub(super) const TOPIC: Topic = Topic {
    title: "Saving a file as a whole",
    guarantees: &[
        Guarantee {
            name: "replace-by-rename",
            sentence: "A reader never misses a file that is replaced by rename",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/rename.html",
            tests: &[
                rounds("renames-replace-vs-open", ANY),
                rounds("rename-replace-vs-open-read", BAD_ERRNO),
                free("replace-while-opened", BAD_ERRNO, "unexpected-errno"),
            ],
            advice: "Readers open again after ENOENT, a few times and with a pause; or keep the file \
                     on a filesystem where this holds.",
        },
        Guarantee {
            name: "replace-by-rename-whole",
            sentence: "A file that is replaced by rename is read whole, the old one or the new one",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/rename.html",
            tests: &[
                rounds("rename-replace-vs-open-read", BAD_READ),
                rounds("create-write-rename-vs-open-read", BAD_READ),
                free("replace-while-opened", BAD_READ, "wrong-content"),
            ],
            advice: "Put a length and a checksum into the file, and read again where they do not fit.",
        },
        Guarantee {
            name: "save-by-rename",
            sentence: "Of several who save by a temporary file and rename, readers find one whole save",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/rename.html",
            tests: &[free("progress-by-rename-processes", SAVED, "torn-read")],
            advice: "Give each saver a temporary name of its own, and let readers open again after \
                     ENOENT.",
        },
        Guarantee {
            name: "save-in-place",
            sentence: "A file that is saved in place while others read and save is read whole",
            promise: Promise::Nobody(
                "between truncation and write the file is empty, and Linux filesystems differ in \
                 whether a read sees half a write",
            ),
            source: "https://lkml.iu.edu/hypermail/linux/kernel/1906.1/07127.html",
            tests: &[free("progress-in-place-processes", &[Sign::Code("torn-read")], "torn-read")],
            advice: "Write a temporary file in the same directory, close it, and rename it over the \
                     old one.",
        },
        Guarantee {
            name: "truncate-and-write",
            sentence: "A file that is rewritten by O_TRUNC and write is never found empty",
            promise: Promise::Nobody(
                "truncation and write are two calls, and a reader may come between",
            ),
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/open.html",
            tests: &[rounds(
                "open-trunc-write-vs-open-read",
                &[Sign::Outcome(&[("reader", "read nothing")])],
            )],
            advice: "Write a temporary file in the same directory, close it, and rename it over the \
                     old one.",
        },
        Guarantee {
            name: "content-before-name",
            sentence: "Written, then renamed, with no fsync: who sees the name sees what was written",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/V2_chap02.html",
            tests: &[
                rounds("create-write-rename-vs-open-read", ANY),
                rounds("open-x-write-x-create-y-vs-open-y-open-x-read-x", ANY),
            ],
            advice: "On a network filesystem, fsync the file before it gets its name, and let readers \
                     open it anew.",
        },
        Guarantee {
            name: "survives-power-cut",
            sentence: "Written, then renamed, with no fsync: after a power cut one version is there whole",
            promise: Promise::Untestable(
                "it takes a power cut to see; without fsync, POSIX promises nothing after one",
            ),
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/fsync.html",
            tests: &[],
            advice: "fsync the temporary file before the rename, and the directory after it.",
        },
    ],
};

/// What a reader of saves must not see.
const SAVED: &[Sign] = &[
    Sign::Code("unexpected-errno"),
    Sign::Code("torn-read"),
    Sign::Code("empty-read"),
    Sign::Code("wrong-content"),
    Sign::Code("torn-size"),
    Sign::Code("zero-inode-fd"),
    Sign::Code("identity-changed"),
];
