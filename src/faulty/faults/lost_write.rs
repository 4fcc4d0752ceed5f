//! `lost-write`: a write to one part of a block undoes a write to another part of it.
//!
//! Viperblock read a block, put the new bytes into its copy, and wrote the block back, with no lock
//! from the read to the write: of two writes to one block the later one brought back the old bytes
//! of the other, and nobody was told. Stores that can only write whole blocks all have to do this.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use std::time::Duration;

const BLOCK: u64 = 4096;

pub(super) static FAULT: Fault = Fault {
    name: "lost-write",
    about: "a write of a part of a block reads the block, waits, and writes all of it back",
    source: "https://github.com/mulgadc/viperblock/pull/43",
    sight: Sight { code: "lost-write", relaxations: &[] },
    scenarios: &["open-pwrite-low-vs-open-pwrite-high"],
    window: Duration::from_micros(500),
    one_in: 1,
    client: Client { parallel: true, ..Client::HONEST },
    plant: |trigger| Box::new(LostWrite { trigger }),
};

struct LostWrite {
    trigger: Trigger,
}

impl Behaviour for LostWrite {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        let Request::Write { ino, handle, offset, data, append: false } = *request else {
            return Turn::Healthy;
        };
        let from = offset / BLOCK * BLOCK;
        let room = BLOCK as usize - (offset - from) as usize;
        // Of a larger write, only the first and last block would be read; those here lie in one.
        if data.len() > room || !self.trigger.strikes() {
            return Turn::Healthy;
        }
        let read = Request::Read { ino, handle, offset: from, size: BLOCK as u32 };
        let Ok(Answer::Data(mut block)) = tree.apply(who, &read) else { return Turn::Healthy };
        Turn::later(self.trigger.window(), move |tree| {
            let start = (offset - from) as usize;
            let end = start + data.len();
            block.resize(block.len().max(end), 0);
            block[start..end].copy_from_slice(data);
            let back = Request::Write { ino, handle, offset: from, data: &block, append: false };
            let written = tree.apply(who, &back);
            Turn::Answer(written.map(|_| Answer::Written(data.len() as u32)))
        })
    }
}
