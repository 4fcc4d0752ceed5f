//! What a run writes: every form of its results, where the documentation says they are.
#![cfg(target_os = "linux")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use common::{Place, names, plain, readers};
use fsrace::report::csv::{COLUMNS, read_csv, read_csv_from};
use fsrace::report::json::read_json;
use fsrace::report::latency::read_latency_csv;
use serde_json::Value;

fn two_scenarios(place: &Place) -> String {
    place.scenario("all/1.toml", plain("one", "100ms"));
    place.scenario("all/2.toml", readers("two", "100ms", 2));
    place.path("scenarios/all").to_str().unwrap().to_owned()
}

#[test]
fn json_fits_the_schema_that_the_command_prints() {
    let place = Place::new();
    let all = two_scenarios(&place);
    // A result with an anomaly has more to it.
    let wrong =
        plain("wrong", "100ms").replace("len = 16", "len = 16, expect = { content = \"OTHER\" }");
    place.scenario("all/3.toml", wrong);
    let target = place.target();
    let target = target.to_str().unwrap();
    let run = place.run(["run", &all, "-t", target, "--json", "r.json", "--csv", "r.csv"]);
    assert_eq!(run.code, Some(1), "{run:#?}");
    let schema: Value = serde_json::from_str(&place.run(["schema", "result"]).out).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let run_dir = place.run_dir();
    for path in [place.cwd().join("r.json"), run_dir.join("results.json")] {
        let value: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let errors: Vec<String> = schema.iter_errors(&value).map(|e| e.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
        assert_eq!(value["results"].as_array().unwrap().len(), 3);
        assert_eq!(value["results"][2]["verdict"], "fail");
        assert_eq!(value["results"][2]["target"]["path"], target);
    }

    let rows = read_csv(&place.cwd().join("r.csv")).unwrap();
    assert_eq!(rows.len(), 3, "{rows:#?}");
    let text = fs::read_to_string(place.cwd().join("r.csv")).unwrap();
    assert_eq!(text.lines().next().unwrap(), COLUMNS.join(","));
    assert!(text.starts_with("schema_version,"));
    let latencies = read_latency_csv(&place.cwd().join("r-latency.csv")).unwrap();
    assert_eq!(latencies.len(), 9, "three operations in each of three scenarios");
    assert_eq!(
        fs::read(place.cwd().join("r.csv")).unwrap(),
        fs::read(run_dir.join("results.csv")).unwrap()
    );
}

#[test]
fn a_run_directory_has_what_its_documentation_says() {
    let place = Place::new();
    let all = two_scenarios(&place);
    let target = place.target();
    let run = place.run(["run", &all, "-t", target.to_str().unwrap(), "--seed", "7"]);
    assert!(matches!(run.code, Some(0 | 4)), "{run:#?}");
    let runs = place.cwd().join("fsrace-runs");
    let here = names(&runs);
    assert_eq!(here.len(), 2, "{here:?}");
    assert!(here[0].ends_with("Z-7") && here[1] == "latest", "{here:?}");
    assert_eq!(fs::read_link(runs.join("latest")).unwrap(), Path::new(&here[0]));
    let run_dir = place.run_dir();
    let layout = [
        "latency.csv",
        "lock",
        "observations",
        "results",
        "results.csv",
        "results.json",
        "run.json",
        "scenarios",
    ];
    assert_eq!(names(&run_dir), layout);
    for (dir, ending) in [("observations", "json"), ("results", "json"), ("scenarios", "toml")] {
        let expected = [format!("000-one.{ending}"), format!("001-two.{ending}")];
        assert_eq!(names(&run_dir.join(dir)), expected);
    }
    assert_eq!(read_json(&run_dir.join("results.json")).unwrap().results.len(), 2);
    place.assert_clean();
}

#[test]
fn a_resumed_run_comes_to_the_same_set_as_a_whole_one() {
    let place = Place::new();
    let all = two_scenarios(&place);
    let target = place.target();
    fs::create_dir(place.path("other")).unwrap();
    let args = ["run", &all, "-t", target.to_str().unwrap(), "-t", "../other", "-o", "../run"];
    assert!(matches!(place.run(args).code, Some(0 | 4)));
    let key = |path: &Path| -> BTreeSet<_> {
        let report = read_json(path).unwrap();
        report.results.iter().map(|r| (r.scenario.clone(), r.target.path.clone(), r.seed)).collect()
    };
    let whole = key(&place.path("run/results.json"));
    assert_eq!(whole.len(), 4);
    for lost in ["000-one", "003-two"] {
        fs::remove_file(place.path(&format!("run/results/{lost}.json"))).unwrap();
    }
    let resumed = place.run(["run", "--resume", "../run", "--json", "r.json", "--csv", "-"]);
    assert!(matches!(resumed.code, Some(0 | 4)), "{resumed:#?}");
    assert_eq!(key(&place.path("run/results.json")), whole);
    assert_eq!(key(&place.cwd().join("r.json")), whole);
    assert_eq!(read_csv_from(resumed.out.as_bytes(), Path::new("-")).unwrap().len(), 4);
    // Once more, there is nothing left to do.
    let again = place.run(["run", "--resume", "../run"]);
    assert!(matches!(again.code, Some(0 | 4)), "{again:#?}");
    assert_eq!(key(&place.path("run/results.json")), whole);
    place.assert_clean();
}

#[test]
fn the_first_line_names_the_filesystem_and_more_is_said_when_asked_for() {
    let place = Place::new();
    let file = place.scenario("one.toml", plain("one", "100ms"));
    let fs_type = fsrace::sys::fsinfo::fs_info(&place.target()).unwrap().fs_type;
    let usual = place.run_on_target(&file, &[]);
    usual.expect(0, &[]);
    let first = usual.out.lines().next().unwrap();
    assert!(first.contains(&format!("({fs_type},")), "{first}");
    assert!(first.contains(place.target().to_str().unwrap()), "{first}");
    assert!(usual.out.contains("1 scenario, seed "), "{}", usual.out);
    assert_eq!(usual.err, "", "no progress where there is no terminal");
    assert!(!usual.out.contains('\u{1b}'), "no styles where there is no terminal");

    let quiet = place.run_on_target(&file, &["-q"]);
    quiet.expect(0, &[]);
    assert!(!quiet.out.contains(first) && quiet.out.contains("1 passed"), "{}", quiet.out);
    let verbose = place.run_on_target(&file, &["-v", "--no-progress"]);
    verbose.expect(0, &[]);
    assert!(verbose.out.contains(first) && verbose.out.len() > usual.out.len(), "{}", verbose.out);
    assert!(verbose.out.contains("p99") || verbose.out.contains("99 %"), "{}", verbose.out);
}

#[test]
fn results_on_standard_output_are_all_that_is_there() {
    let place = Place::new();
    let file = place.scenario("one.toml", plain("one", "100ms"));
    let csv = place.run_on_target(&file, &["--csv", "-"]);
    csv.expect(0, &[]);
    assert_eq!(read_csv_from(csv.out.as_bytes(), Path::new("-")).unwrap().len(), 1);
    let json = place.run_on_target(&file, &["--json", "-", "-v"]);
    json.expect(0, &[]);
    let value: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(value["schema_version"], 1);
    place.assert_clean();
}

#[test]
fn a_run_with_one_seed_plans_the_same_again() {
    let place = Place::new();
    let file = place.scenario("one.toml", plain("one", "300ms"));
    for json in ["a.json", "b.json"] {
        place
            .run_on_target(&file, &["--seed", "18446744073709551615", "--json", json])
            .expect(0, &[]);
    }
    let [a, b] = ["a.json", "b.json"].map(|json| read_json(&place.cwd().join(json)).unwrap());
    assert_eq!(a.results[0].seed, b.results[0].seed);
    assert_eq!(a.results[0].digest, b.results[0].digest);
}
