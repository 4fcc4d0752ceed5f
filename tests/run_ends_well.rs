//! However a run ends, it leaves nothing behind, and what it has found is kept.
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use common::mounts::Mount;
use common::processes::{self, signal, soon};
use common::{Place, names, outcome, plain, readers, results};
use rustix::process::Signal;

const SOON: Duration = Duration::from_secs(10);

/// A run that is under way.
struct Running<'a> {
    place: &'a Place,
    child: Child,
    target: PathBuf,
}

impl<'a> Running<'a> {
    /// Starts a run and waits until `workers` worker processes are at work in the scenario that
    /// has this place in the plan.
    #[track_caller]
    fn start(
        place: &'a Place,
        target: &Path,
        args: &[&str],
        scenario: &str,
        workers: usize,
    ) -> Self {
        let mut command = place.command();
        command.arg("run").args(args).arg("-t").arg(target);
        Self::spawn(place, command, target, scenario, workers)
    }

    #[track_caller]
    fn spawn(
        place: &'a Place,
        mut command: Command,
        target: &Path,
        scenario: &str,
        workers: usize,
    ) -> Self {
        let child = command.spawn().unwrap();
        let this = Self { place, child, target: target.to_owned() };
        let at_work = || {
            let room = sandbox(target).map(|sandbox| sandbox.join(scenario).join("f"));
            let here = processes::workers(place.tag());
            // Their threads tell that the run has begun.
            room.is_some_and(|room| room.exists())
                && here.len() == workers
                && here.iter().all(|id| busy(*id))
        };
        assert!(soon(SOON, at_work), "it never got to work");
        // That they are ready they say in memory that nobody else sees; the supervisor looks there
        // every millisecond, and before it has looked, a worker that dies is one that never began.
        std::thread::sleep(Duration::from_millis(300));
        this
    }

    fn signal(&self, number: Signal) {
        signal(self.child.id() as i32, number);
    }

    fn workers(&self) -> Vec<i32> {
        processes::workers(self.place.tag())
    }

    /// Waits for the end, and for the end of everything that belongs to it.
    #[track_caller]
    fn end(mut self) -> (ExitStatus, String, String) {
        let since = Instant::now();
        let mut text = [String::new(), String::new()];
        self.child.stdout.take().unwrap().read_to_string(&mut text[0]).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut text[1]).unwrap();
        let status = self.child.wait().unwrap();
        assert!(since.elapsed() < Duration::from_secs(30), "it took {:?}", since.elapsed());
        let gone = || processes::of(self.place.tag()).is_empty();
        assert!(soon(SOON, gone), "left: {:?}", processes::of(self.place.tag()));
        assert_eq!(sandbox(&self.target), None);
        let [out, err] = text;
        assert!(!err.contains("panicked"), "{err}");
        (status, out, err)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        for process in processes::of(self.place.tag()) {
            if let Some(pid) = rustix::process::Pid::from_raw(process.id) {
                let _ = rustix::process::kill_process(pid, Signal::CONT);
                let _ = rustix::process::kill_process(pid, Signal::KILL);
            }
        }
        let _ = self.child.wait();
    }
}

/// The directory of a run in a target.
fn sandbox(target: &Path) -> Option<PathBuf> {
    let name = names(target).into_iter().find(|name| name.starts_with("fsrace-"))?;
    Some(target.join(name))
}

/// Whether a worker has started its actors.
fn busy(id: i32) -> bool {
    fs::read_dir(format!("/proc/{id}/task")).is_ok_and(|tasks| tasks.count() >= 3)
}

fn three_scenarios(place: &Place) -> String {
    place.scenario("all/1.toml", plain("first", "100ms"));
    place.scenario("all/2.toml", readers("second", "20s", 2));
    place.scenario("all/3.toml", plain("third", "100ms"));
    place.path("scenarios/all").to_str().unwrap().to_owned()
}

