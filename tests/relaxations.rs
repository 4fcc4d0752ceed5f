//! Each relaxation explains the outcome that it stands for, alone and as the mildest that does.

mod common;

use common::cases::Case;
use fsrace::content::Runs;
use fsrace::model::relax::{
    Explanation, Question, RELAXATIONS, Relaxation, Searched, explain, relaxation, search,
};
use fsrace::outcome::{Identity, Interval, Returned, Stat};
use libc::{EBADF, ENOENT};

/// Worlds that a search may look at.
const LIMIT: usize = 200_000;

/// What is asked of a case.
trait Asked {
    fn question(&self) -> Question<'_>;
    /// The relaxations that explain it, with those that are accepted by default.
    fn names(&self) -> Vec<&'static str>;
    fn is_allowed(&self) -> bool;
    /// It is forbidden, and these alone explain it.
    fn expect(&self, names: &[&str]);
}

impl Asked for Case {
    fn question(&self) -> Question<'_> {
        Question {
            program: &self.program,
            outcome: &self.outcome,
            times: None,
            error: 0,
            terms: &self.terms,
            limit: LIMIT,
        }
    }

    fn names(&self) -> Vec<&'static str> {
        let accepted: Vec<&'static Relaxation> =
            RELAXATIONS.into_iter().filter(|one| one.accepted).collect();
        match explain(&self.question(), &accepted) {
            Explanation::Relaxed(relaxed) => relaxed.iter().map(|one| one.name).collect(),
            other => panic!("{other:?}: {:#?}", self.outcome),
        }
    }

    fn is_allowed(&self) -> bool {
        search(&self.question(), &[]) == Searched::Explained
    }

    fn expect(&self, names: &[&str]) {
        assert!(!self.is_allowed(), "the model allows {:#?}", self.outcome);
        assert_eq!(self.names(), names);
    }
}

fn failed(errno: i32) -> Returned {
    Returned::Failed(errno as u16)
}

fn text(text: &str) -> Runs {
    Runs::of(text.as_bytes())
}

const TWO_FILES: &str = "a = { content = \"AAAA\" }\nb = { content = \"BBBB\" }";
const RENAME: &str = "op = \"rename\", path = \"a\", to = \"b\"";

#[test]
fn what_happened_in_some_order_is_allowed() {
    let open = "op = \"open\", path = \"b\", flags = [\"rdonly\"], fd = \"f\"";
    let read = "op = \"read\", fd = \"f\", len = 10";
    for order in [[0, 1, 1], [1, 0, 1], [1, 1, 0]] {
        assert!(Case::new(TWO_FILES, &[&[RENAME], &[open, read]], &order).is_allowed());
    }
}

#[test]
fn a_replaced_name_that_open_misses_is_open_stale() {
    let open = "op = \"open\", path = \"b\", flags = [\"rdonly\"], fd = \"f\"";
    let case = Case::new(TWO_FILES, &[&[RENAME], &[open]], &[0, 1]);
    case.saw(1, 0, failed(ENOENT)).expect(&["open-stale"]);
}

#[test]
fn a_replaced_name_that_a_scan_and_a_create_miss_is_a_rename_gap() {
    let create =
        "op = \"open\", path = \"b\", flags = [\"wronly\", \"creat\", \"excl\"], fd = \"f\"";
    let case = Case::new(TWO_FILES, &[&[RENAME], &[create]], &[0, 1]);
    // The create took the name while it was absent, and the rename then replaced it.
    case.saw(1, 0, Returned::Done).expect(&["rename-gap"]);
}

#[test]
fn both_names_of_a_rename_in_two_stats_are_rename_both() {
    let fixture = "a = { content = \"AAAA\" }";
    let stats = ["op = \"stat\", path = \"b\"", "op = \"stat\", path = \"a\""];
    let case = Case::new(fixture, &[&[RENAME], &stats], &[1, 1, 0]);
    let Returned::Stat(there) = case.outcome.actors[1][1].returned.clone() else { panic!() };
    let twice = Stat { nlink: 2, ..there };
    let case = case.saw(1, 0, Returned::Stat(twice.clone())).saw(1, 1, Returned::Stat(twice));
    case.expect(&["rename-both"]);
}

#[test]
fn two_that_both_make_a_name_are_excl_split() {
    let mkdir = "op = \"mkdir\", path = \"d\"";
    let case = Case::new("", &[&[mkdir], &[mkdir]], &[0, 1]);
    case.saw(1, 0, Returned::Done).expect(&["excl-split"]);
    let create =
        "op = \"open\", path = \"f\", flags = [\"wronly\", \"creat\", \"excl\"], fd = \"f\"";
    let case = Case::new("", &[&[create], &[create]], &[0, 1]);
    case.saw(1, 0, Returned::Done).expect(&["excl-split"]);
}

#[test]
fn two_that_both_take_a_name_away_are_unlink_split() {
    let rmdir = "op = \"rmdir\", path = \"d\"";
    let case = Case::new("d = { dir = true }", &[&[rmdir], &[rmdir]], &[0, 1]);
    case.saw(1, 0, Returned::Done).expect(&["unlink-split"]);
}

