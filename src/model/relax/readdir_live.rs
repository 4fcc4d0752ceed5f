//! `readdir-live`: a scan is not one moment; names that change meanwhile may be missed or doubled.

use super::{Attempt, Listed, Move, Pending, Relaxation};
use crate::model::{Id, Name, Node, State};
use crate::ops::call::Call;
use crate::ops::readdir::ScanOf;
use crate::outcome::Returned;
use crate::report::Class;

/// The relaxation.
pub const RELAXATION: Relaxation = Relaxation {
    name: "readdir-live",
    summary: "A scan may miss or double names that are added or removed while it runs.",
    page: include_str!("pages/readdir-live.md"),
    class: Class::Unspecified,
    accepted: true,
    looks_up: false,
    touches: |step| matches!(step.call, Call::Readdir(_)),
    begin,
    go_on,
};

/// Permission bit of the owner: read.
const READ: u16 = 0o400;

pub(super) fn begin(attempt: &Attempt<'_>) -> Vec<Move> {
    let Call::Readdir(call) = &attempt.step.call else { return Vec::new() };
    let directory = match call.from {
        ScanOf::Place(place) => attempt.inode(place, true),
        ScanOf::Slot(slot) => {
            let open = attempt.state.opened(attempt.who.actor, slot.0);
            open.filter(|open| open.readable).map(|open| open.inode)
        }
    };
    let scans = |id: &Id| {
        let inode = attempt.state.inode(*id);
        // A descriptor has been asked when it was opened.
        let by_descriptor = matches!(call.from, ScanOf::Slot(_));
        inode.is_directory() && (by_descriptor || attempt.who.may(inode.mode, READ))
    };
    let Some(directory) = directory.filter(scans) else { return Vec::new() };
    let mut state = attempt.state.clone();
    state.hold(attempt.site(), directory);
    let must = state.entries(directory).to_vec();
    let may =
        must.iter().map(|&(name, id)| Listed { name, stands_for: Some(id), times: 1 }).collect();
    vec![Move::goes_on(Some(state), Pending::Scan { directory, must, may, gone: None })]
}

fn go_on(attempt: &Attempt<'_>, pending: &Pending) -> Vec<Move> {
    ends(attempt, pending, 0)
}

/// How a scan ends that has lost its place so many times.
pub(super) fn ends(attempt: &Attempt<'_>, pending: &Pending, again: usize) -> Vec<Move> {
    let Pending::Scan { directory, must, may, .. } = pending else { return Vec::new() };
    let removed = attempt.state.is_removed(*directory);
    let possible = match attempt.seen {
        Returned::Names(names) => reported(attempt, names, must, may, again),
        Returned::TooMuch => true,
        // Linux does not go on scanning a directory that has been removed.
        Returned::Failed(errno) => removed && i32::from(*errno) == libc::ENOENT,
        _ => false,
    };
    if !possible {
        return Vec::new();
    }
    let mut state = attempt.state.clone();
    state.release(attempt.site());
    vec![Move::returns(Some(state))]
}

/// Whether a scan may report these names: all that must be, once each, and any that may be, as often as
/// they were there at most; where it has lost its place so many times, each as often again, or never.
fn reported(
    attempt: &Attempt<'_>,
    names: &[String],
    must: &[(Name, Id)],
    may: &[Listed],
    again: usize,
) -> bool {
    let text = |name: Name| attempt.who.program.names.text(name);
    let times = |text: &str| names.iter().filter(|name| *name == text).count();
    let stayed = |name: &str| must.iter().any(|(one, _)| text(*one) == name);
    // What starts at another place comes again, or not at all.
    let least = usize::from(again == 0);
    must.iter().all(|(name, _)| (least..=1 + again).contains(&times(text(*name))))
        && names.iter().all(|name| {
            let listed = may.iter().find(|one| text(one.name) == name);
            stayed(name) || listed.is_some_and(|one| times(name) <= usize::from(one.times) + again)
        })
}

/// Takes in what has changed in the directories that are being scanned.
pub(super) fn watch(pending: &mut [Option<(usize, Pending)>], state: &State) {
    for one in pending.iter_mut().flatten() {
        let (_, Pending::Scan { directory, must, may, gone }) = one else { continue };
        let found = state.inodes.binary_search_by_key(directory, |inode| inode.id);
        let entries: &[(Name, Id)] = match found.map(|place| &state.inodes[place].node) {
            Ok(Node::Directory { entries, .. }) => entries,
            _ => &[],
        };
        must.retain(|entry| entries.contains(entry));
        for &(name, id) in entries {
            let new = Listed { name, stands_for: Some(id), times: 1 };
            match may.binary_search_by_key(&name, |one| one.name) {
                Ok(place) if may[place].stands_for == Some(id) => {}
                Ok(place) => {
                    count(gone, may[place].stands_for);
                    may[place] = Listed { times: may[place].times.saturating_add(1), ..new };
                }
                Err(place) => may.insert(place, new),
            }
        }
        for one in may.iter_mut().filter(|one| entries.iter().all(|(name, _)| *name != one.name)) {
            count(gone, one.stands_for.take());
        }
    }
}

/// Counts an entry that has gone, for whom it counts.
fn count(gone: &mut Option<u8>, entry: Option<Id>) {
    *gone = gone.map(|gone| gone.saturating_add(u8::from(entry.is_some())));
}
