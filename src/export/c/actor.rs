//! One actor as a function of C: a line for each step, in the order in which they stand.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::call;
use super::literal::{identifier, string};
use super::optional::Optional;
use super::parts::Needed;
use crate::ops::call::{Call, NameId, SlotId};
use crate::plan::{AGAIN, ActorPlan, NamePiece, Plan, StepId, StepPlan};
use crate::scenario::Mode;
use crate::sys::errno;

/// What the descriptors and paths of an actor are called in C.
#[derive(Debug)]
pub(super) struct Names {
    files: Vec<String>,
    /// A literal, or the name of an array that each iteration fills.
    paths: Vec<String>,
}

impl Names {
    pub(super) fn of(actor: &ActorPlan) -> Self {
        let mut taken = Vec::new();
        let files = actor.slots.iter().map(|slot| identifier("fd_", slot, &mut taken)).collect();
        let path = |(index, pieces): (usize, &Vec<NamePiece>)| match pieces.as_slice() {
            [] => string(b""),
            [NamePiece::Text(text)] => string(text.as_bytes()),
            _ => format!("name_{index}"),
        };
        Self { files, paths: actor.names.iter().enumerate().map(path).collect() }
    }

    /// The variable of a descriptor.
    pub(super) fn file(&self, slot: SlotId) -> &str {
        &self.files[usize::from(slot.0)]
    }

    /// The expression of a path.
    pub(super) fn path(&self, name: NameId) -> String {
        self.paths[usize::from(name.0)].clone()
    }
}

/// Adds what is to be said of a result: the lines after a call, each with its semicolon.
pub(super) type Checks<'a> = &'a mut dyn FnMut(usize, usize, &mut Needed) -> Vec<String>;

/// The function of an actor.
pub(super) struct Function<'a> {
    pub(super) plan: &'a Plan,
    pub(super) actor: usize,
    /// Its name.
    pub(super) name: &'a str,
    /// Whether locks are about.
    pub(super) lingers: bool,
}

impl Function<'_> {
    /// Its text.
    pub(super) fn text(
        &self,
        needed: &mut Needed,
        optional: &mut Optional,
        checks: Checks<'_>,
    ) -> String {
        let actor = &self.plan.actors[self.actor];
        let names = Names::of(actor);
        let mut body = String::new();
        let mut uses = Uses::default();
        let targets = targets(actor);
        for (index, step) in actor.steps.iter().enumerate() {
            if targets.contains(&(index as StepId)) {
                let _ = writeln!(body, "step_{}:", index + 1);
            }
            let after = checks(self.actor, index, needed);
            let after = after.into_iter().chain(optional.line(step, needed));
            self.step(step, &names, after.collect(), needed, &mut uses, &mut body);
            if step.next != index as StepId + 1 && index + 1 < actor.steps.len() {
                uses.done = true;
                let _ = writeln!(body, "    {}", go_to(step.next));
            }
        }
        let mut text = format!("static void {}(struct actor *me)\n{{\n", self.name);
        self.declarations(&mut text, &names, &uses, &body, needed);
        text.push_str(&body);
        if uses.done {
            text.push_str("done:\n");
        }
        if self.lingers {
            needed.add("linger");
            text.push_str("    linger(me); /* locks end with their descriptors */\n");
        }
        let shared = if self.plan.mode == Mode::Free { self.plan.shared.len() } else { 0 };
        for file in names.files.iter().skip(shared) {
            needed.add("leave");
            let _ = writeln!(text, "    leave(me, &{file});");
        }
        if uses.done && text.ends_with("done:\n") {
            text.push_str("    ;\n");
        }
        if !text.contains("me->") && !text.contains("(me") {
            text.push_str("    (void)me;\n");
        }
        text + "}\n"
    }

    fn declarations(
        &self,
        text: &mut String,
        names: &Names,
        uses: &Uses,
        body: &str,
        needed: &mut Needed,
    ) {
        let actor = &self.plan.actors[self.actor];
        let before = text.len();
        // In free mode nobody closes a shared descriptor, so that an actor may have no use for it.
        let idle = |index: usize, file: &String| {
            let used = ["{}.", "&{},", "&{})"].map(|use_of| use_of.replace("{}", file));
            let shared = index < self.plan.shared.len() && self.plan.mode == Mode::Free;
            shared && !used.iter().any(|use_of| body.contains(use_of))
        };
        for (index, file) in names.files.iter().enumerate().filter(|(at, file)| !idle(*at, file)) {
            let start = if index < self.plan.shared.len() {
                format!("{{ .fd = me->inherited[{index}], .at = -1 }}")
            } else {
                "CLOSED".to_owned()
            };
            let _ = writeln!(text, "    struct file {file} = {start};");
        }
        let holes = |index: &usize| names.paths[*index] == format!("name_{index}");
        let filled: Vec<usize> = (0..names.paths.len()).filter(holes).collect();
        for (index, below) in actor.randoms.iter().enumerate() {
            needed.add("draw");
            let _ = writeln!(text, "    long long random_{index} = draw(me, {below});");
        }
        for index in &filled {
            let _ = writeln!(text, "    char name_{index}[1024];");
        }
        if uses.err {
            text.push_str("    int err;\n");
        }
        if uses.again {
            text.push_str("    int again;\n");
        }
        if text.len() > before {
            text.push('\n');
        }
        for index in filled {
            let _ = writeln!(text, "    {}", fill(index, &actor.names[index]));
        }
    }

    fn step(
        &self,
        step: &StepPlan,
        names: &Names,
        after: Vec<String>,
        needed: &mut Needed,
        uses: &mut Uses,
        body: &mut String,
    ) {
        let call = call::expression(self.plan, names, step, needed);
        let (repeats, is_pause) = (step.repeat > 1, step.call.is_pause());
        let mut lines = after;
        if !is_pause {
            lines.extend(jumps(step, uses));
        }
        let asked = !lines.is_empty() || (repeats && !is_pause);
        let indent = if repeats { "        " } else { "    " };
        if repeats {
            uses.again = true;
            let _ = writeln!(body, "    for (again = 0; again < {}; again++) {{", step.repeat);
        }
        if asked {
            uses.err = true;
            let _ = writeln!(body, "{indent}err = {call};");
        } else {
            let _ = writeln!(body, "{indent}{call};");
        }
        for line in lines {
            let _ = writeln!(body, "{indent}{line}");
        }
        if repeats {
            if !is_pause {
                body.push_str("        if (err == NOT_CALLED)\n            break;\n");
            }
            body.push_str("    }\n");
        }
    }
}