#[test]
fn a_mixture_of_two_moments_is_a_torn_read() {
    let fixture = "a = { content = \"AAAA\" }";
    let write = [
        "op = \"open\", path = \"a\", flags = [\"wronly\"], fd = \"f\"",
        "op = \"write\", fd = \"f\", content = \"BBBB\"",
    ];
    let read = [
        "op = \"open\", path = \"a\", flags = [\"rdonly\"], fd = \"f\"",
        "op = \"read\", fd = \"f\", len = 4",
    ];
    let case = Case::new(fixture, &[&write, &read], &[0, 0, 1, 1]);
    let case = case.saw(1, 1, Returned::Read(text("AABB")));
    case.expect(&["torn-read"]);
    let case = case.saw(1, 1, Returned::Read(text("BBBC")));
    assert!(matches!(explain(&case.question(), &[]), Explanation::Unexplained));
}

#[test]
fn a_read_that_overtakes_a_write_many_times_is_still_one_torn_read() {
    // As two processors show it that copy the same cache lines at the same time.
    let open = "op = \"open\", path = \"a\", flags = [\"rdwr\"], fd = \"f\"";
    let write = "op = \"pwrite\", fd = \"f\", size = 8000, offset = 0";
    let read = "op = \"pread\", fd = \"f\", len = 8000, offset = 0";
    let look = [open, read];
    let case = |order: &[usize]| Case::new("a = { size = 8000 }", &[&[open, write], &look], order);
    let seen = |case: &Case| match &case.outcome.actors[1][1].returned {
        Returned::Read(runs) => runs.clone(),
        other => panic!("{other:?}"),
    };
    let (old, new) = (seen(&case(&[1, 1, 0, 0])), seen(&case(&[0, 0, 1, 1])));
    let mut mixed = old;
    for piece in 0..400 {
        mixed = mixed.overwritten(20 * piece, &new.slice(20 * piece, 20 * piece + 8));
    }
    assert_eq!(mixed.runs().len(), 800);
    case(&[0, 0, 1, 1]).saw(1, 1, Returned::Read(mixed)).expect(&["torn-read"]);
}

/// A write of a text over another, and as many reads as there are answers.
fn write_and_reads(answers: &[&str]) -> Case {
    let write = [
        "op = \"open\", path = \"a\", flags = [\"wronly\"], fd = \"f\"",
        "op = \"write\", fd = \"f\", content = \"BBBB\"",
    ];
    let mut look = vec!["op = \"open\", path = \"a\", flags = [\"rdonly\"], fd = \"f\""];
    look.extend(answers.iter().map(|_| "op = \"pread\", fd = \"f\", offset = 0, len = 4"));
    let mut order = vec![0, 0, 1];
    order.extend(answers.iter().map(|_| 1));
    let mut case = Case::new("a = { content = \"AAAA\" }", &[&write, &look], &order);
    for (place, answer) in answers.iter().enumerate() {
        case = case.saw(1, 1 + place, Returned::Read(text(answer)));
    }
    case
}

#[test]
fn a_file_that_two_reads_see_half_written_is_a_torn_write() {
    write_and_reads(&["BBAA"]).expect(&["torn-read"]);
    write_and_reads(&["BBAA", "BBAA"]).expect(&["torn-write"]);
    write_and_reads(&["BAAA", "BBBA"]).expect(&["torn-write"]);
    // A write goes on, and does not take back what is there.
    let backwards = write_and_reads(&["BBBA", "BAAA"]);
    let torn_write = relaxation("torn-write").expect("a relaxation");
    assert_ne!(explain(&backwards.question(), &[]), Explanation::Relaxed(vec![torn_write]));
    // What another write has mixed is no torn write.
    let other = [
        "op = \"open\", path = \"a\", flags = [\"wronly\"], fd = \"f\"",
        "op = \"write\", fd = \"f\", content = \"CCCC\"",
    ];
    let write = [other[0], "op = \"write\", fd = \"f\", content = \"BBBB\""];
    let case = Case::new("a = { content = \"AAAA\" }", &[&write, &other], &[0, 0, 1, 1]);
    case.left(|left| left[0].content = Some(text("BBCC"))).expect(&["mixed-write"]);
}

#[test]
fn a_size_in_the_middle_of_a_write_is_a_torn_size() {
    let write = [
        "op = \"open\", path = \"a\", flags = [\"wronly\", \"append\"], fd = \"f\"",
        "op = \"write\", fd = \"f\", size = 100",
    ];
    let stat = "op = \"stat\", path = \"a\"";
    let case = Case::new("a = { content = \"\" }", &[&write, &[stat]], &[0, 0, 1]);
    let case = case.stat(1, 0, |stat| stat.size = Some(60));
    case.expect(&["torn-size"]);
    let case = case.stat(1, 0, |stat| stat.size = Some(160));
    assert!(matches!(explain(&case.question(), &[]), Explanation::Unexplained));
}

