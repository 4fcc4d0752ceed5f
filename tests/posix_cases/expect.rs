//! What a step may return: `ok`, the name of an errno, `"TEXT"` of a read or a readlink, the number
//! of bytes that a write took or the offset of an lseek, `[a b]` of a scan, `skipped` where a
//! descriptor is not open, and of a stat its kind with what matters of
//! `mode=`, `nlink=`, `size=` and `is=` (which file of the fixture it is; `new`: none).

use fsrace::content::Runs;
use fsrace::model::{DirectoryLinks, Rules};
use fsrace::outcome::{Identity, Kind, Returned, Stat};
use fsrace::plan::{FixtureKindPlan, Plan};
use fsrace::sys::errno;

use super::notation::unquote;

/// One thing that a step may return.
#[derive(Debug)]
pub enum Expected {
    Ok,
    Errno(i32),
    Text(String),
    Number(u64),
    Names(Vec<&'static str>),
    Skipped,
    Stat(Told),
}

/// What is said of a stat; `None`: nothing.
#[derive(Debug)]
pub struct Told {
    kind: Kind,
    mode: Option<u16>,
    nlink: Option<u32>,
    size: Option<u64>,
    is: Option<&'static str>,
}

impl Expected {
    pub fn parse(text: &'static str) -> Self {
        let names = || text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        match text {
            "ok" => Self::Ok,
            "skipped" => Self::Skipped,
            _ if text.starts_with('"') => Self::Text(unquote(text)),
            _ if text.starts_with('E') => {
                let number = errno::number(text).unwrap_or_else(|| panic!("no errno: {text}"));
                Self::Errno(number)
            }
            _ => match (names(), text.parse()) {
                (Some(names), _) => Self::Names(names.split_whitespace().collect()),
                (_, Ok(number)) => Self::Number(number),
                _ => Self::Stat(Told::parse(text)),
            },
        }
    }

    /// Whether this is what was returned, by the model or on a filesystem with these rules.
    pub fn is(&self, returned: &Returned, plan: &Plan, rules: Rules) -> bool {
        match (self, returned) {
            (Self::Ok, Returned::Done) | (Self::Skipped, Returned::Skipped) => true,
            (Self::Errno(errno), Returned::Failed(failed)) => *errno == i32::from(*failed),
            (Self::Text(text), Returned::Read(read)) => Runs::of(text.as_bytes()) == *read,
            (Self::Text(text), Returned::Text(read)) => text == read,
            (Self::Number(number), Returned::Wrote(other) | Returned::Offset(other)) => {
                number == other
            }
            (Self::Names(names), Returned::Names(seen)) => names == seen,
            (Self::Stat(told), Returned::Stat(stat)) => told.is(stat, plan, rules),
            _ => false,
        }
    }
}

impl Told {
    fn parse(text: &'static str) -> Self {
        let mut words = text.split(' ');
        let kind = match words.next() {
            Some("file") => Kind::File,
            Some("dir") => Kind::Directory,
            Some("symlink") => Kind::Symlink,
            _ => panic!("what may be returned: {text}"),
        };
        let mut told = Self { kind, mode: None, nlink: None, size: None, is: None };
        for word in words {
            let (key, value) = word.split_once('=').unwrap_or_else(|| panic!("of a stat: {text}"));
            let number = || value.parse::<u32>().expect("a number");
            match key {
                "mode" => told.mode = Some(u16::from_str_radix(value, 8).expect("octal digits")),
                "nlink" => told.nlink = Some(number()),
                "size" => told.size = Some(number().into()),
                "is" => told.is = Some(value),
                _ => panic!("of a stat: {text}"),
            }
        }
        told
    }

    fn is(&self, stat: &Stat, plan: &Plan, rules: Rules) -> bool {
        // Not every filesystem counts the links of a directory as tradition has it.
        let countable =
            stat.kind != Kind::Directory || rules.directory_links == DirectoryLinks::Counted;
        self.kind == stat.kind
            && self.mode.is_none_or(|mode| mode == stat.mode & 0o777)
            && self.nlink.is_none_or(|nlink| !countable || nlink == stat.nlink)
            && self.size.is_none_or(|size| Some(size) == stat.size)
            && self.is.is_none_or(|path| identity(plan, path) == stat.identity)
    }
}

/// The file of a path of the fixture.
fn identity(plan: &Plan, path: &str) -> Identity {
    if path == "new" {
        return Identity::Other;
    }
    let entry = plan.fixture.iter().position(|entry| entry.path == path);
    let entry = entry.unwrap_or_else(|| panic!("{path} is not in the fixture"));
    match &plan.fixture[entry].kind {
        FixtureKindPlan::HardLink(to) => identity(plan, to),
        _ => Identity::Fixture(entry as u16),
    }
}
