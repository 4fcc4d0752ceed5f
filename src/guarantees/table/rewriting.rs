//! Writing into a file that others read.

use super::{ANY, Guarantee, Promise, Sign, Topic, rounds};

const TORN: &[Sign] = &[Sign::Code("torn-read"), Sign::Code("torn-size")];
const CONTESTED: &str = "POSIX wants every write to be seen whole or not at all, and Linux has never \
                         promised it";

pub(super) const TOPIC: Topic = Topic {
    title: "Writing into a file that others read",
    guarantees: &[
        Guarantee {
            name: "small-write-whole",
            sentence: "A record of 100 bytes that is overwritten in place is read whole",
            promise: Promise::Nobody(CONTESTED),
            source: "https://lkml.iu.edu/hypermail/linux/kernel/1906.1/07127.html",
            tests: &[rounds("small-pwrites-vs-pread", TORN)],
            advice: "Hold a lock while writing and while reading, or put a checksum into the record.",
        },
        Guarantee {
            name: "large-write-whole",
            sentence: "A block of 64 KiB that is overwritten in place is read whole",
            promise: Promise::Nobody(CONTESTED),
            source: "https://lkml.iu.edu/hypermail/linux/kernel/1906.1/07127.html",
            tests: &[rounds("two-pwrites-vs-pread", TORN)],
            advice: "Hold a lock while writing and while reading, or replace the file by rename.",
        },
        Guarantee {
            name: "size-whole",
            sentence: "stat never shows a size in the middle of a write",
            promise: Promise::Nobody(CONTESTED),
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/V2_chap02.html",
            tests: &[rounds("extending-pwrite-at-4kib-vs-stat", TORN)],
            advice: "Do not take a size for a sign that a file is complete: rename it into place when \
                     it is.",
        },
        Guarantee {
            name: "writers-side-by-side",
            sentence: "Writers of different parts of a file never disturb each other",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/write.html",
            tests: &[rounds("open-pwrite-low-vs-open-pwrite-high", ANY)],
            advice: "Hold a lock over the whole file while writing, or give each writer its own file.",
        },
        Guarantee {
            name: "writers-over-each-other",
            sentence: "Of two writes over one range the last stays whole, and not a mixture of both",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/V2_chap02.html",
            tests: &[rounds("open-pwrite-pread-vs-open-pwrite-pread", ANY)],
            advice: "Hold a lock over the range while writing.",
        },
        Guarantee {
            name: "own-write-other-descriptor",
            sentence: "You read your own write through another descriptor, also while others write beside it",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/write.html",
            tests: &[rounds("own-write-other-descriptor", ANY)],
            advice: "Read through the descriptor that wrote, or open the file anew.",
        },
        Guarantee {
            name: "own-write-other-thread",
            sentence: "Another thread reads your write once it was told of it, through its own descriptor",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/write.html",
            tests: &[rounds("own-write-other-thread", ANY)],
            advice: "Hand the content over in memory, or open the file anew.",
        },
        Guarantee {
            name: "own-write-other-process",
            sentence: "Another process reads your write once it was told of it, through its own descriptor",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/write.html",
            tests: &[rounds("own-write-other-process", ANY)],
            advice: "On a network filesystem, close the file after writing, and open it anew for reading; \
                     or hold a lock for both.",
        },
    ],
};