#[test]
fn sizes_and_bytes_in_the_middle_of_a_write_are_one_torn_write() {
    let write = [
        "op = \"open\", path = \"a\", flags = [\"rdwr\"], fd = \"f\"",
        "op = \"pwrite\", fd = \"f\", size = 100, offset = 0",
    ];
    let look = [
        "op = \"open\", path = \"a\", fd = \"f\"",
        "op = \"stat\", path = \"a\"",
        "op = \"pread\", fd = \"f\", len = 50, offset = 0",
        "op = \"lseek\", fd = \"f\", offset = 0, whence = \"end\"",
        "op = \"stat\", path = \"a\"",
    ];
    let case = |sizes: [u64; 3]| {
        let [first, second, third] = sizes;
        // The read is of the new bytes.
        let case = Case::new(TWO_FILES, &[&write, &look], &[0, 0, 1, 1, 1, 1, 1]);
        let case = case.stat(1, 1, |stat| stat.size = Some(first));
        let case = case.stat(1, 4, |stat| stat.size = Some(third));
        case.saw(1, 3, Returned::Offset(second))
    };
    case([60, 60, 60]).expect(&["torn-write"]);
    case([60, 70, 100]).expect(&["torn-write"]);
    // The bytes that are read are there before the size says so, or the file gets shorter.
    for wrong in [[60, 110, 100], [120, 120, 120], [60, 60, 120]] {
        let case = case(wrong);
        assert_eq!(explain(&case.question(), &[]), Explanation::Unexplained, "{wrong:?}");
    }
    let backwards = explain(&case([70, 60, 100]).question(), &[]);
    assert_ne!(backwards, Explanation::Relaxed(vec![relaxation("torn-write").unwrap()]));
}

#[test]
fn fields_of_different_moments_are_stat_torn() {
    let steps = [
        "op = \"link\", path = \"a\", to = \"c\"",
        "op = \"chmod\", path = \"a\", mode = \"0600\"",
    ];
    let stat = "op = \"stat\", path = \"a\"";
    let case = Case::new(TWO_FILES, &[&steps, &[stat]], &[1, 0, 0]);
    case.stat(1, 0, |stat| stat.mode = 0o600).expect(&["stat-torn"]);
}

#[test]
fn one_link_of_a_directory_that_is_being_removed_is_nlink_lag() {
    let fixture = "\"d/e\" = { dir = true }";
    let (rmdir, stat) =
        ("op = \"rmdir\", path = \"d/e\"", |path| format!("op = \"lstat\", path = \"{path}\""));
    let (inner, outer) = (stat("d/e"), stat("d"));
    let case = Case::new(fixture, &[&[rmdir], &[&inner]], &[1, 0]);
    case.stat(1, 0, |stat| stat.nlink = 1).expect(&["nlink-lag"]);
    // The count of the directory that holds it, before or after the name has gone.
    let case = Case::new(fixture, &[&[rmdir], &[&outer, &inner]], &[1, 1, 0]);
    case.stat(1, 0, |stat| stat.nlink = 2).expect(&["nlink-lag"]);
    let case = Case::new(fixture, &[&[rmdir], &[&inner]], &[1, 0]);
    let case = case.stat(1, 0, |stat| stat.nlink = 5);
    assert_ne!(case.names(), ["nlink-lag"]);
}

#[test]
fn a_name_of_a_directory_that_is_dead_already_is_rmdir_lag() {
    let rmdir = "op = \"rmdir\", path = \"d\"";
    let look = [
        "op = \"open\", path = \"d/a\", flags = [\"wronly\", \"creat\"], fd = \"f\"",
        "op = \"open\", path = \"d\", flags = [\"directory\"], fd = \"g\"",
        "op = \"fstat\", fd = \"g\"",
        "op = \"readdir\", fd = \"g\"",
    ];
    let dead = |other: &[&str]| {
        let case = Case::new("d = { dir = true }", &[&[rmdir], other], &[0, 1, 1, 1, 1]);
        case.saw(1, 1, Returned::Done)
    };
    let stat = |nlink| {
        let case = Case::new("d = { dir = true }", &[&[rmdir], &look], &[1, 1, 1, 1, 0]);
        let Returned::Stat(there) = &case.outcome.actors[1][2].returned else { panic!() };
        Returned::Stat(Stat { nlink, ..there.clone() })
    };
    let case = || dead(&look).saw(1, 3, failed(ENOENT));
    case().saw(1, 2, stat(0)).expect(&["rmdir-lag"]);
    // So is one that a rename replaces.
    let fixture = "d = { dir = true }\ne = { dir = true }";
    let replace = "op = \"rename\", path = \"e\", to = \"d\"";
    let look = [look[0], "op = \"stat\", path = \"e\""];
    let there = Case::new(fixture, &[&[replace], &look], &[1, 1, 0]).outcome.actors[1][1].clone();
    let late = Case::new(fixture, &[&[replace], &look], &[0, 1, 1]);
    let late = late.saw(1, 0, failed(ENOENT)).saw(1, 1, there.returned);
    let late = late.left(|left| left.retain(|one| one.path == "d"));
    late.expect(&["rmdir-lag"]);
    // Without a call that removes it, there is nothing to explain.
    let unlink = "op = \"unlink\", path = \"a\"";
    let case = Case::new(fixture, &[&[unlink], &look], &[0, 1, 1]);
    let case = case.saw(1, 0, failed(ENOENT)).left(|left| left.retain(|one| one.path != "d/a"));
    assert!(!case.names().contains(&"rmdir-lag"));
}

