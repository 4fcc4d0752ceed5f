//! Made-up results, as the files that `compare` reads.
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::Path;

use fsrace::compare::{Change, CompareError, Comparison, Input, Options, Row, Verdict, compare};
use fsrace::report::csv::read_csv_from;

/// One run of one scenario.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    pub kernel: &'a str,
    pub cpus: u32,
    pub started: &'a str,
    pub scenario: &'a str,
    pub digest: &'a str,
    pub mode: &'a str,
    pub actors: u32,
    pub target: &'a str,
    pub fs: &'a str,
    pub verdict: &'a str,
    pub reason: &'a str,
    pub ops: u64,
    pub rounds: &'a str,
    /// Code, class, relaxations, count, trials.
    pub found: &'a [(&'a str, &'a str, &'a str, u64, u64)],
    pub looked_for: &'a str,
    pub accepted: &'a str,
}

/// A run in rounds mode of 10,000 rounds that has found nothing.
pub const RUN: Run<'static> = Run {
    kernel: "6.1.0",
    cpus: 2,
    started: "2026-01-01T00:00:00Z",
    scenario: "rename-vs-open",
    digest: "0123456789abcdef",
    mode: "rounds",
    actors: 2,
    target: "/target",
    fs: "ext4",
    verdict: "pass",
    reason: "",
    ops: 60_000,
    rounds: "10000",
    found: &[],
    looked_for: "",
    accepted: "readdir-live",
};

/// The same on the newer system.
pub const NEW: Run<'static> = Run { kernel: "6.12.0", started: "2026-02-01T00:00:00Z", ..RUN };

impl<'a> Run<'a> {
    pub fn found(self, found: &'a [(&'a str, &'a str, &'a str, u64, u64)]) -> Self {
        let fails = found.iter().any(|one| one.1 != "unspecified");
        Self { found, verdict: if fails { "fail" } else { "pass" }, ..self }
    }

    pub fn of_rounds(self, rounds: &'a str) -> Self {
        Self { rounds, ..self }
    }

    pub fn at(self, started: &'a str) -> Self {
        Self { started, ..self }
    }
}

const HEADER: &str = "schema_version,fsrace_version,started,os,kernel,arch,cpus,scenario,digest,\
    mode,seed,actors,target,fs_type,verdict,reason,ops,rounds,code,class,relaxations,count,trials";

/// The file with these runs; `whole` has also the columns that an older fsrace did not write.
pub fn text(runs: &[Run<'_>], whole: bool) -> String {
    let mut text = format!("{HEADER}{}\n", if whole { ",looked_for,accepted" } else { "" });
    for run in runs {
        let mut rows: Vec<String> = run
            .found
            .iter()
            .map(|(code, class, names, count, trials)| {
                format!("{code},{class},{names},{count},{trials}")
            })
            .collect();
        if rows.is_empty() {
            rows.push(",,,,".to_owned());
        }
        for found in rows {
            let Run { kernel, cpus, started, scenario, digest, mode, actors, .. } = run;
            let Run { target, fs, verdict, reason, ops, rounds, .. } = run;
            text += &format!(
                "1,0.1.0,{started},Linux,{kernel},x86_64,{cpus},{scenario},{digest},{mode},7,\
                 {actors},{target},{fs},{verdict},{reason},{ops},{rounds},{found}"
            );
            if whole {
                text += &format!(",{},{}", run.looked_for, run.accepted);
            }
            text += "\n";
        }
    }
    text
}

pub fn input(file: &str, text: &str) -> Input {
    let rows = read_csv_from(text.as_bytes(), Path::new(file)).unwrap();
    Input { label: None, file: file.to_owned(), rows, latencies: Vec::new() }
}

/// Each of these is a file.
pub fn files(files: &[&[Run<'_>]]) -> Result<Comparison, CompareError> {
    let names = ["old.csv", "new.csv", "newer.csv", "newest.csv"];
    let inputs = files.iter().zip(names).map(|(runs, name)| input(name, &text(runs, true)));
    compare(inputs.collect(), &Options::default())
}

/// One run against another.
#[track_caller]
pub fn pair(old: Run<'_>, new: Run<'_>) -> Comparison {
    files(&[&[old], &[new]]).unwrap()
}

/// The only row.
#[track_caller]
pub fn only(comparison: &Comparison) -> &Row {
    assert_eq!(comparison.rows.len(), 1, "{:#?}", comparison.rows);
    &comparison.rows[0]
}

/// The change of a row in the second column.
#[track_caller]
pub fn change(row: &Row) -> &Change {
    row.cells[1].change.as_ref().unwrap()
}

/// The verdict on the only row, whose words contain these.
#[track_caller]
pub fn verdict(old: Run<'_>, new: Run<'_>, words: &str) -> Verdict {
    let comparison = pair(old, new);
    let change = change(only(&comparison));
    assert!(change.words.contains(words), "no {words:?} in {change:#?}");
    change.verdict
}
