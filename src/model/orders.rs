//! Serial orders of a program: whose step comes next, from the first step of a round to the last.
//!
//! A program agrees with the model where nothing runs at the same time, or what it shows in a race
//! says nothing about the race. The model picks the orders, because it knows which step would wait
//! for a lock: one after the other, nobody would ever give it up.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::next::Nexts;
use super::program::Program;
use super::world::{Position, World};
use crate::outcome::Returned;

/// Index of the actor that makes each step.
pub type Order = Vec<usize>;

/// Orders of a program.
pub const MOST_ORDERS: usize = 12;
/// Of these, in how many each actor makes all its steps in a row.
const WHOLE: usize = 6;
/// Random orders that are tried for each one that is wanted: some are there already.
const TRIES: usize = 3;
/// Steps of one order. A program that is longer has none.
const MOST_STEPS: usize = 20_000;

/// Different orders in which the steps of a program can be made one by one, at most
/// [`MOST_ORDERS`]: first such as let one actor after the other do all its steps, then random ones,
/// which `seed` fixes. None of them waits for ever. Where the model leaves a result open, another
/// one may lead an actor along another branch, and an order is too long or too short for it.
pub fn orders(program: &Program, seed: u64) -> Vec<Order> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut orders = whole(program, &mut rng);
    for _ in 0..TRIES * MOST_ORDERS {
        if orders.len() == MOST_ORDERS {
            break;
        }
        let order = walk(program, |open| {
            let mut open = open.to_vec();
            open.shuffle(&mut rng);
            open
        });
        add(&mut orders, order);
    }
    orders
}

/// Of these orders, those that let one actor after the other do all its steps.
pub fn in_turn(program: &Program, seed: u64) -> Vec<Order> {
    whole(program, &mut Xoshiro256PlusPlus::seed_from_u64(seed))
}

fn whole(program: &Program, rng: &mut Xoshiro256PlusPlus) -> Vec<Order> {
    let mut orders = Vec::new();
    for ranking in rankings(program.actors(), rng) {
        // Always the first one that can go on; one that must wait comes as soon as it need not.
        add(&mut orders, walk(program, |_| ranking.clone()));
    }
    orders
}

fn add(orders: &mut Vec<Order>, order: Option<Order>) {
    orders.extend(order.filter(|order| !orders.contains(order)));
}

/// Different rankings of the actors: all if there are few of them.
fn rankings(actors: usize, rng: &mut Xoshiro256PlusPlus) -> Vec<Vec<usize>> {
    let forwards: Vec<usize> = (0..actors).collect();
    let backwards = forwards.iter().rev().copied().collect();
    let mut rankings = vec![forwards.clone(), backwards];
    rankings.dedup();
    let all = (1..=actors).try_fold(1_usize, |all, actor| all.checked_mul(actor));
    let wanted = all.unwrap_or(WHOLE).min(WHOLE);
    while rankings.len() < wanted {
        let mut ranking = forwards.clone();
        ranking.shuffle(rng);
        if !rankings.contains(&ranking) {
            rankings.push(ranking);
        }
    }
    rankings
}

/// Makes the steps one by one: of the actors that `pick` names, given those that are not done, the
/// first that need not wait. `None` if at some point all have to wait.
fn walk(program: &Program, mut pick: impl FnMut(&[usize]) -> Vec<usize>) -> Option<Order> {
    let mut world = program.start();
    let mut order = Order::new();
    loop {
        let open: Vec<usize> = (0..program.actors())
            .filter(|&actor| world.positions[actor] != Position::DONE)
            .collect();
        if open.is_empty() {
            return Some(order);
        }
        if order.len() == MOST_STEPS {
            return None;
        }
        let mut candidates = pick(&open).into_iter();
        let actor = candidates.find(|&actor| step(program, &mut world, actor))?;
        order.push(actor);
    }
}

