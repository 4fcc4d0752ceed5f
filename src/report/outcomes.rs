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
    for outcome in &result.outcomes {
        rows.extend(of(outcome, result.share(outcome), options));
    }
    if result.unlisted_rounds() > 0 {
        let others =
            [(String::from("  others"), faint), plain(units::count(result.unlisted_rounds()))];
        rows.push(others.to_vec());
    }
    if let Some(never) = &result.never_seen {
        rows.push(
            [(String::from("  never seen"), faint), plain(units::count(never.count))].to_vec(),
        );
    }
    lines(&rows, options.width).join("\n") + "\n"
}

/// The rows of an outcome: one for the results of each actor, and one for the tree that is left.
fn of(outcome: &OutcomeCount, share: f64, options: &TextOptions) -> Vec<Vec<Cell>> {
    let style = match outcome.class {
        Some(class) => options.styles.class(class),
        None if outcome.accepted => options.styles.doubtful,
        None => options.styles.good,
    };
    let first = [
        (format!("  {}", outcome.judged()), style),
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
