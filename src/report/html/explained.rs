//! The pages that explain what a report names, so that it needs no other place to look things up.

use std::fmt::Write as _;

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd, html};

use crate::explain::{Explained, find};
use crate::report::Report;
use crate::report::escape::html as escaped;

/// A code or relaxation, as a link to its page where it has one.
pub(super) fn link(name: &str) -> String {
    match find(name) {
        Some(page) => format!("<a href=\"#explain-{0}\">{0}</a>", page.name),
        None => escaped(name),
    }
}

/// The pages of everything that is named.
pub(super) fn section(report: &Report, out: &mut String) {
    let anomalies = || report.results.iter().flat_map(|result| &result.anomalies);
    let codes = anomalies().map(|anomaly| &anomaly.code);
    let names = codes.chain(anomalies().flat_map(|anomaly| &anomaly.relaxations));
    let mut pages: Vec<Explained> = Vec::new();
    for page in names.filter_map(|name| find(name)) {
        if pages.iter().all(|known| known.name != page.name) {
            pages.push(page);
        }
    }
    if pages.is_empty() {
        return;
    }
    out.push_str("<section>\n<h2>What it means</h2>\n");
    for page in pages {
        let _ = writeln!(
            out,
            "<details class=\"page\">\n<summary><b>{0}</b> {1}</summary>\n<div id=\"explain-{0}\">\n\
             {2}</div>\n</details>",
            page.name,
            escaped(page.summary),
            rendered(page.page)
        );
    }
    out.push_str("</section>\n");
}

/// A page as HTML without its title, which is said already, and with headings that fit in here.
fn rendered(page: &str) -> String {
    let mut in_title = false;
    let events = Parser::new(page).filter_map(move |event| match event {
        Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) => {
            in_title = true;
            None
        }
        Event::End(TagEnd::Heading(HeadingLevel::H1)) => {
            in_title = false;
            None
        }
        _ if in_title => None,
        Event::Start(Tag::Heading { id, classes, attrs, .. }) => {
            Some(Event::Start(Tag::Heading { level: HeadingLevel::H3, id, classes, attrs }))
        }
        Event::End(TagEnd::Heading(_)) => Some(Event::End(TagEnd::Heading(HeadingLevel::H3))),
        // A page has no markup of its own, and would not get it through.
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        other => Some(other),
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::{detectors, relaxations};

    #[test]
    fn every_page_becomes_html_without_its_title() {
        for page in detectors().chain(relaxations()) {
            let html = rendered(page.page);
            assert!(!html.contains("<h1>") && html.contains("<h3>What was seen</h3>"), "{html}");
            let text = html.replace("&lt;", "<");
            assert!(text.len() > page.page.len() / 2, "{}: {html}", page.name);
        }
    }

    #[test]
    fn markup_in_a_page_is_text() {
        assert!(!rendered("# x\n\n<script>x</script> a <b>c</b>\n").contains("<script"));
    }
}
