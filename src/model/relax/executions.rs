//! Every way in which a small program can run, with what is accepted: its outcomes, and the orders of
//! the calls that lead to each.
//!
//! It is for whoever has to judge without a model. `explore` counts outcomes, and
//! `search` explains one; this lists them with calls that are relaxed.

use std::collections::{HashMap, HashSet};

use thiserror::Error;

use super::memory::Memory;
use super::{Attempt, Move, Pending, Relaxation, path_walk, readdir_live};
use crate::model::{Limits, Nexts, Position, Program, State, Terms, TooLarge, Walking, Who, World};
use crate::outcome::{Done, Outcome, Returned};

/// What happens to a call at one moment of an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Moment {
    /// All of it.
    Whole,
    /// It begins, and goes on.
    Begins,
    /// It returns.
    Returns,
}

/// The moments of all calls of one execution, each with the actor whose next call it is of.
pub type Execution = Vec<(u16, Moment)>;

/// All outcomes of a program, in the terms of the model, each with the executions that lead to it. Of
/// those, one is left out if another leads to the same outcome and keeps at least as many calls one
/// after the other. None at all: they are too many to be listed.
pub type Executions = Vec<(Outcome, Vec<Execution>)>;

/// Names that may come into a directory or leave it while it is scanned: each can be seen or not.
const MOST_NAMES: usize = 6;

/// Why the executions of a program cannot be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unlisted {
    /// They are too many.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// What a scan may report is too much.
    #[error("more than {0} names change in a directory that is scanned")]
    ManyNames(usize),
}

/// Lists them, with these relaxations in force, of those that are accepted unless somebody refuses them:
/// they begin and go on whatever the call is going to return. The orders are left out if there are more
/// than `orders` of them.
///
/// # Errors
/// [`Unlisted`], if there are more worlds on the way than that, or too many names in a scan.
pub fn executions(
    program: &Program,
    terms: &Terms,
    relaxed: &[&'static Relaxation],
    limits: Limits,
    orders: usize,
) -> Result<Executions, Unlisted> {
    let relaxed: Vec<_> = relaxed.iter().copied().filter(|one| one.accepted).collect();
    let relaxed = relaxed.as_slice();
    let listed = |ordered| Listing { program, terms, relaxed, ordered, limits }.run();
    match listed(true) {
        Ok(all) if all.iter().map(|(_, executions)| executions.len()).sum::<usize>() <= orders => {
            Ok(all)
        }
        Err(Unlisted::ManyNames(most)) => Err(Unlisted::ManyNames(most)),
        _ => listed(false),
    }
}

/// A point of an execution, with all that has led to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Node {
    world: World,
    /// With the place of the relaxation.
    pending: Vec<Option<(usize, Pending)>>,
    /// Whether others have changed anything since the call of an actor went on last: if not, it is as
    /// good as one that happens at once.
    disturbed: Vec<bool>,
    done: Vec<Vec<Done>>,
    moments: Execution,
}

struct Listing<'a> {
    program: &'a Program,
    terms: &'a Terms,
    relaxed: &'a [&'static Relaxation],
    ordered: bool,
    limits: Limits,
}

