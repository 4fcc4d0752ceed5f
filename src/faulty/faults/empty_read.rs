//! `empty-read`: a read from the start of a file with content returns nothing.
//!
//! The other half of the same macOS report, and what its authors saw first: the open is fine, the
//! read gives 0 bytes, the program takes the file for empty.

use super::chance::Chance;
use crate::faulty::fault::{Behaviour, Fault};
use crate::faulty::request::{Answer, Outcome, Request, Who};
use crate::faulty::tree::Tree;

const ONE_IN: u64 = 20;

pub(super) static FAULT: Fault = Fault {
    name: "empty-read",
    about: "1 read in 20 at the start of a file that has content returns 0 bytes",
    source: "https://github.com/python/cpython/issues/85463",
    detector: "empty-read",
    plant: |options| Box::new(EmptyRead { chance: Chance::new(options.seed) }),
};

struct EmptyRead {
    chance: Chance,
}

impl Behaviour for EmptyRead {
    fn after(&mut self, _who: Who, request: &Request<'_>, _tree: &mut Tree, outcome: &mut Outcome) {
        let (Request::Read { offset: 0, .. }, Ok(Answer::Data(data))) = (request, outcome) else {
            return;
        };
        if !data.is_empty() && self.chance.one_in(ONE_IN) {
            data.clear();
        }
    }
}
