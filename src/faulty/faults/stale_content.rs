//! `stale-content`: a process is shown content that it has read before and that was replaced since.
//!
//! Containers on Docker Desktop went on reading the old text, or the old length of a new one, of
//! files that the host had rewritten. The report does not say how; here it is the way in which
//! caches mostly go wrong: what was on its way into one when a change made it forget the file
//! stays there as if it were new.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::FileHandle;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

pub(super) static FAULT: Fault = Fault {
    name: "stale-content",
    about: "content that a process was reading while it was replaced is cached for it, for the window, \
            as long as it has the file open",
    source: "https://github.com/docker/for-mac/issues/7494",
    sight: Sight { code: "stale-read", relaxations: &["close-to-open"] },
    scenarios: &["pwrite-pwrite-vs-pread-pread"],
    window: Duration::from_millis(1),
    one_in: 2,
    client: Client::HONEST,
    plant: |trigger| Box::new(StaleContent { trigger, cache: Cache::default() }),
};

struct StaleContent {
    trigger: Trigger,
    cache: Cache,
}

/// A read of a thread: through which open file, from where, how much.
type Place = (u32, FileHandle, u64, u32);

/// What reads have returned, and until when that is believed.
#[derive(Clone, Default)]
struct Cache(Arc<Mutex<Believed>>);

type Believed = HashMap<Place, (Instant, Vec<u8>)>;

impl Cache {
    fn believed(&self, place: Place) -> Option<Vec<u8>> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(&place).filter(|(until, _)| Instant::now() < *until).map(|(_, data)| data.clone())
    }

    fn put(&self, place: Place, until: Instant, data: Vec<u8>) {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache.insert(place, (until, data));
    }

    fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Behaviour for StaleContent {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::Read { handle, offset, size, .. } => {
                let place = (who.tid, handle, offset, size);
                if let Some(data) = self.cache.believed(place) {
                    return Turn::Answer(Ok(Answer::Data(data)));
                }
                let Ok(Answer::Data(data)) = tree.apply(who, request) else {
                    return Turn::Healthy;
                };
                if !self.trigger.strikes() {
                    return Turn::Answer(Ok(Answer::Data(data)));
                }
                let (window, cache) = (self.trigger.window(), self.cache.clone());
                Turn::later(window / 4, move |_| {
                    cache.put(place, Instant::now() + window, data.clone());
                    Turn::Answer(Ok(Answer::Data(data)))
                })
            }
            // Whatever may change content makes the cache forget it, of all files.
            Request::Write { .. } | Request::SetAttr { .. } | Request::Open { .. } => {
                self.cache.clear();
                Turn::Healthy
            }
            _ => Turn::Healthy,
        }
    }
}
