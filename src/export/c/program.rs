//! A program that is put together: generated texts between the parts that every program has.

use std::fmt::Write;

use super::actor::{Checks, Function};
use super::literal::{identifier, string};
use super::optional::Optional;
use super::parts::{Needed, in_order};
use crate::content::ContentItem;
use crate::ops::call::Call;
use crate::plan::{ActorPlan, Plan, StepPlan};
use crate::scenario::Mode;

/// Bytes of a scan's names beside those of the fixture, and of the text of a link.
const NAMES_ROOM: u64 = 65_536;
const LINK_ROOM: u64 = 4096;
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

/// A program that is being put together: generated texts by the part that they stand before.
pub(super) struct Program<'a> {
    plan: &'a Plan,
    /// The parts that are in it.
    pub(super) needed: Needed,
    optional: Optional,
    functions: Vec<String>,
    /// The functions of all actors.
    pub(super) actors: String,
}

impl<'a> Program<'a> {
    /// A program of these parts and those that every one has.
    pub(super) fn new(plan: &'a Plan, parts: &[&'static str]) -> Self {
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
    pub(super) fn write_actors(&mut self, lingers: bool, checks: Checks<'_>) {
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
    pub(super) fn tables(&self) -> String {
        let names = self.plan.actors.iter().map(|actor| string(actor.name.as_bytes()));
        let names = names.collect::<Vec<_>>().join(", ");
        let of = |number: &dyn Fn(&ActorPlan) -> usize| {
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
    pub(super) fn text(
        &self,
        head: &str,
        constants: &str,
        before: &dyn Fn(&str) -> String,
    ) -> String {
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
    pub(super) fn constants(&self, more: &[(&str, u64)]) -> String {
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
            ("NAMES_ROOM", names_room(plan)),
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
    pub(super) fn prepare(&self, privileged: Option<bool>, rest: &str) -> String {
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
#define _FILE_OFFSET_BITS 64
#define _DARWIN_C_SOURCE 1 /* macOS: the same; FreeBSD shows all of it anyway */
";

const CLIENT_OF: &str = "
static const char *client_of(int actor)
{
    return sandbox[CLIENT];
}
";

pub(super) fn client_of(plan: &Plan) -> String {
    if plan.clients() > 1 {
        CLIENT_OF.replace("CLIENT]", "client[actor]]")
    } else {
        "\n#define client_of(actor) sandbox[0]\n".to_owned()
    }
}

/// Bytes of the names of a scan. All that is there at the start may be in one directory, and twice in a
/// scan that doubles names; how many more the actors make, nobody knows.
fn names_room(plan: &Plan) -> u64 {
    let names = plan.fixture.iter().filter_map(|entry| entry.path.rsplit('/').next());
    NAMES_ROOM + 2 * names.map(|name| name.len() as u64 + 1).sum::<u64>()
}

/// Bytes that a call may return.
pub(super) fn room_of(plan: &Plan, step: &StepPlan) -> u64 {
    match &step.call {
        Call::Read(read) => u64::from(read.len),
        Call::Readdir(_) => names_room(plan),
        Call::Readlink(_) => LINK_ROOM,
        _ => 0,
    }
}

pub(super) fn needs_room(plan: &Plan) -> bool {
    let mut steps = plan.actors.iter().flat_map(|actor| &actor.steps);
    steps.any(|step| room_of(plan, step) > 0 || matches!(step.call, Call::Read(_)))
}

/// Stands before the actors.
pub(super) const ACTORS_BANNER: &str = "/* ---------- The actors: what is raced ---------- */\n\n";
