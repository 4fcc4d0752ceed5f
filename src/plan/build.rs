//! Builds the plan of a scenario.

use std::collections::HashMap;
use std::time::Duration;

use libc::{
    O_APPEND, O_CLOEXEC, O_CREAT, O_DIRECTORY, O_DSYNC, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR,
    O_SYNC, O_TRUNC, O_WRONLY,
};
use thiserror::Error;

use super::contents::{Contents, TooManyWriters};
use super::errnos::{Through, allowed, unsupported};
use super::facts::{Facts, Placed, PlacedFixture, descriptor_paths};
use super::pattern::Pattern;
use super::text;
use super::{
    AGAIN, ActorPlan, ExpectPlan, FixtureKindPlan, FixturePlan, NamePiece, OnPlan, Plan, ReadFacts,
    SharedPlan, StepId, StepPlan, size_class,
};
use crate::content::ItemSet;
use crate::ops::OpKind;
use crate::ops::call::{Call, Directory, NameId, Place, SlotId};
use crate::ops::{data, locks, meta, names, open, pause, readdir};
use crate::scenario::{
    AccessMode, Actor, Content, Expect, FixtureKind, Jump, LockMode, LockOwner, Mode, OnResult,
    OpenFlag, Piece, Scenario, Step, Template, Whence,
};
use crate::sys::errno::{self, ErrnoSet};

/// How long a scenario runs that says nothing about it.
const DEFAULT_DURATION: Duration = Duration::from_secs(3);
/// Sizes that can be told apart.
const SIZES: usize = 62;
/// Room for the directory entries of a scan.
const SCAN_BUFFER: usize = 64 << 10;

/// What the command line decides about a run; `None` leaves it to the scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Settings {
    /// Stop after this long.
    pub duration: Option<Duration>,
    /// Stop after this many rounds (rounds mode).
    pub rounds: Option<u64>,
    /// Seed for a scenario that fixes none.
    pub seed: u64,
}

/// A scenario that is well formed but cannot be planned on this system.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlanError {
    /// More writers than tags.
    #[error(
        "scenario `{scenario}` has more tagged writers and texts than can be told apart \
         (254 and 255): use fewer actors or write the same text in several steps"
    )]
    TooManyWriters {
        /// Name of the scenario.
        scenario: String,
    },
    /// An open flag that this system lacks.
    #[error("scenario `{scenario}` opens with `{flag}`, which this system does not have")]
    NoFlag {
        /// Name of the scenario.
        scenario: String,
        /// Name of the flag.
        flag: &'static str,
    },
}

/// The plan of a scenario under these settings.
///
/// # Errors
/// [`PlanError`], when this system cannot express the scenario.
pub fn plan(scenario: &Scenario, settings: &Settings) -> Result<Plan, PlanError> {
    let too_many =
        |_: TooManyWriters| PlanError::TooManyWriters { scenario: scenario.name.clone() };
    let mut contents = Contents::default();
    let fixture = plan_fixture(scenario, &mut contents).map_err(too_many)?;
    let instances = instances(scenario);
    let drafts: Vec<Draft<'_>> = instances
        .iter()
        .map(|instance| Draft::new(scenario, instance, &mut contents))
        .collect::<Result<_, _>>()
        .map_err(too_many)?;
    let expected = expected_texts(scenario, &mut contents).map_err(too_many)?;
    let contents = contents.finish().map_err(too_many)?;
    let sizes = known_sizes(scenario, &contents);

    let placed: Vec<Placed<'_>> = drafts
        .iter()
        .enumerate()
        .flat_map(|(actor, draft)| draft.placed(actor, scenario))
        .collect();
    let placed_fixture = place_fixture(&fixture);
    let facts = Facts {
        steps: &placed,
        fixture: &placed_fixture,
        shared: scenario.shared.iter().map(|shared| Pattern::literal(&shared.path)).collect(),
        contents: &contents,
    };
    let processes = processes(&instances);
    let mut actors = Vec::new();
    for (index, draft) in drafts.iter().enumerate() {
        let process = processes.iter().position(|members| members.contains(&index));
        let compile = Compile {
            draft,
            placed: placed.iter().filter(|placed| placed.actor == index).collect(),
            facts: &facts,
            sizes: &sizes,
            expected: &expected,
            scenario,
        };
        actors.push(compile.actor(process.unwrap_or_default())?);
    }
    let shared = scenario.shared.iter().map(|shared| {
        let flags = open_flags(scenario, &shared.flags)?;
        Ok(SharedPlan { name: shared.name.clone(), path: shared.path.clone(), flags })
    });
    let run = &scenario.run;
    let unlimited = run.duration.is_none() && run.iterations.is_none();
    Ok(Plan {
        scenario: scenario.name.clone(),
        about: scenario.about.clone(),
        digest: scenario.digest.clone(),
        seed: run.seed.unwrap_or(settings.seed),
        mode: run.mode,
        duration: settings
            .duration
            .or(run.duration)
            .or((unlimited && run.mode == Mode::Free).then_some(DEFAULT_DURATION)),
        iterations: run.iterations,
        hang_after: run.hang_after,
        fixture,
        shared: shared.collect::<Result<_, _>>()?,
        processes,
        actors,
        contents,
        sizes,
        forbid: scenario.forbid.clone(),
    })
}

