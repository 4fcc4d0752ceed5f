//! Numbers as people read them: counts, rates, durations and bytes.

use std::time::Duration;

/// A count: exact with grouped thousands below 100,000, above that with three figures and a
/// decimal prefix (`2,746`, `153 k`, `2.1 M`).
#[must_use]
pub fn count(n: u64) -> String {
    if n < 100_000 { grouped(n) } else { prefixed(to_float(n)) }
}

/// `1 scenario`, `2 scenarios`.
#[must_use]
pub fn counted(n: u64, noun: &str) -> String {
    let ending = if n == 1 { "" } else { "s" };
    format!("{n} {noun}{ending}")
}

/// Something per second, for example `1.2 M ops/s`. Not a number and infinity read as 0.
#[must_use]
pub fn per_second(per_second: f64, unit: &str) -> String {
    format!("{} {unit}/s", figure(per_second))
}

/// A number that is not a count, such as a throughput: `0.5`, `41`, `1.2 M`. Not a number and
/// infinity read as 0.
#[must_use]
pub fn figure(value: f64) -> String {
    let value = if value.is_finite() { value.max(0.0) } else { 0.0 };
    if value < 9.95 {
        trimmed(value, 1)
    } else if value < 99_999.5 {
        grouped(rounded(value))
    } else {
        prefixed(value)
    }
}

/// A share from 0 to 1 in per cent without decimals, for example `43 %`.
#[must_use]
pub fn share(share: f64) -> String {
    if share > 0.0 && share < 0.005 {
        return "<1 %".to_owned();
    }
    format!("{:.0} %", share * 100.0)
}

/// A rate from 0 to 1: in per cent from one in a thousand up, below that per million or smaller
/// (`8.9 %`, `1.4 in a million`).
#[must_use]
pub fn rate(rate: f64) -> String {
    let scale = Scale::of(rate);
    scale.with_unit(&scale.number(rate))
}

/// `k` in `n` with the 95 % interval, or with its upper bound alone when nothing was seen:
/// `276 in 2,746 (9.0 % .. 11.2 %)`, `0 in 2.1 M, at most 1.4 in a million`.
#[must_use]
pub fn k_in_n(k: u64, n: u64, low: f64, high: f64) -> String {
    let counts = format!("{} in {}", count(k), count(n));
    if n == 0 {
        counts
    } else if k == 0 {
        format!("{counts}, at most {}", rate(high))
    } else {
        format!("{counts} ({})", rate_range(low, high))
    }
}

/// A range of rates in the unit of its upper end; a unit in words is said once
/// (`1.2 .. 3.4 in a million`).
#[must_use]
pub fn rate_range(low: f64, high: f64) -> String {
    let scale = Scale::of(high);
    scale.with_unit(&format!("{} .. {}", scale.number(low), scale.number(high)))
}

/// A duration with the unit that fits it: `812 ns`, `2.1 us`, `45 ms`, `2.1 s`, `1 min 5 s`,
/// `2 h 3 min`.
#[must_use]
pub fn duration(d: Duration) -> String {
    let ns = d.as_nanos();
    if ns < 1_000 {
        return format!("{ns} ns");
    }
    let seconds = d.as_secs_f64();
    for (limit, scale, unit) in [(1e-3, 1e6, "us"), (1.0, 1e3, "ms"), (60.0, 1.0, "s")] {
        // 999.96 us would round to 1000 us: it belongs to the next unit.
        if seconds < limit && (seconds * scale < 999.5 || unit == "s") && seconds < 59.95 {
            return format!("{} {unit}", three_figures(seconds * scale));
        }
    }
    let whole = rounded(seconds);
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60);
    match (hours, minutes, rest) {
        (0, m, 0) => format!("{m} min"),
        (0, m, s) => format!("{m} min {s} s"),
        (h, 0, _) => format!("{} h", grouped(h)),
        (h, m, _) => format!("{} h {m} min", grouped(h)),
    }
}

/// Seconds as a duration; negative values and what is not a number read as 0.
#[must_use]
pub fn seconds(s: f64) -> String {
    duration(Duration::try_from_secs_f64(s).unwrap_or_default())
}

/// Bytes with a binary prefix: `512 B`, `64 KiB`, `1.5 GiB`.
#[must_use]
pub fn bytes(n: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if n < 1024 {
        return format!("{n} B");
    }
    let mut value = to_float(n) / 1024.0;
    let mut unit = 0;
    while value >= 1023.5 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{} {}", three_figures(value), UNITS[unit])
}

/// The unit that a rate is told in.
struct Scale {
    factor: f64,
    name: &'static str,
}

impl Scale {
    fn of(rate: f64) -> Self {
        let (factor, name) = if rate <= 0.0 || rate >= 0.000_999_5 {
            (1e2, "")
        } else if rate >= 0.95e-6 {
            (1e6, " in a million")
        } else if rate >= 0.95e-9 {
            (1e9, " in a billion")
        } else {
            (1e12, " in a trillion")
        };
        Self { factor, name }
    }

    fn number(&self, rate: f64) -> String {
        let scaled = rate * self.factor;
        let words = !self.name.is_empty();
        match rate {
            r if r <= 0.0 => if words { "0" } else { "0 %" }.to_owned(),
            // The lower end of a range may be far below the unit of the upper one.
            _ if scaled < 0.095 => self.mark(&one_figure(scaled)),
            _ if words && scaled < 9.95 => trimmed(scaled, 1),
            _ if words => format!("{scaled:.0}"),
            // Certainty is a strong word: only 1 itself is shown as 100 %.
            r if r >= 1.0 => "100 %".to_owned(),
            r if r > 0.9995 => ">99.9 %".to_owned(),
            _ => format!("{scaled:.1} %"),
        }
    }

