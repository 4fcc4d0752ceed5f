//! `[shared]`: descriptors that are opened before the start and inherited by all actors.

use super::diagnostic::Text;
use super::fixture;
use super::flags;
use super::paths;
use super::reader::{Item, Reader};
use super::types::{FixtureEntry, OpenFlag, SharedDescriptor};

/// The keys of a shared descriptor, with their meaning.
pub(super) const KEYS: [(&str, &str); 2] = [
    ("path", "What to open: a path of the fixture, or a new one with `creat`."),
    ("flags", "Flags as in `open`; read-only when no access mode is given."),
];

/// Reads all shared descriptors. Without a fixture, their paths are not looked for in it.
pub(super) fn read(table: &Reader<'_>, fixture: Option<&[FixtureEntry]>) -> Vec<SharedDescriptor> {
    let entries = table.entries().into_iter();
    entries.filter_map(|(key, item)| descriptor(&key, &item, fixture)).collect()
}

fn descriptor(
    key: &Text<'_>,
    item: &Item<'_>,
    fixture: Option<&[FixtureEntry]>,
) -> Option<SharedDescriptor> {
    let log = item.log;
    let mut reader = item.table("a shared descriptor")?;
    let name = paths::name(log, key, "a descriptor");
    let path = reader.required("path");
    let flags = match reader.optional("flags") {
        Some(item) => flags::read(&item),
        None => flags::normal(&[]),
    };
    reader.finish();
    let path_item = path?;
    let path = paths::plain_path(log, &path_item.text()?, "`path`")?;
    let makes = flags.contains(&OpenFlag::Creat);
    if !makes && fixture.is_some_and(|entries| !fixture::makes(entries, &path)) {
        log.add_absence(
            path_item
                .wrong(format!("the fixture does not make `{path}`"))
                .label("it is opened before any actor runs")
                .help("add it to `[fixture]`, or add the flag `creat`".to_owned()),
        );
    }
    Some(SharedDescriptor { name: name?.to_owned(), path, flags })
}
