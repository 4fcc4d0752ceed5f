//! Which names can be the same: a conservative comparison of names with holes.

use super::NamePiece;

/// A path, with a hole for every number that is only known while it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// Literal text before, between and after the holes.
    texts: Vec<String>,
}

/// The directory that holds a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parent<'a> {
    /// The sandbox itself.
    Top,
    /// This path.
    Literal(&'a str),
    /// There is a hole in it.
    Unknown,
}

impl Pattern {
    pub(crate) fn of(pieces: &[NamePiece]) -> Self {
        let mut texts = vec![String::new()];
        for piece in pieces {
            match piece {
                NamePiece::Text(text) => {
                    if let Some(last) = texts.last_mut() {
                        last.push_str(text);
                    }
                }
                NamePiece::Iteration | NamePiece::Random(_) => texts.push(String::new()),
            }
        }
        Self { texts }
    }

    pub(crate) fn literal(path: &str) -> Self {
        Self { texts: vec![path.to_owned()] }
    }

    /// The path beneath a directory.
    pub(crate) fn beneath(&self, directory: &Self) -> Self {
        let mut texts = directory.texts.clone();
        let (first, rest) = self.texts.split_first().map_or(("", &[][..]), |(f, r)| (f, r));
        if let Some(last) = texts.last_mut() {
            last.push('/');
            last.push_str(first);
        }
        texts.extend(rest.iter().cloned());
        Self { texts }
    }

    /// The text, when there is no hole.
    pub(crate) fn as_literal(&self) -> Option<&str> {
        match self.texts.as_slice() {
            [text] => Some(text),
            _ => None,
        }
    }

    /// Whether both can name the same path. Never wrongly `false`, not even where the filesystem
    /// folds case or normalises what is not ASCII.
    pub(crate) fn may_equal(&self, other: &Self) -> bool {
        if !self.is_ascii() || !other.is_ascii() {
            return self.depth() == other.depth();
        }
        self.folded().may_equal_exactly(&other.folded())
    }

    fn is_ascii(&self) -> bool {
        self.texts.iter().all(|text| text.is_ascii())
    }

    fn folded(&self) -> Self {
        Self { texts: self.texts.iter().map(|text| text.to_ascii_lowercase()).collect() }
    }

    fn may_equal_exactly(&self, other: &Self) -> bool {
        if let (Some(one), Some(two)) = (self.as_literal(), other.as_literal()) {
            return one == two;
        }
        if let Some(fits) = self.fits(other).or_else(|| other.fits(self)) {
            return fits;
        }
        let (one, two) = (self.ends(), other.ends());
        let starts = one.0.starts_with(two.0) || two.0.starts_with(one.0);
        let finishes = one.1.ends_with(two.1) || two.1.ends_with(one.1);
        starts && finishes && self.depth() == other.depth()
    }

    /// Whether a literal path is this one with a number in its only hole; `None` if it is no such
    /// question.
    fn fits(&self, literal: &Self) -> Option<bool> {
        let ([before, after], [text]) = (self.texts.as_slice(), literal.texts.as_slice()) else {
            return None;
        };
        let number =
            text.strip_prefix(before.as_str()).and_then(|rest| rest.strip_suffix(after.as_str()));
        Some(number.is_some_and(|number| {
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        }))
    }

    /// The directory that holds the name.
    pub(crate) fn parent(&self) -> Parent<'_> {
        let (first, rest) = match self.texts.split_first() {
            Some((first, rest)) => (first.as_str(), rest),
            None => return Parent::Unknown,
        };
        if rest.iter().any(|text| text.contains('/')) {
            return Parent::Unknown;
        }
        first.rsplit_once('/').map_or(Parent::Top, |(parent, _)| Parent::Literal(parent))
    }

    /// The last component of the path.
    pub(crate) fn base(&self) -> Self {
        let last = self.texts.iter().rposition(|text| text.contains('/'));
        let mut texts = self.texts[last.unwrap_or_default()..].to_vec();
        if let Some((_, base)) = texts[0].rsplit_once('/') {
            texts[0] = base.to_owned();
        }
        Self { texts }
    }

    /// The literal text before the first hole and after the last.
    fn ends(&self) -> (&str, &str) {
        let first = self.texts.first().map_or("", String::as_str);
        let last = self.texts.last().map_or("", String::as_str);
        (first, last)
    }

    /// Holes are numbers, so they never hold a slash.
    fn depth(&self) -> usize {
        self.texts.iter().map(|text| text.matches('/').count()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern { texts: text.split('#').map(str::to_owned).collect() }
    }

    #[test]
    fn names_that_can_meet_are_never_told_apart() {
        for (one, two) in [
            ("a", "a"),
            ("a#", "a12"),
            ("a#", "#"),
            ("d/#x", "d/1#x"),
            ("#", "7"),
            ("A", "a"),
            ("é", "e"),
        ] {
            assert!(pattern(one).may_equal(&pattern(two)), "{one} {two}");
            assert!(pattern(two).may_equal(&pattern(one)), "{two} {one}");
        }
    }

    #[test]
    fn names_that_cannot_meet_are_told_apart() {
        for (one, two) in [
            ("a", "b"),
            ("a#", "b#"),
            ("a#x", "a#y"),
            ("d/#", "#"),
            ("a#", "b1"),
            ("#", "a"),
            ("a#", "a"),
        ] {
            assert!(!pattern(one).may_equal(&pattern(two)), "{one} {two}");
        }
    }

    #[test]
    fn the_parent_is_what_stands_before_the_last_slash() {
        assert_eq!(pattern("a#").parent(), Parent::Top);
        assert_eq!(pattern("d/e/a#b").parent(), Parent::Literal("d/e"));
        assert_eq!(pattern("d#/a").parent(), Parent::Unknown);
    }
}
