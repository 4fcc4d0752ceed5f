//! The relaxations that let a cache answer: what they explain, and what they must not.

mod common;

use common::cases::Case;
use fsrace::content::Runs;
use fsrace::model::relax::{
    Explanation, Question, RELAXATIONS, Relaxation, Searched, explain, relaxation, search,
};
use fsrace::outcome::{Interval, Returned};
use libc::{EEXIST, ENOENT, ESTALE};

const OLD: &str = "f = { content = \"OLD\" }";
const OPEN: &str = "op = \"open\", path = \"f\", flags = [\"rdonly\"], fd = \"f\"";
const WRITE_OPEN: &str = "op = \"open\", path = \"f\", flags = [\"wronly\"], fd = \"f\"";
const WRITE: &str = "op = \"write\", fd = \"f\", content = \"NEWER\"";
const CLOSE: &str = "op = \"close\", fd = \"f\"";
const FSYNC: &str = "op = \"fsync\", fd = \"f\"";
const READ: &str = "op = \"pread\", fd = \"f\", len = 9, offset = 0";
const FSTAT: &str = "op = \"fstat\", fd = \"f\"";
const STAT: &str = "op = \"stat\", path = \"f\"";
const ACCESS: &str = "op = \"access\", path = \"f\"";
const UNLINK: &str = "op = \"unlink\", path = \"f\"";
const CREATE: &str = "op = \"open\", path = \"f\", flags = [\"wronly\", \"creat\"], fd = \"f\"";
const MKDIR: &str = "op = \"mkdir\", path = \"f\"";

/// A program whose steps ran one after the other, in this order.
struct InTurn {
    case: Case,
    times: Vec<Vec<Interval>>,
}

fn in_turn(fixture: &str, actors: &[&[&str]], order: &[usize]) -> InTurn {
    let mut times = vec![Vec::new(); actors.len()];
    for (place, &actor) in order.iter().enumerate() {
        let start = 10 * place as u64;
        times[actor].push(Interval { start, end: start + 5 });
    }
    InTurn { case: Case::new(fixture, actors, order), times }
}

impl InTurn {
    fn saw(self, actor: usize, step: usize, returned: Returned) -> Self {
        Self { case: self.case.saw(actor, step, returned), ..self }
    }

    /// A step returned what an earlier one of the same actor did.
    fn again(self, actor: usize, step: usize, earlier: usize) -> Self {
        let returned = self.case.outcome.actors[actor][earlier].returned.clone();
        self.saw(actor, step, returned)
    }

    fn question(&self) -> Question<'_> {
        Question {
            program: &self.case.program,
            outcome: &self.case.outcome,
            times: Some(&self.times),
            error: 0,
            terms: &self.case.terms,
            limit: 60_000,
        }
    }

    /// It is forbidden, and this alone is the mildest that explains it.
    #[track_caller]
    fn must_be(self, name: &str) {
        let question = self.question();
        assert_eq!(search(&question, &[]), Searched::Unexplained, "the model allows it");
        let accepted: Vec<&'static Relaxation> =
            RELAXATIONS.into_iter().filter(|one| one.accepted).collect();
        let found = explain(&question, &accepted);
        let Explanation::Relaxed(relaxed) = &found else { panic!("{found:?}") };
        assert_eq!(relaxed.iter().map(|one| one.name).collect::<Vec<_>>(), [name]);
    }

    /// This does not explain it, alone.
    #[track_caller]
    fn must_not_be(self, name: &str) {
        let relaxed = [relaxation(name).unwrap()];
        assert_eq!(search(&self.question(), &relaxed), Searched::Unexplained);
    }
}

fn failed(errno: i32) -> Returned {
    Returned::Failed(errno as u16)
}

fn read(text: &str) -> Returned {
    Returned::Read(Runs::of(text.as_bytes()))
}

