//! Makes small programs at random, all of whose steps crowd on a few names and descriptors.

use std::fmt::Write as _;

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const PATHS: [&str; 9] = ["a", "b", "c", "d", "e", "d/a", "d/b", "d/s", "d/s/x"];
const LINK_PATHS: [&str; 5] = ["l", "l/a", "d/l", "l/s", "k"];
const TARGETS: [&str; 6] = ["a", "d", "l", "none", "d/l", "s"];
const DIRECTORIES: [&str; 3] = ["d", "e", "d/s"];
const DESCRIPTORS: [&str; 3] = ["f", "g", "h"];
/// The descriptor that directories are scanned through.
const SCANNED: &str = "q";
const MODES: [&str; 5] = ["0644", "0600", "0755", "0000", "0444"];

/// How large programs are.
#[derive(Clone, Copy)]
pub struct Size {
    /// Actors at least.
    pub actors: u64,
    /// Actors at most.
    pub most_actors: u64,
    /// Steps of an actor at most.
    pub steps: u64,
    /// Whether all actors are threads of one process.
    pub one_process: bool,
}

/// The program of this number, as a scenario in TOML.
pub fn program(number: u64, size: Size) -> String {
    let mut draw =
        Draw { random: Xoshiro256PlusPlus::seed_from_u64(number), links: false, data: false };
    draw.data = draw.one_in(3);
    draw.links = !draw.data && draw.one_in(3);
    let mut text = format!(
        "name = \"serial-{number}\"\nabout = \"Does the model agree?\"\n\n[fixture]\n\
         \"d\" = {{ dir = true }}\n"
    );
    let mut first = None;
    for path in ["a", "b", "d/a", "d/b"] {
        if draw.one_in(2) {
            let what = match first {
                Some(first) if draw.one_in(4) => format!("link = \"{first}\""),
                _ => draw.content(),
            };
            first = first.or(Some(path));
            let _ = writeln!(text, "\"{path}\" = {{ {what} }}");
        }
    }
    if draw.one_in(2) {
        text += "\"d/s\" = { dir = true }\n";
    }
    if draw.one_in(3) {
        text += "\"e\" = { dir = true }\n";
    }
    if draw.links {
        let target = draw.of(&TARGETS);
        let _ = writeln!(text, "\"l\" = {{ symlink = \"{target}\" }}");
    }
    text += "\n[run]\nmode = \"rounds\"\n";
    let threads = size.one_process || draw.one_in(2);
    for actor in 0..size.actors + draw.below(size.most_actors + 1 - size.actors) {
        let _ = write!(text, "\n[[actor]]\nname = \"actor{actor}\"\n");
        if threads {
            text += "process = \"p\"\n";
        }
        text += "steps = [\n";
        // A descriptor must be opened before it is used: the first step opens one.
        let mut open = Vec::new();
        let _ = writeln!(text, "  {{ {} }},", draw.open("f"));
        open.push("f");
        for _ in 0..1 + draw.below(size.steps - 1) {
            let step = draw.step(&mut open);
            let _ = writeln!(text, "  {{ {step} }},");
        }
        text += "]\n";
    }
    text
}

