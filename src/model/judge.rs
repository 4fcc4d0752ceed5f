//! Judges what rounds of one program show.

use std::cmp::Reverse;

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};

use super::check::{Checked, Stuck, Times, check};
use super::explore::{Explored, Limits, TooLarge, explore};
use super::key::{self, Key};
use super::moves::Moves;
use super::program::Program;
use super::terms::Terms;
use crate::outcome::{History, Outcome, Returned};

/// Whether POSIX allows what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// An interleaving explains it.
    Allowed,
    /// None does.
    Forbidden(Stuck),
    /// There were too many to look at.
    Unknown,
}

/// How much of what is allowed has been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Different outcomes that were seen and are allowed.
    pub seen: usize,
    /// Different outcomes that are allowed.
    pub allowed: usize,
}

/// Allowed outcomes that have not been seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// How many.
    pub count: usize,
    /// Some of them, each with the number of interleavings that lead to it.
    pub outcomes: Vec<(u128, Outcome)>,
}

/// Of more unseen outcomes than this, none is listed: sorting them would take room and time.
const SORTED: usize = 10_000;

/// Judges outcomes of one program: against the list of all of them where there is one, by a search
/// for each where the list would be too long. Either gives the same verdict, but that the search
/// may tell fewer files apart by their numbers (see [`Terms::bound`]).
#[derive(Debug)]
pub struct Judge {
    program: Program,
    limits: Limits,
    way: Way,
    /// By key; of the allowed ones only those that are not listed.
    verdicts: HashMap<Key, Verdict, FixedState>,
}

#[derive(Debug)]
enum Way {
    Listed {
        explored: Box<Explored>,
        keys: HashSet<Key, FixedState>,
        /// Whether the model does not know what some step returns: then the list is not all.
        open: bool,
    },
    Searched {
        terms: Terms,
        moves: Moves,
        why: TooLarge,
    },
}

impl Judge {
    /// Explores the program as far as these limits. A search is not longer either.
    pub fn new(program: Program, limits: Limits) -> Self {
        let limits = limits.of(&program);
        let way = match explore(&program, limits) {
            Ok(explored) => Way::Listed {
                keys: explored.outcomes().map(|(key, _)| key).collect(),
                open: explored.moves.all().iter().any(|one| one.returned == Returned::TooMuch),
                explored: Box::new(explored),
            },
            Err(why) => {
                let terms = Terms::bound(&program);
                Way::Searched { moves: fresh(&program, &terms), terms, why }
            }
        };
        Self { program, limits, way, verdicts: HashMap::default() }
    }

    /// The program.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// All outcomes, or why they are not listed.
    ///
    /// # Errors
    /// [`TooLarge`], if there are too many.
    pub fn explored(&self) -> Result<&Explored, TooLarge> {
        match &self.way {
            Way::Listed { explored, .. } => Ok(explored),
            Way::Searched { why, .. } => Err(*why),
        }
    }

    /// The terms in which outcomes are compared.
    pub fn terms(&self) -> &Terms {
        match &self.way {
            Way::Listed { explored, .. } => &explored.terms,
            Way::Searched { terms, .. } => terms,
        }
    }

    /// Whether an outcome is allowed, whenever its steps ran.
    pub fn verdict(&mut self, outcome: &Outcome) -> Verdict {
        let outcome = self.terms().outcome(outcome);
        self.judge(&outcome)
    }

    /// Whether an outcome is allowed when a step that had returned before another was called also
    /// came before it. `error` is what the clocks can be wrong by, in ticks.
    ///
    /// # Panics
    /// If there is not one interval for each step.
    pub fn verdict_in_time(&mut self, history: &History, error: u64) -> Verdict {
        let outcome = self.terms().outcome(&history.outcome);
        let verdict = self.judge(&outcome);
        if verdict != Verdict::Allowed {
            return verdict;
        }
        self.search(&outcome, Some(Times { steps: &history.times, error }))
    }

