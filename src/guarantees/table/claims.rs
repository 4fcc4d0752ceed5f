//! Claiming something by a name.

use super::{ANY, Guarantee, Promise, TWO_HOLDERS, Topic, free, rounds};

pub(super) const TOPIC: Topic = Topic {
    title: "Claiming something by a name",
    guarantees: &[
        Guarantee {
            name: "exclusive-create",
            sentence: "Of several who create one file with O_EXCL, exactly one succeeds: a lock file",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/open.html",
            tests: &[
                rounds("create-vs-create", ANY),
                free("excl-lock", TWO_HOLDERS, "wrong-content"),
            ],
            advice: "Make a file of your own and link it to the name of the lock, or use fcntl locks.",
        },
        Guarantee {
            name: "mkdir-lock",
            sentence: "Of several who make one directory, exactly one succeeds: a lock directory",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/mkdir.html",
            tests: &[
                rounds("mkdir-vs-mkdir", ANY),
                free("mkdir-lock", TWO_HOLDERS, "wrong-content"),
            ],
            advice: "Make a file with O_CREAT and O_EXCL instead, or use fcntl locks.",
        },
        Guarantee {
            name: "link-lock",
            sentence: "Of several who link a file to one name, exactly one succeeds: a lock by link",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/link.html",
            tests: &[rounds("link-vs-link", ANY), free("link-lock", TWO_HOLDERS, "wrong-content")],
            advice: "Make a file with O_CREAT and O_EXCL instead, or use fcntl locks.",
        },
        Guarantee {
            name: "rename-noreplace",
            sentence: "Of several who rename to one name with RENAME_NOREPLACE, exactly one succeeds",
            promise: Promise::Linux,
            source: "https://man7.org/linux/man-pages/man2/rename.2.html",
            tests: &[
                rounds("rename-noreplace-vs-rename-noreplace", ANY),
                free("noreplace-lock", TWO_HOLDERS, "wrong-content"),
            ],
            advice: "Link the file to the new name, which fails if there is one, and unlink the old.",
        },
        Guarantee {
            name: "rename-claim",
            sentence: "Of several who rename one file to names of their own, exactly one gets it: a queue",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/rename.html",
            tests: &[
                rounds("rename-a-b-vs-rename-a-c", ANY),
                free("rename-claim", TWO_HOLDERS, "wrong-content"),
            ],
            advice: "Claim a job by a lock file of its own.",
        },
        Guarantee {
            name: "unlink-claim",
            sentence: "Of several who delete one file, exactly one succeeds",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/unlink.html",
            tests: &[rounds("unlink-vs-unlink", ANY)],
            advice: "Claim a job by a lock file of its own.",
        },
        Guarantee {
            name: "create-if-absent",
            sentence: "All who create one file without O_EXCL at the same time get the same file",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/open.html",
            tests: &[
                rounds("open-creat-fstat-vs-open-creat-fstat", ANY),
                free("create-race", TWO_HOLDERS, "unexpected-errno"),
            ],
            advice: "Create it with O_EXCL, and open it without O_CREAT after EEXIST.",
        },
    ],
};
