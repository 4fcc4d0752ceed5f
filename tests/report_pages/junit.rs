//! JUnit's XML: well-formed, and its counts are those of the run.

use fsrace::report::{Format, Report, Verdict};
use roxmltree::{Document, Node};

use super::report_sample::report;
use super::{everything, hostile, written};

fn count(node: &Node<'_, '_>, name: &str) -> usize {
    node.descendants().filter(|node| node.has_tag_name(name)).count()
}

fn number(node: &Node<'_, '_>, attribute: &str) -> usize {
    node.attribute(attribute).unwrap().parse().unwrap()
}

/// What every reader of JUnit files relies on.
fn check(report: &Report, text: &str) {
    let document = Document::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let root = document.root_element();
    assert!(root.has_tag_name("testsuites"));
    for node in root
        .descendants()
        .filter(|node| node.has_tag_name("testsuite") || node.has_tag_name("testsuites"))
    {
        for (attribute, tag) in
            [("tests", "testcase"), ("failures", "failure"), ("errors", "error")]
        {
            assert_eq!(number(&node, attribute), count(&node, tag), "{attribute} in {text}");
        }
    }
    let verdict = |verdict| report.count(verdict);
    assert_eq!(count(&root, "testcase"), report.results.len() + report.unfinished.len());
    assert_eq!(count(&root, "failure"), verdict(Verdict::Fail));
    assert_eq!(count(&root, "error"), verdict(Verdict::Inconclusive));
    assert_eq!(count(&root, "skipped"), verdict(Verdict::Skipped) + report.unfinished.len());
    for case in root.descendants().filter(|node| node.has_tag_name("testcase")) {
        assert!(case.attribute("name").is_some() && case.attribute("classname").is_some());
    }
}

#[test]
fn every_verdict_has_its_element() {
    let report = everything();
    let text = written(&report, Format::Junit);
    check(&report, &text);
    let document = Document::parse(&text).unwrap();
    let find = |tag| document.descendants().find(|node| node.has_tag_name(tag)).unwrap();
    let failure = find("failure");
    assert_eq!(failure.attribute("type"), Some("zero-inode-fd"));
    let message = failure.attribute("message").unwrap();
    assert!(
        message.starts_with("zero-inode-fd, unexplained: 276 in 2,746 (9.0 % .. 11.2 %)"),
        "{message}"
    );
    assert!(message.contains("empty-read, forbidden, explained by"), "{message}");
    let body = failure.text().unwrap();
    assert!(body.contains("> shows it, | ran at the same time"), "the timeline: {body}");
    let error = find("error");
    assert_eq!(error.attribute("type"), Some("inconclusive"));
    assert!(error.attribute("message").unwrap().starts_with("the actors never overlapped"));
    let case = error.parent().unwrap();
    assert_eq!(case.attribute("file"), Some("races/lock.toml"));
    let skipped: Vec<_> = document
        .descendants()
        .filter(|node| node.has_tag_name("skipped"))
        .filter_map(|node| node.attribute("message"))
        .collect();
    assert!(skipped[0].starts_with("O_TMPFILE is not supported"), "{skipped:?}");
    assert_eq!(skipped[1], "it has not run: the run was stopped before");
    assert!(find("system-out").text().unwrap().contains("torn-read"));
}

#[test]
fn every_target_is_a_suite() {
    let mut report = everything();
    report.results[1].target.path = "/other".into();
    report.unfinished[0].target = "/third".into();
    let text = written(&report, Format::Junit);
    check(&report, &text);
    let document = Document::parse(&text).unwrap();
    let suites = document.descendants().filter(|node| node.has_tag_name("testsuite"));
    let suites: Vec<_> =
        suites.map(|node| (node.attribute("name").unwrap(), number(&node, "tests"))).collect();
    assert_eq!(suites, [("/target (ext4)", 4), ("/other (ext4)", 1), ("/third", 1)]);
}

#[test]
fn foreign_text_breaks_nothing() {
    let report = hostile();
    let text = written(&report, Format::Junit);
    check(&report, &text);
    assert!(!text.contains("<script"), "{text}");
}

#[test]
fn nothing_is_a_report_too() {
    let report = report(Vec::new());
    check(&report, &written(&report, Format::Junit));
}
