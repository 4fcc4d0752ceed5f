//! A comparison in every format.

mod compare_sample;

use compare_sample::*;
use fsrace::compare::{Comparison, LatencyChange, Verdict};
use fsrace::report::compare::{csv, html, markdown, schema, text};
use fsrace::report::json;
use fsrace::report::text::TextOptions;

/// One row of every verdict.
fn all() -> Comparison {
    let one = |run: Run<'static>, scenario, digest| Run { scenario, digest, ..run };
    let old = [
        one(RUN, "always-clean", "01"),
        one(RUN, "new-here", "02"),
        one(RUN, "more-often", "03").found(&[("empty-read", "forbidden", "", 20, 10_000)]),
        one(RUN, "gone", "04").found(&[("lost-append", "forbidden", "append-split", 150, 10_000)]),
        one(RUN, "quiet", "05").found(&[("nlink-wrong", "documented", "nlink-stale", 1, 10_000)]),
        one(RUN, "rarer", "06").found(&[("torn-read", "unspecified", "torn-read", 900, 10_000)]),
        one(RUN, "as-before", "07").found(&[("ghost-name", "forbidden", "", 900, 10_000)]),
        one(RUN, "cannot", "08"),
    ];
    let found = &[("zero-inode-fd", "unexplained", "", 507, 10_000)];
    let new = [
        one(NEW, "always-clean", "01"),
        one(NEW, "new-here", "02").found(found),
        one(NEW, "more-often", "03").found(&[("empty-read", "forbidden", "", 600, 10_000)]),
        one(NEW, "gone", "04"),
        one(NEW, "quiet", "05"),
        one(NEW, "rarer", "06").found(&[("torn-read", "unspecified", "torn-read", 9, 10_000)]),
        one(NEW, "as-before", "07").found(&[("ghost-name", "forbidden", "", 950, 10_000)]),
        Run { verdict: "skipped", reason: "O_TMPFILE | is not here", ..one(NEW, "cannot", "08") },
    ];
    let mut comparison = files(&[&old, &new]).unwrap();
    comparison.latencies.compared = 12;
    comparison.latencies.changes.push(LatencyChange {
        scenario: "gone".to_owned(),
        digest: "04".to_owned(),
        fs_type: "ext4".to_owned(),
        target: None,
        op: "open".to_owned(),
        column: 1,
        percentile: "p99".to_owned(),
        old_ns: 1_500,
        new_ns: 6_000,
        ratio: 4.0,
    });
    comparison.notes.push("<something> to keep | in mind".to_owned());
    comparison
}

/// Three systems, the last with two runs.
fn several() -> Comparison {
    let found = [("zero-inode-fd", "forbidden", "", 300, 10_000)];
    let newest = Run { kernel: "6.18.0", ..NEW };
    let runs = [RUN, NEW.found(&found), newest, newest.at("2026-03-01T00:00:00Z")];
    files(&[&runs]).unwrap()
}

fn written(write: impl Fn(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn every_verdict_is_there() {
    for verdict in Verdict::ALL {
        assert!(all().count(verdict) > 0, "{verdict:?}");
    }
}

#[test]
fn text_shows_what_has_changed() {
    insta::assert_snapshot!(text::comparison(&all(), false, &TextOptions::plain()));
}

#[test]
fn text_shows_everything_when_asked() {
    insta::assert_snapshot!(text::comparison(&all(), true, &TextOptions::plain()));
}

#[test]
fn several_systems_are_a_table() {
    insta::assert_snapshot!(text::comparison(&several(), true, &TextOptions::plain()));
}

#[test]
fn markdown_is_tables() {
    insta::assert_snapshot!(written(|out| markdown::write(&all(), out)));
    insta::assert_snapshot!(written(|out| markdown::write(&several(), out)));
}

#[test]
fn csv_has_a_row_for_each_comparison() {
    insta::assert_snapshot!(written(|out| csv::write(&all(), out)));
    let several = written(|out| csv::write(&several(), out));
    assert_eq!(several.lines().count(), 3);
}

#[test]
fn html_is_one_page_without_scripts() {
    let page = written(|out| html::write(&all(), out));
    insta::assert_snapshot!(page);
    for word in ["<script", "http://", "https://", "url(", "@import"] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.contains("prefers-color-scheme: dark") && page.contains("width=device-width"));
}

#[test]
fn foreign_text_is_no_markup_anywhere() {
    let evil = "<script>alert('1')</script>\u{1b}[31m|*x*`&\"";
    let mut comparison = all();
    for column in &mut comparison.columns {
        (column.label, column.file, column.kernel) = (evil.into(), evil.into(), evil.into());
    }
    for row in &mut comparison.rows {
        (row.scenario, row.code, row.fs_type) = (evil.into(), evil.into(), evil.into());
        row.target = Some(evil.into());
        for change in row.cells.iter_mut().filter_map(|cell| cell.change.as_mut()) {
            change.words = evil.into();
        }
    }
    comparison.notes = vec![evil.into()];
    comparison.latencies.changes[0].scenario = evil.into();
    comparison.latencies.changes[0].op = evil.into();
    for (format, text) in [
        ("html", written(|out| html::write(&comparison, out))),
        ("markdown", written(|out| markdown::write(&comparison, out))),
        ("text", text::comparison(&comparison, true, &TextOptions::plain())),
    ] {
        assert!(!text.contains('\u{1b}'), "{format}: {text}");
        assert!(format == "text" || !text.contains("<script"), "{format}: {text}");
    }
    // Cells of tables stay as many as there are.
    let text = written(|out| markdown::write(&comparison, out));
    for line in text.lines().filter(|line| line.starts_with("| ")) {
        let bars = line.replace("\\|", "").matches('|').count();
        assert!([4, 8].contains(&bars), "{line}");
    }
}

#[test]
fn json_comes_back_and_is_valid_by_the_committed_schema() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for comparison in [all(), several()] {
        let text = written(|out| json::write(&comparison, out));
        let value = serde_json::from_str(&text).unwrap();
        let errors: Vec<_> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(serde_json::from_str::<Comparison>(&text).unwrap(), comparison);
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/reports/compare.schema.json");
    let generated = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
    if std::env::var_os("FSRACE_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(path, &generated).unwrap();
    }
    assert!(
        std::fs::read_to_string(path).unwrap_or_default() == generated,
        "reports/compare.schema.json is out of date: run `FSRACE_BLESS=1 cargo test --test \
         compare_formats` and commit it"
    );
}
