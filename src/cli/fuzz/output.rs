//! What `fsrace fuzz` prints and keeps.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use super::corpus_error;
use crate::cli::exit::CliError;
use crate::fuzz::candidate::Candidate;
use crate::fuzz::corpus::{Corpus, CorpusError, write};
use crate::fuzz::fuzzer::{Ending, Fuzzer, Totals};
use crate::fuzz::pool::Pool;
use crate::fuzz::shard::Shard;
use crate::report::{Host, Target};
use crate::ui::units;

/// The first lines.
pub(super) fn introduction(
    host: &Host,
    target: &Target,
    (seed, shard): (u64, Shard),
    corpus: usize,
    run_dir: &Path,
) -> String {
    let mut text = format!("fsrace {} on {target}, {host}\n", env!("CARGO_PKG_VERSION"));
    for client in &target.clients {
        let _ = writeln!(text, "client {client}");
    }
    let shard = if shard == Shard::default() { String::new() } else { format!(", shard {shard}") };
    let known = units::counted(corpus as u64, "program");
    let _ = writeln!(
        text,
        "seed {seed}{shard}, {known} to begin with, results in {}",
        run_dir.display()
    );
    text
}

/// Whether reads and writes are held back half way.
pub(super) fn stalls(stalls: &Result<(), String>) -> String {
    match stalls {
        Ok(()) => {
            "long reads and writes stand still half way now and then (userfaultfd)\n\n".to_owned()
        }
        Err(why) => format!("no call stands still half way: {why}\n\n"),
    }
}

/// The line at the bottom.
pub(super) fn line(
    totals: &Totals,
    features: usize,
    found: usize,
    duration: Option<Duration>,
) -> String {
    let seconds = totals.elapsed.as_secs_f64();
    let of = duration.map_or(String::new(), |all| format!(" of {}", units::duration(all)));
    format!(
        "{seconds:.0} s{of}  {} programs  {}  {features} things seen  {} kinds found",
        totals.programs,
        units::per_second(totals.rounds as f64 / seconds.max(0.001), "rounds"),
        found
    )
}

/// A candidate that is the first of its kind.
pub(super) fn found(candidate: &Candidate) -> String {
    let (kind, anomaly) = (candidate.signature.kind(), &candidate.anomaly);
    let rate = units::k_in_n(anomaly.count, anomaly.trials, anomaly.rate_low, anomaly.rate_high);
    format!(
        "{kind}  {}\n    {rate}; after {:.1} s, program {}\n    {}\n",
        anomaly.class.name(),
        candidate.after_ms as f64 / 1000.0,
        candidate.programs,
        anomaly.seen
    )
}

/// The end.
pub(super) fn summary(fuzzer: &Fuzzer<'_>, ended: Option<Ending>, run_dir: &Path) -> String {
    let totals = &fuzzer.totals;
    let seconds = totals.elapsed.as_secs_f64().max(0.001);
    let mut text = String::from("\n");
    let _ = writeln!(
        text,
        "{} ({} more were not worth a race), {} rounds in {:.1} s: {}",
        units::counted(totals.programs, "program"),
        totals.rejected,
        units::count(totals.rounds),
        seconds,
        units::per_second(totals.rounds as f64 / seconds, "rounds")
    );
    let share = if totals.allowed > 0.0 { totals.seen / totals.allowed } else { 0.0 };
    let _ = writeln!(
        text,
        "{} of the outcomes that they are allowed were seen; {} things seen, by {} programs that are \
         kept",
        units::share(share),
        fuzzer.novelty.len(),
        fuzzer.pool.entries().len()
    );
    for (count, what) in [
        (totals.different, "left the model without any race, and were not raced"),
        (totals.lacking, "need what this filesystem does not have"),
        (totals.failed, "could not be run"),
        (totals.undecided, "decided nothing, such as those whose actors did not meet"),
    ] {
        if count > 0 {
            let _ = writeln!(text, "{count} of the programs {what}");
        }
    }
    match ended {
        None | Some(Ending::Done) => {}
        Some(Ending::Stuck) => text.push_str(
            "a call on this target still hangs, so that it ends here: restart the machine, or \
             remount it\n",
        ),
        Some(Ending::Exhausted) => text.push_str("no further program was found\n"),
    }
    let kinds = fuzzer.candidates.kinds();
    if kinds.is_empty() {
        text.push_str("nothing was found\n");
    }
    for (name, kind) in kinds {
        let first = &kind.candidate;
        let _ = writeln!(
            text,
            "  {:<11}  {name}: after {:.1} s, by {}",
            first.anomaly.class.name(),
            first.after_ms as f64 / 1000.0,
            units::counted(kind.programs, "program")
        );
    }
    let _ = writeln!(text, "results in {}", run_dir.display());
    text
}