#[test]
fn a_seek_from_the_end_in_the_middle_of_a_write_is_torn_size() {
    let open = "op = \"open\", path = \"a\", flags = [\"rdwr\"], fd = \"f\"";
    let write = "op = \"pwrite\", fd = \"f\", size = 100, offset = 0";
    let seek = "op = \"lseek\", fd = \"f\", offset = 10, whence = \"end\"";
    let case = || Case::new(TWO_FILES, &[&[open, write], &[open, seek]], &[0, 0, 1, 1]);
    case().saw(1, 1, Returned::Offset(60)).expect(&["torn-size"]);
    let beyond = case().saw(1, 1, Returned::Offset(200));
    assert_eq!(explain(&beyond.question(), &[]), Explanation::Unexplained);
}

#[test]
fn a_link_count_that_changes_before_the_name_is_nlink_lag() {
    let link = "op = \"link\", path = \"a\", to = \"c\"";
    let stats = ["op = \"stat\", path = \"a\"", "op = \"stat\", path = \"c\""];
    let case = Case::new(TWO_FILES, &[&[link], &stats], &[1, 1, 0]);
    case.stat(1, 0, |stat| stat.nlink = 2).expect(&["nlink-lag"]);
    // Once, that is path-walk; twice, the count was down while the name was there.
    let stat = "op = \"stat\", path = \"b\"";
    let case = Case::new(TWO_FILES, &[&[RENAME], &[stat, stat]], &[1, 1, 0]);
    let case = case.stat(1, 0, |stat| stat.nlink = 0).stat(1, 1, |stat| stat.nlink = 0);
    case.expect(&["nlink-lag"]);
}

#[test]
fn a_call_that_has_resolved_its_paths_can_be_relaxed_in_what_it_does() {
    // The link has found the file before its name goes, and counts before it makes the name again.
    let fixture = "\"d/a\" = { content = \"A\" }\n\"d/b\" = { link = \"d/a\" }";
    let link = "op = \"link\", path = \"d/a\", to = \"d/a\"";
    let stat = |path: &str| format!("op = \"stat\", path = \"{path}\"");
    let other = ["op = \"unlink\", path = \"d/a\"", &stat("d/b"), &stat("d/a")];
    let case = Case::new(fixture, &[&[link], &other], &[1, 1, 1, 0]);
    let case = case.saw(0, 0, Returned::Done).stat(1, 1, |stat| stat.nlink = 2);
    let case = case.left(|left| {
        let here = left.iter_mut().find(|one| one.path == "d/b").expect("it stays");
        here.stat.nlink = 2;
        let mut again = here.clone();
        again.path = "d/a".into();
        left.insert(1, again);
    });
    case.expect(&["nlink-lag"]);
}

#[test]
fn a_rename_that_has_walked_does_not_look_for_the_name_again() {
    // The file is gone with the directory that a search takes away to see what would be without.
    let fixture = "\"d/a\" = { content = \"A\" }\ne = { dir = true }";
    let take = "op = \"rename\", path = \"d/a\", to = \"e/a\", flag = \"noreplace\"";
    let replace = "op = \"rename\", path = \"d\", to = \"e\"";
    let case = Case::new(fixture, &[&[take], &[replace]], &[0, 1]);
    let case = case.saw(1, 0, Returned::Done).left(|left| left.clear());
    // Nothing explains an empty tree; that it is looked for is what counts.
    assert_eq!(explain(&case.question(), &[]), Explanation::Unexplained);
    // Nor does a cache that remembers where a name led replace what has been found by walking.
    let away = "op = \"rename\", path = \"d/a\", to = \"d/b\"";
    let stat = "op = \"stat\", path = \"d/a\"";
    let back = "op = \"rename\", path = \"d/b\", to = \"d/a\"";
    let case =
        Case::new("\"d/a\" = { content = \"A\" }", &[&[away], &[stat, back, stat]], &[1, 0, 1, 1]);
    let case = case.saw(1, 1, failed(libc::EXDEV)).left(|left| left.clear());
    assert_eq!(explain(&case.question(), &[]), Explanation::Unexplained);
}

#[test]
fn zeros_in_a_file_that_is_being_cut_are_truncate_zeros() {
    let fixture = "a = { size = 10000 }";
    let cut = "op = \"truncate\", path = \"a\", size = 1000";
    let read = [
        "op = \"open\", path = \"a\", flags = [\"rdonly\"], fd = \"f\"",
        "op = \"read\", fd = \"f\", len = 10000",
    ];
    let case = Case::new(fixture, &[&[cut], &read], &[1, 1, 0]);
    let Returned::Read(old) = case.outcome.actors[1][1].returned.clone() else { panic!() };
    let zeros = old.overwritten(1000, &Runs::zeros(9000));
    case.saw(1, 1, Returned::Read(zeros)).expect(&["truncate-zeros"]);
    // A read that stops where it finds that the file is shorter by now.
    let case = Case::new(fixture, &[&[cut], &read], &[1, 1, 0]);
    case.saw(1, 1, Returned::Read(old.slice(0, 4096))).expect(&["torn-read"]);
    let case = Case::new(fixture, &[&[cut], &read], &[1, 1, 0]);
    let mixed = old.overwritten(5000, &Runs::zeros(5000));
    case.saw(1, 1, Returned::Read(mixed)).expect(&["torn-read", "truncate-zeros"]);
}

