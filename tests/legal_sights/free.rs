//! The sights in free mode, in which the actors loop.

use fsrace::engine::record::Record;
use fsrace::ops::observation::{Observation, flag};
use libc::{EAGAIN, EEXIST, EISDIR, ENOENT, ENOTEMPTY};

use crate::provoke;
use crate::steps::{
    CREATE, CUT, EXCL, FLOCK, FSTAT, OPEN, READ, STAT, UNLINK, WRITE_A, WRITE_B, WRITE_OPEN,
};

/// Looping actors that show something legal.
struct Sight {
    name: &'static str,
    fixture: &'static str,
    actors: &'static [&'static [&'static str]],
    /// The actor and its step that show it, and whether one of its results does.
    shows: (usize, usize, fn(&Observation) -> bool),
}

fn empty(seen: &Observation) -> bool {
    seen.errno() == 0 && seen.size == 0
}

fn failed(seen: &Observation, errno: i32) -> bool {
    i32::from(seen.errno()) == errno
}

fn nameless(seen: &Observation) -> bool {
    seen.has(flag::STAT) && seen.nlink == 0
}

const OLD: &str = r#"f = { content = "AAAA" }"#;
const CLOSE: &str = r#"op = "close", fd = "f""#;
/// Lets the other come by, even on one processor.
const WAIT: &str = r#"op = "sleep", time = "50us""#;

const SIGHTS: &[Sight] = &[
    Sight {
        name: "an-inode-number-comes-back",
        fixture: "",
        actors: &[&[EXCL, FSTAT, CLOSE, UNLINK], &[STAT]],
        shows: (1, 0, |seen| failed(seen, ENOENT)),
    },
    Sight {
        name: "unlink-of-a-directory",
        fixture: "d = { dir = true }",
        actors: &[&[r#"op = "unlink", path = "d""#], &[r#"op = "stat", path = "d""#]],
        shows: (0, 0, |seen| failed(seen, EISDIR)),
    },
    Sight {
        name: "read-between-create-and-write",
        fixture: "",
        actors: &[&[CREATE, WAIT, WRITE_A, CLOSE, UNLINK], &[OPEN, READ, CLOSE]],
        shows: (1, 1, empty),
    },
    Sight {
        name: "read-between-truncation-and-write",
        fixture: OLD,
        actors: &[&[CUT, WAIT, WRITE_A, CLOSE], &[OPEN, READ, CLOSE]],
        shows: (1, 1, empty),
    },
    Sight {
        name: "read-between-two-writes",
        fixture: OLD,
        actors: &[&[CUT, WRITE_A, WAIT, WRITE_B, CLOSE], &[OPEN, READ, CLOSE]],
        shows: (1, 1, |seen| seen.size == 4),
    },
    Sight {
        name: "size-0-after-truncation",
        fixture: OLD,
        actors: &[&[CUT, WAIT, WRITE_A, CLOSE], &[STAT]],
        shows: (1, 0, |seen| seen.has(flag::STAT) && seen.size == 0),
    },
    Sight {
        name: "old-content-through-an-old-descriptor",
        fixture: OLD,
        actors: &[
            &[
                r#"op = "open", path = "t", flags = ["wronly", "creat", "excl"], fd = "f""#,
                WRITE_A,
                CLOSE,
                r#"op = "rename", path = "t", to = "f""#,
            ],
            &[OPEN, WAIT, FSTAT, READ, CLOSE],
        ],
        shows: (1, 2, nameless),
    },
    Sight {
        name: "open-between-unlink-and-create",
        fixture: OLD,
        actors: &[&[UNLINK, WAIT, CREATE, CLOSE], &[OPEN, CLOSE]],
        shows: (1, 0, |seen| failed(seen, ENOENT)),
    },
    Sight {
        name: "scan-of-a-name-that-comes-and-goes",
        fixture: r#""d/kept" = { content = "" }"#,
        actors: &[
            &[
                r#"op = "open", path = "d/new", flags = ["wronly", "creat"], fd = "f""#,
                CLOSE,
                WAIT,
                r#"op = "unlink", path = "d/new""#,
                WAIT,
            ],
            &[r#"op = "readdir", path = "d""#, r#"op = "stat", path = "d/new""#],
        ],
        shows: (1, 1, |seen| failed(seen, ENOENT)),
    },
    Sight {
        name: "two-creates-without-excl",
        fixture: "",
        actors: &[&[CREATE, FSTAT, WAIT, CLOSE, UNLINK], &[CREATE, FSTAT, CLOSE, UNLINK]],
        shows: (0, 4, |seen| failed(seen, ENOENT)),
    },
    Sight {
        name: "nothing-more-at-the-end",
        fixture: OLD,
        actors: &[&[STAT], &[OPEN, READ, READ, CLOSE]],
        shows: (1, 2, empty),
    },
    Sight {
        name: "the-loser-of-excl",
        fixture: "",
        actors: &[&[EXCL, WAIT, CLOSE, UNLINK], &[EXCL, CLOSE, UNLINK]],
        shows: (1, 0, |seen| failed(seen, EEXIST)),
    },
    Sight {
        name: "the-size-of-a-directory",
        fixture: "d = { dir = true }",
        actors: &[
            &[
                r#"op = "open", path = "d/x", flags = ["wronly", "creat"], fd = "f""#,
                CLOSE,
                r#"op = "unlink", path = "d/x""#,
            ],
            &[r#"op = "stat", path = "d""#],
        ],
        shows: (1, 0, |seen| seen.has(flag::STAT)),
    },
    Sight {
        name: "renamed-while-open",
        fixture: OLD,
        actors: &[
            &[
                r#"op = "rename", path = "f", to = "g""#,
                WAIT,
                r#"op = "rename", path = "g", to = "f""#,
                WAIT,
            ],
            &[OPEN, WAIT, FSTAT, READ, CLOSE, r#"op = "stat", path = "g""#],
        ],
        shows: (1, 5, |seen| seen.has(flag::STAT)),
    },
    Sight {
        name: "write-to-a-file-without-a-name",
        fixture: "",
        actors: &[&[CREATE, CLOSE, WAIT, UNLINK], &[WRITE_OPEN, WAIT, WRITE_A, FSTAT, CLOSE]],
        shows: (1, 3, nameless),
    },
    Sight {
        name: "rmdir-of-a-directory-that-fills",
        fixture: "d = { dir = true }",
        actors: &[
            &[
                r#"op = "open", path = "d/x", flags = ["wronly", "creat"], fd = "f""#,
                WAIT,
                CLOSE,
                r#"op = "unlink", path = "d/x""#,
            ],
            &[r#"op = "rmdir", path = "d""#, r#"op = "mkdir", path = "d""#],
        ],
        shows: (1, 0, |seen| failed(seen, ENOTEMPTY)),
    },
    Sight {
        name: "a-lock-that-is-refused",
        fixture: OLD,
        actors: &[&[OPEN, FLOCK, WAIT, CLOSE], &[OPEN, FLOCK, CLOSE]],
        shows: (1, 1, |seen| failed(seen, EAGAIN)),
    },
    Sight {
        name: "a-truncated-file-that-is-written-on",
        fixture: OLD,
        actors: &[
            &[WRITE_OPEN, WRITE_A, WAIT, WRITE_B, CLOSE],
            &[r#"op = "truncate", path = "f", size = 0"#, STAT],
            &[OPEN, READ, CLOSE],
        ],
        shows: (1, 1, |seen| seen.has(flag::STAT) && seen.size == 0),
    },
    Sight {
        name: "a-path-through-a-renamed-directory",
        fixture: r#""d/f" = { content = "AAAA" }"#,
        actors: &[
            &[
                r#"op = "rename", path = "d", to = "e""#,
                WAIT,
                r#"op = "rename", path = "e", to = "d""#,
                WAIT,
            ],
            &[r#"op = "stat", path = "d/f""#],
        ],
        shows: (1, 0, |seen| failed(seen, ENOENT)),
    },
];

fn scenario(sight: &Sight) -> String {
    let mut text = format!("name = \"{}\"\n[fixture]\n{}\n", sight.name, sight.fixture);
    for (index, steps) in sight.actors.iter().enumerate() {
        let steps: Vec<String> = steps.iter().map(|step| format!("{{ {step} }}")).collect();
        text += &format!("[[actor]]\nname = \"a{index}\"\nsteps = [{}]\n", steps.join(", "));
    }
    text
}

#[test]
fn in_free_mode_each_is_seen_and_nothing_is_said() {
    let scenarios = SIGHTS.iter().map(|sight| (sight.name, scenario(sight))).collect();
    provoke(scenarios, |result, record: &Record| {
        let sight = SIGHTS.iter().find(|sight| sight.name == result.scenario).unwrap();
        let (actor, step, shows) = sight.shows;
        record.actors[actor].steps[step].iter().any(|seen| shows(&seen.first.observation))
    });
}
