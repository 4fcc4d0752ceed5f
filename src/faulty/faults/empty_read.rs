//! `empty-read`: a read from the start of a file with content returns nothing.
//!
//! The other half of the same macOS report, and what its authors saw first: the open is fine, the
//! read gives 0 bytes, the program takes the file for empty.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "empty-read",
    about: "1 read in 20 at the start of a file that has content returns 0 bytes",
    source: "https://github.com/python/cpython/issues/85463",
    sight: Sight { code: "empty-read", relaxations: &[] },
    scenarios: &["open-while-unlinked-processes"],
    window: Duration::ZERO,
    one_in: 20,
    client: Client::HONEST,
    plant: |trigger| Box::new(EmptyRead { trigger }),
};

struct EmptyRead {
    trigger: Trigger,
}

impl Behaviour for EmptyRead {
    fn after(&mut self, _who: Who, request: &Request<'_>, _tree: &mut Tree, outcome: &mut Outcome) {
        let (Request::Read { offset: 0, .. }, Ok(Answer::Data(data))) = (request, outcome) else {
            return;
        };
        if !data.is_empty() && self.trigger.strikes() {
            data.clear();
        }
    }
}
