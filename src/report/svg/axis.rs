//! The axis of time: which part of it is shown, and where.

use std::fmt::Write as _;

use crate::report::ExampleEvent;

/// Height of the axis with its labels, in pixels.
pub(super) const HEIGHT: u32 = 24;

/// A step that is so many times longer than most is cut off: in a picture of all of it, the others
/// would be too thin to be seen.
const LONGEST: i64 = 40;

/// Part of the width that is left after the last known moment, for calls that have not returned.
const BEYOND: f64 = 0.12;

/// Steps between labels that fit a narrow screen.
const TICKS: f64 = 6.0;

/// The part of the time that is shown.
pub(super) struct Axis {
    from: i64,
    to: i64,
}

impl Axis {
    /// What there is to see of these steps, of which one begins at 0.
    pub(super) fn of(events: &[ExampleEvent]) -> Self {
        let mut lengths: Vec<i64> =
            events.iter().filter_map(|e| Some(e.end_ns?.saturating_sub(e.start_ns))).collect();
        lengths.sort_unstable();
        let typical = lengths.get(lengths.len() / 2).copied().unwrap_or(1_000).max(100);
        let anomaly = events.iter().find(|event| event.anomalous);
        let core = anomaly.and_then(|event| event.end_ns).unwrap_or(0).clamp(0, i64::MAX / 4);
        let reach = LONGEST.saturating_mul(typical.max(core)).min(i64::MAX / 4);
        let starts = events.iter().map(|event| event.start_ns);
        let known = events.iter().map(|event| event.end_ns.unwrap_or(event.start_ns));
        let from = starts.min().unwrap_or(0).max(-reach);
        let to = known.max().unwrap_or(0).max(core).min(core.saturating_add(reach)).max(from + 1);
        let open = events.iter().any(|event| event.end_ns.is_none());
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            reason = "a picture"
        )]
        let beyond = if open { ((to - from) as f64 * BEYOND) as i64 + 1 } else { 0 };
        Self { from, to: to + beyond }
    }

    /// The first moment that is shown.
    pub(super) fn from(&self) -> i64 {
        self.from
    }

    /// The last moment that is shown.
    pub(super) fn to(&self) -> i64 {
        self.to
    }

    /// Where a moment is, in per cent of the width.
    #[expect(clippy::cast_precision_loss, reason = "a picture")]
    pub(super) fn at(&self, ns: i64) -> f64 {
        let ns = ns.clamp(self.from, self.to);
        (ns - self.from) as f64 / (self.to - self.from) as f64 * 100.0
    }

    /// Draws it with its labels at this height.
    pub(super) fn draw(&self, y: u32, out: &mut String) {
        let _ = writeln!(out, "<line class=\"axis\" x1=\"0%\" x2=\"100%\" y1=\"{y}\" y2=\"{y}\"/>");
        let step = self.step();
        let first = self.from.div_euclid(step) + i64::from(self.from.rem_euclid(step) != 0);
        for tick in first..=self.to.div_euclid(step) {
            let ns = tick * step;
            let x = self.at(ns);
            let anchor = match x {
                x if x < 6.0 => "start",
                x if x > 94.0 => "end",
                _ => "middle",
            };
            let _ = writeln!(
                out,
                "<line class=\"axis\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"{y}\" y2=\"{0}\"/>\
                 <text class=\"tick\" x=\"{x:.2}%\" y=\"{1}\" text-anchor=\"{anchor}\">{2}</text>",
                y + 4,
                y + 17,
                label(ns)
            );
        }
    }

    /// The smallest of 1, 2, 5, 10 and so on that gives few enough labels, in nanoseconds.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a picture")]
    fn step(&self) -> i64 {
        let least = (self.to - self.from) as f64 / TICKS;
        let power = 10_f64.powf(least.max(1.0).log10().floor());
        let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|f| f * power >= least);
        ((factor.unwrap_or(10.0) * power) as i64).max(1)
    }
}

/// A moment in microseconds, with no more decimals than it has. Only zero has the unit: there is no room
/// for more of them on a narrow screen.
fn label(ns: i64) -> String {
    if ns == 0 {
        return "0 µs".to_owned();
    }
    let (whole, rest) = (ns.unsigned_abs() / 1_000, ns.unsigned_abs() % 1_000);
    let sign = if ns < 0 { "−" } else { "" };
    let decimals = format!(".{rest:03}");
    let decimals = decimals.trim_end_matches('0').trim_end_matches('.');
    format!("{sign}{whole}{decimals}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(start_ns: i64, end_ns: Option<i64>) -> ExampleEvent {
        let (actor, call) = ("a".to_owned(), "open".to_owned());
        ExampleEvent { actor, call, result: None, start_ns, end_ns, anomalous: start_ns == 0 }
    }

    #[test]
    fn moments_are_to_scale_and_what_is_far_away_is_cut_off() {
        let close = [event(-3_000, Some(-1_000)), event(0, Some(1_000))];
        let axis = Axis::of(&close);
        assert_eq!((axis.from(), axis.to()), (-3_000, 1_000));
        assert!((axis.at(-1_000) - 50.0).abs() < 1e-9 && (axis.at(1_000) - 100.0).abs() < 1e-9);
        // A call that began five seconds before.
        let far = [event(-5_000_000_000, None), close[0].clone(), close[1].clone()];
        let axis = Axis::of(&far);
        assert_eq!(axis.from(), -80_000);
        assert!(axis.to() > 1_000, "there is room for what has not returned");
        assert!(axis.at(-5_000_000_000).abs() < 1e-9);
    }

    #[test]
    fn a_single_moment_is_no_division_by_zero() {
        let axis = Axis::of(&[event(0, Some(0))]);
        assert!(axis.at(0).is_finite() && axis.step() > 0);
        assert!(Axis::of(&[]).at(5).is_finite());
        let far = Axis::of(&[event(i64::MIN / 2, Some(i64::MAX / 2)), event(0, None)]);
        assert!(far.at(7).is_finite() && far.step() > 0);
    }

    #[test]
    fn labels_have_no_more_decimals_than_they_need() {
        for (ns, text) in [(0, "0 µs"), (-1_500, "−1.5"), (200, "0.2"), (2_000_000, "2000")] {
            assert_eq!(label(ns), text);
        }
    }
}
