//! The last step to the terminal. A reader that has gone away (`fsrace list | head`) is no error.

use std::io::{self, Write};

use super::styles;

/// Prints text to standard output as it stands.
pub fn out(text: &str) {
    let _ = whole(text);
}

/// Prints text to standard output of which no part may be lost, unless nobody reads it any more.
///
/// # Errors
/// Of writing.
pub fn whole(text: &str) -> io::Result<()> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
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
