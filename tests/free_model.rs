//! What the model lets the steps of looping programs show: empty reads, contents, errnos and names,
//! each with its innocent neighbour.

use fsrace::content::{Class, ItemSet};
use fsrace::model::free::{Endless, Limits, Possible, Reachable};
use fsrace::model::{DirectoryLinks, Platform, Rules};
use fsrace::ops::call::Call;
use fsrace::plan::{Plan, Settings, plan};

const RULES: Rules = Rules {
    platform: Platform::Linux,
    privileged: true,
    directory_links: DirectoryLinks::Counted,
    identities: true,
};

const READER: &str = r#"
    { op = "open", path = "f", fd = "r" },
    { op = "read", fd = "r", len = 100 },
"#;

/// Writes beside `f`, and puts that in its place.
const SAVE: &str = r#"
    { op = "open", path = "t", flags = ["wronly", "creat", "trunc"], fd = "w" },
    { op = "write", fd = "w", content = "NEW" },
    { op = "rename", path = "t", to = "f" },
"#;

/// A plan with one actor for each list of steps. `f` is there with a content.
fn planned(fixture: &str, actors: &[&str]) -> Plan {
    let mut text = format!(
        "name = \"case\"\nabout = \"A case.\"\n[fixture]\n\"f\" = {{ content = \"OLD\" }}\n{fixture}\n"
    );
    for (index, steps) in actors.iter().enumerate() {
        text += &format!("[[actor]]\nname = \"actor{index}\"\nsteps = [{steps}]\n");
    }
    let scenario = fsrace::scenario::parse(&text, "case");
    let scenario = scenario.unwrap_or_else(|mistakes| panic!("{text}\n{mistakes}"));
    plan(&scenario, &Settings::default()).unwrap()
}

fn reachable(plan: &Plan) -> Result<Reachable, Endless> {
    Reachable::new(plan, RULES, Limits::default())
}

/// What the last step of the first actor whose text begins so can show.
fn possible(plan: &Plan, step: &str) -> Possible {
    let steps = &plan.actors[0].steps;
    let index = steps.iter().rposition(|one| one.text.starts_with(step)).expect("a step");
    reachable(plan).unwrap_or_else(|why| panic!("{why}")).step(0, index).clone()
}

/// What a reader of `f` can read, against an actor with these steps.
fn read_against(fixture: &str, steps: &str) -> Possible {
    possible(&planned(fixture, &[READER, steps]), "read")
}

#[test]
fn what_is_written_before_it_shows_is_never_empty() {
    for steps in [
        SAVE.to_owned(),
        r#"{ op = "unlink", path = "f" }"#.to_owned(),
        SAVE.replace("\"t\"", "\"t-{actor}-{iteration}\""),
        SAVE.replace("\"t\"", "\"t-{random:1000}\""),
        // The write stands before the rename, whatever the other names are.
        format!(
            r#"{SAVE} {{ op = "link", path = "f", to = "g" }}, {{ op = "unlink", path = "g" }}"#
        ),
        r#"{ op = "rename", path = "f", to = "g" }, { op = "rename", path = "g", to = "f" }"#
            .into(),
    ] {
        let read = read_against("", &steps);
        assert!(!read.is_empty() && read.succeeds(), "{steps}");
    }
}

