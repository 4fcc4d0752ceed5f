//! The programs that `fsrace fuzz` makes up: ordinary scenarios, of which none comes twice.

use std::sync::Arc;

use fsrace::fuzz::Draw;
use fsrace::fuzz::canonical::canonical;
use fsrace::fuzz::generate::{MOST_ACTORS, MOST_STEPS, fill, fresh};
use fsrace::fuzz::mutate::mutate;
use fsrace::fuzz::shard::Shard;
use fsrace::fuzz::sieve::{Rejected, sift};
use fsrace::fuzz::skeletons::SKELETONS;
use fsrace::fuzz::supply::{Maker, Order, Terms};
use fsrace::model::{DirectoryLinks, Platform, Rules};
use fsrace::plan::Settings;
use fsrace::scenario::{Scenario, digest, parse, to_toml};

const RULES: Rules = Rules {
    platform: Platform::Linux,
    privileged: true,
    directory_links: DirectoryLinks::Counted,
    identities: true,
};

/// Fresh programs of every skeleton, and children of them.
fn programs(count: u64) -> Vec<Scenario> {
    let mut all: Vec<Scenario> = Vec::new();
    for number in 0..count {
        let mut draw = Draw::new(7, number);
        let made = match number % 3 {
            0 => fill(&mut draw, SKELETONS[number as usize / 3 % SKELETONS.len()], 4),
            1 => fresh(&mut draw, 4),
            _ => mutate(&mut draw, &all[all.len() - 1], Some(&all[all.len() / 2])),
        };
        all.push(canonical(&made));
    }
    all
}

#[test]
fn every_program_is_a_scenario_that_reads_back_as_itself() {
    for scenario in programs(3000) {
        let text = to_toml(&scenario);
        let read = parse(&text, "fuzz").unwrap_or_else(|mistakes| panic!("{mistakes}\n{text}"));
        assert!(read == scenario, "{text}\n{read:?}\n{scenario:?}");
        assert_eq!(digest(&read), scenario.digest);
        assert!(read.actors.len() <= MOST_ACTORS && !read.actors.is_empty());
        assert!(read.actors.iter().all(|actor| actor.steps.len() <= MOST_STEPS), "{text}");
    }
}

#[test]
fn the_one_form_of_a_program_depends_on_neither_names_nor_order() {
    for scenario in programs(600) {
        assert_eq!(canonical(&scenario), scenario);
        let mut other = scenario.clone();
        other.actors.reverse();
        for (index, actor) in other.actors.iter_mut().enumerate() {
            actor.name = format!("someone{index}");
            for step in &mut actor.steps {
                for fd in [&mut step.fd, &mut step.new].into_iter().flatten() {
                    if fd != "s" {
                        *fd = format!("z{fd}");
                    }
                }
            }
        }
        let other = canonical(&other);
        assert_eq!(other.digest, scenario.digest, "{}\n{}", to_toml(&other), to_toml(&scenario));
    }
}

/// What is ordered of a parent, until something is made of it: its children, if it can have any.
fn children(parent: &str) -> Vec<Scenario> {
    let settings = Settings { rounds: Some(100), ..Settings::default() };
    let terms = Terms { seed: 5, shard: Shard::default(), rules: RULES, settings, actors: 2 };
    let mut maker = Maker::new(terms);
    let parent: Arc<str> = parent.into();
    let made = (0..60).filter_map(|_| maker.make(&Order::Child(parent.clone(), None)).prepared);
    made.map(|prepared| prepared.scenario).filter(|one| one.about == "By hand.").collect()
}

