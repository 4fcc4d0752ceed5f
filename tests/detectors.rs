//! Every detector fires on a record in which one observation has been doctored, and keeps silent
//! about its innocent neighbour.

use std::collections::BTreeSet;
use std::time::Duration;

use fsrace::content::Class as Bytes;
use fsrace::detect::{DETECTORS, Expectations, judge};
use fsrace::engine::event::Event;
use fsrace::engine::record::{ActorRecord, Death, Hang, Record, Seen};
use fsrace::model::{DirectoryLinks, Platform, Rules};
use fsrace::ops::observation::{Observation, flag};
use fsrace::plan::{Plan, Settings, plan, size_class};
use fsrace::report::Class;
use rustix::io::Errno;

/// The rules of the made-up runs.
const RULES: Rules = Rules {
    platform: Platform::Linux,
    privileged: true,
    directory_links: DirectoryLinks::Counted,
    identities: true,
};

/// A plan and a record of it in which every actor has done something, and nothing is wrong.
struct Case {
    plan: Plan,
    record: Record,
    rules: Rules,
}

impl Case {
    /// `text` is the scenario without its first lines.
    fn new(text: &str) -> Self {
        let text = format!("name = \"case\"\nabout = \"A case.\"\n{text}");
        let scenario = fsrace::scenario::parse(&text, "case");
        let scenario = scenario.unwrap_or_else(|mistakes| panic!("{text}\n{mistakes}"));
        let plan = plan(&scenario, &Settings::default()).unwrap();
        let blank = |actor: &fsrace::plan::ActorPlan| ActorRecord {
            iterations: 1,
            ops: 1,
            steps: vec![Vec::new(); actor.steps.len()],
        };
        let record =
            Record { actors: plan.actors.iter().map(blank).collect(), ..Record::default() };
        Self { plan, record, rules: RULES }
    }

    /// As somebody whom permissions bind.
    fn not_as_root(mut self) -> Self {
        self.rules.privileged = false;
        self
    }

    /// Adds what the only step with this text saw.
    fn saw(self, step: &str, observation: Observation) -> Self {
        self.saw_of("", step, observation)
    }

    /// The same of the actor with this name.
    fn saw_of(mut self, who: &str, step: &str, observation: Observation) -> Self {
        let mut found = None;
        let actors = self.plan.actors.iter().enumerate();
        for (index, actor) in actors.filter(|(_, actor)| actor.name.contains(who)) {
            for (position, planned) in actor.steps.iter().enumerate() {
                if planned.text.starts_with(step) {
                    assert!(found.is_none(), "`{step}` twice");
                    found = Some((index, position));
                }
            }
        }
        let (actor, position) = found.unwrap_or_else(|| panic!("no step `{step}`"));
        let first = Event { step: position as u16, observation, ..Event::default() };
        self.record.actors[actor].steps[position].push(Seen {
            first,
            folded: false,
            size_class: size_class(&self.plan.sizes, observation.size),
            count: 1,
            example: Vec::new(),
        });
        self
    }

    /// The codes that are reported, with their classes.
    fn found(&self) -> Vec<(String, Class)> {
        let expectations = Expectations::new(&self.plan, self.rules);
        let anomalies = judge(&self.plan, &self.record, &expectations).anomalies;
        anomalies.into_iter().map(|anomaly| (anomaly.code, anomaly.class)).collect()
    }

    #[track_caller]
    fn is(&self, code: &str) {
        self.is_of_class(code, Class::Forbidden);
    }

    #[track_caller]
    fn is_of_class(&self, code: &str, class: Class) {
        assert_eq!(self.found(), [(code.to_owned(), class)]);
    }

    #[track_caller]
    fn is_not_innocent(&self) {
        assert_ne!(self.found(), []);
    }

    #[track_caller]
    fn is_innocent(&self) {
        assert_eq!(self.found(), []);
    }
}

fn failed(errno: i32) -> Observation {
    Observation::failed(Errno::from_raw_os_error(errno))
}

fn on_descriptor(errno: i32) -> Observation {
    failed(errno).with(flag::ON_DESCRIPTOR)
}

fn empty() -> Observation {
    Observation::moved(0).with(flag::EMPTY)
}

fn bytes(count: usize, class: Bytes) -> Observation {
    Observation::moved(count).with_content(class)
}

