//! Which transfers stand still half way: a read or write of more than a page waits for one of the pages
//! that it copies, so that the others meet it in the middle.

use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::content::ContentItem;
use crate::ops::call::Call;
use crate::ops::caller::Caller;
use crate::plan::ActorPlan;

/// In one round of so many, an actor holds one of its transfers back.
const ONE_IN: u32 = 12;
/// Transfers that are no longer than this are made in one piece.
const PAGE: usize = 4096;
/// For how long: this, or twice as much, or four times, and so on.
const SHORTEST: Duration = Duration::from_micros(5);
const DOUBLINGS: u32 = 5;

/// What one actor can hold back.
#[derive(Debug)]
pub struct Stalling {
    rng: Xoshiro256PlusPlus,
    transfers: Vec<Transfer>,
}

/// A step that moves so many bytes.
#[derive(Clone, Copy, Debug)]
enum Transfer {
    Read(usize),
    Write(usize),
}

impl Stalling {
    /// For the steps of an actor; `None` if none of them is long enough.
    pub fn of(plan: &ActorPlan, contents: &[ContentItem], seed: u64) -> Option<Self> {
        let transfer = |call: &Call| match call {
            Call::Read(call) => Some(Transfer::Read(call.len as usize)),
            Call::Write(call) => match contents.get(usize::from(call.item))? {
                ContentItem::Tagged { size, .. } => Some(Transfer::Write(*size as usize)),
                ContentItem::Text(_) => None,
            },
            _ => None,
        };
        let transfers = plan.steps.iter().filter_map(|step| transfer(&step.call));
        let transfers: Vec<Transfer> = transfers.filter(|one| one.len() > PAGE).collect();
        let rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        (!transfers.is_empty()).then_some(Self { rng, transfers })
    }

    /// Before a round: perhaps has a transfer of it stand still.
    pub fn prepare(&mut self, caller: &mut Caller<'_>) {
        if self.rng.random_range(0..ONE_IN) > 0 {
            return;
        }
        let transfer = self.transfers[self.rng.random_range(0..self.transfers.len())];
        // Not in the first page: something has been moved by then.
        let at = self.rng.random_range(PAGE..transfer.len());
        let time = SHORTEST * (1 << self.rng.random_range(0..DOUBLINGS));
        match transfer {
            Transfer::Read(_) => caller.buffer.hold_back(at, time),
            Transfer::Write(_) => caller.contents.hold_back(at, time),
        }
    }
}

impl Transfer {
    fn len(self) -> usize {
        match self {
            Self::Read(len) | Self::Write(len) => len,
        }
    }
}
