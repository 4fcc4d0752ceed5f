//! What is there before the actors start, as a function of C.

use std::fmt::Write;

use super::call::open_flags;
use super::literal::string;
use super::parts::Needed;
use crate::content::ContentItem;
use crate::plan::{FixtureKindPlan, FixturePlan, Plan};

/// Entries that are alike but for a number become a loop from this many on.
const LOOP: usize = 8;

/// The function that makes the fixture; `known` are the entries whose inode numbers are remembered.
pub(super) fn function(plan: &Plan, known: &[usize], needed: &mut Needed) -> String {
    let mut body = String::new();
    let (mut names, mut index) = (false, 0);
    while index < plan.fixture.len() {
        let alike = alike(&plan.fixture[index..]);
        let entry = &plan.fixture[index];
        if alike.count >= LOOP
            && known.iter().all(|one| !(index..index + alike.count).contains(one))
        {
            names = true;
            let (first, after) = (alike.first, alike.first + alike.count as u64);
            let _ = writeln!(body, "    for (i = {first}; i < {after}; i++) {{");
            let (before, behind) =
                (string(alike.before.as_bytes()), string(alike.behind.as_bytes()));
            let _ = writeln!(
                body,
                "        snprintf(name, sizeof name, \"%s%d%s\", {before}, i, {behind});"
            );
            let made = statement(plan, entry, "name", needed);
            let _ = writeln!(body, "        {}\n    }}", made.replace('\n', "\n    "));
            index += alike.count;
            continue;
        }
        let path = string(entry.path.as_bytes());
        let _ = writeln!(body, "    {}", statement(plan, entry, &path, needed));
        if let Some(place) = known.iter().position(|one| *one == index) {
            let _ = writeln!(
                body,
                "    if (fstatat(root, {path}, &st, AT_SYMLINK_NOFOLLOW) < 0)\n        return \
                 failed({path}), -1;\n    shared->known[{place}] = st.st_ino;"
            );
        }
        index += 1;
    }
    for (index, shared) in plan.shared.iter().enumerate() {
        let (path, flags) = (string(shared.path.as_bytes()), open_flags(shared.flags));
        let _ = writeln!(
            body,
            "    opened[{index}] = openat(root, {path}, {flags} | O_CLOEXEC, 0644);\n    if \
             (opened[{index}] < 0)\n        return failed({path}), -1;"
        );
    }
    let mut text =
        String::from("/* What is there at the start. */\nstatic int make_fixture(int root)\n{\n");
    if names {
        text.push_str("    char name[4096];\n    int i;\n");
    }
    if !known.is_empty() {
        text.push_str("    struct stat st;\n");
    }
    if names || !known.is_empty() {
        text.push('\n');
    }
    if body.is_empty() {
        text.push_str("    (void)root;\n");
    }
    text + &body + "    return 0;\n}\n"
}

fn statement(plan: &Plan, entry: &FixturePlan, path: &str, needed: &mut Needed) -> String {
    let made = match &entry.kind {
        FixtureKindPlan::Directory => format!("mkdirat(root, {path}, 0755)"),
        FixtureKindPlan::Symlink(text) => {
            format!("symlinkat({}, root, {path})", string(text.as_bytes()))
        }
        FixtureKindPlan::HardLink(to) => {
            format!("linkat(root, {}, root, {path}, 0)", string(to.as_bytes()))
        }
        FixtureKindPlan::File(item) => {
            needed.add("write_file");
            let item = &plan.contents[usize::from(*item)];
            let (bytes, len) = match item {
                ContentItem::Text(text) => (string(text.as_bytes()), text.len() as u64),
                ContentItem::Tagged { size, first, .. } => {
                    needed.add("ramp");
                    (format!("tagged({first}, 0)"), *size)
                }
            };
            return format!("if (make_file(root, {path}, {bytes}, {len}) < 0)\n        return -1;");
        }
    };
    format!("if ({made} < 0)\n        return failed({path}), -1;")
}

/// Entries that follow one another, alike but for a number in the path that counts up.
struct Alike<'a> {
    before: &'a str,
    behind: &'a str,
    first: u64,
    count: usize,
}

fn alike(entries: &[FixturePlan]) -> Alike<'_> {
    let path = entries[0].path.as_str();
    let is_digit = |c: char| c.is_ascii_digit();
    let end = path.rfind(is_digit).map_or(0, |last| last + 1);
    let start = path[..end]
        .rfind(|c| !is_digit(c))
        .map_or(0, |last| last + path[last..].chars().next().map_or(1, char::len_utf8));
    let (before, behind) = (&path[..start.min(end)], &path[end..]);
    let number = path[start.min(end)..end].parse::<u32>().ok();
    let Some(first) = number.map(u64::from).filter(|first| path[start..end] == first.to_string())
    else {
        return Alike { before, behind, first: 0, count: 1 };
    };
    let goes_on = |(index, entry): &(usize, &FixturePlan)| {
        entry.kind == entries[0].kind
            && entry.path == format!("{before}{}{behind}", first + *index as u64)
    };
    let count = entries.iter().enumerate().take_while(goes_on).count();
    Alike { before, behind, first, count: count.max(1) }
}
