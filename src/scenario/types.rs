//! The checked scenario: what a TOML file means once every mistake has been ruled out.
//!
//! Platform independent on purpose: errnos and flags are names here and become numbers in the
//! plan, so that a scenario has the same digest on every system.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::template::Template;
use crate::ops::OpKind;

/// One scenario file: fixture, actors and run settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// Kebab-case name, unique in a run.
    pub name: String,
    /// One sentence on what the scenario asks.
    pub about: String,
    /// Words to select and group scenarios by.
    pub tags: Vec<String>,
    /// Links to the reports behind the scenario.
    pub sources: Vec<String>,
    /// Detector codes that fail this scenario even where POSIX leaves the result open.
    pub forbid: Vec<String>,
    /// What exists before the actors start, parents first.
    pub fixture: Vec<FixtureEntry>,
    /// Descriptors opened once before the start and inherited by every actor.
    pub shared: Vec<SharedDescriptor>,
    /// How to run it.
    pub run: RunSettings,
    /// The sequential callers.
    pub actors: Vec<Actor>,
    /// First 16 hexadecimal digits of the SHA-256 of what makes results comparable: fixture, shared
    /// descriptors, actors, mode and `forbid`. `name`, `about`, `tags`, `sources`, the length of the
    /// run and the seed do not change it.
    pub digest: String,
}

impl Scenario {
    /// How many client directories its actors are bound to, the target included.
    pub fn clients(&self) -> u32 {
        let highest = self.actors.iter().filter_map(|actor| actor.client).max();
        highest.map_or(1, |client| client + 1)
    }
}

/// One thing that exists before the actors start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FixtureEntry {
    /// Relative path; may contain `{index}` when `count` is above 1.
    pub path: Template,
    /// How many are made, with `{index}` running from 0.
    pub count: u32,
    /// What it is.
    pub kind: FixtureKind,
}

/// What a fixture entry is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FixtureKind {
    /// A regular file.
    File(Content),
    /// A directory.
    Directory,
    /// A symbolic link with this target (relative, without `..`).
    Symlink(String),
    /// A hard link to another fixture path.
    HardLink(String),
}

/// Bytes to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// Exactly this text.
    Text(String),
    /// This many bytes, each tagged with its writer and generation, so that a read can tell which
    /// write every byte came from.
    Tagged(u64),
}

/// A descriptor that is opened before the start and inherited by all actors, so that they share
/// one open file description and its offset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SharedDescriptor {
    /// Name that steps use as `fd`.
    pub name: String,
    /// Fixture path or a new name (with `creat`).
    pub path: String,
    /// Flag names, as in the `open` operation.
    pub flags: Vec<OpenFlag>,
}

/// Free-running stress or judged rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Every actor loops as fast as it can.
    Free,
    /// All actors start together from a fresh fixture and run once, many times over.
    Rounds,
}

/// How to run a scenario. What is `None` falls to the command line or the default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunSettings {
    /// Free or rounds.
    pub mode: Mode,
    /// Stop after this long.
    pub duration: Option<Duration>,
    /// Stop each actor after this many iterations (free mode).
    pub iterations: Option<u64>,
    /// Stop after this many rounds (rounds mode).
    pub rounds: Option<u64>,
    /// A call that has not returned after this long is the anomaly `hang`.
    pub hang_after: Duration,
    /// Fixes every random choice.
    pub seed: Option<u64>,
}

/// One sequential caller, or `count` equal ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Actor {
    /// Name; with `count` above 1 the instances are called `name.0`, `name.1`, ...
    pub name: String,
    /// How many instances run.
    pub count: u32,
    /// Actors that name the same process share one; `None` gives every instance its own.
    pub process: Option<String>,
    /// Which client directory its process works in, counted from 0; `None` leaves it to the run.
    pub client: Option<u32>,
    /// What an iteration does.
    pub steps: Vec<Step>,
    /// Named alternatives that a step's `on` can lead to. A branch ends its iteration.
    pub branches: Vec<Branch>,
}

/// A named alternative ending of an iteration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Branch {
    /// Name, as used in `on`.
    pub name: String,
    /// What it does.
    pub steps: Vec<Step>,
}

