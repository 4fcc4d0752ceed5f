//! Foreign text made harmless.

/// Spells control characters out. Names and contents come from the filesystem under test: nothing
/// in them may reach the terminal as a control sequence or break a line.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        if c.is_control() {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn control_characters_are_spelled_out() {
        assert_eq!(clean("a\u{1b}[31m\nä\u{9b}"), "a\\u{1b}[31m\\nä\\u{9b}");
    }
}
