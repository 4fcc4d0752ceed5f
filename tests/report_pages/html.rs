//! The page: whole, self-contained, and with foreign text as text.

use std::collections::HashSet;

use fsrace::report::{Format, Report};
use scraper::{Html, Selector};

use super::report_sample::{minimal, report};
use super::{everything, hostile, written};

fn page(report: &Report) -> (String, Html) {
    let text = written(report, Format::Html);
    let parsed = Html::parse_document(&text);
    assert_eq!(parsed.errors, Vec::<std::borrow::Cow<'_, str>>::new(), "{text}");
    (text, parsed)
}

fn all(page: &Html, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    page.select(&selector).map(|found| found.text().collect::<String>()).collect()
}

fn attributes(page: &Html, selector: &str, name: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    page.select(&selector).filter_map(|found| Some(found.attr(name)?.to_owned())).collect()
}

#[test]
fn the_page_is_as_it_was() {
    let (text, _) = page(&everything());
    // The styles and the pages of explanation are text of their own.
    let (_, rest) = text.split_once("</style>").unwrap();
    let body = rest.split("<h2>What it means</h2>").next().unwrap();
    insta::assert_snapshot!(body);
}

#[test]
fn it_needs_nothing_from_elsewhere() {
    for report in [everything(), minimal(), report(Vec::new())] {
        let (text, page) = page(&report);
        for foreign in ["<script", "@import", "url(", "<link", "<img", "<iframe", "\u{1b}"] {
            assert!(!text.contains(foreign), "{foreign:?} in {text}");
        }
        assert!(attributes(&page, "*", "src").is_empty());
        for link in attributes(&page, "a", "href") {
            assert!(link.starts_with('#') || link.starts_with("https://"), "{link}");
        }
    }
}

#[test]
fn links_lead_somewhere_and_ids_are_unique() {
    for report in [everything(), hostile()] {
        let (_, page) = page(&report);
        let ids = attributes(&page, "[id]", "id");
        let unique: HashSet<&String> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{ids:?}");
        let links = attributes(&page, "a[href^='#']", "href");
        assert!(links.len() >= report.results.len());
        for link in links {
            assert!(unique.contains(&link[1..].to_owned()), "{link} in {ids:?}");
        }
        for label in attributes(&page, "[aria-labelledby]", "aria-labelledby") {
            assert!(label.split(' ').all(|id| unique.contains(&id.to_owned())), "{label}");
        }
    }
}

#[test]
fn foreign_text_is_text() {
    let (text, page) = page(&hostile());
    assert!(!text.contains("<script") && !text.contains('\u{1b}'), "{text}");
    assert!(all(&page, "script").is_empty());
    // It is all there, to be read.
    assert_eq!(all(&page, "article").len(), 5);
    assert!(all(&page, "article h3").iter().all(|title| title.contains("<script>alert(1)")));
    for (name, _) in page.root_element().value().attrs() {
        assert_eq!(name, "lang");
    }
    let mut elements = page.tree.values().filter_map(|node| node.as_element());
    assert!(elements.all(|element| element.attrs().all(|(name, _)| !name.starts_with("on"))));
}

#[test]
fn headings_and_tables_can_be_followed_without_seeing_them() {
    let (_, page) = page(&everything());
    assert_eq!(all(&page, "h1").len(), 1);
    let sections = ["Summary", "Scenarios", "Still to be run", "What it means"];
    assert_eq!(all(&page, "h2"), sections);
    for header in ["table thead th:not([scope])", "tbody tr:not(:has(th[scope=row]))"] {
        assert!(all(&page, header).is_empty(), "{header}");
    }
    let pictures = all(&page, "svg[role=img]").len();
    assert_eq!(all(&page, "svg[role=img] > title").len(), pictures);
    assert_eq!(attributes(&page, "html", "lang"), ["en"]);
}

#[test]
fn everything_is_told() {
    let (_, page) = page(&everything());
    assert_eq!(
        all(&page, "h1"),
        ["fsrace: 5 results: 2 passed, 1 failed, 1 inconclusive, 1 skipped (12 s)"]
    );
    assert!(all(&page, ".note")[0].starts_with("incomplete: 1 of 6 scenarios still to be run"));
    let verdicts = ["fail", "pass", "pass", "inconclusive", "skipped"];
    assert_eq!(all(&page, "table.stacked:first-of-type td[data-of=verdict]"), verdicts);
    let judged = all(&page, ".outcomes tbody th");
    assert_eq!(judged, ["allowed", "unspecified", "accepted", "others"]);
    let never =
        all(&page, "article summary").into_iter().filter(|text| text.contains("never seen"));
    assert_eq!(never.collect::<Vec<_>>(), ["70 allowed outcomes were never seen"]);
    // Codes and what explains them have their pages; one that is both has one.
    let explained = attributes(&page, "[id^=explain]", "id");
    let names =
        ["zero-inode-fd", "empty-read", "torn-read", "hang", "gone-when-unlinked", "stat-torn"];
    assert_eq!(explained, names.map(|name| format!("explain-{name}")));
    assert!(all(&page, "#explain-hang h3").contains(&"What was seen".to_owned()));
    // Two timelines, a lane for each actor, the step that shows it marked in words as well.
    assert_eq!(all(&page, "svg.timeline").len(), 2);
    assert_eq!(all(&page, "svg.timeline .anomalous > title").len(), 2);
    assert_eq!(all(&page, "li.anomalous b").iter().filter(|text| *text == "shows it").count(), 2);
    assert_eq!(all(&page, "svg.timeline .open").len(), 3, "what has not returned");
}

#[test]
fn a_run_that_did_nothing_is_a_page() {
    let (_, page) = page(&report(Vec::new()));
    assert!(all(&page, "p").contains(&"No scenario has run.".to_owned()));
}
