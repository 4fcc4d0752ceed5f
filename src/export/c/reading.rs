//! What is to be said of the bytes of a read and of the fields of a stat in free mode.

use std::fmt::Write;

use super::free::{Expected, Said};
use super::parts::Needed;
use crate::content::{Class as Bytes, ItemSet};
use crate::ops::call::Call;
use crate::ops::observation::{Observation, flag};
use crate::plan::{OTHER_SIZE, StepPlan};
use crate::report::Class;

/// Where a table has no size of its own, any other.
const OTHER: &str = "OTHER_SIZE";

impl Expected {
    /// The line after a read, if anything can be said of its bytes.
    pub(super) fn reads(
        &mut self,
        actor: usize,
        index: usize,
        step: &StepPlan,
        needed: &mut Needed,
    ) -> Option<String> {
        let Call::Read(read) = &step.call else { return None };
        // What the author says of sizes has a line of its own.
        let mut bare = step.clone();
        bare.expect.iter_mut().for_each(|expect| expect.size = None);
        let rows = self.readings(actor, index, &bare);
        if let [only] = rows.as_slice() {
            if only.ends_with("ALLOWED, NULL }") {
                return None;
            }
        }
        needed.add("expect_read");
        let _ = writeln!(self.tables, "static const struct reading read_{actor}_{index}[] = {{");
        for row in rows {
            let _ = writeln!(self.tables, "    {row},");
        }
        self.tables.push_str("};\n");
        let items = 0..self.plan.contents.len() as u8;
        let likely = if read.likely == ItemSet::ALL {
            "NULL".to_owned()
        } else {
            let items: Vec<String> = items
                .filter(|&item| read.likely.contains(item))
                .map(|item| item.to_string())
                .collect();
            if items.is_empty() {
                "LIST(END)".to_owned()
            } else {
                format!("LIST({})", items.join(", "))
            }
        };
        Some(format!("expect_read(me, {index}, err, {likely}, read_{actor}_{index});"))
    }

    /// The rows for a read: every class of bytes, of every item and size, with what is said of it.
    fn readings(&self, actor: usize, index: usize, step: &StepPlan) -> Vec<String> {
        let asked = match &step.call {
            Call::Read(read) => u64::from(read.len),
            _ => 0,
        };
        let sizes: Vec<Option<u64>> = self
            .plan
            .sizes
            .iter()
            .copied()
            .filter(|&size| size > 0 && size <= asked)
            .map(Some)
            .chain([None])
            .collect();
        let say = |bytes: Bytes, size: Option<u64>| {
            // A size that is none of those that are told apart.
            let size = size.unwrap_or(u64::MAX);
            let mut seen = Observation::moved(1).with_content(bytes).with(flag::ON_DESCRIPTOR);
            seen.size = size;
            self.says(actor, index, step, seen)
        };
        let mut rows = Vec::new();
        let mut add = |name: &str, classes: &dyn Fn(u8) -> Bytes, items: &[u8]| {
            let mut lines: Vec<(Option<u8>, Option<Option<u64>>, Said)> = Vec::new();
            for &item in items {
                let said: Vec<Said> = sizes.iter().map(|&size| say(classes(item), size)).collect();
                if said.iter().all(|one| *one == said[0]) {
                    lines.push((Some(item), None, said[0]));
                } else {
                    let own = sizes.iter().zip(said);
                    lines.extend(own.map(|(&size, said)| (Some(item), Some(size), said)));
                }
            }
            if lines.iter().all(|(_, size, said)| size.is_none() && *said == lines[0].2) {
                lines = vec![(None, None, lines[0].2)];
            }
            for (item, size, said) in lines {
                let item = item.filter(|_| items.len() > 1 || name.ends_with("_OF"));
                let item = item.map_or("ANY".to_owned(), |item| item.to_string());
                let size = size.map_or("ANY".to_owned(), |size| {
                    size.map_or(OTHER.to_owned(), |size| size.to_string())
                });
                rows.push((format!("{name}, {item}, {size}"), said));
            }
        };
        let all: Vec<u8> = (0..self.plan.contents.len() as u8).collect();
        if !all.is_empty() {
            add("ALL_OF", &Bytes::Whole, &all);
            add("PART_OF", &Bytes::Part, &all);
        }
        add("MIXED", &|_| Bytes::Mixed, &[0]);
        add("WITH_ZEROS", &|_| Bytes::WithZeros, &[0]);
        add("ZEROS", &|_| Bytes::Zeros, &[0]);
        add("FOREIGN", &|_| Bytes::Foreign, &[0]);
        let nothing = Observation::moved(0).with(flag::EMPTY).with(flag::ON_DESCRIPTOR);
        let nothing = self.says(actor, index, step, nothing);
        rows.push(("NOTHING, ANY, ANY".to_owned(), nothing));
        if rows.iter().all(|(_, said)| said.is_none()) {
            return vec!["{ ANY, ANY, ANY, ALLOWED, NULL }".to_owned()];
        }
        rows.into_iter()
            .map(|(what, said)| match said {
                None => format!("{{ {what}, ALLOWED, NULL }}"),
                Some((code, class)) => {
                    format!("{{ {what}, \"{code}\", \"{}\" }}", class.name())
                }
            })
            .collect()
    }