/// One operation of an actor: a plain record; which fields an operation takes stands in its
/// [`crate::ops::OpSpec`], and the check guarantees that required ones are there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The operation.
    pub op: OpKind,
    /// Main path.
    pub path: Option<Template>,
    /// Second path of `rename` and `link`.
    pub to: Option<Template>,
    /// Target text of `symlink`.
    pub target: Option<Template>,
    /// Directory descriptor that `path` is relative to.
    pub at: Option<String>,
    /// Descriptor used, or defined by `open`, `creat`.
    pub fd: Option<String>,
    /// Descriptor defined by `dup`.
    pub new: Option<String>,
    /// Flags of `open`.
    pub flags: Vec<OpenFlag>,
    /// Flags of `rename`.
    pub rename: Option<RenameFlag>,
    /// Permission bits of `open`, `creat`, `mkdir`, `chmod`, `fchmod`.
    pub mode: Option<u32>,
    /// What `access` asks for.
    pub access: Option<AccessMode>,
    /// Bytes to read, of entries that one call of `readdir` asks for, or length of a byte-range lock (0:
    /// to the end).
    pub len: Option<u64>,
    /// Position of `pread`, `pwrite`, `lseek` and byte-range locks.
    pub offset: Option<i64>,
    /// What `lseek` counts from.
    pub whence: Option<Whence>,
    /// Size for `truncate` and `ftruncate`.
    pub size: Option<u64>,
    /// What `write` and `pwrite` write.
    pub content: Option<Content>,
    /// Lock mode of `flock` and `lock`.
    pub lock: Option<LockMode>,
    /// Owner of a `lock`: the process (`posix`) or the open file description (`ofd`).
    pub owner: Option<LockOwner>,
    /// Whether a lock waits.
    pub wait: bool,
    /// Whether `readdir` seeks to where it is before each further call.
    pub seek: bool,
    /// Length of `sleep` and `spin`.
    pub time: Option<Duration>,
    /// How many times the step is done in a row.
    pub repeat: u32,
    /// Where to go, by result. No entry: the next step.
    pub on: Vec<On>,
    /// What the author knows and no model can.
    pub expect: Option<Expect>,
}

impl Step {
    /// A step of this operation that says nothing yet.
    pub fn new(op: OpKind) -> Self {
        Self {
            op,
            path: None,
            to: None,
            target: None,
            at: None,
            fd: None,
            new: None,
            flags: Vec::new(),
            rename: None,
            mode: None,
            access: None,
            len: None,
            offset: None,
            whence: None,
            size: None,
            content: None,
            lock: None,
            owner: None,
            // Locks wait unless told otherwise, as flock(2) does.
            wait: matches!(op, OpKind::Flock | OpKind::Lock),
            seek: false,
            time: None,
            repeat: 1,
            on: Vec::new(),
            expect: None,
        }
    }
}

/// A flag of `open`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is the O_ flag of its name")]
pub enum OpenFlag {
    Rdonly,
    Wronly,
    Rdwr,
    Creat,
    Excl,
    Trunc,
    Append,
    Directory,
    Nofollow,
    Tmpfile,
    Sync,
    Dsync,
}

impl OpenFlag {
    /// Whether an open with this flag makes something, or cuts it.
    pub fn makes(self) -> bool {
        matches!(self, Self::Creat | Self::Excl | Self::Trunc | Self::Tmpfile)
    }
}

/// A flag of `rename`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RenameFlag {
    /// Fail with EEXIST when the new name exists.
    Noreplace,
    /// Swap the two names.
    Exchange,
}

/// What `access` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is the _OK constant of its name")]
pub enum AccessMode {
    Exists,
    Read,
    Write,
    Execute,
}

/// What `lseek` counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is the SEEK_ constant of its name")]
pub enum Whence {
    Set,
    Cur,
    End,
}

/// Mode of a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum LockMode {
    Shared,
    Exclusive,
    Unlock,
}

/// Who owns a byte-range lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LockOwner {
    /// The process, as POSIX has it.
    Posix,
    /// The open file description (Linux, macOS).
    Ofd,
}

/// One entry of a step's `on` table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct On {
    /// The result that it is about.
    pub result: OnResult,
    /// Where to go.
    pub jump: Jump,
}

/// A result that a step can branch on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnResult {
    /// Success (`ok`).
    Ok,
    /// Any errno that has no entry of its own (`error`).
    Error,
    /// This errno, by name (`ENOENT`).
    Errno(String),
}

/// Where a branch leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Jump {
    /// Start the next iteration (`again`).
    Again,
    /// Go on with the next step (`next`).
    Next,
    /// Do a named branch, then the next iteration.
    Branch(String),
}

/// What the author allows a step to see. An absent list allows everything.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Expect {
    /// Allowed texts of a read.
    pub content: Option<Vec<String>>,
    /// A read must return one whole version: all of one write or one fixture file.
    pub whole: bool,
    /// Allowed file sizes (of stats) or byte counts (of reads and writes).
    pub size: Option<Vec<u64>>,
    /// Allowed results, by errno name; `ok` is success.
    pub errno: Option<Vec<String>>,
}
