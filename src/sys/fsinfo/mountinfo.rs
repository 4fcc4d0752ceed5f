//! Lines of `/proc/self/mountinfo`, see proc_pid_mountinfo(5).

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

/// One mount.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub id: u64,
    pub device: (u32, u32),
    pub point: PathBuf,
    pub fs_type: String,
    pub options: String,
}

/// All mounts, in the order they were made. A line that cannot be understood is left out, for a
/// kernel may add what this does not know.
pub(super) fn parse(text: &[u8]) -> Vec<Entry> {
    text.split(|&b| b == b'\n').filter_map(entry).collect()
}

/// The mount that holds an existing, canonical `path`: the one with this `id` (as `statx` tells);
/// without it, by longest prefix among those of the same device. A btrfs subvolume and an overlay
/// may show files with a device of their own: then the prefix alone decides. Of mounts stacked on
/// one point the last hides the others.
pub(super) fn find<'a>(
    entries: &'a [Entry],
    id: Option<u64>,
    device: (u32, u32),
    path: &Path,
) -> Option<&'a Entry> {
    let by_id = id.and_then(|id| entries.iter().find(|e| e.id == id));
    let longest = |same_device: bool| {
        entries
            .iter()
            .filter(|e| path.starts_with(&e.point) && (!same_device || e.device == device))
            .max_by_key(|e| e.point.components().count())
    };
    by_id.or_else(|| longest(true)).or_else(|| longest(false))
}

fn entry(line: &[u8]) -> Option<Entry> {
    let mut fields = line.split(|&b| b == b' ');
    let id = text(fields.next()?).parse().ok()?;
    let _parent = fields.next()?;
    let device = text(fields.next()?);
    let (major, minor) = device.split_once(':')?;
    let _root = fields.next()?;
    let point = PathBuf::from(OsString::from_vec(unescape(fields.next()?)));
    let mount_options = text(&unescape(fields.next()?));
    // Any number of optional fields, ended by a lone hyphen.
    let mut fields = fields.skip_while(|f| *f != b"-").skip(1);
    let fs_type = text(&unescape(fields.next()?));
    let _source = fields.next()?;
    let fs_options = text(&unescape(fields.next().unwrap_or_default()));
    Some(Entry {
        id,
        device: (major.parse().ok()?, minor.parse().ok()?),
        point,
        fs_type,
        options: joined(&mount_options, &fs_options),
    })
}

/// The options of the mount, then those of the filesystem that are not among them. The mount
/// comes first because its `ro` holds even where the filesystem itself is `rw`.
fn joined(mount: &str, filesystem: &str) -> String {
    let mut all: Vec<&str> = mount.split(',').collect();
    for option in filesystem.split(',') {
        let opposite = matches!(option, "rw") && all.contains(&"ro");
        if !opposite && !option.is_empty() && !all.contains(&option) {
            all.push(option);
        }
    }
    all.join(",")
}

/// Decodes `\040` and its kin: space, tab, newline, backslash and hash are written in octal.
fn unescape(field: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(field.len());
    let mut rest = field;
    while let [first, tail @ ..] = rest {
        match rest {
            [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', tail @ ..] => {
                out.push(((a - b'0') << 6) | ((b - b'0') << 3) | (c - b'0'));
                rest = tail;
            }
            _ => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    out
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[u8] = b"\
21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro
30 21 0:26 / /data rw,noatime shared:7 master:2 - btrfs /dev/vdb rw,space_cache=v2,subvolid=5
31 21 0:40 / /mnt/with\\040space\\134 ro,nosuid - tmpfs tmpfs rw,size=64k
32 31 0:41 / /merged rw - overlay overlay rw,lowerdir=/a:/b,upperdir=/u
33 21 0:42 / /remote rw,nosuid - fuse.sshfs host: rw,user_id=0
34 33 0:43 / /remote rw - tmpfs none rw
35 21 8:1 /srv/files /bind ro,relatime - ext4 /dev/vda1 rw,errors=remount-ro
nonsense
36 21 0:44 / /short rw - proc proc
";

    fn found(id: Option<u64>, device: (u32, u32), path: &str) -> (u64, String) {
        let entries = parse(TABLE);
        let entry = find(&entries, id, device, Path::new(path)).unwrap();
        (entry.id, entry.fs_type.clone())
    }

    #[test]
    fn options_of_mount_and_filesystem_are_joined_once() {
        let entries = parse(TABLE);
        assert_eq!(entries.len(), 8);
        assert_eq!(entries[0].options, "rw,relatime,errors=remount-ro");
        assert_eq!(entries[2].options, "ro,nosuid,size=64k");
        assert_eq!(entries[3].options, "rw,lowerdir=/a:/b,upperdir=/u");
        assert_eq!(entries[7].options, "rw");
    }

    #[test]
    fn octal_escapes_are_decoded() {
        assert_eq!(parse(TABLE)[2].point, Path::new("/mnt/with space\\"));
        assert_eq!(unescape(b"a\\011b\\"), b"a\tb\\");
        assert_eq!(unescape(b"\\777\\04"), b"\\777\\04");
        assert_eq!(unescape(b"\\303\\244"), "ä".as_bytes());
    }

    #[test]
    fn the_mount_id_decides_before_the_path() {
        assert_eq!(found(Some(33), (0, 42), "/remote/x"), (33, "fuse.sshfs".into()));
        assert_eq!(found(Some(35), (8, 1), "/bind/x"), (35, "ext4".into()));
    }

    #[test]
    fn without_an_id_the_longest_prefix_on_the_device_decides() {
        assert_eq!(found(None, (8, 1), "/home/x").0, 21);
        assert_eq!(found(None, (8, 1), "/bind/x").0, 35);
        assert_eq!(found(Some(999), (0, 43), "/remote").0, 34);
        // Not a prefix by components: `/database` is not below `/data`.
        assert_eq!(found(None, (8, 1), "/database").0, 21);
    }

    #[test]
    fn a_device_of_its_own_falls_back_to_the_path_alone() {
        assert_eq!(found(None, (0, 99), "/data/subvolume/x").0, 30);
        assert_eq!(found(None, (0, 99), "/remote/x").0, 34);
    }
}
