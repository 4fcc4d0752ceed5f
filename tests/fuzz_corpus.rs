//! What the fuzzer keeps: programs in a pool and on disk, and one candidate for each kind.

use std::collections::BTreeSet;
use std::path::Path;

use fsrace::fuzz::Draw;
use fsrace::fuzz::candidate::{Candidate, Candidates, Standing};
use fsrace::fuzz::corpus::{Corpus, CorpusError, load};
use fsrace::fuzz::novelty::Novelty;
use fsrace::fuzz::pool::{Entry, MOST, Pool, Statistics};
use fsrace::fuzz::signature::Signature;
use fsrace::report::{Anomaly, Class};
use fsrace::scenario::parse;

/// A program like no other, run so many times.
fn entry(number: usize, runs: u64) -> Entry {
    let text = format!(
        "name = \"n\"\nabout = \"a\"\n[fixture]\nf = {{ size = {} }}\n[run]\nmode = \"rounds\"\n\
         [[actor]]\nname = \"a\"\nsteps = [{{ op = \"unlink\", path = \"f\" }}]\n\
         [[actor]]\nname = \"b\"\nsteps = [{{ op = \"stat\", path = \"f\" }}]\n",
        number + 1
    );
    let digest = parse(&text, "program").unwrap().digest;
    let statistics = Statistics {
        runs,
        rounds: 1000 * runs,
        once: 1,
        last_rounds: 1000,
        features: vec![number as u64],
        ..Statistics::default()
    };
    Entry { digest, text: text.into(), statistics }
}

fn digests(directory: &Path) -> BTreeSet<String> {
    let names = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    names.filter_map(|name| Some(name.strip_suffix(".toml")?.to_owned())).collect()
}

#[test]
fn a_full_pool_gives_up_what_has_been_run_most() {
    let (mut pool, mut novelty) = (Pool::default(), Novelty::default());
    for number in 0..MOST {
        novelty.count(&[number as u64]);
        pool.add(entry(number, if number == 7 { 100 } else { 1 }), &novelty);
    }
    pool.add(entry(MOST, 1), &novelty);
    let digests: Vec<&str> = pool.entries().iter().map(|one| one.digest.as_str()).collect();
    assert_eq!(digests.len(), MOST);
    assert!(!digests.contains(&entry(7, 1).digest.as_str()));
    assert!(digests.contains(&entry(MOST, 1).digest.as_str()));
}

#[test]
fn of_two_that_show_as_much_the_faster_is_drawn_more_often() {
    let (mut pool, mut novelty) = (Pool::default(), Novelty::default());
    let slow = Statistics { last_rounds: 100, ..entry(0, 1).statistics };
    // What has not been run yet is not given up for it.
    let new = Statistics { last_rounds: 0, once: 0, ..entry(2, 0).statistics };
    let entries = [Entry { statistics: slow, ..entry(0, 1) }, entry(1, 1)];
    for entry in entries.into_iter().chain([Entry { statistics: new, ..entry(2, 0) }]) {
        novelty.count(&entry.statistics.features);
        pool.add(entry, &novelty);
    }
    let mut draw = Draw::new(3, 0);
    let mut drawn = [0; 3];
    for _ in 0..3000 {
        let digest = pool.choose(&mut draw, &novelty).unwrap().digest.clone();
        let place = pool.entries().iter().position(|one| one.digest == digest);
        drawn[place.unwrap()] += 1;
    }
    let [slow, fast, new] = drawn;
    assert!(slow > 0 && fast > 5 * slow && new > slow, "{drawn:?}");
}

#[test]
fn jobs_that_began_with_the_same_corpus_do_not_count_it_again() {
    let night = tempfile::tempdir().unwrap();
    let jobs: Vec<_> = (0..4).map(|job| night.path().join(job.to_string())).collect();
    for (job, path) in jobs.iter().enumerate() {
        let mut corpus = Corpus::open(path, &[]).unwrap();
        corpus.save(&[entry(0, 10 + job as u64)]).unwrap();
    }
    let merged = load(&jobs).unwrap();
    assert_eq!(merged.len(), 1);
    assert_eq!((merged[0].statistics.runs, merged[0].statistics.rounds), (13, 13_000));
}

#[test]
fn a_run_counts_on_top_of_those_before_it() {
    let mut pool = Pool::default();
    pool.take_in(entry(0, 2), &Novelty::default());
    let digest = entry(0, 1).digest.clone();
    assert!(pool.note(&digest, &Statistics { once: 5, ..entry(0, 1).statistics }));
    assert!(!pool.note("another", &entry(0, 1).statistics));
    let statistics = &pool.entries()[0].statistics;
    assert_eq!((statistics.runs, statistics.rounds, statistics.once), (3, 3000, 5));
}