impl Listing<'_> {
    fn run(&self) -> Result<Executions, Unlisted> {
        let actors = self.program.actors();
        let mut open = vec![Node {
            world: self.program.start(),
            pending: vec![None; actors],
            disturbed: vec![false; actors],
            done: vec![Vec::new(); actors],
            moments: Vec::new(),
        }];
        let mut visited = HashSet::new();
        let mut found: HashMap<Outcome, Vec<Execution>> = HashMap::new();
        while let Some(node) = open.pop() {
            if visited.contains(&node) {
                continue;
            }
            if visited.len() >= self.limits.worlds {
                return Err(TooLarge::Worlds(self.limits.worlds).into());
            }
            if node.world.is_done() && node.pending.iter().all(Option::is_none) {
                let mut left = self.program.left(&node.world.state);
                self.terms.left(&mut left);
                let outcome = Outcome { actors: node.done.clone(), left };
                let known = found.entry(outcome).or_default();
                if self.ordered {
                    known.push(node.moments.clone());
                }
                if found.len() > self.limits.outcomes {
                    return Err(TooLarge::Outcomes(self.limits.outcomes).into());
                }
            }
            for actor in 0..actors {
                self.moves(&node, actor, &mut open)?;
            }
            visited.insert(node);
        }
        let mut all: Executions = found.into_iter().collect();
        all.iter_mut().for_each(|(_, executions)| *executions = widest(executions));
        all.sort_unstable();
        Ok(all)
    }

    /// Everything that an actor can do next.
    fn moves(&self, node: &Node, actor: usize, open: &mut Vec<Node>) -> Result<(), Unlisted> {
        let position = node.world.positions[actor];
        if position == Position::DONE {
            return Ok(());
        }
        let who = Who::new(self.program, actor, position.step);
        let step = self.program.step(actor, position.step);
        let pending: Vec<Option<Pending>> = node
            .pending
            .iter()
            .map(|one| one.as_ref().map(|(_, pending)| pending.clone()))
            .collect();
        let attempt = Attempt {
            who,
            step,
            state: &node.world.state,
            seen: &Returned::TooMuch,
            pending: &pending,
            cuts: &[],
            terms: self.terms,
            memory: &Memory::default(),
        };
        if let Some((by, pending)) = &node.pending[actor] {
            let go_on =
                |seen: &Returned| (self.relaxed[*by].go_on)(&Attempt { seen, ..attempt }, pending);
            for made in go_on(attempt.seen).into_iter().filter(|made| made.pending.is_some()) {
                open.push(self.after(node, actor, Some(*by), made, Returned::TooMuch));
            }
            if let Pending::Walk(walking) = pending {
                // What it has found can be scanned while others change it.
                if let Some(resolved) = walking.leads_to(&step.call, &who, attempt.state) {
                    let attempt = Attempt { who: Who { resolved: &resolved, ..who }, ..attempt };
                    self.begin(node, &attempt, open);
                }
            }
            if !node.disturbed[actor] {
                return Ok(());
            }
            for seen in self.candidates(&attempt, pending)? {
                for made in go_on(&seen).into_iter().filter(|made| made.pending.is_none()) {
                    let after = self.after(node, actor, Some(*by), made, seen.clone());
                    if !self.is_whole_here(node, actor, &seen, &after.world.state) {
                        open.push(after);
                    }
                }
            }
            return Ok(());
        }
        self.begin(node, &attempt, open);
        let mut nexts = Nexts::default();
        self.program.nexts(&node.world, actor, &mut nexts);
        for mut next in nexts.0 {
            self.terms.returned(&mut next.returned);
            open.push(self.after(node, actor, None, Move::returns(next.state), next.returned));
        }
        Ok(())
    }

    /// The ways in which relaxations let a call begin, or act on what it has resolved.
    fn begin(&self, node: &Node, attempt: &Attempt<'_>, open: &mut Vec<Node>) {
        let actor = attempt.who.actor;
        let walks = node.pending[actor].is_some();
        for (by, relaxation) in self.relaxed.iter().enumerate() {
            let walks_again = walks && **relaxation == path_walk::RELAXATION;
            if (relaxation.touches)(attempt.step) && !walks_again {
                for made in (relaxation.begin)(attempt) {
                    open.push(self.after(node, actor, Some(by), made, Returned::TooMuch));
                }
            }
        }
    }

    /// Whether a call that returns this now might as well not have begun yet: as a whole, it does the same.
    fn is_whole_here(&self, node: &Node, actor: usize, seen: &Returned, after: &State) -> bool {
        let mut world = node.world.clone();
        world.state.release(u16::MAX - actor as u16);
        let mut nexts = Nexts::default();
        self.program.nexts(&world, actor, &mut nexts);
        nexts.0.iter_mut().for_each(|next| self.terms.returned(&mut next.returned));
        let same = |state: &Option<State>| state.as_ref().unwrap_or(&world.state) == after;
        nexts.0.iter().any(|next| next.returned == *seen && same(&next.state))
    }

    /// What a call that is under way may return now, and perhaps more.
    fn candidates(
        &self,
        attempt: &Attempt<'_>,
        pending: &Pending,
    ) -> Result<Vec<Returned>, Unlisted> {
        Ok(match pending {
            Pending::Walk(walking) => self.of_walk(attempt, walking),
            Pending::Scan { must, may, .. } => {
                let text = |name| attempt.who.program.names.text(name).to_owned();
                let must: Vec<String> = must.iter().map(|(name, _)| text(*name)).collect();
                let may = may.iter().map(|one| (text(one.name), usize::from(one.times)));
                let may: Vec<_> = may.filter(|(name, _)| !must.contains(name)).collect();
                if may.len() > MOST_NAMES {
                    return Err(Unlisted::ManyNames(MOST_NAMES));
                }
                let mut all = vec![must.clone()];
                for (name, most) in may {
                    for names in all.clone() {
                        for times in 1..=most {
                            let seen = names.iter().cloned();
                            all.push(seen.chain(vec![name.clone(); times]).collect());
                        }
                    }
                }
                all.iter_mut().for_each(|names| names.sort_unstable());
                let names = all.into_iter().map(Returned::Names);
                names.chain([Returned::Failed(libc::ENOENT as u16)]).collect()
            }
            _ => Vec::new(),
        })
    }

    fn of_walk(&self, attempt: &Attempt<'_>, walking: &Walking) -> Vec<Returned> {
        let call = &attempt.step.call;
        let mut all = Vec::new();
        if let Some(resolved) = walking.leads_to(call, &attempt.who, attempt.state) {
            let mut nexts = Nexts::default();
            call.apply(&Who { resolved: &resolved, ..attempt.who }, attempt.state, &mut nexts);
            for mut next in nexts.0 {
                self.terms.returned(&mut next.returned);
                if !all.contains(&next.returned) {
                    all.push(next.returned);
                }
            }
        }
        all
    }

    /// The node after a call, or a part of it, that a relaxation made or none.
    fn after(
        &self,
        node: &Node,
        actor: usize,
        by: Option<usize>,
        made: Move,
        returned: Returned,
    ) -> Node {
        let mut after = node.clone();
        if let Some(state) = made.state {
            // What a call holds while it is under way is no change.
            let mut before = node.world.state.clone();
            before.release(u16::MAX - actor as u16);
            if made.pending.is_none() && state != before {
                after.disturbed.fill(true);
            }
            after.world.state = state;
            readdir_live::watch(&mut after.pending, &after.world.state);
        }
        after.disturbed[actor] = false;
        let was = node.pending[actor].is_some();
        let moment = match (was, made.pending.is_some()) {
            (false, false) => Some(Moment::Whole),
            (false, true) => Some(Moment::Begins),
            (true, false) => Some(Moment::Returns),
            (true, true) => None,
        };
        if self.ordered {
            after.moments.extend(moment.map(|moment| (actor as u16, moment)));
        }
        if made.pending.is_none() {
            let position = after.world.positions[actor];
            after.world.positions[actor] = self.program.advance(position, actor, &returned);
            after.done[actor].push(Done { step: position.step, returned });
        }
        after.pending[actor] = by.zip(made.pending);
        after
    }
}

