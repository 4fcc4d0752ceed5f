//! What `compare` puts side by side, what it refuses to, and what columns are called.

mod compare_sample;

use compare_sample::*;
use fsrace::compare::{CompareError, FailOn, Options, State, Verdict, compare};

const SEEN: &[(&str, &str, &str, u64, u64)] = &[("zero-inode-fd", "forbidden", "", 90, 10_000)];

fn labels(comparison: &fsrace::compare::Comparison) -> Vec<&str> {
    comparison.columns.iter().map(|column| column.label.as_str()).collect()
}

#[test]
fn a_scenario_that_has_changed_is_refused() {
    let other = Run { digest: "fedcba9876543210", ..NEW }.found(SEEN);
    let comparison = pair(RUN, other);
    let row = only(&comparison);
    assert_eq!((row.cells[1].state, change(row).verdict), (State::Unlike, Verdict::NotComparable));
    assert_eq!(
        change(row).words,
        "now: the scenario has changed: its digest is fedcba9876543210 there, not \
         0123456789abcdef; it found zero-inode-fd"
    );
    assert!(comparison.is_unlike());
}

#[test]
fn other_numbers_of_actors_and_other_modes_are_refused() {
    let words = "now: it has 3 actors there, not 2";
    assert_eq!(verdict(RUN, Run { actors: 3, ..NEW }, words), Verdict::NotComparable);
    let words = "now: it ran in free mode there, not in rounds";
    let free = Run { mode: "free", rounds: "", ..NEW };
    assert_eq!(verdict(RUN, free, words), Verdict::NotComparable);
}

#[test]
fn what_only_one_side_has_is_told() {
    let more = Run { scenario: "more", digest: "00000000000000aa", ..NEW }.found(SEEN);
    let comparison = files(&[&[RUN], &[NEW, more]]).unwrap();
    assert_eq!(comparison.rows.len(), 2);
    let row = &comparison.rows[0];
    assert_eq!((row.scenario.as_str(), change(row).verdict), ("more", Verdict::NotComparable));
    assert_eq!(change(row).words, "before: it is not in 6.1.0");
    assert_eq!(row.cells[1].count, 90);
    assert!(!comparison.fails(FailOn::Regressed) && comparison.fails(FailOn::Any));
    let comparison = pair(RUN.found(SEEN), Run { fs: "xfs", ..NEW });
    let mut words: Vec<_> = comparison.rows.iter().map(|row| change(row).words.as_str()).collect();
    words.sort_unstable();
    assert_eq!(
        words,
        ["before: it did not run on xfs in 6.1.0", "now: it did not run on ext4 in 6.12.0"]
    );
    assert!(comparison.is_unlike());
}

#[test]
fn a_renamed_scenario_is_the_same() {
    let comparison = pair(RUN.found(SEEN), Run { scenario: "new-name", ..NEW });
    assert_eq!(only(&comparison).scenario, "new-name");
    assert_eq!(change(only(&comparison)).verdict, Verdict::Fixed);
}

#[test]
fn one_file_may_hold_several_systems() {
    let text = text(&[RUN, NEW.found(SEEN), Run { kernel: "6.18.0", ..NEW }], true);
    let comparison = compare(vec![input("all.csv", &text)], &Options::default()).unwrap();
    assert_eq!(labels(&comparison), ["6.1.0", "6.12.0", "6.18.0"]);
    let row = only(&comparison);
    let verdicts: Vec<_> =
        row.cells[1..].iter().map(|c| c.change.as_ref().unwrap().verdict).collect();
    assert_eq!(verdicts, [Verdict::New, Verdict::Unchanged]);
    assert!(comparison.fails(FailOn::New));
}

#[test]
fn directories_are_told_apart_only_where_all_have_the_same() {
    let on = |run: Run<'static>, target| Run { fs: "overlay", target, ..run };
    // Mounts of the same name, wherever they are.
    let old = [on(RUN, "/a/over-tmpfs").found(SEEN), on(RUN, "/a/over-ext4")];
    let new = [on(NEW, "/b/over-tmpfs"), on(NEW, "/b/over-ext4")];
    let comparison = files(&[&old, &new]).unwrap();
    assert_eq!(comparison.rows.len(), 2);
    assert_eq!(comparison.rows[0].target.as_deref(), Some("over-tmpfs"));
    assert_eq!(change(&comparison.rows[0]).verdict, Verdict::Fixed);
    // One directory against one: the path proves nothing.
    let comparison = pair(on(RUN, "/a/x").found(SEEN), on(NEW, "/b/y"));
    assert_eq!((only(&comparison).target.as_ref(), comparison.notes.len()), (None, 0));
    // Two against one: two runs on that filesystem.
    let comparison = files(&[&old, &[on(NEW, "/b/y")]]).unwrap();
    assert_eq!(only(&comparison).cells[0].runs, 2);
    assert!(comparison.notes[0].starts_with("overlay: the directories"), "{comparison:#?}");
}

