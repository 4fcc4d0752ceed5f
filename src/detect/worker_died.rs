//! `worker-died`: A worker process ended in the middle of the run.

use super::{Detector, How, Incident};
use crate::engine::record::Record;
use crate::plan::Plan;
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "worker-died",
    summary: "A worker process ended in the middle of the run.",
    page: include_str!("pages/worker-died.md"),
    how: How::Run(deaths),
    shows: |_| false,
};

fn deaths(plan: &Plan, record: &Record) -> Vec<Incident> {
    let incident = |death: &crate::engine::record::Death| {
        let first = plan.processes[death.process].first().copied().unwrap_or_default();
        let (actor, step) = death.at.first().map_or((first, None), |&(a, step)| (a, Some(step)));
        let said = if death.said.is_empty() { String::new() } else { format!(": {}", death.said) };
        let seen = format!("its process was {}{said}", death.how);
        Incident { class: Class::Unexplained, actor, step, seen }
    };
    record.deaths.iter().map(incident).collect()
}