struct Draw {
    random: Xoshiro256PlusPlus,
    /// Whether symbolic links are about.
    links: bool,
    /// Whether it is about what is in one file rather than about names.
    data: bool,
}

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.random.random_range(0..bound)
    }

    /// How a scan is made.
    fn parts(&mut self) -> &'static str {
        match self.below(4) {
            0 if cfg!(target_os = "linux") => ", len = 24",
            1 if cfg!(target_os = "linux") => ", len = 48, seek = true",
            _ => "",
        }
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len() as u64) as usize]
    }

    fn path(&mut self) -> &'static str {
        if self.links && self.one_in(3) { self.of(&LINK_PATHS) } else { self.of(&PATHS) }
    }

    fn content(&mut self) -> String {
        match self.below(4) {
            0 => format!("content = \"{}\"", self.of(&["", "A", "TEXT"])),
            _ => format!("size = {}", 1 + self.below(12)),
        }
    }

    fn open(&mut self, fd: &str) -> String {
        if self.data {
            let append = if self.one_in(4) { ", \"append\"" } else { "" };
            let access = self.of(&["rdonly", "rdwr", "rdwr", "rdwr"]);
            return format!(
                "op = \"open\", path = \"a\", flags = [\"{access}\", \"creat\"{append}], fd = \"{fd}\""
            );
        }
        let path = self.path();
        if self.one_in(8) {
            return format!("op = \"creat\", path = \"{path}\", fd = \"{fd}\"");
        }
        if self.one_in(12) && cfg!(target_os = "linux") {
            let directory = self.of(&DIRECTORIES);
            return format!(
                "op = \"open\", path = \"{directory}\", flags = [\"tmpfile\", \"rdwr\"], fd = \"{fd}\""
            );
        }
        let mut flags = vec![self.of(&["rdonly", "rdonly", "wronly", "rdwr", "rdwr"])];
        let mut creates = false;
        if self.one_in(2) {
            flags.push("creat");
            creates = true;
            if self.one_in(3) {
                flags.push("excl");
            }
        } else if self.one_in(4) {
            flags.push("directory");
        }
        // What O_TRUNC does to a file opened only for reading, POSIX leaves open.
        if flags[0] != "rdonly" && self.one_in(4) {
            flags.push("trunc");
        }
        for flag in ["append", "nofollow"] {
            if self.one_in(6) {
                flags.push(flag);
            }
        }
        let flags: Vec<String> = flags.iter().map(|flag| format!("\"{flag}\"")).collect();
        let mode = if creates && self.one_in(3) {
            format!(", mode = \"{}\"", self.of(&MODES))
        } else {
            String::new()
        };
        let flags = flags.join(", ");
        format!("op = \"open\", path = \"{path}\", flags = [{flags}]{mode}, fd = \"{fd}\"")
    }

    fn step(&mut self, open: &mut Vec<&'static str>) -> String {
        if self.one_in(5) {
            let fd = self.of(&DESCRIPTORS);
            let fd = DESCRIPTORS[DESCRIPTORS.iter().position(|name| *name == fd).unwrap_or(0)];
            open.push(fd);
            return self.open(fd);
        }
        let files: Vec<&str> = open.iter().copied().filter(|name| *name != SCANNED).collect();
        let fd = files[self.below(files.len() as u64) as usize];
        let (path, other) = (self.path(), self.path());
        let offset = self.below(20);
        let kind = match self.below(14) {
            // Data: close to lseek, and the sizes and locks.
            one @ 0..=11 if self.data => one,
            one if self.data => one + 20,
            _ => self.below(34),
        };
        match kind {
            0 if files.len() > 1 => {
                let (step, fd) = (format!("op = \"close\", fd = \"{fd}\""), fd.to_owned());
                open.retain(|name| *name != fd);
                if !open.iter().any(|name| *name != SCANNED) {
                    open.push("f");
                    return self.open("f");
                }
                step
            }
            1 => {
                let new = DESCRIPTORS[self.below(3) as usize];
                if new == fd {
                    return format!("op = \"fstat\", fd = \"{fd}\"");
                }
                open.push(new);
                format!("op = \"dup\", fd = \"{fd}\", new = \"{new}\"")
            }
            2 | 3 => format!("op = \"read\", fd = \"{fd}\", len = {}", 1 + self.below(20)),
            4 => format!("op = \"pread\", fd = \"{fd}\", len = 30, offset = {offset}"),
            5 | 6 => format!("op = \"write\", fd = \"{fd}\", {}", self.content()),
            7 => format!("op = \"pwrite\", fd = \"{fd}\", {}, offset = {offset}", self.content()),
            8 => {
                let whence = self.of(&["set", "cur", "end"]);
                let back = if whence == "set" { 0 } else { self.below(12) };
                let to = offset as i64 - back as i64;
                format!("op = \"lseek\", fd = \"{fd}\", offset = {to}, whence = \"{whence}\"")
            }
            9 => format!("op = \"truncate\", path = \"{path}\", size = {offset}"),
            10 => format!("op = \"ftruncate\", fd = \"{fd}\", size = {offset}"),
            11 => format!("op = \"fsync\", fd = \"{fd}\""),
            12 => format!("op = \"stat\", path = \"{path}\""),
            13 => format!("op = \"lstat\", path = \"{path}\""),
            14 | 15 => format!("op = \"fstat\", fd = \"{fd}\""),
            16 => {
                let access = self.of(&["exists", "read", "write", "execute"]);
                format!("op = \"access\", path = \"{path}\", access = \"{access}\"")
            }
            17 => format!("op = \"chmod\", path = \"{path}\", mode = \"{}\"", self.of(&MODES)),
            18 => format!("op = \"fchmod\", fd = \"{fd}\", mode = \"{}\"", self.of(&MODES)),
            19 => format!("op = \"utimens\", path = \"{path}\""),
            20 | 21 => format!("op = \"unlink\", path = \"{path}\""),
            22 => format!("op = \"rmdir\", path = \"{path}\""),
            23 => format!("op = \"mkdir\", path = \"{path}\""),
            24..=27 => {
                let flag = match self.below(5) {
                    0 => ", flag = \"noreplace\"",
                    1 => ", flag = \"exchange\"",
                    _ => "",
                };
                format!("op = \"rename\", path = \"{path}\", to = \"{other}\"{flag}")
            }
            28 | 29 => format!("op = \"link\", path = \"{path}\", to = \"{other}\""),
            30 if self.links => {
                format!("op = \"symlink\", path = \"{path}\", target = \"{}\"", self.of(&TARGETS))
            }
            30 if self.links => format!("op = \"readlink\", path = \"{path}\""),
            31 if open.contains(&SCANNED) && self.one_in(2) => {
                format!("op = \"readdir\", fd = \"{SCANNED}\"{}", self.parts())
            }
            31 => match self.below(3) {
                // A descriptor that is scanned may only ever be a directory's.
                0 => {
                    let directory = self.of(&DIRECTORIES);
                    open.push(SCANNED);
                    format!(
                        "op = \"open\", path = \"{directory}\", flags = [\"rdonly\", \"directory\"], \
                         fd = \"{SCANNED}\""
                    )
                }
                _ => {
                    let directory = self.of(&DIRECTORIES);
                    format!("op = \"readdir\", path = \"{directory}\"{}", self.parts())
                }
            },
            32 => {
                let lock = self.of(&["shared", "exclusive", "unlock"]);
                format!("op = \"flock\", fd = \"{fd}\", lock = \"{lock}\", wait = false")
            }
            33 => {
                let lock = self.of(&["shared", "exclusive", "unlock"]);
                let owner = self.of(&["posix", "ofd"]);
                format!(
                    "op = \"lock\", fd = \"{fd}\", lock = \"{lock}\", owner = \"{owner}\", \
                     offset = {offset}, len = {}, wait = false",
                    self.below(8)
                )
            }
            _ => format!("op = \"readlink\", path = \"{path}\""),
        }
    }
}
