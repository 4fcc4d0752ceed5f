//! Reading text that must be whole: a file that was cut off, or that is no text at all, is found out
//! while it is read, however long it is.

use std::io::{self, Read};

use super::ReadProblem;

/// No line of a result is longer; what is, is another kind of file, and would fill the memory.
const LONGEST_LINE: usize = 16 << 20;

/// Passes bytes through and looks at them.
#[derive(Debug)]
pub(super) struct WholeText<R> {
    input: R,
    line: usize,
    last: u8,
}

/// What is wrong, as it travels through an [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NotText(&'static str);

impl<R: Read> WholeText<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, line: 0, last: b'\n' }
    }

    /// Whether the last line had an end, once all has been read.
    pub(super) fn is_whole(&self) -> bool {
        self.last == b'\n' || self.last == b'\r'
    }
}

impl<R: Read> Read for WholeText<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.input.read(buffer)?;
        let bytes = &buffer[..got];
        let Some(&last) = bytes.last() else { return Ok(0) };
        if bytes.contains(&0) {
            return Err(io::Error::other(NotText(
                "is not text, it has a zero byte; if it is UTF-16, save it as UTF-8",
            )));
        }
        self.line = match bytes.iter().rposition(|&byte| byte == b'\n') {
            Some(place) => got - place - 1,
            None => self.line + got,
        };
        if self.line > LONGEST_LINE {
            return Err(io::Error::other(NotText("has a line of more than 16 MiB")));
        }
        self.last = last;
        Ok(got)
    }
}

/// The problem behind an error of reading.
pub(super) fn problem(error: io::Error) -> ReadProblem {
    let words = error.get_ref().and_then(|inner| inner.downcast_ref::<NotText>()).map(|why| why.0);
    match words {
        Some(words) => ReadProblem::Syntax(words.to_owned()),
        None => ReadProblem::Io(error),
    }
}
