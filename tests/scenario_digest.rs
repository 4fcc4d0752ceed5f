//! The digest is equal for files whose results can be compared, and for no others.

use fsrace::scenario::{self, Scenario};

fn parse(text: &str) -> Scenario {
    scenario::parse(text, "scenario.toml").unwrap_or_else(|diagnostics| panic!("{diagnostics}"))
}

const SEED: &str = include_str!("good-scenarios/seed.toml");

/// The seed scenario with one text replaced by another.
fn changed(from: &str, to: &str) -> String {
    assert!(SEED.contains(from), "{from:?} is not in the scenario");
    parse(&SEED.replacen(from, to, 1)).digest
}

#[test]
fn the_digest_of_a_file_never_changes() {
    // If this fails, results of older versions can no longer be compared with new ones.
    assert_eq!(parse(SEED).digest, "1bddc98b41de7a49");
    assert_eq!(scenario::digest(&parse(SEED)), parse(SEED).digest);
}

#[test]
fn what_does_not_change_the_results_does_not_change_the_digest() {
    let digest = parse(SEED).digest;
    for (from, to) in [
        ("[run]", "# a comment\n\n[run]"),
        ("{ op = \"fstat\"", "{    op = \"fstat\""),
        ("A reader must", "Readers must"),
        ("about = ", "tags = [\"a-tag\"]\nabout = "),
        ("https://bugs.python.org/issue41291", "https://example.org"),
        ("\"5s\"", "\"1h\""),
        ("duration = \"5s\"", "iterations = 7\nseed = 3\nhang_after = \"20s\""),
        ("open-while-unlinked", "another-name"),
        ("flags = [\"rdonly\"], ", ""),
        ("[\"wronly\", \"creat\", \"trunc\"]", "[\"trunc\", \"creat\", \"wronly\"]"),
        ("{ op = \"unlink\", path = \"DEST.txt\" }", "{ path = \"DEST.txt\", op = \"unlink\" }"),
        ("len = 1024", "len = \"1KiB\""),
    ] {
        let text = SEED.replacen(from, to, 1);
        assert_ne!(text, SEED, "{from:?} is not in the scenario");
        assert_eq!(parse(&text).digest, digest, "{to:?} changed the digest");
    }
}

#[test]
fn what_changes_the_results_changes_the_digest() {
    let mut seen = vec![parse(SEED).digest];
    for (from, to) in [
        ("content = \"CONTENT\"", "content = \"CONTENTS\""),
        ("{ content = \"CONTENT\" }", "{ size = 7 }"),
        ("[run]", "\"other\" = { dir = true }\n[run]"),
        ("mode = \"free\"", "mode = \"rounds\""),
        ("name = \"deleter\"", "name = \"remover\""),
        ("process = \"A\"", "process = \"B\""),
        ("process = \"A\"", "process = \"A\"\ncount = 2"),
        ("process = \"A\"", "process = \"A\"\nclient = 0"),
        ("process = \"A\"", "process = \"A\"\nclient = 1"),
        ("{ op = \"fstat\", fd = \"f\" }", "{ op = \"fstat\", fd = \"f\", repeat = 2 }"),
        ("{ op = \"fstat\", fd = \"f\" },\n", ""),
        ("len = 1024", "len = 1023"),
        ("\"1us\"", "\"2us\""),
        ("ENOENT = \"again\"", "ENOENT = \"next\""),
        ("ENOENT = \"again\"", "EACCES = \"again\""),
        ("len = 1024", "len = 1024, expect = { whole = true }"),
        ("about = ", "forbid = [\"empty-read\"]\nabout = "),
        ("[run]", "[shared.log]\npath = \"DEST.txt\"\n[run]"),
        ("\"rdonly\"", "\"rdonly\", \"nofollow\""),
    ] {
        let digest = changed(from, to);
        assert!(!seen.contains(&digest), "{to:?} did not change the digest");
        seen.push(digest);
    }
}

#[test]
fn the_order_of_the_fixture_does_not_matter() {
    let actor = "[[actor]]\nname = \"x\"\nsteps = [{ op = \"yield\" }]\n";
    let head = "name = \"a\"\n[fixture]\n";
    let one = format!("{head}\"d/f\" = {{ size = 1 }}\n\"e\" = {{ dir = true }}\n{actor}");
    let two = format!("{head}\"e\" = {{ dir = true }}\n\"d/f\" = {{ size = 1 }}\n{actor}");
    let listed = format!(
        "{head}\"d\" = {{ dir = true }}\n\"e\" = {{ dir = true }}\n\"d/f\" = {{ size = 1 }}\n{actor}"
    );
    assert_eq!(parse(&one).digest, parse(&two).digest);
    assert_eq!(parse(&one).digest, parse(&listed).digest);
}