#[test]
fn the_pages_of_before_a_cut_with_the_size_of_after_are_truncate_zeros() {
    let fixture = "a = { size = 10 }";
    let step = |text: &str| format!("op = \"{text}");
    let open = step("open\", path = \"a\", flags = [\"rdwr\"], fd = \"f\"");
    let cut = step("ftruncate\", fd = \"f\", size = 0");
    let write = step("pwrite\", fd = \"f\", size = 10, offset = 1");
    let read = step("pread\", fd = \"f\", len = 5000, offset = 0");
    let case = |steps: &[&str], zeros: u64| {
        let order: Vec<usize> = [1, 1].into_iter().chain([0].repeat(steps.len())).collect();
        let case = Case::new(fixture, &[steps, &[&open, &read]], &order);
        let Returned::Read(old) = case.outcome.actors[1][1].returned.clone() else { panic!() };
        case.saw(1, 1, Returned::Read(old.overwritten(10, &Runs::zeros(zeros))))
    };
    case(&[&open, &cut, &write], 1).expect(&["truncate-zeros"]);
    // Behind the page there is what is there now.
    let far = step("pwrite\", fd = \"f\", size = 4100, offset = 1");
    let beyond = case(&[&open, &cut, &far], 0);
    let now = beyond.outcome.left[0].content.clone().unwrap();
    let Returned::Read(old) = beyond.outcome.actors[1][1].returned.clone() else { panic!() };
    let zeros = old.overwritten(10, &Runs::zeros(4086));
    let mixed = zeros.overwritten(4096, &now.slice(4096, now.len()));
    beyond.saw(1, 1, Returned::Read(mixed)).expect(&["truncate-zeros"]);
    let all = ["torn-read", "truncate-zeros"].map(|name| relaxation(name).unwrap());
    let unexplained = |case: Case| {
        assert_eq!(search(&case.question(), &all), Searched::Unexplained, "{:#?}", case.outcome);
    };
    // Without a cut, or up to where the file never ended, or if the page stays, it is worse.
    unexplained(case(&[&open, &write], 1));
    unexplained(case(&[&open, &cut, &write], 2));
    let shorter = step("ftruncate\", fd = \"f\", size = 9");
    unexplained(case(&[&open, &shorter, &write], 1));
    // Nor is anything read behind the end.
    let order = [1, 0, 1, 0, 0];
    let behind = step("pread\", fd = \"f\", len = 10, offset = 10");
    let write = step("pwrite\", fd = \"f\", size = 10, offset = 10");
    let case = Case::new(fixture, &[&[&open, &cut, &write], &[&open, &behind]], &order);
    unexplained(case.saw(1, 1, Returned::Read(Runs::zeros(10))));
}

#[test]
fn a_link_count_of_no_moment_is_nlink_stale() {
    let unlink = "op = \"unlink\", path = \"b\"";
    let stats = ["op = \"stat\", path = \"b\"", "op = \"stat\", path = \"a\""];
    let fixture = "a = { content = \"A\" }\nb = { link = \"a\" }";
    let case = Case::new(fixture, &[&[unlink], &stats], &[0, 1, 1]);
    // The unlink was over before the stats began.
    let case = case.stat(1, 1, |stat| stat.nlink = 2);
    let times = [
        vec![Interval { start: 0, end: 10 }],
        vec![Interval { start: 20, end: 30 }, Interval { start: 30, end: 40 }],
    ];
    let question = Question { times: Some(&times), ..case.question() };
    let Explanation::Relaxed(relaxed) = explain(&question, &[]) else { panic!() };
    assert_eq!(relaxed, [relaxation("nlink-stale").unwrap()]);
}

#[test]
fn a_link_count_that_stays_wrong_is_nlink_stale() {
    let link = "op = \"link\", path = \"a\", to = \"b\"";
    let stat = "op = \"stat\", path = \"a\"";
    let case = || Case::new("a = { content = \"A\" }", &[&[link], &[stat]], &[0, 1]);
    case().left(|left| left[0].stat.nlink = 1).expect(&["nlink-stale"]);
    // Another size is not another count.
    let larger = case().left(|left| left[0].stat.size = Some(2));
    assert_eq!(explain(&larger.question(), &[]), Explanation::Unexplained);
}

#[test]
fn zeros_where_a_write_is_to_be_are_size_before_data() {
    let write = [
        "op = \"open\", path = \"a\", flags = [\"wronly\"], fd = \"f\"",
        "op = \"write\", fd = \"f\", content = \"BBBB\"",
    ];
    let read = [
        "op = \"open\", path = \"a\", flags = [\"rdonly\"], fd = \"f\"",
        "op = \"read\", fd = \"f\", len = 4",
    ];
    let case = Case::new("a = { content = \"\" }", &[&write, &read], &[0, 0, 1, 1]);
    case.saw(1, 1, Returned::Read(Runs::zeros(4))).expect(&["size-before-data"]);
}