/// One actor of the scenario, counted out.
struct Instance<'a> {
    actor: &'a Actor,
    name: String,
}

fn instances(scenario: &Scenario) -> Vec<Instance<'_>> {
    let of = |actor| move |index| Instance { actor, name: instance_name(actor, index) };
    scenario.actors.iter().flat_map(|actor| (0..actor.count).map(of(actor))).collect()
}

fn instance_name(actor: &Actor, index: u32) -> String {
    if actor.count == 1 { actor.name.clone() } else { format!("{}.{index}", actor.name) }
}

fn processes(instances: &[Instance<'_>]) -> Vec<Vec<usize>> {
    let mut processes: Vec<Vec<usize>> = Vec::new();
    let mut named: HashMap<&str, usize> = HashMap::new();
    for (index, instance) in instances.iter().enumerate() {
        let known = instance.actor.process.as_deref().and_then(|name| named.get(name).copied());
        match known {
            Some(process) => processes[process].push(index),
            None => {
                if let Some(name) = &instance.actor.process {
                    named.insert(name, processes.len());
                }
                processes.push(vec![index]);
            }
        }
    }
    processes
}

fn plan_fixture(
    scenario: &Scenario,
    contents: &mut Contents,
) -> Result<Vec<FixturePlan>, TooManyWriters> {
    let mut made: Vec<FixturePlan> = Vec::new();
    // Hard links need their file first, whatever order they are written in.
    let is_link = |kind: &FixtureKind| matches!(kind, FixtureKind::HardLink(_));
    let (links, others): (Vec<_>, Vec<_>) =
        scenario.fixture.iter().partition(|entry| is_link(&entry.kind));
    for entry in others.into_iter().chain(links) {
        let kind = match &entry.kind {
            FixtureKind::File(content) => FixtureKindPlan::File(contents.item(content)?),
            FixtureKind::Directory => FixtureKindPlan::Directory,
            FixtureKind::Symlink(target) => FixtureKindPlan::Symlink(target.clone()),
            FixtureKind::HardLink(to) => FixtureKindPlan::HardLink(to.clone()),
        };
        for index in 0..entry.count {
            let path = fixture_path(&entry.path, index);
            for (end, _) in path.match_indices('/') {
                add_directory(&mut made, &path[..end]);
            }
            match kind {
                FixtureKindPlan::Directory => add_directory(&mut made, &path),
                _ => made.push(FixturePlan { path, kind: kind.clone() }),
            }
        }
    }
    Ok(made)
}

fn add_directory(made: &mut Vec<FixturePlan>, path: &str) {
    if !made.iter().any(|entry| entry.path == path) {
        made.push(FixturePlan { path: path.to_owned(), kind: FixtureKindPlan::Directory });
    }
}

fn fixture_path(template: &Template, index: u32) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        _ => index.to_string(),
    };
    template.0.iter().map(piece).collect()
}

