//! Locks of the system.

use super::{ANY, Guarantee, Promise, Sign, TWO_HOLDERS, Topic, free, rounds};

pub(super) const TOPIC: Topic = Topic {
    title: "Locks of the system",
    guarantees: &[
        Guarantee {
            name: "fcntl-lock",
            sentence: "A byte-range lock (fcntl) keeps processes apart, and other ranges stay free",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/fcntl.html",
            tests: &[
                rounds("lock-vs-lock", ANY),
                rounds("lock-low-vs-lock-high", ANY),
                free("fcntl-lock", TWO_HOLDERS, "wrong-content"),
            ],
            advice: "Lock by a name (O_CREAT and O_EXCL), or see whether the server's lock daemon runs.",
        },
        Guarantee {
            name: "fcntl-lock-threads",
            sentence: "A byte-range lock (fcntl) keeps threads of one process apart",
            promise: Promise::Nobody(
                "the lock belongs to the process, and all of its threads have it",
            ),
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/fcntl.html",
            tests: &[rounds(
                "lock-vs-lock-same-process",
                &[Sign::Outcome(&[("one", "lock ok"), ("other", "lock ok")])],
            )],
            advice: "Use a lock of the open file description (F_OFD_SETLK, flock), or a mutex beside it.",
        },
        Guarantee {
            name: "fcntl-lock-close",
            sentence: "A byte-range lock (fcntl) stays when its process closes another descriptor of the file",
            promise: Promise::Nobody(
                "closing any descriptor of the file gives up all locks of the process",
            ),
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/close.html",
            tests: &[rounds(
                "fcntl-lock-and-another-close",
                &[Sign::Outcome(&[("holder", "pread \"RIVAL!\"")])],
            )],
            advice: "Lock a file that nothing else opens, or use a lock of the open file description.",
        },
        Guarantee {
            name: "ofd-lock",
            sentence: "A lock of an open file description (F_OFD_SETLK) keeps threads and processes apart",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/fcntl.html",
            tests: &[
                rounds("lock-ofd-vs-lock-ofd", ANY),
                free("ofd-lock", TWO_HOLDERS, "wrong-content"),
            ],
            advice: "Use fcntl locks between processes and a mutex between threads.",
        },
        Guarantee {
            name: "flock",
            sentence: "A whole-file lock (flock) keeps threads and processes apart",
            promise: Promise::Linux,
            source: "https://man7.org/linux/man-pages/man2/flock.2.html",
            tests: &[
                rounds("flock-vs-flock", ANY),
                free("flock-processes", TWO_HOLDERS, "wrong-content"),
                free("flock-threads", TWO_HOLDERS, "wrong-content"),
            ],
            advice: "Use fcntl locks between processes and a mutex between threads.",
        },
    ],
};
