//! The comment at the top of an exported program: what it does, what must not be seen, and how to run it.

use std::fmt::Write;

use super::literal::{comment, wrap};
use crate::content::ContentItem;
use crate::plan::{FixtureKindPlan, Plan};
use crate::scenario::Mode;

/// What was found with the scenario, for the reader of a report.
#[derive(Clone, Debug, Default)]
pub struct Finding {
    /// Code of the detector.
    pub code: String,
    /// `forbidden`, `unspecified`, ...
    pub class: String,
    /// The relaxations that explain it; none if nothing does.
    pub relaxations: Vec<String>,
    /// Who saw what, in one sentence.
    pub seen: String,
    /// How often, where: `216 in 1,016 rounds on bindfs, Linux 6.18`.
    pub rate: String,
}

/// What the judgement of a program says of itself.
pub(super) struct Judged {
    /// How many outcomes are allowed; `None` in free mode.
    pub(super) outcomes: Option<usize>,
    /// Whether the table says in which orders the calls can have run.
    pub(super) orders: bool,
    /// Why the model does not know, in free mode.
    pub(super) without_model: Option<String>,
}

/// Characters of a line.
const WIDTH: usize = 96;

/// The whole comment.
pub(super) fn text(plan: &Plan, judged: &Judged, finding: Option<&Finding>) -> String {
    let mut out = Comment::default();
    out.paragraph(&format!("{}: {}", plan.scenario, plan.about));
    out.gap();
    out.paragraph("Written by `fsrace export` from the scenario of that name.");
    if let Some(finding) = finding {
        out.gap();
        out.paragraph("What was seen");
        out.item(&format!("{} ({}): {}", finding.code, finding.class, finding.seen));
        if !finding.relaxations.is_empty() {
            out.item(&format!("it looks like {}", finding.relaxations.join(" and ")));
        }
        out.item(&finding.rate);
    }
    out.gap();
    out.paragraph(match plan.mode {
        Mode::Rounds => {
            "What it does, many times over, each time in a new directory and with other moments at \
             which the actors begin"
        }
        Mode::Free => "What it does, every actor as fast as it can, again and again",
    });
    program(plan, &mut out);
    out.gap();
    out.paragraph("What must not be seen, and why");
    out.item(&judgement(plan, judged));
    out.gap();
    out.paragraph("How to build and run it");
    let clients: String = (1..plan.clients()).map(|client| format!(" CLIENT_{client}")).collect();
    let counted = if plan.mode == Mode::Free { "ITERATIONS" } else { "ROUNDS" };
    out.item("cc -Wall -Wextra -std=c99 -pedantic FILE.c -o repro -lpthread");
    out.item(&format!("./repro [-n {counted}] [-d SECONDS] [DIR{clients}]"));
    out.item(
        "It works in a directory of its own that it makes in DIR (default: the current directory) and \
         removes at the end. The last lines that it prints are the verdict.",
    );
    if plan.clients() > 1 {
        out.item("DIR and the directories after it are mounts of one storage, by several clients.");
    }
    out.item(
        "Exit codes: 0 nothing seen; 1 anomaly seen; 2 wrong arguments; 3 it cannot run here; 4 \
         inconclusive (nothing ran at the same time, or the machine ran short).",
    );
    out.finish()
}