fn place_fixture(fixture: &[FixturePlan]) -> Vec<PlacedFixture> {
    let place = |entry: &FixturePlan| PlacedFixture {
        path: entry.path.clone(),
        file: match entry.kind {
            FixtureKindPlan::File(item) => Some(item),
            _ => None,
        },
        directory: entry.kind == FixtureKindPlan::Directory,
        symlink: matches!(entry.kind, FixtureKindPlan::Symlink(_)),
        hard_link: match &entry.kind {
            FixtureKindPlan::HardLink(to) => Some(to.clone()),
            _ => None,
        },
    };
    fixture.iter().map(place).collect()
}

fn all_steps(actor: &Actor) -> impl Iterator<Item = (usize, &Step)> {
    let branches = actor.branches.iter().enumerate();
    let main = actor.steps.iter().map(|step| (0, step));
    main.chain(
        branches.flat_map(|(index, branch)| branch.steps.iter().map(move |step| (index + 1, step))),
    )
}

/// Items of the texts that `expect` clauses name.
fn expected_texts(
    scenario: &Scenario,
    contents: &mut Contents,
) -> Result<HashMap<String, u8>, TooManyWriters> {
    let mut items = HashMap::new();
    let steps = scenario.actors.iter().flat_map(all_steps).map(|(_, step)| step);
    for text in steps.filter_map(|step| step.expect.as_ref()?.content.as_ref()).flatten() {
        items.insert(text.clone(), contents.item(&Content::Text(text.clone()))?);
    }
    Ok(items)
}

fn known_sizes(scenario: &Scenario, contents: &[crate::content::ContentItem]) -> Vec<u64> {
    let steps = || scenario.actors.iter().flat_map(all_steps).map(|(_, step)| step);
    // Expected sizes come first: they are the ones that must not fall to "another size".
    let expected =
        steps().filter_map(|step| step.expect.as_ref()?.size.as_ref()).flatten().copied();
    let truncated = steps().filter_map(|step| step.size);
    let written = contents.iter().map(crate::content::ContentItem::size);
    let mut sizes = Vec::new();
    for size in expected.chain([0]).chain(truncated).chain(written) {
        if !sizes.contains(&size) && sizes.len() < SIZES {
            sizes.push(size);
        }
    }
    sizes
}

/// An actor instance with its names resolved.
struct Draft<'a> {
    name: String,
    steps: Vec<(usize, &'a Step)>,
    /// Step position of each block's first step.
    blocks: Vec<StepId>,
    actor: &'a Actor,
    slots: Vec<String>,
    names: Vec<(Template, Vec<NamePiece>)>,
    randoms: Vec<(u64, String)>,
    /// Item that each step writes.
    writes: Vec<Option<u8>>,
}

impl<'a> Draft<'a> {
    fn new(
        scenario: &'a Scenario,
        instance: &Instance<'a>,
        contents: &mut Contents,
    ) -> Result<Self, TooManyWriters> {
        let steps: Vec<(usize, &Step)> = all_steps(instance.actor).collect();
        let blocks = (0..=instance.actor.branches.len())
            .map(|block| steps.iter().take_while(|(other, _)| *other < block).count() as StepId)
            .collect();
        let mut slots: Vec<String> =
            scenario.shared.iter().map(|shared| shared.name.clone()).collect();
        for (_, step) in &steps {
            for name in [&step.fd, &step.new, &step.at].into_iter().flatten() {
                if !slots.contains(name) {
                    slots.push(name.clone());
                }
            }
        }
        let writes = steps
            .iter()
            .map(|(_, step)| {
                step.content.as_ref().map(|content| contents.item(content)).transpose()
            })
            .collect::<Result<_, _>>()?;
        let mut draft = Self {
            name: instance.name.clone(),
            steps,
            blocks,
            actor: instance.actor,
            slots,
            names: Vec::new(),
            randoms: Vec::new(),
            writes,
        };
        let steps = draft.steps.clone();
        for (_, step) in steps {
            for template in [&step.path, &step.to, &step.target].into_iter().flatten() {
                draft.add_name(template);
            }
        }
        Ok(draft)
    }

