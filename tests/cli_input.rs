//! Bad input: a clear message with the right exit code before anything has happened.

mod common;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use common::mounts::Mount;
use common::{Outcome, Place, is_root, names, outcome, plain, program, skip};

const ARGUMENTS: i32 = 2;
const ENVIRONMENT: i32 = 3;

/// Runs a scenario that cannot be used, and sees that nothing came of it.
#[track_caller]
fn refused(text: impl AsRef<[u8]>, words: &[&str]) {
    let place = Place::new();
    let file = place.scenario("wrong.toml", text);
    place.run_on_target(&file, &[]).expect(ARGUMENTS, words).expect(ARGUMENTS, &["wrong.toml"]);
    place.assert_untouched();
    let checked = place.run([OsStr::new("check"), file.as_os_str()]);
    checked.expect(ARGUMENTS, words);
    place.assert_untouched();
}

/// Runs a good scenario with arguments that do not fit.
#[track_caller]
fn refused_arguments(code: i32, args: &[&str], words: &[&str]) {
    let place = Place::new();
    let file = place.scenario("plain.toml", plain("plain", "100ms"));
    place.run_on_target(&file, args).expect(code, words);
    place.assert_untouched();
}

#[test]
fn several_mistakes_are_shown_at_once_each_with_its_place_and_a_caret() {
    let text = r#"name = "wrong"
[run]
mode = "freee"
[[actor]]
name = "a"
steps = [
  { op = "opne", path = "f" },
  { op = "read", fd = "nobody", len = 1 },
  { op = "stat", path = "/etc/passwd" },
]
"#;
    let words = ["wrong.toml:3:8", "wrong.toml:7:10", "wrong.toml:9:26", "^^^^", "freee", "`open`"];
    refused(text, &words);
}

#[test]
fn text_that_is_not_toml_is_refused() {
    refused("name = \"wrong\n", &["wrong.toml:1:", "^"]);
    refused("[[actor]\n", &["wrong.toml:1:"]);
    refused("", &["name"]);
}

#[test]
fn an_unknown_step_is_refused_with_the_nearest_name() {
    let text =
        "name = \"x\"\n[[actor]]\nname = \"a\"\nsteps = [{ op = \"unlnk\", path = \"f\" }]\n";
    refused(text, &["wrong.toml:4:", "unlnk", "unlink"]);
}

#[test]
fn an_undefined_descriptor_is_refused() {
    let text = "name = \"x\"\n[[actor]]\nname = \"a\"\nsteps = [{ op = \"close\", fd = \"f\" }]\n";
    refused(text, &["wrong.toml:4:", "`f`"]);
}

#[test]
fn paths_that_lead_out_of_the_run_directory_are_refused() {
    for path in ["/etc/passwd", "../f", "a/../../f", "a//f", "."] {
        let steps = format!("steps = [{{ op = \"stat\", path = \"{path}\" }}]");
        refused(
            format!("name = \"x\"\n[[actor]]\nname = \"a\"\n{steps}\n"),
            &["wrong.toml:4:", "path"],
        );
    }
    let fixture =
        "name = \"x\"\n[fixture]\n\"../f\" = { content = \"\" }\n\"s\" = { symlink = \"/etc\" }\n";
    let actor = "[[actor]]\nname = \"a\"\nsteps = [{ op = \"yield\" }]\n";
    refused(format!("{fixture}{actor}"), &["wrong.toml:3:", "wrong.toml:4:"]);
}

#[test]
fn a_scenario_without_actors_is_refused() {
    refused("name = \"x\"\n", &["actor"]);
    refused("name = \"x\"\nactor = []\n", &["actor"]);
    let none = "name = \"x\"\n[[actor]]\nname = \"a\"\ncount = 0\nsteps = [{ op = \"yield\" }]\n";
    refused(none, &["wrong.toml:4:", "count"]);
}

