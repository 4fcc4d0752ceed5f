//! The closed sets of words in scenario files: flags, modes and the like.

use super::types::{AccessMode, LockMode, LockOwner, Mode, OpenFlag, RenameFlag, Whence};

/// A value that the file spells as one of a few words.
pub trait Word: Copy + PartialEq + 'static {
    /// What the set is called in a message.
    const WHAT: &'static str;
    /// Every word with its value.
    const WORDS: &'static [(&'static str, Self)];

    /// The word of this value.
    fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, value)| *value == self).map_or("", |(word, _)| word)
    }
}

impl Word for Mode {
    const WHAT: &'static str = "mode";
    const WORDS: &'static [(&'static str, Self)] =
        &[("free", Mode::Free), ("rounds", Mode::Rounds)];
}

impl Word for OpenFlag {
    const WHAT: &'static str = "open flag";
    const WORDS: &'static [(&'static str, Self)] = &[
        ("rdonly", OpenFlag::Rdonly),
        ("wronly", OpenFlag::Wronly),
        ("rdwr", OpenFlag::Rdwr),
        ("creat", OpenFlag::Creat),
        ("excl", OpenFlag::Excl),
        ("trunc", OpenFlag::Trunc),
        ("append", OpenFlag::Append),
        ("directory", OpenFlag::Directory),
        ("nofollow", OpenFlag::Nofollow),
        ("tmpfile", OpenFlag::Tmpfile),
        ("sync", OpenFlag::Sync),
        ("dsync", OpenFlag::Dsync),
    ];
}

impl Word for RenameFlag {
    const WHAT: &'static str = "rename flag";
    const WORDS: &'static [(&'static str, Self)] =
        &[("noreplace", RenameFlag::Noreplace), ("exchange", RenameFlag::Exchange)];
}

impl Word for AccessMode {
    const WHAT: &'static str = "access mode";
    const WORDS: &'static [(&'static str, Self)] = &[
        ("exists", AccessMode::Exists),
        ("read", AccessMode::Read),
        ("write", AccessMode::Write),
        ("execute", AccessMode::Execute),
    ];
}

impl Word for Whence {
    const WHAT: &'static str = "whence";
    const WORDS: &'static [(&'static str, Self)] =
        &[("set", Whence::Set), ("cur", Whence::Cur), ("end", Whence::End)];
}

impl Word for LockMode {
    const WHAT: &'static str = "lock mode";
    const WORDS: &'static [(&'static str, Self)] = &[
        ("shared", LockMode::Shared),
        ("exclusive", LockMode::Exclusive),
        ("unlock", LockMode::Unlock),
    ];
}

impl Word for LockOwner {
    const WHAT: &'static str = "lock owner";
    const WORDS: &'static [(&'static str, Self)] =
        &[("posix", LockOwner::Posix), ("ofd", LockOwner::Ofd)];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agrees_with_serde<W: Word + serde::Serialize>() {
        for (word, value) in W::WORDS {
            assert_eq!(serde_json::to_value(value).unwrap(), *word);
            assert_eq!(value.word(), *word);
        }
    }

    #[test]
    fn the_words_are_those_that_serde_writes() {
        agrees_with_serde::<Mode>();
        agrees_with_serde::<OpenFlag>();
        agrees_with_serde::<RenameFlag>();
        agrees_with_serde::<AccessMode>();
        agrees_with_serde::<Whence>();
        agrees_with_serde::<LockMode>();
        agrees_with_serde::<LockOwner>();
    }
}