/// Resumes a run whose second scenario was cut off, and sees that the result is that of a whole.
#[track_caller]
fn resume_the_rest(place: &Place) {
    let run = place.run_dir();
    assert_eq!(names(&run.join("results")), ["000-first.json"]);
    // Twenty seconds again would be long: what matters is that it is done again.
    let scenario = run.join("scenarios/001-second.toml");
    let text = fs::read_to_string(&scenario).unwrap();
    fs::write(&scenario, text.replace("20s", "200ms")).unwrap();
    let first = fs::read(run.join("results/000-first.json")).unwrap();
    let json = place.path("all.json");
    let args = ["run", "--resume", run.to_str().unwrap(), "--json", json.to_str().unwrap()];
    let resumed = place.run(args);
    assert!(matches!(resumed.code, Some(0 | 4)), "{resumed:#?}");
    let found: Vec<String> = results(&json).into_iter().map(|(name, ..)| name).collect();
    assert_eq!(found, ["first", "second", "third"]);
    assert_eq!(fs::read(run.join("results/000-first.json")).unwrap(), first);
    place.assert_clean();
}

#[test]
fn a_signal_ends_the_run_by_that_signal_and_the_rest_can_be_resumed() {
    // What this test was started to ignore, as under `nohup`, its children ignore as well.
    let heeded = |signal: &Signal| !fsrace::sys::signals::is_ignored(signal.as_raw());
    for number in [Signal::INT, Signal::TERM, Signal::HUP].into_iter().filter(heeded) {
        let place = Place::new();
        let all = three_scenarios(&place);
        let json = place.path("part.json");
        let args = [&all, "--json", json.to_str().unwrap()];
        let running = Running::start(&place, &place.target(), &args, "1", 2);
        running.signal(number);
        let (status, _, err) = running.end();
        assert_eq!(status.signal(), Some(number.as_raw()), "{err}");
        assert!(err.contains("2 scenarios to go") && err.contains("--resume"), "{err}");
        let found = results(&json);
        assert_eq!(found[0], ("first".into(), "pass".into(), String::new()));
        assert_eq!((&*found[1].0, &*found[1].1), ("second", "inconclusive"));
        assert!(found[1].2.contains("interrupted"), "{found:?}");
        assert_eq!(names(&place.path("tmp")), Vec::<String>::new());
        resume_the_rest(&place);
    }
}

#[test]
fn a_second_signal_kills_at_once_and_still_nothing_is_left() {
    let place = Place::new();
    let all = three_scenarios(&place);
    let csv = place.path("r.csv");
    let args = [&all, "--csv", csv.to_str().unwrap()];
    let running = Running::start(&place, &place.target(), &args, "1", 2);
    // Two of one kind that come together would count once.
    running.signal(Signal::INT);
    running.signal(Signal::TERM);
    let (status, ..) = running.end();
    assert!(status.signal().is_some(), "{status:?}");
    assert!(!names(&place.path("")).iter().any(|name| name.contains("fsrace-tmp")));
    resume_the_rest(&place);
}

#[test]
fn a_signal_that_the_caller_ignores_stays_ignored() {
    let place = Place::new();
    let file = place.scenario("one.toml", plain("one", "1s"));
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' HUP INT; exec \"$@\"", "sh"]).arg(common::program());
    command.arg("run").arg(file).arg("-t").arg(place.target());
    place.settle(&mut command);
    let running = Running::spawn(&place, command, &place.target(), "0", 1);
    running.signal(Signal::HUP);
    running.signal(Signal::INT);
    let (status, out, _) = running.end();
    assert_eq!(status.code(), Some(0), "{out}");
}