/// A reader of `f`, and another actor that does `steps`.
fn read_against(fixture: &str, steps: &str) -> Case {
    Case::new(&format!(
        r#"
        [fixture]
        {fixture}
        [[actor]]
        name = "reader"
        steps = [
          {{ op = "open", path = "f", fd = "r" }},
          {{ op = "fstat", fd = "r" }},
          {{ op = "read", fd = "r", len = 100 }},
        ]
        [[actor]]
        name = "other"
        steps = [ {steps} ]
        "#
    ))
}

const SAVE: &str = r#"
    { op = "open", path = "t", flags = ["wronly", "creat", "trunc"], fd = "w" },
    { op = "write", fd = "w", content = "NEW" },
    { op = "rename", path = "t", to = "f" },
"#;

#[test]
fn empty_read() {
    let file = r#""f" = { content = "OLD" }"#;
    read_against(file, r#"{ op = "unlink", path = "f" }"#).saw("read", empty()).is("empty-read");
    read_against(file, SAVE).saw("read", empty()).is("empty-read");
    // CATALOGUE 41: created, then written.
    let create = r#"
        { op = "open", path = "f", flags = ["wronly", "creat"], fd = "w" },
        { op = "write", fd = "w", content = "NEW" },
    "#;
    read_against("", create).saw("read", empty()).is_innocent();
    // CATALOGUE 42: emptied, then written.
    let rewrite = r#"
        { op = "open", path = "f", flags = ["wronly", "trunc"], fd = "w" },
        { op = "write", fd = "w", content = "NEW" },
    "#;
    read_against(file, rewrite).saw("read", empty()).is_innocent();
    // A disk that is full brings it about as well.
    read_against(file, SAVE).saw("read", empty()).saw("write", failed(libc::ENOSPC)).is_innocent();
    read_against(file, SAVE).saw("read", empty()).saw("write", failed(libc::EFBIG)).is_innocent();
}

#[test]
fn wrong_content() {
    let files = "\"f\" = { content = \"OLD\" }\n\"g\" = { content = \"OTHER\" }";
    let case = || read_against(files, SAVE);
    let item = |text: &str| {
        let is = |item: &fsrace::content::ContentItem| matches!(item, fsrace::content::ContentItem::Text(known) if known == text);
        case().plan.contents.iter().position(is).unwrap() as u8
    };
    case().saw("read", bytes(5, Bytes::Whole(item("OTHER")))).is("wrong-content");
    case().saw("read", bytes(5, Bytes::Foreign)).is("wrong-content");
    case().saw("read", bytes(3, Bytes::Whole(item("OLD")))).is_innocent();
    case().saw("read", bytes(3, Bytes::Whole(item("NEW")))).is_innocent();
    // Where a record is appended, nobody can tell which byte stands where.
    let append = r#"
        { op = "open", path = "f", flags = ["wronly", "append"], fd = "w" },
        { op = "write", fd = "w", content = "NEW" },
    "#;
    let case = || read_against(files, append);
    case().saw("read", bytes(5, Bytes::Foreign)).is_innocent();
}

#[test]
fn torn_read() {
    let rewrite = r#"
        { op = "open", path = "f", flags = ["wronly"], fd = "w" },
        { op = "write", fd = "w", content = "NEW" },
    "#;
    let case = || read_against(r#""f" = { content = "OLD" }"#, rewrite);
    // Contested between POSIX and Linux, so no failure unless the author says so.
    case().saw("read", bytes(3, Bytes::Mixed)).is_of_class("torn-read", Class::Unspecified);
    let said = Case::new(
        r#"
        [fixture]
        "f" = { content = "OLD" }
        [[actor]]
        name = "reader"
        steps = [
          { op = "open", path = "f", fd = "r" },
          { op = "read", fd = "r", len = 100, expect = { whole = true } },
        ]
        "#,
    );
    said.saw("read", bytes(2, Bytes::Part(0))).is("torn-read");
    // The same text twice in a row, so that the second stands behind the first.
    let twice = r#"
        { op = "open", path = "f", flags = ["wronly"], fd = "w" },
        { op = "write", fd = "w", content = "NEW", repeat = 2 },
    "#;
    let case = read_against(r#""f" = { content = "OLD" }"#, twice);
    case.saw("read", bytes(6, Bytes::Mixed)).is_innocent();
}

#[test]
fn torn_size() {
    let case = || {
        Case::new(
            r#"
            [fixture]
            "f" = { content = "OLD" }
            [[actor]]
            name = "reader"
            steps = [
              { op = "stat", path = "f", expect = { size = [3, 6] } },
              { op = "lstat", path = "f" },
            ]
            "#,
        )
    };
    let sized = |size| Observation::stat(7, size, 0o100_644, 1);
    case().saw("stat", sized(4)).is("torn-size");
    case().saw("stat", sized(6)).is_innocent();
    // Without an expectation the model decides.
    case().saw("lstat", sized(4)).is("torn-size");
    case().saw("lstat", sized(3)).is_innocent();
    let grow = r#"
        { op = "open", path = "f", flags = ["wronly", "trunc"], fd = "w" },
        { op = "write", fd = "w", size = "64KiB" },
    "#;
    let stat = |size| sized(size).with(flag::ON_DESCRIPTOR);
    let case = || read_against(r#""f" = { content = "OLD" }"#, grow);
    case().saw("fstat", stat(0)).is_innocent();
    case().saw("fstat", stat(65536)).is_innocent();
    // In the middle of the write.
    case().saw("fstat", stat(4096)).is_of_class("torn-size", Class::Unspecified);
    // Nobody writes to a file that only changes its name.
    let case = read_against(r#""f" = { content = "OLD" }"#, SAVE);
    case.saw("fstat", stat(4096)).is("torn-size");
}

#[test]
fn nlink_wrong() {
    let linked = |links| Observation::stat(7, 3, 0o100_644, links).with(flag::ON_DESCRIPTOR);
    let case = || {
        read_against(
            "\"f\" = { content = \"OLD\" }\n\"g\" = { content = \"OTHER\" }",
            r#"
            { op = "link", path = "f", to = "h" },
            { op = "unlink", path = "h" },
            { op = "stat", path = "g" },
            "#,
        )
    };
    case().saw("fstat", linked(1)).is_innocent();
    case().saw("fstat", linked(2)).is_innocent();
    // Known of many systems while names come and go.
    case().saw("fstat", linked(0)).is_of_class("nlink-wrong", Class::Unspecified);
    let other = |links| Observation::stat(8, 5, 0o100_644, links);
    case().saw("stat g", other(1)).is_innocent();
    case().saw("stat g", other(2)).is("nlink-wrong");
}

#[test]
fn exclusive_twice_and_lock_overlap() {
    // The holder of the lock file makes and removes another name alone.
    let case = || {
        Case::new(
            r#"
            [[actor]]
            name = "one"
            count = 2
            steps = [
              { op = "open", path = "lock", flags = ["wronly", "creat", "excl"], fd = "l", on = { error = "again" } },
              { op = "mkdir", path = "inside" },
              { op = "rmdir", path = "inside" },
              { op = "unlink", path = "lock" },
            ]
            [[actor]]
            name = "other"
            steps = [
              { op = "mkdir", path = "d" },
              { op = "mkdir", path = "d/e", on = { error = "again" } },
              { op = "symlink", path = "d", target = "x" },
              { op = "open", path = "d", flags = ["directory"], fd = "d" },
              { op = "flock", fd = "d", lock = "shared", wait = false },
            ]
            "#,
        )
    };
    let done = Observation::default();
    case().saw_of("one.0", "mkdir inside", failed(libc::EEXIST)).is("unexpected-errno");
    case().saw_of("one.1", "mkdir inside", done).is_innocent();
    case().saw("symlink", done).is("exclusive-twice");
    case().saw("symlink", failed(libc::EEXIST)).is_innocent();
    case().saw("flock", done).is_innocent();
    let held = Case::new(
        r#"
        [fixture]
        "f" = { content = "OLD" }
        [[actor]]
        name = "one"
        steps = [
          { op = "open", path = "f", fd = "a" },
          { op = "open", path = "f", fd = "b" },
          { op = "flock", fd = "a", lock = "exclusive" },
          { op = "flock", fd = "b", lock = "shared", wait = false },
        ]
        "#,
    );
    held.saw("flock b", done).is("lock-overlap");
}

#[test]
fn forbidden_outcome() {
    let case = || read_against(r#""f" = { content = "OLD" }"#, SAVE);
    let stat = |mode| Observation::stat(7, 3, mode, 1).with(flag::ON_DESCRIPTOR);
    case().saw("fstat", stat(0o100_644)).is_innocent();
    case().saw("fstat", stat(0o100_600)).is("forbidden-outcome");
    case().saw("fstat", stat(0o040_644)).is_not_innocent();
}

#[test]
fn what_follows_from_an_error_that_the_model_does_not_know_is_not_held_against_anybody() {
    let case = || read_against(r#""f" = { content = "OLD" }"#, SAVE);
    let interrupted = case().saw("open w t", failed(libc::EINTR));
    interrupted.saw("open r f", failed(libc::ENOENT)).is_innocent();
    let clear = case().saw("open r f", failed(libc::ENOENT));
    clear.is("unexpected-errno");
}

#[test]
fn missing_name_and_duplicate_name() {
    let case = |steps: &str| {
        Case::new(&format!(
            r#"
            [fixture]
            "d/kept" = {{ content = "" }}
            [[actor]]
            name = "scanner"
            steps = [ {{ op = "readdir", path = "d" }} ]
            [[actor]]
            name = "other"
            steps = [ {steps} ]
            "#
        ))
    };
    let other = r#"{ op = "unlink", path = "d/other" }"#;
    let scan = || Observation::value(1);
    case(other).saw("readdir", scan().with(flag::MISSING_NAME)).is("missing-name");
    case(other).saw("readdir", scan().with(flag::DOUBLED_NAME)).is("duplicate-name");
    case(other).saw("readdir", scan()).is_innocent();
    // Which names a scan has to report is decided in the plan.
    let expected = |case: &Case| {
        let fsrace::ops::call::Call::Readdir(scan) = &case.plan.actors[0].steps[0].call else {
            panic!("no scan")
        };
        scan.stable.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(expected(&case(other)), ["kept"]);
    for touched in [
        r#"{ op = "unlink", path = "d/kept" }"#,
        r#"{ op = "rename", path = "d/other", to = "d/kept" }"#,
        r#"{ op = "rename", path = "d", to = "e" }"#,
        r#"{ op = "unlink", path = "d/KEPT" }"#,
        r#"{ op = "open", path = "d", flags = ["directory"], fd = "d" },
           { op = "unlink", path = "kept", at = "d" }"#,
        r#"{ op = "symlink", path = "l", target = "d" }"#,
    ] {
        assert!(expected(&case(touched)).is_empty(), "{touched}");
    }
}

#[test]
fn identity_changed_and_zero_inode_fd() {
    let case = || read_against(r#""f" = { content = "OLD" }"#, SAVE);
    let stat = |ino| Observation::stat(ino, 3, 0o100_644, 1).with(flag::ON_DESCRIPTOR);
    case().saw("fstat", stat(8).with(flag::IDENTITY_CHANGED)).is("identity-changed");
    case().saw("fstat", stat(0).with(flag::ZERO_INODE)).is("zero-inode-fd");
    // Unlinked, and still the same file.
    let unlinked = Observation::stat(7, 3, 0o100_644, 0).with(flag::ON_DESCRIPTOR);
    case().saw("fstat", unlinked).is_innocent();
}

#[test]
fn dead_descriptor() {
    let case = || read_against(r#""f" = { content = "OLD" }"#, SAVE);
    case().saw("fstat", on_descriptor(libc::ENOENT)).is("dead-descriptor");
    case().saw("read", on_descriptor(libc::ESTALE)).is("dead-descriptor");
    case().saw("write", on_descriptor(libc::EBADF)).is("dead-descriptor");
    // Through a descriptor that is only for reading.
    let read_only = r#"
        { op = "open", path = "f", fd = "w" },
        { op = "write", fd = "w", content = "NEW" },
    "#;
    let case = read_against(r#""f" = { content = "OLD" }"#, read_only);
    case.saw("write", on_descriptor(libc::EBADF)).is_innocent();
}

#[test]
fn einval_write() {
    let case = || read_against(r#""f" = { content = "OLD" }"#, SAVE);
    case().saw("write", on_descriptor(libc::EINVAL)).is("einval-write");
    case().saw("rename", failed(libc::EINVAL)).is("unexpected-errno");
}

#[test]
fn short_write() {
    let case = || read_against(r#""f" = { content = "OLD" }"#, SAVE);
    let short = || Observation::moved(1).with(flag::ON_DESCRIPTOR).with(flag::SHORT);
    case().saw("write", short()).is("short-write");
    case().saw("write", short().with(flag::NO_ROOM)).is_innocent();
    case().saw("write", short()).saw("write", failed(libc::EDQUOT)).is_innocent();
}

#[test]
fn unexpected_errno() {
    let case = |steps| read_against(r#""f" = { content = "OLD" }"#, steps);
    case(SAVE).saw("rename", failed(libc::EIO)).is("unexpected-errno");
    // The directory is always there.
    case(SAVE).saw("open w t", failed(libc::ENOENT)).is("unexpected-errno");
    case(SAVE).saw("open r f", failed(libc::EACCES)).is("unexpected-errno");
    case(SAVE).saw("rename", failed(libc::ENOENT)).is("unexpected-errno");
    // The name is only ever replaced.
    case(SAVE).saw("open r f", failed(libc::ENOENT)).is("unexpected-errno");
    let unlink = r#"{ op = "unlink", path = "f" }"#;
    case(unlink).saw("open r f", failed(libc::ENOENT)).is_innocent();
    case(unlink).saw("unlink", failed(libc::EISDIR)).is("unexpected-errno");
    case(SAVE).saw("open w t", failed(libc::EMFILE)).is_innocent();
    // A new file has no right to be executed, whoever asks.
    let execute = r#"{ op = "access", path = "f", access = "execute" }"#;
    case(execute).saw("access", failed(libc::EACCES)).is_innocent();
    let chmod = r#"{ op = "chmod", path = "f", mode = "0" }"#;
    case(chmod).not_as_root().saw("open r f", failed(libc::EACCES)).is_innocent();
    case(chmod).saw("open r f", failed(libc::EACCES)).is("unexpected-errno");
    // After a scan, the offset of a directory is at the end of all offsets.
    let scan = r#"
        { op = "mkdir", path = "d" },
        { op = "open", path = "d", flags = ["directory"], fd = "d" },
        { op = "readdir", fd = "d" },
        { op = "pread", fd = "d", len = 7, offset = 0 },
    "#;
    case(scan).saw("pread", on_descriptor(libc::EINVAL)).is_innocent();
    let said = r#"{ op = "unlink", path = "f", expect = { errno = ["ok"] } }"#;
    case(said).saw("unlink", failed(libc::ENOENT)).is("unexpected-errno");
    case(said).saw("unlink", Observation::value(0)).is_innocent();
    // Beneath a descriptor that may be of a directory that is gone.
    let beneath = r#"
        { op = "mkdir", path = "d" },
        { op = "open", path = "d", flags = ["directory"], fd = "d" },
        { op = "rmdir", path = "d" },
        { op = "open", path = "x", at = "d", flags = ["wronly", "creat"], fd = "x" },
    "#;
    case(beneath).saw("open x x", failed(libc::ENOENT)).is_innocent();
}

#[test]
fn hang() {
    let mut case = read_against(r#""f" = { content = "OLD" }"#, SAVE);
    case.is_innocent();
    let waited = Duration::from_secs(10);
    case.record.hangs = vec![Hang { actor: 1, step: 2, waited, stack: None }];
    case.is("hang");
    // To wait for a lock that somebody else holds is not to hang.
    case.record.hangs.clear();
    case.record.lock_waits = vec![(1, 2)];
    case.is_innocent();
}

#[test]
fn worker_died() {
    let mut case = read_against(r#""f" = { content = "OLD" }"#, SAVE);
    let (how, said) = ("killed by signal 11".to_owned(), String::new());
    case.record.deaths = vec![Death { process: 1, how, said, at: vec![(1, 0)] }];
    case.is_of_class("worker-died", Class::Unexplained);
}

/// The tests of this file and of that about rounds, by the codes that they are about.
#[test]
fn every_detector_is_tested() {
    let sources = [include_str!("detectors.rs"), include_str!("rounds_detectors.rs")];
    let tests: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| source.lines())
        .filter_map(|line| line.strip_prefix("fn ")?.split('(').next())
        .collect();
    for detector in DETECTORS {
        let code = detector.code.replace('-', "_");
        let named = |test: &&str| test.split("_and_").any(|part| part == code);
        assert!(tests.iter().any(named), "no test of {}", detector.code);
    }
}
