//! CATALOGUE 40: unlink of a directory fails with EPERM, where Linux says EISDIR.

use fsrace::model::{DirectoryLinks, Judge, Limits, Platform, Program, Rules, Verdict};
use fsrace::outcome::Returned;
use libc::{EACCES, EISDIR, EPERM};

use crate::common::cases::Case;

/// Whether `unlink` of a directory may fail with this errno on this platform.
fn may_fail_with(errno: i32, platform: Platform) -> bool {
    let unlink = r#"op = "unlink", path = "d""#;
    let stat = r#"op = "stat", path = "d""#;
    let case = Case::new("d = { dir = true }", &[&[unlink], &[stat]], &[0, 1]);
    let case = case.saw(0, 0, Returned::Failed(errno as u16));
    let rules = Rules {
        platform,
        privileged: true,
        directory_links: DirectoryLinks::Counted,
        identities: true,
    };
    let program = Program::new(&case.plan, rules).unwrap();
    Judge::new(program, Limits::default()).verdict(&case.outcome) == Verdict::Allowed
}

#[test]
fn unlink_of_a_directory_may_fail_with_what_posix_has_everywhere() {
    for platform in [Platform::Linux, Platform::Macos, Platform::Freebsd] {
        assert!(may_fail_with(EPERM, platform), "{platform:?}");
        assert!(!may_fail_with(EACCES, platform), "{platform:?}");
    }
}

#[test]
fn unlink_of_a_directory_may_fail_with_eisdir_on_linux_only() {
    assert!(may_fail_with(EISDIR, Platform::Linux));
    assert!(!may_fail_with(EISDIR, Platform::Macos));
    assert!(!may_fail_with(EISDIR, Platform::Freebsd));
}
