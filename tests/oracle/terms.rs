//! What is not compared, because neither POSIX nor a round can tell; and what ends a search.

use fsrace::model::{
    Checked, DirectoryLinks, Judge, Limits, Moves, Program, Rules, Stuck, Terms, TooLarge, Verdict,
    check,
};
use fsrace::outcome::{Identity, Outcome, Returned};

use super::{explored, planned, program, rules};

const REMADE: &str = r#"
name = "remade"
[fixture]
"kept" = { content = "K" }
"gone" = { content = "G" }
[[actor]]
name = "maker"
steps = [
  { op = "unlink", path = "gone" },
  { op = "creat", path = "gone", fd = "f" },
  { op = "stat", path = "kept" },
]
[[actor]]
name = "looker"
steps = [{ op = "stat", path = "gone" }]
"#;

/// Every outcome of a program.
fn outcomes(program: &Program) -> Vec<Outcome> {
    let explored = explored(program);
    explored.outcomes().filter_map(|(key, _)| explored.witness(program, key)).collect()
}

#[test]
fn a_number_that_can_be_given_away_proves_nothing() {
    let mut judge = Judge::new(program(REMADE), Limits::default());
    // The fixture is sorted: `gone`, `kept`.
    assert!(judge.terms().is_stable(1) && !judge.terms().is_stable(0));
    for outcome in outcomes(&program(REMADE)) {
        assert_eq!(judge.verdict(&outcome), Verdict::Allowed);
        // The new file may have the number of the old one.
        let mut reused = outcome.clone();
        for done in reused.actors.iter_mut().flatten() {
            if let Returned::Stat(stat) = &mut done.returned {
                if stat.identity == Identity::Other {
                    stat.identity = Identity::Fixture(0);
                }
            }
        }
        assert_eq!(judge.verdict(&reused), Verdict::Allowed);
        // A file that is always there cannot be another one.
        let mut changed = outcome.clone();
        let Returned::Stat(stat) = &mut changed.actors[0][2].returned else { panic!("no stat") };
        assert_eq!(stat.identity, Identity::Fixture(1));
        stat.identity = Identity::Other;
        assert!(matches!(judge.verdict(&changed), Verdict::Forbidden(_)));
    }
}

#[test]
fn a_number_that_only_a_descriptor_keeps_is_free_when_its_actor_is_done() {
    let with = |last: &str| {
        program(&format!(
            "name = \"held\"\n[fixture]\n\"f\" = {{ content = \"F\" }}\n[[actor]]\nname = \"holder\"\n\
             steps = [{{ op = \"open\", path = \"f\", fd = \"f\" }},\
             {{ op = \"unlink\", path = \"f\" }}, {{ op = \"fstat\", fd = \"f\" }}]\n{last}"
        ))
    };
    // It closes its descriptors when it is done, which is not yet the end of the round.
    let maker =
        "[[actor]]\nname = \"maker\"\nsteps = [{ op = \"creat\", path = \"n\", fd = \"n\" }]\n";
    assert!(!explored(&with(maker)).terms.is_stable(0));
    assert!(explored(&with("")).terms.is_stable(0));
}

#[test]
fn link_counts_of_directories_are_compared_only_where_they_are_known() {
    let toml = "name = \"links\"\n[[actor]]\nname = \"a\"\n\
                steps = [{ op = \"mkdir\", path = \"d\" }, { op = \"stat\", path = \"d\" }]\n";
    for (directory_links, allowed) in
        [(DirectoryLinks::Unknown, true), (DirectoryLinks::Counted, false)]
    {
        let rules = Rules { directory_links, ..rules() };
        let program = || Program::new(&planned(toml), rules).expect("modelled");
        let mut outcome = outcomes(&program()).remove(0);
        let Returned::Stat(stat) = &mut outcome.actors[0][1].returned else { panic!("no stat") };
        stat.nlink = 7;
        outcome.left[0].stat.nlink = 9;
        let verdict = Judge::new(program(), Limits::default()).verdict(&outcome);
        assert_eq!(verdict == Verdict::Allowed, allowed, "{directory_links:?}");
    }
}

#[test]
fn a_file_counts_as_removable_under_every_name_that_it_can_have() {
    let toml = r#"
name = "moved"
[fixture]
"a" = { content = "A" }
"b" = { content = "B" }
"c" = { content = "C" }
"d/a" = { content = "D" }
[[actor]]
name = "mover"
steps = [
  { op = "rename", path = "a", to = "x", flag = "noreplace" },
  { op = "rename", path = "x", to = "b", flag = "exchange" },
  { op = "unlink", path = "b" },
]
"#;
    let bound = Terms::bound(&program(toml));
    let stable: Vec<u16> = (0..5).filter(|entry| bound.is_stable(*entry)).collect();
    let fixture = planned(toml).fixture;
    let stable: Vec<&str> =
        stable.iter().map(|entry| fixture[usize::from(*entry)].path.as_str()).collect();
    // Of `d/a` only the last component is looked at.
    assert_eq!(stable, ["d", "c"]);
}

#[test]
fn what_takes_too_long_is_given_up_honestly() {
    let toml = "name = \"large\"\n[[actor]]\nname = \"a\"\ncount = 6\n\
                steps = [{ op = \"mkdir\", path = \"{actor}\" }]\n";
    let limits = Limits { worlds: 20, outcomes: 1000 };
    let judge = Judge::new(program(toml), limits);
    assert_eq!(judge.explored().err(), Some(TooLarge::Worlds(20)));
    let outcome = outcomes(&program(toml)).remove(0);
    let (program, terms) = (program(toml), Terms::bound(&program(toml)));
    let mut moves = Moves::new(&program);
    let mut checked = |limit| check(&program, &mut moves, &terms, &outcome, None, limit);
    assert_eq!(checked(3), Checked::GaveUp);
    assert!(matches!(checked(7), Checked::Allowed(order) if order.len() == 6));
}

#[test]
fn a_refusal_says_how_far_it_came() {
    let mut judge = Judge::new(program(REMADE), Limits::default());
    let mut outcome = outcomes(&program(REMADE)).remove(0);
    outcome.actors[0][1].returned = Returned::Failed(libc::EEXIST as u16);
    let Verdict::Forbidden(Stuck { explained, unexplained }) = judge.verdict(&outcome) else {
        panic!("allowed");
    };
    assert!(explained.contains(&(0, 0)) && !explained.contains(&(0, 1)));
    assert_eq!(unexplained.last(), Some(&(0, 1)));

    let mut outcome = outcomes(&program(REMADE)).remove(0);
    outcome.left.pop();
    let Verdict::Forbidden(stuck) = judge.verdict(&outcome) else { panic!("allowed") };
    assert_eq!((stuck.explained.len(), stuck.unexplained), (4, Vec::new()));
}