#[test]
fn text_that_is_not_utf_8_is_refused() {
    refused(b"name = \"\xff\"\n", &["not UTF-8"]);
}

#[test]
fn a_file_without_end_is_not_read_to_its_end() {
    let place = Place::new();
    place.run(["check", "/dev/zero"]).expect(ARGUMENTS, &["/dev/zero"]);
}

#[test]
fn unknown_commands_and_options_are_refused() {
    let place = Place::new();
    place.run(["runn"]).expect(ARGUMENTS, &["runn", "'run'"]);
    place.run(["run", "--targte", "."]).expect(ARGUMENTS, &["--targte", "--target"]);
    place.run::<&str>([]).expect(ARGUMENTS, &["Usage"]);
    place.run(["explain", "zero-inode"]).expect(ARGUMENTS, &["zero-inode", "zero-inode-fd"]);
    place.run(["list", "--show", "nothing"]).expect(ARGUMENTS, &["nothing"]);
    place.assert_untouched();
}

#[test]
fn numbers_out_of_range_are_refused() {
    for args in [
        ["--seed", "-1"],
        ["--seed", "18446744073709551616"],
        ["--seed", "x"],
        ["--duration", "0s"],
        ["--duration", "5"],
        ["--duration", "-5s"],
        ["--duration", "99999999999999999999h"],
        ["--duration", "1parsec"],
        ["--rounds", "0"],
    ] {
        refused_arguments(ARGUMENTS, &[&format!("{}={}", args[0], args[1])], &[args[0], args[1]]);
    }
    refused_arguments(ARGUMENTS, &["-q", "-v"], &["--quiet", "--verbose"]);
}

#[test]
fn scenarios_that_are_missing_are_refused() {
    let place = Place::new();
    let missing = place.path("scenarios/none.toml");
    place.run_on_target(&missing, &[]).expect(ARGUMENTS, &["none.toml", "ENOENT"]);
    let empty = place.path("scenarios");
    place.run_on_target(&empty, &[]).expect(ARGUMENTS, &["scenarios", "no scenario"]);
    place.assert_untouched();
}

#[test]
fn two_scenarios_of_one_name_are_refused_and_both_files_named() {
    let place = Place::new();
    place.scenario("a.toml", plain("twin", "1s"));
    place.scenario("below/b.toml", plain("twin", "1s"));
    let all = place.path("scenarios");
    place.run_on_target(&all, &[]).expect(ARGUMENTS, &["`twin`", "a.toml", "below/b.toml"]);
    place.assert_untouched();
}

#[test]
fn a_directory_of_scenarios_that_leads_back_to_itself_is_read_once() {
    let place = Place::new();
    place.scenario("plain.toml", plain("plain", "300ms"));
    symlink(".", place.path("scenarios/again")).unwrap();
    let all = place.path("scenarios");
    let checked = place.run([OsStr::new("check"), OsStr::new("-q"), all.as_os_str()]);
    assert!(checked.out.contains("1 scenario is valid"), "{checked:#?}");
}

#[test]
fn targets_that_cannot_be_used_are_told_apart() {
    let place = Place::new();
    let file = place.scenario("plain.toml", plain("plain", "100ms"));
    let on = |target: &Path| {
        let args = [OsStr::new("run"), file.as_os_str(), OsStr::new("-t"), target.as_os_str()];
        place.run(args)
    };
    on(&place.path("none")).expect(ENVIRONMENT, &["/none", "ENOENT"]);
    on(&file).expect(ENVIRONMENT, &["plain.toml", "ENOTDIR"]);
    on(&file.join("below")).expect(ENVIRONMENT, &["plain.toml/below", "ENOTDIR"]);
    symlink("nowhere", place.path("dangling")).unwrap();
    on(&place.path("dangling")).expect(ENVIRONMENT, &["dangling", "ENOENT"]);
    symlink("loop", place.path("loop")).unwrap();
    on(&place.path("loop")).expect(ENVIRONMENT, &["/loop", "ELOOP"]);
    on(Path::new("")).expect(ARGUMENTS, &["--target"]);
    on(Path::new("/proc"))
        .expect(ENVIRONMENT, &["/proc", "cannot make a directory in it", "ENOENT"]);
    place.assert_untouched();
}

