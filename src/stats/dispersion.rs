//! How much more repeated runs vary than chance alone would have it.

/// Events and trials of one run.
pub type Block = (u64, u64);

/// Pearson's statistic over its degrees of freedom: how many times more the blocks of each group
/// vary about the rate of their group than Poisson counts do (P. McCullagh, J. A. Nelder,
/// "Generalized Linear Models", second edition, 1989, section 6.2.3). About 1 if chance is all there
/// is; `None` without two blocks in one group that has seen anything.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "53 bits of a count are more than enough")]
pub fn dispersion(groups: &[&[Block]]) -> Option<f64> {
    let mut statistic = 0.0;
    let mut freedom = 0;
    for group in groups {
        let blocks = || group.iter().filter(|(_, trials)| *trials > 0);
        let events: f64 = blocks().map(|block| block.0 as f64).sum();
        let trials: f64 = blocks().map(|block| block.1 as f64).sum();
        if events == 0.0 || blocks().count() < 2 {
            continue;
        }
        freedom += blocks().count() - 1;
        for &(seen, tried) in blocks() {
            let expected = tried as f64 * events / trials;
            statistic += (seen as f64 - expected).powi(2) / expected;
        }
    }
    (freedom > 0).then(|| statistic / freedom as f64)
}

#[cfg(test)]
mod tests {
    use super::dispersion;

    #[test]
    fn blocks_are_held_against_the_rate_of_their_group() {
        // Expected 10 each: (25 + 25 + 0) / 10 over 2 degrees of freedom.
        let got = dispersion(&[&[(5, 100), (15, 100), (10, 100)]]).unwrap();
        assert!((got - 2.5).abs() < 1e-12, "{got}");
        // Two groups of different rates, each without any variation.
        assert_eq!(dispersion(&[&[(1, 10), (2, 20)], &[(5, 10), (5, 10)]]), Some(0.0));
    }

    #[test]
    fn without_a_second_block_nothing_is_known() {
        assert_eq!(dispersion(&[&[(5, 100)], &[(9, 100)]]), None);
        assert_eq!(dispersion(&[&[(0, 100), (0, 50)], &[(3, 0), (9, 100)]]), None);
    }
}