#[test]
fn a_run_that_is_there_twice_is_refused() {
    let twice = text(&[RUN.found(SEEN), RUN.found(SEEN)], true);
    let error = compare(
        vec![input("old.csv", &twice), input("new.csv", &text(&[NEW], true))],
        &Options::default(),
    );
    assert_eq!(
        error.unwrap_err().to_string(),
        "old.csv:3: `rename-vs-open` on /target in the run of 2026-01-01T00:00:00Z is already in \
         line 2: take one of them out, for counted twice it would pass for more than it is"
    );
    // What does not tell when it ran can be another run.
    let unknown = RUN.at("").found(SEEN);
    let comparison = files(&[&[unknown, unknown, RUN.at("")], &[NEW]]).unwrap();
    assert_eq!(only(&comparison).cells[0].runs, 3);
}

#[test]
fn rows_that_contradict_each_other_are_refused() {
    for (runs, words) in [
        (vec![RUN, RUN.found(SEEN)], "line 2 says that nothing was"),
        (vec![RUN.found(SEEN), RUN], "line 2 has `zero-inode-fd`"),
        (vec![RUN.found(&[("hang", "forbidden", "", 3, 1)])], "3 times in 1 trials"),
        (vec![RUN.found(&[("hang", "forbidden", "", 0, 1)])], "seen 0 times"),
    ] {
        let error = files(&[&runs, &[NEW]]).unwrap_err();
        assert!(matches!(error, CompareError::Row { .. }), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn one_system_alone_or_no_result_is_refused() {
    let error = files(&[&[RUN]]).unwrap_err();
    assert!(error.to_string().contains("old.csv has the results of one system only"), "{error}");
    let error = files(&[&[RUN], &[]]).unwrap_err();
    assert!(error.to_string().contains("new.csv has a header and no results"), "{error}");
}

#[test]
fn columns_are_called_what_tells_them_apart() {
    assert_eq!(labels(&pair(RUN, NEW)), ["6.1.0", "6.12.0"]);
    assert_eq!(labels(&pair(RUN, Run { kernel: "6.1.0", ..NEW })), ["old", "new"]);
    let mut inputs =
        vec![input("a/r.csv", &text(&[RUN], true)), input("b/r.csv", &text(&[RUN], true))];
    let named = |inputs: &[fsrace::compare::Input]| {
        let comparison = compare(inputs.to_vec(), &Options::default()).unwrap();
        labels(&comparison).join(" | ")
    };
    assert_eq!(named(&inputs), "a/r.csv | b/r.csv");
    inputs[0].label = Some("before".to_owned());
    inputs[1].label = Some("after".to_owned());
    assert_eq!(named(&inputs), "before | after");
    inputs[0] = input("a/r.csv", &text(&[RUN, NEW], true));
    inputs[0].label = Some("before".to_owned());
    assert_eq!(named(&inputs), "before 6.1.0 | before 6.12.0 | after");
    let same = input("r.csv", &text(&[RUN], true));
    assert_eq!(named(&[same.clone(), same]), "r #1 | r #2");
}

#[test]
fn what_else_differs_is_noted() {
    let comparison = pair(RUN, Run { cpus: 8, ..NEW });
    assert_eq!(
        comparison.notes,
        ["processors differ (6.1.0: 2; 6.12.0: 8): rates depend on how many there are"]
    );
    let comparison = pair(RUN, RUN);
    assert!(comparison.notes[0].contains("have runs in common"), "{comparison:#?}");
    assert!(pair(RUN, NEW).notes.is_empty());
}

#[test]
fn latencies_are_compared_where_enough_was_measured() {
    use fsrace::report::latency::read_latency_csv_from;
    let latency = |kernel: &str, rows: &[(&str, u64, u64, u64)]| {
        let mut text = "schema_version,os,kernel,arch,scenario,digest,target,fs_type,op,count,\
                        min_ns,p50_ns,p90_ns,p99_ns,p999_ns,max_ns\n"
            .to_owned();
        for (op, count, p50, p99) in rows {
            text += &format!(
                "1,Linux,{kernel},x86_64,rename-vs-open,0123456789abcdef,/target,ext4,{op},{count},\
                 1,{p50},1,{p99},1,1\n"
            );
        }
        read_latency_csv_from(text.as_bytes(), std::path::Path::new("l.csv")).unwrap()
    };
    let mut old = input("old.csv", &text(&[RUN], true));
    let mut new = input("new.csv", &text(&[NEW], true));
    old.latencies = latency(
        "6.1.0",
        &[
            ("open", 5_000, 1_000, 9_000),
            ("read", 5_000, 100, 300),
            ("stat", 500, 100, 300),
            ("close", 9_000, 100, 100),
            ("close", 9_000, 300, 100),
        ],
    );
    new.latencies = latency(
        "6.12.0",
        &[
            ("open", 5_000, 3_000, 9_500),
            ("read", 5_000, 110, 90),
            ("stat", 500, 150, 3_000),
            ("close", 9_000, 250, 100),
            ("close", 9_000, 900, 100),
        ],
    );
    let latencies = compare(vec![old, new], &Options::default()).unwrap().latencies;
    assert_eq!(latencies.compared, 4);
    let changes: Vec<_> = latencies
        .changes
        .iter()
        .map(|c| (c.op.as_str(), c.percentile.as_str(), c.old_ns, c.new_ns))
        .collect();
    // Of `stat` there are too few for a p99; the runs of `close` do not agree.
    assert_eq!(changes, [("read", "p99", 300, 90), ("open", "p50", 1_000, 3_000)]);
}