#[test]
fn what_somebody_has_written_has_children_if_they_can_be_what_it_is() {
    let head = "name = \"by-hand\"\nabout = \"By hand.\"\n[fixture]\nfile = { size = 10 }\n\
                [run]\nmode = \"rounds\"\n";
    let actors = "[[actor]]\nname = \"a\"\nsteps = [{ op = \"read\", fd = \"f\", len = 3 }]\n\
                  [[actor]]\nname = \"b\"\nsteps = [{ op = \"read\", fd = \"f\", len = 5 }]\n";
    // A shared descriptor that is called as those that actors open are here.
    let shared = format!("{head}[shared]\nf = {{ path = \"file\" }}\n{actors}");
    assert!(children(&shared).len() > 20);
    let steps = "[[actor]]\nname = \"a\"\nCOUNT\nsteps = [{ op = \"unlink\", path = \"NAME\" }]\n\
                 [[actor]]\nname = \"b\"\nsteps = [{ op = \"stat\", path = \"file\" }]\n";
    let with = |count: &str, name: &str| {
        format!("{head}{}", steps.replace("COUNT", count).replace("NAME", name))
    };
    assert!(children(&with("", "file")).len() > 20);
    for (count, name) in [("count = 2", "file"), ("", "fil{random:2}")] {
        let text = with(count, name);
        assert!(parse(&text, "by-hand").is_ok(), "{text}");
        assert_eq!(children(&text), [], "{count} {name}");
    }
}

#[test]
fn names_that_somebody_has_written_stay_together() {
    let text = r#"
name = "by-hand"
about = "A scan against a removal."
[fixture]
"directory/some-file" = { size = 1 }
"l" = { symlink = "nowhere-at-all" }
[run]
mode = "rounds"
[[actor]]
name = "a"
steps = [{ op = "readdir", path = "directory" }, { op = "readlink", path = "l" }]
[[actor]]
name = "b"
steps = [{ op = "unlink", path = "directory/some-file" }]
"#;
    let one = to_toml(&canonical(&parse(text, "by-hand").unwrap()));
    let read = parse(&one, "canonical").unwrap();
    let path = |actor: usize| read.actors[actor].steps[0].path.as_ref().unwrap().to_string();
    let mut paths = [path(0), path(1)];
    paths.sort();
    assert!(paths[0] == "d" && paths[1].starts_with("d/"), "{one}");
    assert!(one.contains("nowhere-at-all"), "the length of a text counts: {one}");
}

#[test]
fn children_of_long_programs_are_shorter_and_those_of_short_ones_longer() {
    let steps = |scenario: &Scenario| -> usize {
        scenario.actors.iter().map(|actor| actor.steps.len()).sum()
    };
    let (mut of_long, mut of_short) = (Vec::new(), Vec::new());
    for (number, parent) in programs(3000).iter().enumerate() {
        let mut draw = Draw::new(8, number as u64);
        let child = mutate(&mut draw, parent, None);
        let grown = steps(&child) as f64 - steps(parent) as f64;
        match steps(parent) / parent.actors.len() {
            4.. => of_long.push(grown),
            0..=1 => of_short.push(grown),
            _ => {}
        }
    }
    let mean = |grown: &[f64]| grown.iter().sum::<f64>() / grown.len() as f64;
    assert!(of_long.len() > 100 && mean(&of_long) < -0.5, "{} {}", of_long.len(), mean(&of_long));
    assert!(
        of_short.len() > 100 && mean(&of_short) > 0.1,
        "{} {}",
        of_short.len(),
        mean(&of_short)
    );
}

#[test]
fn the_same_seed_makes_the_same_programs() {
    assert_eq!(programs(200), programs(200));
}

#[test]
fn every_skeleton_makes_programs_that_are_worth_a_race() {
    for skeleton in SKELETONS {
        let mut worth = 0;
        let mut reasons = std::collections::BTreeMap::new();
        for number in 0..200 {
            let made = canonical(&fill(&mut Draw::new(number, 1), skeleton, 3));
            match sift(&made, RULES, &Settings::default()) {
                Ok(prepared) => {
                    assert!(prepared.allowed >= 3);
                    worth += 1;
                }
                Err(Rejected::Invalid(why)) => panic!("{}: {why}", skeleton.name),
                Err(why) => *reasons.entry(why.to_string()).or_insert(0) += 1,
            }
        }
        assert!(worth > 40, "{}: {worth} of 200, {reasons:?}", skeleton.name);
    }
}
