//! `torn-read`: the bytes of one read are from different moments.

use super::{Attempt, Move, Pending, Relaxation};
use crate::content::Runs;
use crate::model::{Id, Node};
use crate::ops::call::Call;
use crate::outcome::Returned;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "torn-read",
    summary: "A read returns bytes from different moments: parts of different writes.",
    page: include_str!("../../detect/pages/torn-read.md"),
    class: Class::Unspecified,
    accepted: false,
    looks_up: false,
    touches: |step| matches!(step.call, Call::Read(_)),
    begin,
    go_on,
};

/// Bytes of a text that is taken apart byte by byte, since the bytes of two texts may lie on one
/// ramp by chance.
const SHORT: u64 = 16;

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    let Call::Read(call) = &attempt.step.call else { return Vec::new() };
    let Returned::Read(seen) = attempt.seen else { return Vec::new() };
    let Some(open) = attempt.state.opened(attempt.who.actor, call.slot.0) else {
        return Vec::new();
    };
    if !open.readable || seen.is_empty() {
        return Vec::new();
    }
    let from = call.offset.unwrap_or(open.offset);
    let all = (0..).zip(pieces(seen)).map(|(piece, _)| piece).collect();
    let mut first = matching(attempt, open.inode, seen, (from, u64::from(call.len)), (all, false));
    if call.offset.is_none() {
        // Only the bytes are from different moments: the offset moves at once.
        let mut state = attempt.state.clone();
        state.description_mut(open.id).offset = from + seen.len();
        first.state = Some(state);
    }
    vec![first]
}

fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    let Pending::Read { from, missing, ended } = pending else { return Vec::new() };
    let Call::Read(call) = &attempt.step.call else { return Vec::new() };
    let Returned::Read(seen) = attempt.seen else { return Vec::new() };
    let Some(open) = attempt.state.opened(attempt.who.actor, call.slot.0) else {
        return Vec::new();
    };
    if missing.is_empty() && *ended {
        return vec![Move::returns(None)];
    }
    let range = (*from, u64::from(call.len));
    vec![matching(attempt, open.inode, seen, range, (missing.clone(), *ended))]
}

/// Where the pieces end that can be from different moments: at every byte of a short text, and of
/// more at every change of the writer.
pub(super) fn pieces(content: &Runs) -> Vec<u64> {
    if content.len() <= SHORT {
        return (1..=content.len()).collect();
    }
    let mut end = 0;
    let ends = content.runs().iter().map(|run| {
        end += run.len;
        end
    });
    ends.collect()
}

/// Takes off what is there at this moment, of a read of so many bytes from there.
fn matching(
    attempt: &Attempt<'_>,
    inode: Id,
    seen: &Runs,
    (from, asked): (u64, u64),
    (mut missing, mut ended): (Vec<u16>, bool),
) -> Move {
    if let Node::File(content) = &attempt.state.inode(inode).node {
        let now = content.slice(from, from + asked);
        let ends = pieces(seen);
        missing.retain(|&piece| {
            let piece = usize::from(piece);
            let start = piece.checked_sub(1).map_or(0, |before| ends[before]);
            now.slice(start, ends[piece]) != seen.slice(start, ends[piece])
        });
        // A read stops where the file ends at that moment, be it before what it has already; one
        // that got all it asked for need not have seen the end.
        let growing = super::torn_size::sizes(attempt.pending, inode);
        let ends = from + seen.len();
        let in_write = growing.is_some_and(|(low, high)| low < ends && ends < high);
        ended |= seen.len() == asked || now.len() <= seen.len() || in_write;
    }
    Move::goes_on(None, Pending::Read { from, missing, ended })
}
