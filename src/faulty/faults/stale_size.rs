//! `stale-size`: a stat that a close gets in the way of shows the size from before the writes.
//!
//! JuiceFS keeps what is written in the writer until it is flushed. A stat took the length that the
//! metadata had, then looked whether a writer knew of a greater one; if that one was flushed and
//! closed in between, it had nothing more to say, and the stat returned 0 for a file that was full.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::{FileAttr, FileHandle, INodeNo};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "stale-size",
    about: "a stat takes the size that a file had before it was opened and written to, waits, and \
            keeps it if the writer has closed the file meanwhile",
    source: "https://github.com/juicedata/juicefs/pull/7238",
    sight: Sight { code: "stale-read", relaxations: &["no-realtime"] },
    scenarios: &["open-write-write-write-close-vs-fstat"],
    window: Duration::from_micros(500),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(StaleSize { trigger, writers: Arc::default() }),
};

struct StaleSize {
    trigger: Trigger,
    writers: Arc<Mutex<Writers>>,
}

/// Open files that were written to, and the sizes that the metadata still have.
type Writers = HashMap<FileHandle, (INodeNo, u64)>;

impl Behaviour for StaleSize {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let mut writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
        match *request {
            Request::Write { ino, handle, .. } => {
                if let Some(attr) = tree.attributes(ino) {
                    writers.entry(handle).or_insert((ino, attr.size));
                }
            }
            // The size is set for all to see.
            Request::SetAttr { ino, .. } => writers.retain(|_, (written, _)| *written != ino),
            Request::Release { handle } => {
                writers.remove(&handle);
            }
            Request::GetAttr { ino } => {
                let of_file = writers.iter().find(|(_, (written, _))| *written == ino);
                let Some((&writer, &(_, size))) = of_file else { return Turn::Healthy };
                if !self.trigger.strikes() {
                    return Turn::Healthy;
                }
                let writers = Arc::clone(&self.writers);
                return Turn::later(self.trigger.window(), move |tree| {
                    let writers = writers.lock().unwrap_or_else(PoisonError::into_inner);
                    match tree.attributes(ino) {
                        Some(attr) if !writers.contains_key(&writer) => {
                            Turn::Answer(Ok(Answer::Attributes(FileAttr { size, ..attr })))
                        }
                        _ => Turn::Healthy,
                    }
                });
            }
            _ => {}
        }
        Turn::Healthy
    }
}
