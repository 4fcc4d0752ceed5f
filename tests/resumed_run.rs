//! A run that was interrupted and resumed leaves the same files as one that was not, apart from
//! times.
//!
//! What must be the same: which files there are, their rows, columns and order, and with one seed and
//! a number of rounds everything about a single actor, whose program leaves nothing to chance. What
//! may differ: when and how long things took (`started`, `elapsed_s`, latencies, how much a loop did
//! in its time), and of actors that race whatever they meet, which is what races are: how often which
//! outcome came, whether they overlapped at all, and so the verdict.

mod common;

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::{Place, names, plain};
use rustix::process::{Pid, Signal, kill_process};
use scraper::{Html, Selector};
use serde_json::Value;

/// The scenario that races; all others have a single actor.
const RACED: &str = "e-raced";

/// Scenarios in both modes; the second takes long enough to be interrupted in.
fn scenarios(place: &Place) {
    let rounds = |name: &str, count: u32| {
        common::readers(name, "60s", count).replace("mode = \"free\"", "mode = \"rounds\"")
    };
    place.scenario("a.toml", rounds("a-rounds", 1));
    place.scenario("b.toml", plain("b-free", "2s"));
    place.scenario("c.toml", rounds("c-rounds", 1));
    place.scenario("d.toml", plain("d-free", "200ms"));
    place.scenario("e.toml", rounds(RACED, 2));
}

fn run(place: &Place, out: &str) -> std::process::Command {
    let mut command = place.command();
    command.arg("run").arg(place.path("scenarios")).arg("-t").arg(place.target());
    command.args(["--rounds", "500", "--seed", "7", "-q", "-o", out]);
    command
}

/// Starts a run, interrupts it in its second scenario, and has the rest done.
fn interrupted(place: &Place, out: &str) -> PathBuf {
    let dir = place.cwd().join(out);
    let mut running = run(place, out).spawn().unwrap();
    let first = dir.join("results/000-a-rounds.json");
    let patience = Instant::now() + Duration::from_secs(60);
    while !first.exists() {
        assert!(Instant::now() < patience, "the first scenario does not end");
        std::thread::sleep(Duration::from_millis(10));
    }
    kill_process(Pid::from_child(&running), Signal::INT).unwrap();
    let status = running.wait().unwrap();
    assert_eq!(status.signal(), Some(Signal::INT.as_raw()), "{status:?}");
    let left: Value = json(&dir.join("results.json"));
    assert_eq!(left["unfinished"].as_array().unwrap().len(), 4, "{left:#}");
    let html = place.run(["report", out, "--format", "html"]);
    assert!(html.out.contains("incomplete: 4 of 5 scenarios still to be run"), "{}", html.out);

    let rest = place.run(["run", "-q", "--resume", out]);
    assert!(matches!(rest.code, Some(0 | 4)), "{rest:#?}");
    dir
}

fn uninterrupted(place: &Place, out: &str) -> PathBuf {
    let outcome = common::outcome(&mut run(place, out));
    assert!(matches!(outcome.code, Some(0 | 4)), "{outcome:#?}");
    place.cwd().join(out)
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// All files below a directory, relative to it.
fn files(dir: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for name in names(dir) {
        let path = dir.join(&name);
        if path.is_dir() {
            all.extend(names(&path).iter().map(|below| format!("{name}/{below}")));
        } else {
            all.push(name);
        }
    }
    all
}

/// The columns of a CSV file, one text for each row, and its header.
fn columns(path: &Path, wanted: &[&str]) -> (String, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let places: Vec<usize> = wanted
        .iter()
        .map(|name| header.iter().position(|column| column == *name).unwrap())
        .collect();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        places.iter().map(|place| row[*place].to_owned()).collect()
    });
    (header.iter().collect::<Vec<_>>().join(","), rows.collect())
}

/// A result without what chance and time decide.
fn settled(mut result: Value) -> Value {
    let free = result["mode"] == "free";
    let raced = result["scenario"] == RACED;
    let fields = result.as_object_mut().unwrap();
    fields.remove("elapsed_s");
    for latency in fields["latencies"].as_array_mut().unwrap() {
        let op = latency["op"].clone();
        *latency = op;
    }
    if free {
        // How much was done in the time there was.
        for one in fields["looked_for"].as_array_mut().unwrap() {
            *one = one["code"].clone();
        }
        fields.remove("ops");
        fields.remove("iterations");
    }
    if raced {
        for chance in ["verdict", "reason", "overlap", "overlaps", "coverage", "ops", "outcomes"] {
            fields.remove(chance);
        }
        fields.remove("never_seen");
    }
    result
}