/// Which variables and labels a function uses.
#[derive(Debug, Default)]
struct Uses {
    err: bool,
    again: bool,
    done: bool,
}

fn go_to(step: StepId) -> String {
    if step == AGAIN { "goto done;".to_owned() } else { format!("goto step_{};", step + 1) }
}

/// Where a step leads by its result.
fn jumps(step: &StepPlan, uses: &mut Uses) -> Vec<String> {
    let mut lines = Vec::new();
    let mut jump = |condition: String, to: StepId| {
        uses.done |= to == AGAIN;
        lines.push(format!("if ({condition}) {}", go_to(to)));
    };
    if let Some(to) = step.on.ok {
        jump("err == 0".to_owned(), to);
    }
    for &(errno, to) in &step.on.errno {
        let equals = |name: String| format!("err == {name}");
        jump(errno_constants(errno).map(equals).collect::<Vec<_>>().join(" || "), to);
    }
    if let Some(to) = step.on.error {
        jump("err > 0".to_owned(), to);
    }
    lines
}

/// An errno by its name, or by its number if it has none.
pub(super) fn errno_constant(number: u16) -> String {
    let name = errno::name(i32::from(number));
    if name.contains(' ') { number.to_string() } else { name }
}

/// All names of an errno: these two are one on Linux, and two on macOS.
pub(super) fn errno_constants(number: u16) -> impl Iterator<Item = String> {
    const UNSUPPORTED: [&str; 2] = ["EOPNOTSUPP", "ENOTSUP"];
    let name = errno_constant(number);
    let other = UNSUPPORTED.iter().position(|one| *one == name).map(|at| UNSUPPORTED[1 - at]);
    [name].into_iter().chain(other.map(str::to_owned))
}

/// The steps that others lead to, but for the one after them.
fn targets(actor: &ActorPlan) -> BTreeSet<StepId> {
    let mut targets = BTreeSet::new();
    for (index, step) in actor.steps.iter().enumerate() {
        if !step.call.is_pause() {
            let on = &step.on;
            let jumps = on.errno.iter().map(|&(_, to)| to).chain(on.ok).chain(on.error);
            targets.extend(jumps.filter(|to| *to != AGAIN));
        }
        if step.next != index as StepId + 1 && step.next != AGAIN {
            targets.insert(step.next);
        }
    }
    targets
}

/// The statement that fills in a name with holes.
fn fill(index: usize, pieces: &[NamePiece]) -> String {
    let (mut format, mut arguments) = (String::new(), String::new());
    for piece in pieces {
        match piece {
            NamePiece::Text(text) => {
                format.push_str("%s");
                let _ = write!(arguments, ", {}", string(text.as_bytes()));
            }
            NamePiece::Iteration => {
                format.push_str("%lld");
                arguments.push_str(", me->iteration");
            }
            NamePiece::Random(random) => {
                format.push_str("%lld");
                let _ = write!(arguments, ", random_{random}");
            }
        }
    }
    format!("snprintf(name_{index}, sizeof name_{index}, \"{format}\"{arguments});")
}

/// Whether locks are about, which end with the descriptors that they are taken through.
pub(super) fn locks(plan: &Plan) -> bool {
    let mut steps = plan.actors.iter().flat_map(|actor| &actor.steps);
    steps.any(|step| matches!(step.call, Call::Flock(_) | Call::Lock(_)))
}
