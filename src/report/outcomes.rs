//! The outcomes of rounds as a histogram, the way litmus tools print it: how often, whether it is
//! allowed, and what everybody saw.

use anstyle::Style;

use super::table::{Cell, lines};
use super::text::TextOptions;
use super::{OutcomeCount, ScenarioResult};
use crate::ui::clean::clean;
use crate::ui::units;

/// One block of lines for each different outcome, the most frequent first. Ends with a newline; empty
/// in free mode.
pub(super) fn histogram(result: &ScenarioResult, options: &TextOptions) -> String {
    if result.outcomes.is_empty() {
        return String::new();
    }
    let faint = options.styles.faint;
    let titles = ["  outcome", "rounds", "share", "results"];
    let mut rows: Vec<Vec<Cell>> = vec![titles.map(|title| (title.to_owned(), faint)).to_vec()];
    let listed: u64 = result.outcomes.iter().map(|outcome| outcome.count).sum();
    let rounds = result.rounds.unwrap_or_default().max(listed);
    for outcome in &result.outcomes {
        rows.extend(of(outcome, rounds, options));
    }
    if rounds > listed {
        let others = [(String::from("  others"), faint), plain(units::count(rounds - listed))];
        rows.push(others.to_vec());
    }
    lines(&rows, options.width).join("\n") + "\n"
}

/// The rows of an outcome: one for the results of each actor, and one for the tree that is left.
fn of(outcome: &OutcomeCount, rounds: u64, options: &TextOptions) -> Vec<Vec<Cell>> {
    let (mark, style) = match outcome.class {
        Some(class) => (class.name(), options.styles.class(class)),
        None if outcome.accepted => ("accepted", options.styles.doubtful),
        None => ("allowed", options.styles.good),
    };
    #[expect(clippy::cast_precision_loss, reason = "shown in per cent")]
    let share = outcome.count as f64 / rounds.max(1) as f64;
    let first = [
        (format!("  {mark}"), style),
        plain(units::count(outcome.count)),
        plain(units::rate(share)),
    ];
    let blank = vec![plain(String::new()); first.len()];
    let rows = outcome.results.iter().enumerate().map(|(index, line)| {
        let before = if index == 0 { first.to_vec() } else { blank.clone() };
        [before, vec![plain(clean(line))]].concat()
    });
    rows.collect()
}

fn plain(text: String) -> Cell {
    (text, Style::new())
}
