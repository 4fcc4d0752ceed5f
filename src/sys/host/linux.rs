//! Linux: the distribution says its name; the kernel's own version text says the build.

/// Where the distribution describes itself, the administrator's file first.
const FILES: [&str; 2] = ["/etc/os-release", "/usr/lib/os-release"];

pub(super) fn version() -> Option<String> {
    let text = FILES.iter().find_map(|file| std::fs::read_to_string(file).ok())?;
    pretty_name(&text)
}

/// Nothing better than `uname -v`.
pub(super) fn build() -> Option<String> {
    None
}

/// The value of `PRETTY_NAME` in os-release(5), whose values are quoted as in a shell.
fn pretty_name(text: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.trim().strip_prefix("PRETTY_NAME="))?;
    let bare = value.trim().trim_matches(['"', '\'']);
    let mut name = String::with_capacity(bare.len());
    let mut escaped = false;
    for c in bare.chars() {
        escaped = c == '\\' && !escaped;
        if !escaped {
            name.push(c);
        }
    }
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::pretty_name;

    #[test]
    fn the_name_of_a_distribution_is_unquoted() {
        let debian = "NAME=\"Debian GNU/Linux\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n";
        assert_eq!(pretty_name(debian).as_deref(), Some("Debian GNU/Linux 12 (bookworm)"));
        assert_eq!(pretty_name("PRETTY_NAME=Alpine").as_deref(), Some("Alpine"));
        let escaped = r#"PRETTY_NAME="a \"b\" \\ c""#;
        assert_eq!(pretty_name(escaped).as_deref(), Some(r#"a "b" \ c"#));
        assert_eq!(pretty_name("PRETTY_NAME=\"\""), None);
        assert_eq!(pretty_name("NAME=x"), None);
    }
}
