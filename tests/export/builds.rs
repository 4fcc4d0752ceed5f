//! Small scenarios whose programs have little in them build without a warning, too.

use crate::common::Place;
use crate::program::{compile, has_compiler, source};

/// Tagged data that nobody reads.
const WRITES: &str = r#"name = "writes"
about = "Tagged data that is only written."
[run]
mode = "free"
[[actor]]
name = "one"
steps = [
  { op = "open", path = "f", flags = ["creat", "wronly"], fd = "f" },
  { op = "write", fd = "f", size = 4096 },
]
[[actor]]
name = "two"
steps = [{ op = "unlink", path = "f" }]
"#;

/// A file in which nobody has written anything.
const READS: &str = r#"name = "reads"
about = "Nothing that is only read."
[run]
mode = "free"
[[actor]]
name = "one"
steps = [
  { op = "open", path = "f", flags = ["creat", "rdwr"], fd = "f" },
  { op = "read", fd = "f", len = 16 },
]
[[actor]]
name = "two"
steps = [{ op = "unlink", path = "f" }]
"#;

#[test]
fn programs_of_few_parts_build_without_a_warning() {
    if !has_compiler() {
        return;
    }
    let place = Place::new();
    for (name, text) in [("writes", WRITES), ("reads", READS)] {
        compile(&source(text, name).unwrap(), &place.path("cwd"), name, false);
    }
}
