//! What is to be said of each result of a step in free mode, as lines after its call. The detectors are
//! asked about every result that there can be, so that the program says what they would say.

use std::fmt::Write;

use super::actor::{Names, errno_constant, errno_constants};
use super::literal::string;
use super::parts::Needed;
use super::rounds::{permissions_matter, rules};
use super::words::name_of;
use crate::content::ContentItem;
use crate::detect::{leaves_model, one_result};
use crate::model::free::{Limits, Possible, Reachable};
use crate::ops::call::Call;
use crate::ops::observation::{Observation, flag};
use crate::plan::errnos::environment;
use crate::plan::{Plan, StepPlan};
use crate::report::Class;
use crate::sys::errno;

/// Errnos that are asked about.
const ERRNOS: std::ops::RangeInclusive<u16> = 1..=133;

/// What the steps of a looping plan may show.
#[derive(Debug)]
pub(super) struct Expected {
    /// The plan, with what only the model can tell its steps.
    pub(super) plan: Plan,
    reachable: Option<Reachable>,
    /// Why the model does not know.
    pub(super) without_model: Option<String>,
    /// Whether it holds for root only (true), for others only (false), or for all.
    pub(super) privileged: Option<bool>,
    /// Tables that stand before the actors.
    pub(super) tables: String,
}

