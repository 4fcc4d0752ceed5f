//! What several clients write to one file without having seen what the other wrote: each appends where
//! the file ended for him, and what is not closed gets to the server in any order. A part of
//! `close-to-open`.

use super::{Attempt, Move};
use crate::content::Runs;
use crate::model::{Node, State};
use crate::ops::call::Call;

/// The write as a client makes it that has not seen what another wrote. `bases` are contents of the
/// file before that, each with whether it may still be on its way: then it may lie on top.
pub(super) fn begin<'a>(
    attempt: &Attempt<'_>,
    bases: impl Iterator<Item = (&'a Runs, bool)>,
) -> Vec<Move> {
    let Call::Write(call) = &attempt.step.call else { return Vec::new() };
    let Some(open) = attempt.state.opened(attempt.who.actor, call.slot.0) else {
        return Vec::new();
    };
    let file = open.inode;
    let Node::File(theirs) = &attempt.state.inode(file).node else { return Vec::new() };
    let mut moves = Vec::new();
    for (base, on_its_way) in bases {
        let mut alone: State = attempt.state.clone();
        alone.inode_mut(file).node = Node::File(base.clone());
        for after in attempt.as_in(&alone, attempt.who).into_iter().flatten() {
            let Node::File(mine) = &after.inode(file).node else { continue };
            let below = on_its_way.then(|| over(mine, theirs, base));
            for both in below.into_iter().chain([over(theirs, mine, base)]) {
                let mut after = after.clone();
                after.inode_mut(file).node = Node::File(both);
                moves.push(Move::returns(Some(after)));
            }
        }
    }
    moves
}

/// What `above` has changed in `base`, put over `below`. Neither has been cut.
fn over(below: &Runs, above: &Runs, base: &Runs) -> Runs {
    let (mut both, above, base) = (below.bytes(), above.bytes(), base.bytes());
    both.resize(both.len().max(above.len()), 0);
    for (at, &byte) in above.iter().enumerate() {
        if base.get(at) != Some(&byte) {
            both[at] = byte;
        }
    }
    Runs::of(&both)
}

#[cfg(test)]
mod tests {
    use super::over;
    use crate::content::Runs;

    #[test]
    fn what_was_changed_lies_on_top() {
        let runs = |text: &str| Runs::of(text.as_bytes());
        let over = |below: &str, above: &str| over(&runs(below), &runs(above), &runs("0")).bytes();
        assert_eq!(over("0AAAA", "0BB"), b"0BBAA");
        assert_eq!(over("0BB", "0AAAA"), b"0AAAA");
        assert_eq!(over("0", "0AAAA"), b"0AAAA");
        assert_eq!(over("X", "0B"), b"XB");
    }
}
