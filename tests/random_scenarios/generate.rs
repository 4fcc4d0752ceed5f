//! Makes scenarios at random: valid, small, and crowded, so that actors meet on the same names.

use std::fmt::Write as _;

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Names that files come and go under.
const FILES: [&str; 6] = ["a", "b", "d/a", "d/b", "e/a", "new"];
/// Names of an actor's own, or nearly.
const OWN: [&str; 5] =
    ["t-{actor}", "d/t-{actor}", "n{random:2}", "t-{actor}-{random:3}", "n{random:2:x}"];
const DIRECTORIES: [&str; 3] = ["d", "e", "d/s"];
const LINKS: [&str; 2] = ["l", "d/l"];
/// Prefixes of each other, common ends, and bytes that tagged content has, too.
const TEXTS: [&str; 7] = ["A", "AB", "ABCDEF", "CONTENT", "CON", "BBBBEND", "AAAAEND"];
const SIZES: [u64; 5] = [1, 10, 100, 4096, 70_000];
const ERRNOS: [&str; 5] = ["ENOENT", "EEXIST", "EISDIR", "ENOTDIR", "EBADF"];

/// The scenario of this number, as TOML.
pub fn scenario(number: u64) -> String {
    let mut draw = Draw(Xoshiro256PlusPlus::seed_from_u64(number));
    let links = draw.one_in(6);
    let mut text = format!(
        "name = \"random-{number}\"\nabout = \"Does a healthy filesystem pass?\"\n\n[fixture]\n"
    );
    let fixture = fixture(&mut draw, links);
    text += &fixture.text;
    let shared = shared(&mut draw, &fixture, &mut text);
    text += "\n[run]\nmode = \"free\"\nhang_after = \"60s\"\n";
    let one_process = draw.one_in(2);
    for index in 0..draw.below(3) + 2 {
        let mut actor = Actor {
            draw: &mut draw,
            links,
            shared: &shared,
            open: shared.clone(),
            next_fd: 0,
            steps: Vec::new(),
        };
        let main = actor.block(true);
        let _ = write!(text, "\n[[actor]]\nname = \"actor{index}\"\n");
        if one_process || draw.one_in(3) {
            text += "process = \"p\"\n";
        }
        if draw.one_in(5) {
            text += "count = 2\n";
        }
        text += &list("steps", &main.steps);
        if let Some(branch) = main.branch {
            text += "[actor.branch]\n";
            text += &list("other", &branch);
        }
    }
    text
}

fn list(name: &str, steps: &[String]) -> String {
    let mut text = format!("{name} = [\n");
    for step in steps {
        let _ = writeln!(text, "  {{ {step} }},");
    }
    text + "]\n"
}

struct Draw(Xoshiro256PlusPlus);

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.0.random_range(0..bound)
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    fn of<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len() as u64) as usize]
    }

    /// A content, as the fields of a write or of a fixture entry.
    fn content(&mut self) -> String {
        match self.below(20) {
            0 => "content = \"\"".to_owned(),
            1 => "size = 0".to_owned(),
            2..=10 => format!("content = \"{}\"", self.of(&TEXTS)),
            _ => {
                let size = SIZES[self.below(SIZES.len() as u64) as usize];
                format!("size = {size}")
            }
        }
    }
}

struct Fixture {
    text: String,
    files: Vec<&'static str>,
    directories: Vec<&'static str>,
}

fn fixture(draw: &mut Draw, links: bool) -> Fixture {
    let mut made = Fixture { text: String::new(), files: Vec::new(), directories: vec!["d"] };
    let mut entry = |path: &str, what: &str| {
        let _ = writeln!(made.text, "\"{path}\" = {{ {what} }}");
    };
    entry("d", "dir = true");
    if draw.one_in(2) {
        entry("e", "dir = true");
        made.directories.push("e");
    }
    // One content for all makes the facts claim more.
    let same = draw.one_in(3).then(|| draw.content());
    for path in FILES {
        if draw.one_in(2) {
            continue;
        }
        match made.files.first() {
            Some(first) if draw.one_in(6) => entry(path, &format!("link = \"{first}\"")),
            _ => {
                let content = same.clone().unwrap_or_else(|| draw.content());
                entry(path, &content);
                made.files.push(path);
            }
        }
        if path == "e/a" && !made.directories.contains(&"e") {
            made.directories.push("e");
        }
    }
    if links {
        let target = draw.of(&["a", "d", "d/a", "l"]);
        entry("l", &format!("symlink = \"{target}\""));
    }
    made
}

