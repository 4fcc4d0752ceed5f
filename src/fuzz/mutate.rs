//! Makes other programs of programs that have shown something new.

use std::collections::HashMap;

use super::draw::Draw;
use super::generate::{MOST_ACTORS, MOST_STEPS, PROCESS, actor, fill, fresh, skeleton_of};
use super::skeletons::scan;
use super::sketch::SHARED;
use super::steps::spin;
use crate::ops::OpKind;
use crate::scenario::{
    Actor, Content, FixtureEntry, FixtureKind, OpenFlag, Scenario, Step, Template,
};

/// Microseconds that an actor may be held up between two steps.
const PAUSES: [u64; 5] = [1, 2, 5, 20, 100];
/// Of so many changes of a program of few steps, one takes a step away, and for each step beyond, one more: what
/// is short is fast, and shows what it shows more often.
const DROPS: usize = 5;
/// Steps for each actor that are few.
const FEW: usize = 2;

/// One program changed in one to three places, `other` lending what is taken over.
pub fn mutate(draw: &mut Draw, parent: &Scenario, other: Option<&Scenario>) -> Scenario {
    let mut child = parent.clone();
    for _ in 0..1 + draw.below(3) {
        change(draw, &mut child, other);
    }
    repair(&mut child);
    child
}

fn change(draw: &mut Draw, child: &mut Scenario, other: Option<&Scenario>) {
    let steps: usize = child.actors.iter().map(|actor| actor.steps.len()).sum();
    if draw.below(DROPS) <= steps.saturating_sub(FEW * child.actors.len()) {
        return drop_step(draw, child);
    }
    let who = draw.below(child.actors.len());
    let steps = &mut child.actors[who].steps;
    let at = draw.below(steps.len().max(1)).min(steps.len());
    match draw.below(11) {
        0 if steps.len() > 1 => steps.swap(at, 0),
        1 if steps.len() < MOST_STEPS => {
            if let Some(step) = steps.get(at).cloned() {
                steps.insert(at, step);
            }
        }
        2..=3 => {
            // Steps of a relative take the place of some.
            let skeleton = skeleton_of(child);
            let donor = match skeleton {
                Some(skeleton) if draw.in_100(70) => fill(draw, skeleton, 2),
                _ => fresh(draw, 2),
            };
            adopt_fixture(child, &donor);
            let from = &donor.actors[draw.below(donor.actors.len())].steps;
            let steps = &mut child.actors[who].steps;
            steps.truncate(at);
            steps.extend(from.iter().cloned());
        }
        4 => {
            if let Some(other) = other {
                adopt_fixture(child, other);
                let lent = other.actors[draw.below(other.actors.len())].clone();
                if child.actors.len() < MOST_ACTORS && draw.in_100(30) {
                    child.actors.push(lent);
                } else {
                    child.actors[who].steps = lent.steps;
                }
            }
        }
        5 => rename(draw, child, who, at),
        6 => resize(draw, &mut child.actors[who].steps),
        7 => {
            let step = spin(draw.of(&PAUSES));
            child.actors[who].steps.insert(at, step);
        }
        8 if child.actors.len() < 3 => child.actors.push(child.actors[who].clone()),
        8 if child.actors.len() > 2 => drop(child.actors.remove(who)),
        9 => {
            let process = draw.in_100(50).then(|| PROCESS.to_owned());
            child.actors.iter_mut().for_each(|actor| actor.process.clone_from(&process));
        }
        _ => change_fixture(draw, child),
    }
}

/// Takes a step away from an actor that has another.
fn drop_step(draw: &mut Draw, child: &mut Scenario) {
    let more = |actor: &Actor| actor.steps.len().saturating_sub(1) as f64;
    if let Some(who) = draw.weighed(child.actors.iter().map(more)) {
        let steps = &mut child.actors[who].steps;
        steps.remove(draw.below(steps.len()));
    }
}

/// Has a step be about another name of the program.
fn rename(draw: &mut Draw, child: &mut Scenario, who: usize, at: usize) {
    let names: Vec<Template> = child
        .actors
        .iter()
        .flat_map(|actor| &actor.steps)
        .flat_map(|step| [&step.path, &step.to])
        .flatten()
        .cloned()
        .collect();
    if names.is_empty() {
        return;
    }
    let name = names[draw.below(names.len())].clone();
    if let Some(step) = child.actors[who].steps.get_mut(at) {
        match (&step.path, &step.to) {
            (_, Some(_)) if draw.in_100(50) => step.to = Some(name),
            (Some(_), _) => step.path = Some(name),
            _ => {}
        }
    }
}

/// Makes sizes others: those of one step, or all.
fn resize(draw: &mut Draw, steps: &mut [Step]) {
    let sizes = [0_u64, 1, 10, 512, 4095, 4096, 4097, 8192, 65536, 65537];
    let (size, offset) = (draw.of(&sizes), draw.of(&sizes));
    let whole = draw.in_100(40);
    let one = draw.below(steps.len().max(1));
    for (index, step) in steps.iter_mut().enumerate() {
        if !whole && index != one {
            continue;
        }
        match &mut step.content {
            _ if step.op == OpKind::Readdir => *step = scan::cut(draw, step),
            Some(Content::Tagged(bytes)) => *bytes = size.max(1),
            _ => {
                step.len = step.len.map(|_| 2 * size.max(1));
                step.size = step.size.map(|_| size);
            }
        }
        if step.offset.is_some() && step.lock.is_none() && draw.in_100(50) {
            step.offset = Some(offset as i64);
        }
    }
}

