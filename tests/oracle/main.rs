//! The oracle: all outcomes of a program, and whether one outcome is among them. Both ways must
//! say the same.

mod generate;
mod known;
mod random;
mod terms;
mod times;

use fsrace::model::{Explored, Limits, Platform, Program, Rules, explore};
use fsrace::plan::{Plan, Settings, plan};
use fsrace::scenario::parse;

/// Rules that hold on most systems.
fn rules() -> Rules {
    Rules {
        platform: Platform::Linux,
        privileged: true,
        directory_links: Default::default(),
        identities: true,
    }
}

fn planned(toml: &str) -> Plan {
    let scenario = parse(toml, "test.toml").unwrap_or_else(|wrong| panic!("{wrong}\n{toml}"));
    plan(&scenario, &Settings::default()).unwrap_or_else(|wrong| panic!("{wrong}"))
}

/// The program of a scenario.
fn program(toml: &str) -> Program {
    Program::new(&planned(toml), rules()).unwrap_or_else(|wrong| panic!("{wrong}\n{toml}"))
}

fn explored(program: &Program) -> Explored {
    explore(program, Limits::default()).unwrap_or_else(|wrong| panic!("{wrong}"))
}
