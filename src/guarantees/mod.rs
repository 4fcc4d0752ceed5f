//! What applications rely on when several of them use one filesystem: a table of guarantees, and the
//! judgement of results by it. Pure: results go in, rows come out.

mod judge;
mod sign;
mod table;
mod test;

pub use judge::judge;
pub use sign::Sign;
pub use table::{TOPICS, guarantees};

/// Something that an application would like to rely on.
#[derive(Clone, Copy, Debug)]
pub struct Guarantee {
    /// Stable, kebab-case.
    pub name: &'static str,
    /// In the words of somebody who writes applications.
    pub sentence: &'static str,
    /// Whether it can be relied on.
    pub promise: Promise,
    /// Where that is written.
    pub source: &'static str,
    /// What tells whether it holds.
    pub tests: &'static [Test],
    /// What to do instead, or beside.
    pub advice: &'static str,
}

/// Guarantees that belong together, under a title.
#[derive(Clone, Copy, Debug)]
pub struct Topic {
    /// The title.
    pub title: &'static str,
    /// The guarantees, in the order in which they are shown.
    pub guarantees: &'static [Guarantee],
}

/// Whether a guarantee can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// POSIX promises it.
    Posix,
    /// Linux promises it of a call of its own.
    Linux,
    /// Nobody promises it, for this reason.
    Nobody(&'static str),
    /// No program can find out, for this reason.
    Untestable(&'static str),
}

impl Promise {
    /// Whether somebody promises it.
    #[must_use]
    pub fn is_made(self) -> bool {
        matches!(self, Self::Posix | Self::Linux)
    }

    /// Who promises it, or why nobody does.
    #[must_use]
    pub fn because(self) -> &'static str {
        match self {
            Self::Posix => "POSIX promises it",
            Self::Linux => "Linux promises it of a call of its own",
            Self::Nobody(why) | Self::Untestable(why) => why,
        }
    }
}

/// A built-in scenario, and what in its result means that the guarantee did not hold.
#[derive(Clone, Copy, Debug)]
pub struct Test {
    /// Name of the scenario.
    pub scenario: &'static str,
    /// Any of these.
    pub signs: &'static [Sign],
    /// In free mode: the detector whose looks are the trials where nothing was seen, the one that the
    /// scenario is made for.
    pub looks_of: &'static str,
}

/// The names of all scenarios that the guarantees need, each once.
#[must_use]
pub fn scenarios() -> Vec<&'static str> {
    let tests = guarantees().flat_map(|guarantee| guarantee.tests);
    let mut names: Vec<&'static str> = Vec::new();
    for test in tests {
        if !names.contains(&test.scenario) {
            names.push(test.scenario);
        }
    }
    names
}
