//! What the scenario as a whole can do to the file behind a step.
//!
//! Everything here errs on one side: a fact is claimed only where no order of the actors' steps
//! can break it. It decides, until the model does, where an empty read or strange bytes are
//! impossible rather than merely unlikely.

use std::collections::HashMap;

use super::ReadFacts;
use super::pattern::{Parent, Pattern};
use crate::content::ContentItem;
use crate::ops::OpKind;
use crate::scenario::{Jump, On, OnResult, OpenFlag, RenameFlag, Step};

/// A step together with the names it can touch.
#[derive(Debug)]
pub(super) struct Placed<'a> {
    /// Index of the actor instance.
    pub(super) actor: usize,
    /// Which of the actor's blocks (main steps or a branch) it stands in, and where.
    pub(super) block: usize,
    pub(super) step: &'a Step,
    /// The path it names, seen from the sandbox.
    pub(super) path: Option<Pattern>,
    /// The second path of `rename` and `link`.
    pub(super) to: Option<Pattern>,
    /// Whether the directory that the paths are relative to is known.
    pub(super) at_is_known: bool,
    /// Every path that its descriptor can have been opened at.
    pub(super) opened_at: Vec<Pattern>,
    /// Item that it writes.
    pub(super) writes: Option<u8>,
}

/// A fixture entry, as the facts need it.
#[derive(Debug)]
pub(super) struct PlacedFixture {
    pub(super) path: String,
    /// Item and size of a file.
    pub(super) file: Option<u8>,
    pub(super) directory: bool,
    pub(super) symlink: bool,
    pub(super) hard_link: Option<String>,
}

/// The whole scenario, ready for questions.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) steps: &'a [Placed<'a>],
    pub(super) fixture: &'a [PlacedFixture],
    /// Paths of the shared descriptors, with whether they truncate or create.
    pub(super) shared: Vec<Pattern>,
    pub(super) contents: &'a [ContentItem],
}

