//! Small bars beside numbers.

use crate::report::Anomaly;

/// The rarest rate that a bar shows: one in ten million.
const RAREST: f64 = 1e-7;

/// A rate with its interval. Rates of races differ by powers of ten, and so does the scale: each
/// seventh of it is one.
pub(super) fn rate(anomaly: &Anomaly) -> String {
    let (at, low, high) = (log(anomaly.rate), log(anomaly.rate_low), log(anomaly.rate_high));
    format!(
        "<svg class=\"bar rate-bar\" width=\"140\" height=\"14\" role=\"img\"><title>on a scale from one \
         in ten million to always, by powers of ten, with the 95 % interval</title>\
         <rect class=\"ground\" width=\"100%\" height=\"14\"/>{}\
         <rect class=\"fill\" y=\"3\" width=\"{at:.1}%\" height=\"8\"/>\
         <line class=\"interval\" x1=\"{low:.1}%\" x2=\"{high:.1}%\" y1=\"7\" y2=\"7\"/>\
         <line class=\"interval\" x1=\"{low:.1}%\" x2=\"{low:.1}%\" y1=\"2\" y2=\"12\"/>\
         <line class=\"interval\" x1=\"{high:.1}%\" x2=\"{high:.1}%\" y1=\"2\" y2=\"12\"/></svg>",
        decades()
    )
}

fn decades() -> String {
    let tick = |n: u32| f64::from(n) / 7.0 * 100.0;
    let lines = (1..7).map(tick).map(|x| {
        format!("<line class=\"decade\" x1=\"{x:.1}%\" x2=\"{x:.1}%\" y1=\"0\" y2=\"14\"/>")
    });
    lines.collect()
}

/// Where a rate is on that scale, in per cent.
fn log(rate: f64) -> f64 {
    (1.0 - rate.clamp(RAREST, 1.0).log10() / RAREST.log10()) * 100.0
}

/// A share, in the colour of a class of the page.
pub(super) fn share(share: f64, class: &str) -> String {
    format!(
        "<svg class=\"bar {class}\" width=\"100%\" height=\"10\" aria-hidden=\"true\">\
         <rect class=\"ground\" width=\"100%\" height=\"10\"/>\
         <rect class=\"fill\" width=\"{:.2}%\" height=\"10\"/></svg>",
        share * 100.0
    )
}

#[cfg(test)]
mod tests {
    use super::log;

    #[test]
    fn the_scale_goes_by_powers_of_ten() {
        for (rate, at) in [(1.0, 100.0), (1e-7, 0.0), (0.0, 0.0), (1e-3, 400.0 / 7.0)] {
            assert!((log(rate) - at).abs() < 1e-9, "{rate}: {}", log(rate));
        }
    }
}
