//! Foreign text as text: names and contents come from scenarios and from the filesystem under test,
//! and nothing in them may be markup.

use crate::ui::clean::clean;

/// For HTML and SVG, in content and in quoted attributes.
pub(super) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in clean(text).chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // XML has no room for these, however they are written.
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(letter),
        }
    }
    out
}

/// For Markdown; it stays in its line, and in its cell of a table.
pub(super) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in clean(text).chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '#' | '~' => out.extend(['\\', letter]),
            // GitHub makes a link of `@name`.
            '@' => out.push_str("&#64;"),
            _ => out.push(letter),
        }
    }
    out
}

/// For Markdown, as a block of code: in a fence that is longer than any in the text.
pub(super) fn fenced(lines: &[String]) -> String {
    let longest = |line: &String| line.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = lines.iter().map(longest).max().unwrap_or(0).max(2) + 1;
    let fence = "`".repeat(ticks);
    format!("{fence}text\n{}\n{fence}\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text() {
        let hostile = "<script>alert('1')</script>\n\u{1b}[31m & \"x\"";
        let html = html(hostile);
        assert!(!html.contains(['<', '>', '"', '\'', '\n', '\u{1b}']), "{html}");
        assert!(html.starts_with("&lt;script&gt;alert(&#39;1"), "{html}");
        assert_eq!(markdown("a|b\n[x](y) `c` @z"), "a\\|b\\\\n\\[x\\](y) \\`c\\` &#64;z");
    }

    #[test]
    fn a_fence_is_longer_than_those_within() {
        let text = fenced(&["a ```` b".to_owned(), "```".to_owned()]);
        assert_eq!(text, "`````text\na ```` b\n```\n`````\n");
        assert!(fenced(&["plain".to_owned()]).starts_with("```text\n"));
    }
}
