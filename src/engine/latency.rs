//! Latencies of one operation, as cheaply as they can be counted.
//!
//! A cell for every power of two and its next 6 bits, which is the layout of an HDR histogram with
//! two significant digits, reduced to what the hot path needs: one shift, one addition. The report
//! makes a real `hdrhistogram` of it.

use crate::ops::OpKind;
use crate::plan::StepPlan;

/// Bits after the leading one that are kept: values are told apart to 1 in 64.
const PRECISION: u32 = 6;
const SUB_CELLS: usize = 1 << PRECISION;
/// Room for every power of two, rounded up so that a mask keeps an index inside.
const CELLS: usize = (SUB_CELLS * (64 - PRECISION as usize + 1)).next_power_of_two();

/// Counts of latencies in ticks.
#[derive(Debug)]
pub struct Latencies {
    cells: Box<[u64; CELLS]>,
}

impl Default for Latencies {
    fn default() -> Self {
        Self { cells: Box::new([0; CELLS]) }
    }
}

impl Latencies {
    /// Counts one.
    #[inline]
    pub fn record(&mut self, ticks: u64) {
        self.cells[cell_of(ticks) & (CELLS - 1)] += 1;
    }

    /// (Largest value of the cell, count) of every cell that is not empty, ascending.
    pub fn recorded(&self) -> impl Iterator<Item = (u64, u64)> {
        let filled = self.cells.iter().enumerate().filter(|(_, count)| **count > 0);
        filled.map(|(cell, count)| (largest_in(cell), *count))
    }
}

/// Latencies in ticks, per operation.
#[derive(Debug, Default)]
pub struct LatenciesByOp(Vec<(OpKind, Latencies)>);

impl LatenciesByOp {
    /// Where the latencies of a step are counted; `None` for a pause, which has none.
    pub fn index_of(&mut self, step: &StepPlan) -> Option<usize> {
        if step.call.is_pause() {
            return None;
        }
        let known = self.0.iter().position(|(known, _)| *known == step.op);
        Some(known.unwrap_or_else(|| {
            self.0.push((step.op, Latencies::default()));
            self.0.len() - 1
        }))
    }

    /// Counts one, in ticks, where [`LatenciesByOp::index_of`] said.
    #[inline]
    pub fn record(&mut self, index: usize, ticks: u64) {
        self.0[index].1.record(ticks);
    }

    /// The latencies of every operation.
    pub fn all(&self) -> impl Iterator<Item = (OpKind, &Latencies)> {
        self.0.iter().map(|(op, latencies)| (*op, latencies))
    }
}

#[inline]
fn cell_of(ticks: u64) -> usize {
    let power = (ticks | (SUB_CELLS as u64 - 1)).ilog2() - (PRECISION - 1);
    let power = power.saturating_sub(1);
    // Within a power of two the cells follow one another, and the next power begins where the
    // last one ends, because the leading bit itself counts as one more row.
    (power as usize * SUB_CELLS) + (ticks >> power) as usize
}

fn largest_in(cell: usize) -> u64 {
    if cell < 2 * SUB_CELLS {
        return cell as u64;
    }
    let power = (cell / SUB_CELLS - 1) as u32;
    let leading = (cell - power as usize * SUB_CELLS) as u64;
    (leading << power) | ((1 << power) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_falls_into_a_cell_that_is_close_to_it() {
        let powers = (0..63).map(|power| 1_u64 << power);
        let values =
            (0..5000).chain(powers.flat_map(|value| [value - 1, value, value + value / 3]));
        for value in values.chain([u64::MAX]) {
            let mut latencies = Latencies::default();
            latencies.record(value);
            let recorded: Vec<_> = latencies.recorded().collect();
            let [(largest, 1)] = recorded[..] else { panic!("{value}: {recorded:?}") };
            assert!(largest >= value, "{value} in a cell up to {largest}");
            assert!(largest - value <= value / 32, "{value} in a cell up to {largest}");
        }
    }

    #[test]
    fn cells_ascend() {
        let cells: Vec<usize> = (0..1 << 20).map(cell_of).collect();
        assert!(cells.is_sorted());
    }
}
