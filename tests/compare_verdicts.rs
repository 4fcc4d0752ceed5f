//! Every verdict of `compare` on made-up files whose answer is known.

mod compare_sample;

use compare_sample::*;
use fsrace::compare::{FailOn, State, Verdict};

const ZERO: &str = "zero-inode-fd";

fn forbidden(count: u64, trials: u64) -> [(&'static str, &'static str, &'static str, u64, u64); 1] {
    [(ZERO, "forbidden", "", count, trials)]
}

fn unspecified(
    count: u64,
    trials: u64,
) -> [(&'static str, &'static str, &'static str, u64, u64); 1] {
    [("torn-read", "unspecified", "torn-read", count, trials)]
}

#[test]
fn one_forbidden_outcome_where_there_was_none_is_new() {
    let new = forbidden(1, 10_000);
    let words = "never seen before, but 10,000 trials may well have missed it";
    assert_eq!(verdict(RUN, NEW.found(&new), words), Verdict::New);
    let comparison = pair(RUN, NEW.found(&new));
    for on in [FailOn::Regressed, FailOn::New, FailOn::Any] {
        assert!(comparison.fails(on), "{on:?}");
    }
    let often = forbidden(500, 10_000);
    let words = "never seen before, in 10,000 trials";
    assert_eq!(verdict(RUN, NEW.found(&often), words), Verdict::New);
}

#[test]
fn a_rate_that_has_grown_beyond_the_margin_is_regressed() {
    let (old, new) = (forbidden(20, 10_000), forbidden(600, 10_000));
    let comparison = pair(RUN.found(&old), NEW.found(&new));
    let change = change(only(&comparison));
    assert_eq!(change.verdict, Verdict::Regressed);
    assert!(change.words.starts_with("30 times as often (19 .. 49), p < 0.001"), "{change:?}");
    assert!(comparison.fails(FailOn::Regressed) && comparison.fails(FailOn::Any));
    assert!(!comparison.fails(FailOn::New));
    assert_eq!(comparison.tests, 1);
}

#[test]
fn a_rate_that_has_shrunk_is_improved() {
    let (old, new) = (forbidden(600, 10_000), forbidden(20, 10_000));
    let words = "0.033 times as often";
    assert_eq!(verdict(RUN.found(&old), NEW.found(&new), words), Verdict::Improved);
    assert!(!pair(RUN.found(&old), NEW.found(&new)).fails(FailOn::Any));
}

#[test]
fn gone_in_enough_trials_is_fixed() {
    let old = forbidden(100, 10_000);
    assert_eq!(verdict(RUN.found(&old), NEW, "not seen any more, p < 0.001"), Verdict::Fixed);
}

#[test]
fn gone_in_too_few_trials_has_gone_quiet() {
    let old = forbidden(20, 10_000);
    let few = NEW.of_rounds("500");
    let words = "not seen in 500 trials, too few to tell: 20,255 would";
    assert_eq!(verdict(RUN.found(&old), few, words), Verdict::GoneQuiet);
    let enough = NEW.of_rounds("20255");
    assert_eq!(verdict(RUN.found(&old), enough, "not seen any more"), Verdict::Fixed);
    // Seen once before: nothing of the same length can tell.
    let once = forbidden(1, 10_000);
    let comparison = pair(RUN.found(&once), NEW);
    assert_eq!(change(only(&comparison)).verdict, Verdict::GoneQuiet);
    assert!(!comparison.fails(FailOn::Any) && !comparison.decides());
}

#[test]
fn what_chance_or_the_margin_explains_is_unchanged() {
    let (old, new) = (forbidden(200, 10_000), forbidden(210, 10_000));
    let words = "1.1 times as often (0.86 .. 1.3), no more than chance explains";
    assert_eq!(verdict(RUN.found(&old), NEW.found(&new), words), Verdict::Unchanged);
    // Certainly more in this run, but so might be the next one.
    let (old, new) = (forbidden(1_000, 10_000), forbidden(4_000, 10_000));
    let words = "4.0 times as often (3.7 .. 4.3), but single runs vary as much";
    assert_eq!(verdict(RUN.found(&old), NEW.found(&new), words), Verdict::Unchanged);
    // Certainly more, but by less than a factor of two.
    let (old, new) = (forbidden(2_000, 10_000), forbidden(3_000, 10_000));
    let (olds, news) = (
        [RUN.found(&old), RUN.at("2026-01-02T00:00:00Z").found(&old)],
        [NEW.found(&new), NEW.at("2026-02-02T00:00:00Z").found(&new)],
    );
    let comparison = files(&[&olds, &news]).unwrap();
    let change = change(only(&comparison));
    assert_eq!((change.verdict, change.margin), (Verdict::Unchanged, Some(2.0)));
    assert!(change.words.contains("but within the margin"), "{change:?}");
    assert_eq!(verdict(RUN, NEW, "never seen"), Verdict::Unchanged);
}

#[test]
fn what_does_not_fail_a_run_fails_no_comparison_unless_asked() {
    let (old, new) = (unspecified(20, 10_000), unspecified(1_900, 10_000));
    let comparison = pair(RUN.found(&old), NEW.found(&new));
    assert_eq!(change(only(&comparison)).verdict, Verdict::Regressed);
    assert!(!comparison.fails(FailOn::Regressed) && comparison.fails(FailOn::Any));
    let comparison = pair(RUN, NEW.found(&new));
    assert_eq!(change(only(&comparison)).verdict, Verdict::New);
    assert!(!comparison.fails(FailOn::New) && comparison.fails(FailOn::Any));
    // And a single sight of it is no news.
    let once = unspecified(1, 10_000);
    let words = "no more than chance explains";
    assert_eq!(verdict(RUN, NEW.found(&once), words), Verdict::Unchanged);
}

#[test]
fn the_same_code_of_a_worse_class_is_new() {
    let old = unspecified(9_000, 10_000);
    let new = [("torn-read", "forbidden", "", 1, 10_000)];
    let comparison = pair(RUN.found(&old), NEW.found(&new));
    let row = only(&comparison);
    assert_eq!(change(row).verdict, Verdict::New);
    assert_eq!((row.cells[0].count, row.cells[1].count), (9_000, 1));
    assert!(comparison.fails(FailOn::Regressed));
}

#[test]
fn many_comparisons_are_corrected_for() {
    // p = 0.03 alone; among twenty it is nothing.
    let (old, new) = (forbidden(6, 10_000), forbidden(150, 10_000));
    let one = pair(RUN.found(&old), NEW.found(&new));
    assert_eq!(change(only(&one)).verdict, Verdict::Regressed);
    let digests: Vec<String> = (0..20).map(|n| format!("{n:016x}")).collect();
    let of = |run: Run<'static>| -> Vec<Run<'_>> {
        digests.iter().map(|digest| Run { digest, scenario: digest, ..run }).collect()
    };
    let (mut olds, mut news) = (of(RUN), of(NEW));
    (olds[0], news[0]) = (olds[0].found(&old), news[0].found(&new));
    // Rows in which nothing was ever seen are no tests.
    let alone = files(&[&olds, &news]).unwrap();
    assert_eq!((alone.tests, change(&alone.rows[0]).verdict), (1, Verdict::Regressed));
    for (a, b) in olds.iter_mut().zip(&mut news).skip(1) {
        (*a, *b) = (a.found(&old), b.found(&old));
    }
    let many = files(&[&olds, &news]).unwrap();
    assert_eq!(many.tests, 20);
    assert!(many.rows.iter().all(|row| change(row).verdict == Verdict::Unchanged));
}

#[test]
fn runs_that_differ_among_themselves_prove_less() {
    let (low, high) = (forbidden(100, 10_000), forbidden(900, 10_000));
    let (mid, top) = (forbidden(800, 10_000), forbidden(1_900, 10_000));
    let old = [RUN.found(&low), RUN.at("2026-01-02T00:00:00Z").found(&high)];
    let new = [NEW.found(&mid), NEW.at("2026-02-02T00:00:00Z").found(&top)];
    let comparison = files(&[&old, &new]).unwrap();
    let change = change(only(&comparison));
    assert_eq!(change.verdict, Verdict::Unchanged, "{change:?}");
    assert!(change.dispersion.unwrap() > 100.0, "{change:?}");
    let row = only(&comparison);
    assert_eq!(
        (row.cells[0].runs, row.cells[0].count, row.cells[0].trials),
        (2, 1_000, Some(20_000))
    );
    // The same sums in runs that agree.
    let even = forbidden(1_350, 10_000);
    let steady = forbidden(500, 10_000);
    let old = [RUN.found(&steady), RUN.at("2026-01-02T00:00:00Z").found(&steady)];
    let new = [NEW.found(&even), NEW.at("2026-02-02T00:00:00Z").found(&even)];
    let comparison = files(&[&old, &new]).unwrap();
    let change = compare_sample::change(only(&comparison));
    assert_eq!((change.verdict, change.dispersion), (Verdict::Regressed, Some(0.0)));
}

#[test]
fn an_operation_that_was_not_looked_at_is_no_zero() {
    let free = |run: Run<'static>, looked_for| Run {
        mode: "free",
        rounds: "",
        ops: 1_000_000,
        looked_for,
        ..run
    };
    let old = forbidden(300, 2_000);
    let seen = free(RUN, "zero-inode-fd=2000 empty-read=2000").found(&old);
    let new = free(NEW, "zero-inode-fd=4000 empty-read=4000");
    assert_eq!(verdict(seen, new, "not seen any more"), Verdict::Fixed);
    let blind = free(NEW, "empty-read=4000");
    assert_eq!(verdict(seen, blind, "now: it was not looked for"), Verdict::NotComparable);
    let comparison = pair(seen, new);
    assert_eq!(only(&comparison).cells[1].trials, Some(4_000));
}

#[test]
fn older_files_do_not_tell_their_trials_so_that_they_are_estimated() {
    use fsrace::compare::{Options, compare};
    let free = |run: Run<'static>, ops| Run { mode: "free", rounds: "", ops, ..run };
    let old = forbidden(300, 2_000);
    let files = [
        input("old.csv", &text(&[free(RUN, 20_000).found(&old)], false)),
        input("new.csv", &text(&[free(NEW, 50_000)], false)),
    ];
    let comparison = compare(files.to_vec(), &Options::default()).unwrap();
    let cell = &only(&comparison).cells[1];
    assert_eq!((cell.trials, cell.estimated), (Some(5_000), true));
    assert!(comparison.notes.iter().any(|note| note.contains("estimated")), "{comparison:#?}");
}

#[test]
fn what_differs_without_a_race_has_no_rate() {
    let old = [("semantic-difference", "forbidden", "", 2, 3)];
    let broken = Run { rounds: "0", ..RUN }.found(&old);
    assert_eq!(verdict(broken, NEW, "it happens no more"), Verdict::Fixed);
    let now = Run { rounds: "0", ..NEW }.found(&old);
    assert_eq!(verdict(RUN, now, "it happens now"), Verdict::New);
    let more = [("semantic-difference", "forbidden", "", 12, 12)];
    let still = Run { rounds: "0", ..NEW }.found(&more);
    assert_eq!(verdict(broken, still, "no race"), Verdict::Unchanged);
}

#[test]
fn a_hang_is_one_of_as_many_as_there_were_runs() {
    let hang = [("hang", "forbidden", "", 1, 1)];
    assert_eq!(verdict(RUN, NEW.found(&hang), "never seen before"), Verdict::New);
    let words = "not seen in 1 trial, too few to tell: 390 would";
    assert_eq!(verdict(RUN.found(&hang), NEW, words), Verdict::GoneQuiet);
}

#[test]
fn what_one_side_accepts_it_cannot_miss() {
    let seen = [("ghost-name", "documented", "stale-dentry", 90, 10_000)];
    let blind = Run { accepted: "readdir-live+stale-dentry", ..NEW };
    let words = "now, stale-dentry was accepted, and so not reported";
    assert_eq!(verdict(RUN.found(&seen), blind, words), Verdict::NotComparable);
    let before = Run { accepted: "stale-dentry", ..RUN };
    assert_eq!(verdict(before, NEW.found(&seen), "before, stale-dentry"), Verdict::NotComparable);
    let both = [("ghost-name", "forbidden", "stale-dentry+rename-gap", 90, 10_000)];
    assert_eq!(verdict(RUN.found(&both), blind, "not seen any more"), Verdict::Fixed);
}

#[test]
fn what_did_not_run_is_told_and_never_a_zero() {
    let old = forbidden(90, 10_000);
    let seen = RUN.found(&old);
    for (verdict_there, state, words) in [
        ("skipped", State::Skipped, "now skipped: no O_TMPFILE here"),
        ("inconclusive", State::Inconclusive, "now inconclusive: no O_TMPFILE here"),
    ] {
        let idle = Run { verdict: verdict_there, reason: "no O_TMPFILE here", ..NEW };
        let comparison = pair(seen, idle);
        let row = only(&comparison);
        assert_eq!((row.cells[1].state, change(row).verdict), (state, Verdict::NotComparable));
        assert_eq!(change(row).words, words);
        assert!(!comparison.decides() && !comparison.is_unlike());
    }
    // With another run that did, that one counts.
    let idle = Run { verdict: "inconclusive", ..NEW };
    let ran = NEW.at("2026-02-02T00:00:00Z");
    let comparison = files(&[&[seen], &[idle, ran]]).unwrap();
    assert_eq!(only(&comparison).cells[1].trials, Some(10_000));
    assert_eq!(change(only(&comparison)).verdict, Verdict::Fixed);
}
