//! Two systems to what has changed.

use super::join::{Draft, Side};
use super::{Cell, Change, LEVEL, Margins, Row, State, Verdict, trials, types, words};
use crate::stats::rates::{Events, Ratio, changed, ratio, trials_to_tell};
use crate::stats::{Dispersion, dispersion, holm, rate};

/// What two sides show, before all tests are known.
enum Evidence {
    /// One side has nothing to say, in words.
    Nothing(String),
    /// The verdict needs no test.
    Plain(Verdict, String),
    /// It depends on how probable it is.
    Test(Test),
}

/// A test of two rates.
struct Test {
    old: Events,
    new: Events,
    p: f64,
    ratio: Ratio,
    dispersion: Option<Dispersion>,
    margin: f64,
    /// Whether what is new is new whatever the test says.
    fails: bool,
}

/// Judges all rows, and sorts them by what matters most. Also says how many tests were made.
pub(super) fn judge(drafts: Vec<Draft>, margins: Margins) -> (Vec<Row>, u64) {
    let evidence: Vec<Vec<Evidence>> = drafts
        .iter()
        .map(|draft| draft.sides[1..].iter().map(|side| weigh(draft, side, margins)).collect())
        .collect();
    let p: Vec<f64> = evidence.iter().flatten().filter_map(p_of).collect();
    let mut adjusted = holm(&p).into_iter();
    let mut rows: Vec<Row> = Vec::new();
    for (draft, evidence) in drafts.into_iter().zip(evidence) {
        let changes = evidence.into_iter().map(|one| {
            let adjusted = p_of(&one).and_then(|_| adjusted.next());
            decide(one, adjusted)
        });
        let changes: Vec<Option<Change>> = std::iter::once(None).chain(changes.map(Some)).collect();
        rows.push(row(draft, changes));
    }
    rows.sort_by_key(rank);
    (rows, p.len() as u64)
}

/// The p-value, where the verdict depends on one.
fn p_of(evidence: &Evidence) -> Option<f64> {
    match evidence {
        // Forbidden and never seen before: no test is asked.
        Evidence::Test(test) if test.fails && test.old.seen == 0.0 => None,
        Evidence::Test(test) => Some(test.p),
        _ => None,
    }
}

fn weigh(draft: &Draft, side: &Side, margins: Margins) -> Evidence {
    let before = &draft.sides[0];
    for (one, when) in [(before, "before"), (side, "now")] {
        if one.state != State::Ran {
            return Evidence::Nothing(words::nothing_to_say(
                one.state,
                one.reason.as_deref(),
                when,
            ));
        }
    }
    if draft.code.is_empty() {
        return Evidence::Plain(Verdict::Unchanged, "never seen".to_owned());
    }
    let fails = draft.class.is_some_and(types::fails);
    let (old, new) = (counts(before, fails), counts(side, fails));
    let (was, is) = (sum(&old), sum(&new));
    for (zero, other, count, when) in [(before, side, was.0, "before"), (side, before, is.0, "now")]
    {
        let known = &other.relaxations;
        if count == 0 && !known.is_empty() && known.iter().all(|name| zero.accepted.contains(name))
        {
            return Evidence::Nothing(words::accepted(known, when));
        }
    }
    if draft.code == trials::WITHOUT_RACE {
        return match (was.0 > 0, is.0 > 0) {
            _ if old.is_empty() || new.is_empty() => not_looked_for(old.is_empty()),
            (false, true) => Evidence::Plain(Verdict::New, words::without_race(true)),
            (true, false) => Evidence::Plain(Verdict::Fixed, words::without_race(false)),
            _ => Evidence::Plain(Verdict::Unchanged, "no race, so it has no rate".to_owned()),
        };
    }
    if was.1 == 0 || is.1 == 0 {
        return not_looked_for(was.1 == 0);
    }
    let dispersion = dispersion(&[&old, &new]);
    let margin = if dispersion.is_some() { margins.repeated } else { margins.single };
    let factor = dispersion.map_or(1.0, |dispersion| dispersion.factor(LEVEL));
    let worth = |(seen, trials)| Events::new(seen, trials).worth(factor);
    let (old, new) = (worth(was), worth(is));
    if was.0 == 0 && is.0 == 0 {
        return Evidence::Plain(Verdict::Unchanged, "never seen in either".to_owned());
    }
    let p = changed(old, new, margin);
    let ratio = ratio(old, new, 1.0 - LEVEL);
    Evidence::Test(Test { old, new, p, ratio, dispersion, margin, fails })
}