    /// Resolves a template, unless an earlier step has the same one.
    fn add_name(&mut self, template: &Template) {
        if self.names.iter().any(|(known, _)| known == template) {
            return;
        }
        let mut pieces: Vec<NamePiece> = Vec::new();
        for piece in &template.0 {
            let piece = match piece {
                Piece::Text(text) => NamePiece::Text(text.clone()),
                Piece::Actor => NamePiece::Text(self.name.clone()),
                Piece::Iteration => NamePiece::Iteration,
                // Only a fixture has an index, and the scenario check sees to it.
                Piece::Index => NamePiece::Text(String::new()),
                Piece::Random { below, label } => NamePiece::Random(self.random(*below, label)),
            };
            match (pieces.last_mut(), piece) {
                (Some(NamePiece::Text(before)), NamePiece::Text(text)) => before.push_str(&text),
                (_, piece) => pieces.push(piece),
            }
        }
        self.names.push((template.clone(), pieces));
    }

    fn random(&mut self, below: u64, label: &str) -> usize {
        let known = self.randoms.iter().position(|(b, l)| *b == below && l == label);
        known.unwrap_or_else(|| {
            self.randoms.push((below, label.to_owned()));
            self.randoms.len() - 1
        })
    }

    fn name(&self, template: Option<&Template>) -> NameId {
        let known = self.names.iter().position(|(known, _)| Some(known) == template);
        NameId(known.unwrap_or_default() as u16)
    }

    fn pattern(&self, template: &Template) -> Option<Pattern> {
        let (_, pieces) = self.names.iter().find(|(known, _)| known == template)?;
        Some(Pattern::of(pieces))
    }

    fn slot(&self, name: Option<&String>) -> SlotId {
        let position = name.and_then(|name| self.slots.iter().position(|slot| slot == name));
        SlotId(position.unwrap_or_default() as u8)
    }

    /// Descriptors that are not simply opened at a path: beneath another descriptor, or without
    /// a name at all.
    fn unclear_descriptors(&self) -> Vec<String> {
        let steps = || self.steps.iter().map(|(_, step)| *step);
        let opened = |step: &&Step| step.at.is_some() || step.flags.contains(&OpenFlag::Tmpfile);
        let mut unclear: Vec<String> = steps()
            .filter(|step| matches!(step.op, OpKind::Open | OpKind::Creat))
            .filter(opened)
            .filter_map(|step| step.fd.clone())
            .collect();
        for _ in 0..self.steps.len() {
            for step in steps().filter(|step| step.op == OpKind::Dup) {
                if let (Some(from), Some(new)) = (&step.fd, &step.new) {
                    if unclear.contains(from) && !unclear.contains(new) {
                        unclear.push(new.clone());
                    }
                }
            }
        }
        unclear
    }

    /// The steps with the names they can touch.
    fn placed(&self, actor: usize, scenario: &Scenario) -> Vec<Placed<'a>> {
        let own = |template: &Option<Template>| self.pattern(template.as_ref()?);
        let shared: Vec<(String, Pattern)> = scenario
            .shared
            .iter()
            .map(|shared| (shared.name.clone(), Pattern::literal(&shared.path)))
            .collect();
        let plain: Vec<_> = self.steps.iter().map(|(_, step)| (own(&step.path), *step)).collect();
        let directories = descriptor_paths(&plain, &shared);
        let unclear = self.unclear_descriptors();
        // A path relative to a descriptor stands beneath wherever that was opened. Where that is
        // several places or none, `Facts::undecided` keeps anybody from relying on it.
        let beneath = |path: Option<Pattern>, step: &Step| match (&step.at, path) {
            (Some(at), Some(path)) => match directories.get(at).map(Vec::as_slice) {
                Some([directory]) => Some(path.beneath(directory)),
                _ => Some(path),
            },
            (_, path) => path,
        };
        let resolved: Vec<_> =
            self.steps.iter().map(|(_, step)| (beneath(own(&step.path), step), *step)).collect();
        let opened = descriptor_paths(&resolved, &shared);
        let place = |(index, (block, step)): (usize, &(usize, &'a Step))| Placed {
            actor,
            block: *block,
            step,
            path: beneath(own(&step.path), step),
            to: own(&step.to),
            at_is_known: step.at.as_ref().is_none_or(|at| {
                let once = directories.get(at).is_some_and(|places| places.len() == 1);
                once && !unclear.contains(at)
            }),
            opened_at: step.fd.as_ref().and_then(|fd| opened.get(fd)).cloned().unwrap_or_default(),
            writes: self.writes[index],
        };
        self.steps.iter().enumerate().map(place).collect()
    }
}

