//! "Did you mean": the nearest allowed name, and lists of names in a sentence.

/// The allowed name that a mistyped one is most likely to be.
pub(super) fn nearest<'a>(
    wrong: &str,
    allowed: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let lower = wrong.to_lowercase();
    allowed
        .into_iter()
        .map(|name| (distance(&lower, &name.to_lowercase()), name))
        // A third of the letters may be wrong: more and every name resembles every other.
        .filter(|(distance, name)| *distance <= (name.len().max(wrong.len()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many letters differ. A name that was cut short or spelled out counts as one slip.
fn distance(wrong: &str, name: &str) -> usize {
    let shorter = wrong.len().min(name.len());
    if shorter >= 3 && (wrong.starts_with(name) || name.starts_with(wrong)) {
        return 1;
    }
    strsim::damerau_levenshtein(wrong, name)
}

/// A help line with the nearest name, if one is near.
pub(super) fn did_you_mean<'a>(
    wrong: &str,
    allowed: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(wrong, allowed).map(|name| format!("did you mean `{name}`?"))
}

/// `a`, `b` and `c`.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a str>, word: &str) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} {word} {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        assert_eq!(nearest("flgas", ["path", "flags", "fd"]), Some("flags"));
        assert_eq!(nearest("enoent", ["EEXIST", "ENOENT"]), Some("ENOENT"));
        assert_eq!(nearest("length", ["fd", "len"]), Some("len"));
        assert_eq!(nearest("excl", ["shared", "exclusive"]), Some("exclusive"));
        assert_eq!(nearest("banana", ["path", "flags", "fd"]), None);
        assert_eq!(nearest("", ["path"]), None);
    }

    #[test]
    fn lists_read_as_a_sentence() {
        assert_eq!(list([], "and"), "nothing");
        assert_eq!(list(["a"], "and"), "`a`");
        assert_eq!(list(["a", "b", "c"], "or"), "`a`, `b` or `c`");
    }
}
