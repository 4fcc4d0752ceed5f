//! Writing to one file from several sides.

use super::{ANY, Guarantee, Promise, Sign, Topic, free, rounds};

pub(super) const TOPIC: Topic = Topic {
    title: "A log that several write",
    guarantees: &[
        Guarantee {
            name: "append",
            sentence: "No record is lost or mixed that several append (O_APPEND) to one log",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/write.html",
            tests: &[rounds("append-vs-append", ANY), free("append-log", RECORDS, "wrong-content")],
            advice: "Hold a lock while appending, or give each writer its own log.",
        },
        Guarantee {
            name: "append-read-whole",
            sentence: "A reader of a log sees only whole records of 64 KiB",
            promise: Promise::Nobody(
                "POSIX wants every write to be seen whole or not at all, and Linux has never \
                 promised it",
            ),
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/V2_chap02.html",
            tests: &[rounds(
                "append-vs-open-read",
                &[Sign::Code("torn-read"), Sign::Code("torn-size")],
            )],
            advice: "End every record with a mark, and take what follows the last mark as not there yet.",
        },
        Guarantee {
            name: "shared-descriptor",
            sentence: "Records that all write through one inherited descriptor stay whole, and none is lost",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/V2_chap02.html",
            tests: &[
                rounds("write-inherited-vs-write-inherited", ANY),
                free("shared-descriptor", RECORDS, "wrong-content"),
            ],
            advice: "Open the log with O_APPEND.",
        },
    ],
};

const RECORDS: &[Sign] = &[
    Sign::Code("wrong-content"),
    Sign::Code("torn-read"),
    Sign::Code("lost-append"),
    Sign::Code("short-write"),
    Sign::Code("empty-read"),
];