/// Turns the steps of one actor into calls.
struct Compile<'a> {
    draft: &'a Draft<'a>,
    placed: Vec<&'a Placed<'a>>,
    facts: &'a Facts<'a>,
    sizes: &'a [u64],
    expected: &'a HashMap<String, u8>,
    scenario: &'a Scenario,
}

impl Compile<'_> {
    fn actor(&self, process: usize) -> Result<ActorPlan, PlanError> {
        let steps = (0..self.draft.steps.len()).map(|index| self.step(index));
        let steps: Vec<StepPlan> = steps.collect::<Result<_, _>>()?;
        Ok(ActorPlan {
            name: self.draft.name.clone(),
            process,
            buffer: steps.iter().map(buffer_of).max().unwrap_or_default(),
            steps,
            slots: self.draft.slots.clone(),
            names: self.draft.names.iter().map(|(_, pieces)| pieces.clone()).collect(),
            randoms: self.draft.randoms.iter().map(|(below, _)| *below).collect(),
        })
    }

    fn step(&self, index: usize) -> Result<StepPlan, PlanError> {
        let (block, step) = self.draft.steps[index];
        let placed = self.placed[index];
        let last = self.draft.steps.get(index + 1).is_none_or(|(other, _)| *other != block);
        let through = self.through(step);
        let reads = match step.op {
            OpKind::Read | OpKind::Pread => self.facts.of_file(&placed.opened_at),
            _ => ReadFacts::default(),
        };
        let expect = step.expect.as_ref().map(|expect| self.expect(expect));
        let said = expect.as_ref().and_then(|expect| expect.content.as_ref());
        let likely = said.or(reads.items.as_ref());
        let likely = likely.map_or(ItemSet::ALL, |items| ItemSet::of(items));
        Ok(StepPlan {
            call: self.call(index, likely)?,
            op: step.op,
            text: text::of(step),
            repeat: step.repeat,
            next: if last { AGAIN } else { index as StepId + 1 },
            on: self.on(step, index, last),
            allowed: allowed(placed, self.facts, through),
            unsupported: unsupported(placed),
            expect,
            reads,
        })
    }

    fn on(&self, step: &Step, index: usize, last: bool) -> OnPlan {
        let mut plan = OnPlan::default();
        for on in &step.on {
            let to = match &on.jump {
                Jump::Again => AGAIN,
                Jump::Next if last => AGAIN,
                Jump::Next => index as StepId + 1,
                Jump::Branch(name) => {
                    let branches = &self.draft.actor.branches;
                    let branch = branches.iter().position(|branch| branch.name == *name);
                    branch.map_or(AGAIN, |branch| self.draft.blocks[branch + 1])
                }
            };
            match &on.result {
                OnResult::Ok => plan.ok = Some(to),
                OnResult::Error => plan.error = Some(to),
                OnResult::Errno(name) => {
                    // An errno that this system does not have cannot come back either.
                    plan.errno.extend(errno::number(name).map(|number| (number as u16, to)));
                }
            }
        }
        plan
    }

    fn expect(&self, expect: &Expect) -> ExpectPlan {
        let texts = expect.content.as_ref();
        let item = |text: &String| self.expected.get(text).copied();
        let errno = |name: &String| if name == "ok" { Some(0) } else { errno::number(name) };
        ExpectPlan {
            content: texts.map(|texts| {
                texts.iter().filter(|text| !text.is_empty()).filter_map(item).collect()
            }),
            empty: texts.is_some_and(|texts| texts.iter().any(String::is_empty)),
            whole: expect.whole,
            size: expect
                .size
                .as_ref()
                .map(|sizes| sizes.iter().map(|&size| size_class(self.sizes, size)).collect()),
            errno: expect
                .errno
                .as_ref()
                .map(|names| ErrnoSet::of(&names.iter().filter_map(errno).collect::<Vec<_>>())),
        }
    }

    /// How the descriptor of a step may have been opened.
    fn through(&self, step: &Step) -> Through {
        let Some(fd) = &step.fd else { return Through::default() };
        let mut names = vec![fd.clone()];
        for _ in 0..self.draft.steps.len() {
            for (_, other) in &self.draft.steps {
                if let (OpKind::Dup, Some(from), Some(new)) = (other.op, &other.fd, &other.new) {
                    if names.contains(new) && !names.contains(from) {
                        names.push(from.clone());
                    }
                }
            }
        }
        let opens = self.draft.steps.iter().filter_map(|(_, other)| {
            let defines = matches!(other.op, OpKind::Open | OpKind::Creat)
                && other.fd.as_ref().is_some_and(|fd| names.contains(fd));
            defines.then(|| (other.op == OpKind::Creat, other.flags.as_slice()))
        });
        let shared = self.scenario.shared.iter().filter(|shared| names.contains(&shared.name));
        let mut through = Through::default();
        for (creat, flags) in opens.chain(shared.map(|shared| (false, shared.flags.as_slice()))) {
            let has = |flag| flags.contains(&flag);
            let writes = creat || has(OpenFlag::Wronly) || has(OpenFlag::Rdwr);
            through.unwritable |= !writes;
            through.unreadable |= creat || has(OpenFlag::Wronly);
            through.directory |= !writes;
        }
        through
    }

    fn place(&self, template: Option<&Template>, step: &Step) -> Place {
        let at = match &step.at {
            Some(at) => Directory::Slot(self.draft.slot(Some(at))),
            None => Directory::Sandbox,
        };
        Place { at, name: self.draft.name(template) }
    }

    fn call(&self, index: usize, likely: ItemSet) -> Result<Call, PlanError> {
        let step = self.draft.steps[index].1;
        let place = || self.place(step.path.as_ref(), step);
        // `at` is for the first path only.
        let to = || Place { at: Directory::Sandbox, name: self.draft.name(step.to.as_ref()) };
        let slot = self.draft.slot(step.fd.as_ref());
        let name = || self.draft.name(step.path.as_ref());
        let offset = || Some(step.offset.unwrap_or_default().max(0) as u64);
        let item = self.draft.writes[index].unwrap_or_default();
        let len = step.len.unwrap_or_default() as u32;
        let file_mode = step.mode.unwrap_or(0o644);
        let size = step.size.unwrap_or_default();
        let time = step.time.unwrap_or_default();
        let lock = step.lock.unwrap_or(LockMode::Unlock);
        Ok(match step.op {
            OpKind::Open | OpKind::Creat => Call::Open(open::Open {
                place: place(),
                flags: match step.op {
                    OpKind::Creat => (O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC) as u32,
                    _ => open_flags(self.scenario, &step.flags)?,
                },
                mode: file_mode,
                slot,
                append: step.flags.contains(&OpenFlag::Append),
            }),
            OpKind::Close => Call::Close(slot),
            OpKind::Dup => {
                Call::Dup(open::Dup { from: slot, to: self.draft.slot(step.new.as_ref()) })
            }
            OpKind::Read => Call::Read(data::Read { slot, len, offset: None, likely }),
            OpKind::Pread => Call::Read(data::Read { slot, len, offset: offset(), likely }),
            OpKind::Write => Call::Write(data::Write { slot, item, offset: None }),
            OpKind::Pwrite => Call::Write(data::Write { slot, item, offset: offset() }),
            OpKind::Lseek => Call::Lseek(data::Lseek {
                slot,
                offset: step.offset.unwrap_or_default(),
                whence: step.whence.unwrap_or(Whence::Set),
            }),
            OpKind::Truncate => Call::Truncate(data::Truncate { name: name(), size }),
            OpKind::Ftruncate => Call::Ftruncate(data::Ftruncate { slot, size }),
            OpKind::Fsync => Call::Fsync(data::Fsync { slot, data: false }),
            OpKind::Fdatasync => Call::Fsync(data::Fsync { slot, data: true }),
            OpKind::Stat => Call::Stat(meta::Stat { place: place(), follow: true }),
            OpKind::Lstat => Call::Stat(meta::Stat { place: place(), follow: false }),
            OpKind::Fstat => Call::Fstat(slot),
            OpKind::Access => Call::Access(meta::Access {
                place: place(),
                access: step.access.unwrap_or(AccessMode::Exists),
            }),
            OpKind::Chmod => Call::Chmod(meta::Chmod { place: place(), mode: file_mode }),
            OpKind::Fchmod => Call::Fchmod(meta::Fchmod { slot, mode: file_mode }),
            OpKind::Utimens => Call::Utimens(meta::Utimens { place: place() }),
            OpKind::Futimens => Call::Futimens(slot),
            OpKind::Unlink => Call::Unlink(names::Unlink { place: place(), directory: false }),
            OpKind::Rmdir => Call::Unlink(names::Unlink { place: place(), directory: true }),
            OpKind::Mkdir => {
                let mode = step.mode.unwrap_or(0o755);
                Call::Mkdir(names::Mkdir { place: place(), mode })
            }
            OpKind::Rename => {
                Call::Rename(names::Rename { from: place(), to: to(), flag: step.rename })
            }
            OpKind::Link => Call::Link(names::Link { from: place(), to: to() }),
            OpKind::Symlink => Call::Symlink(names::Symlink {
                target: self.draft.name(step.target.as_ref()),
                place: place(),
            }),
            OpKind::Readlink => Call::Readlink(names::Readlink { place: place() }),
            OpKind::Readdir => Call::Readdir(self.readdir(index)),
            OpKind::Flock => Call::Flock(locks::Flock { slot, mode: lock, wait: step.wait }),
            OpKind::Lock => Call::Lock(locks::Lock {
                slot,
                mode: lock,
                owner: step.owner.unwrap_or(LockOwner::Posix),
                start: step.offset.unwrap_or_default(),
                len: step.len.unwrap_or_default() as i64,
                wait: step.wait,
            }),
            OpKind::Sleep => Call::Pause(pause::Pause::Sleep(time)),
            OpKind::Yield => Call::Pause(pause::Pause::Yield),
            OpKind::Spin => Call::Pause(pause::Pause::Spin(time)),
        })
    }

    fn readdir(&self, index: usize) -> readdir::Readdir {
        let step = self.draft.steps[index].1;
        let placed = self.placed[index];
        let (from, directory) = match &step.path {
            Some(path) => {
                (readdir::ScanOf::Place(self.place(Some(path), step)), placed.path.clone())
            }
            None => {
                let opened = match placed.opened_at.as_slice() {
                    // Whoever shares the descriptor can rewind it in the middle of the scan.
                    [path] if !self.facts.shared.iter().any(|other| other.may_equal(path)) => {
                        Some(path.clone())
                    }
                    _ => None,
                };
                (readdir::ScanOf::Slot(self.draft.slot(step.fd.as_ref())), opened)
            }
        };
        let stable = directory.map(|path| self.facts.stable_names(&path)).unwrap_or_default();
        let stable = stable.into_iter().enumerate().map(|(place, name)| (name, place as u32));
        readdir::Readdir { from, stable: stable.collect() }
    }
}

