//! `create-below-removed`: a file is made in a directory while rmdir removes it as empty, and is lost.
//!
//! The check for names and the removal are two steps of a server that looks up what it removes beforehand.
//! multicoretests met the harmless neighbour on Linux (the walk is over when the directory goes, and the
//! call fails); here the call succeeds.

use crate::faulty::fault::{Behaviour, Client, Fault, Sight, Turn};
use crate::faulty::request::{Outcome, Request, Who};
use crate::faulty::tree::Tree;
use crate::faulty::trigger::Trigger;
use crate::faulty::walks::Walks;
use std::time::Duration;

pub(super) static FAULT: Fault = Fault {
    name: "create-below-removed",
    about: "an rmdir that found the directory empty removes it, although another has made a file \
            in it since",
    source: "https://github.com/ocaml-multicore/multicoretests/pull/294",
    sight: Sight { code: "forbidden-outcome", relaxations: &[] },
    scenarios: &["rmdir-vs-create-below"],
    window: Duration::from_micros(300),
    one_in: 1,
    client: Client::HONEST,
    plant: |trigger| Box::new(CreateBelowRemoved { trigger, walks: Walks::default() }),
};

struct CreateBelowRemoved {
    trigger: Trigger,
    walks: Walks,
}

impl Behaviour for CreateBelowRemoved {
    fn before<'r>(&mut self, who: Who, request: &'r Request<'r>, tree: &mut Tree) -> Turn<'r> {
        self.walks.begins(who, request, tree);
        match *request {
            Request::Create { .. } | Request::MkDir { .. } if self.trigger.strikes() => {
                Turn::later(self.trigger.window(), |_| Turn::Healthy)
            }
            Request::RmDir { parent, name } => {
                let Some(directory) = tree.find(parent, name) else { return Turn::Healthy };
                let names = tree.names(directory);
                let was_empty = names
                    .iter()
                    .all(|name| self.walks.appeared(who, (directory, name), tree).is_some());
                match !names.is_empty() && was_empty && self.trigger.strikes() {
                    true => Turn::Answer(tree.remove_with_content(parent, name)),
                    false => Turn::Healthy,
                }
            }
            _ => Turn::Healthy,
        }
    }

    fn after(&mut self, who: Who, request: &Request<'_>, _tree: &mut Tree, outcome: &mut Outcome) {
        self.walks.ends(who, request, outcome);
    }
}
