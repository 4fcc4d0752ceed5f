//! The page of everything that a report names: a code of a detector or a relaxation of the model.

use crate::detect::DETECTORS;
use crate::model::relax::RELAXATIONS;

/// Something that a report names and that has a page.
#[derive(Clone, Copy, Debug)]
pub struct Explained {
    /// Stable, kebab-case.
    pub name: &'static str,
    /// What it is, in one line.
    pub summary: &'static str,
    /// The page, in Markdown, with the name as its title.
    pub page: &'static str,
}

/// What is seen: the codes of the detectors.
pub fn detectors() -> impl Iterator<Item = Explained> {
    let one = |name, summary, page| Explained { name, summary, page };
    DETECTORS.iter().map(move |detector| one(detector.code, detector.summary, detector.page))
}

/// What explains it: the relaxations of the model.
pub fn relaxations() -> impl Iterator<Item = Explained> {
    let one = |name, summary, page| Explained { name, summary, page };
    RELAXATIONS.into_iter().map(move |relaxed| one(relaxed.name, relaxed.summary, relaxed.page))
}

/// The page of a code or a relaxation; where both have one name, they share it.
pub fn find(name: &str) -> Option<Explained> {
    detectors().chain(relaxations()).find(|one| one.name == name)
}