#[test]
fn a_worker_that_is_killed_is_reported_and_fails_the_run() {
    let place = Place::new();
    let file = place.scenario("one.toml", readers("one", "20s", 2));
    let json = place.path("r.json");
    let args = [file.to_str().unwrap(), "--json", json.to_str().unwrap()];
    let running = Running::start(&place, &place.target(), &args, "0", 2);
    signal(running.workers()[0], Signal::KILL);
    let (status, out, _) = running.end();
    assert_eq!(status.code(), Some(1), "{out}");
    assert!(out.contains("worker-died") && out.contains("killed by signal 9"), "{out}");
    assert!(fs::read_to_string(json).unwrap().contains("\"code\": \"worker-died\""));
    place.assert_clean();
}

#[test]
fn a_killed_run_takes_its_workers_and_its_directory_along() {
    let place = Place::new();
    let all = three_scenarios(&place);
    let csv = place.path("r.csv");
    let args = [&all, "--csv", csv.to_str().unwrap()];
    let running = Running::start(&place, &place.target(), &args, "1", 2);
    running.signal(Signal::KILL);
    assert!(soon(Duration::from_secs(2), || running.workers().is_empty()), "workers are left");
    assert!(soon(Duration::from_secs(2), || sandbox(&place.target()).is_none()));
    let (status, ..) = running.end();
    assert_eq!(status.signal(), Some(9));
    assert!(!csv.exists());
    assert!(!names(&place.path("")).iter().any(|name| name.contains("fsrace-tmp")));
    resume_the_rest(&place);
}

#[test]
fn a_killed_run_takes_even_a_stopped_worker_along() {
    let place = Place::new();
    let file = place.scenario("one.toml", readers("one", "20s", 2));
    let running = Running::start(&place, &place.target(), &[file.to_str().unwrap()], "0", 2);
    signal(running.workers()[1], Signal::STOP);
    running.signal(Signal::KILL);
    assert!(soon(Duration::from_secs(2), || running.workers().is_empty()), "workers are left");
    running.end();
}

#[test]
fn a_killed_janitor_is_not_missed() {
    let place = Place::new();
    let file = place.scenario("one.toml", plain("one", "3s"));
    let running = Running::start(&place, &place.target(), &[file.to_str().unwrap()], "0", 1);
    let janitor = processes::of(place.tag()).into_iter().find(|process| process.role == "janitor");
    signal(janitor.unwrap().id, Signal::KILL);
    let (status, out, err) = running.end();
    assert_eq!(status.code(), Some(0), "{out}{err}");
}

#[test]
fn a_worker_that_is_stopped_is_no_hang() {
    let place = Place::new();
    let text = readers("one", "6s", 2).replace("[run]", "[run]\nhang_after = \"1s\"");
    let file = place.scenario("one.toml", text);
    let running = Running::start(&place, &place.target(), &[file.to_str().unwrap()], "0", 2);
    let worker = running.workers()[0];
    signal(worker, Signal::STOP);
    // Between two looks at how long it has been standing.
    std::thread::sleep(Duration::from_millis(2500));
    signal(worker, Signal::CONT);
    let (status, out, _) = running.end();
    assert!(matches!(status.code(), Some(0 | 4)), "{out}");
    assert!(!out.contains("hang"), "{out}");
}

/// A filesystem that is frozen keeps its callers where no signal ends their wait, as a slow disk does.
#[test]
fn a_filesystem_that_is_frozen_for_a_while_is_no_hang() {
    let Some(mount) = Mount::ext4(64) else { return };
    let place = Place::new();
    let text = r#"name = "frozen"
[fixture]
f = { content = "x" }
[run]
mode = "free"
duration = "5s"
hang_after = "1s"
[[actor]]
name = "actor"
count = 2
steps = [{ op = "mkdir", path = "d{random:4}" }, { op = "rmdir", path = "d{random:4}" }]
"#;
    let file = place.scenario("one.toml", text);
    let running = Running::start(&place, mount.path(), &[file.to_str().unwrap()], "0", 2);
    let freeze = |option: &str| {
        let mut command = Command::new("fsfreeze");
        assert!(command.arg(option).arg(mount.path()).status().unwrap().success(), "{option}");
    };
    freeze("-f");
    std::thread::sleep(Duration::from_secs(3));
    freeze("-u");
    let (status, out, err) = running.end();
    assert!(matches!(status.code(), Some(0 | 4)), "{out}{err}");
    assert!(!out.contains("hang"), "{out}");
}

