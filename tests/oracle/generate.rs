//! Makes small programs at random, over all operations, crowded enough that actors meet.

use std::fmt::Write as _;

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const NAMES: [&str; 6] = ["a", "b", "d", "d/a", "l", "a"];
const FLAGS: [&str; 9] = [
    "\"rdonly\"",
    "\"rdwr\"",
    "\"wronly\", \"trunc\"",
    "\"rdwr\", \"append\"",
    "\"rdwr\", \"creat\"",
    "\"wronly\", \"creat\", \"excl\"",
    "\"wronly\", \"creat\", \"trunc\"",
    "\"rdonly\", \"directory\"",
    "\"rdonly\", \"nofollow\"",
];

/// What a program is to look like.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Number of actors.
    pub actors: u64,
    /// Steps of each.
    pub steps: u64,
    /// Whether steps may branch and be repeated.
    pub jumps: bool,
}

/// Numbers from a seed.
pub struct Draw(Xoshiro256PlusPlus);

impl Draw {
    /// From this seed.
    pub fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0.random_range(0..bound)
    }

    /// True once in so many times.
    pub fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    /// One of a list.
    pub fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }
}

/// The scenario of this number, as TOML.
pub fn scenario(number: u64, shape: Shape) -> String {
    let mut draw = Draw::new(number);
    let mut text = format!("name = \"random-{number}\"\n\n[fixture]\n\"d\" = {{ dir = true }}\n");
    for name in ["a", "b", "d/a"] {
        match draw.below(5) {
            0..=1 => {
                let _ = writeln!(text, "\"{name}\" = {{ content = \"{}\" }}", content(&mut draw));
            }
            2 => {
                let _ = writeln!(text, "\"{name}\" = {{ size = 300 }}");
            }
            3 if name == "b" && text.contains("\n\"a\" =") => text += "\"b\" = { link = \"a\" }\n",
            _ => {}
        }
    }
    if draw.one_in(3) {
        let _ = writeln!(text, "\"l\" = {{ symlink = \"{}\" }}", draw.of(&["a", "d", "d/a", "l"]));
    }
    let shared = text.contains("\n\"a\" =") && draw.one_in(3);
    if shared {
        let flags = draw.of(&["\"rdwr\"", "\"rdonly\"", "\"wronly\", \"append\""]);
        let _ = write!(text, "\n[shared.s]\npath = \"a\"\nflags = [{flags}]\n");
    }
    text += "\n[run]\nmode = \"rounds\"\n";
    let one_process = draw.one_in(2);
    for index in 0..shape.actors {
        let mut open: Vec<&str> = if shared { vec!["s"] } else { Vec::new() };
        let process = if one_process { "process = \"p\"\n" } else { "" };
        let mut steps = String::new();
        let mut branches = false;
        for _ in 0..shape.steps {
            let mut step = step(&mut draw, &mut open);
            if shape.jumps && draw.one_in(6) {
                let defines = step.contains("\"open\"") || step.contains("\"dup\"");
                let (on, branch) = draw.of(&[
                    ("ENOENT = \"again\"", false),
                    ("error = \"again\"", false),
                    ("ok = \"again\"", false),
                    ("error = \"other\"", true),
                    ("ENOENT = \"next\", error = \"other\"", true),
                ]);
                // What a step opens must be there on some way to the next ones.
                let on = if defines { on.replace("ok", "EEXIST") } else { on.to_owned() };
                branches |= branch;
                let _ = write!(step, ", on = {{ {on} }}");
            }
            if shape.jumps && draw.one_in(8) && !step.contains("\"close\"") {
                step += ", repeat = 2";
            }
            let _ = writeln!(steps, "  {{ {step} }},");
        }
        let _ =
            write!(text, "\n[[actor]]\nname = \"actor{index}\"\n{process}steps = [\n{steps}]\n");
        if branches {
            let mut open = if shared { vec!["s"] } else { Vec::new() };
            let step = self::step(&mut draw, &mut open);
            let _ = write!(text, "[actor.branch]\nother = [\n  {{ {step} }},\n]\n");
        }
    }
    text
}

fn content(draw: &mut Draw) -> &'static str {
    draw.of(&["A", "AB", "CONTENT", "CON", "xyz"])
}

