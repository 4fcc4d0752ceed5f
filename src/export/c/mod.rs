//! A scenario as one C99 file.
//!
//! What is the same in every program stands in `parts`, as C; what the scenario says is put between
//! them here: constants, the fixture, a function for each actor, and what they may see.

mod actor;
mod call;
mod fixture;
mod free;
mod header;
mod literal;
mod optional;
mod parts;
mod rounds;
mod words;

pub use header::Finding;

use std::fmt::Write;

use super::ExportError;
use crate::content::ContentItem;
use crate::ops::call::Call;
use crate::plan::{Plan, StepPlan};
use crate::scenario::Mode;
use actor::{Function, locks};
use free::Expected;
use header::Judged;
use literal::{identifier, string};
use optional::Optional;
use parts::{Needed, in_order};
use rounds::Table;

/// Bytes of a scan's names, and of the text of a link.
const NAMES_ROOM: u64 = 65_536;
const LINK_ROOM: u64 = 4096;
/// Bytes that all calls of an actor in one round may return.
const MOST_ROOM: u64 = 64 << 20;
/// Headers of every program.
const HEADERS: [&str; 15] = [
    "dirent.h",
    "errno.h",
    "fcntl.h",
    "limits.h",
    "pthread.h",
    "sched.h",
    "signal.h",
    "stdarg.h",
    "stdio.h",
    "stdlib.h",
    "string.h",
    "sys/mman.h",
    "sys/wait.h",
    "time.h",
    "unistd.h",
];

/// The text of a program that does what the plan says and judges what is seen. With a finding, its
/// first comment says what that was.
///
/// # Errors
/// [`ExportError`], where no program can do that.
pub fn source(plan: &Plan, finding: Option<&Finding>) -> Result<String, ExportError> {
    if plan.actors.len() > 26 {
        return Err(ExportError::Actors(plan.actors.len()));
    }
    match plan.mode {
        Mode::Rounds => Rounds::source(plan, finding),
        Mode::Free => Free::source(plan, finding),
    }
}

/// A program that is being put together: generated texts by the part that they stand before.
struct Program<'a> {
    plan: &'a Plan,
    needed: Needed,
    optional: Optional,
    functions: Vec<String>,
    actors: String,
}

impl<'a> Program<'a> {
    fn new(plan: &'a Plan, parts: &[&'static str]) -> Self {
        let mut needed = Needed::default();
        let common = [
            "atomics",
            "clock",
            "failed",
            "errno_name",
            "pause",
            "remove",
            "sandbox",
            "pin",
            "run_process",
            "supervise",
            "remove_sandbox",
            "main",
            "not_called",
        ];
        common.iter().chain(parts).for_each(|part| needed.add(part));
        Self {
            plan,
            needed,
            optional: Optional::default(),
            functions: Vec::new(),
            actors: String::new(),
        }
    }

    /// The functions of all actors.
    fn write_actors(&mut self, lingers: bool, checks: actor::Checks<'_>) {
        let mut taken = Vec::new();
        for (index, actor) in self.plan.actors.iter().enumerate() {
            let name = identifier("actor_", &actor.name, &mut taken);
            let function = Function { plan: self.plan, actor: index, name: &name, lingers };
            let text = function.text(&mut self.needed, &mut self.optional, checks);
            let _ = write!(self.actors, "\n{text}");
            self.functions.push(name);
        }
    }

    /// What every program knows of its actors.
    fn tables(&self) -> String {
        let names = self.plan.actors.iter().map(|actor| string(actor.name.as_bytes()));
        let names = names.collect::<Vec<_>>().join(", ");
        let of = |number: &dyn Fn(&crate::plan::ActorPlan) -> usize| {
            let numbers = self.plan.actors.iter().map(|actor| number(actor).to_string());
            numbers.collect::<Vec<_>>().join(", ")
        };
        let mut text = format!(
            "static const char *const name_of[ACTORS] = {{ {names} }};\nstatic const int \
             process_of[ACTORS] = {{ {} }};\nstatic void (*const steps_of[ACTORS])(struct actor *) = \
             {{ {} }};\n",
            of(&|actor| actor.process),
            self.functions.join(", "),
        );
        if self.plan.clients() > 1 {
            let clients = of(&|actor| actor.client);
            let _ = writeln!(text, "static const int client[ACTORS] = {{ {clients} }};");
        }
        text + &self.optional.table()
    }

    /// Everything in order. `before` gives what stands before a part.
    fn text(&self, head: &str, constants: &str, before: &dyn Fn(&str) -> String) -> String {
        let mut text = format!("{head}\n{FEATURES}\n");
        let mut headers: Vec<&str> = HEADERS.to_vec();
        headers.extend(self.needed.headers());
        headers.sort_unstable();
        headers.dedup();
        for header in headers {
            let _ = writeln!(text, "#include <{header}>");
        }
        let _ = write!(text, "\n{constants}");
        for part in in_order() {
            text.push_str(&before(part.name));
            if self.needed.has(part.name) {
                let _ = write!(text, "\n{}", part.text);
            }
        }
        text
    }

    /// Constants that all programs have.
    fn constants(&self, more: &[(&str, u64)]) -> String {
        let plan = self.plan;
        let longest = plan.contents.iter().map(ContentItem::size);
        let reads =
            plan.actors.iter().flat_map(|actor| &actor.steps).map(|step| match &step.call {
                Call::Read(read) => u64::from(read.len),
                _ => 0,
            });
        let longest = longest.chain(reads).max().unwrap_or_default();
        let mut values = vec![
            ("ACTORS", plan.actors.len() as u64),
            ("PROCESSES", plan.processes.len() as u64),
            ("CLIENTS", plan.clients() as u64),
            ("SHARED", plan.shared.len() as u64),
            ("OPTIONAL", self.optional.count() as u64),
            ("NAMES_ROOM", NAMES_ROOM),
            ("LINK_ROOM", LINK_ROOM),
            ("LONGEST", longest.max(1)),
        ];
        values.extend(more);
        let values: Vec<String> =
            values.iter().map(|(name, value)| format!("    {name} = {value}")).collect();
        let (counted, most) = match plan.mode {
            Mode::Rounds => ("ROUNDS", "rounds"),
            Mode::Free => ("ITERATIONS", "iterations of an actor"),
        };
        format!(
            "#define PROGRAM {}\n#define COUNTED \"{counted}\"\n#define HANG_AFTER {}LL /* ns */\n\nenum \
             {{ ANOMALY = 1, CANNOT_RUN = 3, INCONCLUSIVE = 4 }}; /* exit codes */\nenum {{\n{}\n}};\n\n\
             static long long most; /* {most}; 0: any number */\nstatic double seconds = {};\n{}",
            string(plan.scenario.as_bytes()),
            plan.hang_after.as_nanos(),
            values.join(",\n"),
            DEFAULT_SECONDS,
            if plan.shared.is_empty() && plan.mode == Mode::Rounds {
                ""
            } else {
                "static int opened[SHARED + 1]; /* before the start */\n"
            },
        )
    }

    /// What happens before the processes are started.
    fn prepare(&self, privileged: Option<bool>, rest: &str) -> String {
        let may_run = match privileged {
            None => "    return 1;\n".to_owned(),
            Some(root) => {
                let (wrong, who) =
                    if root { ("!= 0", "root") } else { ("== 0", "any user but root") };
                format!(
                    "    /* Permissions do not bind root, and what may be seen depends on that. */\n    if \
                     (geteuid() {wrong}) {{\n        fprintf(stderr, \"%s: run it as {who}\\n\", \
                     PROGRAM);\n        return 0;\n    }}\n    return 1;\n"
                )
            }
        };
        let ramp = if self.needed.has("ramp") { "    make_ramp();\n" } else { "" };
        format!(
            "\nstatic int may_run(void)\n{{\n{may_run}}}\n\nstatic void prepare(void)\n{{\n    umask(0);\n    \
             parent = getpid();\n    pin(0, 0);\n{ramp}{rest}}}\n"
        )
    }
}