    /// The line after a stat, if anything can be said of its fields.
    pub(super) fn stats(
        &self,
        actor: usize,
        index: usize,
        step: &StepPlan,
        needed: &mut Needed,
    ) -> Option<String> {
        let possible = self.possible(actor, index);
        let author = step.expect.as_ref().and_then(|expect| expect.size.as_ref());
        let modes = [(0o100_000_u16, "S_IFREG"), (0o040_000, "S_IFDIR"), (0o120_000, "S_IFLNK")];
        let modes = modes.iter().flat_map(|&(kind, name)| {
            (0..=0o777_u16).map(move |bits| (kind | bits, format!("{name} | {bits:04o}")))
        });
        let modes = Field::of(modes, |mode| {
            possible.is_none_or(|one| one.has_mode(&Observation::stat(1, 0, mode, 1)))
        });
        // Where a size that is not told apart is allowed, so is any.
        let sizes = self.plan.sizes.iter().map(ToString::to_string);
        let sizes = (0_u8..).zip(sizes).chain([(OTHER_SIZE, String::new())]);
        let mut sizes = Field::of(sizes, |size| match author {
            Some(sizes) => sizes.contains(&size),
            None => possible.is_none_or(|one| one.has_size(size)),
        });
        sizes.all |= sizes.good.iter().any(String::is_empty);
        let links = (0..=7_u64).map(|count| (count, count.to_string()));
        let links = Field::of(links, |count| possible.is_none_or(|one| one.has_links(count)));
        if modes.all && sizes.all && links.all {
            return None;
        }
        needed.add("expect_stat");
        let meanwhile = possible.map(|one| one.meanwhile).unwrap_or_default();
        let class = |code: &str, changes: bool| {
            let forbidden = !changes || self.plan.forbid.iter().any(|one| one == code);
            let class = if forbidden { Class::Forbidden } else { Class::Unspecified };
            format!("\"{}\"", class.name())
        };
        Some(format!(
            "expect_stat(me, {index}, err, &(const struct may_stat){{ {}, {}, {}, {}, {}, {} }});",
            modes.list(),
            sizes.list(),
            links.list(),
            class("forbidden-outcome", meanwhile.mode),
            class("torn-size", meanwhile.content && author.is_none()),
            class("nlink-wrong", meanwhile.names),
        ))
    }
}

/// The values of one field of a stat that nobody objects to.
struct Field {
    all: bool,
    good: Vec<String>,
}

impl Field {
    /// Of these values, each with its expression in C.
    fn of<T>(values: impl Iterator<Item = (T, String)>, allows: impl Fn(T) -> bool) -> Self {
        let mut field = Self { all: true, good: Vec::new() };
        for (value, name) in values {
            if allows(value) {
                field.good.push(name);
            } else {
                field.all = false;
            }
        }
        field
    }

    fn list(&self) -> String {
        match self.good.as_slice() {
            _ if self.all => "NULL".to_owned(),
            [] => "LIST(END)".to_owned(),
            good => format!("LIST({})", good.join(", ")),
        }
    }
}
