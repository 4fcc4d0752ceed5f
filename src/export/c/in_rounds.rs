//! A program in rounds mode: the table of what rounds may show, and what looks them up in it.

use super::actor::locks;
use super::header::Judged;
use super::literal::string;
use super::program::{ACTORS_BANNER, Program, client_of, needs_room, room_of};
use super::rounds::Table;
use super::{Options, fixture, header, words};
use crate::content::ContentItem;
use crate::export::ExportError;
use crate::model::relax::READDIR_LIVE;
use crate::plan::Plan;

/// Bytes that all calls of an actor in one round may return.
const MOST_ROOM: u64 = 64 << 20;

/// The text of a program in rounds mode.
///
/// # Errors
/// [`ExportError`], where no table can hold what may be seen.
pub(super) fn source(plan: &Plan, options: &Options) -> Result<String, ExportError> {
    let table = Table::new(plan, &options.accepted)?;
    let (calls, room) = size(plan)?;
    let mut program = Program::new(
        plan,
        &[
            "shared_rounds",
            "file_rounds",
            "begin_rounds",
            "gate",
            "put_stat",
            "put_result",
            "left",
            "judge",
            "follow",
            "lead",
            "look_on_rounds",
            "report_rounds",
        ],
    );
    let tagged = plan.contents.iter().any(|item| matches!(item, ContentItem::Tagged { .. }));
    program.needed.add(if tagged { "bytes_tagged" } else { "bytes_plain" });
    program.needed.add(if table.known.is_empty() { "identity_none" } else { "identity_some" });
    program.needed.add(if plan.clients() > 1 { "look_anew" } else { "look_cached" });
    program.needed.add(if table.has_orders() { "order" } else { "order_none" });
    program.needed.add(match plan.shared.len() {
        0 => "shared_none",
        _ if plan.processes.len() == 1 => "shared_local",
        _ => "shared_passed",
    });
    if needs_room(plan) {
        program.needed.add("room_rounds");
    }
    program.write_actors(locks(plan), &mut |_, _, _| Vec::new());
    let fixture = fixture::function(plan, &table.known, &mut program.needed);
    let constants = program.constants(&[
        ("CALLS", calls.max(1)),
        ("ROOM", room.max(1)),
        ("ALLOWED", table.len() as u64),
        ("KNOWN", table.known.len() as u64),
        ("WRONGS", 4),
        ("LIVE_SCANS", u64::from(!options.accepted.contains(&&READDIR_LIVE))),
        ("LINE", 8192),
        ("NAMES_LEFT", plan.fixture.len() as u64 + calls * plan.actors.len() as u64 + 64),
    ]) + "#define FOREVER LLONG_MAX\n#define START_OF(i) ((i) == 0 ? lead : follow)\n";
    let judged =
        Judged { outcomes: Some(table.len()), orders: table.has_orders(), without_model: None };
    let sockets = if program.needed.has("shared_passed") {
        "    for (i = 0; i < ACTORS; i++)\n        if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets[i]) \
         < 0) {\n            perror(\"socketpair\");\n            \
         remove_tree(AT_FDCWD, sandbox[0]);\n            exit(CANNOT_RUN);\n        }\n"
    } else {
        ""
    };
    let prepare = program.prepare(table.privileged, sockets);
    let prepare = if sockets.is_empty() {
        prepare
    } else {
        prepare.replace("prepare(void)\n{\n", "prepare(void)\n{\n    int i;\n\n")
    };
    let allowed = table.text(plan)?;
    let writers = writers_table(plan);
    let before = |part: &str| match part {
        "text" => {
            format!("\n{}{fixture}{}\n{}", ACTORS_BANNER, program.actors, program.tables())
        }
        "bytes_plain" => format!("\n{JUDGE_BANNER}"),
        "bytes_tagged" => writers.clone(),
        "identity_some" if !table.known.is_empty() => {
            format!("\n/* Files of the start that are never gone. */\n{}", table.known_names(plan))
        }
        "order" => format!("\n{allowed}"),
        "pin" => client_of(plan),
        "follow" => format!("\n{ENGINE_BANNER}"),
        "supervise" => prepare.clone(),
        _ => String::new(),
    };
    let letters = format!(
        "/* In orders: {}; a small letter begins a call that the next capital ends. */\n",
        Table::letters(plan).join(", ")
    );
    let text =
        program.text(&header::text(plan, &judged, options.finding.as_ref()), &constants, &before);
    Ok(text.replacen(
        "static const struct outcome {",
        &format!("{letters}static const struct outcome {{"),
        1,
    ))
}

/// The calls that an actor can make in a round, and the bytes that they can return.
fn size(plan: &Plan) -> Result<(u64, u64), ExportError> {
    let (mut most_calls, mut most_room) = (0, 0);
    for actor in &plan.actors {
        let (mut calls, mut room) = (0, 0);
        for step in actor.steps.iter().filter(|step| !step.call.is_pause()) {
            calls += u64::from(step.repeat.max(1));
            room += u64::from(step.repeat.max(1)) * room_of(plan, step);
            if room > MOST_ROOM {
                let (actor, step) = (actor.name.clone(), step.text.clone());
                return Err(ExportError::Room { actor, step });
            }
        }
        most_calls = most_calls.max(calls);
        most_room = most_room.max(room);
    }
    Ok((most_calls, most_room))
}

fn writers_table(plan: &Plan) -> String {
    let words = words::Words::new(plan);
    let rows = words
        .writers()
        .iter()
        .map(|(code, name)| format!("    {{ {code}, {} }}", string(name.as_bytes())));
    let rows: Vec<String> = rows.collect();
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "\nstatic const struct {{\n    int code;\n    const char *name;\n}} writers[] = {{\n{}\n}};\n",
        rows.join(",\n")
    )
}

const JUDGE_BANNER: &str =
    "/* ---------- The judgement: results in words, and what is allowed ---------- */\n";
const ENGINE_BANNER: &str = "/* ---------- The rounds ---------- */\n";
