//! The line at the bottom of the terminal that says how far a run is.
//!
//! It lives on standard error and only on a terminal. Results are printed through it, so that
//! the two never mix.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::clean::clean;
use super::units;
use crate::report::Verdict;

/// Drawn at most this often a second: a run must not be slowed down by being watched.
const DRAWS_PER_SECOND: u8 = 10;

/// How far one scenario is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tick {
    /// Time since its start.
    pub elapsed: Duration,
    /// Steps done by all actors so far.
    pub ops: u64,
    /// Smallest overlap of two actors so far, 0 to 1, once it is known.
    pub overlap: Option<f64>,
}

/// The progress of a run. Dropped, it leaves the terminal clean.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    state: State,
}

impl Progress {
    /// Progress over `total` scenarios (counted once per target). Nothing is drawn where
    /// `wanted` is false or standard error is not a terminal.
    #[must_use]
    pub fn new(total: usize, wanted: bool) -> Self {
        let visible = wanted && io::stderr().is_terminal();
        let target = if visible {
            ProgressDrawTarget::stderr_with_hz(DRAWS_PER_SECOND)
        } else {
            ProgressDrawTarget::hidden()
        };
        Self::on(target, total)
    }

    fn on(target: ProgressDrawTarget, total: usize) -> Self {
        let bar = ProgressBar::with_draw_target(None, target);
        // Cut at the width of the terminal: a line that wraps cannot be drawn over.
        if let Ok(style) = ProgressStyle::with_template("{wide_msg}") {
            bar.set_style(style);
        }
        Self { bar, state: State { total, ..State::default() } }
    }

    /// Counts scenarios that an earlier run has finished.
    pub fn resumed(&mut self, verdicts: impl IntoIterator<Item = Verdict>) {
        for verdict in verdicts {
            self.state.count(verdict);
        }
        self.draw();
    }

    /// A scenario starts on a target; `duration` is how long it is going to run, when that is
    /// what ends it.
    pub fn scenario_started(&mut self, name: &str, target: &str, duration: Option<Duration>) {
        self.state.running = Some(Running {
            name: name.to_owned(),
            target: target.to_owned(),
            duration,
            tick: None,
        });
        self.draw();
    }

    /// News of the running scenario. Cheap enough to call as often as one likes.
    pub fn tick(&mut self, tick: Tick) {
        if let Some(running) = &mut self.state.running {
            running.tick = Some(tick);
            self.draw();
        }
    }

    /// Shows a line of its own in place of that about scenarios.
    pub fn show(&mut self, line: &str) {
        if !self.bar.is_hidden() && !self.bar.is_finished() {
            self.bar.set_message(clean(line));
        }
    }

    /// The running scenario ended, or one was not started at all.
    pub fn scenario_done(&mut self, verdict: Verdict) {
        self.state.running = None;
        self.state.count(verdict);
        self.draw();
    }

    /// Prints finished text, such as a result, to standard output, above the line. Styles are
    /// kept only where standard output shows them.
    ///
    /// # Errors
    ///
    /// Whatever writing to standard output returns, for example that a pipe was closed.
    pub fn print(&self, text: &str) -> io::Result<()> {
        self.bar.suspend(|| {
            let mut out = anstream::stdout().lock();
            out.write_all(text.as_bytes())?;
            out.flush()
        })
    }

    /// Prints a warning or a note to standard error, above the line.
    pub fn note(&self, text: &str) {
        // Nobody is left to tell when standard error is closed.
        let _ = self.bar.suspend(|| anstream::stderr().lock().write_all(text.as_bytes()));
    }

    /// Takes the line away. What is printed through this afterwards still appears.
    pub fn finish(&mut self) {
        self.state.running = None;
        self.bar.finish_and_clear();
    }

