//! What a scenario asks of the system that not every system has: there it is valid all the same, and
//! skipped.

use crate::ops::OpKind;
use crate::scenario::{OpenFlag, Scenario, Step};

/// Why it cannot be run here, if it cannot.
pub(super) fn lacks(scenario: &Scenario) -> Option<String> {
    if cfg!(target_os = "linux") { None } else { only_on_linux(scenario) }
}

fn only_on_linux(scenario: &Scenario) -> Option<String> {
    let nameless = |flags: &[OpenFlag]| flags.contains(&OpenFlag::Tmpfile);
    let in_parts = |step: &Step| step.op == OpKind::Readdir && (step.len.is_some() || step.seek);
    let lists = scenario.actors.iter().flat_map(|actor| {
        std::iter::once(&actor.steps).chain(actor.branches.iter().map(|branch| &branch.steps))
    });
    let mut steps = lists.flatten();
    let what = if scenario.shared.iter().any(|shared| nameless(&shared.flags))
        || steps.clone().any(|step| nameless(&step.flags))
    {
        "opens a file without a name (`tmpfile`)"
    } else if steps.any(in_parts) {
        "says in which parts a directory is scanned (`len`, `seek` of `readdir`)"
    } else {
        return None;
    };
    Some(format!("it {what}, which fsrace does only on Linux"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parse;

    fn reason(shared: &str, step: &str) -> Option<String> {
        let text = format!(
            "name = \"x\"\n[fixture]\nd = {{ dir = true }}\n{shared}\n[[actor]]\nname = \"a\"\n\
             steps = [{{ op = \"yield\" }}]\n[[actor]]\nname = \"b\"\n\
             steps = [{{ op = \"mkdir\", path = \"e\", on = {{ error = \"other\" }} }}]\n\
             [actor.branch]\nother = [{{ {step} }}]\n"
        );
        only_on_linux(&parse(&text, "x").unwrap_or_else(|mistakes| panic!("{mistakes}")))
    }

    #[test]
    fn what_only_linux_has_is_found_wherever_it_is_asked_for() {
        let nameless = "[shared.s]\npath = \"d\"\nflags = [\"tmpfile\", \"rdwr\"]";
        let scan = "op = \"readdir\", path = \"d\"";
        for (shared, step, word) in [
            (nameless, scan, "tmpfile"),
            (
                "",
                "op = \"open\", path = \"d\", flags = [\"tmpfile\", \"rdwr\"], fd = \"f\"",
                "tmpfile",
            ),
            ("", "op = \"readdir\", path = \"d\", len = 24", "len"),
            ("", "op = \"readdir\", path = \"d\", seek = true", "seek"),
        ] {
            let why = reason(shared, step).unwrap_or_else(|| panic!("{shared} {step}"));
            assert!(why.contains(word) && why.contains("Linux"), "{why}");
        }
        assert_eq!(reason("", scan), None);
    }
}
