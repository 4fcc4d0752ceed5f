//! Many tests at once.

/// The p-values as they are worth if all of them were asked together, in their order: at a level of
/// 5 %, the chance that any of them is significant although nothing has changed is at most 5 %,
/// however the tests depend on each other. S. Holm, "A Simple Sequentially Rejective Multiple Test
/// Procedure", Scandinavian Journal of Statistics 6, 1979; `p.adjust(p, "holm")` in R.
#[must_use]
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut adjusted = vec![1.0; p.len()];
    let mut largest: f64 = 0.0;
    for (rank, &index) in order.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a number of tests")]
        let left = (p.len() - rank) as f64;
        largest = largest.max((p[index] * left).min(1.0));
        adjusted[index] = largest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::holm;

    #[track_caller]
    fn close(got: &[f64], want: &[f64]) {
        assert_eq!(got.len(), want.len());
        for (g, w) in got.iter().zip(want) {
            assert!((g - w).abs() < 1e-12, "{got:?} {want:?}");
        }
    }

    /// S. Holm's own example, and what `p.adjust(..., "holm")` of R and
    /// `statsmodels.stats.multitest.multipletests(..., method="holm")` of Python say.
    #[test]
    fn published_values_are_reproduced() {
        close(&holm(&[0.01, 0.02, 0.03, 0.04, 0.05]), &[0.05, 0.08, 0.09, 0.09, 0.09]);
        close(&holm(&[0.04, 0.01, 0.03, 0.005]), &[0.06, 0.03, 0.06, 0.02]);
    }

    #[test]
    fn one_test_is_left_alone_and_none_is_no_test() {
        close(&holm(&[0.03]), &[0.03]);
        close(&holm(&[]), &[]);
        close(&holm(&[0.6, 0.7]), &[1.0, 1.0]);
    }
}