    fn draw(&self) {
        if !self.bar.is_hidden() && !self.bar.is_finished() {
            self.bar.set_message(self.state.line());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

#[derive(Debug, Default)]
struct State {
    total: usize,
    done: usize,
    failed: usize,
    inconclusive: usize,
    skipped: usize,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    name: String,
    target: String,
    duration: Option<Duration>,
    tick: Option<Tick>,
}

impl State {
    fn count(&mut self, verdict: Verdict) {
        self.done += 1;
        match verdict {
            Verdict::Pass => {}
            Verdict::Fail => self.failed += 1,
            Verdict::Inconclusive => self.inconclusive += 1,
            Verdict::Skipped => self.skipped += 1,
        }
    }

    /// `3/14 scenarios (1 failed, 0 skipped)  open-while-unlinked on /t  2.1 s of 3 s  ...`
    fn line(&self) -> String {
        let inconclusive = match self.inconclusive {
            0 => String::new(),
            n => format!("{n} inconclusive, "),
        };
        let mut parts = vec![format!(
            "{}/{} scenarios ({} failed, {inconclusive}{} skipped)",
            self.done, self.total, self.failed, self.skipped
        )];
        if let Some(running) = &self.running {
            parts.extend(running.parts());
        }
        parts.join("  ")
    }
}

impl Running {
    /// The most telling first, for a narrow terminal cuts the end off.
    fn parts(&self) -> Vec<String> {
        let mut parts = vec![clean(&self.name)];
        let tick = self.tick.unwrap_or_default();
        let elapsed = tenths(tick.elapsed);
        parts.push(match self.duration {
            Some(duration) => format!("{elapsed} of {}", units::duration(duration)),
            None => elapsed,
        });
        let seconds = tick.elapsed.as_secs_f64();
        if tick.ops > 0 && seconds > 0.0 {
            #[expect(clippy::cast_precision_loss, reason = "shown with three figures")]
            let per_second = tick.ops as f64 / seconds;
            parts.push(units::per_second(per_second, "ops"));
        }
        parts.extend(tick.overlap.map(|o| format!("overlap {}", units::share(o))));
        if !self.target.is_empty() {
            parts.push(format!("on {}", clean(&self.target)));
        }
        parts
    }
}

/// Always in seconds below a minute, and always with a decimal: a figure that changes its unit
/// or its width flickers.
fn tenths(elapsed: Duration) -> String {
    if elapsed < Duration::from_secs(60) {
        format!("{:.1} s", elapsed.as_secs_f64())
    } else {
        units::duration(elapsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(total: usize) -> Progress {
        Progress::on(ProgressDrawTarget::hidden(), total)
    }

    #[test]
    fn the_line_counts_what_is_done_and_follows_what_runs() {
        let mut progress = hidden(14);
        assert_eq!(progress.state.line(), "0/14 scenarios (0 failed, 0 skipped)");
        progress.resumed([Verdict::Pass, Verdict::Fail]);
        progress.scenario_started("rename", "/t", Some(Duration::from_secs(3)));
        progress.scenario_done(Verdict::Pass);
        progress.scenario_started("open-while-unlinked", "", Some(Duration::from_secs(3)));
        assert_eq!(
            progress.state.line(),
            "3/14 scenarios (1 failed, 0 skipped)  open-while-unlinked  0.0 s of 3 s"
        );
        progress.tick(Tick {
            elapsed: Duration::from_millis(2_100),
            ops: 2_520_000,
            overlap: Some(0.43),
        });
        assert_eq!(
            progress.state.line(),
            "3/14 scenarios (1 failed, 0 skipped)  open-while-unlinked  2.1 s of 3 s  \
             1.2 M ops/s  overlap 43 %"
        );
        progress.scenario_done(Verdict::Inconclusive);
        progress.scenario_done(Verdict::Skipped);
        assert_eq!(progress.state.line(), "5/14 scenarios (1 failed, 1 inconclusive, 1 skipped)");
    }

    #[test]
    fn a_run_without_a_time_limit_shows_the_time_alone() {
        let mut progress = hidden(1);
        progress.scenario_started("litmus", "/t", None);
        progress.tick(Tick { elapsed: Duration::from_secs(65), ops: 0, overlap: None });
        assert_eq!(
            progress.state.line(),
            "0/1 scenarios (0 failed, 0 skipped)  litmus  1 min 5 s  on /t"
        );
    }

    #[test]
    fn news_between_scenarios_are_harmless() {
        let mut progress = hidden(1);
        progress.tick(Tick::default());
        progress.finish();
        progress.scenario_done(Verdict::Pass);
        assert_eq!(progress.state.line(), "1/1 scenarios (0 failed, 0 skipped)");
    }
}
