//! Finds every world that a looping program can reach, each once.

use std::collections::VecDeque;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::canonical::canonical;
use super::draw::{Draw, Drawn, Pools};
use super::notes::Notes;
use super::possible::{Changes, Possible};
use super::split::{Moving, steps};
use super::touch::{changes, looks_at};
use super::worlds::Numbered;
use super::{Endless, Limits};
use crate::content::ContentItem;
use crate::model::{Id, Next, Nexts, Node, Position, Program, State, Walking, Who, at_most};
use crate::ops::call::Call;
use crate::outcome::Returned;
use crate::plan::{AGAIN, Plan, StepId};

/// Repetitions of a step that are counted.
const COUNTED: u32 = 8;

/// Where an actor stands: the step that comes next, [`AGAIN`] at the end of an iteration, and the
/// number of the call that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Stand {
    step: StepId,
    /// How often it has made the step already.
    repeated: u32,
    walking: Option<u32>,
}

impl Stand {
    fn at(step: StepId) -> Self {
        Self { step, repeated: 0, walking: None }
    }
}

/// Where all actors stand, what their names stand for, and the state, by number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct World {
    stands: Box<[Stand]>,
    drawn: u32,
    state: u32,
}

/// A state and the calls that are under way.
type Form = (u32, Vec<u32>);

/// What an actor can do where it stands.
#[derive(Debug, Default)]
struct Ways {
    /// Where it stands then, and the state.
    to: Vec<(Stand, u32)>,
    looks: Option<Id>,
    changes: Vec<(Id, Changes)>,
}

