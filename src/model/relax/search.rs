//! Whether an interleaving explains an outcome when calls are relaxed.
//!
//! The same search as [`crate::model`]'s check, with calls that begin at one moment and return at
//! a later one. It is made for the few outcomes that have no explanation without.

use foldhash::fast::FixedState;
use hashbrown::HashSet;

use super::memory::{Caches, Memory};
use super::{
    Attempt, Move, NO_REALTIME, Pending, Relaxation, nlink_stale, readdir_live, truncate_zeros,
};
use crate::model::{Nexts, Position, Program, Terms, Walking, Who, World, key};
use crate::ops::call::Call;
use crate::outcome::{Interval, Outcome, Returned, precedes};
use crate::scenario::Whence;

/// What is to be explained, and by what.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The program.
    pub program: &'a Program,
    /// What was observed, in the terms of the program.
    pub outcome: &'a Outcome,
    /// When, per actor; `None` leaves real time out of it.
    pub times: Option<&'a [Vec<Interval>]>,
    /// What the clocks can be wrong by, in ticks.
    pub error: u64,
    /// The terms in which model and observation are compared; `outcome` is in them.
    pub terms: &'a Terms,
    /// Worlds that are looked at.
    pub limit: usize,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Searched {
    /// There is an interleaving.
    Explained,
    /// There is none.
    Unexplained,
    /// The limit was reached.
    GaveUp,
}

/// Everything that decides what can come next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Node {
    /// Per actor, how many steps have returned.
    returned: Vec<u16>,
    world: World,
    pending: Vec<Option<(usize, Pending)>>,
    /// What a call that is under way had resolved of its paths before it began to act.
    walked: Vec<Option<Walking>>,
    memory: Memory,
}

/// Looks for an interleaving with these relaxations.
pub fn search(question: &Question<'_>, relaxed: &[&'static Relaxation]) -> Searched {
    let Question { program, outcome, .. } = *question;
    let silly = relaxed.contains(&&super::silly_rename::RELAXATION);
    let tidy;
    let outcome = if silly {
        tidy = super::silly_rename::without_leftovers(outcome);
        &tidy
    } else {
        outcome
    };
    let search = Search {
        question: Question { outcome, ..*question },
        times: question.times.filter(|_| !relaxed.contains(&&NO_REALTIME)),
        relaxed,
        cuts: cuts(program, outcome),
        caches: Caches::of(program, outcome, relaxed),
    };
    let start = Node {
        returned: vec![0; program.actors()],
        world: program.start(),
        pending: vec![None; program.actors()],
        walked: vec![None; program.actors()],
        memory: search.caches.start(program, question.terms),
    };
    let mut visited = HashSet::with_hasher(FixedState::default());
    let mut open = vec![start];
    while let Some(node) = open.pop() {
        // By their hashes: nodes themselves would take a hundred times the room.
        if !visited.insert(key::hash(&node)) {
            continue;
        }
        if visited.len() > question.limit {
            return Searched::GaveUp;
        }
        if search.is_explained(&node) {
            return Searched::Explained;
        }
        for actor in 0..program.actors() {
            search.moves(&node, actor, &mut open);
        }
    }
    Searched::Unexplained
}

/// Whether a step that the model lets return this can have been observed so.
pub(super) fn explains(model: &Returned, seen: &Returned) -> bool {
    match (model, seen) {
        // The model does not know.
        (Returned::TooMuch, _) => *seen != Returned::Skipped,
        (_, Returned::TooMuch) => model.errno() == 0 && *model != Returned::Skipped,
        _ => model == seen,
    }
}

/// Where something that was seen breaks off, as an offset in its file: the ends of the pieces of every
/// read and of every file that is left, and every size that was seen. Of a read whose offset is known
/// only at its time, the offset is taken to be 0.
fn cuts(program: &Program, outcome: &Outcome) -> Vec<u64> {
    let mut cuts = Vec::new();
    for (actor, steps) in outcome.actors.iter().enumerate() {
        for done in steps {
            match (&done.returned, &program.step(actor, done.step).call) {
                (Returned::Read(read), call) => {
                    let from = match call {
                        Call::Read(call) => call.offset.unwrap_or_default(),
                        _ => 0,
                    };
                    let ends = super::torn_read::pieces(read).into_iter();
                    cuts.extend(ends.map(|end| from.saturating_add(end)));
                }
                (Returned::Stat(stat), _) => cuts.extend(stat.size),
                (Returned::Offset(to), Call::Lseek(call)) if call.whence == Whence::End => {
                    cuts.extend(to.checked_add_signed(call.offset.wrapping_neg()));
                }
                _ => {}
            }
        }
    }
    for content in outcome.left.iter().filter_map(|left| left.content.as_ref()) {
        cuts.extend(super::torn_read::pieces(content));
    }
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

struct Search<'a> {
    question: Question<'a>,
    times: Option<&'a [Vec<Interval>]>,
    relaxed: &'a [&'static Relaxation],
    cuts: Vec<u64>,
    caches: Caches,
}

