//! Steps that not every system or filesystem has: where one is never done, nothing is said about the rest.

use super::actor::errno_constants;
use super::literal::string;
use super::parts::Needed;
use crate::plan::StepPlan;

/// The steps that may be lacking, as they are met.
#[derive(Debug, Default)]
pub(super) struct Optional {
    calls: Vec<String>,
}

impl Optional {
    /// The statement after a step that may be lacking.
    pub(super) fn line(&mut self, step: &StepPlan, needed: &mut Needed) -> Option<String> {
        let lacks: Vec<String> = (1..=255_u16)
            .filter(|&number| step.unsupported.contains(i32::from(number)))
            .flat_map(errno_constants)
            .collect();
        if lacks.is_empty() {
            return None;
        }
        needed.add("optional");
        self.calls.push(string(step.text.as_bytes()));
        Some(format!("optional({}, err, LIST({}));", self.calls.len() - 1, lacks.join(", ")))
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.calls.len()
    }

    /// The table of their names.
    pub(super) fn table(&self) -> String {
        let calls = if self.calls.is_empty() { "\"\"".to_owned() } else { self.calls.join(", ") };
        format!("static const char *const call_of[] = {{ {calls} }};\n")
    }
}
