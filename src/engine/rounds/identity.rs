//! Which file an inode number is, as a number that is the same in every round.

/// No file at all: inode number 0.
const ZERO: u64 = 0;
/// A file that is not in the fixture.
const OTHER: u64 = u64::MAX;

/// The number for an inode number, where `fixture` has those of the fixture in its order: 1 and up
/// for its entries. Of hard links, the first entry counts.
pub fn symbol(ino: u64, fixture: &[u64]) -> u64 {
    match fixture.iter().position(|&known| known == ino) {
        _ if ino == 0 => ZERO,
        Some(place) => place as u64 + 1,
        None => OTHER,
    }
}

/// Inode numbers of a fixture in which every entry has its symbol for a number.
pub fn symbols(entries: usize) -> Vec<u64> {
    (1..=entries as u64).collect()
}
