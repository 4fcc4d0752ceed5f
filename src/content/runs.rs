//! Bytes as runs of one writer each: the form in which the model and a round agree on content.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Length of the ramp's period.
const PERIOD: u64 = 255;

/// Bytes that follow one another on the ramp, or zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Run {
    /// Number of bytes, at least 1.
    pub len: u64,
    /// Byte `i` of what the run stands in is `1 + (i + phase) mod 255`; `None`: it is zero.
    pub phase: Option<u8>,
}

/// A byte string, as runs that are as long as they can be: every string has exactly one such form.
///
/// Tagged content of one write is a single run, whatever its length; a text has about a run for
/// every character.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Runs(Vec<Run>);

impl Runs {
    /// The runs of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut runs = Self::default();
        Self::each(bytes, |run| runs.0.push(run));
        runs
    }

    /// Hands over the runs of these bytes one by one, without keeping them.
    pub fn each(bytes: &[u8], mut take: impl FnMut(Run)) {
        let mut at = 0;
        while at < bytes.len() {
            let phase = phase_at(bytes[at], at as u64);
            let same = run_length(&bytes[at..], bytes[at], phase.is_some());
            take(Run { len: same as u64, phase });
            at += same;
        }
    }

    /// Zero bytes.
    pub fn zeros(len: u64) -> Self {
        let mut runs = Self::default();
        runs.push(Run { len, phase: None });
        runs
    }

    /// Runs that follow one another, joined where they can be.
    pub fn join(runs: impl IntoIterator<Item = Run>) -> Self {
        let mut joined = Self::default();
        runs.into_iter().for_each(|run| joined.push(run));
        joined
    }

    /// The runs, in order.
    pub fn runs(&self) -> &[Run] {
        &self.0
    }

    /// Length in bytes.
    pub fn len(&self) -> u64 {
        self.0.iter().map(|run| run.len).sum()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes `from..to`, as they stand by themselves; what lies behind the end is left out.
    #[must_use]
    pub fn slice(&self, from: u64, to: u64) -> Self {
        self.part(from, to).shifted(from, 0)
    }

    /// The same bytes with `bytes` put over them at `at`; a gap before them is filled with zeros.
    #[must_use]
    pub fn overwritten(&self, at: u64, bytes: &Self) -> Self {
        if bytes.is_empty() {
            return self.clone();
        }
        let (len, end) = (self.len(), at + bytes.len());
        let mut result = self.part(0, at);
        result.push(Run { len: at.saturating_sub(len), phase: None });
        bytes.shifted(0, at).0.into_iter().for_each(|run| result.push(run));
        self.part(end, len).0.into_iter().for_each(|run| result.push(run));
        result
    }

    /// Cut off at `len`, or extended to it with zeros.
    #[must_use]
    pub fn resized(&self, len: u64) -> Self {
        let mut result = self.part(0, len);
        result.push(Run { len: len.saturating_sub(self.len()), phase: None });
        result
    }

    /// The bytes themselves.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for run in &self.0 {
            let start = bytes.len() as u64;
            let byte =
                |at: u64| run.phase.map_or(0, |phase| 1 + ((at + u64::from(phase)) % PERIOD) as u8);
            bytes.extend((start..start + run.len).map(byte));
        }
        bytes
    }

    /// The runs of `from..to` with the phases they have.
    fn part(&self, from: u64, to: u64) -> Self {
        let mut result = Self::default();
        let mut start = 0;
        for run in &self.0 {
            let end = start + run.len;
            let len = end.min(to).saturating_sub(start.max(from));
            result.push(Run { len, phase: run.phase });
            start = end;
        }
        result
    }

    /// The phases that the runs have when what stood at `from` stands at `to`.
    fn shifted(&self, from: u64, to: u64) -> Self {
        let shift = (from % PERIOD + PERIOD - to % PERIOD) % PERIOD;
        let shifted = |run: &Run| Run {
            len: run.len,
            phase: run.phase.map(|phase| ((u64::from(phase) + shift) % PERIOD) as u8),
        };
        Self(self.0.iter().map(shifted).collect())
    }

    fn push(&mut self, run: Run) {
        match self.0.last_mut() {
            _ if run.len == 0 => {}
            Some(last) if last.phase == run.phase => last.len += run.len,
            _ => self.0.push(run),
        }
    }
}

