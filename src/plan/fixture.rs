//! Counts out the fixture, in the order in which it can be made.

use super::contents::{Contents, TooManyWriters};
use super::facts::PlacedFixture;
use super::{FixtureKindPlan, FixturePlan};
use crate::scenario::{FixtureKind, Piece, Scenario, Template};

/// What exists before the start: parents before what is in them, files before their hard links.
pub(super) fn plan_fixture(
    scenario: &Scenario,
    contents: &mut Contents,
) -> Result<Vec<FixturePlan>, TooManyWriters> {
    let mut made: Vec<FixturePlan> = Vec::new();
    // Hard links need their file first, whatever order they are written in.
    let is_link = |kind: &FixtureKind| matches!(kind, FixtureKind::HardLink(_));
    let (links, others): (Vec<_>, Vec<_>) =
        scenario.fixture.iter().partition(|entry| is_link(&entry.kind));
    for entry in others.into_iter().chain(links) {
        let kind = match &entry.kind {
            FixtureKind::File(content) => FixtureKindPlan::File(contents.item(content)?),
            FixtureKind::Directory => FixtureKindPlan::Directory,
            FixtureKind::Symlink(target) => FixtureKindPlan::Symlink(target.clone()),
            FixtureKind::HardLink(to) => FixtureKindPlan::HardLink(to.clone()),
        };
        for index in 0..entry.count {
            let path = fixture_path(&entry.path, index);
            for (end, _) in path.match_indices('/') {
                add_directory(&mut made, &path[..end]);
            }
            match kind {
                FixtureKindPlan::Directory => add_directory(&mut made, &path),
                _ => made.push(FixturePlan { path, kind: kind.clone() }),
            }
        }
    }
    Ok(made)
}

fn add_directory(made: &mut Vec<FixturePlan>, path: &str) {
    if !made.iter().any(|entry| entry.path == path) {
        made.push(FixturePlan { path: path.to_owned(), kind: FixtureKindPlan::Directory });
    }
}

fn fixture_path(template: &Template, index: u32) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        _ => index.to_string(),
    };
    template.0.iter().map(piece).collect()
}

/// The fixture as the facts need it.
pub(super) fn place_fixture(fixture: &[FixturePlan]) -> Vec<PlacedFixture> {
    let place = |entry: &FixturePlan| PlacedFixture {
        path: entry.path.clone(),
        directory: entry.kind == FixtureKindPlan::Directory,
        symlink: matches!(entry.kind, FixtureKindPlan::Symlink(_)),
    };
    fixture.iter().map(place).collect()
}
