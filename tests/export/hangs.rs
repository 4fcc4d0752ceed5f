//! A call that never returns is reported, also one that no step makes.

use crate::common::Place;
use crate::program::{compile, has_compiler, run, source};

/// A descriptor that is left open, so that it is closed after the steps.
const LEFT_OPEN: &str = r#"name = "left-open"
about = "A descriptor that is left open."
[run]
mode = "MODE"
[[actor]]
name = "one"
steps = [{ op = "open", path = "f", flags = ["creat", "wronly"], fd = "f" }]
[[actor]]
name = "two"
steps = [{ op = "unlink", path = "f" }]
"#;

#[test]
fn a_close_after_the_steps_that_hangs_is_reported() {
    if !has_compiler() {
        return;
    }
    let place = Place::new();
    for mode in ["rounds", "free"] {
        let source = source(&LEFT_OPEN.replace("MODE", mode), mode).unwrap();
        let hanging = source
            .replace("after its steps\");\n", "after its steps\");\n        sleep(60);\n")
            .replace("HANG_AFTER 10000000000LL", "HANG_AFTER 1000000000LL");
        assert!(hanging.contains("sleep(60)") && hanging.contains("HANG_AFTER 1000000000LL"));
        let program = compile(&hanging, &place.path("cwd"), mode, true);
        let outcome = run(&program, "0.5", &place.target());
        assert_eq!(outcome.code, Some(1), "{outcome:#?}");
        assert!(outcome.out.contains("is in `close, after its steps`"), "{outcome:#?}");
    }
}