#[test]
fn old_content_until_the_file_is_opened_again_is_close_to_open() {
    let writer: &[&str] = &[WRITE_OPEN, WRITE, CLOSE];
    // Through a descriptor that was open all the time.
    let reader: &[&str] = &[OPEN, READ];
    in_turn(OLD, &[writer, reader], &[1, 0, 0, 0, 1])
        .saw(1, 1, read("OLD"))
        .must_be("close-to-open");
    // Through one that was opened before the writer closed.
    let case = in_turn(OLD, &[writer, &[STAT, OPEN, READ]], &[1, 0, 0, 1, 1, 0]);
    case.saw(1, 2, read("OLD")).must_be("close-to-open");
    // The size, through a descriptor and by path.
    let case = in_turn(OLD, &[writer, &[OPEN, FSTAT, FSTAT]], &[1, 1, 0, 0, 0, 1]);
    case.again(1, 2, 1).must_be("close-to-open");
    let case = in_turn(OLD, &[writer, &[STAT, STAT]], &[1, 0, 0, 0, 1]);
    case.again(1, 1, 0).must_be("close-to-open");
}

#[test]
fn what_must_be_seen_at_the_open_is_not_close_to_open() {
    // Closed, or flushed, before the reader opened.
    for writer in [&[WRITE_OPEN, WRITE, CLOSE][..], &[WRITE_OPEN, WRITE, FSYNC]] {
        let case = in_turn(OLD, &[writer, &[STAT, OPEN, READ]], &[1, 0, 0, 0, 1, 1]);
        case.saw(1, 2, read("OLD")).must_not_be("close-to-open");
    }
    // Nothing is cached of a file that the process has never looked at.
    let writer: &[&str] = &[WRITE_OPEN, WRITE, CLOSE];
    let case = in_turn(OLD, &[writer, &[STAT]], &[0, 0, 0, 1]);
    let Returned::Stat(mut stat) = case.case.outcome.actors[1][0].returned.clone() else {
        panic!("a stat")
    };
    stat.size = Some(3);
    case.saw(1, 0, Returned::Stat(stat.clone())).must_not_be("close-to-open");
    let case = in_turn(OLD, &[writer, &[STAT]], &[0, 0, 0, 1]);
    case.saw(1, 0, Returned::Stat(stat)).must_be("no-realtime");
}

#[test]
fn a_lock_makes_the_reader_look() {
    let flock = |lock: &str| format!("op = \"flock\", fd = \"f\", lock = \"{lock}\"");
    let (take, give) = (flock("exclusive"), flock("unlock"));
    let writer = [WRITE_OPEN, &*take, WRITE, &*give];
    let reader = [OPEN, &*take, READ];
    let case = in_turn(OLD, &[&writer, &reader], &[1, 0, 0, 0, 0, 1, 1]);
    case.saw(1, 2, read("OLD")).must_not_be("close-to-open");
}

#[test]
fn nobody_goes_back_to_older_content_or_misses_its_own() {
    let writer: &[&str] = &[WRITE_OPEN, WRITE, CLOSE];
    let case = in_turn(OLD, &[writer, &[OPEN, READ, READ]], &[1, 0, 0, 0, 1, 1]);
    case.saw(1, 2, read("OLD")).must_not_be("close-to-open");
    // Twice old is as good as once.
    let case = in_turn(OLD, &[writer, &[OPEN, READ, READ]], &[1, 0, 0, 0, 1, 1]);
    case.saw(1, 1, read("OLD")).saw(1, 2, read("OLD")).must_be("close-to-open");
    let own = "op = \"open\", path = \"f\", flags = [\"rdwr\"], fd = \"f\"";
    let case = in_turn(OLD, &[&[own, WRITE, READ], &[STAT]], &[0, 0, 0, 1]);
    case.saw(0, 2, read("OLD")).must_not_be("close-to-open");
    // A content that the file never had.
    let case = in_turn(OLD, &[writer, &[OPEN, READ]], &[1, 0, 0, 0, 1]);
    case.saw(1, 1, read("ODD")).must_not_be("close-to-open");
}

