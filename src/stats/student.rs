//! Student's t distribution, for what a variance is worth that was itself measured a few times.

use super::beta::regularised;

/// The value that |t| exceeds with this probability, above 0 and below 1, at so many degrees of
/// freedom, at least 1. DLMF 8.17, E. S. Pearson and H. O. Hartley, "Biometrika Tables for
/// Statisticians", table 12.
#[must_use]
pub fn two_sided(probability: f64, freedom: f64) -> f64 {
    // P(|T| > t) is I_x(freedom / 2, 1/2) at x = freedom / (freedom + t^2).
    let exceeded = |t: f64| {
        let square = t * t;
        let x = freedom / (freedom + square);
        regularised(freedom / 2.0, 0.5, x, square / (freedom + square))
    };
    let (mut low, mut high) = (0.0, 1.0);
    while exceeded(high) > probability && high < 1e12 {
        (low, high) = (high, high * 2.0);
    }
    while high - low > 1e-12 * high {
        let middle = low + (high - low) / 2.0;
        if exceeded(middle) > probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::two_sided;

    #[test]
    fn the_tables_are_reproduced() {
        for (probability, freedom, want) in [
            (0.05, 1.0, "12.706"),
            (0.05, 2.0, "4.303"),
            (0.05, 4.0, "2.776"),
            (0.05, 10.0, "2.228"),
            (0.05, 30.0, "2.042"),
            (0.05, 120.0, "1.980"),
            (0.01, 5.0, "4.032"),
            (0.001, 20.0, "3.850"),
            (0.5, 3.0, "0.765"),
        ] {
            assert_eq!(format!("{:.3}", two_sided(probability, freedom)), want, "{freedom}");
        }
    }
}