#[test]
fn two_writes_that_are_both_there_in_part_are_a_mixed_write() {
    let write = |content: &str| {
        [
            "op = \"open\", path = \"a\", flags = [\"wronly\"], fd = \"f\"".to_owned(),
            format!("op = \"write\", fd = \"f\", content = \"{content}\""),
        ]
    };
    let (one, two) = (write("BBBB"), write("CCCC"));
    let (one, two) = ([&*one[0], &*one[1]], [&*two[0], &*two[1]]);
    let case = Case::new("a = { content = \"AAAA\" }", &[&one, &two], &[0, 0, 1, 1]);
    let case = case.left(|left| left[0].content = Some(text("BBCC")));
    case.expect(&["mixed-write"]);
}

#[test]
fn two_appends_of_which_one_is_left_are_append_split() {
    let write = |content: &str| {
        [
            "op = \"open\", path = \"a\", flags = [\"wronly\", \"append\"], fd = \"f\"".to_owned(),
            format!("op = \"write\", fd = \"f\", content = \"{content}\""),
        ]
    };
    let (one, two) = (write("BBBB"), write("CCCC"));
    let (one, two) = ([&*one[0], &*one[1]], [&*two[0], &*two[1]]);
    let case = Case::new("a = { content = \"\" }", &[&one, &two], &[0, 0, 1, 1]);
    let case = case.left(|left| {
        left[0].content = Some(text("CCCC"));
        left[0].stat.size = Some(4);
    });
    case.expect(&["append-split"]);
}

#[test]
fn two_reads_of_one_offset_are_an_offset_race() {
    let fixture = "a = { content = \"ABCD\" }\n[shared.f]\npath = \"a\"\nflags = [\"rdonly\"]";
    let read = "op = \"read\", fd = \"f\", len = 2";
    let case = Case::new(fixture, &[&[read], &[read]], &[0, 1]);
    case.saw(1, 0, Returned::Read(text("AB"))).expect(&["offset-race"]);
}

#[test]
fn a_descriptor_that_fails_without_a_name_is_gone_when_unlinked() {
    let reader = [
        "op = \"open\", path = \"a\", flags = [\"rdonly\"], fd = \"f\"",
        "op = \"fstat\", fd = \"f\"",
        "op = \"read\", fd = \"f\", len = 9",
    ];
    let unlink = "op = \"unlink\", path = \"a\"";
    let fixture = "a = { content = \"ABCD\" }";
    let case = Case::new(fixture, &[&[unlink], &reader], &[1, 0, 1, 1]);
    case.saw(1, 1, failed(ENOENT)).expect(&["gone-when-unlinked"]);
    // The report that this tool began with: no inode, nothing to read.
    let case = Case::new(fixture, &[&[unlink], &reader], &[1, 0, 1, 1]);
    let case = case.stat(1, 1, |stat| {
        (stat.identity, stat.nlink, stat.size) = (Identity::Zero, 1, Some(0));
    });
    case.saw(1, 2, Returned::Read(Runs::default())).expect(&["gone-when-unlinked"]);
}

#[test]
fn a_hidden_name_is_a_silly_rename() {
    let unlink = "op = \"unlink\", path = \"d/a\"";
    let fixture = "\"d/a\" = { content = \"ABCD\" }";
    let holder = "op = \"open\", path = \"d/a\", flags = [\"rdonly\"], fd = \"f\"";
    let scan = "op = \"readdir\", path = \"d\"";
    let case = Case::new(fixture, &[&[unlink, scan], &[holder]], &[1, 0, 0]);
    case.saw(0, 1, Returned::Names(vec![".nfs0001".into()])).expect(&["silly-rename"]);
}

#[test]
fn an_errno_for_no_reason_is_spurious() {
    let open = "op = \"open\", path = \"a\", flags = [\"rdonly\"], fd = \"f\"";
    let case = Case::new(TWO_FILES, &[&[open], &[RENAME]], &[0, 1]);
    case.saw(0, 0, failed(EBADF)).expect(&["spurious-errno"]);
}

#[test]
fn what_was_over_before_it_cannot_be_missed_but_without_real_time() {
    let mkdir = "op = \"mkdir\", path = \"d\"";
    let stat = "op = \"stat\", path = \"d\"";
    let case = Case::new("", &[&[mkdir], &[stat]], &[1, 0]);
    let times = [vec![Interval { start: 0, end: 10 }], vec![Interval { start: 20, end: 30 }]];
    let question = Question { times: Some(&times), ..case.question() };
    assert_eq!(search(&question, &[]), Searched::Unexplained);
    let relaxed = explain(&question, &[]);
    let expected = Explanation::Relaxed(vec![relaxation("no-realtime").unwrap()]);
    assert_eq!(relaxed, expected);
    // Clocks that are wrong by so much prove nothing.
    assert_eq!(search(&Question { error: 10, ..question }, &[]), Searched::Explained);
}