/// What is kept on disk.
#[derive(Debug)]
pub(super) struct Kept {
    run_dir: PathBuf,
    /// Where the results of the present target go.
    place: PathBuf,
    corpus: Corpus,
    /// Kinds of the present target whose candidate could not be written.
    unkept: BTreeSet<String>,
}

/// `fuzz.json`.
#[derive(Serialize)]
struct Summary<'a> {
    schema_version: u32,
    target: String,
    seed: u64,
    elapsed_s: f64,
    programs: u64,
    rejected: u64,
    different: u64,
    lacking: u64,
    failed: u64,
    undecided: u64,
    rounds: u64,
    features: usize,
    found: Vec<Found<'a>>,
}

#[derive(Serialize)]
struct Found<'a> {
    kind: &'a str,
    class: &'a str,
    after_ms: u64,
    programs: u64,
    digest: &'a str,
}

impl Kept {
    pub(super) fn new(run_dir: PathBuf, corpus: Corpus) -> Self {
        Self { place: run_dir.clone(), run_dir, corpus, unkept: BTreeSet::new() }
    }

    /// Keeps the results of one of several targets, counted from 1, in a directory of its own.
    pub(super) fn begin(&mut self, number: usize, target: &Path) {
        let name = target.file_name().map(|name| format!("-{}", name.to_string_lossy()));
        self.place = self.run_dir.join(format!("{number}{}", name.unwrap_or_default()));
        self.unkept.clear();
    }

    pub(super) fn place(&self) -> &Path {
        &self.place
    }

    /// Keeps a candidate: the scenario and what it showed.
    ///
    /// # Errors
    /// It cannot be written; [`Kept::save`] tries once more.
    pub(super) fn candidate(
        &mut self,
        target: &Path,
        candidate: &Candidate,
    ) -> Result<(), CorpusError> {
        let kind = candidate.signature.kind();
        let written = self.write_candidate(target, candidate);
        if written.is_ok() {
            self.unkept.remove(&kind)
        } else {
            self.unkept.insert(kind)
        };
        written
    }

    fn write_candidate(&self, target: &Path, candidate: &Candidate) -> Result<(), CorpusError> {
        let kind = candidate.signature.kind();
        let words = kind.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let place = self.place.join("candidates").join(words.join("-"));
        let made = std::fs::create_dir_all(&place);
        made.map_err(|source| CorpusError::Io { path: place.clone(), source })?;
        write(&place.join("scenario.toml"), candidate.scenario.as_bytes())?;
        // A path need not be text.
        let target = target.display().to_string();
        let about = serde_json::json!({ "target": target, "candidate": candidate });
        write(&place.join("candidate.json"), about.to_string().as_bytes())
    }

    /// Keeps the corpus.
    pub(super) fn keep(&mut self, pool: &Pool) -> Result<(), CorpusError> {
        self.corpus.save(pool.entries())
    }

    /// Keeps the summary, the corpus, and the candidates for which there was no room when they came.
    ///
    /// # Errors
    /// Of the first that cannot be kept; the others are, if they can.
    pub(super) fn save(
        &mut self,
        fuzzer: &Fuzzer<'_>,
        target: &Path,
        seed: u64,
    ) -> Result<(), CliError> {
        let mut kept = self.summary(fuzzer, target, seed);
        // The corpus may lie elsewhere.
        kept = kept.and(self.keep(&fuzzer.pool).map_err(corpus_error));
        for (name, kind) in fuzzer.candidates.kinds() {
            if self.unkept.contains(name) {
                kept = kept.and(self.candidate(target, &kind.candidate).map_err(corpus_error));
            }
        }
        kept
    }

    fn summary(&self, fuzzer: &Fuzzer<'_>, target: &Path, seed: u64) -> Result<(), CliError> {
        let kinds = fuzzer.candidates.kinds();
        let totals = &fuzzer.totals;
        let summary = Summary {
            schema_version: 1,
            target: target.display().to_string(),
            seed,
            elapsed_s: totals.elapsed.as_secs_f64(),
            programs: totals.programs,
            rejected: totals.rejected,
            different: totals.different,
            lacking: totals.lacking,
            failed: totals.failed,
            undecided: totals.undecided,
            rounds: totals.rounds,
            features: fuzzer.novelty.len(),
            found: kinds
                .iter()
                .map(|(kind, of)| Found {
                    kind,
                    class: of.candidate.anomaly.class.name(),
                    after_ms: of.candidate.after_ms,
                    programs: of.programs,
                    digest: &of.candidate.digest,
                })
                .collect(),
        };
        let text = serde_json::to_vec_pretty(&summary).map_err(|error| {
            CliError::Internal(format!("the summary cannot be written: {error}"))
        })?;
        let made = std::fs::create_dir_all(&self.place);
        let failed = |source| corpus_error(CorpusError::Io { path: self.place.clone(), source });
        made.map_err(failed)?;
        write(&self.place.join("fuzz.json"), &text).map_err(corpus_error)
    }
}
