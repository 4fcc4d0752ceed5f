//! When an actor of a round makes its steps.

use super::baton::Turns;
use crate::engine::controls::Status;
use crate::ops::call::Call;
use crate::plan::StepId;

/// When an actor makes its steps.
pub trait Pace {
    /// Whether such a step is left out.
    fn skips(&self, call: &Call) -> bool;
    /// Before a step is called.
    fn before(&mut self, status: &Status<'_>, step: StepId);
}

/// As fast as it can: a race.
#[derive(Debug)]
pub struct AtOnce;

impl Pace for AtOnce {
    #[inline]
    fn skips(&self, _call: &Call) -> bool {
        false
    }

    #[inline]
    fn before(&mut self, _status: &Status<'_>, _step: StepId) {}
}

/// One by one: a serial round.
impl Pace for Turns<'_> {
    fn skips(&self, call: &Call) -> bool {
        // Where nothing runs at the same time, it would only take time.
        call.is_pause()
    }

    fn before(&mut self, status: &Status<'_>, step: StepId) {
        // Waiting for one's turn is no call that could hang.
        status.set_idle();
        self.next();
        status.set_current(step);
    }
}
