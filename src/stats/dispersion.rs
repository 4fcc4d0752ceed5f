//! How much more repeated runs vary than chance alone would have it.

use super::student;

/// Events and trials of one run.
pub type Block = (u64, u64);

/// How much repeated runs vary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dispersion {
    /// Pearson's statistic over its degrees of freedom: how many times more than Poisson counts.
    /// About 1 if chance is all there is.
    pub value: f64,
    /// Its degrees of freedom, at least 1.
    pub freedom: u32,
}

/// How many times more than Poisson counts the blocks of each group vary about the rate of their
/// group (P. McCullagh, J. A. Nelder, "Generalized Linear Models", second edition, 1989, section
/// 6.2.3); `None` without two blocks in one group that has seen anything.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "53 bits of a count are more than enough")]
pub fn dispersion(groups: &[&[Block]]) -> Option<Dispersion> {
    let mut statistic = 0.0;
    let mut freedom = 0;
    for group in groups {
        let blocks = || group.iter().filter(|(_, trials)| *trials > 0);
        let events: f64 = blocks().map(|block| block.0 as f64).sum();
        let trials: f64 = blocks().map(|block| block.1 as f64).sum();
        if events == 0.0 {
            continue;
        }
        for (index, &(seen, tried)) in blocks().enumerate() {
            let expected = tried as f64 * events / trials;
            statistic += (seen as f64 - expected).powi(2) / expected;
            freedom += u32::from(index > 0);
        }
    }
    (freedom > 0).then(|| Dispersion { value: statistic / f64::from(freedom), freedom })
}

impl Dispersion {
    /// By what counts are to be divided, at least 1, so that a test of them at `level` allows for
    /// it. A dispersion that was measured by few runs may be larger than it looks: as for a mean of
    /// few values, Student's quantile takes the place of the normal one.
    #[must_use]
    pub fn factor(&self, level: f64) -> f64 {
        let student = student::two_sided(level, f64::from(self.freedom));
        let normal = student::two_sided(level, 1e9);
        (self.value * (student / normal).powi(2)).max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Dispersion, dispersion};

    #[test]
    fn blocks_are_held_against_the_rate_of_their_group() {
        // Expected 10 each: (25 + 25 + 0) / 10 over 2 degrees of freedom.
        let got = dispersion(&[&[(5, 100), (15, 100), (10, 100)]]).unwrap();
        assert!((got.value - 2.5).abs() < 1e-12 && got.freedom == 2, "{got:?}");
        // Two groups of different rates, each without any variation.
        let got = dispersion(&[&[(1, 10), (2, 20)], &[(5, 10), (5, 10)]]);
        assert_eq!(got, Some(Dispersion { value: 0.0, freedom: 2 }));
    }

    #[test]
    fn without_a_second_block_nothing_is_known() {
        assert_eq!(dispersion(&[&[(5, 100)], &[(9, 100)]]), None);
        assert_eq!(dispersion(&[&[(0, 100), (0, 50)], &[(3, 0), (9, 100)]]), None);
    }

    #[test]
    fn it_only_widens_and_less_the_better_it_is_known() {
        let factor = |value, freedom| Dispersion { value, freedom }.factor(0.05);
        // (4.3027 / 1.9600)^2 and (2.2281 / 1.9600)^2.
        assert!((factor(3.0, 2) / 3.0 - 4.819).abs() < 1e-3, "{}", factor(3.0, 2));
        assert!((factor(3.0, 10) / 3.0 - 1.2924).abs() < 1e-3, "{}", factor(3.0, 10));
        assert_eq!(factor(0.1, 2), 1.0);
    }
}
