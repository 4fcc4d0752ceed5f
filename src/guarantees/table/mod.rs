//! The guarantees: one file per topic.

mod claims;
mod deleting;
mod locks;
mod names;
mod rewriting;
mod saving;
mod scans;
mod shared;

use super::{Guarantee, Promise, Sign, Test, Topic};

/// All topics, in the order in which they are shown.
pub const TOPICS: [Topic; 8] = [
    saving::TOPIC,
    rewriting::TOPIC,
    names::TOPIC,
    claims::TOPIC,
    locks::TOPIC,
    shared::TOPIC,
    deleting::TOPIC,
    scans::TOPIC,
];

/// All guarantees, in the order in which they are shown.
pub fn guarantees() -> impl Iterator<Item = &'static Guarantee> {
    TOPICS.into_iter().flat_map(|topic| topic.guarantees)
}

/// A test in rounds mode: the rounds are the trials.
const fn rounds(scenario: &'static str, signs: &'static [Sign]) -> Test {
    Test { scenario, signs, looks_of: "" }
}

/// A test in free mode: what that detector could look at are the trials.
const fn free(scenario: &'static str, signs: &'static [Sign], looks_of: &'static str) -> Test {
    Test { scenario, signs, looks_of }
}

/// A read gave something else than a whole version that belongs there.
const BAD_READ: &[Sign] = &[
    Sign::Code("empty-read"),
    Sign::Code("torn-read"),
    Sign::Code("wrong-content"),
    Sign::Code("stale-read"),
    Sign::Code("torn-size"),
    Sign::Code("lost-write"),
    Sign::Code("zero-inode-fd"),
    Sign::Code("identity-changed"),
];

/// A call failed, or succeeded, as it must not.
const BAD_ERRNO: &[Sign] = &[Sign::Code("unexpected-errno")];

/// Two had what only one can have.
const TWO_HOLDERS: &[Sign] = &[
    Sign::Code("exclusive-twice"),
    Sign::Code("lock-overlap"),
    Sign::Code("wrong-content"),
    Sign::Code("torn-read"),
    Sign::Code("empty-read"),
    Sign::Code("unexpected-errno"),
];

/// Whatever the race shows that it must not.
const ANY: &[Sign] = &[Sign::Any];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::DETECTORS;
    use crate::model::relax::relaxation;

    fn is_code(code: &str) -> bool {
        DETECTORS.iter().any(|detector| detector.code == code)
    }

    #[test]
    fn every_guarantee_has_a_name_a_sentence_advice_and_a_source() {
        let mut names: Vec<&str> = Vec::new();
        for Guarantee { name, sentence, advice, source, .. } in guarantees() {
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
            assert!(!names.contains(name), "{name} twice");
            names.push(name);
            let ends_well = |c: char| c.is_ascii_alphanumeric() || c == ')';
            assert!(sentence.ends_with(ends_well), "{name}: {sentence}");
            assert!(sentence.len() <= 100, "{name}: {} letters", sentence.len());
            assert!(advice.ends_with('.') && source.starts_with("https://"), "{name}");
        }
    }

    #[test]
    fn every_guarantee_is_tested_or_says_why_not() {
        for guarantee in guarantees() {
            let untestable = matches!(guarantee.promise, Promise::Untestable(_));
            assert_eq!(guarantee.tests.is_empty(), untestable, "{}", guarantee.name);
        }
    }

    #[test]
    fn signs_are_codes_and_relaxations_that_there_are() {
        for guarantee in guarantees() {
            for test in guarantee.tests {
                let at = (guarantee.name, test.scenario);
                assert!(test.looks_of.is_empty() || is_code(test.looks_of), "{at:?}");
                assert!(!test.signs.is_empty(), "{at:?}");
                for sign in test.signs {
                    let known = match *sign {
                        Sign::Code(code) => is_code(code),
                        Sign::Relaxed(name) => relaxation(name).is_some(),
                        Sign::Any => guarantee.promise.is_made(),
                        Sign::Outcome(words) => !guarantee.promise.is_made() && !words.is_empty(),
                    };
                    assert!(known, "{at:?}: {sign:?}");
                }
            }
        }
    }
}
