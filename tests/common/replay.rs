//! Runs a program on a directory, one step at a time, next to the model.

use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;

use fsrace::content::ContentTable;
use fsrace::engine::fixture;
use fsrace::model::{Id, Next, Nexts, Position, Program, Rules, State, World};
use fsrace::ops::caller::Caller;
use fsrace::ops::detail::Detail;
use fsrace::outcome::{Identity, Kind, Left, Returned, Stat, decode};
use fsrace::plan::Plan;

use super::tree;

/// Room for the details of a step.
const DETAIL: usize = 64 << 10;

/// Makes a copy of the model wrong: changes what a step of an actor does in a state.
pub type Spoil<'a> = dyn Fn(&Program, &State, usize, u16, &mut Next) + 'a;

/// What a program did.
pub struct Replayed {
    /// What its steps returned, in the order in which they were made: of all of them, or of those
    /// up to one that the filesystem does not have.
    pub returned: Vec<Returned>,
    /// The tree that is left; `None` if the filesystem does not have a step.
    pub left: Option<Vec<Left>>,
}

/// The model as it is.
pub fn unspoilt(_: &Program, _: &State, _: usize, _: u16, _: &mut Next) {}

/// Runs the program in `room`, next to the model or to a copy of it that `spoil` makes wrong.
/// `turn` picks whose turn it is, of the actors that are not done.
///
/// # Errors
/// What the model does not explain: the steps up to there, in words.
pub fn replay(
    plan: &Plan,
    room: &Path,
    rules: Rules,
    mut turn: impl FnMut(&[usize]) -> usize,
    spoil: &Spoil<'_>,
) -> Result<Replayed, String> {
    let program = Program::new(plan, rules).map_err(|error| format!("no model: {error}"))?;
    std::env::set_current_dir(room).map_err(|error| format!("the room: {error}"))?;
    fixture::make(plan, room).map_err(|error| error.to_string())?;
    let inodes = tree::inodes(plan, room);
    let contents = ContentTable::new(&plan.contents, 1 << 16);
    let mut callers: Vec<Caller<'_>> = Vec::new();
    for actor in &plan.actors {
        let root = File::open(room).map_err(|error| error.to_string())?;
        let caller = Caller::new(actor, root.into(), &[], &contents, 0);
        let mut caller = caller.map_err(|error| error.to_string())?;
        caller.begin_iteration(0);
        caller.detail = Some(Detail::with_room(DETAIL));
        callers.push(caller);
    }
    let mut worlds = vec![program.start()];
    let mut told = String::new();
    let mut made = Vec::new();
    while !worlds[0].is_done() {
        let ready: Vec<usize> = (0..callers.len())
            .filter(|&actor| worlds[0].positions[actor] != Position::DONE)
            .collect();
        let actor = turn(&ready);
        let position = worlds[0].positions[actor];
        let step = program.step(actor, position.step);
        let caller = &mut callers[actor];
        caller.detail.as_mut().expect("room for details").clear();
        let returned = match step.call.execute(caller) {
            None => Returned::Skipped,
            Some(seen) => {
                let kept = caller.detail.as_ref().and_then(Detail::kept);
                decode(step, &seen, kept, &inodes)
            }
        };
        made.push(returned.clone());
        let _ = writeln!(told, "  {}: {} -> {returned:?}", plan.actors[actor].name, step.text);
        let mut after = Vec::new();
        let mut allowed = Vec::new();
        for world in &worlds {
            let mut nexts = Nexts::default();
            program.nexts(world, actor, &mut nexts);
            for next in &mut nexts.0 {
                spoil(&program, &world.state, actor, position.step, next);
            }
            for next in &nexts.0 {
                if same(&program, world, &next.returned, &returned) {
                    after.push(program.after(world, actor, next));
                }
            }
            allowed.extend(nexts.0.into_iter().map(|next| next.returned));
        }
        if after.is_empty() && step.unsupported.contains(i32::from(returned.errno())) {
            return Ok(Replayed { returned: made, left: None });
        }
        if after.is_empty() {
            return Err(format!("{told}  but the model has {allowed:?}\n"));
        }
        after.dedup();
        worlds = after;
    }
    drop(callers);
    let left = tree::left(room, &inodes).map_err(|error| format!("{told}  the tree: {error}"))?;
    let explained = worlds.iter().any(|world| same_tree(&program, world, &left));
    if explained {
        return Ok(Replayed { returned: made, left: Some(left) });
    }
    let model = program.left(&worlds[0].state);
    Err(format!("{told}  left: {left:#?}\n  but the model has {model:#?}\n"))
}

/// Whether the model's result is what was seen, where that can be told.
fn same(program: &Program, world: &World, model: &Returned, seen: &Returned) -> bool {
    match (model, seen) {
        // POSIX does not say.
        (Returned::TooMuch, _) => true,
        (Returned::Stat(model), Returned::Stat(seen)) => same_stat(program, world, model, seen),
        _ => model == seen,
    }
}

fn same_stat(program: &Program, world: &World, model: &Stat, seen: &Stat) -> bool {
    let identity = match (model.identity, seen.identity) {
        // The number of a file that is gone may be given to another.
        (Identity::Other, Identity::Fixture(entry)) => {
            let there = |id: Id| program.fixture_entry(id) == Some(entry);
            !world.state.inodes.iter().any(|inode| there(inode.id))
        }
        (model, seen) => model == seen,
    };
    let unknown = program.rules.directory_links == fsrace::model::DirectoryLinks::Unknown;
    let nlink = model.nlink == seen.nlink || (unknown && seen.kind == Kind::Directory);
    let mode = model.mode == seen.mode & 0o777;
    identity && nlink && mode && model.kind == seen.kind && model.size == seen.size
}

fn same_tree(program: &Program, world: &World, seen: &[Left]) -> bool {
    let model = program.left(&world.state);
    model.len() == seen.len()
        && model.iter().zip(seen).all(|(model, seen)| {
            same_stat(program, world, &model.stat, &seen.stat)
                && (&model.path, model.file, &model.content, &model.text)
                    == (&seen.path, seen.file, &seen.content, &seen.text)
        })
}