#[test]
fn what_linux_does_between_looking_up_and_acting_is_path_walk() {
    let accepted = [relaxation("path-walk").unwrap()];
    let explained = |case: &Case| {
        assert!(!case.is_allowed(), "the model allows {:#?}", case.outcome);
        assert_eq!(search(&case.question(), &accepted), Searched::Explained, "{:#?}", case.outcome);
    };
    // A stat of a file whose name goes meanwhile.
    let unlink = "op = \"unlink\", path = \"a\"";
    let stat = "op = \"stat\", path = \"a\"";
    let case = Case::new(TWO_FILES, &[&[unlink], &[stat]], &[1, 0]);
    explained(&case.stat(1, 0, |stat| stat.nlink = 0));
    // A link to a file that is replaced meanwhile.
    let link = "op = \"link\", path = \"b\", to = \"c\"";
    let case = Case::new(TWO_FILES, &[&[RENAME], &[link]], &[0, 1]);
    let case = case.saw(1, 0, failed(ENOENT)).left(|left| {
        left.truncate(1);
        left[0].stat.nlink = 1;
    });
    explained(&case);
    // A file made in a directory that has moved away meanwhile (and came back as another).
    let away = ["op = \"rename\", path = \"d\", to = \"e\"", "op = \"mkdir\", path = \"d\""];
    let make = "op = \"open\", path = \"d/x\", flags = [\"wronly\", \"creat\"], fd = \"f\"";
    let twice = ["op = \"stat\", path = \"d\"", make];
    let case = Case::new("d = { dir = true }", &[&away, &twice], &[0, 0, 1, 1]);
    let case = case.left(|left| {
        left.iter_mut().for_each(|one| {
            if one.path == "d/x" {
                one.path = "e/x".into();
            }
        })
    });
    assert!(!case.is_allowed());
    // The two paths of a call are resolved one after the other: what was `d` is `e` by then, so that the
    // file stays in its directory, which is not removed.
    let fixture = "\"d/a\" = { content = \"A\" }\ne = { dir = true }";
    let replace = "op = \"rename\", path = \"d\", to = \"e\"";
    let across = "op = \"rename\", path = \"d/a\", to = \"e/b\"";
    let case = Case::new(fixture, &[&[replace], &[across]], &[0, 1]);
    explained(&case.saw(1, 0, Returned::Done).left(|left| {
        let moved = left.iter_mut().find(|one| one.path == "e/a").expect("it has moved");
        moved.path = "e/b".into();
    }));
    // A link from a directory to the one that has taken its name.
    let fixture = "\"d/a\" = { content = \"A\" }\n\"e/b\" = { content = \"B\" }";
    let switch = "op = \"rename\", path = \"e\", to = \"d\", flag = \"exchange\"";
    let link = "op = \"link\", path = \"d/a\", to = \"d/a\"";
    let case = Case::new(fixture, &[&[switch], &[link]], &[1, 0]);
    explained(&case.saw(1, 0, Returned::Done).left(|left| {
        let mut here = left.iter().find(|one| one.path == "e/a").expect("it has moved").clone();
        here.path = "d/a".into();
        left.iter_mut().filter(|one| one.path == "e/a").for_each(|one| one.stat.nlink = 2);
        here.stat.nlink = 2;
        left.push(here);
        left.sort_by(|a, b| a.path.cmp(&b.path));
        // Files are numbered by their first names: d, d/a, d/b, e, and d/a again.
        left.iter_mut().zip([0, 1, 2, 3, 1]).for_each(|(one, file)| one.file = file);
    }));
}

#[test]
fn a_scan_may_miss_or_double_what_changes_and_nothing_else() {
    let accepted = [relaxation("readdir-live").unwrap()];
    let fixture = "\"d/a\" = { content = \"\" }\n\"d/s\" = { content = \"\" }";
    let rename = "op = \"rename\", path = \"d/a\", to = \"d/b\"";
    let scan = "op = \"readdir\", path = \"d\"";
    let case = || Case::new(fixture, &[&[rename], &[scan]], &[0, 1]);
    let names =
        |names: &[&str]| Returned::Names(names.iter().map(|&name| name.to_owned()).collect());
    for live in [&["s"][..], &["a", "b", "s"]] {
        let case = case().saw(1, 0, names(live));
        assert!(!case.is_allowed());
        assert_eq!(search(&case.question(), &accepted), Searched::Explained, "{live:?}");
    }
    for wrong in [&["a", "b"][..], &["a", "s", "s"], &["a", "c", "s"], &["a", "a", "s"]] {
        let case = case().saw(1, 0, names(wrong));
        assert_eq!(search(&case.question(), &accepted), Searched::Unexplained, "{wrong:?}");
    }
}

#[test]
fn a_scan_may_show_a_name_as_often_as_it_was_there() {
    let accepted = [relaxation("readdir-live").unwrap()];
    let fixture = "\"d/a\" = { content = \"\" }\nx = { content = \"\" }";
    let step = |op, from, to| format!("op = \"{op}\", path = \"{from}\", to = \"{to}\"");
    let (there, back) = (step("rename", "d/a", "d/b"), step("rename", "d/b", "d/a"));
    let replace = step("rename", "x", "d/a");
    let scan = "op = \"readdir\", path = \"d\"";
    let shows = |others: &[&str], times: usize| {
        let order: Vec<usize> = [0].repeat(others.len()).into_iter().chain([1]).collect();
        let case = Case::new(fixture, &[others, &[scan]], &order);
        let case = case.saw(1, 0, Returned::Names(vec!["a".to_owned(); times]));
        search(&case.question(), &accepted) == Searched::Explained
    };
    for (others, most) in [
        (&[there.as_str()][..], 1),
        (&[&there, &back], 2),
        (&[&there, &back, &there, &back], 3),
        (&[&replace], 2),
        (&[&replace, &there], 2),
        (&[&step("rename", "d/a", "d/a")], 1),
    ] {
        assert!(shows(others, most), "{others:?}");
        assert!(!shows(others, most + 1), "{others:?}");
    }
}

