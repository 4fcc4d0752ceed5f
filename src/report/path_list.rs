//! Several paths in one field, as in `PATH`: a colon between them, and a backslash before a colon or
//! backslash that belongs to a path.

/// The paths as one text; empty without any.
pub(super) fn join(paths: &[String]) -> String {
    let escaped = paths.iter().map(|path| path.replace('\\', "\\\\").replace(':', "\\:"));
    escaped.collect::<Vec<_>>().join(":")
}

/// The paths that [`join`] has put into this text.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let mut path = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => path.extend(letters.next()),
            ':' => paths.push(std::mem::take(&mut path)),
            _ => path.push(letter),
        }
    }
    if !path.is_empty() {
        paths.push(path);
    }
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_joined_is_split_again() {
        for paths in [vec![], vec!["/a"], vec!["/a", "/b c"], vec!["/a:b", "/c\\", "/d\\:"]] {
            let paths: Vec<String> = paths.into_iter().map(str::to_owned).collect();
            assert_eq!(split(&join(&paths)), paths);
        }
        assert_eq!(join(&["/a".to_owned(), "/b".to_owned()]), "/a:/b");
    }
}