#[test]
fn a_file_may_be_empty_wherever_some_way_leads_there() {
    let early =
        |insert: &str| SAVE.replace(r#"{ op = "write","#, &format!(r#"{insert} {{ op = "write","#));
    let own = "\"t\" = { link = \"f\" }";
    for (why, fixture, steps) in [
        (
            "the write can be left out",
            "",
            early(r#"{ op = "stat", path = "f", on = { error = "next", ok = "again" } },"#)
                + r#"{ op = "stat", path = "f" }, "#,
        ),
        ("nothing is written", "", SAVE.replace("NEW", "")),
        ("the own name is a link to the same file", own, SAVE.to_owned()),
        (
            "it is emptied through its descriptor",
            "",
            format!("{SAVE} {{ op = \"ftruncate\", fd = \"w\", size = 0 }},"),
        ),
        (
            "it is emptied by another name",
            "\"g\" = { link = \"f\" }",
            r#"{ op = "truncate", path = "g", size = 0 }"#.to_owned(),
        ),
        (
            "it is emptied under a name that it moves to",
            "",
            r#"{ op = "rename", path = "f", to = "g" }, { op = "creat", path = "g", fd = "g" },
               { op = "rename", path = "g", to = "f" }"#
                .to_owned(),
        ),
        (
            "an empty file takes its place",
            "\"g\" = { content = \"\" }",
            r#"{ op = "rename", path = "g", to = "f" }"#.to_owned(),
        ),
        (
            "a link leads there",
            "\"l\" = { symlink = \"f\" }",
            r#"{ op = "creat", path = "l", fd = "g" }"#.to_owned(),
        ),
    ] {
        if why == "the write can be left out" {
            // Left out, and what is there is then put in place.
            let steps = r#"
                { op = "open", path = "t", flags = ["wronly", "creat", "trunc"], fd = "w" },
                { op = "access", path = "g", on = { ok = "next", error = "late" } },
                { op = "write", fd = "w", content = "NEW" },
                { op = "rename", path = "t", to = "f" },
            "#;
            let text = format!(
                "name = \"case\"\nabout = \"A case.\"\n[fixture]\n\"f\" = {{ content = \"OLD\" }}\n\
                 [[actor]]\nname = \"a\"\nsteps = [{READER}]\n[[actor]]\nname = \"b\"\nsteps = [{steps}]\n\
                 [actor.branch]\nlate = [{{ op = \"rename\", path = \"t\", to = \"f\" }}]\n"
            );
            let scenario = fsrace::scenario::parse(&text, "case").unwrap_or_else(|m| panic!("{m}"));
            let plan = plan(&scenario, &Settings::default()).unwrap();
            assert!(possible(&plan, "read").is_empty(), "{why}");
            continue;
        }
        assert!(read_against(fixture, &steps).is_empty(), "{why}");
    }
}

#[test]
fn two_who_share_a_name_can_show_each_other_empty_files() {
    let other = r#"{ op = "creat", path = "t", fd = "x" }"#;
    assert!(possible(&planned("", &[READER, SAVE, other]), "read").is_empty());
    assert!(possible(&planned("", &[READER, SAVE, SAVE]), "read").is_empty());
    // By chance the same number.
    let make = r#"{ op = "creat", path = "t-{random:1000}", fd = "x" }"#;
    let show = format!(r#"{{ op = "rename", path = "t-{{random:1000}}", to = "f" }}, {READER}"#);
    assert!(possible(&planned("", &[&show, make]), "read").is_empty());
    let own = SAVE.replace("\"t\"", "\"t-{actor}-{random:1000}\"");
    assert!(!possible(&planned("", &[READER, &own, &own]), "read").is_empty());
}

#[test]
fn what_an_iteration_leaves_behind_under_a_drawn_name_can_be_drawn_again() {
    let leave = r#"{ op = "creat", path = "x-{random:9}", fd = "x" }"#;
    let take = r#"
        { op = "open", path = "x-{random:9}", fd = "r" },
        { op = "fstat", fd = "r" },
    "#;
    let plan = planned("", &[take, leave]);
    let open = possible(&plan, "open");
    assert!(open.succeeds() && open.fails(libc::ENOENT as u16));
    let make = r#"
        { op = "open", path = "y-{random:9}", flags = ["wronly", "creat", "excl"], fd = "r" },
        { op = "unlink", path = "y-{random:9}" },
    "#;
    let open = possible(&planned("", &[make, leave]), "open");
    assert!(open.succeeds() && !open.fails(libc::EEXIST as u16), "it is always removed");
    let keep =
        r#"{ op = "open", path = "y-{random:9}", flags = ["wronly", "creat", "excl"], fd = "r" }"#;
    assert!(possible(&planned("", &[keep, leave]), "open").fails(libc::EEXIST as u16));
}

#[test]
fn files_of_the_fixture_can_be_drawn() {
    let fixture = "\"x-{index}\" = { content = \"X\", count = 9 }\n\"y-1\" = { content = \"Y\" }";
    let read = |reader: &str| {
        let read = format!(r#"{reader} {{ op = "read", fd = "r", len = 9 }}"#);
        possible(&planned(fixture, &[&read, r#"{ op = "unlink", path = "x-{random:9}" }"#]), "read")
    };
    let drawn = read(r#"{ op = "open", path = "x-{random:9}", fd = "r" },"#);
    assert_eq!(drawn.items(), Some(ItemSet::of(&[1])));
    let named = read(r#"{ op = "open", path = "y-1", fd = "r" },"#);
    assert_eq!(named.items(), Some(ItemSet::of(&[2])));
}

#[test]
fn few_names_are_each_looked_at() {
    let fixture = "\"x-0\" = { content = \"X\" }\n\"x-1\" = { content = \"Y\" }";
    let reader = r#"
        { op = "open", path = "x-{random:2}", fd = "r" },
        { op = "read", fd = "r", len = 9 },
    "#;
    let plan = planned(fixture, &[reader, r#"{ op = "stat", path = "x-0" }"#]);
    assert_eq!(possible(&plan, "read").items(), Some(ItemSet::of(&[1, 2])));
    assert!(!possible(&plan, "open").fails(libc::ENOENT as u16), "both are there");
    let plan = planned(fixture, &[reader, r#"{ op = "rename", path = "x-0", to = "x-1" }"#]);
    assert!(possible(&plan, "open").fails(libc::ENOENT as u16));
    let plan = planned(fixture, &[reader, r#"{ op = "unlink", path = "x-{random:3}" }"#]);
    assert!(possible(&plan, "open").fails(libc::ENOENT as u16));
}

#[test]
fn a_name_that_is_only_ever_replaced_is_always_there() {
    let open = possible(&planned("", &[READER, SAVE]), "open");
    assert!(open.succeeds() && !open.fails(libc::ENOENT as u16));
    let open = possible(&planned("", &[READER, r#"{ op = "unlink", path = "f" }"#]), "open");
    assert!(open.succeeds() && open.fails(libc::ENOENT as u16));
}

#[test]
fn a_path_of_two_components_may_be_resolved_while_the_first_moves() {
    let look = r#"{ op = "stat", path = "d/x" }"#;
    let swap = r#"
        { op = "rename", path = "d", to = "e" },
        { op = "unlink", path = "e/x" },
        { op = "creat", path = "e/x", fd = "x" },
        { op = "rename", path = "e", to = "d" },
    "#;
    // In place `d` always has its `x`, but not on the way there.
    let plan = planned("\"d/x\" = { content = \"\" }", &[look, swap]);
    assert!(possible(&plan, "stat").fails(libc::ENOENT as u16));
    let stay = r#"{ op = "creat", path = "d/x", fd = "x" }"#;
    let plan = planned("\"d/x\" = { content = \"\" }", &[look, stay]);
    assert!(!possible(&plan, "stat").fails(libc::ENOENT as u16));
}

#[test]
fn contents_are_those_that_can_be_there() {
    let read = read_against("\"g\" = { content = \"OTHER\" }", SAVE);
    assert_eq!(read.items(), Some(ItemSet::of(&[0, 2])));
    assert!(read.reads(Class::Whole(0), None) && !read.reads(Class::Part(0), None));
    // Behind each other, and over each other.
    let open =
        |flags: &str| format!("{{ op = \"open\", path = \"f\", flags = [{flags}], fd = \"w\" }},");
    let write = r#"{ op = "write", fd = "w", content = "NEW" },"#;
    let twice = format!("{} {write} {write}", open("\"wronly\""));
    assert!(read_against("", &twice).reads(Class::Mixed, None));
    let once = format!("{} {write}", open("\"wronly\""));
    assert!(!read_against("", &once).reads(Class::Mixed, None));
}

#[test]
fn tagged_content_can_be_of_several_writings_where_they_do_not_cover_each_other() {
    let write = |steps: &str| {
        format!("{{ op = \"open\", path = \"f\", flags = [\"wronly\"], fd = \"w\" }}, {steps}")
    };
    let one = write(r#"{ op = "pwrite", fd = "w", size = 4096, offset = 0 }"#);
    let reader = READER.replace("100", "4096");
    let read = possible(&planned("", &[&reader, &one]), "read");
    assert!(!read.reads(Class::Mixed, None));
    let two = write(r#"{ op = "write", fd = "w", size = 4096, repeat = 2 }"#);
    let read = possible(&planned("", &[&reader, &two]), "read");
    assert!(
        read.reads(Class::Mixed, None),
        "the second writing of the last iteration is still there"
    );
}

#[test]
fn who_looks_while_somebody_changes_the_file_is_told() {
    let rewrite = r#"
        { op = "open", path = "f", flags = ["wronly"], fd = "w" },
        { op = "write", fd = "w", content = "NEW" },
    "#;
    assert!(read_against("", rewrite).meanwhile.content);
    assert!(!read_against("", SAVE).meanwhile.content, "written before it shows");
    let stat = r#"{ op = "stat", path = "f" }"#;
    assert!(possible(&planned("", &[stat, SAVE]), "stat").meanwhile.names);
}

#[test]
fn a_scan_must_report_what_is_there_throughout() {
    let must = |steps: &str| {
        let scan = r#"{ op = "readdir", path = "d" }"#;
        let fixture = "\"d/a\" = { content = \"\" }\n\"d/b\" = { content = \"\" }";
        let plan = planned(fixture, &[scan, steps]);
        let plan = reachable(&plan).unwrap_or_else(|why| panic!("{why}")).informed(&plan);
        let Call::Readdir(scan) = &plan.actors[0].steps[0].call else { panic!("no scan") };
        let mut names: Vec<String> = scan.stable.keys().cloned().collect();
        names.sort_unstable();
        names.join(" ")
    };
    assert_eq!(must(r#"{ op = "unlink", path = "d/a" }"#), "b");
    assert_eq!(must(r#"{ op = "creat", path = "d/a", fd = "x" }"#), "a b");
    // Only the model can tell that this leaves both where they are.
    assert_eq!(must(r#"{ op = "rename", path = "d/a", to = "d/a" }"#), "a b");
    // Always there, but a scan may miss what takes its place.
    assert_eq!(must(r#"{ op = "rename", path = "d/a", to = "d/b" }"#), "");
}

#[test]
fn programs_without_end_are_told() {
    let append = r#"
        { op = "open", path = "f", flags = ["wronly", "append"], fd = "w" },
        { op = "write", fd = "w", content = "NEW" },
    "#;
    let why = |steps: &str| reachable(&planned("", &[READER, steps])).err();
    assert_eq!(why(append), Some(Endless::Grows));
    let keep = r#"{ op = "link", path = "f", to = "x-{iteration}" }"#;
    assert_eq!(why(keep), Some(Endless::Kept));
    let fold = r#"{ op = "creat", path = "F", fd = "g" }"#;
    assert!(matches!(why(fold), Some(Endless::Unmodelled(_))));
    let small = Reachable::new(&planned("", &[READER, SAVE]), RULES, Limits { worlds: 3 });
    assert_eq!(small.err(), Some(Endless::Worlds(3)));
}

#[test]
fn a_few_tagged_bytes_can_be_those_of_a_text_by_chance() {
    // The third writer's bytes begin at 65, which is `A`, and in the next generation at another.
    let write = |size: u32| {
        format!(
            r#"{{ op = "open", path = "g{size}", flags = ["wronly", "creat"], fd = "w" }},
               {{ op = "write", fd = "w", size = {size} }}, {{ op = "close", fd = "w" }},"#
        )
    };
    let writer = format!(
        r#"{}{} {{ op = "open", path = "f", flags = ["wronly"], fd = "w" }},
           {{ op = "write", fd = "w", size = 30 }}, {{ op = "write", fd = "w", content = "A" }}"#,
        write(10),
        write(20),
    );
    let read = possible(&planned("", &[&READER.replace("100", "1"), &writer]), "read");
    for item in 0..5 {
        assert!(read.reads(Class::Whole(item), None), "{item}");
    }
}

#[test]
fn bytes_at_a_place_that_their_writer_did_not_know_say_nothing() {
    let append = r#"
        { op = "open", path = "f", flags = ["wronly", "append", "trunc"], fd = "w" },
        { op = "write", fd = "w", content = "NEW" },
        { op = "write", fd = "w", size = 40 },
    "#;
    let read = read_against("", append);
    assert!(read.reads(Class::Foreign, None) && read.items().is_none());
    assert!(!read_against("", SAVE).reads(Class::Foreign, None));
}

#[test]
fn too_many_ways_to_draw_are_told_and_a_long_read_takes_no_time() {
    let step = |label: char| format!(r#"{{ op = "unlink", path = "x-{{random:99:{label}}}" }},"#);
    let steps: String = ('a'..='j').map(step).collect();
    let actors = vec![steps.as_str(); 3];
    assert!(matches!(reachable(&planned("", &actors)).err(), Some(Endless::Worlds(_))));
    let writer = r#"
        { op = "open", path = "f", flags = ["wronly"], fd = "w" },
        { op = "pwrite", fd = "w", size = "16MiB", offset = 0 },
    "#;
    let reader = READER.replace("100", "\"16MiB\"");
    let start = std::time::Instant::now();
    let read = possible(&planned("", &[&reader, writer, writer]), "read");
    assert!(read.succeeds() && start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn too_many_changing_names_are_told() {
    let step =
        |name: usize| format!("{{ op = \"unlink\", path = \"n{name}-{{actor}}-{{iteration}}\" }},");
    let steps = |count| (0..count).map(step).collect::<String>();
    let few = possible(&planned("", &[&steps(20), &steps(20)]), "unlink");
    assert!(few.fails(libc::ENOENT as u16) && !few.succeeds());
    let many = reachable(&planned("", &[&steps(128), &steps(128)]));
    assert_eq!(many.err(), Some(Endless::Names(64)));
}
