//! What a table of guarantees looks like in each format, on rows that are made up.

mod report_sample;

use fsrace::report::github::Level;
use fsrace::report::guarantees::text::{Detail, render};
use fsrace::report::guarantees::{
    AlsoFound, Evidence, Guaranteed, GuaranteesReport, OnTarget, Standing, Unit, csv, html,
    markdown,
};
use fsrace::report::json::{self, read_json};
use fsrace::report::schema::result_schema;
use fsrace::report::text::TextOptions;
use fsrace::report::{Class, Formats, Report};
use fsrace::ui::styles::Styles;
use report_sample::*;

fn evidence(count: u64, trials: u64) -> Evidence {
    let rate = fsrace::stats::rate(count, trials);
    Evidence {
        scenario: "renames-replace-vs-open".into(),
        code: None,
        class: None,
        relaxations: Vec::new(),
        unit: Unit::Rounds,
        count,
        trials,
        rate: rate.value,
        rate_low: rate.low,
        rate_high: rate.high,
        seen: None,
    }
}

fn seen(count: u64, trials: u64) -> Evidence {
    Evidence {
        code: Some("unexpected-errno".into()),
        class: Some(Class::Forbidden),
        relaxations: vec!["open-stale".into()],
        seen: Some("opener, `open f <f> rdonly`: ENOENT | \u{1b}[31m\"&'".into()),
        ..evidence(count, trials)
    }
}

fn on(label: &str, verdict: Standing, evidence: Vec<Evidence>) -> OnTarget {
    OnTarget {
        target: format!("/mnt/{label}"),
        fs_type: label.into(),
        label: label.into(),
        verdict,
        documented: false,
        accepted: false,
        inconclusive: false,
        reason: None,
        evidence,
        notes: Vec::new(),
    }
}

fn row(name: &str, topic: &str, promised: bool, targets: Vec<OnTarget>) -> Guaranteed {
    Guaranteed {
        name: name.into(),
        topic: topic.into(),
        sentence: "A reader never misses a file that is replaced by rename".into(),
        promised,
        because: if promised { "POSIX promises it" } else { "nobody does" }.into(),
        source: "https://example.org/rename.html".into(),
        scenarios: vec!["renames-replace-vs-open".into(), "replace-while-opened".into()],
        advice: "Open again after ENOENT.".into(),
        targets,
    }
}

/// Every verdict on three targets.
fn three() -> GuaranteesReport {
    use Standing::*;
    let undecided = OnTarget {
        inconclusive: true,
        reason: Some("the actors never ran at the same time".into()),
        ..on("fuse.x<y>", NotTestable, Vec::new())
    };
    let documented = OnTarget { documented: true, ..on("xfs", Broken, vec![seen(1, 2_000)]) };
    let accepted = OnTarget { accepted: true, ..on("fuse.x<y>", Broken, vec![seen(3, 70)]) };
    let noted = OnTarget {
        notes: vec!["judged | without the model".into()],
        ..on("ext4", Holds, vec![evidence(0, 20_000), evidence(0, 2_100_000)])
    };
    let guarantees = vec![
        row(
            "replace-by-rename",
            "Saving a file",
            true,
            vec![
                noted,
                on("xfs", Holds, vec![evidence(0, 2_100_000)]),
                on("fuse.x<y>", Broken, vec![seen(276, 2_746), evidence(0, 50)]),
            ],
        ),
        row(
            "save-in-place",
            "Saving a file",
            false,
            vec![
                on("ext4", NotPromised, vec![evidence(276, 2_746)]),
                on("xfs", NotPromised, vec![evidence(0, 2_746)]),
                undecided,
            ],
        ),
        row(
            "flock",
            "Locks",
            true,
            vec![on("ext4", Holds, vec![evidence(0, 70)]), documented, accepted],
        ),
    ];
    let also_found = vec![AlsoFound {
        target: "/mnt/ext4".into(),
        label: "ext4".into(),
        accepted: false,
        evidence: Evidence { code: Some("zero-inode-fd".into()), ..seen(2, 900) },
    }];
    GuaranteesReport { run: minimal(), guarantees, also_found }
}

/// The first of three targets alone.
fn one() -> GuaranteesReport {
    let mut report = three();
    for row in &mut report.guarantees {
        row.targets.truncate(1);
    }
    report.also_found.clear();
    report
}

