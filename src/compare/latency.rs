//! Latencies side by side.
//!
//! A percentile of one run has no error bar, so nothing is tested: what has changed by less than a
//! factor is left out, and so is what repeated runs of the two systems do not agree on.

use super::place::{Place, Places};
use super::source::Source;
use super::{Latencies, LatencyChange};
use crate::report::Latency;

/// A percentile that is compared.
struct Percentile {
    name: &'static str,
    /// Calls that it needs, so that some are beyond it.
    least: u64,
    of: fn(&Latency) -> u64,
}

const PERCENTILES: [Percentile; 2] = [
    Percentile { name: "p50", least: 100, of: |latency| latency.p50_ns },
    Percentile { name: "p99", least: 1000, of: |latency| latency.p99_ns },
];

/// One operation of one scenario in one place.
struct Measured<'a> {
    scenario: &'a str,
    digest: &'a str,
    place: Place,
    op: &'a str,
    /// One for each run, by column.
    columns: Vec<Vec<&'a Latency>>,
}

/// Everything that has changed by at least `factor` since the first column.
pub(super) fn compare(sources: &[Source], places: &Places, factor: f64) -> Latencies {
    let measured = measured(sources, places);
    let (mut compared, mut changes) = (0, Vec::new());
    for one in &measured {
        for column in 1..sources.len() {
            let mut any = false;
            for Percentile { name, least, of } in PERCENTILES {
                let values = |column: usize| -> Vec<u64> {
                    let enough = one.columns[column].iter().filter(|l| l.count >= least);
                    let mut values: Vec<u64> = enough.map(|latency| of(latency)).collect();
                    values.sort_unstable();
                    values
                };
                let (old, new) = (values(0), values(column));
                let Some((old_ns, new_ns)) = median(&old).zip(median(&new)) else { continue };
                any = true;
                let ratio = new_ns.max(1) as f64 / old_ns.max(1) as f64;
                let apart = old.last() < new.first() || new.last() < old.first();
                if apart && (ratio >= factor || ratio <= 1.0 / factor) {
                    changes.push(LatencyChange {
                        scenario: one.scenario.to_owned(),
                        digest: one.digest.to_owned(),
                        fs_type: one.place.fs_type.clone(),
                        target: one.place.target.clone(),
                        op: one.op.to_owned(),
                        column,
                        percentile: name.to_owned(),
                        old_ns,
                        new_ns,
                        ratio,
                    });
                }
            }
            compared += u64::from(any);
        }
    }
    changes.sort_by(|a, b| b.ratio.ln().abs().total_cmp(&a.ratio.ln().abs()));
    Latencies { factor, compared, changes }
}

fn measured<'a>(sources: &'a [Source], places: &Places) -> Vec<Measured<'a>> {
    let mut all: Vec<Measured<'a>> = Vec::new();
    let mut known = std::collections::HashMap::new();
    for (column, source) in sources.iter().enumerate() {
        for row in &source.latencies {
            let place = places.place(&row.fs_type, &row.target);
            let key = (row.digest.as_str(), place.clone(), row.latency.op.as_str());
            let index = *known.entry(key).or_insert_with(|| {
                all.push(Measured {
                    scenario: &row.scenario,
                    digest: &row.digest,
                    place,
                    op: &row.latency.op,
                    columns: vec![Vec::new(); sources.len()],
                });
                all.len() - 1
            });
            all[index].columns[column].push(&row.latency);
        }
    }
    all
}

/// The middle one of sorted values, the lower of two.
fn median(sorted: &[u64]) -> Option<u64> {
    sorted.get(sorted.len().checked_sub(1)? / 2).copied()
}