/// How long a program runs unless it is told otherwise.
const DEFAULT_SECONDS: u32 = 10;

const FEATURES: &str = "\
#define _GNU_SOURCE 1      /* Linux: what is not in POSIX */
#define _DARWIN_C_SOURCE 1 /* macOS: the same; FreeBSD shows all of it anyway */
";

const CLIENT_OF: &str = "
static const char *client_of(int actor)
{
    return sandbox[CLIENT];
}
";

fn client_of(plan: &Plan) -> String {
    if plan.clients() > 1 {
        CLIENT_OF.replace("CLIENT]", "client[actor]]")
    } else {
        "\n#define client_of(actor) sandbox[0]\n".to_owned()
    }
}

/// Bytes that a call may return.
fn room_of(step: &StepPlan) -> u64 {
    match &step.call {
        Call::Read(read) => u64::from(read.len),
        Call::Readdir(_) => NAMES_ROOM,
        Call::Readlink(_) => LINK_ROOM,
        _ => 0,
    }
}

fn needs_room(plan: &Plan) -> bool {
    let mut steps = plan.actors.iter().flat_map(|actor| &actor.steps);
    steps.any(|step| room_of(step) > 0 || matches!(step.call, Call::Read(_)))
}

/// A program in rounds mode.
struct Rounds;

impl Rounds {
    fn source(plan: &Plan, finding: Option<&Finding>) -> Result<String, ExportError> {
        let table = Table::new(plan)?;
        let (calls, room) = Self::size(plan)?;
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
            ("LINE", 8192),
            ("NAMES_LEFT", plan.fixture.len() as u64 + calls * plan.actors.len() as u64 + 64),
        ]) + "#define FOREVER LLONG_MAX\n#define START_OF(i) ((i) == 0 ? lead : follow)\n";
        let judged =
            Judged { outcomes: Some(table.len()), orders: table.has_orders(), without_model: None };
        let sockets = if program.needed.has("shared_passed") {
            "    for (i = 0; i < ACTORS; i++)\n        if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets[i]) \
             < 0) {\n            perror(\"socketpair\");\n            exit(CANNOT_RUN);\n        }\n"
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
                format!(
                    "\n/* Files of the start that are never gone. */\n{}",
                    table.known_names(plan)
                )
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
        let text = program.text(&header::text(plan, &judged, finding), &constants, &before);
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
                room += u64::from(step.repeat.max(1)) * room_of(step);
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

const ACTORS_BANNER: &str = "/* ---------- The actors: what is raced ---------- */\n\n";
const JUDGE_BANNER: &str =
    "/* ---------- The judgement: results in words, and what is allowed ---------- */\n";
const ENGINE_BANNER: &str = "/* ---------- The rounds ---------- */\n";

/// A program in free mode.
struct Free;

impl Free {
    fn source(plan: &Plan, finding: Option<&Finding>) -> Result<String, ExportError> {
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
        program
            .write_actors(false, &mut |actor, step, needed| expected.checks(actor, step, needed));
        let fixture = fixture::function(plan, &[], &mut program.needed);
        let steps = plan.actors.iter().map(|actor| actor.steps.len() as u64).max();
        let room = plan.actors.iter().flat_map(|actor| &actor.steps).map(room_of).max();
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
        Ok(program.text(&header::text(plan, &judged, finding), &constants, &before))
    }
}

const PREPARE_FREE: &str = "    if (make_fixture(open(sandbox[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < \
0)\n        shared->stop = 1;\n";
