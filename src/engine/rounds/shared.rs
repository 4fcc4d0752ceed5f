//! Shared descriptors: in every round, all actors hold descriptors on one fresh open file
//! description for each. The leader opens it and passes it on, through a line to each actor.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{Mode, OFlags};

use crate::ops::caller::Caller;
use crate::plan::{Plan, SharedPlan};
use crate::sys::passing;

/// Permission bits of a file that a shared descriptor makes.
const FILE_MODE: u32 = 0o644;

/// The lines from the leader to the other actors, both ends of each.
#[derive(Debug, Default)]
pub struct Lines {
    /// First those of the leader, then those of the actors.
    ends: Vec<OwnedFd>,
}

impl Lines {
    /// As many as the plan needs: none without shared descriptors.
    ///
    /// # Errors
    /// The errno of making one.
    pub fn new(plan: &Plan) -> io::Result<Self> {
        if plan.shared.is_empty() { Ok(Self::default()) } else { Self::among(plan.actors.len()) }
    }

    /// For any plan of at most so many actors.
    ///
    /// # Errors
    /// The errno of making one.
    pub fn among(actors: usize) -> io::Result<Self> {
        let (mut leader, mut others) = (Vec::new(), Vec::new());
        for _ in 1..actors {
            let (one, other) = passing::pair()?;
            leader.push(one);
            others.push(other);
        }
        leader.append(&mut others);
        Ok(Self { ends: leader })
    }

    /// All ends in a row, as a worker gets them.
    pub fn ends(&self) -> &[OwnedFd] {
        &self.ends
    }

    /// Those of a row of ends that a plan needs, as a row.
    pub fn needed<T: Copy>(ends: &[T], plan: &Plan) -> Vec<T> {
        let lines = if plan.shared.is_empty() { 0 } else { plan.actors.len() - 1 };
        let (leader, actors) = ends.split_at(ends.len() / 2);
        leader.iter().take(lines).chain(actors.iter().take(lines)).copied().collect()
    }

    /// Which of the ends in a row are the leader's, by place.
    pub fn of_leader(ends: usize) -> std::ops::Range<usize> {
        0..ends / 2
    }

    /// Which of them is that of another actor; `None` where there are none.
    pub fn of_actor(ends: usize, actor: usize) -> Option<usize> {
        (ends > 0).then_some(ends / 2 + actor - 1)
    }
}

/// The leader's part: opens the descriptors and passes them on.
#[derive(Debug)]
pub struct Opener {
    files: Vec<(CString, OFlags)>,
    lines: Vec<OwnedFd>,
}

impl Opener {
    /// For the shared descriptors of a plan and the leader's ends of the lines.
    pub fn new(plan: &Plan, lines: Vec<OwnedFd>) -> Self {
        let file = |shared: &SharedPlan| {
            // The scenario check has ruled NUL out.
            let path = CString::new(shared.path.as_str()).unwrap_or_default();
            (path, OFlags::from_bits_retain(shared.flags))
        };
        Self { files: plan.shared.iter().map(file).collect(), lines }
    }

    /// Opens each beneath `root`, passes it on to every other actor and gives it to `caller`.
    ///
    /// # Errors
    /// The errno of opening or passing on.
    pub fn share(&self, root: BorrowedFd<'_>, caller: &mut Caller<'_>) -> io::Result<()> {
        for (index, (path, flags)) in self.files.iter().enumerate() {
            let mode = Mode::from_bits_retain(FILE_MODE as _);
            let fd = rustix::fs::openat(root, path, *flags, mode)?;
            for line in &self.lines {
                passing::send(line.as_fd(), fd.as_fd())?;
            }
            caller.share(index, fd);
        }
        Ok(())
    }
}

/// The part of another actor: takes what the leader has passed on.
#[derive(Debug)]
pub struct Taker {
    /// Its end of the line, and how many descriptors come through it in each round.
    line: Option<(OwnedFd, usize)>,
}

impl Taker {
    /// For an actor's end of its line, if it has one.
    pub fn new(plan: &Plan, line: Option<OwnedFd>) -> Self {
        Self { line: line.map(|line| (line, plan.shared.len())) }
    }

    /// Closes the descriptors of a round that has not come about.
    ///
    /// # Errors
    /// The errno of taking one.
    pub fn drain(&self) -> io::Result<()> {
        let Some((line, _)) = &self.line else { return Ok(()) };
        while passing::waiting(line.as_fd())?.is_some() {}
        Ok(())
    }

    /// Gives the descriptors of this round to `caller`.
    ///
    /// # Errors
    /// The errno of taking one.
    pub fn take(&self, caller: &mut Caller<'_>) -> io::Result<()> {
        let Some((line, count)) = &self.line else { return Ok(()) };
        for index in 0..*count {
            caller.share(index, passing::receive(line.as_fd())?);
        }
        Ok(())
    }
}
