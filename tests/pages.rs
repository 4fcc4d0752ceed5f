//! The scenarios that stand in the pages of `fsrace explain` can be run as they stand there.

mod common;

use common::mounts::Mount;
use common::{Outcome, Place, outcome};
use fsrace::detect::DETECTORS;
use fsrace::model::relax::{RELAXATIONS, relaxation};
use fsrace::report::{Anomaly, Class, Report};
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

/// Runs the scenario of a relaxation's page for so long.
fn run(place: &Place, name: &str, mount: &Mount, args: &[&str]) -> (Outcome, Report) {
    let text = scenarios(relaxation(name).unwrap().page).next().unwrap();
    let scenario = place.scenario("page.toml", text);
    let mut command = place.command();
    command.arg("run").arg(&scenario).args(["-q", "--json", "r.json"]).args(args);
    let outcome = outcome(command.arg("-t").arg(mount.path()));
    let json = std::fs::read(place.cwd().join("r.json")).unwrap();
    (outcome, serde_json::from_slice::<Report>(&json).unwrap())
}

/// What it shows, if it does in some seconds: on a busy machine there are only a few rounds in one.
fn shown(place: &Place, name: &str, mount: &Mount) -> Anomaly {
    let seen = ["1s", "4s", "16s"].iter().find_map(|duration| {
        let (outcome, report) = run(place, name, mount, &["-d", duration]);
        let first = report.results[0].anomalies.first()?.clone();
        outcome.expect(1, &[]);
        Some(first)
    });
    seen.expect("never seen")
}

#[test]
fn a_link_that_is_empty_before_it_is_gone_is_a_directory_to_a_stat() {
    let Some(faulty) = Mount::faulty("empty-link") else { return };
    let healthy = Mount::fuse().unwrap();
    let place = Place::new();
    let seen = shown(&place, "empty-link", &faulty);
    assert_eq!((seen.code.as_str(), seen.class), ("forbidden-outcome", Class::Forbidden));
    assert_eq!(seen.relaxations, ["empty-link"]);
    assert!(seen.seen.contains("directory"), "{}", seen.seen);
    let (outcome, report) = run(&place, "empty-link", &healthy, &["-d", "1s"]);
    assert!([Some(0), Some(4)].contains(&outcome.code), "{outcome:#?}");
    assert_eq!(report.results[0].anomalies, []);
}

/// No fault is planted: it is the kernel's.
#[test]
fn a_file_of_which_a_name_is_being_removed_is_refused_a_link_on_fuse() {
    let Some(mount) = Mount::fuse() else { return };
    let place = Place::new();
    let seen = shown(&place, "link-refused", &mount);
    assert_eq!((seen.code.as_str(), seen.class), ("unexpected-errno", Class::Forbidden));
    assert_eq!(seen.relaxations, ["link-refused"]);
    let profile = concat!(env!("CARGO_MANIFEST_DIR"), "/profiles/fuse.toml");
    let (outcome, report) =
        run(&place, "link-refused", &mount, &["-d", "1s", "--profile", profile]);
    assert!([Some(0), Some(4)].contains(&outcome.code), "{outcome:#?}");
    assert_eq!(report.results[0].anomalies, []);
}