fn change_fixture(draw: &mut Draw, child: &mut Scenario) {
    if child.fixture.is_empty() {
        return;
    }
    let at = draw.below(child.fixture.len());
    if draw.in_100(40) {
        child.fixture.remove(at);
    } else if let FixtureKind::File(content) = &mut child.fixture[at].kind {
        *content = Content::Tagged(draw.of(&[1, 10, 512, 4096, 4097, 8192, 65536]));
    }
}

/// Takes over what another program starts from, where it is not in the way of what is there.
fn adopt_fixture(child: &mut Scenario, other: &Scenario) {
    for entry in &other.fixture {
        if child.fixture.iter().all(|known| known.path != entry.path) {
            child.fixture.push(entry.clone());
        }
    }
    if child.shared.is_empty() {
        child.shared.clone_from(&other.shared);
    }
}

/// Leaves out what a program cannot do: steps on descriptors that are not open, things in what is
/// no directory.
pub fn repair(scenario: &mut Scenario) {
    repair_fixture(&mut scenario.fixture);
    let there = |path: &str| {
        scenario.fixture.iter().any(|entry| {
            entry.path.as_literal() == Some(path) && matches!(entry.kind, FixtureKind::File(_))
        })
    };
    scenario.shared.retain(|shared| there(&shared.path));
    let shared = !scenario.shared.is_empty();
    for (index, actor) in scenario.actors.iter_mut().enumerate() {
        repair_actor(actor, shared);
        actor.name = format!("actor{index}");
    }
    scenario.actors.retain(|actor| !actor.steps.is_empty());
    if scenario.actors.is_empty() {
        scenario.actors.push(actor(0, None, vec![Step::new(OpKind::Yield)]));
    }
}

fn repair_fixture(fixture: &mut Vec<FixtureEntry>) {
    fixture.sort_by(|a, b| a.path.as_literal().cmp(&b.path.as_literal()));
    fixture.dedup_by(|a, b| a.path == b.path);
    let kinds: HashMap<String, bool> = fixture
        .iter()
        .filter_map(|entry| Some((entry.path.as_literal()?.to_owned(), &entry.kind)))
        .map(|(path, kind)| (path, matches!(kind, FixtureKind::Directory)))
        .collect();
    let files: Vec<String> = fixture
        .iter()
        .filter(|entry| matches!(entry.kind, FixtureKind::File(_)))
        .filter_map(|entry| Some(entry.path.as_literal()?.to_owned()))
        .collect();
    fixture.retain(|entry| {
        let path = entry.path.as_literal().unwrap_or_default();
        let parent = path.rsplit_once('/').map(|(parent, _)| parent);
        let placed = parent.is_none_or(|parent| kinds.get(parent).copied().unwrap_or(true));
        let linked = match &entry.kind {
            FixtureKind::HardLink(to) => files.contains(to),
            _ => true,
        };
        placed && linked
    });
    let above: Vec<String> = fixture
        .iter()
        .filter_map(|entry| Some(entry.path.as_literal()?.rsplit_once('/')?.0.to_owned()))
        .collect();
    for path in above {
        let path = Template::literal(path);
        if fixture.iter().all(|entry| entry.path != path) {
            fixture.push(FixtureEntry { path, count: 1, kind: FixtureKind::Directory });
        }
    }
}

/// What is known about an open descriptor.
#[derive(Clone, Copy)]
struct Open {
    directory: bool,
}

fn repair_actor(actor: &mut Actor, shared: bool) {
    let mut open: HashMap<String, Open> = HashMap::new();
    if shared {
        open.insert(SHARED.to_owned(), Open { directory: false });
    }
    actor.steps.retain(|step| match step.op {
        OpKind::Open | OpKind::Creat => {
            let directory = step.flags.contains(&OpenFlag::Directory);
            let Some(fd) = step.fd.clone().filter(|fd| fd != SHARED) else { return false };
            open.insert(fd, Open { directory });
            true
        }
        OpKind::Dup => {
            let from = step.fd.as_ref().and_then(|fd| open.get(fd)).copied();
            let (Some(from), Some(new)) = (from, step.new.clone()) else { return false };
            if new == SHARED || step.fd.as_ref() == Some(&new) {
                return false;
            }
            open.insert(new, from);
            true
        }
        OpKind::Close => {
            step.fd.as_ref().is_some_and(|fd| fd != SHARED && open.remove(fd).is_some())
        }
        OpKind::Readdir if step.fd.is_some() => {
            let fd = step.fd.as_ref().and_then(|fd| open.get(fd));
            fd.is_some_and(|fd| fd.directory)
        }
        _ => step.fd.as_ref().is_none_or(|fd| open.contains_key(fd)),
    });
    actor.steps.truncate(MOST_STEPS);
}