impl fmt::Debug for Runs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for run in &self.0 {
            match run.phase {
                Some(phase) => write!(out, "[{}x{phase}]", run.len)?,
                None => write!(out, "[{}x0]", run.len)?,
            }
        }
        Ok(())
    }
}

/// Bytes that are compared at a time.
const STRIDE: usize = 64;

/// The ramp from any of its phases on, for a stride.
const RAMP: [u8; PERIOD as usize + STRIDE] = {
    let mut ramp = [0; PERIOD as usize + STRIDE];
    let mut at = 0;
    while at < ramp.len() {
        ramp[at] = 1 + (at as u64 % PERIOD) as u8;
        at += 1;
    }
    ramp
};

/// How many bytes go on as a run that begins with `first`: along the ramp, or with zeros.
fn run_length(bytes: &[u8], first: u8, ramp: bool) -> usize {
    if !ramp {
        return bytes.iter().position(|&byte| byte != 0).unwrap_or(bytes.len());
    }
    let mut phase = usize::from(first - 1);
    for (index, chunk) in bytes.chunks(STRIDE).enumerate() {
        let expected = &RAMP[phase..phase + chunk.len()];
        // One comparison for all of it; only the last stride of a run is looked at in detail.
        if chunk != expected {
            let same = chunk.iter().zip(expected).take_while(|(byte, expected)| byte == expected);
            return index * STRIDE + same.count();
        }
        phase = (phase + STRIDE) % PERIOD as usize;
    }
    bytes.len()
}

/// The phase on which `byte` lies at this place; `None` for a zero byte.
fn phase_at(byte: u8, at: u64) -> Option<u8> {
    let ramp = u64::from(byte.checked_sub(1)?);
    Some(((ramp + PERIOD - at % PERIOD) % PERIOD) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(prop_oneof![Just(0), 1..4_u8, any::<u8>()], 0..600)
    }

    proptest! {
        #[test]
        fn bytes_come_back(bytes in bytes()) {
            prop_assert_eq!(Runs::of(&bytes).bytes(), bytes);
        }

        #[test]
        fn editing_runs_is_editing_bytes(old in bytes(), new in bytes(), at in 0_u64..700) {
            let mut expected = old.clone();
            if !new.is_empty() {
                expected.resize(expected.len().max(at as usize + new.len()), 0);
                expected[at as usize..at as usize + new.len()].copy_from_slice(&new);
            }
            let written = Runs::of(&old).overwritten(at, &Runs::of(&new));
            prop_assert_eq!(&written, &Runs::of(&expected));
            expected.resize(at as usize, 0);
            prop_assert_eq!(written.resized(at), Runs::of(&expected));
        }

        #[test]
        fn a_slice_of_runs_is_a_slice_of_bytes(all in bytes(), from in 0_u64..700, len in 0_u64..700) {
            let end = ((from + len) as usize).min(all.len());
            let slice = &all[(from as usize).min(end)..end];
            prop_assert_eq!(Runs::of(&all).slice(from, from + len), Runs::of(slice));
        }
    }

    #[test]
    fn a_tagged_write_is_one_run_wherever_it_stands() {
        let bytes: Vec<u8> = (0..5000_u64).map(|i| 1 + ((i + 6) % 255) as u8).collect();
        assert_eq!(Runs::of(&bytes).runs(), &[Run { len: 5000, phase: Some(6) }]);
        assert_eq!(Runs::of(&bytes).slice(700, 900).runs().len(), 1);
    }
}
