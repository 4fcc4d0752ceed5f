//! The sights in rounds mode: judged by the model.

use fsrace::content::Runs;
use fsrace::engine::rounds::{HistorySeen, RoundsRecord};
use fsrace::model::{Judge, Limits, Program, Verdict};
use fsrace::outcome::{Identity, Outcome, Returned, Stat};
use libc::{EAGAIN, EEXIST, EISDIR, ENOENT, ENOTEMPTY};

use crate::common::cases::{Case, RULES};
use crate::steps::{
    CREATE, CUT, EXCL, FLOCK, FSTAT, OPEN, READ, STAT, UNLINK, WRITE_A, WRITE_B, WRITE_OPEN,
};
use crate::{provoke, reuses_numbers};

/// A program that shows something legal.
struct Sight {
    name: &'static str,
    fixture: &'static str,
    /// Steps per actor. Pauses force the order; the model leaves them out.
    actors: &'static [&'static [&'static str]],
    /// An order of the other steps in which the sight is seen.
    order: &'static [usize],
    /// Whether an outcome shows it.
    shows: fn(&Outcome) -> bool,
}

fn returned(outcome: &Outcome, actor: usize, step: usize) -> &Returned {
    outcome.actors[actor].get(step).map_or(&Returned::Skipped, |done| &done.returned)
}

fn failed(outcome: &Outcome, actor: usize, step: usize, errno: i32) -> bool {
    i32::from(returned(outcome, actor, step).errno()) == errno
}

fn read(outcome: &Outcome, actor: usize, step: usize, bytes: &[u8]) -> bool {
    *returned(outcome, actor, step) == Returned::Read(Runs::of(bytes))
}

fn stat(outcome: &Outcome, actor: usize, step: usize, is: fn(&Stat) -> bool) -> bool {
    matches!(returned(outcome, actor, step), Returned::Stat(stat) if is(stat))
}

const COMES_BACK: &str = "an-inode-number-comes-back";

const OLD: &str = r#"f = { content = "OLD" }"#;
/// What all actors do first, when they run, and no made-up history has: actors that then only pass
/// each other have met all the same.
const MEET: &str = r#"op = "access", path = "meeting""#;
/// Until after the first step of the other.
const SOON: &str = r#"op = "sleep", time = "20us""#;
/// Until after what the other does soon.
const LATE: &str = r#"op = "sleep", time = "300us""#;

const SIGHTS: &[Sight] = &[
    Sight {
        name: COMES_BACK,
        fixture: OLD,
        actors: &[&[UNLINK, EXCL, FSTAT], &[STAT]],
        order: &[0, 0, 0, 1],
        shows: |seen| stat(seen, 0, 2, |stat| stat.identity == Identity::Fixture(0)),
    },
    Sight {
        name: "unlink-of-a-directory",
        fixture: "d = { dir = true }",
        actors: &[&[r#"op = "unlink", path = "d""#], &[r#"op = "stat", path = "d""#]],
        order: &[0, 1],
        shows: |seen| failed(seen, 0, 0, EISDIR),
    },
    Sight {
        name: "read-between-create-and-write",
        fixture: "",
        actors: &[&[CREATE, LATE, WRITE_A], &[SOON, OPEN, READ]],
        order: &[0, 1, 1, 0],
        shows: |seen| read(seen, 1, 1, b""),
    },
    Sight {
        name: "read-between-truncation-and-write",
        fixture: OLD,
        actors: &[&[CUT, LATE, WRITE_A], &[SOON, OPEN, READ]],
        order: &[0, 1, 1, 0],
        shows: |seen| read(seen, 1, 1, b""),
    },
    Sight {
        name: "read-between-two-writes",
        fixture: OLD,
        actors: &[&[CUT, WRITE_A, LATE, WRITE_B], &[SOON, OPEN, READ]],
        order: &[0, 0, 1, 1, 0],
        shows: |seen| read(seen, 1, 1, b"AAAA"),
    },
    Sight {
        name: "size-0-after-truncation",
        fixture: OLD,
        actors: &[&[CUT, LATE, WRITE_A], &[SOON, STAT]],
        order: &[0, 1, 0],
        shows: |seen| stat(seen, 1, 0, |stat| stat.size == Some(0)),
    },
    Sight {
        name: "old-content-through-an-old-descriptor",
        fixture: "f = { content = \"OLD\" }\nt = { content = \"NEW\" }",
        actors: &[
            &[SOON, r#"op = "rename", path = "t", to = "f""#],
            &[OPEN, LATE, FSTAT, READ, STAT],
        ],
        order: &[1, 0, 1, 1, 1],
        shows: |seen| {
            stat(seen, 1, 1, |stat| stat.nlink == 0)
                && read(seen, 1, 2, b"OLD")
                && stat(seen, 1, 3, |stat| stat.nlink == 1)
        },
    },
    Sight {
        name: "open-between-unlink-and-create",
        fixture: OLD,
        actors: &[&[UNLINK, LATE, CREATE], &[SOON, OPEN]],
        order: &[0, 1, 0],
        shows: |seen| failed(seen, 1, 0, ENOENT),
    },
    Sight {
        name: "scan-without-a-name-that-is-made",
        fixture: r#""d/kept" = { content = "" }"#,
        actors: &[
            &[r#"op = "open", path = "d/new", flags = ["wronly", "creat"], fd = "f""#],
            &[r#"op = "readdir", path = "d""#],
        ],
        order: &[1, 0],
        shows: |seen| *returned(seen, 1, 0) == Returned::Names(vec!["kept".into()]),
    },
    Sight {
        name: "two-creates-without-excl",
        fixture: "",
        actors: &[&[CREATE, FSTAT], &[CREATE, FSTAT]],
        order: &[0, 1, 0, 1],
        shows: |seen| {
            *returned(seen, 0, 0) == Returned::Done && *returned(seen, 1, 0) == Returned::Done
        },
    },
    Sight {
        name: "nothing-more-at-the-end",
        fixture: OLD,
        actors: &[&[STAT], &[OPEN, READ, READ]],
        order: &[0, 1, 1, 1],
        shows: |seen| read(seen, 1, 1, b"OLD") && read(seen, 1, 2, b""),
    },
    Sight {
        name: "the-loser-of-excl",
        fixture: "",
        actors: &[&[EXCL], &[EXCL]],
        order: &[0, 1],
        shows: |seen| failed(seen, 1, 0, EEXIST),
    },
    Sight {
        name: "renamed-while-open",
        fixture: OLD,
        actors: &[
            &[SOON, r#"op = "rename", path = "f", to = "g""#],
            &[OPEN, LATE, FSTAT, READ, r#"op = "stat", path = "g""#, STAT],
        ],
        order: &[1, 0, 1, 1, 1, 1],
        shows: |seen| {
            returned(seen, 1, 1) == returned(seen, 1, 3)
                && read(seen, 1, 2, b"OLD")
                && failed(seen, 1, 4, ENOENT)
        },
    },
    Sight {
        name: "write-to-a-file-without-a-name",
        fixture: OLD,
        actors: &[&[SOON, UNLINK], &[WRITE_OPEN, LATE, WRITE_A, FSTAT]],
        order: &[1, 0, 1, 1],
        shows: |seen| {
            *returned(seen, 1, 1) == Returned::Wrote(4)
                && stat(seen, 1, 2, |stat| stat.nlink == 0 && stat.size == Some(4))
        },
    },
    Sight {
        name: "rename-onto-another-name-of-the-file",
        fixture: "f = { content = \"OLD\" }\ng = { link = \"f\" }",
        actors: &[&[r#"op = "rename", path = "f", to = "g""#], &[STAT]],
        order: &[0, 1],
        shows: |seen| *returned(seen, 0, 0) == Returned::Done && seen.left.len() == 2,
    },
    Sight {
        name: "rmdir-of-a-directory-that-fills",
        fixture: "d = { dir = true }",
        actors: &[
            &[r#"op = "open", path = "d/x", flags = ["wronly", "creat"], fd = "f""#],
            &[r#"op = "rmdir", path = "d""#],
        ],
        order: &[0, 1],
        shows: |seen| failed(seen, 1, 0, ENOTEMPTY),
    },
    Sight {
        name: "create-in-a-directory-that-goes",
        fixture: "d = { dir = true }",
        actors: &[
            &[r#"op = "open", path = "d/y", flags = ["wronly", "creat"], fd = "f""#],
            &[r#"op = "rmdir", path = "d""#],
        ],
        order: &[1, 0],
        shows: |seen| failed(seen, 0, 0, ENOENT),
    },
    Sight {
        name: "a-lock-that-is-refused",
        fixture: OLD,
        actors: &[&[OPEN, FLOCK], &[SOON, OPEN, FLOCK]],
        order: &[0, 0, 1, 1],
        shows: |seen| failed(seen, 1, 1, EAGAIN),
    },
    Sight {
        name: "zeros-in-a-hole",
        fixture: r#"f = { content = "" }"#,
        actors: &[
            &[WRITE_OPEN, r#"op = "pwrite", fd = "f", offset = 4, content = "AAAA""#],
            &[LATE, OPEN, READ],
        ],
        order: &[0, 0, 1, 1],
        shows: |seen| read(seen, 1, 1, b"\0\0\0\0AAAA"),
    },
    Sight {
        name: "a-truncated-file-that-is-written-on",
        fixture: r#"f = { content = "" }"#,
        actors: &[
            &[WRITE_OPEN, WRITE_A, LATE, WRITE_B],
            &[SOON, r#"op = "truncate", path = "f", size = 0"#],
        ],
        order: &[0, 0, 1, 0],
        shows: |seen| seen.left[0].content == Some(Runs::of(b"\0\0\0\0BBBB")),
    },
    Sight {
        name: "a-path-through-a-renamed-directory",
        fixture: r#""d/f" = { content = "OLD" }"#,
        actors: &[
            &[r#"op = "rename", path = "d", to = "e""#],
            &[SOON, r#"op = "stat", path = "d/f""#, r#"op = "stat", path = "e/f""#],
        ],
        order: &[0, 1, 1],
        shows: |seen| failed(seen, 1, 0, ENOENT) && stat(seen, 1, 1, |stat| stat.nlink == 1),
    },
];

/// The outcome of the program when its steps are made in the order of the sight.
fn made_up(sight: &Sight) -> Case {
    let case = Case::new(sight.fixture, sight.actors, sight.order);
    if sight.name == COMES_BACK {
        return case.stat(0, 2, |stat| stat.identity = Identity::Fixture(0));
    }
    case
}

#[test]
fn the_model_allows_each_of_them() {
    for sight in SIGHTS {
        let case = made_up(sight);
        assert!((sight.shows)(&case.outcome), "{}: {:#?}", sight.name, case.outcome);
        let program = Program::new(&case.plan, RULES).unwrap();
        let verdict = Judge::new(program, Limits::default()).verdict(&case.outcome);
        assert_eq!(verdict, Verdict::Allowed, "{}", sight.name);
    }
}

fn scenario(sight: &Sight) -> String {
    let mut text = format!(
        "name = \"{}\"\n[fixture]\n{}\n[run]\nmode = \"rounds\"\n",
        sight.name, sight.fixture
    );
    for (index, steps) in sight.actors.iter().enumerate() {
        let steps = [MEET].iter().chain(*steps);
        let steps: Vec<String> = steps.map(|step| format!("{{ {step} }}")).collect();
        text += &format!("[[actor]]\nname = \"a{index}\"\nsteps = [{}]\n", steps.join(", "));
    }
    text
}

#[test]
fn in_rounds_each_is_seen_and_nothing_is_said() {
    let scenarios = SIGHTS.iter().map(|sight| (sight.name, scenario(sight))).collect();
    provoke(scenarios, |result, record: &RoundsRecord| {
        let sight = SIGHTS.iter().find(|sight| sight.name == result.scenario).unwrap();
        let elsewhere = sight.name == COMES_BACK && !reuses_numbers(result);
        elsewhere || record.seen.iter().any(|seen| (sight.shows)(&after_meeting(seen)))
    });
}

fn after_meeting(seen: &HistorySeen) -> Outcome {
    let mut outcome = seen.history.outcome.clone();
    outcome.actors.iter_mut().for_each(|steps| drop(steps.remove(0)));
    outcome
}