impl Search<'_> {
    fn is_explained(&self, node: &Node) -> bool {
        let Question { program, outcome, terms, .. } = self.question;
        let all = node.returned.iter().zip(&outcome.actors);
        let mut left = all.map(|(&returned, done)| usize::from(returned) < done.len());
        if left.any(|left| left) || node.pending.iter().any(Option::is_some) {
            return false;
        }
        let mut tree = program.left(&node.world.state);
        terms.left(&mut tree);
        let stale = self.relaxed.contains(&&nlink_stale::RELAXATION);
        tree == outcome.left || stale && nlink_stale::is_same(&tree, &outcome.left)
    }

    /// Whether the next step of an actor may begin: nothing that has not returned came before it.
    fn may_begin(&self, node: &Node, actor: usize) -> bool {
        let Some(times) = self.times else { return true };
        let next = |actor: usize| times[actor].get(usize::from(node.returned[actor]));
        let Some(this) = next(actor) else { return false };
        (0..times.len()).filter(|&other| other != actor).all(|other| {
            next(other).is_none_or(|that| !precedes(*that, *this, self.question.error))
        })
    }

    fn moves(&self, node: &Node, actor: usize, open: &mut Vec<Node>) {
        let Question { program, outcome, .. } = self.question;
        let index = usize::from(node.returned[actor]);
        let Some(seen) = outcome.actors[actor].get(index) else { return };
        let position = node.world.positions[actor];
        if position == Position::DONE || position.step != seen.step {
            return;
        }
        let pending: Vec<Option<Pending>> = node
            .pending
            .iter()
            .map(|one| one.as_ref().map(|(_, pending)| pending.clone()))
            .collect();
        let who = Who::new(program, actor, position.step);
        let step = program.step(actor, position.step);
        let walked = match &node.pending[actor] {
            Some((_, Pending::Walk(walking))) => Some(walking),
            _ => node.walked[actor].as_ref(),
        };
        let resolved = walked.and_then(|one| one.leads_to(&step.call, &who, &node.world.state));
        let attempt = Attempt {
            who: Who { resolved: resolved.as_deref().unwrap_or_default(), ..who },
            step,
            state: &node.world.state,
            seen: &seen.returned,
            pending: &pending,
            cuts: &self.cuts,
            terms: self.question.terms,
            memory: &node.memory,
        };
        if let Some((by, pending)) = &node.pending[actor] {
            for made in (self.relaxed[*by].go_on)(&attempt, pending) {
                open.push(self.after(node, &attempt, Some(*by), made));
            }
            if matches!(pending, Pending::Walk(_)) {
                // It can be relaxed in what it does then, too.
                self.begin(node, &attempt, open);
            }
            return;
        }
        if !self.may_begin(node, actor) {
            return;
        }
        self.begin(node, &attempt, open);
        let mut nexts = Nexts::default();
        program.nexts(&node.world, actor, &mut nexts);
        for mut next in nexts.0 {
            self.question.terms.returned(&mut next.returned);
            if explains(&next.returned, &seen.returned) {
                let made = Move::returns(next.state);
                open.push(self.after(node, &attempt, None, made));
            }
        }
    }

    /// The ways in which relaxations let a call begin to act.
    fn begin(&self, node: &Node, attempt: &Attempt<'_>, open: &mut Vec<Node>) {
        let walks = node.pending[attempt.who.actor].is_some();
        for (by, relaxation) in self.relaxed.iter().enumerate() {
            let too_late = walks && relaxation.looks_up;
            if (relaxation.touches)(attempt.step) && !too_late {
                for made in (relaxation.begin)(attempt) {
                    open.push(self.after(node, attempt, Some(by), made));
                }
            }
        }
    }

    /// The node after a step, or a part of it, that a relaxation made or none.
    fn after(&self, node: &Node, attempt: &Attempt<'_>, by: Option<usize>, made: Move) -> Node {
        let actor = attempt.who.actor;
        let mut after = node.clone();
        if let Some(state) = made.state {
            after.world.state = state;
            readdir_live::watch(&mut after.pending, &after.world.state);
            truncate_zeros::watch(&mut after.pending, &after.world.state);
        }
        let returned = made.pending.is_none();
        match (&node.pending[actor], &made.pending) {
            (Some((_, Pending::Walk(_))), Some(Pending::Walk(_))) => {}
            (Some((_, Pending::Walk(walking))), _) => after.walked[actor] = Some(walking.clone()),
            _ => {}
        }
        after.pending[actor] = by.zip(made.pending);
        if returned {
            if after.walked[actor].take().is_some() {
                after.world.state.release(attempt.site());
            }
            after.returned[actor] += 1;
            let position = after.world.positions[actor];
            after.world.positions[actor] =
                self.question.program.advance(position, actor, attempt.seen);
        }
        let by = by.map(|by| self.relaxed[by]);
        self.caches.take_in(&mut after.memory, attempt, &after.world.state, returned, by);
        after
    }
}