#[test]
fn a_target_that_is_given_twice_is_refused() {
    let place = Place::new();
    let file = place.scenario("plain.toml", plain("plain", "100ms"));
    let twice = ["-t", "../target/"];
    place.run_on_target(&file, &twice).expect(ARGUMENTS, &["/target", "twice"]);
    symlink(place.target(), place.path("link")).unwrap();
    place.run_on_target(&file, &["-t", "../link"]).expect(ARGUMENTS, &["/target", "twice"]);
    place.assert_untouched();
}

#[test]
fn a_bad_second_target_leaves_nothing_in_the_first() {
    refused_arguments(ENVIRONMENT, &["-t", "none"], &["none", "ENOENT"]);
}

#[test]
fn a_target_mounted_read_only_is_refused() {
    let Some(mount) = Mount::tmpfs("ro") else { return };
    on_mount(&mount, "EROFS");
}

#[test]
fn a_full_target_is_refused_whether_bytes_or_files_are_short() {
    let Some(mount) = Mount::tmpfs("size=1M") else { return };
    on_mount(&mount, "ENOSPC");
    let Some(mount) = Mount::tmpfs("size=64M,nr_inodes=20") else { return };
    on_mount(&mount, "ENOSPC");
    let Some(mount) = Mount::ext4(2) else { return };
    on_mount(&mount, "ENOSPC");
}

#[track_caller]
fn on_mount(mount: &Mount, errno: &str) {
    let place = Place::new();
    let file = place.scenario("plain.toml", plain("plain", "100ms"));
    let before = names(mount.path());
    let (file, target) = (file.as_os_str(), mount.path().as_os_str());
    let run = place.run([OsStr::new("run"), file, OsStr::new("-t"), target]);
    run.expect(ENVIRONMENT, &[errno, mount.path().to_str().unwrap()]);
    assert_eq!(names(mount.path()), before);
    place.assert_untouched();
}

/// Runs the command as somebody without privileges.
fn as_nobody(place: &Place, args: &[&OsStr]) -> Option<Outcome> {
    if !is_root() {
        return None;
    }
    // The place where it was built may be closed to others.
    let copy = place.path("fsrace");
    if !copy.exists() {
        fs::copy(program(), &copy).unwrap();
    }
    place.open_up();
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(copy).args(args);
    place.settle(&mut command);
    let outcome = outcome(&mut command);
    if outcome.err.contains("setpriv:") {
        skip("setpriv does not work here");
        return None;
    }
    Some(outcome)
}