fn program(plan: &Plan, out: &mut Comment) {
    if !plan.fixture.is_empty() {
        let shown = plan.fixture.iter().take(12).map(|entry| match &entry.kind {
            FixtureKindPlan::Directory => format!("{}/", entry.path),
            FixtureKindPlan::Symlink(to) => format!("{} -> {to}", entry.path),
            FixtureKindPlan::HardLink(to) => format!("{} (a link to {to})", entry.path),
            FixtureKindPlan::File(item) => match &plan.contents[usize::from(*item)] {
                ContentItem::Text(text) => format!("{} = {text:?}", entry.path),
                ContentItem::Tagged { size, .. } => format!("{} ({size} bytes)", entry.path),
            },
        });
        let mut shown: Vec<String> = shown.collect();
        if plan.fixture.len() > shown.len() {
            shown.push(format!("and {} more", plan.fixture.len() - shown.len()));
        }
        out.item(&format!("at the start: {}", shown.join(", ")));
    }
    for shared in &plan.shared {
        out.item(&format!(
            "opened before, and inherited by all: {} ({})",
            shared.name, shared.path
        ));
    }
    for actor in &plan.actors {
        let steps = actor.steps.iter().enumerate().map(|(index, step)| {
            let times =
                if step.repeat > 1 { format!(" ({} times)", step.repeat) } else { String::new() };
            format!("{}. {}{times}", index + 1, step.text)
        });
        let alone = plan.processes[actor.process].len() == 1;
        let who = if alone {
            "a process".to_owned()
        } else {
            format!("a thread of process {}", actor.process + 1)
        };
        let client =
            if actor.client > 0 { format!(", in CLIENT_{}", actor.client) } else { String::new() };
        let steps = steps.collect::<Vec<_>>().join("; ");
        out.item(&format!("{} ({who}{client}): {steps}", actor.name));
    }
    let branches = plan.actors.iter().flat_map(|actor| &actor.steps);
    if branches.into_iter().any(|step| step.on != crate::plan::OnPlan::default()) {
        out.item("Where steps lead elsewhere by their result, the functions below say so.");
    }
}

fn judgement(plan: &Plan, judged: &Judged) -> String {
    let read = plan.actors.iter().flat_map(|actor| &actor.steps);
    let reads = read.into_iter().any(|step| matches!(step.call, crate::ops::call::Call::Read(_)));
    let torn = if reads {
        " Something seen is `unspecified` where POSIX rules it out and Linux has never promised it: a \
         read that mixes what was written at the same time, or fields of a stat that were being \
         changed. Everything else is `forbidden`."
    } else {
        ""
    };
    match judged.outcomes {
        Some(count) => {
            let order = if judged.orders {
                "A call that had returned before another began comes before it."
            } else {
                "When each call ran is not looked at (the orders are too many for a table): that an effect \
                 comes late, or a look is stale, shows only if the results by themselves have no \
                 explanation."
            };
            let count = if count == 1 {
                "Only one outcome is".to_owned()
            } else {
                format!("Only {count} outcomes are")
            };
            format!(
                "POSIX makes each of these calls atomic with respect to the others (XSI 2.9.7), so that \
                 what they return, and what is left, is as if they had run one after the other in some \
                 order. {count} possible then; they are in the table `allowed`, which comes from a model \
                 of POSIX that tries all orders (and lets a path be resolved step by step, and a scan miss \
                 or double names that change meanwhile, as systems do). {order}{torn}"
            )
        }
        None => match &judged.without_model {
            None => format!(
                "A model of POSIX has followed the actors in every order in which they can run, and says \
                 what each call can return in any of them; the lines after each call in the functions \
                 below say so, too. Anything else is an anomaly.{torn}"
            ),
            Some(why) => format!(
                "What can be told without a model of the whole ({why}): errors that POSIX does not have, \
                 names that a scan must report, descriptors that stop working, and what the author of \
                 the scenario expects."
            ),
        },
    }
}

/// A comment that is being written.
#[derive(Default)]
struct Comment(String);

impl Comment {
    fn line(&mut self, line: &str) {
        let line = format!(" * {line}");
        let _ = writeln!(self.0, "{}", line.trim_end());
    }

    fn gap(&mut self) {
        self.line("");
    }

    fn paragraph(&mut self, text: &str) {
        for line in wrap(&comment(text), WIDTH) {
            self.line(&line);
        }
    }

    fn item(&mut self, text: &str) {
        for (index, line) in wrap(&comment(text), WIDTH - 4).iter().enumerate() {
            self.line(&format!("{}{line}", if index == 0 { "  " } else { "    " }));
        }
    }

    fn finish(self) -> String {
        format!("/*\n{} */\n", self.0)
    }
}
