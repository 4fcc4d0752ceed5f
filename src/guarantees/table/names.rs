//! Names that lead somewhere.

use super::{ANY, BAD_ERRNO, Guarantee, Promise, Sign, Topic, free, rounds};

pub(super) const TOPIC: Topic = Topic {
    title: "Names and versions",
    guarantees: &[
        Guarantee {
            name: "name-always-found",
            sentence: "A name that is always there is always found, whatever happens to its file",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/V2_chap02.html",
            tests: &[
                free("stat-storm", BAD_ERRNO, "unexpected-errno"),
                rounds("rename-replace-vs-stat-stat", ANY),
            ],
            advice: "Look again after ENOENT before you take a file for deleted.",
        },
        Guarantee {
            name: "renamed-file-has-a-name",
            sentence: "A renamed file that is no longer found by its old name is found by its new one",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/rename.html",
            tests: &[rounds("rename-vs-stat-old-stat-new", ANY)],
            advice: "Look for both names again before you take a file for deleted.",
        },
        Guarantee {
            name: "exchange",
            sentence: "Two names that are exchanged (RENAME_EXCHANGE) are always both there",
            promise: Promise::Linux,
            source: "https://man7.org/linux/man-pages/man2/rename.2.html",
            tests: &[
                rounds("rename-exchange-vs-open-read", ANY),
                free("rename-exchange", EXCHANGED, "unexpected-errno"),
            ],
            advice: "Switch a symbolic link by rename instead.",
        },
        Guarantee {
            name: "exchange-directories",
            sentence: "A file below a directory is found while that is exchanged (RENAME_EXCHANGE)",
            promise: Promise::Linux,
            source: "https://man7.org/linux/man-pages/man2/rename.2.html",
            tests: &[rounds("exchange-directories-vs-open-below", ANY)],
            advice: "Switch a symbolic link by rename instead.",
        },
        Guarantee {
            name: "replace-directory",
            sentence: "A file below a directory that is replaced by two renames is always found",
            promise: Promise::Nobody("between the two renames there is no directory of that name"),
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/rename.html",
            tests: &[rounds(
                "replace-directory-by-two-renames",
                &[Sign::Outcome(&[("reader", "open ENOENT")])],
            )],
            advice: "Let a symbolic link lead to the directory and replace that by rename, or use \
                     RENAME_EXCHANGE.",
        },
        Guarantee {
            name: "switch-symlink",
            sentence: "A symbolic link that is replaced by rename always leads to one of its targets",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/rename.html",
            tests: &[
                rounds("rename-symlink-vs-open-through", ANY),
                free("symlink-switch", SWITCHED, "unexpected-errno"),
            ],
            advice: "Readers open again after ENOENT, a few times and with a pause.",
        },
        Guarantee {
            name: "switch-symlink-two-files",
            sentence: "Two files opened through a link that is switched are of one version",
            promise: Promise::Nobody("every path is resolved for itself"),
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap04.html",
            tests: &[rounds(
                "switch-symlink-vs-open-two",
                &[Sign::Outcome(&[("reader", "read \"A1\"; read \"B2\"")])],
            )],
            advice: "Open the directory once, and the files beneath its descriptor (openat).",
        },
        Guarantee {
            name: "open-beneath-descriptor",
            sentence: "Files opened beneath the descriptor of a directory are of that directory",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/open.html",
            tests: &[
                rounds("switch-symlink-vs-open-at", OF_ANOTHER),
                rounds("rename-dir-vs-opendir-open-at", ANY),
            ],
            advice: "Put a version into every file, and start again where they differ.",
        },
        Guarantee {
            name: "link-count",
            sentence: "The hard-link count of a file is the number of its names",
            promise: Promise::Posix,
            source: "https://pubs.opengroup.org/onlinepubs/9799919799/functions/link.html",
            tests: &[
                rounds("link-vs-stat-new-stat-old", COUNTED),
                free("link-unlink-counts", COUNTED, "unexpected-errno"),
            ],
            advice: "Do not build a lock or a queue on st_nlink: make a name exclusively instead.",
        },
    ],
};

/// The directory itself may be missed: that is another row.
const OF_ANOTHER: &[Sign] = &[
    Sign::Code("wrong-content"),
    Sign::Code("stale-read"),
    Sign::Code("forbidden-outcome"),
    Sign::Code("identity-changed"),
    Sign::Code("dead-descriptor"),
];
const EXCHANGED: &[Sign] = &[Sign::Code("unexpected-errno"), Sign::Code("wrong-content")];
const SWITCHED: &[Sign] = &[Sign::Code("unexpected-errno"), Sign::Code("wrong-content")];
/// Without a race, a wrong count is wrong as well.
const COUNTED: &[Sign] = &[
    Sign::Code("nlink-wrong"),
    Sign::Code("semantic-difference"),
    Sign::Code("forbidden-outcome"),
    Sign::Code("unexpected-errno"),
    Sign::Code("stale-read"),
    Sign::Code("ghost-name"),
];
