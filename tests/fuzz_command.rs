//! `fsrace fuzz` as a command: silent where nothing is wrong, loud where something is, and a corpus
//! that can be gone on with.

mod common;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use common::mounts::Mount;
use common::processes::{signal, soon};
use common::{Outcome, Place, names, outcome};
use fsrace::sys::fsinfo::fs_info;
use rustix::process::Signal;

#[track_caller]
fn fuzz(place: &Place, target: &Path, out: &str, args: &[&str]) -> Outcome {
    let mut command = place.command();
    command.arg("fuzz").arg(target).arg("-o").arg(place.path(out)).args(args);
    if !args.contains(&"--budget") {
        command.arg("--no-findings");
    }
    if fs_info(target).is_ok_and(|fs| ["tmpfs", "overlay"].contains(&fs.fs_type.as_str())) {
        // Where it is known.
        command.args(["--accept", "scan-restart"]);
    }
    outcome(&mut command)
}

/// The kinds that a run found, as (kind, class).
fn kinds(place: &Place, out: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(place.path(out).join("fuzz.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
    let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let found = summary["found"].as_array().unwrap().iter();
    found.map(|one| (word(&one["kind"]), word(&one["class"]))).collect()
}

fn scenarios(directory: &Path) -> Vec<String> {
    names(directory).into_iter().filter(|name| name.ends_with(".toml")).collect()
}

#[test]
fn programs_are_kept_as_scenarios_and_gone_on_with() {
    let place = Place::new();
    let target = place.target();
    let args = ["--programs", "25", "--rounds", "50", "--seed", "3"];
    let ran = fuzz(&place, &target, "one", &args);
    assert!(ran.code == Some(0) && ran.out.contains("25 programs"), "{ran:?}");
    place.assert_clean();
    let corpus = place.path("one").join("corpus");
    let kept = scenarios(&corpus);
    assert!(!kept.is_empty());
    for name in &kept {
        let checked = place.run(["check".as_ref(), corpus.join(name).as_os_str()]);
        checked.expect(0, &[]);
        assert!(corpus.join(name).with_extension("json").exists());
    }
    // Two corpora become one, of which no program is lost.
    let other =
        fuzz(&place, &target, "two", &["--programs", "25", "--rounds", "50", "--seed", "4"]);
    other.expect(0, &[]);
    let (first, second) = (corpus.to_str().unwrap(), place.path("two").join("corpus"));
    let merge = ["--corpus", first, "--corpus", second.to_str().unwrap(), "--programs", "0"];
    let ran = fuzz(&place, &target, "three", &merge);
    ran.expect(0, &[]);
    let merged = scenarios(&corpus);
    for name in kept.iter().chain(&scenarios(&second)) {
        assert!(merged.contains(name), "{name} was lost");
    }
    // And pruned, it still shows all that it did, with fewer programs.
    let features = |directory: &Path| -> std::collections::BTreeSet<u64> {
        let statistics = names(directory).into_iter().filter(|name| name.ends_with(".json"));
        let of = |name: String| {
            let text = fs::read_to_string(directory.join(name)).unwrap();
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            let features = value["features"].as_array().unwrap().clone();
            features.into_iter().map(|one| one.as_u64().unwrap())
        };
        statistics.flat_map(of).collect()
    };
    let before = features(&corpus);
    let prune = ["--corpus", first, "--prune", "--programs", "0"];
    let ran = fuzz(&place, &target, "four", &prune);
    ran.expect(0, &[]);
    assert!(scenarios(&corpus).len() < merged.len());
    assert_eq!(features(&corpus), before);
    place.assert_clean();
}

#[test]
fn shards_share_no_program() {
    let place = Place::new();
    let mut all = Vec::new();
    for shard in ["1/2", "2/2"] {
        let out = format!("shard-{}", &shard[..1]);
        let args = ["--programs", "15", "--rounds", "30", "--seed", "3", "--shard", shard];
        let ran = fuzz(&place, &place.target(), &out, &args);
        ran.expect(0, &[]);
        all.extend(scenarios(&place.path(&out).join("corpus")));
    }
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);
}

#[test]
fn planted_faults_are_found_from_nothing() {
    for (fault, words) in [
        ("zero-inode", ["zero-inode-fd", ""]),
        ("mkdir-twice", ["exclusive-twice", "excl-split"]),
        ("gone-when-unlinked", ["dead-descriptor", "gone-when-unlinked"]),
    ] {
        let Some(mount) = Mount::faulty(fault) else { return };
        let place = Place::new();
        let since = Instant::now();
        // Seeds differ in what they try first, and the machine in how busy it is.
        let found = (1..=8).find(|seed: &u32| {
            let out = format!("out-{seed}");
            fuzz(&place, mount.path(), &out, &["-d", "10s", "--seed", &seed.to_string()]);
            let kinds = kinds(&place, &out);
            kinds.iter().any(|(kind, class)| {
                class != "unspecified" && words.iter().all(|word| kind.contains(word))
            })
        });
        let seed = found.unwrap_or_else(|| panic!("{fault}: not in {:?}", since.elapsed()));
        let candidates = place.path(&format!("out-{seed}")).join("candidates");
        for name in names(&candidates) {
            let scenario = candidates.join(name).join("scenario.toml");
            place.run(["check".as_ref(), scenario.as_os_str()]).expect(0, &[]);
        }
    }
}

#[test]
fn what_fails_a_run_becomes_a_finding() {
    let Some(mount) = Mount::faulty("mkdir-twice") else { return };
    let place = Place::new();
    let found = (1..=8).find_map(|seed: u32| {
        let out = format!("out-{seed}");
        let args = ["-d", "6s", "--actors", "2", "--budget", "15s", "--seed", &seed.to_string()];
        let ran = fuzz(&place, mount.path(), &out, &args);
        let findings = place.path(&out).join("findings");
        findings.exists().then_some((ran, findings))
    });
    let (ran, findings) = found.expect("nothing was found and confirmed with eight seeds");
    ran.expect(1, &[]);
    for name in names(&findings) {
        assert!(ran.out.contains(&name), "{ran:#?}");
        let finding = findings.join(name);
        assert_eq!(names(&finding), ["report.md", "repro.c", "result.json", "scenario.toml"]);
        place.run(["check".as_ref(), finding.join("scenario.toml").as_os_str()]).expect(0, &[]);
    }
    assert_eq!(names(mount.path()), Vec::<String>::new());
}

#[test]
fn until_found_ends_with_the_first_that_fails_a_run() {
    let Some(mount) = Mount::faulty("zero-inode") else { return };
    let place = Place::new();
    let since = Instant::now();
    let args = ["-d", "10m", "--until-found", "--no-stalls", "--seed", "1"];
    let ran = fuzz(&place, mount.path(), "out", &args);
    ran.expect(1, &[]);
    assert!(ran.out.contains("no call stands still half way: by --no-stalls"), "{ran:?}");
    assert!(kinds(&place, "out").iter().any(|(_, class)| class != "unspecified"));
    assert!(since.elapsed() < Duration::from_secs(300), "{:?}", since.elapsed());
}

#[test]
fn the_healthy_twin_is_not_accused() {
    let Some(mount) = Mount::faulty("healthy") else { return };
    let place = Place::new();
    let ran = fuzz(&place, mount.path(), "out", &["-d", "8s", "--seed", "5"]);
    ran.expect(0, &[]);
    assert_eq!(names(mount.path()), Vec::<String>::new());
}

#[test]
fn what_is_wrong_is_told_before_anything_runs() {
    let place = Place::new();
    let target = place.target();
    let bad = |args: &[&str], code: i32, words: &[&str]| {
        fuzz(&place, &target, "bad", args).expect(code, words);
        assert!(!place.path("bad").exists());
        place.assert_untouched();
    };
    bad(&["--shard", "3/2"], 2, &["1/4"]);
    bad(&["--actors", "5"], 2, &["2..=4"]);
    bad(&["--accept", "no-such-thing"], 2, &["no-such-thing", "rename-gap"]);
    bad(&["-t", "/elsewhere"], 2, &["cannot be used with"]);
    let garbage = place.scenario("garbage.toml", "name = 1\n");
    let directory = garbage.parent().unwrap().to_str().unwrap();
    bad(&["--corpus", directory], 2, &["garbage.toml"]);
    bad(&["--corpus", "/proc/nowhere"], 3, &["/proc/nowhere", "ENOENT"]);
    // What is kept would lie in the way of what is raced.
    let client = place.path("client");
    fs::create_dir(&client).unwrap();
    let args = ["--client", client.to_str().unwrap()];
    fuzz(&place, &target, "client", &args).expect(2, &["client"]);
    assert_eq!(names(&client), Vec::<String>::new());
    fuzz(&place, &target, "/proc/nowhere", &[]).expect(3, &["/proc/nowhere", "ENOENT"]);
    let missing = place.path("missing");
    fuzz(&place, &missing, "bad", &[]).expect(3, &["missing", "ENOENT"]);
    assert!(!place.path("bad").exists());
}

/// The directory for what is kept may be in the one for the results, and names need not be text.
#[cfg(target_os = "linux")]
#[test]
fn a_fault_is_kept_on_a_target_with_any_name_and_with_the_corpus_among_the_results() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let Some(mount) = Mount::faulty("zero-inode") else { return };
    let target = mount.path().join(OsStr::from_bytes(b"odd-\xff"));
    fs::create_dir(&target).unwrap();
    let place = Place::new();
    let corpus = place.path("out/programs");
    let args = ["-d", "10m", "--until-found", "--corpus", corpus.to_str().unwrap(), "--seed", "1"];
    fuzz(&place, &target, "out", &args).expect(1, &[]);
    assert!(!scenarios(&corpus).is_empty());
    let candidates = place.path("out/candidates");
    for kind in names(&candidates) {
        assert_eq!(names(&candidates.join(kind)), ["candidate.json", "scenario.toml"]);
    }
    assert!(!names(&candidates).is_empty());
}

#[test]
fn an_interrupt_keeps_what_there_is() {
    let place = Place::new();
    let mut command = place.command();
    command.arg("fuzz").arg(place.target()).arg("-o").arg(place.path("out")).args(["-d", "1h"]);
    let mut child = command.spawn().unwrap();
    let kept = || place.path("out").join("corpus").join(".").exists();
    assert!(soon(Duration::from_secs(20), kept));
    std::thread::sleep(Duration::from_secs(2));
    signal(child.id() as i32, Signal::INT);
    let status = child.wait().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(2));
    assert!(place.path("out").join("fuzz.json").exists());
    assert!(soon(Duration::from_secs(10), || names(&place.target()).is_empty()));
    place.assert_clean();
}
