//! What a step leads to, there from the start: a program that makes a directory and removes it, to be seen
//! by another, takes one step less when the fixture has the directory.

use super::edit::Edit;
use super::steps::{self, Place, places, step};
use crate::ops::OpKind;
use crate::scenario::{FixtureEntry, FixtureKind, Scenario, Step, Template};

/// For every step whose effect a fixture can have.
pub(super) fn edits(scenario: &Scenario) -> Vec<Edit> {
    let can = |place: &Place| after(&scenario.fixture, step(scenario, *place)).is_some();
    places(scenario).into_iter().filter(can).map(Edit::Before).collect()
}

/// Has the fixture what a step leads to, in place of the step.
pub(super) fn before(scenario: &mut Scenario, place: Place) {
    if let Some(fixture) = after(&scenario.fixture, step(scenario, place)) {
        scenario.fixture = fixture;
        steps::list(scenario, place).remove(place.step);
    }
}

/// The fixture after a step that changes names alone, if it has what the step needs. What the step does to an
/// entry of the wrong kind, where it would fail, is one more program to be tried.
fn after(fixture: &[FixtureEntry], step: &Step) -> Option<Vec<FixtureEntry>> {
    let path = step.path.as_ref().filter(|path| path.as_literal().is_some())?;
    if step.at.is_some() || step.repeat > 1 {
        return None;
    }
    let made = |kind| FixtureEntry { path: path.clone(), count: 1, kind };
    match step.op {
        OpKind::Mkdir => with(fixture, made(FixtureKind::Directory)),
        OpKind::Symlink => {
            let target = step.target.as_ref().and_then(Template::as_literal)?;
            with(fixture, made(FixtureKind::Symlink(target.to_owned())))
        }
        OpKind::Unlink | OpKind::Rmdir => Some(without(fixture, path)?.1),
        OpKind::Rename if step.rename.is_none() => {
            let to = step.to.as_ref().filter(|to| to.as_literal().is_some() && *to != path)?;
            let (moved, rest) = without(fixture, path)?;
            let rest = without(&rest, to).map_or(rest, |(_, rest)| rest);
            with(&rest, FixtureEntry { path: to.clone(), ..moved })
        }
        _ => None,
    }
}

fn with(fixture: &[FixtureEntry], entry: FixtureEntry) -> Option<Vec<FixtureEntry>> {
    let free = fixture.iter().all(|one| one.path != entry.path);
    free.then(|| fixture.iter().cloned().chain([entry]).collect())
}

fn without(fixture: &[FixtureEntry], path: &Template) -> Option<(FixtureEntry, Vec<FixtureEntry>)> {
    let at = fixture.iter().position(|one| one.path == *path)?;
    let mut rest = fixture.to_vec();
    let entry = rest.remove(at);
    Some((entry, rest))
}

#[cfg(test)]
mod tests {
    use super::super::tidy::tidy;
    use super::*;
    use crate::scenario::parse;

    #[test]
    fn the_fixture_has_what_each_step_leads_to() {
        let text = r#"
            name = "steps"
            [fixture]
            "d/a" = { size = 1 }
            "d/b" = { size = 2 }
            [[actor]]
            name = "x"
            steps = [
              { op = "mkdir", path = "d/n" },
              { op = "symlink", path = "d/s", target = "b" },
              { op = "rename", path = "d/b", to = "d/a" },
              { op = "unlink", path = "d/a" },
              { op = "stat", path = "d/a" },
              { op = "mkdir", path = "d/a" },
              { op = "rmdir", path = "d/none" },
              { op = "unlink", path = "d/a", repeat = 2 },
              { op = "mkdir", path = "d/{iteration}" },
            ]
            [[actor]]
            name = "y"
            steps = [{ op = "readdir", path = "d" }]
        "#;
        let scenario = parse(text, "steps").unwrap();
        let edits = edits(&scenario);
        let fixture = |edit: &Edit| {
            let mut changed = scenario.clone();
            edit.apply(&mut changed);
            assert_eq!(changed.actors[0].steps.len(), 8);
            let names = changed.fixture.iter().map(|entry| entry.path.to_string());
            names.collect::<Vec<_>>().join(" ")
        };
        let fixtures: Vec<_> = edits.iter().map(fixture).collect();
        assert_eq!(fixtures, ["d d/a d/b d/n", "d d/a d/b d/s", "d d/a", "d d/b"]);
        let mut made = scenario.clone();
        edits[0].apply(&mut made);
        assert!(tidy(made).is_some(), "a directory stands before the files");
        // Those of one list go together: a later one that has no place any more stays a step.
        let mut all = scenario.clone();
        edits.iter().rev().for_each(|edit| edit.apply(&mut all));
        let names: Vec<_> = all.fixture.iter().map(|entry| entry.path.to_string()).collect();
        assert_eq!(names, ["d", "d/a", "d/s", "d/n"]);
        assert_eq!(all.actors[0].steps.len(), 5);
        let moved = &all.fixture[1].kind;
        assert_eq!(*moved, FixtureKind::File(crate::scenario::Content::Tagged(2)));
    }
}