fn buffer_of(step: &StepPlan) -> usize {
    match &step.call {
        Call::Read(read) => read.len as usize,
        Call::Readdir(scan) => SCAN_BUFFER + scan.stable.len(),
        _ => 0,
    }
}

fn open_flags(scenario: &Scenario, flags: &[OpenFlag]) -> Result<u32, PlanError> {
    let mut bits = O_CLOEXEC | O_RDONLY;
    for flag in flags {
        bits |= match flag {
            OpenFlag::Rdonly => O_RDONLY,
            OpenFlag::Wronly => O_WRONLY,
            OpenFlag::Rdwr => O_RDWR,
            OpenFlag::Creat => O_CREAT,
            OpenFlag::Excl => O_EXCL,
            OpenFlag::Trunc => O_TRUNC,
            OpenFlag::Append => O_APPEND,
            OpenFlag::Directory => O_DIRECTORY,
            OpenFlag::Nofollow => O_NOFOLLOW,
            OpenFlag::Sync => O_SYNC,
            OpenFlag::Dsync => O_DSYNC,
            #[cfg(target_os = "linux")]
            OpenFlag::Tmpfile => libc::O_TMPFILE,
            #[cfg(not(target_os = "linux"))]
            OpenFlag::Tmpfile => {
                let scenario = scenario.name.clone();
                return Err(PlanError::NoFlag { scenario, flag: "tmpfile" });
            }
        };
    }
    let _ = scenario;
    Ok(bits as u32)
}