impl Facts<'_> {
    /// Whether some path cannot be told at all, so that nothing can be said about any.
    fn undecided(&self) -> bool {
        self.has_symlinks() || self.steps.iter().any(|placed| !placed.at_is_known)
    }

    /// Whether a path can lead through or to a symbolic link.
    pub(super) fn has_symlinks(&self) -> bool {
        self.fixture.iter().any(|entry| entry.symlink)
            || self.steps.iter().any(|placed| placed.step.op == OpKind::Symlink)
    }

    /// Whether permissions can come to forbid something.
    pub(super) fn may_deny(&self) -> bool {
        self.steps.iter().any(|placed| {
            matches!(placed.step.op, OpKind::Chmod | OpKind::Fchmod)
                || placed.step.mode.is_some_and(|mode| mode & 0o600 != 0o600)
                || (placed.step.op == OpKind::Mkdir
                    && placed.step.mode.is_some_and(|mode| mode & 0o700 != 0o700))
        })
    }

    /// Whether the directory that holds `path` is there and stays what it is.
    pub(super) fn parent_is_stable(&self, path: &Pattern) -> bool {
        if self.undecided() {
            return false;
        }
        match path.parent() {
            Parent::Top => true,
            Parent::Literal(parent) => self.is_stable_directory(parent),
            Parent::Unknown => false,
        }
    }

    fn is_stable_directory(&self, path: &str) -> bool {
        let mut above = Some(path);
        while let Some(directory) = above {
            let there = self.fixture.iter().any(|entry| entry.directory && entry.path == directory);
            if !there || self.is_moved_or_removed(&Pattern::literal(directory)) {
                return false;
            }
            above = directory.rsplit_once('/').map(|(parent, _)| parent);
        }
        true
    }

    fn is_moved_or_removed(&self, name: &Pattern) -> bool {
        self.steps.iter().any(|placed| {
            let hits = |path: &Option<Pattern>| path.as_ref().is_some_and(|p| p.may_equal(name));
            match placed.step.op {
                OpKind::Unlink | OpKind::Rmdir => hits(&placed.path),
                OpKind::Rename => hits(&placed.path) || hits(&placed.to),
                _ => false,
            }
        })
    }

    /// Names in a directory that are there throughout; empty when that cannot be told.
    pub(super) fn stable_names(&self, directory: &Pattern) -> Vec<String> {
        let Some(directory) = directory.as_literal() else { return Vec::new() };
        if self.undecided() || (directory != "." && !self.is_stable_directory(directory)) {
            return Vec::new();
        }
        let prefix = if directory == "." { String::new() } else { format!("{directory}/") };
        let inside = |entry: &&PlacedFixture| {
            entry.path.strip_prefix(&prefix).is_some_and(|rest| !rest.contains('/'))
        };
        self.fixture
            .iter()
            .filter(inside)
            // Some systems return such a name in another normal form than it was given.
            .filter(|entry| entry.path.is_ascii())
            .filter(|entry| !self.is_moved_or_removed(&Pattern::literal(&entry.path)))
            .map(|entry| entry.path[prefix.len()..].to_owned())
            .collect()
    }

    /// What is known about the file that a descriptor opened at one of `paths` leads to.
    pub(super) fn of_file(&self, paths: &[Pattern]) -> ReadFacts {
        if paths.is_empty() || self.undecided() || self.moves_directories() {
            return ReadFacts::default();
        }
        let names = self.connected(paths);
        let on_these =
            |placed: &&Placed<'_>| placed.opened_at.iter().any(|path| meets(path, &names));
        let writes: Vec<_> = self
            .steps
            .iter()
            .filter(on_these)
            .filter(|placed| matches!(placed.step.op, OpKind::Write | OpKind::Pwrite))
            .collect();
        let shared = self.shared.iter().any(|path| meets(path, &names));
        let placed = !shared && writes.iter().all(|write| self.lands_at_a_known_place(write));
        let mut items: Vec<u8> = writes.iter().filter_map(|write| write.writes).collect();
        items.extend(self.fixture.iter().filter_map(|entry| {
            entry.file.filter(|_| meets(&Pattern::literal(&entry.path), &names))
        }));
        items.sort_unstable();
        items.dedup();
        let size = |item: &u8| self.contents[usize::from(*item)].size();
        // An empty item is what a file is before its first write: it replaces nothing.
        let mut sizes = items.iter().map(size).filter(|&size| size > 0);
        let one_size = sizes.next().is_none_or(|first| sizes.all(|size| size == first));
        let resized = self.steps.iter().any(|placed| match placed.step.op {
            OpKind::Truncate => placed.path.as_ref().is_some_and(|path| meets(path, &names)),
            OpKind::Ftruncate => on_these(&placed),
            _ => false,
        });
        let whole = placed && one_size && !resized && writes.iter().all(|w| starts_at_zero(w));
        ReadFacts {
            never_empty: !shared && !resized && self.never_empties(paths, &names),
            items: placed.then_some(items),
            replaced_whole: whole,
        }
    }

    fn moves_directories(&self) -> bool {
        let directories = self.steps.iter().filter(|placed| placed.step.op == OpKind::Mkdir);
        let made: Vec<&Pattern> = directories.filter_map(|placed| placed.path.as_ref()).collect();
        self.steps.iter().filter(|placed| placed.step.op == OpKind::Rename).any(|rename| {
            rename.path.iter().chain(&rename.to).any(|name| {
                made.iter().any(|directory| directory.may_equal(name))
                    || self.fixture.iter().any(|entry| {
                        entry.directory && Pattern::literal(&entry.path).may_equal(name)
                    })
            })
        })
    }

    /// All names that files move or are linked between, starting from `paths`.
    fn connected(&self, paths: &[Pattern]) -> Vec<Pattern> {
        let mut names = paths.to_vec();
        let links = self.fixture.iter().filter_map(|entry| {
            let to = entry.hard_link.as_ref()?;
            Some((Pattern::literal(&entry.path), Pattern::literal(to)))
        });
        let moves = self.steps.iter().filter_map(|placed| match placed.step.op {
            OpKind::Rename | OpKind::Link => Some((placed.path.clone()?, placed.to.clone()?)),
            _ => None,
        });
        let edges: Vec<_> = links.chain(moves).collect();
        loop {
            let before = names.len();
            for (from, to) in &edges {
                for (one, other) in [(from, to), (to, from)] {
                    if meets(one, &names) && !names.contains(other) {
                        names.push(other.clone());
                    }
                }
            }
            if names.len() == before {
                return names;
            }
        }
    }

    fn lands_at_a_known_place(&self, write: &Placed<'_>) -> bool {
        let text = write
            .writes
            .is_some_and(|item| matches!(self.contents[usize::from(item)], ContentItem::Text(_)));
        match write.step.op {
            // With O_APPEND, Linux ignores the offset.
            OpKind::Pwrite => (!text || write.step.offset == Some(0)) && !self.may_append(write),
            _ => self.is_first_write(write),
        }
    }

    /// Whether some descriptor of the step's actor is opened with O_APPEND.
    fn may_append(&self, write: &Placed<'_>) -> bool {
        self.of_actor(write).any(|placed| placed.step.flags.contains(&OpenFlag::Append))
    }

    fn of_actor<'s>(&'s self, one: &Placed<'_>) -> impl Iterator<Item = &'s Placed<'s>> {
        let actor = one.actor;
        self.steps.iter().filter(move |placed| placed.actor == actor)
    }

    /// The steps of `one`'s block that stand before it.
    fn before<'s>(&'s self, one: &Placed<'_>) -> Vec<&'s Placed<'s>> {
        let (block, step) = (one.block, std::ptr::from_ref(one.step));
        self.of_actor(one)
            .filter(|placed| placed.block == block)
            .take_while(|placed| !std::ptr::eq(placed.step, step))
            .collect()
    }

    /// Whether the descriptor of a `write` has just been opened by the step's own block, without
    /// O_APPEND, and nothing moved its offset in between.
    fn is_first_write(&self, write: &Placed<'_>) -> bool {
        if write.step.repeat > 1 {
            return false;
        }
        let fd = &write.step.fd;
        for placed in self.before(write).into_iter().rev() {
            let step = placed.step;
            if opens(step, fd) {
                // An open that fails leaves in the slot what was there, at whatever offset.
                let others = self.of_actor(write).filter(|other| defines(other.step, fd)).count();
                return !step.flags.contains(&OpenFlag::Append)
                    && (others == 1 || leaves_on_error(step));
            }
            let moves = matches!(
                step.op,
                OpKind::Read | OpKind::Write | OpKind::Lseek | OpKind::Dup | OpKind::Close
            );
            if moves && (step.fd == *fd || step.new == *fd) {
                return false;
            }
        }
        false
    }

    /// Whether no file can be seen empty under `paths`.
    fn never_empties(&self, paths: &[Pattern], names: &[Pattern]) -> bool {
        let empty = |item: &u8| self.contents[usize::from(*item)].size() == 0;
        let empty_fixture = self.fixture.iter().any(|entry| {
            entry.file.as_ref().is_some_and(empty) && meets(&Pattern::literal(&entry.path), names)
        });
        !empty_fixture
            && self
                .steps
                .iter()
                .filter(|placed| empties(placed.step))
                .filter(|placed| placed.path.as_ref().is_some_and(|path| meets(path, names)))
                .all(|placed| self.is_filled_before_it_shows(placed, paths))
    }

    /// Whether a file that `creator` makes (or empties) gets its content under a name of its
    /// actor's own before a rename shows it to anybody.
    fn is_filled_before_it_shows(&self, creator: &Placed<'_>, shown: &[Pattern]) -> bool {
        let Some(own) = &creator.path else { return false };
        if meets(own, shown) || !writes_through(creator.step) || creator.step.repeat > 1 {
            return false;
        }
        let linked = self.fixture.iter().any(|entry| {
            let meets_own = |path: &str| Pattern::literal(path).may_equal(own);
            entry.hard_link.as_ref().is_some_and(|to| meets_own(&entry.path) || meets_own(to))
        });
        // Emptying it empties whatever else it is called.
        if linked {
            return false;
        }
        let mine = |placed: &&Placed<'_>| placed.actor == creator.actor;
        let touches = |placed: &&Placed<'_>| {
            placed.path.iter().chain(&placed.to).any(|path| path.may_equal(own))
        };
        let mut touching = self.steps.iter().filter(touches);
        if self.steps.iter().filter(touches).any(|placed| !mine(&placed)) {
            return false;
        }
        touching.all(|placed| match placed.step.op {
            OpKind::Rename => {
                let leaves = placed.path.as_ref().is_some_and(|path| path.may_equal(own));
                leaves
                    && placed.step.rename != Some(RenameFlag::Exchange)
                    && self.is_written_before(placed, creator)
            }
            // A link leaves the own name behind, and the next creation empties the shared file.
            OpKind::Link => false,
            _ => true,
        })
    }

    /// Whether a non-empty write to the file that `creator` has just made comes before `rename`,
    /// on every way that makes the file.
    ///
    /// A write that fails spoils this; `empty-read` says nothing when one did.
    fn is_written_before(&self, rename: &Placed<'_>, creator: &Placed<'_>) -> bool {
        if rename.block != creator.block || creator.step.on.iter().any(leads_off_success) {
            return false;
        }
        let fd = &creator.step.fd;
        let before = self.before(rename);
        let mut after = before
            .into_iter()
            .skip_while(|placed| !std::ptr::eq(placed.step, creator.step))
            .skip(1);
        // What leads out of the block in between leaves an empty file for the next iteration.
        let write = after.find(|placed| {
            let step = placed.step;
            let writes = matches!(step.op, OpKind::Write | OpKind::Pwrite) && step.fd == *fd;
            let loses = defines(step, fd) || (step.op == OpKind::Close && step.fd == *fd);
            writes || loses || step.on.iter().any(|on| on.jump != Jump::Next)
        });
        write.is_some_and(|placed| {
            let size = |item: u8| self.contents[usize::from(item)].size();
            matches!(placed.step.op, OpKind::Write | OpKind::Pwrite)
                && placed.step.fd == *fd
                && placed.writes.is_some_and(|item| size(item) > 0)
        })
    }
}

