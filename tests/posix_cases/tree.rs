//! Trees: the fixture of a case, and what is left.
//!
//! `d/` is a directory, `a` an empty file, `a="TEXT"` one with this content, `b==a` another name
//! of the file `a`, `l->a` a symbolic link.

use fsrace::content::Runs;
use fsrace::outcome::{Kind, Left};

use super::notation::unquote;

/// A name in a tree.
#[derive(Debug)]
pub struct Entry {
    path: &'static str,
    what: What,
}

#[derive(Debug)]
enum What {
    Directory,
    File(String),
    Link(&'static str),
    Symlink(&'static str),
}

impl Entry {
    pub fn parse(word: &'static str) -> Self {
        let split = |mark| word.split_once(mark);
        let (path, what) = if let Some((path, target)) = split("->") {
            (path, What::Symlink(target))
        } else if let Some((path, file)) = split("==") {
            (path, What::Link(file))
        } else if let Some((path, content)) = split("=") {
            (path, What::File(unquote(content)))
        } else if let Some(path) = word.strip_suffix('/') {
            (path, What::Directory)
        } else {
            (word, What::File(String::new()))
        };
        Self { path, what }
    }

    /// As it is written in the fixture of a scenario.
    pub fn toml(&self) -> String {
        let what = match &self.what {
            What::Directory => "dir = true".to_owned(),
            What::File(content) => format!("content = {content:?}"),
            What::Link(file) => format!("link = {file:?}"),
            What::Symlink(target) => format!("symlink = {target:?}"),
        };
        format!("{:?} = {{ {what} }}", self.path)
    }

    fn is(&self, one: &Left, all: &[Left]) -> bool {
        let file_of = |path: &str| all.iter().find(|other| other.path == path).map(|it| it.file);
        let same = match &self.what {
            What::Directory => one.stat.kind == Kind::Directory,
            What::File(content) => one.content == Some(Runs::of(content.as_bytes())),
            What::Link(file) => file_of(file) == Some(one.file),
            What::Symlink(target) => one.text.as_deref() == Some(*target),
        };
        same && self.path == one.path
    }
}

/// Whether a tree is the one that a case states. Names of one file must be stated to be that.
pub fn is(stated: &[Entry], left: &[Left]) -> bool {
    let all = stated.iter().all(|entry| left.iter().any(|one| entry.is(one, left)));
    let links = stated.iter().filter(|entry| matches!(entry.what, What::Link(_))).count();
    let mut files: Vec<u16> = left.iter().map(|one| one.file).collect();
    files.sort_unstable();
    files.dedup();
    all && stated.len() == left.len() && files.len() + links == left.len()
}
