//! The fewest and mildest relaxations that explain an outcome.

use super::{Question, RELAXATIONS, Relaxation, Searched, search};
use crate::report::Class;

/// Why an outcome that the model forbids was seen.
#[derive(Clone, Debug, PartialEq)]
pub enum Explanation {
    /// These relaxations together explain it, and without any one of them it stays unexplained.
    /// None: the model allows it.
    Relaxed(Vec<&'static Relaxation>),
    /// Nothing does.
    Unexplained,
    /// The search grew too large.
    GaveUp,
}

impl Explanation {
    /// How bad it is: the worst of its relaxations. `None` if the model allows it, or nothing is
    /// known.
    pub fn class(&self) -> Option<Class> {
        match self {
            Self::Relaxed(relaxed) => relaxed.iter().map(|one| one.class).max(),
            Self::Unexplained => Some(Class::Unexplained),
            Self::GaveUp => None,
        }
    }
}

/// Explains an outcome. `accepted` are in force from the start and are not named.
///
/// First the mildest relaxation that explains it alone is looked for; then all that can touch the
/// program are turned on, and taken away one by one, the worst first, while it stays explained.
pub fn explain(question: &Question<'_>, accepted: &[&'static Relaxation]) -> Explanation {
    let touches = |relaxation: &&Relaxation| touches(question, relaxation);
    let accepted: Vec<&'static Relaxation> =
        accepted.iter().copied().filter(|one| touches(&&**one)).collect();
    match search(question, &accepted) {
        Searched::Explained => return Explanation::Relaxed(Vec::new()),
        Searched::GaveUp => return Explanation::GaveUp,
        Searched::Unexplained => {}
    }
    let others: Vec<&'static Relaxation> =
        RELAXATIONS.into_iter().filter(|one| !accepted.contains(one) && touches(&&**one)).collect();
    let with = |more: &[&'static Relaxation]| {
        let all: Vec<&'static Relaxation> = accepted.iter().chain(more).copied().collect();
        search(question, &all)
    };
    // A failure that anything at all explains (a spurious errno) is not looked into further.
    let mut gave_up = false;
    for &one in &others {
        match with(&[one]) {
            Searched::Explained => return Explanation::Relaxed(vec![one]),
            Searched::GaveUp => gave_up = true,
            Searched::Unexplained => {}
        }
    }
    let mut needed = others;
    match with(&needed) {
        Searched::Explained => {}
        Searched::Unexplained => return Explanation::Unexplained,
        Searched::GaveUp => return Explanation::GaveUp,
    }
    for place in (0..needed.len()).rev() {
        let mut fewer = needed.clone();
        fewer.remove(place);
        match with(&fewer) {
            Searched::Explained => needed = fewer,
            Searched::GaveUp => gave_up = true,
            Searched::Unexplained => {}
        }
    }
    // A set that is not certain to be minimal says too much.
    if gave_up && needed.len() > 2 { Explanation::GaveUp } else { Explanation::Relaxed(needed) }
}

fn touches(question: &Question<'_>, relaxation: &Relaxation) -> bool {
    let steps = question.outcome.actors.iter().enumerate();
    steps
        .flat_map(|(actor, done)| done.iter().map(move |done| (actor, done.step)))
        .any(|(actor, step)| (relaxation.touches)(question.program.step(actor, step)))
}