pub(super) struct Search<'a> {
    plan: &'a Plan,
    program: &'a Program,
    /// Worlds that are looked at.
    most: usize,
    moving: Moving,
    draw: Draw<'a>,
    pools: Pools,
    given: Pools,
    states: Numbered<State>,
    drawns: Numbered<Drawn>,
    walks: Numbered<Walking>,
    worlds: Numbered<World>,
    /// The canonical form of a state and of the calls under way.
    canonical: HashMap<Form, Form, FixedState>,
    /// By state, actor, where it stands, and what its names stand for.
    known: HashMap<(u32, usize, Stand, u32), usize, FixedState>,
    ways: Vec<Ways>,
    notes: Notes<'a>,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        program: &'a Program,
        draw: Draw<'a>,
        pools: Pools,
        limits: Limits,
    ) -> Self {
        Self {
            plan,
            program,
            most: at_most(limits.worlds, program),
            moving: Moving::of(program),
            draw,
            given: pools.clone(),
            pools,
            states: Numbered::default(),
            drawns: Numbered::default(),
            walks: Numbered::default(),
            worlds: Numbered::default(),
            canonical: HashMap::default(),
            known: HashMap::default(),
            ways: Vec::new(),
            notes: Notes::new(plan, program),
        }
    }

    /// What every step can show, per actor.
    ///
    /// # Errors
    /// [`Endless`].
    pub(super) fn run(mut self) -> Result<(Vec<Vec<Possible>>, usize), Endless> {
        // What is given up can be found by whoever drew before, and where items are put decides
        // what their reads look like: so once more, until nothing is new.
        loop {
            self.begin();
            self.explore()?;
            let again = self.notes.look_again();
            if self.given == self.pools && !again {
                return Ok((self.notes.finish(), self.worlds.len()));
            }
            self.pools = self.given.clone();
        }
    }

    fn begin(&mut self) {
        self.states = Numbered::default();
        self.drawns = Numbered::default();
        self.walks = Numbered::default();
        self.worlds = Numbered::default();
        self.canonical.clear();
        self.known.clear();
        self.ways.clear();
        self.notes.begin();
    }

    fn explore(&mut self) -> Result<(), Endless> {
        // Every actor begins at the end of an iteration, where it draws its names.
        let state = self.states.number(self.program.initial.clone());
        let drawn = self.drawns.number(self.draw.nothing());
        let stands = vec![Stand::at(AGAIN); self.program.actors()].into();
        self.worlds.number(World { stands, drawn, state });
        let mut queue: VecDeque<u32> = VecDeque::from([0]);
        while let Some(number) = queue.pop_front() {
            let world = self.worlds.get(number).clone();
            for next in self.nexts(&world)? {
                let before = self.worlds.len();
                let number = self.worlds.number(next);
                if self.worlds.len() > before {
                    queue.push_back(number);
                }
            }
            // Of each world there may be several states that are the same but for their ids.
            if self.worlds.len() > self.most || self.states.len() > 4 * self.most {
                return Err(Endless::Worlds(self.most));
            }
        }
        Ok(())
    }

    fn nexts(&mut self, world: &World) -> Result<Vec<World>, Endless> {
        let mut nexts = Vec::new();
        let mut all = Vec::new();
        for (actor, &stand) in world.stands.iter().enumerate() {
            let ways = self.ways(world, actor, stand)?;
            all.push(ways);
            for &(stand, state) in &self.ways[ways].to {
                let mut next = World { state, ..world.clone() };
                next.stands[actor] = stand;
                nexts.push(next);
            }
            if stand.step == AGAIN && self.ways[ways].to.is_empty() {
                self.next_iteration(world, actor, &mut nexts)?;
            }
        }
        self.note_meetings(world, &all);
        for next in &mut nexts {
            self.settle(next);
        }
        Ok(nexts)
    }

    /// Brings the state of a world into its canonical form, and the calls under way with it.
    fn settle(&mut self, world: &mut World) {
        let under_way: Vec<u32> = world.stands.iter().filter_map(|stand| stand.walking).collect();
        let key = (world.state, under_way);
        if !self.canonical.contains_key(&key) {
            let walks: Vec<&Walking> = key.1.iter().map(|&walk| self.walks.get(walk)).collect();
            let (state, walks) = canonical(self.states.get(world.state), &walks);
            let walks = walks.into_iter().map(|walk| self.walks.number(walk)).collect();
            let form = (self.states.number(state), walks);
            self.canonical.insert(key.clone(), form);
        }
        let (state, walks) = &self.canonical[&key];
        world.state = *state;
        let under_way = world.stands.iter_mut().filter_map(|stand| stand.walking.as_mut());
        for (walking, canonical) in under_way.zip(walks) {
            *walking = *canonical;
        }
    }

    /// The actor has closed everything: it begins anew, with other names.
    fn next_iteration(
        &mut self,
        world: &World,
        actor: usize,
        nexts: &mut Vec<World>,
    ) -> Result<(), Endless> {
        let first = self.program.settle(actor, Position { step: 0, repeated: 0 });
        if first == Position::DONE {
            // Nothing but pauses.
            return Ok(());
        }
        let mut next = world.clone();
        next.stands[actor] = Stand::at(first.step);
        if !self.draw.is_for(actor) {
            nexts.push(next);
            return Ok(());
        }
        let (drawn, state) = (self.drawns.get(world.drawn), self.states.get(world.state));
        let ways = self.draw.again(actor, drawn, state, &self.pools, &mut self.given)?;
        for (drawn, state) in ways {
            let (drawn, state) = (self.drawns.number(drawn), self.states.number(state));
            nexts.push(World { drawn, state, ..next.clone() });
        }
        Ok(())
    }

    /// Notes which steps can look at a file while another actor changes it.
    fn note_meetings(&mut self, world: &World, all: &[usize]) {
        for (actor, &ways) in all.iter().enumerate() {
            let Some(file) = self.ways[ways].looks else { continue };
            for (other, &theirs) in all.iter().enumerate() {
                let changes = &self.ways[theirs].changes;
                let of_file = changes.iter().filter(|(id, _)| other != actor && *id == file);
                for (_, what) in of_file {
                    self.notes.meet(actor, world.stands[actor].step, *what);
                }
            }
        }
    }

    /// What an actor can do where it stands: an index into `ways`.
    fn ways(&mut self, world: &World, actor: usize, stand: Stand) -> Result<usize, Endless> {
        let drawn = if self.draw.is_for(actor) { world.drawn } else { 0 };
        let key = (world.state, actor, stand, drawn);
        if let Some(&known) = self.known.get(&key) {
            return Ok(known);
        }
        let state = self.states.get(world.state).clone();
        let ways = if stand.step == AGAIN {
            self.close(&state, actor, stand)
        } else {
            let names = self.draw.paths(actor, self.drawns.get(world.drawn));
            let who = Who { drawn: &names, ..Who::new(self.program, actor, stand.step) };
            self.step(&who, &state, world.state, stand)?
        };
        self.ways.push(ways);
        self.known.insert(key, self.ways.len() - 1);
        Ok(self.ways.len() - 1)
    }

    /// Closes one of the descriptors that an iteration has left open.
    fn close(&mut self, state: &State, actor: usize, stand: Stand) -> Ways {
        let slots = &state.slots[actor];
        let open = slots.iter().position(|slot| slot.is_some_and(|slot| !slot.shared));
        let Some(slot) = open else { return Ways::default() };
        let mut after = state.clone();
        let process = Who::new(self.program, actor, 0).process();
        after.close(actor, slot as u8, process);
        let changes = changes(state, &after);
        Ways { to: vec![(stand, self.states.number(after))], looks: None, changes }
    }

    fn step(
        &mut self,
        who: &Who<'_>,
        state: &State,
        number: u32,
        stand: Stand,
    ) -> Result<Ways, Endless> {
        let call = &self.program.step(who.actor, stand.step).call;
        let walking = stand.walking.map(|walking| self.walks.get(walking).clone());
        let mut ways =
            Ways { looks: looks_at(call, who, state, walking.as_ref()), ..Ways::default() };
        let settled = match &walking {
            None if self.moving.splits(self.program, who.actor, stand.step) => {
                Walking::default().step(call, who, state)
            }
            None => None,
            Some(walking) => walking.step(call, who, state),
        };
        if let Some(walking) = settled {
            let mut after = state.clone();
            after.hold_only(site(who.actor), walking.held());
            let stand = Stand { walking: Some(self.walks.number(walking)), ..stand };
            ways.to.push((stand, self.states.number(after)));
        }
        let mut nexts = Nexts::default();
        match &walking {
            None => call.apply(who, state, &mut nexts),
            Some(walking) => {
                if let Some(resolved) = walking.leads_to(call, who, state) {
                    let who = Who { resolved: &resolved, ..*who };
                    call.apply(&who, state, &mut nexts);
                }
            }
        }
        for Next { state: after, returned } in nexts.0 {
            self.notes.returned(who, state, call, &returned);
            let number = match after {
                None if walking.is_none() => number,
                after => {
                    let mut after = after.unwrap_or_else(|| state.clone());
                    after.release(site(who.actor));
                    self.check_growth(&after)?;
                    ways.changes.extend(changes(state, &after));
                    self.notes.changed(state, &after);
                    self.states.number(after)
                }
            };
            let follow = self.follow(who.actor, stand, &returned);
            ways.to.extend(follow.into_iter().map(|stand| (stand, number)));
        }
        Ok(ways)
    }

    /// Where an actor stands after its step has returned this. A step that is repeated often may
    /// be made any number of times.
    fn follow(&self, actor: usize, stand: Stand, returned: &Returned) -> Vec<Stand> {
        let plan = self.program.step(actor, stand.step);
        let jump = match returned {
            // As in the engine: nothing was called, so nothing is repeated or branched on.
            Returned::Skipped => Some(plan.next),
            _ => plan.on.jump(returned.errno()),
        };
        let settle = |step| self.program.settle(actor, Position { step, repeated: 0 }).step;
        let on = Stand::at(settle(jump.unwrap_or(plan.next)));
        let again = Stand { walking: None, ..stand };
        match plan.repeat {
            _ if jump.is_some() => vec![on],
            repeat if repeat > COUNTED => vec![on, again],
            repeat if stand.repeated + 1 < repeat => {
                vec![Stand { repeated: stand.repeated + 1, ..again }]
            }
            _ => vec![on],
        }
    }

    /// A file that grows with every iteration has no end of states.
    fn check_growth(&self, state: &State) -> Result<(), Endless> {
        let longest = state.inodes.iter().filter_map(|inode| match &inode.node {
            Node::File(content) => Some(content.len()),
            _ => None,
        });
        if longest.max().unwrap_or_default() > self.longest() {
            return Err(Endless::Grows);
        }
        Ok(())
    }

    /// More than any file is long that does not grow in every iteration.
    fn longest(&self) -> u64 {
        let written: u64 = self.plan.contents.iter().map(ContentItem::size).sum();
        let reach =
            steps(self.program).map(|(actor, step)| match &self.program.step(actor, step).call {
                Call::Write(call) => call.offset.unwrap_or_default(),
                Call::Truncate(call) => call.size,
                Call::Ftruncate(call) => call.size,
                Call::Lseek(call) => call.offset.unsigned_abs(),
                _ => 0,
            });
        let reach = reach.max().unwrap_or_default();
        reach.saturating_add(written.saturating_mul(16))
    }
}

/// What holds inodes for a call of this actor that is under way.
fn site(actor: usize) -> u16 {
    u16::MAX - actor as u16
}
