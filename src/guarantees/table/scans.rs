//! Scanning a directory that changes.

use super::{Guarantee, Promise, Sign, Topic, free, rounds};

pub(super) const TOPIC: Topic = Topic {
    title: "Scanning a directory that changes",
    guarantees: &[
        Guarantee {
            name: "scan-unchanged-names",
            sentence: "A scan shows every name that nobody touches exactly once while others change",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/readdir.html",
            tests: &[
                free("directory-scan-processes", MISSED, "missing-name"),
                free("many-names", MISSED, "missing-name"),
                free("scan-in-parts", MISSED, "missing-name"),
            ],
            advice: "Scan until two scans agree, or keep a list of the names in a file.",
        },
        Guarantee {
            name: "scan-renamed-name",
            sentence: "A scan shows a file that is renamed meanwhile under exactly one of its names",
            promise: Promise::Nobody(
                "POSIX leaves open what a scan shows of names that change meanwhile",
            ),
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/readdir.html",
            tests: &[
                rounds("renames-there-and-back-vs-readdir", LIVE),
                rounds("renames-vs-readdir-in-parts", LIVE),
            ],
            advice: "Look for a file by its names before you take it for deleted; scan again if it counts.",
        },
        Guarantee {
            name: "scan-of-one-moment",
            sentence: "A scan that shows the second of two new names also shows the first",
            promise: Promise::Nobody(
                "POSIX leaves open what a scan shows of names that change meanwhile",
            ),
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/readdir.html",
            tests: &[rounds("create-x-create-y-vs-readdir", LIVE)],
            advice: "Announce a group of files by one name that is renamed into place last, and scan after \
                     it was seen.",
        },
    ],
};

const MISSED: &[Sign] = &[Sign::Code("missing-name"), Sign::Code("duplicate-name")];
const LIVE: &[Sign] = &[Sign::Relaxed("readdir-live")];