fn text(report: &GuaranteesReport, detail: Detail, width: usize) -> String {
    render(report, detail, &TextOptions { styles: Styles::plain(), width })
}

fn written(write: impl Fn(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn text_of_one_target_has_the_evidence_beside_the_verdict() {
    insta::assert_snapshot!(text(&one(), Detail::Normal, 100));
}

#[test]
fn text_of_three_targets_stays_within_a_hundred_columns() {
    let text = text(&three(), Detail::Normal, 100);
    let longest = text.lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(100), "{longest:?}\n{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn text_shows_more_or_less_when_asked() {
    insta::assert_snapshot!("little", text(&three(), Detail::Little, 100));
    insta::assert_snapshot!("full", text(&three(), Detail::Full, 72));
}

#[test]
fn markdown_is_a_table_and_notes() {
    insta::assert_snapshot!(written(|out| markdown::write(&three(), out)));
}

#[test]
fn csv_has_one_row_per_guarantee_and_target() {
    let text = written(|out| csv::write(&three(), out));
    assert_eq!(text.lines().next(), Some(csv::COLUMNS.join(",").as_str()));
    insta::assert_snapshot!(text);
}

#[test]
fn html_is_one_page_that_needs_nothing_else() {
    let page = written(|out| html::write(&three(), out));
    for foreign in ["<script", "src=", "@import", "url(", "<link", "\u{1b}", "<f>", "x<y>"] {
        assert!(!page.contains(foreign), "{foreign:?} in {page}");
    }
    for wanted in ["prefers-color-scheme: dark", "name=\"viewport\"", "&lt;f&gt;", "x&lt;y&gt;"] {
        assert!(page.contains(wanted), "no {wanted:?} in {page}");
    }
    insta::assert_snapshot!(page);
}

#[test]
fn junit_has_a_suite_per_target_and_a_case_per_guarantee() {
    let text = written(|out| three().junit(out));
    let document = roxmltree::Document::parse(&text).unwrap();
    let count = |name| document.descendants().filter(|node| node.has_tag_name(name)).count();
    assert_eq!((count("testsuite"), count("testcase")), (3, 9), "{text}");
    // Two are broken; one is broken and accepted, two promised by nobody, one cannot be tested.
    assert_eq!((count("failure"), count("error"), count("skipped")), (2, 0, 4), "{text}");
    let root = document.root_element();
    assert_eq!((root.attribute("tests"), root.attribute("failures")), (Some("9"), Some("2")));
}

#[test]
fn what_is_broken_and_not_accepted_is_annotated() {
    let annotations = three().annotations();
    let titles: Vec<&str> = annotations.iter().map(|one| one.title.as_str()).collect();
    assert_eq!(
        titles,
        ["replace-by-rename on fuse.x<y>", "flock on xfs", "renames-replace-vs-open on ext4"]
    );
    assert!(annotations.iter().all(|one| one.level == Level::Error));
}

#[test]
fn json_is_that_of_a_run_and_more() {
    let report = three();
    let text = written(|out| json::write(&report, out));
    let back: GuaranteesReport = serde_json::from_str(&text).unwrap();
    assert_eq!(back, report);
    // Whoever reads runs reads this as one.
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("result.json");
    std::fs::write(&path, &text).unwrap();
    assert_eq!(read_json(&path).unwrap(), report.run);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let schema = jsonschema::validator_for(&result_schema()).unwrap();
    assert!(schema.is_valid(&value));
    assert_eq!(value["guarantees"][0]["targets"][2]["verdict"], "broken");
    assert_eq!(value["guarantees"][0]["targets"][2]["evidence"][0]["trials"], 2_746);
}

#[test]
fn nothing_to_show_is_shown_as_nothing() {
    let report = GuaranteesReport {
        run: Report { results: Vec::new(), ..minimal() },
        guarantees: Vec::new(),
        also_found: Vec::new(),
    };
    assert_eq!(text(&report, Detail::Normal, 100).trim(), "");
    assert!(written(|out| html::write(&report, out)).ends_with("</html>\n"));
    assert_eq!(written(|out| csv::write(&report, out)).lines().count(), 1);
}
