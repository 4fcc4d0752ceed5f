//! Texts of a scenario, made safe for C: whatever stands in them, they stay a text.

use std::fmt::Write;

/// A string literal of these bytes. What is not printable ASCII is escaped in octal, of which three
/// digits are the most, so that no digit that follows is taken for one of them; and so is `?`, which
/// could make a trigraph.
pub(super) fn string(bytes: &[u8]) -> String {
    let mut literal = String::from("\"");
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => {
                literal.push('\\');
                literal.push(char::from(byte));
            }
            b' '..=b'~' if byte != b'?' => literal.push(char::from(byte)),
            _ => {
                let _ = write!(literal, "\\{byte:03o}");
            }
        }
    }
    literal.push('"');
    literal
}

/// A text inside of a comment: it does not end it, begins no other, and has no characters that an
/// editor might show in another order than the compiler reads them.
pub(super) fn comment(text: &str) -> String {
    let mut safe = String::new();
    for character in text.chars() {
        match character {
            ' '..='~' => safe.push(character),
            other => {
                let _ = write!(safe, "{}", other.escape_default());
            }
        }
    }
    safe.replace("*/", "*\\/").replace("/*", "/\\*").replace("??", "?\\?")
}

/// A name of C that begins with `prefix`, none of those in `taken`.
pub(super) fn identifier(prefix: &str, name: &str, taken: &mut Vec<String>) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let plain: String = prefix.chars().chain(name.chars().take(40).map(letter)).collect();
    let free = |one: &String| !taken.contains(one);
    let numbered = (2..).map(|number| format!("{plain}_{number}"));
    let found = std::iter::once(plain.clone()).chain(numbered).find(free).unwrap_or(plain.clone());
    taken.push(found.clone());
    found
}

/// Words in lines of at most `width` characters.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let last = lines.last_mut().expect("there is always a line");
        if !last.is_empty() && last.len() + 1 + word.len() > width {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_stands_in_a_text_stays_in_its_literal() {
        assert_eq!(string(b"a\"b\\c"), r#""a\"b\\c""#);
        assert_eq!(string(b"\x011?"), r#""\0011\077""#);
        assert_eq!(string("é\n%d".as_bytes()), r#""\303\251\012%d""#);
    }

    #[test]
    fn a_comment_ends_where_it_should() {
        let safe = comment("a */ b /* c ??/\n\u{202e}é");
        assert!(!safe.contains("*/") && !safe.contains("/*") && !safe.contains("??"), "{safe}");
        assert!(safe.is_ascii() && !safe.contains('\n'), "{safe}");
        assert!(!comment("**//**/").contains("*/"));
    }

    #[test]
    fn names_of_c_are_never_given_twice() {
        let mut taken = Vec::new();
        assert_eq!(identifier("fd_", "a-b", &mut taken), "fd_a_b");
        assert_eq!(identifier("fd_", "a.b", &mut taken), "fd_a_b_2");
    }
}