#[test]
fn what_may_not_be_read_or_written_is_refused_with_eacces() {
    let place = Place::new();
    let file = place.scenario("plain.toml", plain("plain", "100ms"));
    fs::set_permissions(place.path("scenarios"), fs::Permissions::from_mode(0o755)).unwrap();
    let secret = place.scenario("secret.toml", plain("secret", "100ms"));
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let closed = place.path("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(place.path("old.csv"), "old").unwrap();
    fs::set_permissions(place.path("old.csv"), fs::Permissions::from_mode(0o644)).unwrap();
    let (run, t) = (OsStr::new("run"), OsStr::new("-t"));
    let target = place.target();
    let Some(good) = as_nobody(&place, &[run, file.as_os_str(), t, target.as_os_str()]) else {
        return;
    };
    good.expect(0, &[]);
    place.assert_clean();
    fs::remove_dir_all(place.cwd().join("fsrace-runs")).unwrap();

    let nobody = |args: &[&OsStr]| as_nobody(&place, args).unwrap();
    let denied = nobody(&[run, secret.as_os_str(), t, target.as_os_str()]);
    denied.expect(ARGUMENTS, &["secret.toml", "EACCES"]);
    let denied = nobody(&[run, file.as_os_str(), t, closed.as_os_str()]);
    denied.expect(ENVIRONMENT, &["closed", "EACCES"]);
    let inside = closed.join("deeper");
    let denied = nobody(&[run, file.as_os_str(), t, inside.as_os_str()]);
    denied.expect(ENVIRONMENT, &["closed/deeper", "EACCES"]);
    let on_target = [run, file.as_os_str(), t, target.as_os_str()];
    for (option, path) in
        [("--csv", closed.join("x.csv")), ("--json", place.path("old.csv")), ("-o", closed)]
    {
        let path = path.as_os_str();
        let denied = nobody(&[&on_target[..], &[OsStr::new(option), path]].concat());
        denied.expect(ENVIRONMENT, &["EACCES", path.to_str().unwrap()]);
    }
    assert_eq!(fs::read(place.path("old.csv")).unwrap(), b"old");
    place.assert_untouched();

    // The working directory may belong to somebody else.
    fs::set_permissions(place.cwd(), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(place.path("fsrace"));
    command.args(on_target);
    place.settle(&mut command);
    outcome(&mut command).expect(ENVIRONMENT, &["fsrace-runs", "EACCES", "-o"]);
    place.assert_untouched();
}

#[test]
fn files_for_results_that_cannot_be_written_are_noticed_before_the_run() {
    for option in ["--csv", "--json"] {
        refused_arguments(ENVIRONMENT, &[option, "none/r.txt"], &[option, "none/r.txt", "ENOENT"]);
        refused_arguments(ENVIRONMENT, &[option, "/"], &[option, "EISDIR"]);
        refused_arguments(ENVIRONMENT, &[option, "../target"], &[option, "target", "EISDIR"]);
        refused_arguments(ARGUMENTS, &[option, ""], &[option]);
    }
    let same = ["--csv", "r.txt", "--json", "../cwd/r.txt"];
    refused_arguments(ENVIRONMENT, &same, &["--csv", "--json", "r.txt"]);
    refused_arguments(ENVIRONMENT, &["--csv", "-", "--json", "-"], &["--csv", "--json"]);
    let latency = ["--csv", "r.csv", "--json", "r-latency.csv"];
    refused_arguments(ENVIRONMENT, &latency, &["r-latency.csv"]);
}

#[test]
fn a_file_for_results_on_a_read_only_mount_is_noticed_before_the_run() {
    let Some(mount) = Mount::tmpfs("ro") else { return };
    let path = mount.path().join("r.csv");
    let path = path.to_str().unwrap();
    refused_arguments(ENVIRONMENT, &["--csv", path], &[path, "EROFS"]);
    refused_arguments(ENVIRONMENT, &["-o", path], &[path, "EROFS"]);
}

#[test]
fn a_run_directory_that_holds_something_is_refused() {
    let place = Place::new();
    let file = place.scenario("plain.toml", plain("plain", "300ms"));
    let taken = place.path("taken");
    fs::create_dir(&taken).unwrap();
    fs::write(taken.join("thesis.txt"), "precious").unwrap();
    let refused = place.run_on_target(&file, &["-o", "../taken"]);
    refused.expect(ARGUMENTS, &["../taken", "not empty"]);
    assert_eq!(names(&taken), ["thesis.txt"]);
    let refused = place.run_on_target(&file, &["-o", "../taken/thesis.txt"]);
    refused.expect(ENVIRONMENT, &["thesis.txt", "ENOTDIR"]);
    let refused = place.run_on_target(&file, &["-o", "../taken/thesis.txt/run"]);
    refused.expect(ENVIRONMENT, &["thesis.txt/run", "ENOTDIR"]);
    let refused = place.run_on_target(&file, &["-o", "../target"]);
    refused.expect(ARGUMENTS, &["../target", "is a target"]);
    place.assert_untouched();

    place.run_on_target(&file, &["-o", "../run/of/today"]).expect(0, &[]);
    let again = place.run_on_target(&file, &["-o", "../run/of/today"]);
    again.expect(ARGUMENTS, &["already holds a run", "--resume"]);
    place.assert_untouched();
}

#[test]
fn a_run_directory_that_cannot_be_filled_is_not_left_behind() {
    let Some(mount) = Mount::tmpfs("size=64k,nr_inodes=4") else { return };
    let place = Place::new();
    let file = place.scenario("plain.toml", plain("plain", "300ms"));
    let out = mount.path().join("runs/today");
    let refused = place.run_on_target(&file, &["-o", out.to_str().unwrap()]);
    refused.expect(ENVIRONMENT, &["runs/today", "ENOSPC"]);
    assert_eq!(names(mount.path()), Vec::<String>::new());
    place.assert_untouched();
}

/// A finished run, to be spoilt.
fn finished() -> (Place, std::path::PathBuf) {
    let place = Place::new();
    let file = place.scenario("plain.toml", plain("plain", "300ms"));
    place.run_on_target(&file, &["-o", "../run"]).expect(0, &[]);
    let run = place.path("run");
    (place, run)
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn what_is_not_a_run_directory_cannot_be_resumed() {
    let place = Place::new();
    place
        .run(["run", "--resume", "../target"])
        .expect(ARGUMENTS, &["../target", "not a run directory"]);
    place.run(["run", "--resume", "../none"]).expect(ENVIRONMENT, &["../none", "ENOENT"]);
    let file = place.scenario("plain.toml", plain("plain", "300ms"));
    let file = file.to_str().unwrap();
    place.run(["run", "--resume", file]).expect(ENVIRONMENT, &[file, "ENOTDIR"]);
    place.assert_untouched();
}

#[test]
fn a_run_of_another_version_cannot_be_resumed() {
    let (place, run) = finished();
    let manifest = run.join("run.json");
    edit(&manifest, "\"schema_version\": 1", "\"schema_version\": 99");
    let before = names(&run);
    place.run(["run", "--resume", "../run"]).expect(ARGUMENTS, &["../run", "schema version 99"]);
    edit(&manifest, "\"schema_version\": 99", "\"schema_version\": 1");
    let version = format!("\"fsrace_version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    edit(&manifest, &version, "\"fsrace_version\": \"9.9.9\"");
    place.run(["run", "--resume", "../run"]).expect(ARGUMENTS, &["../run", "9.9.9"]);
    assert_eq!(names(&run), before);
    place.assert_untouched();
}

#[test]
fn a_damaged_run_is_never_taken_for_a_whole_one() {
    let (place, run) = finished();
    let result = run.join("results/000-plain.json");
    let whole = fs::read(&result).unwrap();
    for damaged in [&whole[..whole.len() / 2], b"", b"{}", b"\xff\xfe"] {
        fs::write(&result, damaged).unwrap();
        let refused = place.run(["run", "--resume", "../run"]);
        refused.expect(ARGUMENTS, &["results/000-plain.json", "delete this file"]);
        assert_eq!(fs::read(&result).unwrap(), damaged);
    }
    fs::write(run.join("run.json"), "{").unwrap();
    place.run(["run", "--resume", "../run"]).expect(ARGUMENTS, &["run.json", "start a new one"]);
    place.assert_untouched();
}

#[test]
fn a_run_that_another_process_uses_cannot_be_resumed() {
    let place = Place::new();
    let file = place.scenario("plain.toml", plain("plain", "20s"));
    let mut command = place.command();
    command.arg("run").arg(&file).arg("-t").arg(place.target()).args(["-o", "../run"]);
    let mut first = command.spawn().unwrap();
    let manifest = place.path("run/run.json");
    assert!(common::processes::soon(std::time::Duration::from_secs(10), || manifest.exists()));
    let refused = place.run(["run", "--resume", "../run"]);
    let id = first.id();
    common::processes::signal(id as i32, rustix::process::Signal::TERM);
    first.wait().unwrap();
    refused.expect(ENVIRONMENT, &["../run", &format!("in use by process {id}")]);
    place.assert_clean();
}

#[test]
fn a_resumed_run_takes_its_options_from_its_directory() {
    let (place, _) = finished();
    let file = place.path("scenarios/plain.toml");
    let file = file.to_str().unwrap();
    for more in [
        &[file][..],
        &["-t", "../target"],
        &["-d", "1s"],
        &["--seed", "1"],
        &["--rounds", "1"],
        &["-o", "../other"],
    ] {
        let refused = place.run([&["run", "--resume", "../run"][..], more].concat());
        refused.expect(ARGUMENTS, &["--resume", "cannot be used with"]);
    }
    place.assert_untouched();
}

#[test]
fn init_never_overwrites_a_file() {
    let place = Place::new();
    place.run(["init", "../mine.toml"]).expect(0, &[]);
    let before = fs::read(place.path("mine.toml")).unwrap();
    place.run(["init", "../mine.toml"]).expect(ENVIRONMENT, &["../mine.toml", "EEXIST"]);
    assert_eq!(fs::read(place.path("mine.toml")).unwrap(), before);
    place.run(["init", "none/x.toml"]).expect(ENVIRONMENT, &["none/x.toml", "ENOENT"]);
    place.run(["check", "../mine.toml"]).expect(0, &[]);
    place.assert_untouched();
}

/// Gives a hidden command something on standard input.
fn by_hand(place: &Place, args: &[&str], input: &[u8]) -> Outcome {
    let path = place.path("input");
    fs::write(&path, input).unwrap();
    outcome(place.command().args(args).stdin(fs::File::open(path).unwrap()))
}

#[test]
fn the_janitor_called_by_hand_removes_nothing() {
    let place = Place::new();
    let precious = place.target().join("fsrace-notes");
    let lookalike = place.target().join("fsrace-0123456789abcdef");
    for dir in [&precious, &lookalike] {
        fs::create_dir(dir).unwrap();
        fs::write(dir.join("notes.txt"), "precious").unwrap();
    }
    let mark = format!(".sandbox-of-{}", "0".repeat(32));
    let stay = |input: &[u8], args: &[&str]| {
        by_hand(&place, args, input);
        for dir in [&precious, &lookalike] {
            assert_eq!(fs::read(dir.join("notes.txt")).unwrap(), b"precious");
        }
    };
    for dir in [&precious, &lookalike] {
        let dir = dir.to_str().unwrap();
        stay(b"", &["janitor", dir]);
        stay(b"", &["janitor"]);
        stay(format!("{dir}\0").as_bytes(), &["janitor"]);
        stay(format!("{mark}\0{dir}\0").as_bytes(), &["janitor"]);
        stay(format!("notes.txt\0{dir}\0").as_bytes(), &["janitor"]);
        stay(format!("\0{dir}\0").as_bytes(), &["janitor"]);
        stay(format!("../../x\0{dir}\0").as_bytes(), &["janitor"]);
        stay(format!("{mark}\0{dir}/.\0{dir}").as_bytes(), &["janitor"]);
    }
    stay(&[0; 1000], &["janitor"]);
    stay(b"\xff\xfe\0\0\0/", &["janitor"]);
}

#[test]
fn a_worker_called_by_hand_says_that_it_was_told_nothing() {
    let place = Place::new();
    for input in [&b""[..], b"nonsense\n", b"{}\n", b"\xff\n", b"[1,2,3]"] {
        let refused = by_hand(&place, &["worker"], input);
        assert_eq!(refused.code, Some(ENVIRONMENT), "{refused:#?}");
    }
    place.assert_untouched();
}
