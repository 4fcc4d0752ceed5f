//! What no step of a program can come across.
//!
//! Every round makes the fixture fresh and looks at all of it when it is over. What is only there
//! makes rounds slower and shows nothing.

use std::collections::BTreeSet;

use crate::scenario::{FixtureEntry, FixtureKind, Scenario};

/// Takes out of the fixture what no step names, and no scan, move or removal of a directory comes
/// across. Names stand for whatever is so called, wherever it is: rather too much stays.
pub fn remove_unseen(scenario: &mut Scenario) {
    let Named { parts, last } = Named::of(scenario);
    let is_seen = |entry: &FixtureEntry| {
        let path = text(entry);
        let in_reach = above(path).any(|above| last.contains(name(above)));
        in_reach || parts.contains(name(path))
    };
    let seen = scenario.fixture.iter().filter(|entry| is_seen(entry));
    let mut kept: BTreeSet<String> = seen.map(|entry| text(entry).to_owned()).collect();
    // How many links a file has shows under each of them.
    let links = scenario.fixture.iter().filter_map(|entry| match &entry.kind {
        FixtureKind::HardLink(to) => Some((text(entry), to.as_str())),
        _ => None,
    });
    let files: BTreeSet<&str> = links
        .clone()
        .filter(|(path, to)| kept.contains(*path) || kept.contains(*to))
        .map(|(_, to)| to)
        .collect();
    for (path, to) in links.filter(|(_, to)| files.contains(to)) {
        kept.extend([path.to_owned(), to.to_owned()]);
    }
    let parents: Vec<String> =
        kept.iter().flat_map(|path| above(path)).map(str::to_owned).collect();
    kept.extend(parents);
    scenario.fixture.retain(|entry| kept.contains(text(entry)));
}

/// What the steps name.
struct Named {
    /// Every part of a path.
    parts: BTreeSet<String>,
    /// The last parts: what something is done to.
    last: BTreeSet<String>,
}

impl Named {
    fn of(scenario: &Scenario) -> Self {
        let steps = scenario.actors.iter().flat_map(|actor| &actor.steps);
        let paths = steps.flat_map(|step| [&step.path, &step.to, &step.target]).flatten();
        let paths = paths.filter_map(|path| path.as_literal());
        let shared = scenario.shared.iter().map(|shared| shared.path.as_str());
        let links = scenario.fixture.iter().filter_map(|entry| match &entry.kind {
            FixtureKind::Symlink(to) => Some(to.as_str()),
            _ => None,
        });
        let all: Vec<&str> = paths.chain(shared).chain(links).collect();
        Self {
            parts: all.iter().flat_map(|path| path.split('/')).map(str::to_owned).collect(),
            last: all.iter().map(|path| name(path).to_owned()).collect(),
        }
    }
}

fn text(entry: &FixtureEntry) -> &str {
    entry.path.as_literal().unwrap_or_default()
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The directories that a path is in, but for the topmost.
fn above(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parse;

    /// The fixture that is left of this one, where one actor does the step and the other looks at `x`.
    fn left(fixture: &str, step: &str) -> Vec<String> {
        let text = format!(
            "name = \"n\"\nabout = \"a\"\n[fixture]\n{fixture}\n[run]\nmode = \"rounds\"\n\
             [[actor]]\nname = \"a\"\nsteps = [{{ {step} }}]\n\
             [[actor]]\nname = \"b\"\nsteps = [{{ op = \"stat\", path = \"x\" }}]\n"
        );
        let mut scenario = parse(&text, "test").expect("a scenario");
        remove_unseen(&mut scenario);
        scenario.fixture.iter().map(|entry| super::text(entry).to_owned()).collect()
    }

    const FILES: &str = "\"d/a\" = { size = 1 }\n\"d/b\" = { size = 1 }\ne = { dir = true }";

    #[test]
    fn what_is_named_stays_with_what_it_is_in() {
        assert_eq!(left(FILES, "op = \"unlink\", path = \"d/a\""), ["d", "d/a"]);
        assert_eq!(left(FILES, "op = \"rmdir\", path = \"e\""), ["e"]);
        assert_eq!(left(FILES, "op = \"rename\", path = \"d/c\", to = \"e/c\""), ["d", "e"]);
    }

    #[test]
    fn what_happens_to_a_directory_happens_to_all_that_is_in_it() {
        for step in ["op = \"readdir\", path = \"d\"", "op = \"rename\", path = \"d\", to = \"f\""]
        {
            assert_eq!(left(FILES, step), ["d", "d/a", "d/b"]);
        }
    }

    #[test]
    fn symbolic_links_lead_to_what_stays() {
        let fixture = format!("{FILES}\nl = {{ symlink = \"d\" }}");
        assert_eq!(left(&fixture, "op = \"readdir\", path = \"l\""), ["d", "d/a", "d/b", "l"]);
    }

    #[test]
    fn all_links_of_a_file_stay_together() {
        let fixture =
            "a = { size = 1 }\nb = { link = \"a\" }\nc = { size = 1 }\nl = { link = \"c\" }";
        assert_eq!(left(fixture, "op = \"stat\", path = \"a\""), ["a", "b"]);
        assert_eq!(left(fixture, "op = \"unlink\", path = \"l\""), ["c", "l"]);
        let three = "a = { size = 1 }\nb = { link = \"a\" }\nc = { link = \"a\" }";
        assert_eq!(left(three, "op = \"unlink\", path = \"c\""), ["a", "b", "c"]);
    }
}
