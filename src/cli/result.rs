//! The result of one scenario, from what was observed.

use hdrhistogram::Histogram;

use crate::detect::{Accepted, Judgement, RoundsJudgement};
use crate::engine::record::{Overlap, Record};
use crate::engine::rounds::RoundsRecord;
use crate::ops::OpKind;
use crate::plan::Plan;
use crate::report::{Latency, PairOverlap, ScenarioResult, Target, Verdict};

/// The result of a scenario that ran.
pub(super) fn judged(
    plan: &Plan,
    target: &Target,
    record: &Record,
    judgement: Judgement,
) -> ScenarioResult {
    let overlaps = overlaps(plan, &record.overlaps);
    ScenarioResult {
        elapsed_s: record.elapsed.as_secs_f64(),
        ops: record.actors.iter().map(|actor| actor.ops).sum(),
        iterations: record.actors.iter().map(|actor| actor.iterations).sum(),
        overlap: overlaps.iter().map(|pair| pair.share).min_by(f64::total_cmp),
        overlaps,
        anomalies: judgement.anomalies,
        looked_for: judgement.looked_for,
        latencies: latencies(&record.latencies),
        ..blank(plan, target, judgement.verdict, judgement.reason)
    }
}

/// The result of a scenario whose rounds ran.
pub(super) fn judged_rounds(
    plan: &Plan,
    target: &Target,
    record: &RoundsRecord,
    judged: RoundsJudgement,
    accepted: &Accepted,
) -> ScenarioResult {
    let overlaps = overlaps(plan, &record.overlaps);
    ScenarioResult {
        elapsed_s: record.elapsed.as_secs_f64(),
        ops: judged.ops,
        rounds: Some(record.rounds),
        overlap: overlaps.iter().map(|pair| pair.share).min_by(f64::total_cmp),
        overlaps,
        coverage: judged.coverage,
        anomalies: judged.judgement.anomalies,
        accepted: accepted.names().map(str::to_owned).collect(),
        outcomes: judged.outcomes,
        never_seen: judged.never_seen,
        latencies: latencies(&record.latencies),
        ..blank(plan, target, judged.judgement.verdict, judged.judgement.reason)
    }
}

fn latencies(counted: &[(OpKind, Vec<(u64, u64)>)]) -> Vec<Latency> {
    counted.iter().filter_map(|(op, cells)| latency(op.name(), cells)).collect()
}

fn overlaps(plan: &Plan, overlaps: &[Overlap]) -> Vec<PairOverlap> {
    let pair = |overlap: &Overlap| PairOverlap {
        a: plan.actors[overlap.a].name.clone(),
        b: plan.actors[overlap.b].name.clone(),
        share: overlap.together as f64 / overlap.looked_at.max(1) as f64,
    };
    overlaps.iter().map(pair).collect()
}

/// Percentiles of (nanoseconds, count) pairs.
fn latency(op: &str, cells: &[(u64, u64)]) -> Option<Latency> {
    let mut histogram = Histogram::<u64>::new(3).ok()?;
    for &(ns, count) in cells {
        histogram.record_n(ns, count).ok()?;
    }
    let at = |quantile| histogram.value_at_quantile(quantile);
    (!histogram.is_empty()).then(|| Latency {
        op: op.to_owned(),
        count: histogram.len(),
        min_ns: histogram.min(),
        p50_ns: at(0.5),
        p90_ns: at(0.9),
        p99_ns: at(0.99),
        p999_ns: at(0.999),
        max_ns: histogram.max(),
    })
}

/// The result of a scenario that has not run.
pub(super) fn blank(
    plan: &Plan,
    target: &Target,
    verdict: Verdict,
    reason: Option<String>,
) -> ScenarioResult {
    ScenarioResult {
        scenario: plan.scenario.clone(),
        about: plan.about.clone(),
        file: None,
        digest: plan.digest.clone(),
        mode: plan.mode,
        seed: plan.seed,
        actors: plan.actors.len() as u32,
        target: target.clone(),
        verdict,
        reason,
        elapsed_s: 0.0,
        ops: 0,
        iterations: 0,
        rounds: None,
        overlap: None,
        overlaps: Vec::new(),
        coverage: None,
        anomalies: Vec::new(),
        looked_for: Vec::new(),
        accepted: Vec::new(),
        outcomes: Vec::new(),
        never_seen: None,
        latencies: Vec::new(),
    }
}
