//! sleep, yield, spin: time between calls.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::observation::Observation;
use super::{FieldKind, FieldSpec, OpKind, OpSpec};

pub(super) const SPECS: &[OpSpec] = &[
    OpSpec {
        kind: OpKind::Sleep,
        name: "sleep",
        about: "Sleeps.",
        fields: &[FieldSpec::required("time", FieldKind::Time, "How long.")],
    },
    OpSpec {
        kind: OpKind::Yield,
        name: "yield",
        about: "Gives the processor to another thread.",
        fields: &[],
    },
    OpSpec {
        kind: OpKind::Spin,
        name: "spin",
        about: "Keeps the processor busy.",
        fields: &[FieldSpec::required("time", FieldKind::Time, "How long.")],
    },
];

/// A way to pass time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pause {
    /// Give the processor away for at least this long.
    Sleep(Duration),
    /// Let another thread run.
    Yield,
    /// Keep the processor busy for this long.
    Spin(Duration),
}

impl Pause {
    pub(super) fn execute(self) -> Option<Observation> {
        match self {
            Self::Sleep(time) => std::thread::sleep(time),
            Self::Yield => std::thread::yield_now(),
            Self::Spin(time) => {
                let start = Instant::now();
                while start.elapsed() < time {
                    std::hint::spin_loop();
                }
            }
        }
        Some(Observation::value(0))
    }
}