/// A verdict: the code, and how bad it is; `None` is nothing to be said.
pub(super) type Said = Option<(&'static str, Class)>;

impl Expected {
    /// Asks the model.
    pub(super) fn new(plan: &Plan) -> Self {
        let privileged = rustix::process::geteuid().is_root();
        let of = |privileged| Reachable::new(plan, rules(plan, privileged), Limits::default());
        let reachable = of(privileged);
        let plan = reachable.as_ref().map_or_else(|_| plan.clone(), |known| known.informed(plan));
        let mut expected = Self {
            plan,
            without_model: reachable.as_ref().err().map(ToString::to_string),
            reachable: reachable.ok(),
            privileged: None,
            tables: String::new(),
        };
        let other = permissions_matter(&expected.plan).then(|| of(!privileged));
        if let (Some(own), Some(Ok(other))) = (&expected.reachable, other) {
            let same = |(actor, step): (usize, usize)| {
                let (own, other) = (own.step(actor, step), other.step(actor, step));
                own.succeeds() == other.succeeds()
                    && ERRNOS.into_iter().all(|errno| own.fails(errno) == other.fails(errno))
            };
            let actors = expected.plan.actors.iter().enumerate();
            let mut steps =
                actors.flat_map(|(actor, one)| (0..one.steps.len()).map(move |step| (actor, step)));
            expected.privileged = (!steps.all(same)).then_some(privileged);
        }
        expected
    }

    pub(super) fn possible(&self, actor: usize, step: usize) -> Option<&Possible> {
        self.reachable.as_ref().map(|reachable| reachable.step(actor, step))
    }

    /// The tables that the checks use, and those that all of them share.
    pub(super) fn tables(&self, needed: &Needed) -> String {
        let mut text = String::new();
        if needed.has("classify") {
            text.push_str(
                "/* Everything that is written: texts, and data that tells its writer. */\n",
            );
            text.push_str("static const struct content {\n    const char *name, *text;\n    long long size;\n    int first, codes;\n} contents[CONTENTS + 1] = {\n");
            for (index, item) in self.plan.contents.iter().enumerate() {
                let name = string(name_of(&self.plan, index as u8).as_bytes());
                let _ = match item {
                    ContentItem::Text(text_of) => {
                        let (literal, len) = (string(text_of.as_bytes()), text_of.len());
                        writeln!(text, "    {{ {name}, {literal}, {len}, 0, 0 }},")
                    }
                    ContentItem::Tagged { size, first, codes } => {
                        writeln!(text, "    {{ {name}, NULL, {size}, {first}, {codes} }},")
                    }
                };
            }
            // An array of C has at least one element.
            text.push_str("    { NULL, NULL, 0, 0, 0 }\n};\n");
            let sizes = self.plan.sizes.iter().map(ToString::to_string);
            let sizes: Vec<String> = sizes.chain(["LLONG_MIN".to_owned()]).collect();
            let _ = writeln!(
                text,
                "static const long long sizes[] = {{ {} }};\nenum {{ OTHER_SIZE = -2 }};",
                sizes.join(", ")
            );
        }
        text
    }

    /// Tables of single steps.
    pub(super) fn step_tables(&self) -> &str {
        &self.tables
    }

    /// The lines after the call of a step.
    pub(super) fn checks(
        &mut self,
        actor: usize,
        index: usize,
        needed: &mut Needed,
    ) -> Vec<String> {
        let step = self.plan.actors[actor].steps[index].clone();
        if step.call.is_pause() {
            return Vec::new();
        }
        let mut lines = vec![self.errnos(actor, index, &step, needed)];
        lines.extend(self.success(actor, index, &step));
        match &step.call {
            Call::Read(_) => lines.extend(self.reads(actor, index, &step, needed)),
            Call::Write(_) => {
                needed.add("expect_write");
                lines.push(format!("expect_whole_write(me, {index}, err);"));
            }
            Call::Stat(_) | Call::Fstat(_) => {
                if let Call::Fstat(slot) = &step.call {
                    needed.add("expect_file");
                    let file = Names::of(&self.plan.actors[actor]).file(*slot).to_owned();
                    lines.push(format!("expect_file(me, {index}, err, &{file});"));
                }
                lines.extend(self.stats(actor, index, &step, needed));
            }
            Call::Readdir(scan) if !scan.stable.is_empty() => {
                needed.add("expect_names");
                let mut names: Vec<&String> = scan.stable.keys().collect();
                names.sort_unstable();
                let names: Vec<String> = names.iter().map(|name| string(name.as_bytes())).collect();
                let _ = writeln!(
                    self.tables,
                    "static const char *const names_{actor}_{index}[] = {{ {}, NULL }};",
                    names.join(", ")
                );
                lines.push(format!("expect_names(me, {index}, err, names_{actor}_{index});"));
            }
            _ => {}
        }
        let sized = !matches!(step.call, Call::Stat(_) | Call::Fstat(_));
        let author = step.expect.as_ref().and_then(|expect| expect.size.as_ref()).filter(|_| sized);
        if let Some(classes) = author {
            needed.add("expect_count");
            let sizes: Vec<String> = classes
                .iter()
                .filter_map(|&class| self.plan.sizes.get(usize::from(class)))
                .map(ToString::to_string)
                .collect();
            lines.push(format!("expect_count(me, {index}, err, LIST({}));", sizes.join(", ")));
        }
        lines
    }

    pub(super) fn says(
        &self,
        actor: usize,
        index: usize,
        step: &StepPlan,
        observation: Observation,
    ) -> Said {
        one_result(&self.plan, step, self.possible(actor, index), observation)
    }

    fn errnos(&self, actor: usize, index: usize, step: &StepPlan, needed: &mut Needed) -> String {
        needed.add("expect");
        let possible = self.possible(actor, index);
        let on = if step.call.uses_descriptor() { flag::ON_DESCRIPTOR } else { 0 };
        let (mut may, mut unsure) = (vec!["0".to_owned()], Vec::new());
        for number in ERRNOS {
            let name = errno_constant(number);
            if environment().contains(i32::from(number)) || errno::number(&name).is_none() {
                continue;
            }
            let failed =
                Observation::failed(rustix::io::Errno::from_raw_os_error(i32::from(number)));
            let silent = self.says(actor, index, step, failed.with(on)).is_none();
            if possible.is_some_and(|possible| leaves_model(step, possible, number)) {
                unsure.extend(errno_constants(number));
            } else if silent {
                may.extend(errno_constants(number));
            }
        }
        let unsure = if unsure.is_empty() { "END".to_owned() } else { unsure.join(", ") };
        format!("expect(me, {index}, err, LIST({}), LIST({unsure}));", may.join(", "))
    }

    /// Where it cannot succeed.
    fn success(&self, actor: usize, index: usize, step: &StepPlan) -> Option<String> {
        // What is asked is only whether it may succeed, so nothing is said of what it returns.
        let mut bare = step.clone();
        if let Some(expect) = &mut bare.expect {
            (expect.content, expect.whole, expect.size) = (None, false, None);
        }
        let (code, class) = self.says(actor, index, &bare, Observation::default())?;
        let class = class.name();
        Some(format!(
            "if (err == 0) anomaly(me, {index}, \"{code}\", \"{class}\", \"it succeeded, and cannot \
             have\");"
        ))
    }
}
