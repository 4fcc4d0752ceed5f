//! The table of what rounds may show.

use std::fmt::Write;

use super::literal::string;
use super::words::{Words, escaped_name};
use crate::content::Runs;
use crate::export::ExportError;
use crate::model::relax::{Execution, Executions, Moment, Relaxation, executions};
use crate::model::{Limits, Platform, Program, Rules, Terms, explore};
use crate::ops::call::Call;
use crate::outcome::Returned;
use crate::plan::{FixtureKindPlan, Plan};
use crate::scenario::AccessMode;

/// Worlds that are looked at for the orders of calls, and for the outcomes without them.
const LIMITS: Limits = Limits { worlds: 100_000, outcomes: 100_000 };
/// Outcomes that a table holds.
const MOST_OUTCOMES: usize = 2000;
/// Orders of calls that all outcomes of a table have together.
const MOST_ORDERS: usize = 6000;
/// Bytes of a file that are looked at; fsrace itself looks at no more.
const LARGEST_FILE: u64 = 16 << 20;
/// Characters of a string that every compiler takes.
const LONGEST: usize = 4000;

/// What rounds may show.
#[derive(Debug)]
pub(super) struct Table {
    outcomes: Executions,
    /// Entries of the fixture that inode numbers tell apart from all others.
    pub(super) known: Vec<usize>,
    /// Whether it holds for root only (true), for others only (false), or for all.
    pub(super) privileged: Option<bool>,
}

impl Table {
    /// Asks the model.
    pub(super) fn new(plan: &Plan, relaxed: &[&'static Relaxation]) -> Result<Self, ExportError> {
        let privileged = rustix::process::geteuid().is_root();
        let mut own = Self::under(plan, relaxed, privileged)?;
        if permissions_matter(plan) {
            let other = Self::under(plan, relaxed, !privileged);
            let same = other.is_ok_and(|other| other.outcomes == own.outcomes);
            own.privileged = (!same).then_some(privileged);
        }
        Ok(own)
    }

    fn under(
        plan: &Plan,
        relaxed: &[&'static Relaxation],
        privileged: bool,
    ) -> Result<Self, ExportError> {
        let program = Program::new(plan, rules(plan, privileged))?;
        let explored = explore(&program, Limits::default());
        let terms = explored.map_or_else(|_| Terms::bound(&program), |explored| explored.terms);
        let outcomes = executions(&program, &terms, relaxed, LIMITS, MOST_ORDERS)?;
        if outcomes.len() > MOST_OUTCOMES {
            let count = outcomes.len();
            return Err(ExportError::ManyOutcomes { count, most: MOST_OUTCOMES });
        }
        let left = outcomes.iter().flat_map(|(outcome, _)| &outcome.left);
        let sizes = left.filter_map(|one| one.content.as_ref()).map(Runs::len);
        if let Some(size) = sizes.max().filter(|&size| size > LARGEST_FILE) {
            return Err(ExportError::LargeFile { size, most: LARGEST_FILE });
        }
        for (actor, histories) in outcomes.iter().flat_map(|(one, _)| one.actors.iter().enumerate())
        {
            if let Some(done) = histories.iter().find(|done| done.returned == Returned::TooMuch) {
                let who = &plan.actors[actor];
                let step = who.steps[usize::from(done.step)].text.clone();
                return Err(ExportError::Unknown { actor: who.name.clone(), step });
            }
        }
        let is_file = |entry: &usize| {
            !matches!(plan.fixture[*entry].kind, FixtureKindPlan::HardLink(_))
                && terms.is_stable(*entry as u16)
        };
        let known = (0..plan.fixture.len()).filter(is_file).collect();
        Ok(Self { outcomes, known, privileged: None })
    }

    /// Whether it says in which orders the calls can have run.
    pub(super) fn has_orders(&self) -> bool {
        self.outcomes.iter().all(|(_, executions)| !executions.is_empty())
    }

    /// How many outcomes it has.
    pub(super) fn len(&self) -> usize {
        self.outcomes.len()
    }

    /// The names of the files that are known by their numbers.
    pub(super) fn known_names(&self, plan: &Plan) -> String {
        let names = self.known.iter().map(|&entry| string(plan.fixture[entry].path.as_bytes()));
        let names: Vec<String> = names.collect();
        format!("static const char *const known[] = {{ {} }};\n", names.join(", "))
    }

    /// Its text.
    pub(super) fn text(&self, plan: &Plan) -> Result<String, ExportError> {
        let words = Words::new(plan);
        let mut text = String::from(HEAD);
        for (outcome, executions) in &self.outcomes {
            let lines = words.lines(outcome);
            if let Some(long) = lines.iter().position(|line| line.len() > LONGEST) {
                let actor = plan.actors.get(long);
                let actor = actor.map_or_else(|| "the end".to_owned(), |actor| actor.name.clone());
                return Err(ExportError::LongOutcome { actor });
            }
            let lines = lines.iter().map(|line| string(line.as_bytes())).collect::<Vec<_>>();
            let _ = write!(text, "    {{ {{ {} }},\n      ", lines.join(",\n        "));
            text.push_str(&orders(executions));
            text.push_str(" },\n");
        }
        text.push_str("};\n");
        Ok(text)
    }

    /// What the letters of the orders stand for.
    pub(super) fn letters(plan: &Plan) -> Vec<String> {
        let letter =
            |(index, name): (usize, String)| format!("{} {name}", char::from(b'A' + index as u8));
        let names = plan.actors.iter().map(|actor| escaped_name(&actor.name));
        names.enumerate().map(letter).collect()
    }
}

const HEAD: &str = "\
/* Everything that the calls of one round may show: a line for what each actor's calls return, one for
 * the tree that is left, and every order of the calls that leads to it. This is what a model of POSIX
 * allows; what is not in the table, no order explains. */
static const struct outcome {
    const char *lines[ACTORS + 1];
    const char *const *orders;
} allowed[ALLOWED] = {
";

fn orders(executions: &[Execution]) -> String {
    if executions.is_empty() {
        return "NULL".to_owned();
    }
    let mut text = String::from("(const char *const[]){");
    let mut width = 30;
    for execution in executions {
        let order: String = execution
            .iter()
            .map(|&(actor, moment)| {
                let first = if moment == Moment::Begins { b'a' } else { b'A' };
                char::from(first + actor as u8)
            })
            .collect();
        width += order.len() + 4;
        if width > 96 {
            text.push_str("\n       ");
            width = order.len() + 12;
        }
        let _ = write!(text, " \"{order}\",");
    }
    text + " NULL }"
}

/// The rules by which an exported program judges: it does not know on which filesystem it will run.
pub(super) fn rules(plan: &Plan, privileged: bool) -> Rules {
    Rules {
        platform: Platform::here(),
        privileged,
        directory_links: crate::model::DirectoryLinks::Unknown,
        identities: !plan.races_clients(),
    }
}

/// Whether something is forbidden to its owner but not to root: files and directories are otherwise made
/// with all rights that anybody asks for.
pub(super) fn permissions_matter(plan: &Plan) -> bool {
    let mut steps = plan.actors.iter().flat_map(|actor| &actor.steps);
    steps.any(|step| match &step.call {
        Call::Chmod(_) | Call::Fchmod(_) => true,
        Call::Access(call) => call.access == AccessMode::Execute,
        Call::Open(call) => call.mode & 0o600 != 0o600,
        Call::Mkdir(call) => call.mode & 0o700 != 0o700,
        _ => false,
    })
}