/// Whether the step opens a path as this descriptor.
fn opens(step: &Step, fd: &Option<String>) -> bool {
    matches!(step.op, OpKind::Open | OpKind::Creat) && step.fd == *fd
}

/// Whether the step puts something into the slot of this descriptor.
fn defines(step: &Step, fd: &Option<String>) -> bool {
    opens(step, fd) || (step.op == OpKind::Dup && step.new == *fd)
}

/// Whether every failure of the step leads out of its block.
fn leaves_on_error(step: &Step) -> bool {
    let stays = |on: &On| on.result != OnResult::Ok && on.jump == Jump::Next;
    step.on.iter().any(|on| on.result == OnResult::Error) && !step.on.iter().any(stays)
}

/// Whether this leads a step that succeeds out of its block.
fn leads_off_success(on: &On) -> bool {
    on.result == OnResult::Ok && on.jump != Jump::Next
}

/// Whether the step's descriptor can be written to.
fn writes_through(step: &Step) -> bool {
    let flag = |flag| step.flags.contains(&flag);
    step.op == OpKind::Creat || flag(OpenFlag::Wronly) || flag(OpenFlag::Rdwr)
}

/// Whether a path can be one of `names`.
fn meets(path: &Pattern, names: &[Pattern]) -> bool {
    names.iter().any(|name| name.may_equal(path))
}

