//! Text in columns, and what keeps it in its width.

use anstyle::Style;

use crate::ui::styles::paint;

/// Space between columns.
const GAP: usize = 2;

/// The last column is never cut below this: better a line that wraps than one that says nothing.
const MIN_LAST: usize = 30;

/// A cell: its text and how it looks.
pub(super) type Cell = (String, Style);

/// Lines of aligned columns, no wider than `width` as far as shortening the last column goes.
/// Trailing space is left out.
pub(super) fn lines(rows: &[Vec<Cell>], width: usize) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |i: usize| rows.iter().filter_map(|r| r.get(i)).map(|c| length(&c.0)).max();
    let widths: Vec<usize> = (0..columns).map(|i| widest(i).unwrap_or(0)).collect();
    rows.iter().map(|row| line(row, &widths, width)).collect()
}

fn line(row: &[Cell], widths: &[usize], width: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    // Padding is owed until something follows it.
    let mut owed = 0;
    for (i, (text, style)) in row.iter().enumerate() {
        let last = i + 1 == widths.len();
        let text = if last {
            shortened(text, width.saturating_sub(used).max(MIN_LAST))
        } else {
            text.clone()
        };
        if !text.is_empty() {
            out.extend(std::iter::repeat_n(' ', owed));
            out.push_str(&paint(*style, &text));
            owed = 0;
        }
        owed += widths[i] - length(&text).min(widths[i]) + GAP;
        used += widths[i] + GAP;
    }
    out
}

/// The columns that a text takes, for text of letters that are one column wide.
pub(super) fn length(text: &str) -> usize {
    text.chars().count()
}

/// At most `width` characters, the last an ellipsis where something was left out.
pub(super) fn shortened(text: &str, width: usize) -> String {
    if length(text) <= width {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(width.saturating_sub(1)).collect();
    out.push('…');
    out
}

/// Lines of at most `width` characters, broken at spaces where there are any.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if length(line) + 1 + length(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_without_trailing_space() {
        let cell = |text: &str| (text.to_owned(), Style::new());
        let rows = vec![
            vec![cell("a"), cell("bbb"), cell("")],
            vec![cell("aaaa"), cell(""), cell("0123456789 123456789 123456789 123456789")],
        ];
        assert_eq!(lines(&rows, 44), ["a     bbb", "aaaa       0123456789 123456789 123456789 1…"]);
    }

    #[test]
    fn text_is_wrapped_at_spaces() {
        assert_eq!(wrapped("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrapped("unbreakable", 4), ["unbreakable"]);
        assert!(wrapped(" ", 4).is_empty());
    }
}
