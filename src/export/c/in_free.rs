//! A program in free mode: what is to be said of each result stands after its call.

use super::free::Expected;
use super::header::Judged;
use super::program::{ACTORS_BANNER, Program, client_of, needs_room, room_of};
use super::{Options, fixture, header};
use crate::plan::Plan;

/// The text of a program in free mode.
pub(super) fn source(plan: &Plan, options: &Options) -> String {
    let mut expected = Expected::new(plan);
    let informed = expected.plan.clone();
    let plan = &informed;
    let mut program = Program::new(
        plan,
        &["shared_free", "file_free", "begin_free", "loop", "look_on_free", "report_free"],
    );
    if needs_room(plan) {
        program.needed.add("room_free");
    }
    program.write_actors(false, &mut |actor, step, needed| expected.checks(actor, step, needed));
    let fixture = fixture::function(plan, &[], &mut program.needed);
    let steps = plan.actors.iter().map(|actor| actor.steps.len() as u64).max();
    let all = plan.actors.iter().flat_map(|actor| &actor.steps);
    let room = all.map(|step| room_of(plan, step)).max();
    let constants = program.constants(&[
        ("RING", 8),
        ("STEPS", steps.unwrap_or_default()),
        ("ROOM", room.unwrap_or_default().max(1)),
        ("CONTENTS", plan.contents.len() as u64),
        ("WRONGS", 8),
    ]) + "#define START_OF(i) loop\n";
    let judged =
        Judged { outcomes: None, orders: false, without_model: expected.without_model.clone() };
    let prepare = program.prepare(expected.privileged, PREPARE_FREE);
    let tables = expected.tables(&program.needed);
    let before = |part: &str| match part {
        "classify" => format!("\n{tables}"),
        "text" => format!(
            "\n{ACTORS_BANNER}{fixture}\n{}{}\n{}",
            expected.step_tables(),
            program.actors,
            program.tables()
        ),
        "pin" => client_of(plan),
        "supervise" => prepare.clone(),
        _ => String::new(),
    };
    program.text(&header::text(plan, &judged, options.finding.as_ref()), &constants, &before)
}

const PREPARE_FREE: &str = "    if (make_fixture(open(sandbox[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < \
0)\n        shared->stop = 1;\n";