#[test]
fn what_has_made_room_for_others_goes_from_the_disk_and_nothing_else_does() {
    let home = tempfile::tempdir().unwrap();
    let by_hand = home.path().join("by-hand.toml");
    let [one, two, three, other] = [0, 1, 2, 3].map(|number| entry(number, 1));
    Corpus::open(home.path(), &[]).unwrap().save(&[one.clone(), two.clone()]).unwrap();
    std::fs::write(&by_hand, &*other.text).unwrap();

    let loaded = load(&[home.path().to_owned()]).unwrap();
    assert_eq!(loaded.len(), 3);
    let mut corpus = Corpus::open(home.path(), &loaded).unwrap();
    // Another job adds to the same directory.
    Corpus::open(home.path(), &[]).unwrap().save(std::slice::from_ref(&three)).unwrap();
    corpus.save(&[two.clone(), other]).unwrap();
    let left = digests(home.path());
    assert!(!left.contains(&one.digest), "{left:?}");
    assert!(left.contains(&two.digest) && left.contains(&three.digest));
    assert!(by_hand.exists());
    let statistics = home.path().join(format!("{}.json", one.digest));
    assert!(!statistics.exists());
}

#[test]
fn what_has_not_been_run_is_not_pruned() {
    let mut pool = Pool::default();
    let new = Entry { statistics: Statistics::default(), ..entry(0, 0) };
    for one in [new.clone(), entry(1, 1), entry(2, 1)] {
        pool.take_in(one, &Novelty::default());
    }
    pool.prune();
    assert!(pool.entries().iter().any(|one| one.digest == new.digest));
}

#[test]
fn only_files_that_are_text_and_no_longer_than_a_scenario_are_programs() {
    let home = tempfile::tempdir().unwrap();
    Corpus::open(home.path(), &[]).unwrap().save(&[entry(0, 1)]).unwrap();
    let made = std::process::Command::new("mkfifo").arg(home.path().join("pipe.toml")).status();
    assert!(made.unwrap().success());
    std::fs::create_dir(home.path().join("directory.toml")).unwrap();
    std::os::unix::fs::symlink("nowhere", home.path().join("dangling.toml")).unwrap();
    assert_eq!(load(&[home.path().to_owned()]).unwrap().len(), 1);

    let odd = home.path().join("odd.toml");
    let refused = |words: &str| {
        let error = load(&[home.path().to_owned()]).unwrap_err();
        let said = error.to_string();
        assert!(said.contains("odd.toml") && said.contains(words), "{said}");
        assert!(matches!(error, CorpusError::Scenario(_)), "{error:?}");
    };
    std::fs::write(&odd, b"name = \"\xff\"").unwrap();
    refused("not UTF-8 text (byte 8)");
    std::fs::File::create(&odd).unwrap().set_len(1 << 32).unwrap();
    refused("longer than 64 MiB");
}

fn candidate(code: &str, class: Class, program: &str, after_ms: u64) -> Candidate {
    let anomaly = Anomaly {
        code: code.to_owned(),
        class,
        relaxations: Vec::new(),
        count: 1,
        trials: 1,
        rate: 1.0,
        rate_low: 0.0,
        rate_high: 1.0,
        seen: String::new(),
        example: None,
        kinds: Vec::new(),
    };
    let signature = Signature { code: code.to_owned(), relaxations: Vec::new(), seen_by: None };
    let (scenario, digest) = (program.to_owned(), program.to_owned());
    Candidate { scenario, digest, anomaly, signature, after_ms, programs: after_ms }
}

#[test]
fn of_each_kind_the_smallest_program_is_kept_with_the_time_of_the_first() {
    let mut candidates = Candidates::default();
    let mut take = |code, class, program, after_ms, steps| {
        let (standing, kept) = candidates.take(candidate(code, class, program, after_ms), steps);
        (standing, kept.digest.clone(), kept.after_ms)
    };
    let forbidden = Class::Forbidden;
    assert_eq!(take("hang", forbidden, "first", 10, 5), (Standing::New, "first".into(), 10));
    assert_eq!(take("hang", forbidden, "larger", 20, 6), (Standing::Known, "first".into(), 10));
    assert_eq!(take("hang", forbidden, "small", 30, 3), (Standing::Smaller, "small".into(), 10));
    // A worse one is worth more than a smaller one.
    let worse = take("hang", Class::Unexplained, "worse", 40, 9);
    assert_eq!(worse, (Standing::Smaller, "worse".into(), 10));
    // And one that fails no run does not take its place, however small.
    let milder = take("hang", Class::Unspecified, "milder", 50, 1);
    assert_eq!(milder, (Standing::Known, "worse".into(), 10));
    assert_eq!(take("torn-read", Class::Unspecified, "torn", 5, 2).0, Standing::New);
    let kinds = candidates.kinds();
    let counted: Vec<_> = kinds.iter().map(|(name, kind)| (*name, kind.programs)).collect();
    assert_eq!(counted, [("torn-read in end", 1), ("hang in end", 5)]);
    assert!(candidates.any_fails() && candidates.len() == 2);
}