#[test]
fn a_worker_that_stays_stopped_does_not_hold_the_run_up() {
    let place = Place::new();
    let text = readers("one", "3s", 2).replace("[run]", "[run]\nhang_after = \"1s\"");
    let file = place.scenario("one.toml", text);
    let running = Running::start(&place, &place.target(), &[file.to_str().unwrap()], "0", 2);
    signal(running.workers()[0], Signal::STOP);
    let (status, out, _) = running.end();
    assert_eq!(status.code(), Some(4), "{out}");
    assert!(out.contains("SIGSTOP"), "{out}");
}

/// Writes ever more files, so that any target fills up.
fn filler(name: &str) -> String {
    format!(
        r#"name = "{name}"
[fixture]
"f" = {{ content = "" }}
[run]
mode = "free"
duration = "1s"
[[actor]]
name = "filler"
count = 2
steps = [
  {{ op = "open", path = "{{actor}}-{{iteration}}", flags = ["wronly", "creat"], fd = "f" }},
  {{ op = "write", fd = "f", size = "64KiB" }},
  {{ op = "close", fd = "f" }},
]
"#
    )
}

#[track_caller]
fn fills_up(mount: &Mount) {
    let place = Place::new();
    place.scenario("all/1.toml", plain("first", "100ms"));
    place.scenario("all/2.toml", filler("second"));
    place.scenario("all/3.toml", plain("third", "100ms"));
    let json = place.path("r.json");
    let mut command = place.command();
    command.arg("run").arg(place.path("scenarios/all")).arg("-t").arg(mount.path());
    let run = outcome(command.arg("--json").arg(&json));
    assert_eq!(run.code, Some(4), "{run:#?}");
    let found = results(&json);
    let verdicts: Vec<_> = found.iter().map(|(name, verdict, _)| (&**name, &**verdict)).collect();
    assert_eq!(verdicts, [("first", "pass"), ("second", "inconclusive"), ("third", "pass")]);
    assert!(found[1].2.contains("ENOSPC"), "{found:?}");
    assert_eq!(sandbox(mount.path()), None);
    assert_eq!(names(&place.run_dir().join("results")).len(), 3);
}

#[test]
fn a_tmpfs_that_fills_up_in_the_middle_decides_nothing_and_is_left_clean() {
    let Some(mount) = Mount::tmpfs("size=12M") else { return };
    fills_up(&mount);
}

#[test]
fn an_ext4_that_fills_up_in_the_middle_decides_nothing_and_is_left_clean() {
    let Some(mount) = Mount::ext4(24) else { return };
    fills_up(&mount);
}

#[test]
fn a_fixture_of_too_many_files_is_told_and_removed() {
    let Some(mount) = Mount::tmpfs("size=64M,nr_inodes=400") else { return };
    let place = Place::new();
    let many = "\"many/{index}\" = { content = \"\", count = 1000 }\n[run]";
    let file = place.scenario("many.toml", plain("many", "100ms").replace("[run]", many));
    let mut command = place.command();
    let run = outcome(command.arg("run").arg(file).arg("-t").arg(mount.path()));
    assert_eq!(run.code, Some(3), "{run:#?}");
    assert!(run.out.contains("many/") && run.out.contains("ENOSPC"), "{run:#?}");
    assert_eq!(names(mount.path()), Vec::<String>::new());
}