/// Makes the next step of an actor, with the first of its results; false if it would wait or there
/// is none.
fn step(program: &Program, world: &mut World, actor: usize) -> bool {
    let position = world.positions[actor];
    let mut nexts = Nexts::default();
    program.nexts(world, actor, &mut nexts);
    if position == Position::DONE {
        return false;
    }
    let waits = program.step(actor, position.step).call.may_wait();
    let mut results = nexts.0.into_iter();
    // That the system would rather refuse than wait for ever is nothing to count on.
    let Some(next) = results.find(|next| !(waits && refuses(&next.returned))) else { return false };
    world.positions[actor] = program.advance(position, actor, &next.returned);
    if let Some(state) = next.state {
        world.state = state;
    }
    true
}

fn refuses(returned: &Returned) -> bool {
    i32::from(returned.errno()) == libc::EDEADLK
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DirectoryLinks, Platform, Rules};

    fn orders_of(actors: &[&str]) -> Vec<Order> {
        let mut text =
            "name = \"x\"\n[fixture]\nf = { content = \"\" }\n[run]\nmode = \"rounds\"\n"
                .to_owned();
        for (index, steps) in actors.iter().enumerate() {
            text += &format!("[[actor]]\nname = \"a{index}\"\nsteps = [{steps}]\n");
        }
        let scenario = crate::scenario::parse(&text, "x").unwrap_or_else(|wrong| panic!("{wrong}"));
        let plan = crate::plan::plan(&scenario, &crate::plan::Settings::default()).unwrap();
        let rules = Rules {
            platform: Platform::Linux,
            privileged: true,
            directory_links: DirectoryLinks::Counted,
            identities: true,
        };
        let program = Program::new(&plan, rules).unwrap();
        let orders = orders(&program, 7);
        assert_eq!(orders, super::orders(&program, 7), "a seed fixes them");
        orders
    }

    const STAT: &str = "{ op = \"stat\", path = \"f\" }";
    const OPEN: &str = "{ op = \"open\", path = \"f\", flags = [\"rdwr\"], fd = \"f\" }";
    const LOCK: &str = "{ op = \"flock\", fd = \"f\", lock = \"exclusive\" }";

    #[test]
    fn one_actor_has_one_order_and_two_single_steps_have_two() {
        assert_eq!(orders_of(&[&[STAT, STAT].join(", ")]), [[0, 0]]);
        assert_eq!(orders_of(&[STAT, STAT]), [[0, 1], [1, 0]]);
    }

    #[test]
    fn whole_actors_come_first_and_each_order_comes_once() {
        let three = [STAT, STAT, STAT].join(", ");
        let orders = orders_of(&[&three, &three, &three]);
        assert_eq!(orders.len(), MOST_ORDERS);
        for (index, order) in orders.iter().enumerate() {
            assert!(!orders[..index].contains(order));
            assert!((0..3).all(|actor| order.iter().filter(|&&one| one == actor).count() == 3));
            let changes = order.windows(2).filter(|pair| pair[0] != pair[1]).count();
            assert_eq!(changes == 2, index < WHOLE, "{order:?}");
        }
    }

    #[test]
    fn pauses_take_no_turn_and_repeats_take_one_each() {
        let pause =
            "{ op = \"sleep\", time = \"1s\" }, { op = \"stat\", path = \"f\", repeat = 3 }";
        assert_eq!(orders_of(&[pause]), [[0, 0, 0]]);
    }

    #[test]
    fn nobody_is_asked_to_wait_for_a_lock() {
        let unlock = "{ op = \"flock\", fd = \"f\", lock = \"unlock\" }";
        let steps = [OPEN, LOCK, STAT, unlock].join(", ");
        for order in orders_of(&[&steps, &steps]) {
            let mut holder = None;
            let mut done = [0, 0];
            for actor in order {
                done[actor] += 1;
                match done[actor] {
                    2 => assert_eq!(holder.replace(actor), None),
                    4 => assert_eq!(holder.take(), Some(actor)),
                    _ => {}
                }
            }
        }
        // Kept to the end of the round: the other would wait for ever.
        let keeps = [OPEN, LOCK].join(", ");
        assert_eq!(orders_of(&[&keeps, &keeps]), Vec::<Order>::new());
    }
}
