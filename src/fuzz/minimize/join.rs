//! One actor that does what two did, one after the other.

use std::collections::BTreeSet;

use super::edit::Edit;
use crate::scenario::{Actor, LockMode, Scenario, Step};

/// For every two actors that can be joined, either order.
pub(super) fn pairs(scenario: &Scenario) -> Vec<Edit> {
    let actors = scenario.actors.len();
    let all = (0..actors).flat_map(|actor| (0..actors).map(move |into| (actor, into)));
    let can = |&(actor, into): &(usize, usize)| can_join(scenario, actor, into);
    all.filter(can).map(|(actor, into)| Edit::Join { actor, into }).collect()
}

/// Whether both do their steps from the first to the last, with another instance to race them. An actor
/// that has a lock and waits for another may wait for itself.
fn can_join(scenario: &Scenario, actor: usize, into: usize) -> bool {
    let both = [actor, into].map(|it| scenario.actors.get(it));
    let [Some(one), Some(other)] = both else { return false };
    let plain = |actor: &Actor| actor.branches.is_empty();
    let instances: u32 = scenario.actors.iter().map(|actor| actor.count).sum();
    let blocks = |one: &Actor, other: &Actor| waits(one) && takes(other).next().is_some();
    let blocked = blocks(one, other) || blocks(other, one);
    instances > 2 && actor != into && plain(one) && plain(other) && !blocked
}

/// The steps of an actor that take a lock.
fn takes(actor: &Actor) -> impl Iterator<Item = &Step> {
    actor.steps.iter().filter(|step| step.lock.is_some_and(|it| it != LockMode::Unlock))
}

/// Whether an actor waits for a lock.
fn waits(actor: &Actor) -> bool {
    takes(actor).any(|step| step.wait)
}

/// Has an actor do the steps of another behind its own: one instance of each, where there are several. Where
/// both have descriptors of one name, the other's get new ones. What cannot be joined any more after other
/// joins stays as it is.
pub(super) fn join(scenario: &mut Scenario, actor: usize, into: usize) {
    if !can_join(scenario, actor, into) {
        return;
    }
    let mut steps = scenario.actors[actor].steps.clone();
    let shared = scenario.shared.iter().map(|one| one.name.clone());
    let kept: BTreeSet<String> = shared.collect();
    let taken = names(&scenario.actors[into].steps);
    let mut used: BTreeSet<String> = &(&taken | &names(&steps)) | &kept;
    for name in names(&steps).intersection(&taken).filter(|name| !kept.contains(*name)) {
        let mut letters = ('a'..='z').map(String::from);
        // Hardly a program has that many descriptors.
        let Some(new) = letters.find(|letter| !used.contains(letter)) else { return };
        steps.iter_mut().flat_map(fields).filter(|field| *field == name).for_each(|field| {
            field.clone_from(&new);
        });
        used.insert(new);
    }
    let mut joined = scenario.actors[into].clone();
    joined.steps.append(&mut steps);
    joined.count = 1;
    scenario.actors[actor].count -= 1;
    scenario.actors[into].count -= 1;
    if scenario.actors[into].count == 0 {
        scenario.actors[into] = joined;
    } else {
        let taken = |name: &String| scenario.actors.iter().any(|actor| actor.name == *name);
        joined.name = ('a'..='z').map(String::from).find(|name| !taken(name)).unwrap_or_default();
        scenario.actors.push(joined);
    }
    scenario.actors.retain(|actor| actor.count > 0);
}

/// The descriptors that steps are about.
fn names(steps: &[Step]) -> BTreeSet<String> {
    let all = steps.iter().flat_map(|step| [&step.fd, &step.new, &step.at]);
    all.flatten().cloned().collect()
}

fn fields(step: &mut Step) -> impl Iterator<Item = &mut String> {
    [&mut step.fd, &mut step.new, &mut step.at].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{parse, to_toml};

    const THREE: &str = r#"
        name = "three"
        about = "Three actors."
        [fixture]
        "a" = { size = 1 }
        [[actor]]
        name = "x"
        steps = [{ op = "open", path = "a", fd = "f" }, { op = "read", fd = "f", len = 9 }]
        [[actor]]
        name = "y"
        steps = [{ op = "unlink", path = "a" }]
        [[actor]]
        name = "z"
        steps = [{ op = "open", path = "a", fd = "f" }, { op = "fstat", fd = "f" }]
    "#;

    #[test]
    fn descriptors_of_one_name_stay_two() {
        let mut scenario = parse(THREE, "three").unwrap();
        join(&mut scenario, 0, 2);
        let names: Vec<_> = scenario.actors.iter().map(|actor| actor.name.as_str()).collect();
        assert_eq!(names, ["y", "z"]);
        let steps = &scenario.actors[1].steps;
        let fds: Vec<_> = steps.iter().filter_map(|step| step.fd.as_deref()).collect();
        assert_eq!(fds, ["f", "f", "a", "a"]);
        parse(&to_toml(&scenario), "joined").expect("it is a scenario");
    }

    #[test]
    fn every_pair_is_tried_both_ways_and_two_actors_stay_two() {
        let mut scenario = parse(THREE, "three").unwrap();
        assert_eq!(pairs(&scenario).len(), 6);
        for edit in pairs(&scenario).iter().rev() {
            edit.apply(&mut scenario);
        }
        assert_eq!(scenario.actors.iter().map(|actor| actor.steps.len()).sum::<usize>(), 5);
        assert!(pairs(&scenario).is_empty());
    }

    #[test]
    fn of_several_instances_one_is_joined() {
        let mut counted = parse(THREE, "three").unwrap();
        counted.actors[2].count = 2;
        let joined = |actor, into| {
            let mut scenario = counted.clone();
            join(&mut scenario, actor, into);
            let read = parse(&to_toml(&scenario), "joined").expect("it is a scenario");
            let all = read.actors.iter().map(|it| (it.name.clone(), it.count, it.steps.len()));
            all.collect::<Vec<_>>()
        };
        let expected =
            |all: [(&str, u32, usize); 3]| all.map(|(name, n, k)| (name.to_owned(), n, k));
        assert_eq!(joined(1, 2), expected([("x", 1, 2), ("z", 1, 2), ("a", 1, 3)]));
        assert_eq!(joined(2, 1), expected([("x", 1, 2), ("y", 1, 3), ("z", 1, 2)]));
        counted.actors.truncate(2);
        counted.actors[1].count = 2;
        assert_eq!(pairs(&counted).len(), 2);
    }
}
