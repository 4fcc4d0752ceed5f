//! Files to columns: one for each system in each file.

use std::collections::BTreeSet;
use std::path::Path;

use super::block::{Block, blocks};
use super::{Column, CompareError, Input};
use crate::report::Host;
use crate::report::latency::LatencyRow;

/// A column and what it is made of.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) column: Column,
    pub(super) blocks: Vec<Block>,
    pub(super) latencies: Vec<LatencyRow>,
}

/// One per system and file, in the order they were given.
///
/// # Errors
///
/// As [`super::compare`].
pub(super) fn sources(inputs: Vec<Input>) -> Result<Vec<Source>, CompareError> {
    let only = inputs.first().map(|input| input.file.clone()).unwrap_or_default();
    let mut sources = Vec::new();
    let mut labels = Vec::new();
    for input in inputs {
        if input.rows.is_empty() {
            return Err(CompareError::NoResults(input.file));
        }
        let mut systems: Vec<(Host, Vec<Block>)> = Vec::new();
        for block in blocks(input.rows, &input.file)? {
            match systems.iter_mut().find(|(host, _)| same_system(host, &block.host)) {
                Some((_, blocks)) => blocks.push(block),
                None => systems.push((block.host.clone(), vec![block])),
            }
        }
        for (host, blocks) in systems {
            let of_system = |row: &&LatencyRow| {
                (&row.os, &row.kernel, &row.arch) == (&host.os, &host.kernel, &host.arch)
            };
            let latencies = input.latencies.iter().filter(of_system).cloned().collect();
            let column = column(&input.file, &host, &blocks);
            sources.push(Source { column, blocks, latencies });
            labels.push(input.label.clone());
        }
    }
    if sources.len() < 2 {
        return Err(CompareError::OneColumn(only));
    }
    name(&mut sources, &labels);
    Ok(sources)
}

fn same_system(a: &Host, b: &Host) -> bool {
    (&a.os, &a.kernel, &a.arch) == (&b.os, &b.kernel, &b.arch)
}

fn column(file: &str, host: &Host, blocks: &[Block]) -> Column {
    fn all<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
        values.collect::<BTreeSet<T>>().into_iter().collect()
    }
    let text = |of: fn(&Block) -> &String| {
        all(blocks.iter().map(of).filter(|text| !text.is_empty()).cloned())
    };
    Column {
        label: String::new(),
        file: file.to_owned(),
        os: host.os.clone(),
        kernel: host.kernel.clone(),
        arch: host.arch.clone(),
        cpus: all(blocks.iter().map(|block| block.host.cpus).filter(|&cpus| cpus > 0)),
        preemption: text(|block| &block.host.preemption),
        fsrace_versions: text(|block| &block.fsrace_version),
        started: text(|block| &block.started),
    }
}

/// Calls every column what tells it from the others: what the user says, or its kernel, or its
/// file, or both.
fn name(sources: &mut [Source], given: &[Option<String>]) {
    let ways: [fn(&Column) -> String; 5] = [
        |column| column.kernel.clone(),
        |column| stem(&column.file),
        |column| column.file.clone(),
        |column| format!("{} {}", stem(&column.file), column.kernel),
        |column| format!("{} {} {}", column.file, column.kernel, column.arch),
    ];
    let candidate = |way: fn(&Column) -> String| -> Vec<String> {
        let named = sources.iter().zip(given);
        let repeated =
            |label: &String| given.iter().flatten().filter(|one| *one == label).count() > 1;
        named
            .map(|(source, given)| match given {
                // One file with several systems, or one name for several files.
                Some(label) if repeated(label) => format!("{label} {}", source.column.kernel),
                Some(label) => label.clone(),
                None => way(&source.column),
            })
            .collect()
    };
    let distinct = |labels: &Vec<String>| {
        labels.iter().all(|label| !label.is_empty())
            && labels.iter().collect::<BTreeSet<_>>().len() == labels.len()
    };
    let labels = ways.into_iter().map(candidate).find(distinct).unwrap_or_else(|| {
        // The same file twice, say: they are told apart by their place.
        let labels = candidate(ways[1]).into_iter().enumerate();
        labels.map(|(index, label)| format!("{label} #{}", index + 1)).collect()
    });
    for (source, label) in sources.iter_mut().zip(labels) {
        source.column.label = label;
    }
}

fn stem(file: &str) -> String {
    Path::new(file)
        .file_stem()
        .map_or_else(|| file.to_owned(), |s| s.to_string_lossy().into_owned())
}