    fn mark(&self, number: &str) -> String {
        if self.name.is_empty() { format!("{number} %") } else { number.to_owned() }
    }

    fn with_unit(&self, numbers: &str) -> String {
        format!("{numbers}{}", self.name)
    }
}

/// Three figures and a decimal prefix.
fn prefixed(n: f64) -> String {
    let mut value = n / 1e3;
    for unit in ["k", "M", "G", "T", "P"] {
        if value < 999.5 {
            let decimals = usize::from(value < 99.95);
            // `153 k`, but `2.1 M`: from ten on a decimal still tells a fast run from a slow one.
            return format!("{value:.decimals$} {unit}");
        }
        value /= 1e3;
    }
    format!("{value:.0} E")
}

/// At most one decimal below 100, none above, and never a trailing `.0`.
fn three_figures(value: f64) -> String {
    trimmed(value, usize::from(value < 99.95))
}

/// One figure of a positive number below 1.
fn one_figure(value: f64) -> String {
    let decimals = (1..12).find(|d| value * 10_f64.powi(*d) >= 0.95).unwrap_or(12);
    format!("{value:.decimals$}", decimals = usize::try_from(decimals).unwrap_or(12))
}

fn trimmed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[expect(clippy::cast_precision_loss, reason = "shown with three figures")]
fn to_float(n: u64) -> f64 {
    n as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "callers pass what is finite and not negative; the cast saturates"
)]
fn rounded(value: f64) -> u64 {
    value.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_then_prefixed() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (2_746, "2,746"),
            (99_999, "99,999"),
            (100_000, "100 k"),
            (153_200, "153 k"),
            (999_499, "999 k"),
            (999_500, "1.0 M"),
            (2_100_000, "2.1 M"),
            (12_340_000, "12.3 M"),
            (123_400_000, "123 M"),
            (5_000_000_000, "5.0 G"),
            (u64::MAX, "18 E"),
        ] {
            assert_eq!(count(n), text, "{n}");
        }
    }

    #[test]
    fn rates_say_percent_or_one_in_many() {
        for (r, text) in [
            (0.0, "0 %"),
            (1.0, "100 %"),
            (0.999_9, ">99.9 %"),
            (0.999, "99.9 %"),
            (0.089, "8.9 %"),
            (0.001, "0.1 %"),
            (0.000_4, "400 in a million"),
            (1.428e-6, "1.4 in a million"),
            (0.99e-6, "1 in a million"),
            (2.5e-8, "25 in a billion"),
            (1e-11, "10 in a trillion"),
        ] {
            assert_eq!(rate(r), text, "{r}");
        }
    }

    #[test]
    fn k_in_n_gives_the_interval_or_the_bound() {
        let of = |k, n| {
            let r = crate::stats::rate(k, n);
            k_in_n(k, n, r.low, r.high)
        };
        assert_eq!(of(276, 2_746), "276 in 2,746 (9.0 % .. 11.2 %)");
        assert_eq!(of(0, 2_100_000), "0 in 2.1 M, at most 1.4 in a million");
        assert_eq!(of(40, 2_100_000), "40 in 2.1 M (14 .. 26 in a million)");
        assert_eq!(of(1, 2_000), "1 in 2,000 (0.009 % .. 0.3 %)");
        assert_eq!(of(3, 2_100_000), "3 in 2.1 M (0.5 .. 4.2 in a million)");
        assert_eq!(of(0, 0), "0 in 0");
        assert_eq!(of(7, 7), "7 in 7 (64.6 % .. 100 %)");
    }

    #[test]
    fn durations_take_the_unit_that_fits() {
        for (ns, text) in [
            (0, "0 ns"),
            (812, "812 ns"),
            (2_140, "2.1 us"),
            (999_960, "1 ms"),
            (45_000_000, "45 ms"),
            (999_960_000, "1 s"),
            (2_100_000_000, "2.1 s"),
            (3_000_000_000, "3 s"),
            (59_970_000_000, "1 min"),
            (65_000_000_000, "1 min 5 s"),
            (3_600_000_000_000, "1 h"),
            (7_380_000_000_000, "2 h 3 min"),
        ] {
            assert_eq!(duration(Duration::from_nanos(ns)), text, "{ns}");
        }
        assert_eq!(seconds(f64::NAN), "0 ns");
        assert_eq!(seconds(-1.0), "0 ns");
    }

    #[test]
    fn throughput_and_shares_are_short() {
        assert_eq!(per_second(1_234_567.0, "ops"), "1.2 M ops/s");
        assert_eq!(per_second(41.2, "rounds"), "41 rounds/s");
        assert_eq!(per_second(0.5, "ops"), "0.5 ops/s");
        assert_eq!(per_second(f64::INFINITY, "ops"), "0 ops/s");
        assert_eq!(share(0.98), "98 %");
        assert_eq!(share(0.001), "<1 %");
        assert_eq!(share(0.0), "0 %");
    }

    #[test]
    fn bytes_have_binary_prefixes() {
        for (n, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (65_536, "64 KiB"),
            (1_048_575, "1 MiB"),
            (1_610_612_736, "1.5 GiB"),
            (u64::MAX, "16 EiB"),
        ] {
            assert_eq!(bytes(n), text, "{n}");
        }
    }
}