/// Of a write that lands at a known place.
fn starts_at_zero(write: &Placed<'_>) -> bool {
    write.step.op == OpKind::Write || write.step.offset == Some(0)
}

/// Whether the step can make a file empty, or make an empty file.
fn empties(step: &Step) -> bool {
    let flag = |flag| step.flags.contains(&flag);
    match step.op {
        OpKind::Creat | OpKind::Truncate => true,
        OpKind::Open => flag(OpenFlag::Creat) || flag(OpenFlag::Trunc) || flag(OpenFlag::Tmpfile),
        _ => false,
    }
}

/// Paths at which each named descriptor of an actor can have been opened.
pub(super) fn descriptor_paths(
    steps: &[(Option<Pattern>, &Step)],
    shared: &[(String, Pattern)],
) -> HashMap<String, Vec<Pattern>> {
    let mut paths: HashMap<String, Vec<Pattern>> = HashMap::new();
    for (name, path) in shared {
        paths.entry(name.clone()).or_default().push(path.clone());
    }
    for (path, step) in steps {
        if let (OpKind::Open | OpKind::Creat, Some(fd), Some(path)) = (step.op, &step.fd, path) {
            paths.entry(fd.clone()).or_default().push(path.clone());
        }
    }
    // A copy of a copy needs as many passes as there are copies in a row.
    for _ in 0..steps.len() {
        for (_, step) in steps {
            if let (OpKind::Dup, Some(from), Some(new)) = (step.op, &step.fd, &step.new) {
                let known = paths.get(from).cloned().unwrap_or_default();
                let copy = paths.entry(new.clone()).or_default();
                for path in known {
                    if !copy.contains(&path) {
                        copy.push(path);
                    }
                }
            }
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use crate::plan::{Plan, ReadFacts, Settings, plan};

    const READER: &str = r#"
        { op = "open", path = "f", fd = "r" },
        { op = "read", fd = "r", len = 100 },
    "#;

    /// A plan with one actor for each list of steps. `f` is there with a content.
    fn planned(fixture: &str, actors: &[&str]) -> Plan {
        let mut text = format!(
            "name = \"case\"\nabout = \"A case.\"\n[fixture]\n\"f\" = {{ content = \"OLD\" }}\n{fixture}\n"
        );
        for (index, steps) in actors.iter().enumerate() {
            text += &format!("[[actor]]\nname = \"actor{index}\"\nsteps = [{steps}]\n");
        }
        let scenario = crate::scenario::parse(&text, "case");
        let scenario = scenario.unwrap_or_else(|mistakes| panic!("{text}\n{mistakes}"));
        plan(&scenario, &Settings::default()).unwrap()
    }

    /// What is known about the last read of the first actor.
    fn facts_of(fixture: &str, actors: &[&str]) -> ReadFacts {
        let plan = planned(fixture, actors);
        let mut reads = plan.actors[0].steps.iter().filter(|step| step.text.contains("read"));
        reads.next_back().unwrap().reads.clone()
    }

    /// What is known about reads of `f`, against an actor with these steps.
    fn against(fixture: &str, steps: &str) -> ReadFacts {
        facts_of(fixture, &[READER, steps])
    }

    const SAVE: &str = r#"
        { op = "open", path = "t", flags = ["wronly", "creat", "trunc"], fd = "w" },
        { op = "write", fd = "w", content = "NEW" },
        { op = "rename", path = "t", to = "f" },
    "#;

    #[test]
    fn what_is_written_before_it_shows_is_never_empty() {
        assert!(against("", SAVE).never_empty);
        assert!(against("", r#"{ op = "unlink", path = "f" }"#).never_empty);
        assert!(against("", &SAVE.replace("\"t\"", "\"t-{actor}-{iteration}\"")).never_empty);
    }

    #[test]
    fn a_file_may_be_empty_wherever_some_way_leads_there() {
        for (why, fixture, steps) in [
            ("the write can be left out", "", SAVE.replace(
                r#"{ op = "write","#,
                r#"{ op = "stat", path = "f", on = { error = "again" } }, { op = "write","#,
            )),
            ("the descriptor is not for writing", "", SAVE.replace("wronly", "rdonly").replace(r#", "trunc""#, "")),
            ("the descriptor is another file's by then", "", SAVE.replace(
                r#"{ op = "write","#,
                r#"{ op = "open", path = "g", flags = ["wronly", "creat"], fd = "w" }, { op = "write","#,
            )),
            ("it is closed before the write", "", SAVE.replace(
                r#"{ op = "write","#,
                r#"{ op = "close", fd = "w" }, { op = "open", path = "g", fd = "w" }, { op = "write","#,
            )),
            ("nothing is written", "", SAVE.replace("NEW", "")),
            ("it is made again and fails the second time", "", SAVE.replace(
                r#"fd = "w" },
        { op = "write""#,
                r#"fd = "w", repeat = 2, on = { error = "again" } }, { op = "write""#,
            )),
            ("the two names are exchanged", "", SAVE.replace("to = \"f\"", "to = \"f\", flag = \"exchange\"")),
            ("the own name is a link to the same file", "\"t\" = { link = \"f\" }", SAVE.to_owned()),
            ("the own name is linked", "", format!("{SAVE} {{ op = \"link\", path = \"f\", to = \"t\" }},")),
            ("it is emptied through its descriptor", "", format!("{SAVE} {{ op = \"ftruncate\", fd = \"w\", size = 0 }},")),
            ("it is emptied by another name", "\"g\" = { link = \"f\" }", r#"{ op = "truncate", path = "g", size = 0 }"#.to_owned()),
            ("it is emptied under a name that it moves to", "", r#"
                { op = "rename", path = "f", to = "g" },
                { op = "creat", path = "g", fd = "g" },
            "#.to_owned()),
            ("it is emptied on a filesystem that folds case", "", r#"{ op = "creat", path = "F", fd = "g" }"#.to_owned()),
            ("an empty file takes its place", "\"g\" = { content = \"\" }", r#"{ op = "rename", path = "g", to = "f" }"#.to_owned()),
            ("the directory is moved", "\"d/f\" = { content = \"\" }", r#"{ op = "rename", path = "d", to = "e" }"#.to_owned()),
            ("a link can lead anywhere", "\"l\" = { symlink = \"f\" }", r#"{ op = "creat", path = "l", fd = "g" }"#.to_owned()),
        ] {
            assert!(!against(fixture, &steps).never_empty, "{why}");
        }
    }

    #[test]
    fn somebody_else_at_the_own_name_spoils_it() {
        let other = r#"{ op = "creat", path = "t", fd = "x" }"#;
        assert!(!facts_of("", &[READER, SAVE, other]).never_empty);
        assert!(!facts_of("", &[READER, SAVE, SAVE]).never_empty);
        let beneath = r#"
            { op = "open", path = "d", flags = ["directory"], fd = "d" },
            { op = "open", path = "e", at = "d", flags = ["directory"], fd = "e" },
            { op = "creat", path = "f", at = "e", fd = "x" },
        "#;
        // Two directories down, where only the first is named by a path.
        let deep = READER.replace("\"f\"", "\"d/e/f\"");
        assert!(!facts_of("\"d/e/f\" = { content = \"X\" }", &[&deep, beneath]).never_empty);
    }

    #[test]
    fn a_file_without_a_name_begins_empty() {
        let nameless = r#"
            { op = "open", path = "d", flags = ["rdwr", "tmpfile"], fd = "r" },
            { op = "read", fd = "r", len = 100 },
        "#;
        assert!(!facts_of("\"d\" = { dir = true }", &[nameless]).never_empty);
    }

    #[test]
    fn a_shared_descriptor_writes_anywhere() {
        let text = "[shared.s]\npath = \"f\"\nflags = [\"rdwr\"]";
        let steps = r#"{ op = "write", fd = "s", content = "X" }"#;
        assert_eq!(against(text, steps), ReadFacts::default());
    }

    #[test]
    fn items_are_known_where_every_write_lands_at_a_known_place() {
        let known = against("", SAVE).items.unwrap();
        assert_eq!(known.len(), 2);
        let open = |flags: &str| {
            format!("{{ op = \"open\", path = \"f\", flags = [{flags}], fd = \"w\" }},")
        };
        let write = r#"{ op = "write", fd = "w", content = "NEW" },"#;
        let plain = open("\"wronly\"");
        let append = open("\"wronly\", \"append\"");
        assert!(against("", &(plain.clone() + write)).items.is_some());
        for (why, steps) in [
            ("twice in a row", format!("{plain} {write} {write}")),
            ("repeated", plain.clone() + &write.replace("content", "repeat = 2, content")),
            ("appended", append.clone() + write),
            (
                "Linux appends a pwrite, too",
                append + r#"{ op = "pwrite", fd = "w", size = 9, offset = 0 }"#,
            ),
            // The second open fails: the slot still has the first, at offset 3.
            ("a descriptor that stays", format!("{plain} {write} {plain} {write}")),
            ("moved", format!("{plain} {{ op = \"lseek\", fd = \"w\", offset = 1 }}, {write}")),
            (
                "a copy",
                format!(
                    "{plain} {{ op = \"dup\", fd = \"w\", new = \"v\" }}, {}",
                    write.replace("\"w\"", "\"v\"")
                ),
            ),
            (
                "text at another place",
                plain.clone() + r#"{ op = "pwrite", fd = "w", content = "NEW", offset = 1 }"#,
            ),
        ] {
            assert_eq!(against("", &steps).items, None, "{why}");
        }
        let left = plain.replace("fd =", "on = { error = \"again\" }, fd =");
        let steps = format!("{left} {write} {left} {write}");
        assert!(against("", &steps).items.is_some(), "the second is only reached when it opened");
    }

    #[test]
    fn a_replaced_file_is_whole_unless_sizes_differ() {
        let write = |size: u32, repeat: u32| {
            format!(
                "{{ op = \"open\", path = \"f\", flags = [\"wronly\"], fd = \"w\" }}, \
                 {{ op = \"write\", fd = \"w\", size = {size}, repeat = {repeat} }}"
            )
        };
        assert!(against("", &write(3, 1)).replaced_whole);
        assert!(!against("", &write(4, 1)).replaced_whole);
        assert!(!against("", &write(3, 2)).replaced_whole);
    }
}
