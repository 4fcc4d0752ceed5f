//! What the check allows: detector codes and limits.

/// The detector codes that `forbid` may name: those of [`crate::detect::DETECTORS`], which a test
/// there compares.
pub const DETECTOR_CODES: &[&str] = &[
    "zero-inode-fd",
    "empty-read",
    "einval-write",
    "torn-read",
    "wrong-content",
    "torn-size",
    "missing-name",
    "duplicate-name",
    "identity-changed",
    "dead-descriptor",
    "unexpected-errno",
    "short-write",
    "hang",
    "worker-died",
    "exclusive-twice",
    "lost-append",
    "stale-read",
    "nlink-wrong",
    "lost-write",
    "ghost-name",
    "lock-overlap",
    "semantic-difference",
    "forbidden-outcome",
];

/// Actor instances in one scenario.
pub const MAX_INSTANCES: u32 = 64;
/// The highest number of a client directory; the target is number 0.
pub const MAX_CLIENT: u32 = 15;
/// Steps of one actor, its branches included.
pub const MAX_STEPS: usize = 200;
/// Descriptor names that one actor can use, shared ones included.
pub const MAX_DESCRIPTORS: usize = 32;
/// Bytes that one step reads or writes, or that one fixture file holds.
pub const MAX_CONTENT: u64 = 16 << 20;
/// Things in the fixture, every `count` counted out.
pub const MAX_FIXTURE: usize = 100_000;
/// Bytes of all fixture files together.
pub const MAX_FIXTURE_BYTES: u64 = 1 << 30;
/// How often a step may be repeated in a row.
pub const MAX_REPEAT: u32 = 1_000_000;
/// File sizes and offsets: sparse files, but within what every filesystem can hold.
pub const MAX_OFFSET: u64 = 1 << 40;
/// Bytes of one path component.
pub const MAX_COMPONENT: usize = 255;
/// Bytes of a whole path: PATH_MAX of macOS is 1024, and the run directory is relative.
pub const MAX_PATH: usize = 1000;
/// Bytes of the name of an actor, branch, descriptor or process.
pub const MAX_NAME: usize = 64;