#[test]
fn writes_that_do_not_fit_are_no_short_writes() {
    let Some(mount) = Mount::tmpfs("size=12M") else { return };
    let place = Place::new();
    // Cut short in every iteration, and never refused.
    let text = filler("large").replace("{actor}-{iteration}", "{actor}").replace("64KiB", "16MiB");
    let file = place.scenario("large.toml", text.replace("count = 2", "count = 1"));
    let mut command = place.command();
    let run = outcome(command.arg("run").arg(file).arg("-t").arg(mount.path()));
    assert_eq!(run.code, Some(3), "{run:#?}");
    assert!(run.out.contains("ENOSPC") && run.out.contains("skipped"), "{run:#?}");
    assert_eq!(names(mount.path()), Vec::<String>::new());
}

#[test]
fn a_fixture_that_does_not_fit_is_told_and_removed() {
    let Some(mount) = Mount::tmpfs("size=12M") else { return };
    let place = Place::new();
    let text = plain("large", "100ms").replace("[run]", "\"big\" = { size = \"16MiB\" }\n[run]");
    let file = place.scenario("large.toml", text);
    let mut command = place.command();
    let run = outcome(command.arg("run").arg(file).arg("-t").arg(mount.path()));
    assert_eq!(run.code, Some(3), "{run:#?}");
    assert!(run.out.contains("ENOSPC"), "{run:#?}");
    assert_eq!(names(mount.path()), Vec::<String>::new());
}

#[test]
fn a_run_directory_that_fills_up_loses_nothing_that_is_asked_for_elsewhere() {
    let Some(mount) = Mount::tmpfs("size=1M") else { return };
    let place = Place::new();
    place.scenario("all/1.toml", plain("first", "100ms"));
    place.scenario("all/2.toml", plain("second", "4s"));
    place.scenario("all/3.toml", plain("third", "100ms"));
    let (json, out) = (place.path("r.json"), mount.path().join("run"));
    let all = place.path("scenarios/all");
    let args =
        [all.to_str().unwrap(), "--json", json.to_str().unwrap(), "-o", out.to_str().unwrap()];
    let running = Running::start(&place, &place.target(), &args, "1", 1);
    // To the last byte.
    let filler = fs::write(mount.path().join("filler"), vec![0; 2 << 20]);
    assert!(filler.is_err());
    let (status, _, err) = running.end();
    assert_eq!(status.code(), Some(3), "{err}");
    assert!(err.contains("ENOSPC") && err.contains(out.to_str().unwrap()), "{err}");
    let found: Vec<_> =
        results(&json).into_iter().map(|(name, verdict, _)| (name, verdict)).collect();
    assert_eq!(found, [("first".into(), "pass".into()), ("second".into(), "pass".into())]);
    assert_eq!(names(&out.join("results")), ["000-first.json"]);

    fs::remove_file(mount.path().join("filler")).unwrap();
    let resumed = place.run(["run", "--resume", out.to_str().unwrap()]);
    resumed.expect(0, &[]);
    assert_eq!(names(&out.join("results")).len(), 3);
    place.assert_clean();
}

#[test]
fn a_reader_that_leaves_early_does_not_end_the_run() {
    let place = Place::new();
    let file = place.scenario("one.toml", plain("one", "300ms"));
    for more in [&[][..], &["--csv", "-"], &["--json", "-"], &["-v"]] {
        let mut command = place.command();
        command.arg("run").arg(&file).arg("-t").arg(place.target()).args(more);
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        if more.len() < 2 {
            BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        }
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{more:?}: {err}");
        assert_eq!(err, "");
        place.assert_clean();
    }
    for args in
        [&["list"][..], &["man"], &["schema"], &["explain", "hang"], &["completions", "zsh"]]
    {
        let mut command = place.command();
        let mut child = command.args(args).spawn().unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!((child.wait().unwrap().code(), &*err), (Some(0), ""), "{args:?}");
    }
}

#[test]
fn closed_standard_streams_do_no_harm() {
    let place = Place::new();
    let file = place.scenario("one.toml", plain("one", "100ms"));
    for closed in ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"] {
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("exec \"$@\" {closed}")).arg("sh").arg(common::program());
        command.arg("run").arg(&file).arg("-t").arg(place.target());
        place.settle(&mut command);
        assert_eq!(outcome(&mut command).code, Some(0), "{closed}");
        place.assert_clean();
    }
}

