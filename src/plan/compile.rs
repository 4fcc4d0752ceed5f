//! Turns the steps of one actor into calls, with what may come back from each.

use std::collections::HashMap;

use libc::{
    O_APPEND, O_CLOEXEC, O_CREAT, O_DIRECTORY, O_DSYNC, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR,
    O_SYNC, O_TRUNC, O_WRONLY,
};

use super::draft::Draft;
use super::errnos::{Through, allowed, unsupported};
use super::facts::{Facts, Placed};
use super::{AGAIN, ActorPlan, ExpectPlan, OnPlan, StepId, StepPlan, size_class, text};
use crate::content::ItemSet;
use crate::ops::OpKind;
use crate::ops::call::{Call, Directory, Place};
use crate::ops::readdir::MOST_BYTES;
use crate::ops::{data, locks, meta, names, open, pause, readdir};
use crate::scenario::{
    AccessMode, Expect, Jump, LockMode, LockOwner, OnResult, OpenFlag, Scenario, Step, Template,
    Whence,
};
use crate::sys::errno::{self, ErrnoSet};

/// Turns the steps of one actor into calls.
pub(super) struct Compile<'a> {
    pub(super) draft: &'a Draft<'a>,
    pub(super) placed: Vec<&'a Placed<'a>>,
    pub(super) facts: &'a Facts<'a>,
    pub(super) sizes: &'a [u64],
    pub(super) expected: &'a HashMap<String, u8>,
    pub(super) scenario: &'a Scenario,
}

impl Compile<'_> {
    pub(super) fn actor(&self, process: usize, client: usize) -> ActorPlan {
        let steps = (0..self.draft.steps.len()).map(|index| self.step(index));
        let steps: Vec<StepPlan> = steps.collect();
        ActorPlan {
            name: self.draft.name.clone(),
            process,
            client,
            buffer: steps.iter().map(buffer_of).max().unwrap_or_default(),
            steps,
            slots: self.draft.slots.clone(),
            names: self.draft.names.iter().map(|(_, pieces)| pieces.clone()).collect(),
            randoms: self.draft.randoms.iter().map(|(below, _)| *below).collect(),
        }
    }

    fn step(&self, index: usize) -> StepPlan {
        let (block, step) = self.draft.steps[index];
        let placed = self.placed[index];
        let last = self.draft.steps.get(index + 1).is_none_or(|(other, _)| *other != block);
        let through = self.through(step);
        let expect = step.expect.as_ref().map(|expect| self.expect(expect));
        let said = expect.as_ref().and_then(|expect| expect.content.as_ref());
        let likely = said.map_or(ItemSet::ALL, |items| ItemSet::of(items));
        StepPlan {
            call: self.call(index, likely),
            op: step.op,
            text: text::of(step),
            repeat: step.repeat,
            next: if last { AGAIN } else { index as StepId + 1 },
            on: self.on(step, index, last),
            allowed: allowed(placed, self.facts, through),
            unsupported: unsupported(placed),
            expect,
        }
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

    fn call(&self, index: usize, likely: ItemSet) -> Call {
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
        match step.op {
            OpKind::Open | OpKind::Creat => Call::Open(open::Open {
                place: place(),
                flags: match step.op {
                    OpKind::Creat => (O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC) as u32,
                    _ => open_flags(&step.flags),
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
        }
    }

    fn readdir(&self, index: usize) -> readdir::Readdir {
        let step = self.draft.steps[index].1;
        let len = step.len.map(|len| len as u32);
        let parts = readdir::Parts { len, seek: step.seek };
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
        readdir::Readdir { from, stable: stable.collect(), parts }
    }
}

fn buffer_of(step: &StepPlan) -> usize {
    match &step.call {
        Call::Read(read) => read.len as usize,
        // And what the entries are aligned by.
        Call::Readdir(scan) => MOST_BYTES as usize + scan.stable.len() + 8,
        _ => 0,
    }
}

/// The flags as this system has them, without those that it lacks (see [`super::Plan::lacks`]).
pub(super) fn open_flags(flags: &[OpenFlag]) -> u32 {
    flags.iter().fold(O_CLOEXEC, |bits, flag| bits | bits_of(*flag)) as u32
}

fn bits_of(flag: OpenFlag) -> i32 {
    match flag {
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
        OpenFlag::Tmpfile => 0,
    }
}
