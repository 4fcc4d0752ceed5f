//! What a comparison comes to as a whole.

use super::{Change, Comparison, Row, State, Verdict};

/// What makes a comparison fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// Whatever fails a run and is new, or more frequent than before.
    Regressed,
    /// Only what fails a run and was never seen before.
    New,
    /// Any change for the worse: of any class, and also what fails a run where the first system has
    /// nothing to compare it with.
    Any,
}

impl Comparison {
    /// Whether something is worse than in the first column.
    #[must_use]
    pub fn fails(&self, on: FailOn) -> bool {
        self.changes().any(|(row, seen, change)| match (on, change.verdict) {
            (FailOn::New, verdict) => row.fails() && verdict == Verdict::New,
            (FailOn::Regressed, Verdict::New | Verdict::Regressed) => row.fails(),
            (FailOn::Any, Verdict::New | Verdict::Regressed) => true,
            (FailOn::Any, Verdict::NotComparable) => row.fails() && seen,
            _ => false,
        })
    }

    /// Whether anything at all was decided: not all has gone quiet or cannot be compared.
    #[must_use]
    pub fn decides(&self) -> bool {
        let open = |verdict| matches!(verdict, Verdict::GoneQuiet | Verdict::NotComparable);
        self.changes().any(|(_, _, change)| !open(change.verdict))
    }

    /// Whether the systems have run nothing in common: every scenario is missing on one side, or
    /// another one.
    #[must_use]
    pub fn is_unlike(&self) -> bool {
        let other = |state| matches!(state, State::Absent | State::Unlike);
        let pair =
            |row: &Row, index: usize| other(row.cells[0].state) || other(row.cells[index].state);
        self.rows.iter().all(|row| (1..row.cells.len()).all(|index| pair(row, index)))
    }

    /// How many rows of each verdict there are, over all columns but the first.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> u64 {
        self.changes().filter(|(_, _, change)| change.verdict == verdict).count() as u64
    }

    /// Every change, with its row and whether that column has seen it.
    fn changes(&self) -> impl Iterator<Item = (&Row, bool, &Change)> {
        self.rows.iter().flat_map(|row| {
            let cells = row.cells.iter();
            cells.filter_map(move |cell| Some((row, cell.count > 0, cell.change.as_ref()?)))
        })
    }
}