#[test]
fn a_call_that_hangs_is_reported_and_never_waited_for() {
    let Some(mount) = Mount::fuse() else { return };
    let place = Place::new();
    let text = readers("stuck", "20s", 2).replace("[run]", "[run]\nhang_after = \"1s\"");
    let one = place.scenario("all/1.toml", text);
    place.scenario("all/2.toml", plain("after", "100ms"));
    let _ = one;
    let json = place.path("r.json");
    let all = place.path("scenarios/all");
    let args = [all.to_str().unwrap(), "--json", json.to_str().unwrap()];
    let mut running = Running::start(&place, mount.path(), &args, "0", 2);
    signal(mount.server(), Signal::STOP);
    let since = Instant::now();
    let ended = soon(Duration::from_secs(15), || matches!(running.child.try_wait(), Ok(Some(_))));
    assert!(ended, "it waits for what hangs");
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
    let found = results(&json);
    assert_eq!((&*found[0].0, &*found[0].1), ("stuck", "fail"), "{found:?}");
    assert_eq!((&*found[1].0, &*found[1].1), ("after", "skipped"), "{found:?}");
    assert!(fs::read_to_string(&json).unwrap().contains("\"code\": \"hang\""));
    signal(mount.server(), Signal::CONT);
    assert!(soon(SOON, || sandbox(mount.path()).is_none()), "the janitor has not cleaned up");
    let (status, ..) = running.end();
    assert_eq!(status.code(), Some(1));
}

#[test]
fn actors_that_block_each_other_decide_nothing_and_do_not_hang_the_run() {
    let place = Place::new();
    let locker = |name: &str, one: &str, two: &str| {
        format!(
            r#"[[actor]]
name = "{name}"
steps = [
  {{ op = "open", path = "{one}", flags = ["rdwr"], fd = "x" }},
  {{ op = "open", path = "{two}", flags = ["rdwr"], fd = "y" }},
  {{ op = "flock", fd = "x", lock = "exclusive" }},
  {{ op = "sleep", time = "1ms" }},
  {{ op = "flock", fd = "y", lock = "exclusive" }},
]
"#
        )
    };
    let head = "name = \"deadlock\"\n[fixture]\n\"f\" = { content = \"\" }\n\"g\" = { content = \"\" }\n\
                [run]\nmode = \"free\"\nduration = \"1s\"\nhang_after = \"500ms\"\n";
    let text = [head, &locker("one", "f", "g"), &locker("two", "g", "f")].concat();
    let file = place.scenario("deadlock.toml", text);
    let since = Instant::now();
    let run = place.run_on_target(&file, &[]);
    assert_eq!(run.code, Some(4), "{run:#?}");
    assert!(run.out.contains("still waiting in `flock"), "{run:#?}");
    assert!(since.elapsed() < Duration::from_secs(10));
    place.assert_clean();
}

#[test]
fn limits_of_the_process_are_told_and_leave_nothing() {
    let place = Place::new();
    let file = place.scenario("many.toml", readers("many", "200ms", 40));
    let limited = |limit: &str| {
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("{limit} && exec \"$@\"")).arg("sh").arg(common::program());
        command.arg("run").arg(&file).arg("-t").arg(place.target());
        place.settle(&mut command);
        let run = outcome(&mut command);
        place.assert_clean();
        run
    };
    let few = limited("ulimit -n 32");
    assert_eq!(few.code, Some(3), "{few:#?}");
    assert!(few.out.contains("EMFILE"), "{few:#?}");
    let small = limited("ulimit -f 1");
    assert_eq!(small.code, Some(3), "{small:#?}");
    assert!(format!("{}{}", small.out, small.err).contains("EFBIG"), "{small:#?}");
}

