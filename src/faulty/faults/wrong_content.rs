//! `wrong-content`: a read returns the bytes of another file.
//!
//! The client of SaunaFS (now LeilFS) returned wrong data when several files were read in parallel
//! and its cache was in use, so that checksums came out wrong. Here it is the buffer between the
//! content and the reply: there is one, and whoever comes second fills it again.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "wrong-content",
    about: "a read fills a buffer that all reads share, waits, and replies from it",
    source: "https://github.com/leil-io/leilfs/issues/179",
    sight: Sight { code: "wrong-content", relaxations: &[] },
    scenarios: &["open-read-x-vs-open-read-y"],
    window: Duration::from_micros(500),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(WrongContent { trigger, buffer: Arc::default() }),
};

struct WrongContent {
    trigger: Trigger,
    buffer: Arc<Mutex<Vec<u8>>>,
}

impl Behaviour for WrongContent {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        if !matches!(request, Request::Read { .. }) || !self.trigger.strikes() {
            return Turn::Healthy;
        }
        let Ok(Answer::Data(data)) = tree.apply(who, request) else { return Turn::Healthy };
        let mut buffer = self.buffer.lock().unwrap_or_else(PoisonError::into_inner);
        let len = data.len();
        if buffer.len() < len {
            buffer.resize(len, 0);
        }
        buffer[..len].copy_from_slice(&data);
        let buffer = Arc::clone(&self.buffer);
        Turn::later(self.trigger.window(), move |_| {
            let buffer = buffer.lock().unwrap_or_else(PoisonError::into_inner);
            Turn::Answer(Ok(Answer::Data(buffer[..len].to_vec())))
        })
    }
}
