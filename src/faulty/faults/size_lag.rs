//! `size-lag`: a stat shows a size below what its caller has written itself.
//!
//! The filestore of NBS let attributes be cached that had been fetched before an append and arrived
//! after it: the append had made the cache forget the file, and then the old size came in and was
//! believed. Compilers that ran side by side found their own output shorter than they had made it.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Answer, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use fuser::{FileAttr, INodeNo};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

pub(super) static FAULT: Fault = Fault {
    name: "size-lag",
    about: "attributes that were fetched while a file was written to are cached for the window, with \
            the size from before",
    source: "https://github.com/ydb-platform/nbs/issues/5293",
    sight: Sight { code: "forbidden-outcome", relaxations: &[] },
    scenarios: &["append-stat-vs-stat-stat-stat"],
    window: Duration::from_micros(500),
    one_in: 2,
    client: Client::HONEST,
    plant: |trigger| Box::new(SizeLag { trigger, cache: Cache::default() }),
};

struct SizeLag {
    trigger: Trigger,
    cache: Cache,
}

/// Attributes of files, and until when they are believed.
#[derive(Clone, Default)]
struct Cache(Arc<Mutex<HashMap<INodeNo, (Instant, FileAttr)>>>);

impl Cache {
    fn believed(&self, ino: INodeNo) -> Option<FileAttr> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(&ino).filter(|(until, _)| Instant::now() < *until).map(|(_, attr)| *attr)
    }

    fn put(&self, attr: FileAttr, until: Instant) {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache.insert(attr.ino, (until, attr));
    }

    fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Behaviour for SizeLag {
    fn before<'r>(&mut self, _who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        match *request {
            Request::GetAttr { ino } => {
                if let Some(attr) = self.cache.believed(ino) {
                    return Turn::Answer(Ok(Answer::Attributes(attr)));
                }
                let Some(attr) = tree.attributes(ino) else { return Turn::Healthy };
                if !self.trigger.strikes() {
                    return Turn::Healthy;
                }
                let (window, cache) = (self.trigger.window(), self.cache.clone());
                Turn::later(window / 8, move |_| {
                    cache.put(attr, Instant::now() + window);
                    Turn::Answer(Ok(Answer::Attributes(attr)))
                })
            }
            Request::Lookup { .. }
            | Request::Access { .. }
            | Request::ReadLink { .. }
            | Request::Read { .. }
            | Request::ReadDir { .. }
            | Request::OpenDir { .. }
            | Request::StatFs => Turn::Healthy,
            // Whatever may change a file makes the cache forget it, and all others.
            _ => {
                self.cache.clear();
                Turn::Healthy
            }
        }
    }
}