#[test]
fn a_soft_limit_on_file_sizes_is_raised() {
    let place = Place::new();
    let text = filler("filler").replace("{actor}-{iteration}", "{actor}").replace("64KiB", "16MiB");
    let file = place.scenario("filler.toml", text);
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -S -f 1 && exec \"$@\"", "sh"]).arg(common::program());
    command.arg("run").arg(&file).arg("-t").arg(place.target());
    place.settle(&mut command);
    let run = outcome(&mut command);
    assert!(matches!(run.code, Some(0 | 4)), "{run:#?}");
    assert!(!run.out.contains("EFBIG") && !run.out.contains("short-write"), "{run:#?}");
    place.assert_clean();
}

#[test]
fn any_umask_and_a_bare_environment_will_do() {
    let place = Place::new();
    let file = place.scenario("one.toml", plain("one", "100ms"));
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "umask 0277 && exec \"$@\"", "sh"]).arg(common::program());
    command.arg("run").arg(&file).arg("-t").arg(place.target()).env_clear();
    command.current_dir(place.cwd()).stdin(Stdio::null());
    let run = outcome(&mut command);
    if common::is_root() {
        assert_eq!(run.code, Some(0), "{run:#?}");
    }
    place.assert_clean();
}

#[test]
fn a_working_directory_that_is_gone_is_told() {
    let place = Place::new();
    let file = place.scenario("one.toml", plain("one", "100ms"));
    let mut command = Command::new("sh");
    command.args(["-c", "mkdir gone && cd gone && rmdir ../gone && exec \"$@\"", "sh"]);
    command.arg(common::program()).arg("run").arg(&file).arg("-t").arg(place.target());
    place.settle(&mut command);
    outcome(&mut command).expect(3, &["fsrace-runs", "ENOENT"]);
    place.assert_clean();
}

#[test]
fn a_target_may_have_any_name_and_may_be_a_link() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    let file = place.scenario("one.toml", plain("one", "100ms"));
    let odd = place.path("x").with_file_name(std::ffi::OsStr::from_bytes(b" a\n\xff\"'"));
    fs::create_dir(&odd).unwrap();
    let link = place.path("link");
    std::os::unix::fs::symlink(&odd, &link).unwrap();
    for target in [&odd, &link] {
        let json = place.path("r.json");
        let mut command = place.command();
        command.arg("run").arg(&file).arg("-t").arg(target).arg("--json").arg(&json);
        let run = outcome(&mut command);
        run.expect(0, &[]);
        assert_eq!(results(&json).len(), 1);
        assert_eq!(names(&odd), Vec::<String>::new());
    }
    // A run in such a place is resumed there.
    let run = place.run_dir();
    fs::remove_file(run.join("results/000-one.json")).unwrap();
    place.run(["run", "--resume", run.to_str().unwrap()]).expect(0, &[]);
    assert_eq!(names(&odd), Vec::<String>::new());
}

#[test]
fn two_runs_on_one_target_do_not_disturb_each_other() {
    let place = Place::new();
    let file = place.scenario("one.toml", plain("one", "500ms"));
    let start = |out: &str| {
        let mut command = place.command();
        command.arg("run").arg(&file).arg("-t").arg(place.target()).args(["-o", out]);
        command.spawn().unwrap()
    };
    let both = [start("../a"), start("../b")];
    for child in both {
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(soon(SOON, || processes::of(place.tag()).is_empty()));
    place.assert_clean();
}

#[test]
fn foreign_files_in_a_target_stay() {
    let place = Place::new();
    let file = place.scenario("one.toml", plain("one", "100ms"));
    fs::create_dir(place.target().join("fsrace-notes")).unwrap();
    fs::write(place.target().join("fsrace-notes/n"), "precious").unwrap();
    place.run_on_target(&file, &[]).expect(0, &[]);
    assert_eq!(fs::read(place.target().join("fsrace-notes/n")).unwrap(), b"precious");
    assert_eq!(names(&place.target()), ["fsrace-notes"]);
}
