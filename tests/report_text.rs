//! What a person reads.

mod report_sample;

use fsrace::report::details::details;
use fsrace::report::text::{TextOptions, scenario, summary};
use fsrace::report::{Class, Example, ExampleEvent, OutcomeCount, ScenarioResult, Verdict};
use fsrace::ui::styles::Styles;
use report_sample::*;

fn all_blocks(width: usize) -> String {
    let options = TextOptions { styles: Styles::plain(), width };
    full().results.iter().map(|r| scenario(r, &options)).collect()
}

#[test]
fn every_verdict_has_its_block() {
    insta::assert_snapshot!(all_blocks(100));
}

#[test]
fn on_a_narrow_terminal_actors_share_a_column() {
    insta::assert_snapshot!(all_blocks(72));
}

#[test]
fn the_summary_is_one_table() {
    insta::assert_snapshot!(summary(&full(), &TextOptions::plain()));
}

fn with_example(events: Vec<ExampleEvent>) -> String {
    let mut fail = result("s", Verdict::Fail);
    let mut anomaly = anomaly("hang", Class::Unexplained, &[], 1, 1);
    anomaly.example = Some(Example { events });
    fail.anomalies.push(anomaly);
    scenario(&fail, &TextOptions::plain())
}

#[test]
fn many_actors_are_named_in_each_row_and_a_hang_overlaps_what_follows() {
    let call = "rename(\"a/rather/long/path/to/a/file\", \"another/long/path/to/a/file\")";
    let mut events: Vec<_> = (1_i64..=4)
        .map(|i| {
            event(&format!("actor.{i}"), call, Some("0"), -1_000 * i - 400_000, Some(-500 * i))
        })
        .collect();
    events.push(event("actor.5", "flock(f, exclusive)", None, 0, None));
    events.push(event(
        "actor.1",
        "read(f, 1024)",
        Some("\"\u{1b}[2J\n\""),
        2_000_000,
        Some(2_000_400),
    ));
    insta::assert_snapshot!(with_example(events));
}

#[test]
fn a_long_example_is_cut_around_its_anomaly() {
    let events = (0_i64..60)
        .map(|i| event("a", "yield()", Some("0"), (i - 40) * 1_000, Some((i - 40) * 1_000 + 10)))
        .collect();
    let text = with_example(events);
    assert!(text.contains("(23 earlier steps are in the JSON result)"), "{text}");
    assert!(text.contains("(13 later steps are in the JSON result)"), "{text}");
    assert!(text.lines().any(|l| l.trim_start().starts_with("> ")), "{text}");
}

#[test]
fn an_example_without_an_anomalous_step_is_drawn_all_the_same() {
    let text = with_example(vec![event("a", "read(f, 1)", Some("0"), 5, Some(6))]);
    assert!(text.contains("read(f, 1) = 0") && !text.contains('>'), "{text}");
}

#[test]
fn colours_change_nothing_but_colours() {
    let options = TextOptions { styles: Styles::coloured(), width: 100 };
    let coloured: String = full().results.iter().map(|r| scenario(r, &options)).collect();
    let stripped = anstream::adapter::strip_str(&coloured).to_string();
    assert!(coloured.contains('\u{1b}'));
    assert_eq!(stripped, all_blocks(100));
    let table = summary(&full(), &options);
    let plain = summary(&full(), &TextOptions::plain());
    assert_eq!(anstream::adapter::strip_str(&table).to_string(), plain);
}

/// A result of rounds with an outcome of every kind.
fn with_outcomes() -> ScenarioResult {
    let mut result = result("renames-vs-readdir", Verdict::Pass);
    result.rounds = Some(20_000);
    result.overlaps.clear();
    result.latencies.clear();
    let outcome = |count, class, accepted, names: &str| OutcomeCount {
        count,
        class,
        accepted,
        results: vec![
            "mover: rename ok; rename ok".to_owned(),
            format!("scanner: readdir {names}"),
            "left: d/; d/a = \"FILE\"; d/kept = \"KEPT\"".to_owned(),
        ],
    };
    result.outcomes = vec![
        outcome(18_000, None, false, "a, kept"),
        outcome(1_200, None, true, "kept"),
        outcome(3, Some(Class::Forbidden), false, "a"),
    ];
    result
}

#[test]
fn outcomes_are_a_histogram() {
    let text = details(&report(vec![with_outcomes()]), &TextOptions::plain());
    insta::assert_snapshot!(text);
}

#[test]
fn a_histogram_stays_within_the_width() {
    let mut result = with_outcomes();
    result.outcomes[0].results[2] = "left: ".to_owned() + &"a/very/long/path; ".repeat(20);
    for width in [72, 100] {
        let options = TextOptions { styles: Styles::coloured(), width };
        let text = details(&report(vec![result.clone()]), &options);
        let text = anstream::adapter::strip_str(&text).to_string();
        assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        assert!(text.contains('…'), "{text}");
    }
}

#[test]
fn lines_stay_within_the_width() {
    for width in [72, 100, 160] {
        let options = TextOptions { styles: Styles::plain(), width };
        let block = scenario(&full().results[0], &options);
        for line in block.lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
    let text = all_blocks(100) + &summary(&full(), &TextOptions::plain());
    assert!(text.lines().all(|line| line.chars().count() <= 100));
    assert_eq!(summary(&report(Vec::new()), &TextOptions::plain()), "");
}