fn written(draw: &mut Draw) -> String {
    match draw.below(3) {
        0 => "size = 10".to_owned(),
        _ => format!("content = \"{}\"", content(draw)),
    }
}

fn step(draw: &mut Draw, open: &mut Vec<&'static str>) -> String {
    if !open.is_empty() && draw.below(5) < 3 {
        return on_descriptor(draw, open);
    }
    let (path, to) = (draw.of(&NAMES), draw.of(&NAMES));
    match draw.below(24) {
        0..=2 => format!("op = \"unlink\", path = \"{path}\""),
        3 => format!("op = \"rmdir\", path = \"{path}\""),
        4..=5 => format!("op = \"mkdir\", path = \"{path}\""),
        6..=8 => {
            let flag = draw.of(&["", "", "", ", flag = \"noreplace\"", ", flag = \"exchange\""]);
            format!("op = \"rename\", path = \"{path}\", to = \"{to}\"{flag}")
        }
        9 => format!("op = \"link\", path = \"{path}\", to = \"{to}\""),
        10 => format!("op = \"symlink\", path = \"{path}\", target = \"{to}\""),
        11 => format!("op = \"readlink\", path = \"{path}\""),
        12 => format!("op = \"stat\", path = \"{path}\""),
        13 => format!("op = \"lstat\", path = \"{path}\""),
        14 => format!("op = \"access\", path = \"{path}\""),
        15 => format!("op = \"chmod\", path = \"{path}\", mode = \"0600\""),
        16 => format!("op = \"truncate\", path = \"{path}\", size = {}", draw.of(&[0, 2, 20])),
        17 => format!("op = \"readdir\", path = \"{}\"", draw.of(&["d", "d", "a"])),
        18 => format!("op = \"utimens\", path = \"{path}\""),
        _ => {
            let fd = draw.of(&["f", "g"]);
            if !open.contains(&fd) {
                open.push(fd);
            }
            let flags = draw.of(&FLAGS);
            format!("op = \"open\", path = \"{path}\", flags = [{flags}], fd = \"{fd}\"")
        }
    }
}

fn on_descriptor(draw: &mut Draw, open: &mut Vec<&'static str>) -> String {
    let fd = draw.of(open);
    let offset = draw.of(&[0, 0, 1, 5]);
    let lock = draw.of(&["shared", "exclusive", "unlock"]);
    match draw.below(18) {
        0..=2 => format!("op = \"read\", fd = \"{fd}\", len = {}", draw.of(&[2, 400])),
        3..=5 => format!("op = \"write\", fd = \"{fd}\", {}", written(draw)),
        6..=7 => format!("op = \"pread\", fd = \"{fd}\", len = 400, offset = {offset}"),
        8 => format!("op = \"pwrite\", fd = \"{fd}\", {}, offset = {offset}", written(draw)),
        9 => {
            let whence = draw.of(&["set", "cur", "end"]);
            format!("op = \"lseek\", fd = \"{fd}\", offset = {offset}, whence = \"{whence}\"")
        }
        10 => format!("op = \"ftruncate\", fd = \"{fd}\", size = {offset}"),
        11 => format!("op = \"fstat\", fd = \"{fd}\""),
        12 => format!("op = \"fchmod\", fd = \"{fd}\", mode = \"0640\""),
        13 => format!("op = \"flock\", fd = \"{fd}\", lock = \"{lock}\", wait = false"),
        14 => {
            let owner = draw.of(&["posix", "ofd"]);
            format!(
                "op = \"lock\", fd = \"{fd}\", lock = \"{lock}\", owner = \"{owner}\", \
                 offset = {offset}, len = 2, wait = false"
            )
        }
        15 => {
            if !open.contains(&"h") {
                open.push("h");
            }
            format!("op = \"dup\", fd = \"{fd}\", new = \"h\"")
        }
        16 => format!("op = \"fsync\", fd = \"{fd}\""),
        _ if fd != "s" => {
            open.retain(|known| *known != fd);
            format!("op = \"close\", fd = \"{fd}\"")
        }
        _ => format!("op = \"futimens\", fd = \"{fd}\""),
    }
}