#[test]
fn a_name_that_was_not_there_and_still_seems_so_is_a_stale_dentry() {
    let case = in_turn("", &[&[CREATE], &[STAT, STAT]], &[1, 0, 1]);
    case.saw(1, 1, failed(ENOENT)).must_be("stale-dentry");
    let case = in_turn("", &[&[CREATE], &[STAT, OPEN]], &[1, 0, 1]);
    case.saw(1, 1, failed(ENOENT)).must_be("stale-dentry");
    let case = in_turn("", &[&[CREATE], &[STAT, UNLINK]], &[1, 0, 1]);
    let case = case.saw(1, 1, failed(ENOENT));
    let left = in_turn("", &[&[CREATE], &[STAT]], &[1, 0]).case.outcome.left;
    InTurn { case: case.case.left(|tree| *tree = left), times: case.times }.must_be("stale-dentry");
}

#[test]
fn a_name_that_is_gone_or_replaced_and_seems_there_is_a_stale_dentry() {
    let case = in_turn(OLD, &[&[UNLINK], &[STAT, STAT]], &[1, 0, 1]);
    case.again(1, 1, 0).must_be("stale-dentry");
    let case = in_turn(OLD, &[&[UNLINK], &[ACCESS, ACCESS]], &[1, 0, 1]);
    case.again(1, 1, 0).must_be("stale-dentry");
    let case = in_turn(OLD, &[&[UNLINK], &[STAT, OPEN]], &[1, 0, 1]);
    case.saw(1, 1, failed(ESTALE)).must_be("stale-dentry");
    let case = in_turn(OLD, &[&[UNLINK], &[STAT, MKDIR]], &[1, 0, 1]);
    let case = case.saw(1, 1, failed(EEXIST));
    let case = InTurn { case: case.case.left(Vec::clear), times: case.times };
    // Its name is remembered, and by that alone, EEXIST is given.
    case.must_be("stale-dentry");
    // Moved away: the old name still opens the file.
    let rename = "op = \"rename\", path = \"f\", to = \"g\"";
    let case = in_turn(OLD, &[&[rename], &[STAT, OPEN, READ]], &[1, 0, 1, 1]);
    case.saw(1, 1, Returned::Done).saw(1, 2, read("OLD")).must_be("stale-dentry");
}

#[test]
fn a_name_without_an_earlier_look_is_not_a_stale_dentry() {
    let case = in_turn("", &[&[MKDIR], &[STAT]], &[0, 1]);
    case.saw(1, 0, failed(ENOENT)).must_be("no-realtime");
    // Another process has looked, not this one.
    let case = in_turn("", &[&[CREATE], &[STAT], &[STAT]], &[1, 0, 2]);
    case.saw(2, 0, failed(ENOENT)).must_be("no-realtime");
}

#[test]
fn a_name_that_was_there_both_times_does_not_go_stale() {
    let fixture = "f = { content = \"OLD\" }\nt = { content = \"NEW\" }";
    let rename = "op = \"rename\", path = \"t\", to = \"f\"";
    let case = || in_turn(fixture, &[&[rename], &[STAT, OPEN]], &[1, 0, 1]);
    case().saw(1, 1, failed(ENOENT)).must_not_be("stale-dentry");
    // Raced, it is what it was.
    let raced = vec![Interval { start: 0, end: 100 }; 2];
    let case = InTurn { times: vec![raced[..1].to_vec(), raced], ..case() };
    case.saw(1, 1, failed(ENOENT)).must_be("open-stale");
    // What the process did to the name itself, it knows.
    let case = in_turn(OLD, &[&[STAT, UNLINK, STAT], &[ACCESS]], &[0, 0, 0, 1]);
    case.again(0, 2, 0).must_not_be("stale-dentry");
    // A process that has met the new file does not go back.
    let case = in_turn("", &[&[CREATE], &[STAT, STAT, STAT]], &[1, 0, 1, 1]);
    case.saw(1, 2, failed(ENOENT)).must_not_be("stale-dentry");
}
