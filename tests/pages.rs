//! The scenarios that stand in the pages of `fsrace explain` can be run as they stand there.

mod common;

use common::mounts::Mount;
use common::{Place, outcome};
use fsrace::detect::DETECTORS;
use fsrace::model::relax::{RELAXATIONS, relaxation};
use fsrace::report::{Class, Report};
use fsrace::scenario::parse;

/// The scenarios of a page.
fn scenarios(page: &str) -> impl Iterator<Item = &str> {
    page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap())
}

#[test]
fn all_of_them_are_scenarios() {
    let pages = DETECTORS.iter().map(|one| one.page);
    let pages = pages.chain(RELAXATIONS.into_iter().map(|one| one.page));
    let all: Vec<&str> = pages.flat_map(scenarios).collect();
    assert!(all.len() >= 2, "{all:#?}");
    for text in all {
        parse(text, "page").unwrap_or_else(|mistakes| panic!("{mistakes}"));
    }
}

#[test]
fn a_link_that_is_empty_before_it_is_gone_is_a_directory_to_a_stat() {
    let Some(faulty) = Mount::faulty("empty-link") else { return };
    let healthy = Mount::fuse().unwrap();
    let place = Place::new();
    let text = scenarios(relaxation("empty-link").unwrap().page).next().unwrap();
    let scenario = place.scenario("page.toml", text);
    let run = |mount: &Mount, duration: &str| {
        let mut command = place.command();
        command.arg("run").arg(&scenario).args(["-q", "-d", duration, "--json", "r.json", "-t"]);
        let outcome = outcome(command.arg(mount.path()));
        let json = std::fs::read(place.cwd().join("r.json")).unwrap();
        (outcome, serde_json::from_slice::<Report>(&json).unwrap())
    };
    // On a busy machine there are only a few rounds in a second.
    let seen = ["1s", "4s", "16s"].iter().find_map(|duration| {
        let (outcome, report) = run(&faulty, duration);
        let first = report.results[0].anomalies.first()?.clone();
        outcome.expect(1, &[]);
        Some(first)
    });
    let seen = seen.expect("never seen");
    assert_eq!((seen.code.as_str(), seen.class), ("forbidden-outcome", Class::Forbidden));
    assert_eq!(seen.relaxations, ["empty-link"]);
    assert!(seen.seen.contains("directory"), "{}", seen.seen);
    let (outcome, report) = run(&healthy, "1s");
    assert!([Some(0), Some(4)].contains(&outcome.code), "{outcome:#?}");
    assert_eq!(report.results[0].anomalies, []);
}
