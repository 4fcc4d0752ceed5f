//! The last step to the terminal. A reader that has gone away (`fsrace list | head`) is no error.

use std::io::Write;

use super::styles;

/// Prints text to standard output as it stands.
pub fn out(text: &str) {
    let mut stdout = anstream::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// Prints an error message to standard error.
pub fn error(message: &str) {
    let styles = styles::Styles::coloured();
    let title = styles::paint(styles.bad, "error:");
    let _ = writeln!(anstream::stderr().lock(), "{title} {message}");
}

/// Prints text to standard error as it stands.
pub fn aside(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}
