//! What to keep in mind about a comparison.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::place::Places;
use super::source::Source;
use super::{Column, Row};

/// Everything that makes systems differ beside themselves.
pub(super) fn notes(sources: &[Source], places: &Places, rows: &[Row]) -> Vec<String> {
    let mut notes = Vec::new();
    differ(
        &mut notes,
        sources,
        |c| list(&c.cpus),
        |all| format!("processors differ ({all}): rates depend on how many there are"),
    );
    differ(
        &mut notes,
        sources,
        |c| c.preemption.join(", "),
        |all| format!("preemption models differ ({all}): rates depend on them"),
    );
    differ(
        &mut notes,
        sources,
        |c| c.arch.clone(),
        |all| format!("architectures differ ({all}): rates depend on them"),
    );
    differ(
        &mut notes,
        sources,
        |c| c.fsrace_versions.join(", "),
        |all| format!("versions of fsrace differ ({all}): they may look for different things"),
    );
    notes.extend(same_runs(sources));
    notes.extend(places.together(sources).into_iter().map(|fs_type| {
        format!(
            "{fs_type}: the directories on it are not the same everywhere, so that they count as \
             repeated runs on one filesystem"
        )
    }));
    if rows.iter().any(|row| row.cells.iter().any(|cell| cell.estimated)) {
        notes.push(
            "~ marks trials that a file does not tell (it is of an older fsrace): they are \
             estimated"
                .to_owned(),
        );
    }
    notes
}

fn differ(
    notes: &mut Vec<String>,
    sources: &[Source],
    fact: impl Fn(&Column) -> String,
    words: impl Fn(&str) -> String,
) {
    let facts = sources.iter().map(|source| (&source.column.label, fact(&source.column)));
    let facts: Vec<_> = facts.filter(|(_, fact)| !fact.is_empty()).collect();
    if facts.iter().any(|(_, fact)| *fact != facts[0].1) {
        let all: Vec<_> = facts.iter().map(|(label, fact)| format!("{label}: {fact}")).collect();
        notes.push(words(&all.join("; ")));
    }
}

fn list(values: &[impl Display]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// A run that is on both sides is compared with itself.
fn same_runs(sources: &[Source]) -> Option<String> {
    let runs = |source: &Source| -> BTreeSet<_> {
        let told = source.blocks.iter().filter(|block| !block.started.is_empty());
        told.map(|block| (block.started.clone(), block.seed, block.digest.clone())).collect()
    };
    let first = runs(&sources[0]);
    let again = sources[1..].iter().find(|source| !runs(source).is_disjoint(&first))?;
    Some(format!(
        "{} and {} have runs in common: what is compared with itself is unchanged",
        sources[0].column.label, again.column.label
    ))
}