/// A descriptor that can be used here.
#[derive(Clone)]
struct Open {
    name: String,
    directory: bool,
    shared: bool,
}

fn shared(draw: &mut Draw, fixture: &Fixture, text: &mut String) -> Vec<Open> {
    if !draw.one_in(4) {
        return Vec::new();
    }
    let directory = draw.one_in(3);
    let (path, flags) = if directory {
        (draw.of(&fixture.directories), "\"rdonly\", \"directory\"")
    } else if fixture.files.is_empty() {
        return Vec::new();
    } else {
        let flags = ["\"rdwr\"", "\"rdonly\"", "\"wronly\"", "\"rdwr\", \"append\""];
        (draw.of(&fixture.files), draw.of(&flags))
    };
    let _ = write!(text, "\n[shared.shared]\npath = \"{path}\"\nflags = [{flags}]\n");
    vec![Open { name: "shared".to_owned(), directory, shared: true }]
}

struct Block {
    steps: Vec<String>,
    branch: Option<Vec<String>>,
}

struct Actor<'a> {
    draw: &'a mut Draw,
    links: bool,
    shared: &'a [Open],
    /// What may be open where the next step stands.
    open: Vec<Open>,
    next_fd: u32,
    steps: Vec<String>,
}

impl Actor<'_> {
    fn block(&mut self, main: bool) -> Block {
        let phrases = self.draw.below(3) + 1;
        for _ in 0..phrases {
            self.phrase();
        }
        let mut steps = std::mem::take(&mut self.steps);
        let mut branch = None;
        if main {
            let mut used = false;
            let pauses = |step: &str| ["yield", "sleep", "spin"].iter().any(|op| step.contains(op));
            for step in steps.iter_mut().filter(|step| !pauses(step)) {
                *step += &self.on(&mut used);
            }
            if used {
                // What is open there depends on where it comes from, so it begins with nothing.
                let carried = std::mem::replace(&mut self.open, self.shared.to_vec());
                branch = Some(self.block(false).steps);
                self.open = carried;
            }
        }
        Block { steps, branch }
    }

    /// Where results lead; mostly on to the next step.
    fn on(&mut self, used: &mut bool) -> String {
        match self.draw.below(14) {
            0 => ", on = { error = \"again\" }".to_owned(),
            1 => {
                *used = true;
                ", on = { error = \"other\" }".to_owned()
            }
            2 => format!(", on = {{ {} = \"again\" }}", self.draw.of(&ERRNOS)),
            3 => {
                *used = true;
                format!(", on = {{ {} = \"other\" }}", self.draw.of(&ERRNOS))
            }
            4 => ", on = { ENOENT = \"next\", error = \"again\" }".to_owned(),
            _ => String::new(),
        }
    }

    fn push(&mut self, step: String) {
        let repeat = if step.contains("\"close\"") || !self.draw.one_in(12) {
            String::new()
        } else {
            format!(", repeat = {}", self.draw.below(3) + 2)
        };
        self.steps.push(step + &repeat);
    }

    fn file(&mut self) -> String {
        match self.draw.below(10) {
            0..=1 => self.draw.of(&OWN).to_owned(),
            2 if self.links => self.draw.of(&LINKS).to_owned(),
            3 => self.draw.of(&DIRECTORIES).to_owned(),
            // Few names, so that actors meet.
            4..=7 => self.draw.of(&FILES[..3]).to_owned(),
            _ => self.draw.of(&FILES).to_owned(),
        }
    }

    fn directory(&mut self) -> String {
        self.draw.of(&DIRECTORIES).to_owned()
    }

    fn at(&mut self) -> String {
        let directories: Vec<String> =
            self.open.iter().filter(|open| open.directory).map(|open| open.name.clone()).collect();
        match directories.last() {
            Some(name) if self.draw.one_in(2) => format!(", at = \"{name}\""),
            _ => String::new(),
        }
    }

    fn define(&mut self, directory: bool) -> String {
        let known: Vec<&Open> =
            self.open.iter().filter(|o| !o.shared && o.directory == directory).collect();
        // Sometimes a slot that is in use.
        let name = match known.last() {
            Some(open) if self.draw.one_in(3) => open.name.clone(),
            _ => {
                self.next_fd = (self.next_fd + 1) % 8;
                format!("{}{}", if directory { "dir" } else { "f" }, self.next_fd)
            }
        };
        self.open.retain(|open| open.name != name);
        self.open.push(Open { name: name.clone(), directory, shared: false });
        name
    }

    fn flags(&mut self) -> (&'static str, bool) {
        let all: [(&str, bool); 14] = [
            ("\"rdonly\"", false),
            ("\"rdonly\"", false),
            ("\"rdonly\", \"nofollow\"", false),
            ("\"rdwr\"", false),
            ("\"wronly\"", false),
            ("\"rdwr\", \"append\"", false),
            ("\"rdwr\", \"trunc\"", false),
            ("\"rdonly\", \"creat\"", true),
            ("\"rdwr\", \"creat\"", true),
            ("\"wronly\", \"creat\", \"trunc\"", true),
            ("\"wronly\", \"creat\", \"trunc\"", true),
            ("\"rdwr\", \"creat\", \"excl\"", true),
            ("\"wronly\", \"creat\", \"append\"", true),
            ("\"rdwr\", \"creat\", \"trunc\", \"dsync\"", true),
        ];
        all[self.draw.below(all.len() as u64) as usize]
    }

    fn open_file(&mut self, path: &str) -> String {
        if self.draw.one_in(8) {
            let at = self.at();
            let fd = self.define(false);
            self.push(format!("op = \"creat\", path = \"{path}\", fd = \"{fd}\"{at}"));
            return fd;
        }
        let at = self.at();
        let (flags, makes) = self.flags();
        let mode = if makes && self.draw.one_in(8) { ", mode = \"0600\"" } else { "" };
        let fd = self.define(false);
        let open = format!("op = \"open\", path = \"{path}\", flags = [{flags}]{mode}");
        self.push(format!("{open}, fd = \"{fd}\"{at}"));
        fd
    }

    /// One thing that programs do, in one or several steps.
    fn phrase(&mut self) {
        match self.draw.below(24) {
            0..=3 => self.read_file(),
            4..=6 => self.save_by_rename(),
            7..=8 => self.write_file(),
            9..=10 => self.open_directory(),
            11 => self.scan(),
            12 => self.nameless(),
            13 => self.pause(),
            14..=17 => self.use_descriptor(),
            _ => self.name(),
        }
    }

    fn read_file(&mut self) {
        let path = self.file();
        let at = self.at();
        let fd = self.define(false);
        self.push(format!("op = \"open\", path = \"{path}\", fd = \"{fd}\"{at}"));
        for _ in 0..self.draw.below(2) + 1 {
            match self.draw.below(3) {
                0 => self.push(format!("op = \"fstat\", fd = \"{fd}\"")),
                _ => {
                    let len = self.length();
                    self.push(format!("op = \"read\", fd = \"{fd}\", len = {len}"));
                }
            }
        }
        self.maybe_close(&fd);
    }

    fn length(&mut self) -> u64 {
        [0, 1, 3, 7, 100, 4096, 80_000, 80_000][self.draw.below(8) as usize]
    }

    fn maybe_close(&mut self, fd: &str) {
        if !self.draw.one_in(3) {
            self.push(format!("op = \"close\", fd = \"{fd}\""));
            self.open.retain(|open| open.name != fd);
        }
    }

    fn save_by_rename(&mut self) {
        let own = match self.draw.below(5) {
            0 => self.file(),
            _ => self.draw.of(&OWN).to_owned(),
        };
        let to = self.file();
        let flags = self.draw.of(&[
            "\"wronly\", \"creat\", \"trunc\"",
            "\"wronly\", \"creat\", \"trunc\"",
            "\"wronly\", \"creat\", \"excl\"",
            "\"rdonly\", \"creat\"",
            "\"wronly\", \"creat\"",
        ]);
        let fd = self.define(false);
        self.push(format!("op = \"open\", path = \"{own}\", flags = [{flags}], fd = \"{fd}\""));
        if self.draw.one_in(6) {
            self.phrase();
        }
        if self.open.iter().any(|open| open.name == fd) {
            let content = self.draw.content();
            self.push(format!("op = \"write\", fd = \"{fd}\", {content}"));
            self.maybe_close(&fd);
        }
        let flag = self.draw.of(&["", "", "", ", flag = \"noreplace\"", ", flag = \"exchange\""]);
        self.push(format!("op = \"rename\", path = \"{own}\", to = \"{to}\"{flag}"));
    }

    fn write_file(&mut self) {
        let path = self.file();
        let fd = self.open_file(&path);
        let content = self.draw.content();
        self.push(format!("op = \"write\", fd = \"{fd}\", {content}"));
        self.maybe_close(&fd);
    }

    fn open_directory(&mut self) {
        let path = self.directory();
        let at = self.at();
        let fd = self.define(true);
        self.push(format!(
            "op = \"open\", path = \"{path}\", flags = [\"rdonly\", \"directory\"], \
             fd = \"{fd}\"{at}"
        ));
        match self.draw.below(3) {
            0 => {
                let parts = self.parts();
                self.push(format!("op = \"readdir\", fd = \"{fd}\"{parts}"));
            }
            1 => {
                let name = self.draw.of(&["a", "b", "s", "x/a"]);
                let open = format!("op = \"open\", path = \"{name}\", at = \"{fd}\"");
                let inner = self.define(false);
                self.push(format!("{open}, flags = [\"rdwr\", \"creat\"], fd = \"{inner}\""));
            }
            _ => {}
        }
    }

    fn scan(&mut self) {
        let path = self.directory();
        let parts = self.parts();
        self.push(format!("op = \"readdir\", path = \"{path}\"{parts}"));
    }

    /// How a scan is made.
    fn parts(&mut self) -> &'static str {
        if cfg!(not(target_os = "linux")) {
            return "";
        }
        self.draw.of(&["", "", ", len = 24", ", len = 24, seek = true", ", len = 72, seek = true"])
    }

    fn nameless(&mut self) {
        let path = self.directory();
        let fd = self.define(false);
        let open = format!("op = \"open\", path = \"{path}\", flags = [\"rdwr\", \"tmpfile\"]");
        self.push(format!("{open}, fd = \"{fd}\""));
        let step = match self.draw.below(3) {
            0 => format!("op = \"read\", fd = \"{fd}\", len = 10"),
            1 => format!("op = \"pread\", fd = \"{fd}\", len = 10, offset = 0"),
            _ => format!("op = \"write\", fd = \"{fd}\", {}", self.draw.content()),
        };
        self.push(step);
    }

    fn pause(&mut self) {
        let step = self.draw.of(&[
            "op = \"yield\"",
            "op = \"sleep\", time = \"20us\"",
            "op = \"spin\", time = \"2us\"",
        ]);
        self.push(step.to_owned());
    }

    fn use_descriptor(&mut self) {
        let count = self.open.len() as u64;
        if count == 0 {
            let path = self.file();
            self.open_file(&path);
            return;
        }
        let open = self.open[self.draw.below(count) as usize].clone();
        let fd = &open.name;
        let offset = [0, 0, 1, 3, 100, 5000][self.draw.below(6) as usize];
        let content = self.draw.content();
        let len = self.length();
        let lock = self.draw.of(&["shared", "exclusive", "unlock"]);
        let step = match self.draw.below(20) {
            0..=1 => format!("op = \"read\", fd = \"{fd}\", len = {len}"),
            2..=4 => format!("op = \"pread\", fd = \"{fd}\", len = {len}, offset = {offset}"),
            5 => format!("op = \"write\", fd = \"{fd}\", {content}"),
            6..=7 => format!("op = \"pwrite\", fd = \"{fd}\", {content}, offset = {offset}"),
            8 => {
                let whence = self.draw.of(&["set", "cur", "end"]);
                let by = [0, 0, 3, -2, 5000][self.draw.below(5) as usize];
                let by = if whence == "set" { by.max(0) } else { by };
                format!("op = \"lseek\", fd = \"{fd}\", offset = {by}, whence = \"{whence}\"")
            }
            9 => format!("op = \"ftruncate\", fd = \"{fd}\", size = {offset}"),
            10 => format!("op = \"fstat\", fd = \"{fd}\""),
            11 => format!("op = \"{}\", fd = \"{fd}\"", self.draw.of(&["fsync", "fdatasync"])),
            12 => format!("op = \"futimens\", fd = \"{fd}\""),
            13 => format!("op = \"flock\", fd = \"{fd}\", lock = \"{lock}\", wait = false"),
            14 => {
                let owner = self.draw.of(&["posix", "ofd"]);
                format!(
                    "op = \"lock\", fd = \"{fd}\", lock = \"{lock}\", owner = \"{owner}\", \
                     offset = {offset}, len = {len}, wait = false"
                )
            }
            15..=16 => {
                let new = self.define(open.directory);
                format!("op = \"dup\", fd = \"{fd}\", new = \"{new}\"")
            }
            17 if open.directory => format!("op = \"readdir\", fd = \"{fd}\""),
            18 if !open.shared => {
                self.open.retain(|other| other.name != *fd);
                format!("op = \"close\", fd = \"{fd}\"")
            }
            _ => format!("op = \"fchmod\", fd = \"{fd}\", mode = \"0755\""),
        };
        self.push(step);
    }

    /// One call on names.
    fn name(&mut self) {
        let (path, at) = (self.file(), self.at());
        let to = self.file();
        let directory = self.directory();
        let access = self.draw.of(&["exists", "read", "write", "execute"]);
        let flag = self.draw.of(&["", "", "", ", flag = \"noreplace\"", ", flag = \"exchange\""]);
        let size = [0, 1, 3, 5000][self.draw.below(4) as usize];
        let step = match self.draw.below(20) {
            0..=2 => format!("op = \"unlink\", path = \"{path}\"{at}"),
            3..=5 => format!("op = \"rename\", path = \"{path}\", to = \"{to}\"{at}{flag}"),
            6..=7 => format!("op = \"link\", path = \"{path}\", to = \"{to}\"{at}"),
            8 => format!("op = \"mkdir\", path = \"{directory}\"{at}"),
            9 => format!("op = \"rmdir\", path = \"{directory}\"{at}"),
            10 => format!("op = \"stat\", path = \"{path}\"{at}"),
            11 => format!("op = \"lstat\", path = \"{path}\"{at}"),
            12 => format!("op = \"access\", path = \"{path}\", access = \"{access}\"{at}"),
            13 => format!("op = \"chmod\", path = \"{path}\", mode = \"0700\"{at}"),
            14 => format!("op = \"utimens\", path = \"{path}\"{at}"),
            15 => format!("op = \"truncate\", path = \"{path}\", size = {size}"),
            16 if self.links => {
                let (name, target) = (self.draw.of(&LINKS), self.file());
                format!("op = \"symlink\", path = \"{name}\", target = \"{target}\"{at}")
            }
            17 => format!("op = \"readlink\", path = \"{path}\"{at}"),
            18 => format!("op = \"rename\", path = \"{directory}\", to = \"e\""),
            _ => {
                let fd = self.open_file(&path);
                let len = self.length();
                format!("op = \"pread\", fd = \"{fd}\", len = {len}, offset = 0")
            }
        };
        self.push(step);
    }
}
