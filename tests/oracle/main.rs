//! The oracle: all outcomes of a program, and whether one outcome is among them. Both ways must
//! say the same.

mod generate;
mod known;
mod random;

use fsrace::model::{Explored, Limits, Platform, Program, Rules, explore};
use fsrace::plan::{Settings, plan};
use fsrace::scenario::parse;

/// Rules that hold on most systems.
fn rules() -> Rules {
    Rules { platform: Platform::Linux, privileged: true, directory_links: Default::default() }
}

/// The program of a scenario.
fn program(toml: &str) -> Program {
    let scenario = parse(toml, "test.toml").unwrap_or_else(|wrong| panic!("{wrong}\n{toml}"));
    let plan = plan(&scenario, &Settings::default()).unwrap_or_else(|wrong| panic!("{wrong}"));
    Program::new(&plan, rules()).unwrap_or_else(|wrong| panic!("{wrong}\n{toml}"))
}

fn explored(program: &Program) -> Explored {
    explore(program, Limits::default()).unwrap_or_else(|wrong| panic!("{wrong}"))
}
