//! `hang`: A call did not return.

use super::{Detector, How, Incident};
use crate::engine::record::Record;
use crate::plan::Plan;
use crate::report::Class;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    code: "hang",
    summary: "A call did not return.",
    page: include_str!("pages/hang.md"),
    how: How::Run(hangs),
    shows: |_| false,
};

fn hangs(_plan: &Plan, record: &Record) -> Vec<Incident> {
    let incident = |hang: &crate::engine::record::Hang| {
        let waited = hang.waited.as_secs_f64();
        let stack = hang.stack.as_ref().map(|stack| format!("; kernel stack: {stack}"));
        Incident {
            class: Class::Forbidden,
            actor: hang.actor,
            step: Some(hang.step),
            seen: format!("had not returned after {waited:.1} s{}", stack.unwrap_or_default()),
        }
    };
    record.hangs.iter().map(incident).collect()
}