#[test]
fn a_scan_that_loses_its_place_shows_names_again_or_not_only_if_some_entry_has_gone() {
    let fixture = "\"d/a\" = { content = \"\" }\n\"d/s\" = { content = \"\" }";
    let scan = "op = \"readdir\", path = \"d\"";
    let names =
        |names: &[&str]| Returned::Names(names.iter().map(|&name| name.to_owned()).collect());
    let unlink = "op = \"unlink\", path = \"d/a\"";
    let rename = "op = \"rename\", path = \"d/a\", to = \"d/b\"";
    let chmod = "op = \"chmod\", path = \"d/a\", mode = \"0600\"";
    let case = |step, seen: &[&str]| {
        Case::new(fixture, &[&[step], &[scan]], &[0, 1]).saw(1, 0, names(seen))
    };
    case(unlink, &["s", "s"]).expect(&["scan-restart"]);
    case(rename, &["b", "s", "s"]).expect(&["scan-restart"]);
    // Or goes on elsewhere, and leaves some out.
    case(unlink, &[]).expect(&["scan-restart"]);
    let all = RELAXATIONS.to_vec();
    for (step, seen) in [
        (chmod, &["a", "s", "s"][..]),
        (unlink, &["s", "s", "s"]),
        (chmod, &["a"]),
        (rename, &["c", "s", "s"]),
    ] {
        let case = case(step, seen);
        assert_eq!(search(&case.question(), &all), Searched::Unexplained, "{step} {seen:?}");
    }
}

#[test]
fn a_link_that_is_being_removed_leads_to_its_directory_and_no_other_does() {
    let fixture = "\"d/l\" = { symlink = \"v\" }\n\"d/v/f\" = { content = \"F\" }\n\
                   \"d/f\" = { content = \"no\" }\nt = { symlink = \"d\" }";
    let unlink = "op = \"unlink\", path = \"d/l\"";
    let replace = "op = \"rename\", path = \"t\", to = \"d/l\"";
    let away = "op = \"rename\", path = \"d/l\", to = \"d/m\"";
    let target = "op = \"rename\", path = \"d/f\", to = \"d/w\"";
    let stat = |path: &str| format!("op = \"stat\", path = \"{path}\"");
    // What the other shows by a path of its own is what it sees through the link.
    let case = |fixture: &str, steps: &[&str], through: &str, beside: &str| {
        let order: Vec<usize> = [0].repeat(steps.len()).into_iter().chain([1, 1]).collect();
        let case = Case::new(fixture, &[steps, &[&stat(beside), &stat(through)]], &order);
        let seen = case.outcome.actors[1][0].returned.clone();
        case.saw(1, 1, seen)
    };
    case(fixture, &[unlink], "d/l", "d").expect(&["empty-link"]);
    case(fixture, &[unlink], "d/l/f", "d/f").expect(&["empty-link"]);
    case(fixture, &[replace], "d/l/f", "d/f").expect(&["empty-link"]);
    let readlink = "op = \"readlink\", path = \"d/l\"";
    let emptied = Case::new(fixture, &[&[unlink], &[readlink]], &[0, 1]);
    emptied.saw(1, 0, Returned::Text(String::new())).expect(&["empty-link"]);
    // Who removes it goes by its text.
    let itself = "op = \"rename\", path = \"d/l/f\", to = \"d/l\"";
    let moved = Case::new(fixture, &[&[itself], &[&stat("d")]], &[0, 1]);
    let wrong = moved.left(|left| {
        let beside =
            left.iter().find(|one| one.path == "d/f").expect("it is there").content.clone();
        let moved = left.iter_mut().find(|one| one.path == "d/l").expect("it has moved");
        moved.content = beside;
    });
    let all = RELAXATIONS.to_vec();
    assert_eq!(search(&wrong.question(), &all), Searched::Unexplained);
    // It stays, or what it led to goes, or it has another name.
    let stays = fixture.replace("\"v\"", "\"f\"");
    let link = "op = \"link\", path = \"d/l\", to = \"d/k\"";
    for steps in [&[away][..], &[target], &[link, unlink]] {
        let case = case(&stays, steps, "d/l", "d");
        assert_eq!(search(&case.question(), &all), Searched::Unexplained, "{steps:?}");
    }
}

#[test]
fn every_relaxation_has_a_name_of_its_own_and_a_page() {
    for one in RELAXATIONS {
        assert_eq!(relaxation(one.name), Some(one));
        assert!(one.page.starts_with(&format!("# {}\n", one.name)), "{}", one.name);
        assert!(one.page.len() > 600, "{}", one.name);
        assert!(!one.page.contains("@@"), "{}", one.name);
    }
}
