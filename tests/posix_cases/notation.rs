//! How cases are written: a few lines of text each, with an empty line between two.
//!
//! ```text
//! A file takes the place of another one of the same name.
//!   from pjdfstest rename/00; POSIX rename
//!   have a="A" b="B"
//!   rename a b -> ok
//!   lstat a -> ENOENT
//!   left b="A"
//! ```
//!
//! The first line is the fact, `from` where it is stated. `have` is the fixture (none: nothing is
//! there), `left` the whole tree afterwards (no such line: the case says nothing of it);
//! [`super::tree`], [`super::step`] and [`super::expect`] say how they and results are written.
//! `root` or `user` on a line of its own: the case holds only for root, or for all others. Steps are
//! made in this order; one that begins with `2:` is made by a second caller, a thread of
//! the same process. `#` begins a comment.

use super::expect::Expected;
use super::step;
use super::tree::Entry;

/// A small program, and what it must show.
pub struct Case {
    /// The file that it stands in.
    pub family: &'static str,
    /// What it shows, in one sentence.
    pub fact: &'static str,
    /// Where that is stated.
    pub source: &'static str,
    /// Whether the caller must be root, or must not be.
    pub privileged: Option<bool>,
    pub fixture: Vec<Entry>,
    pub steps: Vec<Step>,
    pub left: Option<Vec<Entry>>,
}

/// A step of a case, and everything that it may return.
pub struct Step {
    pub caller: usize,
    /// As it is written in the case.
    pub text: &'static str,
    /// As it is written in a scenario.
    pub toml: String,
    pub expected: Vec<Expected>,
}

/// The cases of a family.
///
/// # Panics
/// If one is not written as it should be.
pub fn cases(family: &'static str, text: &'static str) -> Vec<Case> {
    text.split("\n\n").filter_map(|text| case(family, text)).collect()
}

fn case(family: &'static str, text: &'static str) -> Option<Case> {
    let lines = text.lines().map(str::trim);
    let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let fact = lines.next()?;
    let mut case = Case {
        family,
        fact,
        source: "",
        privileged: None,
        fixture: Vec::new(),
        steps: Vec::new(),
        left: None,
    };
    for line in lines {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "from" => case.source = rest,
            "root" => case.privileged = Some(true),
            "user" => case.privileged = Some(false),
            "have" => case.fixture = words(rest).iter().map(|word| Entry::parse(word)).collect(),
            "left" => {
                case.left = Some(words(rest).iter().map(|word| Entry::parse(word)).collect());
            }
            _ => case.steps.push(parse_step(line)),
        }
    }
    assert!(!case.source.is_empty() && !case.steps.is_empty(), "{family}: {fact}: incomplete");
    Some(case)
}

fn parse_step(line: &'static str) -> Step {
    let (caller, line) = match line.strip_prefix("2: ") {
        Some(rest) => (1, rest),
        None => (0, line),
    };
    let (text, results) = line.split_once(" -> ").unwrap_or_else(|| panic!("no `->`: {line}"));
    let expected = results.split(" | ").map(Expected::parse).collect();
    Step { caller, text, toml: step::toml(text), expected }
}

/// The words of a line; what is between quotation marks belongs to one word.
pub fn words(line: &'static str) -> Vec<&'static str> {
    let mut quoted = false;
    let words = line.split(move |letter: char| {
        quoted ^= letter == '"';
        letter == ' ' && !quoted
    });
    words.filter(|word| !word.is_empty()).collect()
}

/// What stands between quotation marks, where `\0` is a byte that is zero.
pub fn unquote(text: &str) -> String {
    let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let inner = inner.unwrap_or_else(|| panic!("no quotation marks: {text}"));
    inner.replace("\\0", "\0")
}

impl Case {
    /// Whether it is for callers with these privileges.
    pub fn is_for(&self, privileged: bool) -> bool {
        self.privileged.is_none_or(|one| one == privileged)
    }

    /// The case as a scenario.
    pub fn toml(&self) -> String {
        let mut text = "name = \"case\"\nabout = \"A case.\"\n[fixture]\n".to_owned();
        for entry in &self.fixture {
            text += &format!("{}\n", entry.toml());
        }
        text += "[run]\nmode = \"rounds\"\n";
        for caller in 0..2 {
            let steps: Vec<&str> = self.steps_of(caller).map(|step| step.toml.as_str()).collect();
            if !steps.is_empty() {
                let steps = steps.join(",\n");
                text += &format!(
                    "[[actor]]\nname = \"caller{caller}\"\nprocess = \"p\"\nsteps = [\n{steps}\n]\n"
                );
            }
        }
        text
    }

    fn steps_of(&self, caller: usize) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| step.caller == caller)
    }
}