/// First and last moment of every call.
fn spans(execution: &Execution) -> Vec<(u16, usize, usize)> {
    let mut spans: Vec<(u16, usize, usize)> = Vec::new();
    for (at, &(actor, moment)) in execution.iter().enumerate() {
        match moment {
            Moment::Whole | Moment::Begins => spans.push((actor, at, at)),
            Moment::Returns => {
                let own = spans.iter_mut().rev().find(|(other, ..)| *other == actor);
                own.into_iter().for_each(|span| span.2 = at);
            }
        }
    }
    // By actor, so that the calls of two executions stand at the same places.
    spans.sort_by_key(|(actor, ..)| *actor);
    spans
}

/// Those of which no other keeps as many calls one after the other.
fn widest(executions: &[Execution]) -> Vec<Execution> {
    let whole =
        |execution: &Execution| execution.iter().all(|(_, moment)| *moment == Moment::Whole);
    let keeps = |wide: &[(u16, usize, usize)], other: &[(u16, usize, usize)]| {
        (0..wide.len())
            .all(|a| (0..wide.len()).all(|b| other[a].2 >= other[b].1 || wide[a].2 < wide[b].1))
    };
    // Whole calls are all one after the other: nothing keeps more than they do.
    let (mut kept, others): (Vec<_>, Vec<_>) =
        executions.iter().cloned().partition(|execution| whole(execution));
    let mut kept_spans: Vec<_> = kept.iter().map(spans).collect();
    let mut others = others;
    others.sort_by_key(Vec::len);
    for other in others {
        let own = spans(&other);
        if !kept_spans.iter().any(|wide| keeps(wide, &own)) {
            kept.push(other);
            kept_spans.push(own);
        }
    }
    kept.sort_unstable();
    kept.dedup();
    kept
}