/// The elements of the article of each scenario but the raced one, by name and class.
fn structure(html: &str) -> Vec<String> {
    let page = Html::parse_document(html);
    let (articles, title) = (Selector::parse("article").unwrap(), Selector::parse("h3").unwrap());
    let all = page.select(&articles).filter(|article| {
        let title = article.select(&title).next().unwrap();
        !title.text().any(|text| text.contains(RACED))
    });
    let elements = all.flat_map(|article| {
        article.descendants().filter_map(|node| {
            let element = node.value().as_element()?;
            Some(format!("{} {}", element.name(), element.attr("class").unwrap_or_default()))
        })
    });
    elements.collect()
}

/// The verdict, scenario and filesystem of each row of a table, but the raced one.
fn table(markdown: &str) -> Vec<Vec<String>> {
    let rows = markdown.lines().filter(|line| line.starts_with('|') && !line.contains(RACED));
    rows.map(|row| row.split('|').skip(1).take(3).map(str::to_owned).collect()).collect()
}

/// The elements, with what names them, but those of the raced case.
fn elements(junit: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(junit).unwrap();
    let raced = |node: &roxmltree::Node<'_, '_>| {
        node.ancestors().any(|above| above.attribute("name") == Some(RACED))
    };
    let all = document.descendants().filter(|node| node.is_element() && !raced(node));
    let named = all.map(|node| {
        let attribute = |name| node.attribute(name).unwrap_or_default();
        let (tag, name, class) =
            (node.tag_name().name(), attribute("name"), attribute("classname"));
        format!("{tag} {name} {class}")
    });
    named.collect()
}

#[test]
fn a_resumed_run_leaves_what_an_uninterrupted_one_does() {
    let place = Place::new();
    scenarios(&place);
    let (resumed, whole) = (interrupted(&place, "resumed"), uninterrupted(&place, "whole"));

    // Every file, by name.
    assert_eq!(files(&resumed), files(&whole));
    assert_eq!(files(&whole).iter().filter(|name| name.starts_with("results/")).count(), 5);

    // Every row and column of the tables, in order.
    let identity = ["scenario", "digest", "mode", "seed", "actors", "target", "fs_type", "rounds"];
    let (header, rows) = columns(&resumed.join("results.csv"), &identity);
    assert_eq!(
        (&header, &rows),
        (
            &columns(&whole.join("results.csv"), &identity).0,
            &columns(&whole.join("results.csv"), &identity).1
        )
    );
    assert_eq!(rows.len(), 5);
    assert_eq!(rows[0][7], "500", "all rounds that were asked for");
    let identity = ["scenario", "digest", "target", "op"];
    let latency = |dir: &Path| columns(&dir.join("latency.csv"), &identity);
    assert_eq!(latency(&resumed), latency(&whole));

    // Every field of the results.
    let results = |dir: &Path| {
        let mut report = json(&dir.join("results.json"));
        let results = report["results"].take();
        let fields = report.as_object_mut().unwrap();
        assert!(fields.remove("started").is_some());
        let results = results.as_array().unwrap().iter().cloned().map(settled).collect::<Vec<_>>();
        (report, results)
    };
    assert_eq!(results(&resumed), results(&whole));
    assert!(results(&resumed).0.get("unfinished").is_none(), "complete");

    // What is rendered from them.
    let rendered = |format: &str| {
        ["resumed", "whole"].map(|run| {
            let outcome = place.run(["report", run, "--format", format]);
            outcome.expect(0, &[]);
            outcome.out
        })
    };
    let [one, other] = rendered("html").map(|page| structure(&page));
    assert_eq!(one, other);
    assert!(one.len() > 100, "{one:?}");
    let [one, other] = rendered("markdown").map(|text| table(&text));
    assert_eq!(one, other);
    assert_eq!(one.len(), 6, "two lines of a heading, and four rows: {one:?}");
    let [one, other] = rendered("junit").map(|text| elements(&text));
    assert_eq!(one, other);
    assert_eq!(one.iter().filter(|element| element.starts_with("testcase ")).count(), 4);
}
