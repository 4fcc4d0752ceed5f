//! Programs with an outcome made up for them.

use fsrace::model::{
    DirectoryLinks, Limits, Nexts, Platform, Position, Program, Rules, Terms, explore,
};
use fsrace::outcome::{Done, Left, Outcome, Returned, Stat};
use fsrace::plan::{Plan, Settings, plan};

/// The rules of the made-up cases.
pub const RULES: Rules = Rules {
    platform: Platform::Linux,
    privileged: true,
    directory_links: DirectoryLinks::Counted,
    identities: true,
};

/// A program, and the outcome of running it in one order.
pub struct Case {
    pub plan: Plan,
    pub program: Program,
    pub terms: Terms,
    pub outcome: Outcome,
}

impl Case {
    /// Runs the steps of `actors` in `order` (indices of actors).
    pub fn new(fixture: &str, actors: &[&[&str]], order: &[usize]) -> Self {
        Self::on_clients(fixture, actors, &[], order)
    }

    /// The same, with each actor bound to a client directory; without any, none is.
    pub fn on_clients(fixture: &str, actors: &[&[&str]], clients: &[u32], order: &[usize]) -> Self {
        let mut text = format!(
            "name = \"case\"\nabout = \"A case.\"\n[fixture]\n{fixture}\n[run]\nmode = \"rounds\"\n"
        );
        for (index, steps) in actors.iter().enumerate() {
            let steps: Vec<String> = steps.iter().map(|step| format!("{{ {step} }}")).collect();
            let steps = steps.join(", ");
            let client = clients.get(index).map(|client| format!("client = {client}\n"));
            let client = client.unwrap_or_default();
            text += &format!("[[actor]]\nname = \"a{index}\"\n{client}steps = [{steps}]\n");
        }
        let scenario = fsrace::scenario::parse(&text, "case")
            .unwrap_or_else(|mistakes| panic!("{mistakes}\n{text}"));
        let plan = plan(&scenario, &Settings::default()).unwrap();
        let program = Program::new(&plan, RULES).unwrap();
        let mut world = program.start();
        let mut done: Vec<Vec<Done>> = vec![Vec::new(); program.actors()];
        for &actor in order {
            let mut nexts = Nexts::default();
            program.nexts(&world, actor, &mut nexts);
            let next = nexts.0.remove(0);
            let step = world.positions[actor].step;
            done[actor].push(Done { step, returned: next.returned.clone() });
            world = program.after(&world, actor, &next);
        }
        assert!(world.positions.iter().all(|position| *position == Position::DONE), "{order:?}");
        let left = program.left(&world.state);
        let terms = explore(&program, Limits::default()).unwrap().terms;
        let outcome = terms.outcome(&Outcome { actors: done, left });
        Self { plan, program, terms, outcome }
    }

    /// Changes what a step was seen to return.
    pub fn saw(mut self, actor: usize, index: usize, returned: Returned) -> Self {
        self.outcome.actors[actor][index].returned = returned;
        self
    }

    /// Changes what a stat was seen to say.
    pub fn stat(mut self, actor: usize, index: usize, change: impl FnOnce(&mut Stat)) -> Self {
        match &mut self.outcome.actors[actor][index].returned {
            Returned::Stat(stat) => change(stat),
            other => panic!("{other:?}"),
        }
        self
    }

    /// Changes the tree that is left.
    pub fn left(mut self, change: impl FnOnce(&mut Vec<Left>)) -> Self {
        change(&mut self.outcome.left);
        self
    }
}
