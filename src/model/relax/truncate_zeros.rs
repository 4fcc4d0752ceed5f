//! `truncate-zeros`: a file that is being cut is seen with zeros before it is seen shorter; and a read that is under way
//! meanwhile may have the pages of before, and zeros behind them up to the size of after.

use super::{Attempt, Move, Pending, Relaxation};
use crate::content::Runs;
use crate::model::{Id, Node, State};
use crate::ops::call::Call;
use crate::ops::data::Read;
use crate::outcome::Returned;
use crate::report::Class;

/// Bytes of a page; some filesystems keep several together.
const PAGE: u64 = 4096;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "truncate-zeros",
    summary: "A file that is being cut is seen with zeros before it is seen shorter.",
    page: include_str!("pages/truncate-zeros.md"),
    class: Class::Unspecified,
    accepted: false,
    looks_up: false,
    touches: |step| {
        matches!(step.call, Call::Truncate(_) | Call::Ftruncate(_) | Call::Open(_) | Call::Read(_))
    },
    begin,
    go_on,
};

fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    if let Call::Read(call) = &attempt.step.call {
        return old_pages(attempt, call).into_iter().collect();
    }
    let mut moves = Vec::new();
    for after in attempt.at_once().into_iter().flatten() {
        for (inode, kept) in cut(attempt, &after) {
            let Node::File(content) = &attempt.state.inode(inode).node else { continue };
            let zeros = Runs::zeros(content.len() - kept);
            let mut state = attempt.state.clone();
            state.inode_mut(inode).node = Node::File(content.overwritten(kept, &zeros));
            moves.push(Move::goes_on(Some(state), Pending::Looked));
        }
    }
    moves
}

/// The files that a step makes shorter, and how long they are then.
fn cut(attempt: &Attempt<'_>, after: &State) -> Vec<(Id, u64)> {
    let shorter = attempt.state.inodes.iter().filter_map(|inode| {
        let new = after.inodes.iter().find(|one| one.id == inode.id)?;
        match (&inode.node, &new.node) {
            (Node::File(old), Node::File(new)) if new.len() < old.len() => {
                Some((inode.id, new.len()))
            }
            _ => None,
        }
    });
    shorter.collect()
}

fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    match (&attempt.step.call, pending) {
        (Call::Read(_), &Pending::Pages { inode, from, len, cut }) => {
            let ends = cut && ends_here(attempt, inode, from, len);
            if ends { vec![Move::returns(None)] } else { Vec::new() }
        }
        _ => attempt.at_once().into_iter().map(Move::returns).collect(),
    }
}

/// A read that has found the last page of a file: what was there, and zeros behind it.
fn old_pages(attempt: &Attempt<'_>, call: &Read) -> Option<Move> {
    let Returned::Read(seen) = attempt.seen else { return None };
    let open = attempt.state.opened(attempt.who.actor, call.slot.0)?;
    let Node::File(content) = &attempt.state.inode(open.inode).node else { return None };
    let from = call.offset.unwrap_or(open.offset);
    let (len, ends) = (content.len(), from + seen.len());
    let old = content.slice(from, from + u64::from(call.len));
    // Behind the end, nothing is read at all.
    if !open.readable || old.is_empty() || ends <= len || seen.slice(0, old.len()) != old {
        return None;
    }
    let first = len.next_multiple_of(PAGE).min(ends);
    if seen.slice(len - from, first - from) != Runs::zeros(first - len) {
        return None;
    }
    let pages = Pending::Pages { inode: open.inode, from, len, cut: false };
    let state = call.offset.is_none().then(|| {
        // The offset moves at once.
        let mut state = attempt.state.clone();
        state.description_mut(open.id).offset = ends;
        state
    });
    Some(Move::goes_on(state, pages))
}

/// Whether a read may have returned what was seen that takes the size now: zeros up to the end of some page, of
/// those that can belong together, and what is there now behind it.
fn ends_here(attempt: &Attempt<'_>, inode: Id, from: u64, len: u64) -> bool {
    let (Call::Read(call), Returned::Read(seen)) = (&attempt.step.call, attempt.seen) else {
        return false;
    };
    let Node::File(content) = &attempt.state.inode(inode).node else { return false };
    let ends = from + seen.len();
    if ends != content.len().min(from + u64::from(call.len)) {
        return false;
    }
    let last = len.next_power_of_two().max(PAGE);
    let mut pages = (len.next_multiple_of(PAGE)..=last).step_by(PAGE as usize);
    pages.any(|page| {
        let page = page.min(ends);
        seen.slice(len - from, page - from) == Runs::zeros(page - len)
            && seen.slice(page - from, seen.len()) == content.slice(page, ends)
    })
}

/// Notes which files have been cut since reads took their pages: the last page has gone, and is not only shorter.
pub(super) fn watch(pending: &mut [Option<(usize, Pending)>], state: &State) {
    for one in pending.iter_mut().flatten() {
        let (_, Pending::Pages { inode, len, cut, .. }) = one else { continue };
        let file = state.inodes.iter().find(|one| one.id == *inode);
        let Some(Node::File(content)) = file.map(|file| &file.node) else { continue };
        *cut |= content.len() <= (*len - 1) / PAGE * PAGE;
    }
}
