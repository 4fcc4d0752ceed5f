//! The parts of C that a program can be put together from: each is a file beside this one, and is in a
//! program only if something there uses it.

use std::collections::BTreeSet;

/// A part of a program.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Name of its file.
    pub(super) name: &'static str,
    /// Its text.
    pub(super) text: &'static str,
    /// Other parts that it uses.
    uses: &'static [&'static str],
    /// Headers that it needs beside those that every program has.
    headers: &'static [&'static str],
}

macro_rules! parts {
    ($($name:ident ($($used:ident)*) $($header:literal)*;)*) => {
        /// In the order in which they can stand in a program.
        const PARTS: &[Part] = &[$(Part {
            name: stringify!($name),
            text: include_str!(concat!("parts/", stringify!($name), ".c")),
            uses: &[$(stringify!($used)),*],
            headers: &[$($header),*],
        }),*];
    };
}

parts! {
    atomics();
    clock();
    results() "sys/stat.h";
    shared_rounds(results);
    shared_free(results);
    failed();
    errno_name();
    machine();
    list();
    optional(list);
    file_rounds();
    file_free();
    begin_rounds();
    begin_free();
    not_called();
    room_rounds();
    room_free();
    aside();
    put_file(aside);
    leave(aside);
    ramp();
    code_of();
    fell_short() "sys/resource.h" "sys/statvfs.h";
    pause();
    spin();
    open(not_called put_file);
    open_nameless(open);
    close(not_called);
    dup(not_called put_file);
    read(not_called);
    pread(not_called);
    write(not_called fell_short);
    pwrite(not_called fell_short);
    lseek(not_called);
    truncate();
    ftruncate(not_called);
    fsync(not_called);
    fdatasync(not_called);
    stat(not_called);
    fstat(not_called);
    access(not_called);
    chmod(not_called);
    fchmod(not_called);
    utimens(not_called);
    futimens(not_called);
    unlink(not_called);
    mkdir(not_called);
    rename(not_called);
    rename_with(not_called) "sys/syscall.h";
    link(not_called);
    symlink(not_called);
    readlink(not_called);
    add_name();
    scan(aside add_name);
    readdir(not_called scan);
    readdir_fd(not_called scan);
    scan_parts(aside add_name) "sys/syscall.h";
    readdir_parts(not_called scan_parts);
    readdir_fd_parts(not_called scan_parts);
    flock(not_called) "sys/file.h";
    lock(not_called);
    write_file();
    gate();
    linger();
    draw();
    anomaly();
    expect(anomaly list machine errno_name);
    expect_stat(anomaly list);
    expect_file(anomaly);
    expect_write(anomaly);
    expect_count(anomaly list);
    expect_names(anomaly);
    classify(list ramp code_of);
    known_size(list);
    expect_read(anomaly classify known_size);
    text();
    bytes_plain(text);
    bytes_tagged(text code_of);
    identity_some(text);
    identity_none(text);
    put_stat(text);
    put_result(text put_stat errno_name);
    remove();
    sandbox(remove);
    pin();
    shared_none();
    shared_local();
    shared_passed() "sys/socket.h";
    look_anew();
    look_cached();
    left(text errno_name);
    order();
    order_none();
    judge(text machine left put_result);
    follow();
    lead();
    loop();
    run_process();
    look_on_rounds();
    look_on_free();
    supervise();
    interval();
    report_rounds(interval);
    report_free(interval);
    remove_sandbox(remove);
    main();
}

/// The parts that a program needs.
#[derive(Debug, Default)]
pub(super) struct Needed(BTreeSet<&'static str>);

impl Needed {
    /// Adds a part, and what it uses.
    pub(super) fn add(&mut self, name: &'static str) {
        let part = part(name);
        if self.0.insert(part.name) {
            part.uses.iter().for_each(|used| self.add(used));
        }
    }

    /// Whether it is needed.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// All headers beside the usual ones.
    pub(super) fn headers(&self) -> BTreeSet<&'static str> {
        let needed = PARTS.iter().filter(|part| self.has(part.name));
        needed.flat_map(|part| part.headers).copied().collect()
    }
}

/// The part of this name.
pub(super) fn part(name: &str) -> &'static Part {
    let known = PARTS.iter().find(|part| part.name == name);
    known.unwrap_or_else(|| unreachable!("there is no part `{name}`"))
}

/// All parts, in the order in which they can stand.
pub(super) fn in_order() -> impl Iterator<Item = &'static Part> {
    PARTS.iter()
}
