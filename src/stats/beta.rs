//! The regularised incomplete beta function, of which the tails of the binomial distribution are
//! values.
//!
//! The continued fraction is DLMF 8.17.22, evaluated as W. J. Lentz has it ("Generating Bessel
//! functions in Mie scattering calculations using continued fractions", Applied Optics 15, 1976).
//! The factor before it is a binomial probability, worked out by the saddle-point expansion of
//! C. Loader ("Fast and Accurate Computation of Binomial Probabilities", 2000), which loses no
//! digits for large numbers as differences of logarithms of the gamma function do. Tests hold both
//! against values of mpmath with 60 digits.

use std::f64::consts::TAU;

/// Steps of the continued fraction before it is given up; it needs some multiple of the root of
/// the larger parameter, and callers keep parameters below 10^10.
const MOST_STEPS: u32 = 20_000_000;

/// I_x(a, b) for positive `a` and `b`, where `y` is 1 - `x`: whoever knows it exactly gives it
/// exactly. From 0 to 1; small values keep their relative precision.
pub(super) fn regularised(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if y <= 0.0 {
        return 1.0;
    }
    // The fraction converges fast on one side of the mean; the other side is its complement.
    let value = if x * (b + 1.0) < y * (a + 1.0) {
        small_side(a, b, x, y)
    } else {
        1.0 - small_side(b, a, y, x)
    };
    value.clamp(0.0, 1.0)
}

/// I_x(a, b) for `x` below about a / (a + b).
fn small_side(a: f64, b: f64, x: f64, y: f64) -> f64 {
    // x^a y^b / (a B(a, b)) = b / (a + b) * binomial probability of a in a + b.
    let factor = b / (a + b) * probability(a, b, x, y);
    if factor == 0.0 { 0.0 } else { factor * fraction(a, b, x) }
}

/// The continued fraction, without the factor before it.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let nonzero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / nonzero(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for step in 1..=MOST_STEPS {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / nonzero(1.0 + even * d);
        c = nonzero(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / nonzero(1.0 + odd * d);
        c = nonzero(1.0 + odd / c);
        let change = d * c;
        value *= change;
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

/// Γ(a + b + 1) / (Γ(a + 1) Γ(b + 1)) x^a y^b for positive `a` and `b`: for whole numbers the
/// binomial probability of `a` events in `a + b` trials.
fn probability(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    let exponent = stirling_error(n)
        - stirling_error(a)
        - stirling_error(b)
        - deviance(a, n * x)
        - deviance(b, n * y);
    exponent.exp() * (n / (TAU * a * b)).sqrt()
}

/// ln Γ(n + 1) minus Stirling's approximation of it.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        // Moved up by the recurrence of the gamma function to where the series holds.
        let mut product = 1.0;
        let mut up = n;
        while up < 16.0 {
            up += 1.0;
            product *= up;
        }
        let ln_gamma = stirling_error(up) + (up + 0.5) * up.ln() - up - product.ln();
        return ln_gamma - (n + 0.5) * n.ln() + n;
    }
    let square = n * n;
    let series = 1.0 / 1188.0 - 691.0 / 360_360.0 / square;
    let series = 1.0 / 1680.0 - series / square;
    let series = 1.0 / 1260.0 - series / square;
    let series = 1.0 / 360.0 - series / square;
    (1.0 / 12.0 - series / square) / n
}

/// `x` ln(`x` / `mean`) + `mean` - `x`, also where both are nearly the same.
fn deviance(x: f64, mean: f64) -> f64 {
    let difference = x - mean;
    if difference.abs() >= 0.1 * (x + mean) {
        return x * (x / mean).ln() - difference;
    }
    let v = difference / (x + mean);
    let mut sum = difference * v;
    let mut term = 2.0 * x * v;
    for step in 1..1000 {
        term *= v * v;
        let next = sum + term / f64::from(2 * step + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// The logarithm of Γ(n + 1), for the tests of what is built on it.
#[cfg(test)]
fn ln_factorial(n: f64) -> f64 {
    0.5 * TAU.ln() + (n + 0.5) * n.ln() - n + stirling_error(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factorials_are_reproduced() {
        let mut product = 1.0_f64;
        for n in 1..100 {
            product *= f64::from(n);
            let (got, want) = (ln_factorial(f64::from(n)), product.ln());
            assert!((got - want).abs() <= 1e-14 * want.max(1.0), "{n}: {got} {want}");
        }
        // Γ(3/2) and Γ(7/2).
        let root = std::f64::consts::PI.sqrt();
        assert!((ln_factorial(0.5) - (root / 2.0).ln()).abs() < 1e-14);
        assert!((ln_factorial(2.5) - (root * 15.0 / 8.0).ln()).abs() < 1e-14);
    }

    #[test]
    fn closed_forms_are_reproduced() {
        for x in [1e-9_f64, 0.1, 0.5, 0.9, 0.999_999] {
            let y: f64 = 1.0 - x;
            for (a, b, want) in [
                (1.0, 1.0, x),
                (3.0, 1.0, x * x * x),
                (1.0, 4.0, -(4.0 * (-x).ln_1p()).exp_m1()),
                (2.0, 2.0, x * x * (3.0 - 2.0 * x)),
                (0.5, 0.5, 2.0 / std::f64::consts::PI * x.sqrt().asin()),
            ] {
                let got = regularised(a, b, x, y);
                assert!((got - want).abs() <= 1e-8 * want, "I_{x}({a}, {b}): {got} {want}");
            }
        }
        assert_eq!(regularised(3.0, 2.0, 0.0, 1.0), 0.0);
        assert_eq!(regularised(3.0, 2.0, 1.0, 0.0), 1.0);
    }
}