    /// How much of what is allowed is among these outcomes; `None` if that is not listed.
    pub fn coverage<'a>(&self, seen: impl IntoIterator<Item = &'a Outcome>) -> Option<Coverage> {
        let Way::Listed { explored, keys, .. } = &self.way else { return None };
        Some(Coverage { seen: self.keys(explored, keys, seen).len(), allowed: keys.len() })
    }

    /// The allowed outcomes that are not among these; `None` if what is allowed is not listed.
    /// Listed are at most `most`, those that most interleavings lead to first, and none where there
    /// are more than 10,000.
    pub fn unseen<'a>(
        &self,
        seen: impl IntoIterator<Item = &'a Outcome>,
        most: usize,
    ) -> Option<Unseen> {
        let Way::Listed { explored, keys, .. } = &self.way else { return None };
        let seen = self.keys(explored, keys, seen);
        let count = keys.len() - seen.len();
        let mut unseen: Vec<(u128, Key)> = Vec::new();
        if count <= SORTED {
            let left = explored.outcomes().filter(|(key, _)| !seen.contains(key));
            unseen.extend(left.map(|(key, count)| (count, key)));
            unseen.sort_unstable_by_key(|(count, key)| (Reverse(*count), *key));
        }
        let outcome = |&(count, key)| Some((count, explored.witness(&self.program, key)?));
        let outcomes = unseen.iter().take(most).filter_map(outcome).collect();
        Some(Unseen { count, outcomes })
    }

    /// The keys of outcomes, as far as they are allowed.
    fn keys<'a>(
        &self,
        explored: &Explored,
        allowed: &HashSet<Key, FixedState>,
        outcomes: impl IntoIterator<Item = &'a Outcome>,
    ) -> HashSet<Key, FixedState> {
        let key = |outcome| key::key(&self.program, &explored.terms.outcome(outcome)).ok();
        outcomes.into_iter().filter_map(key).filter(|key| allowed.contains(key)).collect()
    }

    /// The verdict on an outcome that is in the terms.
    fn judge(&mut self, outcome: &Outcome) -> Verdict {
        let Ok(key) = key::key(&self.program, outcome) else {
            // It did not follow its program; the search says where.
            return self.search(outcome, None);
        };
        if matches!(&self.way, Way::Listed { keys, .. } if keys.contains(&key)) {
            return Verdict::Allowed;
        }
        if let Some(known) = self.verdicts.get(&key) {
            return known.clone();
        }
        let searched = self.search(outcome, None);
        let verdict = match (&self.way, searched) {
            // The list says that it is not allowed; only how far it can be explained is unknown.
            (Way::Listed { open: false, .. }, Verdict::Unknown) if !is_partial(outcome) => {
                Verdict::Forbidden(Stuck::default())
            }
            (_, verdict) => verdict,
        };
        self.verdicts.insert(key, verdict.clone());
        verdict
    }

    fn search(&mut self, outcome: &Outcome, times: Option<Times<'_>>) -> Verdict {
        let Self { program, limits, way, .. } = self;
        let (terms, moves) = match way {
            Way::Listed { explored, .. } => {
                let Explored { terms, moves, .. } = &mut **explored;
                (&*terms, moves)
            }
            Way::Searched { terms, moves, .. } => {
                // What earlier searches have met is worth keeping, but not without end.
                if moves.states().len() > limits.worlds {
                    *moves = fresh(program, terms);
                }
                (&*terms, moves)
            }
        };
        match check(program, moves, terms, outcome, times, limits.worlds) {
            Checked::Allowed(_) => Verdict::Allowed,
            Checked::Forbidden(stuck) => Verdict::Forbidden(stuck),
            Checked::GaveUp => Verdict::Unknown,
        }
    }
}

/// Whether a step returned more than could be noted.
fn is_partial(outcome: &Outcome) -> bool {
    outcome.actors.iter().flatten().any(|done| done.returned == Returned::TooMuch)
}

fn fresh(program: &Program, terms: &Terms) -> Moves {
    let mut moves = Moves::new(program);
    moves.put_into(terms.clone());
    moves
}