fn not_looked_for(before: bool) -> Evidence {
    let when = if before { "before" } else { "now" };
    Evidence::Nothing(format!("{when}: it was not looked for"))
}

/// Events and trials of each run that could have seen it. Where some are of a class that fails a
/// run, only those count.
fn counts(side: &Side, fails: bool) -> Vec<(u64, u64)> {
    let counted = |run: &super::join::Tally| if fails && !run.fails { 0 } else { run.count };
    side.runs.iter().filter_map(|run| Some((counted(run), run.trials?))).collect()
}

fn sum(runs: &[(u64, u64)]) -> (u64, u64) {
    let add = |(a, b): (u64, u64), &(c, d): &(u64, u64)| (a.saturating_add(c), b.saturating_add(d));
    runs.iter().fold((0, 0), add)
}

fn decide(evidence: Evidence, p_adjusted: Option<f64>) -> Change {
    let plain = |verdict, words| Change {
        verdict,
        words,
        p: None,
        p_adjusted: None,
        ratio: None,
        ratio_low: None,
        ratio_high: None,
        dispersion: None,
        margin: None,
    };
    let test = match evidence {
        Evidence::Nothing(words) => return plain(Verdict::NotComparable, words),
        Evidence::Plain(verdict, words) => return plain(verdict, words),
        Evidence::Test(test) => test,
    };
    let significant = p_adjusted.is_some_and(|p| p <= LEVEL);
    let enough = trials_to_tell(test.old, test.margin, LEVEL);
    let (verdict, words) = match (test.old.seen > 0.0, test.new.seen > 0.0) {
        (false, _) if test.fails || significant => {
            (Verdict::New, words::new(test.old.trials, test.new.seen / test.new.trials))
        }
        (false, _) => (Verdict::Unchanged, words::may_have_been_missed()),
        (true, false) if significant => (Verdict::Fixed, words::fixed(p_adjusted)),
        (true, false) => (Verdict::GoneQuiet, words::quiet(test.new.trials, enough)),
        (true, true) if significant => {
            let more = test.ratio.value.is_some_and(|ratio| ratio > 1.0);
            let verdict = if more { Verdict::Regressed } else { Verdict::Improved };
            (verdict, words::ratio(&test.ratio, p_adjusted))
        }
        (true, true) => (Verdict::Unchanged, words::same(&test.ratio, test.dispersion.is_some())),
    };
    Change {
        verdict,
        words,
        p: Some(test.p),
        p_adjusted,
        ratio: test.ratio.value,
        ratio_low: Some(test.ratio.low),
        ratio_high: test.ratio.high,
        dispersion: test.dispersion.map(|dispersion| dispersion.value),
        margin: Some(test.margin),
    }
}

fn row(draft: Draft, changes: Vec<Option<Change>>) -> Row {
    let cells = draft.sides.into_iter().zip(changes).map(|(side, change)| cell(side, change));
    Row {
        scenario: draft.scenario,
        digest: draft.digest,
        mode: draft.mode,
        fs_type: draft.place.fs_type,
        target: draft.place.target,
        code: draft.code,
        class: draft.class,
        cells: cells.collect(),
    }
}

fn cell(side: Side, change: Option<Change>) -> Cell {
    let (count, trials) = sum(&counts(&side, false));
    let known = side.runs.iter().any(|run| run.trials.is_some());
    let interval = (known && trials > 0).then(|| rate(count, trials));
    Cell {
        state: side.state,
        reason: side.reason,
        count,
        trials: known.then_some(trials),
        estimated: side.estimated,
        rate: interval.map(|interval| interval.value),
        rate_low: interval.map(|interval| interval.low),
        rate_high: interval.map(|interval| interval.high),
        runs: side.runs.len() as u64,
        class: side.class,
        relaxations: side.relaxations,
        change,
    }
}

/// What matters most comes first: the worst change of any column, and in it what fails a run.
fn rank(row: &Row) -> (usize, bool, std::cmp::Reverse<Option<crate::report::Class>>) {
    let place = |change: &Change| Verdict::ALL.iter().position(|one| *one == change.verdict);
    let changes = row.cells.iter().filter_map(|cell| cell.change.as_ref());
    let worst = changes.filter_map(place).min().unwrap_or(usize::MAX);
    (worst, !row.fails(), std::cmp::Reverse(row.class))
}
