//! `late-write`: a write that has returned is not there yet for others.
//!
//! A user of MooseFS saw its mounts give out old versions of files after they had changed, and took
//! it for copies that are updated late; nobody confirmed it. Here a copy that answers a read is
//! updated at the end of the window. Who opens a file gets one that is up to date, and the writer
//! sees its own write.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::{FileHandle, INodeNo};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Larger files have no second copy.
const LARGEST: u32 = 1 << 16;

pub(super) static FAULT: Fault = Fault {
    name: "late-write",
    about: "a write that comes while another thread reads is acknowledged, and shown to those who have \
            the file open already when the window is over",
    source: "https://github.com/moosefs/moosefs/issues/330",
    sight: Sight { code: "stale-read", relaxations: &["no-realtime"] },
    scenarios: &["pwrite-x-vs-pread-y-pread-x"],
    window: Duration::from_millis(2),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(LateWrite { trigger, newest: FileHandle(0), copies: Arc::default() }),
};

struct LateWrite {
    trigger: Trigger,
    /// The file that was opened last.
    newest: FileHandle,
    copies: Arc<Mutex<Copies>>,
}

#[derive(Default)]
struct Copies {
    /// Threads that read.
    reading: Vec<u32>,
    late: Vec<Late>,
}

/// A file as it was before a write.
struct Late {
    ino: INodeNo,
    writer: u32,
    /// Those who opened it later see the write.
    opened: FileHandle,
    until: Instant,
    content: Vec<u8>,
}

impl Copies {
    fn read(&self, who: Who, request: &Request<'_>) -> Option<Outcome> {
        let Request::Read { ino, handle, offset, size } = *request else { return None };
        let now = Instant::now();
        let late = self.late.iter().find(|late| {
            late.ino == ino && late.writer != who.tid && handle <= late.opened && now < late.until
        })?;
        let rest = late.content.get(offset as usize..).unwrap_or_default();
        Some(Ok(Answer::Data(rest[..rest.len().min(size as usize)].to_vec())))
    }
}

impl Behaviour for LateWrite {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let window = self.trigger.window();
        let mut copies = self.copies.lock().unwrap_or_else(PoisonError::into_inner);
        match *request {
            Request::Read { .. } if self.trigger.strikes() => {
                copies.reading.push(who.tid);
                let copies = Arc::clone(&self.copies);
                Turn::later(window / 8, move |_| {
                    let mut copies = copies.lock().unwrap_or_else(PoisonError::into_inner);
                    if let Some(at) = copies.reading.iter().position(|tid| *tid == who.tid) {
                        copies.reading.swap_remove(at);
                    }
                    copies.read(who, request).map_or(Turn::Healthy, Turn::Answer)
                })
            }
            Request::Write { ino, handle, .. } => {
                let now = Instant::now();
                copies.late.retain(|late| now < late.until);
                let busy = copies.reading.iter().any(|tid| *tid != who.tid);
                let before = Request::Read { ino, handle, offset: 0, size: LARGEST };
                if let (true, Ok(Answer::Data(content))) = (busy, tree.apply(who, &before)) {
                    let (writer, opened, until) = (who.tid, self.newest, now + window);
                    copies.late.push(Late { ino, writer, opened, until, content });
                }
                Turn::Healthy
            }
            _ => Turn::Healthy,
        }
    }

    fn after(
        &mut self,
        _who: Who,
        _request: &Request<'_>,
        _tree: &mut Tree,
        outcome: &mut Outcome,
    ) {
        if let Ok(Answer::Opened(handle) | Answer::Created { handle, .. }) = outcome {
            self.newest = *handle;
        }
    }
}
