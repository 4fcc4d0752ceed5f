//! What several clients of one storage may remember, and what they must not: the relaxations that let
//! a cache answer, where actors are bound to client directories.

mod common;

use common::cases::Case;
use fsrace::content::Runs;
use fsrace::model::relax::{Explanation, Question, RELAXATIONS, Relaxation, explain};
use fsrace::outcome::{Interval, Returned};
use libc::ENOENT;

const OLD: &str = "f = { content = \"OLD\" }";
const WRITE_OPEN: &str = "op = \"open\", path = \"f\", flags = [\"wronly\"], fd = \"f\"";
const WRITE: &str = "op = \"write\", fd = \"f\", content = \"NEWER\"";
const CLOSE: &str = "op = \"close\", fd = \"f\"";
const FSYNC: &str = "op = \"fsync\", fd = \"f\"";
const OPEN: &str = "op = \"open\", path = \"f\", flags = [\"rdonly\"], fd = \"f\"";
const READ: &str = "op = \"pread\", fd = \"f\", len = 9, offset = 0";
const STAT: &str = "op = \"stat\", path = \"f\"";
const CHMOD: &str = "op = \"chmod\", path = \"f\", mode = \"0600\"";
const UNLINK: &str = "op = \"unlink\", path = \"f\"";
const CREATE: &str = "op = \"creat\", path = \"f\", fd = \"g\"";

/// What is the mildest that explains a program whose steps ran one after the other, on these clients,
/// when one of them returned something else than it should.
fn explained(
    fixture: &str,
    (actors, clients): (&[&[&str]], &[u32]),
    order: &[usize],
    (actor, step): (usize, usize),
    returned: impl Fn(&Case) -> Returned,
) -> Vec<&'static str> {
    let case = Case::on_clients(fixture, actors, clients, order);
    let returned = returned(&case);
    explained_as(&case.saw(actor, step, returned), order)
}

/// The same for an outcome of steps that ran one after the other in this order.
fn explained_as(case: &Case, order: &[usize]) -> Vec<&'static str> {
    let mut times = vec![Vec::new(); case.program.actors()];
    for (place, &actor) in order.iter().enumerate() {
        let start = 10 * place as u64;
        times[actor].push(Interval { start, end: start + 5 });
    }
    mildest(case, &times)
}

/// What is the mildest that explains an outcome with these times.
fn mildest(case: &Case, times: &[Vec<Interval>]) -> Vec<&'static str> {
    let question = Question {
        program: &case.program,
        outcome: &case.outcome,
        times: Some(times),
        error: 0,
        terms: &case.terms,
        limit: 60_000,
    };
    let accepted: Vec<&'static Relaxation> =
        RELAXATIONS.into_iter().filter(|one| one.accepted).collect();
    match explain(&question, &accepted) {
        Explanation::Relaxed(relaxed) => relaxed.iter().map(|one| one.name).collect(),
        other => panic!("{other:?}"),
    }
}

fn read(text: &str) -> impl Fn(&Case) -> Returned {
    let read = Returned::Read(Runs::of(text.as_bytes()));
    move |_| read.clone()
}

fn nothing(_: &Case) -> Returned {
    Returned::Failed(ENOENT as u16)
}

/// What another step returned.
fn as_in(actor: usize, step: usize) -> impl Fn(&Case) -> Returned {
    move |case| case.outcome.actors[actor][step].returned.clone()
}

#[test]
fn what_is_not_closed_yet_may_not_have_left_the_client_of_the_writer() {
    let reader: &[&str] = &[OPEN, READ];
    let of = |writer: &[&str], clients: &[u32], order: &[usize]| {
        explained(OLD, (&[writer, reader], clients), order, (1, 1), read("OLD"))
    };
    let open: &[&str] = &[WRITE_OPEN, WRITE];
    assert_eq!(of(open, &[0, 1], &[0, 0, 1, 1]), ["close-to-open"]);
    assert_eq!(of(open, &[1, 2], &[0, 0, 1, 1]), ["close-to-open"]);
    // On one client, nobody has anything to wait for.
    assert_eq!(of(open, &[1, 1], &[0, 0, 1, 1]), ["no-realtime"]);
    // Closed or flushed, it is at the server.
    let closed: &[&str] = &[WRITE_OPEN, WRITE, CLOSE];
    assert_eq!(of(closed, &[0, 1], &[0, 0, 0, 1, 1]), ["no-realtime"]);
    let flushed: &[&str] = &[WRITE_OPEN, WRITE, FSYNC];
    assert_eq!(of(flushed, &[0, 1], &[0, 0, 0, 1, 1]), ["no-realtime"]);
}

