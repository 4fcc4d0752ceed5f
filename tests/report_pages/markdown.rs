//! Markdown: a table, and sections for what has something to say.

use fsrace::report::Format;

use super::report_sample::report;
use super::{everything, hostile, written};

#[test]
fn it_is_a_table_and_sections() {
    insta::assert_snapshot!(written(&everything(), Format::Markdown));
}

#[test]
fn foreign_text_is_text() {
    let text = written(&hostile(), Format::Markdown);
    let mut in_code = false;
    for line in text.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
        }
        // Within a block of code it is none anyway.
        assert!(in_code || !line.contains("<script"), "{line}");
        assert!(!line.contains('\u{1b}'), "{line}");
        if line.starts_with('|') {
            let bars = line.replace("\\|", "").matches('|').count();
            assert_eq!(bars, 7, "{line}");
        }
    }
    assert!(!in_code, "a fence is open");
}

#[test]
fn nothing_is_a_page_too() {
    let text = written(&report(Vec::new()), Format::Markdown);
    assert!(text.starts_with("# fsrace: 0 results: 0 passed, 0 failed"), "{text}");
}
