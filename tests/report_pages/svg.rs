//! A timeline as a file: well-formed, and to scale.

use fsrace::report::{Example, svg};
use roxmltree::{Document, Node};

use super::report_sample::event;
use super::{everything, hostile};

fn drawn(report: &fsrace::report::Report, index: usize) -> String {
    let result = &report.results[index];
    let anomaly = &result.anomalies[0];
    let mut out = Vec::new();
    svg::write(result, anomaly, anomaly.example.as_ref().unwrap(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn of(example: Example) -> String {
    let mut report = everything();
    report.results[0].anomalies[0].example = Some(example);
    drawn(&report, 0)
}

fn steps<'a>(document: &'a Document<'a>) -> Vec<Node<'a, 'a>> {
    let step = |node: &Node<'_, '_>| {
        node.attribute("class").is_some_and(|class| class.starts_with("step"))
    };
    document.descendants().filter(step).collect()
}

fn percent(node: &Node<'_, '_>, tag: &str, attribute: &str) -> f64 {
    let found = node.children().find(|child| child.has_tag_name(tag)).unwrap();
    found.attribute(attribute).unwrap().trim_end_matches('%').parse().unwrap()
}

#[test]
fn a_timeline_is_as_it_was() {
    insta::assert_snapshot!(drawn(&everything(), 0).split_once("</style>").unwrap().1);
}

#[test]
fn steps_are_to_scale() {
    let text = drawn(&everything(), 0);
    let document = Document::parse(&text).unwrap();
    let steps = steps(&document);
    assert_eq!(steps.len(), 5);
    let title = |node: &Node<'_, '_>| {
        let title = node.children().find(|child| child.has_tag_name("title")).unwrap();
        title.text().unwrap().to_owned()
    };
    let find = |word: &str| steps.iter().find(|step| title(step).contains(word)).unwrap();
    // access took 910 ns, unlink 3,330 ns.
    let (access, unlink) = (find("= 0  (-4.21"), find("unlink"));
    let ratio = percent(unlink, "rect", "width") / percent(access, "rect", "width");
    assert!((ratio - 3_330.0 / 910.0).abs() < 0.02, "{ratio}");
    // The anomalous step and the one beside it are marked, and one has not returned.
    let class = |node: &Node<'_, '_>| node.attribute("class").unwrap().to_owned();
    assert_eq!(class(find("fstat")), "step anomalous");
    assert_eq!(class(unlink), "step beside");
    let open = find("ENOENT");
    assert_eq!(class(open), "step open");
    let end = percent(open, "rect", "x") + percent(open, "rect", "width");
    assert!((end - 100.0).abs() < 0.02, "to the end of the picture: {end}");
}

#[test]
fn a_step_that_began_long_ago_leaves_room_for_the_others() {
    let text = of(Example {
        events: vec![
            event("sleeper", "sleep 5s", Some("ok"), -5_000_000_000, Some(-100)),
            event("reader", "open f", Some("ok"), -1_000, Some(-100)),
            event("reader", "fstat f", Some("inode 0"), 0, Some(1_000)),
        ],
    });
    let document = Document::parse(&text).unwrap();
    let steps = steps(&document);
    assert!(percent(&steps[1], "rect", "width") > 1.0, "{text}");
    assert!(steps[0].descendants().any(|node| node.text() == Some("←")), "it is cut off: {text}");
}

#[test]
fn odd_examples_are_drawn_too() {
    let none = Example { events: vec![event("a", "", None, 5, None)] };
    let at_once = Example { events: vec![event("a", "open", Some("ok"), 0, Some(0))] };
    let far = Example {
        events: vec![
            event("a", "open", Some("ok"), i64::MIN, Some(i64::MAX)),
            event("b", "open", Some("ok"), 0, Some(i64::MAX)),
        ],
    };
    for example in [none, at_once, far, Example { events: Vec::new() }] {
        let text = of(example);
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        Document::parse(&text).unwrap();
    }
}

#[test]
fn foreign_text_is_text() {
    let text = drawn(&hostile(), 0);
    let document = Document::parse(&text).unwrap();
    assert!(document.descendants().all(|node| !node.has_tag_name("script")), "{text}");
}
