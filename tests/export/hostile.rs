//! Whatever stands in a scenario, it stays text in the program.

use crate::common::Place;
use crate::common::mounts::Mount;
use crate::program::{compile, has_compiler, run_until, source};

/// Names and contents that would end a comment, a literal, a format or a line.
const HOSTILE: &str = r##"name = "hostile-text"
about = "*/ int main(void) { return 1; } /* \\ ??/ %s %n \"quoted\" é \u202E /* // */"
[fixture]
"d*/b\"%s%n" = { content = "x\\\"%d\n\t*/ ??/ é; \u0001 1" }
"dir ??'/é; =[x], y" = { content = "" }
"link" = { symlink = "d*/b\"%s%n" }
[run]
mode = "MODE"
[[actor]]
name = "one"
process = "p"
steps = [
  { op = "open", path = "d*/b\"%s%n", flags = ["rdwr"], fd = "int" },
  { op = "pwrite", fd = "int", offset = 0, content = "\\\"%s??/*/" },
  { op = "readlink", path = "link" },
  { op = "rename", path = "dir ??'/é; =[x], y", to = "dir ??'/\"new\" %d" },
]
[[actor]]
name = "two"
process = "p"
steps = [
  { op = "open", path = "link", fd = "for" },
  { op = "pread", fd = "for", offset = 0, len = 100 },
  { op = "readdir", path = "dir ??'" },
  { op = "stat", path = "dir ??'/é; =[x], y" },
]
"##;

#[test]
fn hostile_text_is_only_text() {
    if !has_compiler() {
        return;
    }
    let Some(mount) = Mount::tmpfs("size=64m") else { return };
    let place = Place::new();
    for mode in ["rounds", "free"] {
        let text = HOSTILE.replace("MODE", mode);
        let source = source(&text, mode).unwrap();
        assert!(source.is_ascii(), "what is not ASCII is escaped");
        let program = compile(&source, &place.path("cwd"), mode, true);
        // That the read tears against the write is no fault of the program.
        let outcome = run_until(0, 1, &program, mount.path());
        assert!(outcome.out.contains("hostile-text: nothing seen"), "{outcome:#?}");
    }
}
