//! How fuzzing goes, as it is shown and kept.

use std::path::Path;
use std::time::{Duration, Instant};

use super::output::{self, Kept};
use crate::cli::interrupt::Interrupt;
use crate::fuzz::candidate::{Candidate, Standing};
use crate::fuzz::fuzzer::{Totals, Watcher};
use crate::fuzz::pool::Pool;
use crate::ui::progress::Progress;

/// How often the progress is shown.
const SHOW_EVERY: Duration = Duration::from_millis(100);

/// Shows how it goes.
pub(super) struct View<'a> {
    progress: &'a mut Progress,
    interrupt: &'a Interrupt,
    kept: &'a mut Kept,
    target: &'a Path,
    duration: Option<Duration>,
    shown: Option<Instant>,
}

impl<'a> View<'a> {
    /// Of fuzzing `target` for so long, if that is given.
    pub(super) fn new(
        progress: &'a mut Progress,
        interrupt: &'a Interrupt,
        kept: &'a mut Kept,
        target: &'a Path,
        duration: Option<Duration>,
    ) -> Self {
        Self { progress, interrupt, kept, target, duration, shown: None }
    }
}

impl Watcher for View<'_> {
    fn go_on(&mut self, totals: &Totals, features: usize, found: usize) -> bool {
        if self.shown.is_none_or(|shown| shown.elapsed() > SHOW_EVERY) {
            self.shown = Some(Instant::now());
            self.progress.show(&output::line(totals, features, found, self.duration));
        }
        self.interrupt.signal().is_none()
    }

    fn keep(&mut self, pool: &Pool) {
        if let Err(error) = self.kept.keep(pool) {
            self.progress.note(&format!("{error}\n"));
        }
    }

    fn found(&mut self, candidate: &Candidate, standing: Standing) {
        if let Err(error) = self.kept.candidate(self.target, candidate) {
            self.progress.note(&format!("{error}\n"));
        }
        if standing == Standing::New {
            let _ = self.progress.print(&output::found(candidate));
        }
    }
}
