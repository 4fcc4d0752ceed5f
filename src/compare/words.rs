//! Verdicts in words.

use super::State;
use crate::stats::rates::Ratio;
use crate::ui::units;

/// Why one side has nothing to say.
pub(super) fn nothing_to_say(state: State, reason: Option<&str>, when: &str) -> String {
    let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    match state {
        State::Skipped => format!("{when} skipped{reason}"),
        State::Inconclusive => format!("{when} inconclusive{reason}"),
        _ => format!("{when}{reason}"),
    }
}

/// What one side would have seen is no anomaly to the other.
pub(super) fn accepted(relaxations: &[String], when: &str) -> String {
    format!("{when}, {} was accepted, and so not reported", relaxations.join(" and "))
}

/// Something differs although one call follows the other.
pub(super) fn without_race(now: bool) -> String {
    let when = if now { "it happens now" } else { "it happens no more" };
    format!("{when}; no race, so that once tells")
}

/// Never seen in so many trials, and now at this rate.
pub(super) fn new(trials: f64, rate: f64) -> String {
    // Three expected and none seen: about 5 %, as in the rule of three.
    if trials * rate < 3.0 {
        format!("never seen before, but {} may well have missed it", counted(trials))
    } else {
        format!("never seen before, in {}", counted(trials))
    }
}

/// Of a class that does not fail a run, and too rare to make much of.
pub(super) fn may_have_been_missed() -> String {
    "seen now and not before, no more than chance explains".to_owned()
}

/// Gone, for all that is known.
pub(super) fn fixed(p: Option<f64>) -> String {
    format!("not seen any more{}", p.map(p_value).unwrap_or_default())
}

/// Not seen in so many trials; so many would tell.
pub(super) fn quiet(trials: f64, enough: f64) -> String {
    let have = counted(trials);
    if enough > trials {
        format!("not seen in {have}, too few to tell: {} would", whole(enough))
    } else {
        format!("not seen in {have}, too few to tell among so many comparisons")
    }
}

/// Seen on both sides, at different rates.
pub(super) fn ratio(ratio: &Ratio, p: Option<f64>) -> String {
    format!("{}{}", as_often(ratio), p.map(p_value).unwrap_or_default())
}

/// Seen on both sides, at much the same rate.
pub(super) fn same(ratio: &Ratio, repeated: bool) -> String {
    let chance = ratio.low <= 1.0 && ratio.high.is_none_or(|high| high >= 1.0);
    let why = match (chance, repeated) {
        (true, _) => "no more than chance explains",
        (false, true) => "more than chance explains, but within the margin",
        (false, false) => "but single runs vary as much: run each several times to tell",
    };
    format!("{}, {why}", as_often(ratio))
}

fn as_often(ratio: &Ratio) -> String {
    let value = ratio.value.map(times).unwrap_or_default();
    let high = ratio.high.map_or_else(|| "any".to_owned(), times);
    format!("{value} times as often ({} .. {high})", times(ratio.low))
}

fn p_value(p: f64) -> String {
    if p < 0.001 { ", p < 0.001".to_owned() } else { format!(", p = {p:.3}") }
}

/// A factor with two or three figures.
pub fn times(factor: f64) -> String {
    let decimals = match factor {
        f if f >= 9.95 => return units::figure(f),
        f if f >= 0.95 => 1,
        f if f >= 0.095 => 2,
        f if f >= 0.0095 => 3,
        _ => return format!("{factor:.1e}").replace("0.0e0", "0"),
    };
    format!("{factor:.decimals$}")
}

/// `1 trial`, `2,000 trials`.
fn counted(trials: f64) -> String {
    format!("{} trial{}", whole(trials), if trials > 1.0 { "s" } else { "" })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of trials; the cast saturates"
)]
fn whole(trials: f64) -> String {
    units::count(trials.ceil() as u64)
}

#[cfg(test)]
mod tests {
    use super::times;

    #[test]
    fn factors_have_two_or_three_figures() {
        for (factor, text) in [
            (387.4, "387"),
            (12_345.0, "12,345"),
            (10.2, "10"),
            (2.04, "2.0"),
            (0.5, "0.50"),
            (0.034, "0.034"),
            (0.000_42, "4.2e-4"),
            (0.0, "0"),
        ] {
            assert_eq!(times(factor), text);
        }
    }
}