#[test]
fn the_client_that_the_fixture_is_made_through_knows_it_from_the_start() {
    let of = |clients: &[u32]| {
        let actors: &[&[&str]] = &[&[UNLINK], &[STAT, STAT]];
        explained(OLD, (actors, clients), &[1, 0, 1], (1, 1), as_in(1, 0))
    };
    assert_eq!(of(&[0, 1]), ["stale-dentry"], "it has looked before");
    let first = |clients: &[u32]| {
        let actors: &[&[&str]] = &[&[UNLINK], &["op = \"access\", path = \"f\""]];
        explained(OLD, (actors, clients), &[0, 1], (1, 0), |_| Returned::Done)
    };
    assert_eq!(first(&[1, 0]), ["stale-dentry"]);
    assert_eq!(first(&[0, 1]), ["no-realtime"], "a client cannot remember what it never saw");
}

#[test]
fn processes_on_one_client_share_what_it_remembers() {
    let of = |clients: &[u32]| {
        let actors: &[&[&str]] = &[&[CREATE], &[STAT], &[STAT]];
        explained("", (actors, clients), &[1, 0, 2], (2, 0), nothing)
    };
    assert_eq!(of(&[0, 1, 1]), ["stale-dentry"]);
    assert_eq!(of(&[0, 1, 2]), ["no-realtime"]);
}

#[test]
fn a_client_may_remember_permissions_as_it_remembers_sizes() {
    let of = |clients: &[u32]| {
        let actors: &[&[&str]] = &[&[CHMOD], &[STAT, STAT]];
        explained(OLD, (actors, clients), &[1, 0, 1], (1, 1), as_in(1, 0))
    };
    assert_eq!(of(&[0, 1]), ["close-to-open"]);
    assert_eq!(of(&[0, 0]), ["no-realtime"]);
}

#[test]
fn an_open_that_finds_the_file_gone_leaves_the_name_remembered() {
    let actors: &[&[&str]] = &[&[UNLINK], &[STAT, OPEN, STAT]];
    let found = explained(OLD, (actors, &[0, 1]), &[1, 0, 1, 1], (1, 2), as_in(1, 0));
    assert_eq!(found, ["stale-dentry"]);
}

#[test]
fn what_a_client_remembers_is_what_it_was_told() {
    let actors: &[&[&str]] = &[&[UNLINK], &[STAT, OPEN, STAT]];
    let case = Case::on_clients(OLD, actors, &[0, 1], &[1, 0, 1, 1]);
    // The count is read while the name is on its way out, and the answer is kept.
    let Returned::Stat(mut stat) = case.outcome.actors[1][0].returned.clone() else { panic!() };
    stat.nlink = 0;
    let case = case.saw(1, 0, Returned::Stat(stat.clone())).saw(1, 2, Returned::Stat(stat));
    let at = |start, end| Interval { start, end };
    let times = [vec![at(0, 20)], vec![at(5, 15), at(25, 30), at(35, 40)]];
    assert_eq!(mildest(&case, &times), ["nlink-lag", "stale-dentry"]);
}

#[test]
fn what_two_clients_append_before_they_close_may_be_lost() {
    let log = "f = { content = \"0\" }";
    let open = "op = \"open\", path = \"f\", flags = [\"wronly\", \"append\"], fd = \"f\"";
    let four = "op = \"write\", fd = \"f\", content = \"AAAA\"";
    let two = "op = \"write\", fd = \"f\", content = \"BB\"";
    let actors: &[&[&str]] = &[&[open, four, CLOSE], &[open, two, CLOSE]];
    let left = |clients: &[u32], order: &[usize], content: &str| {
        let case = Case::on_clients(log, actors, clients, order).left(|left| {
            left[0].stat.size = Some(content.len() as u64);
            left[0].content = Some(Runs::of(content.as_bytes()));
        });
        explained_as(&case, order)
    };
    // BB is written before AAAA, and neither is closed yet.
    let together: &[usize] = &[0, 1, 1, 0, 1, 0];
    assert_eq!(left(&[0, 1], together, "0BBAA"), ["close-to-open"]);
    assert_eq!(left(&[0, 1], together, "0AAAA"), ["close-to-open"]);
    assert_eq!(left(&[1, 2], together, "0BBAA"), ["close-to-open"]);
    // It is closed, but alice has opened the file before, and knows how long it was.
    let known: &[usize] = &[0, 1, 1, 1, 0, 0];
    assert_eq!(left(&[0, 1], known, "0AAAA"), ["close-to-open"]);
    assert!(!left(&[0, 1], known, "0BBAA").contains(&"close-to-open"));
    // One client sees what was written through it, and what was closed has arrived.
    for (clients, order) in [([0, 0], together), ([0, 1], &[1, 1, 1, 0, 0, 0])] {
        let explained = left(&clients, order, "0BBAA");
        assert!(!explained.contains(&"close-to-open"), "{explained:?}");
        assert!(explained.contains(&"append-split"), "{explained:?}");
    }
}
